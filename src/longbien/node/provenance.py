"""Where an act comes from: which node of which State signed it, in which office, with whose approval, and what speaks against it.

What it knows: papers, signatures and offices; it verifies the signature again, because the database is not trusted. What it must never
do: pass over a fault. An officer reads this before anything else, and a forged request shows here first.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from longbien.keys import Descriptor, Place, descriptor_of, verify_keys_for
from longbien.ledger.records import head
from longbien.node.telling import Taken, office
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed

if TYPE_CHECKING:
    from longbien.exchange import Act
    from longbien.law import Rules
    from longbien.node.node import Node
    from longbien.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who stands behind an act.

    `node` is the name in the descriptor that the statement cites, `mode` how that node says that it runs; `known_since` (ms) is when
    its root was compared by two people here, 0 for this node itself. `call_back` is the number of the newest descriptor, never one that
    the message brings. `persons` approved, `needed` had to. `faults` are the codes of
    everything that speaks against it; none of them, and the act is what it says.
    """

    party: str
    node: str
    mode: str
    office: str
    office_name: str
    roles: tuple[str, ...]
    illustrative: bool
    call_back: str
    descriptor: int
    descriptor_ends_at: int
    known_since: int
    signed_at: int
    persons: int
    needed: int
    faults: tuple[str, ...]


def provenance(node: Node, tx: Transaction, step: Taken, rules: Rules) -> Provenance:
    """Who stands behind a step of a chain, looked at anew.

    Faults: STATEMENT_MISSING, STATEMENT_DIFFERS, PEER_NOT_PINNED, DESCRIPTOR_UNKNOWN, DESCRIPTOR_OVER, OFFICE_UNKNOWN,
    OFFICE_NOT_ALLOWED, TWO_PERSONS_NEEDED, MODE_DIFFERS, NAME_OF_ANOTHER, SAID_BEFORE, KEY_REVOKED and the codes of
    `statement.verify`.
    """
    party, act = step.author.party, step.act
    peer = node.directory.peer(party)
    pinned = tx.peers.one(party)
    described: Descriptor | None = None
    faults: list[str] = []
    try:
        raw = tx.ledger.statement(step.digest)
        if raw is None:
            raise Malformed("STATEMENT_MISSING", step.digest.hex())
        signed = statement.parse(raw)
        if signed.digest != step.digest:
            raise Malformed("STATEMENT_DIFFERS", step.digest.hex())
        if peer is None:
            raise Malformed("PEER_NOT_PINNED", party)
        statement.verify(signed, verify_keys_for(peer, place=_place(node, tx, step)), node.world.suites)
        described = descriptor_of(peer, signed.descriptor)
    except Malformed as fault:
        faults.append(fault.code)
    faults += _doubts(node, act, step, rules, described)
    if described is not None and _named_as_another(node, described):
        faults.append("NAME_OF_ANOTHER")
    if act.opening is not None and _said_before(node, tx, step):
        faults.append("SAID_BEFORE")
    named = (
        None
        if described is None
        else next((item for item in described.offices if item.id == act.office), None)
    )
    return Provenance(
        party=party,
        node="" if described is None else described.name,
        mode="" if described is None else described.mode,
        office=act.office,
        office_name="" if named is None else named.name,
        roles=() if named is None else named.roles,
        illustrative=named is not None and named.illustrative,
        call_back=_call_back(node, party, act.office),
        descriptor=0 if described is None else described.version,
        descriptor_ends_at=0 if described is None else described.expires_at,
        known_since=0 if pinned is None else pinned.pinned_at,
        signed_at=act.made_at,
        persons=act.persons,
        needed=rules.acts[act.name].persons,
        faults=tuple(dict.fromkeys(faults)),
    )


def _doubts(node: Node, act: Act, step: Taken, rules: Rules, described: Descriptor | None) -> list[str]:
    """What holds by signature and is wrong all the same."""
    doubts: list[str] = []
    if described is None:
        doubts.append("DESCRIPTOR_UNKNOWN")
    elif described.expires_at <= act.made_at:
        doubts.append("DESCRIPTOR_OVER")
    if described is not None and described.mode != node.directory.own.descriptor.mode:
        doubts.append("MODE_DIFFERS")
    if not rules.acts[act.name].persons:
        # A machine act has no office and nobody who approves.
        return doubts
    if not step.author.offices:
        doubts.append("OFFICE_UNKNOWN")
    sides = {row.by for row in rules.flow.rows if row.act == act.name}
    allowed = rules.acts[act.name].offices or (
        *(rules.from_roles if rules.flow.opener in sides else ()),
        *(rules.to_roles if rules.flow.other in sides else ()),
    )
    if not set(step.author.offices) & set(allowed):
        doubts.append("OFFICE_NOT_ALLOWED")
    if act.persons < rules.acts[act.name].persons:
        doubts.append("TWO_PERSONS_NEEDED")
    return doubts


def _named_as_another(node: Node, described: Descriptor) -> bool:
    """Whether a node calls itself by the name of a State that it is not, in any language: the name is the node's own choice."""
    said = _letters(described.name)
    parties = node.world.lawbook.parties
    own = parties.get(described.party)
    mine = () if own is None else tuple(map(_letters, own.names.values()))
    return any(
        name in said and not any(name in one for one in mine)
        for code, party in parties.items()
        if code != described.party
        for name in map(_letters, party.names.values())
        if len(name) >= _NAME_LETTERS_MIN
    )


# Shorter names are parts of ordinary words.
_NAME_LETTERS_MIN = 5
# Some two hundred parties, in seven languages.
_NAMES_KEPT = 4096


@lru_cache(maxsize=_NAMES_KEPT)
def _letters(name: str) -> str:
    """The letters of a name alone, without case, accents or what looks like a letter of another script but is none."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalpha())


def _said_before(node: Node, tx: Transaction, step: Taken) -> bool:
    """Whether the same party opened an earlier exchange with the same words: a request that is repeated under another number."""
    reference = step.act.body.get("case_ref")
    if not isinstance(reference, str):
        return False
    line = tx.queue.find([step.act.exchange]).get(step.act.exchange)
    if line is None:
        return False
    for other in tx.queue.referred(reference, before=line.number):
        raw = tx.exchanges.entry(other, 1)
        signed = None if raw is None else tx.ledger.statement(raw.act)
        if signed is None:
            continue
        act, author = node.read_act(signed)
        if author.party == step.author.party and _words(act) == _words(step.act):
            return True
    return False


def _words(act: Act) -> bytes:
    """What an opening says, without the moment of its writing."""
    return cbor.encode({name: value for name, value in act.body.items() if name != "created_at"})


def _call_back(node: Node, party: str, identifier: str) -> str:
    if node.directory.peer(party) is None:
        return ""
    found = office(node, party, identifier)
    return "" if found is None else found.call_back


def _place(node: Node, tx: Transaction, step: Taken) -> Place | None:
    """Where our own ledger shows the act, so that a key revoked later still counts for it."""
    found = tx.exchanges.outcomes([step.digest, head(step.entry)])
    if not found:
        return None
    origin = node.directory.own.descriptor.log_key.origin
    return Place(origin=origin, index=min(item.leaf for item in found.values()))
