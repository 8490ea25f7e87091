"""Routes about cases: an office's own files, which link exchanges and are never sent.

What it knows: the doors of `node.cases`. What it must never do: show a token of one office the case of another.
"""

from dataclasses import replace

from longbien.node import cases as doors
from longbien.node.casework import Casework, Listed, casework, listed
from longbien.store.case_rows import CaseRow
from longbien.web.api import case_shapes as shapes
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.cases import seen
from longbien.web.api.told import milliseconds, moment, moment_or_none


def cases(call: Call) -> Answer:
    """The cases of the token's office, or of every one."""
    found = listed(call.api.node, _office(call))
    return Answer(given=shapes.CaseList(items=tuple(map(_line, found))))


def case(call: Call) -> Answer:
    """One case."""
    row = _row(call)
    return Answer(given=_case(call), version=str(row.changed_at))


def new(call: Call) -> Answer:
    """A case is begun."""
    wanted: shapes.CaseWanted = call.body
    if _office(call) not in {"", wanted.office}:
        raise Refused("OFFICE_OTHER", _office(call))
    made = granted(
        doors.new(
            call.api.node,
            office=wanted.office,
            title=wanted.title,
            reference=wanted.reference,
            note=wanted.note,
            by=_by(call),
        )
    )
    return Answer(
        given=_case(call, made.id), status=201, headers={"Location": f"/api/v1/cases/{made.id.hex()}"}
    )


def change(call: Call) -> Answer:
    """A case as it is to be, if nobody changed it since."""
    wanted: shapes.CaseChange = call.body
    row, now = _row(call), call.api.node.world.now()
    closed = (row.closed_at or now) if wanted.closed else 0
    done = granted(
        doors.change(
            call.api.node,
            replace(row, title=wanted.title, reference=wanted.reference, note=wanted.note, closed_at=closed),
            by=_by(call),
            seen=seen(call),
        )
    )
    return Answer(given=_case(call), version=str(done.changed_at))


def link(call: Call) -> Answer:
    """An exchange belongs to it."""
    wanted: shapes.LinkWanted = call.body
    granted(
        doors.link(call.api.node, _row(call).id, bytes.fromhex(wanted.exchange), why=wanted.why, by=_by(call))
    )
    return Answer(given=_case(call), status=201)


def unlink(call: Call) -> Answer:
    """It belongs there no more."""
    granted(doors.unlink(call.api.node, _row(call).id, call.bytes("exchange"), by=_by(call)))
    return Answer(status=204)


def add_task(call: Call) -> Answer:
    """There is something to do."""
    wanted: shapes.TaskWanted = call.body
    granted(
        doors.add_task(
            call.api.node,
            _row(call).id,
            wanted.text,
            person=None if wanted.person is None else bytes.fromhex(wanted.person),
            due_at=None if wanted.due_at is None else milliseconds(wanted.due_at),
            by=_by(call),
        )
    )
    return Answer(given=_case(call), status=201)


def mark_task(call: Call) -> Answer:
    """It is done, or to be done again."""
    wanted: shapes.TaskMark = call.body
    number = int(call.path["task"])
    granted(doors.mark_task(call.api.node, _row(call).id, number, done=wanted.done, by=_by(call)))
    return Answer(given=_case(call))


def _office(call: Call) -> str:
    return "" if call.token is None else call.token.office


def _by(call: Call) -> bytes:
    assert call.token is not None, "the route takes a token"
    return bytes.fromhex(call.token.id)


def _row(call: Call) -> CaseRow:
    found = doors.find(call.api.node, call.bytes("case"))
    if found is None or _office(call) not in {"", found.office}:
        raise Refused("CASE_UNKNOWN", call.path["case"])
    return found


def _case(call: Call, identifier: bytes | None = None) -> shapes.Case:
    row = _row(call) if identifier is None else doors.find(call.api.node, identifier)
    found = None if row is None else casework(call.api.node, row.id)
    assert found is not None, "a case is never deleted"
    return _told(found)


def _told(found: Casework) -> shapes.Case:
    return shapes.Case(
        line=_line(
            Listed(
                row=found.row,
                links=len(found.linked),
                open_tasks=sum(1 for task in found.tasks if not task.done_at),
            )
        ),
        note=found.row.note,
        exchanges=tuple(
            shapes.CaseLink(
                exchange=each.link.exchange.hex(),
                procedure=each.matter.item.line.procedure,
                stage=each.matter.item.line.stage,
                why=each.link.why,
                linked_at=moment(each.link.linked_at),
            )
            for each in found.linked
        ),
        members=tuple(
            shapes.CaseMember(
                party=member.party,
                rights=tuple(
                    shapes.CaseRight(exchange=right.exchange.hex(), role=right.role)
                    for right in member.rights
                ),
            )
            for member in found.members
        ),
        agreements=tuple(
            shapes.CaseAgreement(
                exchange=one.exchange.hex(),
                in_force=one.in_force,
                text_version=one.text_version,
                ends_on=moment_or_none(one.ends_on),
                parties=tuple(
                    shapes.CaseParty(
                        party=party,
                        agreed_at=moment_or_none(agreed),
                        signed_at=moment_or_none(signed),
                        left=left,
                    )
                    for party, agreed, signed, left in one.parties
                ),
            )
            for one in found.agreements
        ),
        tasks=tuple(
            shapes.CaseTask(
                task=task.number,
                text=task.text,
                person=None if task.person is None else task.person.hex(),
                due_at=moment_or_none(task.due_at),
                done_at=moment_or_none(task.done_at),
            )
            for task in found.tasks
        ),
        timeline=tuple(
            shapes.CaseEvent(
                exchange=one.exchange.hex(),
                at=moment(one.event.at),
                party=one.event.party,
                office=one.event.office,
                act=one.event.act,
                kind=one.event.kind,
                statement=one.event.digest.hex(),
            )
            for one in found.timeline
        ),
        entities=tuple(
            shapes.CaseEntity(
                kind=one.kind, value=one.value, exchanges=tuple(each.hex() for each in one.exchanges)
            )
            for one in found.entities
        ),
        evidence=tuple(count.manifest.hex() for count in found.evidence),
    )


def _line(one: Listed) -> shapes.CaseLine:
    return shapes.CaseLine(
        case=one.row.id.hex(),
        office=one.row.office,
        title=one.row.title,
        reference=one.row.reference,
        made_at=moment(one.row.made_at),
        changed_at=moment(one.row.changed_at),
        closed_at=moment_or_none(one.row.closed_at),
        links=one.links,
        open_tasks=one.open_tasks,
    )
