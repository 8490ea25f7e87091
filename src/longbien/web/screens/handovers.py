"""A hand-over: the lists of the node, what the person who leaves adds, and two signatures; one page of paper.

What it knows: how a hand-over is read. What it must never do: show other lists than those that are signed.
"""

from dataclasses import dataclass, replace

from longbien.law import Labels
from longbien.node import Denied, handing, queue
from longbien.node.handover import LISTS, Handover, Waits
from longbien.store.desk_rows import OfficerRow
from longbien.store.duty_rows import HandoverRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes
from longbien.web.ceremony import read_assertion
from longbien.web.console import Console
from longbien.web.screens.matter import sampled
from longbien.web.screens.shift import shift as shift_page
from longbien.wire.cbor import Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing on a list. `href` is "" where it has no page of its own; `reference` and `about` are what a person calls it."""

    row: Waits
    href: str
    reference: str
    about: Labels


def prepare(console: Console, asked: Asked) -> Reply:
    """The lists are made now, for both to sign. Codes: those of `handing.prepare`."""
    officer = asked.officer
    comes = asked.written("comes")
    made = handing.prepare(
        console.node,
        officer.office,
        leaves=officer.person,
        comes=hex_bytes(comes, 16) if comes else officer.person,
        text=asked.written("text").replace("\r\n", "\n").strip(),
    )
    if isinstance(made, Denied):
        return _refused(console, asked, made)
    return go(f"/handovers/{made.digest.hex()}")


def handover(console: Console, asked: Asked) -> Reply:
    """One hand-over, on its way or handed over."""
    return _handover(console, asked, error="")


def sign(console: Console, asked: Asked) -> Reply:
    """One of the two signs. Codes: those of `handing.sign`."""
    digest = hex_bytes(asked.params["handover"], 32)
    try:
        if asked.written("credential"):
            assertion = read_assertion(asked.written("credential"))
        else:
            found = sampled(console, asked.officer.person, digest)
            if found is None:
                return _handover(console, asked, error="PASSKEY_INVALID")
            assertion = found
    except Malformed as fault:
        return _handover(console, asked, error=fault.code)
    signed = handing.sign(console.node, digest, assertion, by=asked.officer.person)
    if isinstance(signed, Denied):
        return _handover(console, asked, error=signed.code)
    said = "handed-over" if isinstance(signed, HandoverRow) else "signed"
    return go(f"/handovers/{digest.hex()}?said={said}")


def drop(console: Console, asked: Asked) -> Reply:
    """Who leaves takes it back, as long as the other has not signed."""
    denied = handing.drop(console.node, hex_bytes(asked.params["handover"], 32), by=asked.officer.person)
    if denied is not None:
        raise NotThere
    return go("/shift#handover")


def _handover(console: Console, asked: Asked, *, error: str) -> Reply:
    node, officer = console.node, asked.officer
    digest = hex_bytes(asked.params["handover"], 32)
    pending = handing.found(node, digest)
    with node.store.transaction() as tx:
        row = tx.duty.handover(digest)
        people = {item.person: item for item in tx.desk.officers()}
        keys = [key for key in tx.desk.credentials_of(officer.person) if key.ended_at is None]
    known = pending or row
    if known is None or known.office != officer.office:
        raise NotThere
    given = Handover.decode(known.written)
    first_signed = row is not None or (pending is not None and bool(pending.first))
    turn = given.comes if first_signed else given.leaves
    values = {
        "given": given,
        "digest": digest.hex(),
        "leaves": people[given.leaves].name,
        "comes": people[given.comes].name,
        "lists": [(name, _shown(console, dict(given.lists)[name])) for name in LISTS],
        "whole": row is not None,
        "first_signed": first_signed,
        "may": row is None and turn == officer.person,
        "mine": row is None and given.leaves == officer.person,
        "turn": people[turn].name,
        "office": _office(console, officer),
        "options": console.ceremonies.options(digest, keys),
        "sample": console.setting.samples is not None,
        "error": error,
        "said": asked.wish("said"),
        "scripts": ("passkey.js",),
    }
    return Reply(page="handover.html", values=values, status=422 if error else 200)


def _shown(console: Console, rows: tuple[Waits, ...]) -> list[Waiting]:
    """The rows of a list with what people call them; the names are of today, the rows as they were signed."""
    node = console.node
    ids = {row.what: bytes.fromhex(row.what) for row in rows if _is_exchange(row)}
    with node.store.transaction() as tx:
        lines = tx.queue.find(ids.values())
        items = {item.line.exchange: item for item in queue.items(tx, tuple(lines.values()))}
    found = []
    for row in rows:
        item = items.get(ids.get(row.what, b""))
        about: Labels = {"en": row.about}
        if item is not None:
            rules = node.world.lawbook.rules(item.line.procedure, item.line.version)
            clock = None if rules is None else rules.clocks.get(row.about)
            if clock is not None:
                about = clock.labels
            elif rules is not None:
                about = rules.labels
        found.append(
            Waiting(
                row=row,
                href="" if item is None else f"/x/{row.what}",
                reference=row.what[:8] if item is None else item.reference or row.what[:8],
                about=about,
            )
        )
    return found


def _is_exchange(row: Waits) -> bool:
    return len(row.what) == 32


def _office(console: Console, officer: OfficerRow) -> str:
    offices = console.node.directory.own.descriptor.offices
    return next((item.name for item in offices if item.id == officer.office), officer.office)


def _refused(console: Console, asked: Asked, denied: Denied) -> Reply:
    reply = shift_page(console, asked)
    return replace(reply, values={**reply.values, "denied": denied}, status=422)
