"""Who can give the signature that a draft still lacks.

What it knows: roles, and who has signed. What it must never do: take a signature.
"""

from longbien.node.roles import may_sign
from longbien.store import Transaction


def next_signers(tx: Transaction, draft: bytes) -> tuple[bytes, ...]:
    """Everybody of the office who has not signed and whose signature could be the last one."""
    row, given = tx.desk.draft(draft), tx.desk.approvals(draft)
    if row is None:
        return ()
    officers = {item.person: item for item in tx.desk.officers()}
    before = [officers[item.person].roles for item in given]
    signed = {item.person for item in given}
    return tuple(
        person
        for person, officer in officers.items()
        if officer.active
        and officer.office == row.office
        and person not in signed
        and may_sign(officer.roles, before, needed=len(before) + 1)
    )
