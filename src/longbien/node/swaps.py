"""Swaps of shifts: one person offers, the other accepts, and only then the roster changes.

What it knows: two shifts and two persons. What it must never do: put anybody on duty who has not said yes. A swap counts for the shifts that
were looked at; where the roster has changed meanwhile, it is proposed again.
"""

from collections.abc import Mapping

from longbien.duty import Roster, Shift, shift_at, with_override
from longbien.node.duty import REACH, roster_of, set_roster
from longbien.node.handover import read_signer
from longbien.node.node import Node
from longbien.node.passkeys import Assertion
from longbien.node.ports import Denied
from longbien.store import Transaction
from longbien.store.kept import columns_of
from longbien.store.shift_rows import SwapRow
from longbien.wire import cbor

ACCEPTED, DECLINED, WITHDRAWN = "accepted", "declined", "withdrawn"


def propose(node: Node, *, mine: int, theirs: int, by: bytes) -> SwapRow | Denied:
    """The person offers the own shift at the instant `mine` for the colleague's at `theirs`.

    Codes: OFFICER_UNKNOWN, ROSTER_NONE, SHIFT_NONE, SHIFT_SAME, SHIFT_OVER, SHIFT_OTHER (the first one is somebody else's).
    """
    now = node.world.now()
    with node.store.transaction() as tx:
        officer = tx.desk.officer(by)
        roster = None if officer is None else roster_of(tx, officer.office)
        if officer is None:
            return Denied(code="OFFICER_UNKNOWN", detail=by.hex())
        if roster is None:
            return Denied(code="ROSTER_NONE", detail=officer.office)
        one, other = (shift_at(roster, at, within=REACH) for at in (mine, theirs))
        if one.person is None or other.person is None:
            return Denied(code="SHIFT_NONE", detail=officer.office)
        if one.person != by:
            return Denied(code="SHIFT_OTHER", detail=officer.name)
        if one.person == other.person:
            return Denied(code="SHIFT_SAME", detail=officer.name)
        if min(one.until, other.until) <= now:
            return Denied(code="SHIFT_OVER", detail=officer.office)
        row = SwapRow(
            id=node.world.entropy(16),
            office=officer.office,
            proposer=by,
            asked=other.person,
            one_since=one.since,
            one_until=one.until,
            other_since=other.since,
            other_until=other.until,
            made_at=now,
        )
        tx.shifts.propose(row)
    return row


def open_swaps(node: Node, office: str) -> tuple[SwapRow, ...]:
    """What waits for an answer, the oldest first; what is over by itself is not shown."""
    now = node.world.now()
    with node.store.transaction() as tx:
        rows = tx.shifts.open_swaps(office)
    return tuple(row for row in rows if min(row.one_until, row.other_until) > now)


def find(node: Node, identifier: bytes) -> SwapRow | None:
    """One of them, open or answered."""
    with node.store.transaction() as tx:
        return tx.shifts.swap(identifier)


def challenge(row: SwapRow) -> bytes:
    """The 32 bytes that the person who was asked signs where no session of that person stands behind the yes: these two shifts, and no others."""
    told = columns_of(row)
    del told["outcome"], told["ended_at"]
    return cbor.digest(cbor.encode({"accept": "swap", **told}))


def accept_signed(node: Node, identifier: bytes, assertion: Assertion) -> tuple[str, ...] | Denied:
    """The same as `accept`, by the passkey of the person who was asked over the `challenge`. Codes: those of `accept` and of `read_signer`."""
    row = find(node, identifier)
    if row is None:
        return Denied(code="SWAP_UNKNOWN", detail=identifier.hex())
    signer = read_signer(node, challenge(row), assertion)
    if isinstance(signer, Denied):
        return signer
    person, count = signer
    return accept(node, identifier, by=person, counts={assertion.credential: count})


def accept(
    node: Node, identifier: bytes, *, by: bytes, counts: Mapping[bytes, int] | None = None
) -> tuple[str, ...] | Denied:
    """The person who was asked says yes: each has the shift of the other; what is wrong with the roster ahead. `counts` are the new counters
    of passkeys.

    Codes: SWAP_UNKNOWN, SWAP_OVER, SWAP_OTHER, SHIFT_OVER, SHIFT_CHANGED, and those of `set_roster`.
    """
    now = node.world.now()
    with node.store.transaction() as tx:
        row = _answerable(tx, identifier, by, asked=True)
        if isinstance(row, Denied):
            return row
        plan, roster = tx.duty.plan(row.office, "roster"), roster_of(tx, row.office)
        names = {item.person: item.name for item in tx.desk.officers()}
    if min(row.one_until, row.other_until) <= now:
        return Denied(code="SHIFT_OVER", detail=row.office)
    if plan is None or roster is None or not _stands(roster, row):
        return Denied(code="SHIFT_CHANGED", detail=row.office)
    text = with_override(plan.text, names[row.asked], max(row.one_since, now), row.one_until)
    text = with_override(text, names[row.proposer], max(row.other_since, now), row.other_until)

    def answered(tx: Transaction) -> None:
        tx.shifts.answered(row.id, ACCEPTED, now)
        for credential, count in (counts or {}).items():
            tx.desk.used(credential, count)

    return set_roster(node, row.office, text, by=by, seen=plan.version, also=answered)


def decline(node: Node, identifier: bytes, *, by: bytes) -> Denied | None:
    """The person who was asked says no. Codes: SWAP_UNKNOWN, SWAP_OVER, SWAP_OTHER."""
    return _end(node, identifier, by, DECLINED, asked=True)


def withdraw(node: Node, identifier: bytes, *, by: bytes) -> Denied | None:
    """The person who proposed takes it back. Codes: SWAP_UNKNOWN, SWAP_OVER, SWAP_OTHER."""
    return _end(node, identifier, by, WITHDRAWN, asked=False)


def _end(node: Node, identifier: bytes, by: bytes, outcome: str, *, asked: bool) -> Denied | None:
    with node.store.transaction() as tx:
        row = _answerable(tx, identifier, by, asked=asked)
        if isinstance(row, Denied):
            return row
        tx.shifts.answered(identifier, outcome, node.world.now())
    return None


def _answerable(tx: Transaction, identifier: bytes, by: bytes, *, asked: bool) -> SwapRow | Denied:
    row, officer = tx.shifts.swap(identifier), tx.desk.officer(by)
    if row is None or officer is None or officer.office != row.office:
        return Denied(code="SWAP_UNKNOWN", detail=identifier.hex())
    if by != (row.asked if asked else row.proposer):
        return Denied(code="SWAP_OTHER", detail=officer.name)
    return Denied(code="SWAP_OVER", detail=row.outcome) if row.outcome else row


def _stands(roster: Roster, row: SwapRow) -> bool:
    """Whether both shifts are still those that were looked at; of one that has begun, its end and its person."""
    one = Shift(person=row.proposer, since=row.one_since, until=row.one_until)
    other = Shift(person=row.asked, since=row.other_since, until=row.other_until)
    return all(shift_at(roster, shift.since, within=REACH) == shift for shift in (one, other))
