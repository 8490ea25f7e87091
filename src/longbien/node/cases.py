"""Cases: what an office of this State puts together for itself. They link exchanges and never merge them, and nothing of them is ever sent.

What it knows: which office a case belongs to, links, tasks. What it must never do: change an exchange, or show one office the case of
another. That an exchange was linked, and by whom, has a leaf in the ledger; a link that is taken away stays there.
"""

from collections.abc import Callable
from dataclasses import replace

from longbien.node.book import notice
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.store import Transaction
from longbien.store.case_rows import CaseRow, LinkRow, TaskRow

TITLE_MAX, REFERENCE_MAX, NOTE_MAX, TASK_MAX = 200, 120, 8000, 400
LINKS_MAX, TASKS_MAX = 200, 500


def new(
    node: Node, *, office: str, title: str, reference: str = "", note: str = "", by: bytes
) -> CaseRow | Denied:
    """A case of an office. Codes: OFFICE_UNKNOWN, CASE_TEXT."""
    if office not in {item.id for item in node.directory.own.descriptor.offices}:
        return Denied(code="OFFICE_UNKNOWN", detail=office)
    now = node.world.now()
    row = CaseRow(
        id=node.world.entropy(16),
        office=office,
        title=title.strip(),
        reference=reference.strip(),
        note=note.strip(),
        made_at=now,
        made_by=by,
        changed_at=now,
        closed_at=0,
    )
    refused = _text_refused(row)
    if refused is not None:
        return refused
    leaf = notice("case", did="opened", case=row.id, office=office, by=by, at=now)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.cases.add(row))])
    return row


def change(node: Node, wanted: CaseRow, *, by: bytes, seen: int | None = None) -> CaseRow | Denied:
    """Title, reference, note and end as in `wanted`. `seen` is the version looked at. Codes: CASE_UNKNOWN, CASE_TEXT, CHANGED_MEANWHILE."""
    before = find(node, wanted.id)
    if before is None:
        return Denied(code="CASE_UNKNOWN", detail=wanted.id.hex())
    if seen is not None and seen != before.changed_at:
        return Denied(code="CHANGED_MEANWHILE", detail=wanted.id.hex())
    refused = _text_refused(wanted)
    if refused is not None:
        return refused
    now = max(node.world.now(), before.changed_at + 1)
    row = replace(wanted, changed_at=now)
    leaf = None
    if bool(row.closed_at) is not bool(before.closed_at):
        did = "closed" if row.closed_at else "opened again"
        leaf = notice("case", did=did, case=row.id, office=row.office, by=by, at=now)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.cases.change(row))])
    return row


def link(node: Node, case: bytes, exchange: bytes, *, why: str = "", by: bytes) -> Denied | None:
    """An exchange belongs to a case. Codes: CASE_UNKNOWN, CASE_CLOSED, CASE_TEXT, CASE_FULL, EXCHANGE_UNKNOWN."""
    row = _open(node, case)
    if isinstance(row, Denied):
        return row
    with node.store.transaction() as tx:
        known = exchange in tx.queue.find([exchange])
        linked = tx.cases.links(case)
    if not known:
        return Denied(code="EXCHANGE_UNKNOWN", detail=exchange.hex())
    if any(each.exchange == exchange for each in linked):
        return None
    if len(linked) >= LINKS_MAX:
        return Denied(code="CASE_FULL", detail=f"at most {LINKS_MAX} exchanges")
    if len(why) > TASK_MAX:
        return Denied(code="CASE_TEXT", detail="why")
    now = node.world.now()
    wanted = LinkRow(
        case_id=case, exchange=exchange, why=why.strip(), linked_at=now, linked_by=by, ended_at=0
    )
    _touch(node, row, "linked", exchange, by, lambda tx: tx.cases.link(wanted))
    return None


