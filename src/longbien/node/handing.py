"""A hand-over on its way: written down by who leaves, signed by that person, then by who comes, each at an own screen.

What it knows: who has signed so far. What it must never do: change a byte of what was signed, or take one person for two. What nobody
finished within the hour is forgotten.
"""

from longbien.law.instants import HOUR
from longbien.node.handover import Handover, keep, read_signer, waiting
from longbien.node.node import Node
from longbien.node.passkeys import Assertion
from longbien.node.ports import Denied
from longbien.store.duty_rows import HandoverRow
from longbien.store.shift_rows import HandingRow


def prepare(node: Node, office: str, *, leaves: bytes, comes: bytes, text: str) -> HandingRow | Denied:
    """The lists of now with what the person who leaves adds, as both will sign them. Codes: those of `waiting`."""
    given = waiting(node, office, leaves=leaves, comes=comes, text=text)
    if isinstance(given, Denied):
        return given
    row = HandingRow(
        digest=given.digest,
        office=office,
        at=given.at,
        written=given.encode(),
        leaves=leaves,
        comes=comes,
    )
    with node.store.transaction() as tx:
        tx.shifts.hand(row)
    return row


def on_its_way(node: Node, office: str) -> tuple[HandingRow, ...]:
    """What waits for a signature, the newest first."""
    with node.store.transaction() as tx:
        return tx.shifts.handings(office, node.world.now() - HOUR)


def found(node: Node, digest: bytes) -> HandingRow | None:
    """One of them, as long as it may be signed."""
    with node.store.transaction() as tx:
        row = tx.shifts.handing(digest)
    return None if row is None or row.at < node.world.now() - HOUR else row


def sign(
    node: Node, digest: bytes, assertion: Assertion, *, by: bytes | None = None
) -> HandingRow | HandoverRow | Denied:
    """One of the two signs, who leaves first; with the second signature it is handed over. `by`: who must have signed, where that is known.

    Codes: HANDOVER_UNKNOWN, HANDOVER_OTHER (neither of the two), HANDOVER_NOT_YET (who leaves has not signed), HANDOVER_SIGNED, PASSKEY_OTHER,
    and those of `hand_over`.
    """
    row = found(node, digest)
    if row is None:
        return Denied(code="HANDOVER_UNKNOWN", detail=digest.hex())
    signer = read_signer(node, digest, assertion)
    if isinstance(signer, Denied):
        return signer
    person, count = signer
    if by is not None and person != by:
        return Denied(code="PASSKEY_OTHER", detail="")
    if person not in {row.leaves, row.comes}:
        return Denied(code="HANDOVER_OTHER", detail="")
    if person == row.leaves and row.first:
        return Denied(code="HANDOVER_SIGNED", detail="")
    if person == row.comes and not row.first:
        return Denied(code="HANDOVER_NOT_YET", detail="")
    if person == row.leaves:
        with node.store.transaction() as tx:
            tx.shifts.signed_first(digest, assertion.encode())
            tx.desk.used(assertion.credential, count)
        return found(node, digest) or row
    given = Handover.decode(row.written)
    return keep(node, given, row.first, assertion.encode(), {assertion.credential: count})


def drop(node: Node, digest: bytes, *, by: bytes) -> Denied | None:
    """Who leaves takes it back. Codes: HANDOVER_UNKNOWN."""
    with node.store.transaction() as tx:
        row = tx.shifts.handing(digest)
        if row is None or row.leaves != by:
            return Denied(code="HANDOVER_UNKNOWN", detail=digest.hex())
        tx.shifts.handed(digest)
    return None
