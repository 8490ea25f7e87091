"""What the benchmark sends: acts of 4,096 bytes, as the rivals' messages are, approved by two officers and ready to go.

A *request* opens an exchange: the sample case's preservation request, all fields filled in, its facts lengthened to the size. A
*notice* is a text of the size in an exchange that is open. Drafts and approvals are put into the store as the desk would leave
them; from there on everything is the node's own work.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from longbien.exchange import Approval, Draft, Opening
from longbien.exercise.case import read_case
from longbien.exercise.course import course
from longbien.ledger.records import NO_HEAD
from longbien.store.desk_rows import ApprovalRow, DraftRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from longbien.law import Rules
    from longbien.store import Transaction

PAYLOAD_BYTES = 4096
OFFICE = "p247"
# As long as the assertion of a passkey with its client data.
ASSERTION_BYTES = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends, to whom, and who approved."""

    party: str
    other: str
    people: tuple[bytes, bytes]


def preservation(party: str, other: str, now: int) -> dict[str, Any]:
    """The sample case's request for preservation, from `party` to `other`, whoever asks in the case itself."""
    text = (resources.files("longbien.exercise") / "data" / "sample-case.toml").read_text("utf-8")
    body = dict(course(read_case(text), now)[0].body)
    return body | {"from_state": party, "to_state": other}


def requests(sender: Sender, rules: Rules, count: int, now: int) -> list[Draft]:
    """So many drafts that each open an exchange of its own."""
    body = preservation(sender.party, sender.other, now)
    opening = Opening(
        procedure=rules.procedure,
        version=rules.version,
        rules=rules.digest,
        host=sender.other,
        parties=tuple(sorted((sender.party, sender.other))),
    )
    name = rules.flow.opening_act
    first = _sized(name, body, "facts", opening)
    return [_draft(os.urandom(16), name, first, opening) for _ in range(count)]


def notices(exchanges: Sequence[bytes]) -> list[Draft]:
    """A draft of a notice in each of these exchanges."""
    body = _sized("give_notice", {"text": "The provider keeps the assignment of addresses. "}, "text", None)
    return [_draft(exchange, "give_notice", body, None) for exchange in exchanges]


def put(tx: Transaction, sender: Sender, made: Sequence[Draft], now: int) -> list[bytes]:
    """The drafts are in the store, approved; their identifiers."""
    for draft in made:
        tx.desk.add_draft(
            DraftRow(
                id=draft.id,
                exchange=draft.exchange,
                act=draft.name,
                office=draft.office,
                draft=draft.encode(),
                digest=draft.digest,
                drafter=sender.people[0],
                created_at=now,
                statement=None,
                fits=None if draft.opening is None else draft.opening.rules,
            )
        )
        for person in sender.people:
            assertion = os.urandom(ASSERTION_BYTES)
            tx.desk.add_approval(
                ApprovalRow(draft=draft.id, person=person, office=OFFICE, assertion=assertion, at=now)
            )
    return [draft.id for draft in made]


def _draft(exchange: bytes, name: str, body: Mapping[str, Any], opening: Opening | None) -> Draft:
    return Draft(id=os.urandom(16), exchange=exchange, name=name, office=OFFICE, body=body, opening=opening)


def _sized(name: str, body: Mapping[str, Any], field: str, opening: Opening | None) -> dict[str, Any]:
    """The body, one text of it lengthened until the act has the size of the benchmark."""
    sized = dict(body)
    while missing := PAYLOAD_BYTES - _size(_draft(bytes(16), name, sized, opening)):
        text = str(sized[field])
        sized[field] = (text + text * (missing // len(text) + 1))[: len(text) + missing]
    return sized


def _size(draft: Draft) -> int:
    """How many bytes the act will have: the payload of its statement."""
    approval = Approval(person=bytes(16), office=OFFICE, assertion=bytes(32), at=1 << 40)
    act = draft.act(seen_position=0, seen_head=NO_HEAD, made_at=1 << 40, approvals=(approval, approval))
    return len(act.encode())