def unlink(node: Node, case: bytes, exchange: bytes, *, by: bytes) -> Denied | None:
    """It belongs there no more; that it did stays in the ledger. Codes: CASE_UNKNOWN, CASE_CLOSED, LINK_UNKNOWN."""
    row = _open(node, case)
    if isinstance(row, Denied):
        return row
    with node.store.transaction() as tx:
        linked = {each.exchange for each in tx.cases.links(case)}
    if exchange not in linked:
        return Denied(code="LINK_UNKNOWN", detail=exchange.hex())
    now = node.world.now()
    _touch(node, row, "unlinked", exchange, by, lambda tx: tx.cases.unlink(case, exchange, now))
    return None


def add_task(
    node: Node, case: bytes, text: str, *, person: bytes | None = None, due_at: int | None = None, by: bytes
) -> TaskRow | Denied:
    """There is something to do. Codes: CASE_UNKNOWN, CASE_CLOSED, CASE_TEXT, CASE_FULL, OFFICER_UNKNOWN."""
    row = _open(node, case)
    if isinstance(row, Denied):
        return row
    words = text.strip()
    if not 0 < len(words) <= TASK_MAX:
        return Denied(code="CASE_TEXT", detail=f"1 to {TASK_MAX} characters")
    with node.store.transaction() as tx:
        tasks = tx.cases.tasks(case)
        people = {officer.person for officer in tx.desk.officers()}
    if person is not None and person not in people:
        return Denied(code="OFFICER_UNKNOWN", detail=person.hex())
    if len(tasks) >= TASKS_MAX:
        return Denied(code="CASE_FULL", detail=f"at most {TASKS_MAX} tasks")
    task = TaskRow(
        case_id=case,
        number=len(tasks) + 1,
        text=words,
        person=person,
        due_at=due_at,
        made_at=node.world.now(),
        made_by=by,
        done_at=0,
        done_by=None,
    )
    _write(node, row, lambda tx: tx.cases.add_tasks([task]))
    return task


def mark_task(node: Node, case: bytes, number: int, *, done: bool, by: bytes) -> Denied | None:
    """It is done, or to be done again. Codes: CASE_UNKNOWN, CASE_CLOSED, TASK_UNKNOWN."""
    row = _open(node, case)
    if isinstance(row, Denied):
        return row
    with node.store.transaction() as tx:
        known = {task.number for task in tx.cases.tasks(case)}
    if number not in known:
        return Denied(code="TASK_UNKNOWN", detail=str(number))
    at = node.world.now() if done else 0
    _write(node, row, lambda tx: tx.cases.done(case, number, at, by))
    return None


def find(node: Node, case: bytes) -> CaseRow | None:
    """A case."""
    with node.store.transaction() as tx:
        return tx.cases.find(case)


def _open(node: Node, case: bytes) -> CaseRow | Denied:
    row = find(node, case)
    if row is None:
        return Denied(code="CASE_UNKNOWN", detail=case.hex())
    return Denied(code="CASE_CLOSED", detail=case.hex()) if row.closed_at else row


def _touch(
    node: Node, row: CaseRow, did: str, exchange: bytes, by: bytes, write: Callable[[Transaction], None]
) -> None:
    """A change of which the ledger learns."""
    now = node.world.now()
    leaf = notice("case", did=did, case=row.id, exchange=exchange, by=by, at=now)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: _both(tx, node, row, write))])


def _write(node: Node, row: CaseRow, write: Callable[[Transaction], None]) -> None:
    node.sequencer.run([Touch(leaf=None, write=lambda tx: _both(tx, node, row, write))])


def _both(tx: Transaction, node: Node, row: CaseRow, write: Callable[[Transaction], None]) -> None:
    write(tx)
    tx.cases.change(replace(row, changed_at=max(node.world.now(), row.changed_at + 1)))


def _text_refused(row: CaseRow) -> Denied | None:
    for name, text, least, most in (
        ("title", row.title, 1, TITLE_MAX),
        ("reference", row.reference, 0, REFERENCE_MAX),
        ("note", row.note, 0, NOTE_MAX),
    ):
        if not least <= len(text) <= most or (name != "note" and not text.isprintable()):
            return Denied(code="CASE_TEXT", detail=name)
    return None
