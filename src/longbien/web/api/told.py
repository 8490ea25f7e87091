"""From what the node knows to the shapes of the API.

What it knows: both sides' names. What it must never do: decide, or leave out a fault.
"""

from datetime import UTC, datetime

from longbien.law import Read
from longbien.node import matter as matters
from longbien.node import provenance as behind
from longbien.node.handling import Handled
from longbien.node.queue import Item
from longbien.store.event_rows import EventRow, HookDeliveryRow, HookRow
from longbien.web.api import shapes

# The last moment that a calendar knows (ms); what comes later has no time.
LAST = 253_402_300_799_999


def moment(at: int) -> datetime:
    """Milliseconds as a time in UTC; what lies beyond the calendar is its last moment."""
    return datetime.fromtimestamp(min(at, LAST) / 1000, UTC)


def moment_or_none(at: int | None) -> datetime | None:
    """The same; 0 and nothing are nothing."""
    return moment(at) if at else None


def milliseconds(at: datetime) -> int:
    """A time as milliseconds, whole."""
    whole = int(at.timestamp())
    return whole * 1000 + at.microsecond // 1000


def line(item: Item) -> shapes.Line:
    """A line of the queue."""
    row = item.line
    due = None
    if row.due_clock is not None and row.due_at is not None:
        due = shapes.DueOf(clock=row.due_clock, at=moment(row.due_at), statutory=row.statutory)
    return shapes.Line(
        exchange=row.exchange.hex(),
        procedure=row.procedure,
        version=row.version,
        opener=row.opener,
        others=tuple(row.others.split()),
        stage=row.stage,
        offices=tuple(row.offices.split("\n")[1:-1]),
        turn=row.turn,  # type: ignore[arg-type]  # one of the four, by the room that made it
        subject=row.subject,
        reference=item.reference,
        their_reference=row.their_reference,
        urgency=row.urgency,
        trouble=row.trouble,
        due=due,
        opened_at=moment(row.opened_at),
        changed_at=moment(row.changed_at),
        owner=None if row.owner is None else row.owner.hex(),
        snoozed_until=moment_or_none(row.snoozed_until),
        tags=item.tags,
        draft=None if item.draft is None else item.draft.hex(),
        act=item.act or None,
        approvals=item.approvals,
    )


def handling(found: Handled) -> shapes.Handling:
    """Who sees to it."""
    return shapes.Handling(
        owner=None if found.owner is None else found.owner.hex(),
        snoozed_until=moment_or_none(found.snoozed_until),
        reference=found.reference,
        tags=found.tags,
    )


def matter(found: matters.Matter) -> shapes.Matter:
    """Everything about an exchange."""
    return shapes.Matter(
        line=line(found.item),
        title=found.title,
        article=found.article,
        article_checked=found.article_checked,
        stage_label=found.stage_label,
        stage_help=found.stage_help,
        terminal=found.terminal,
        roles=dict(found.roles),
        host=found.host,
        practice=found.practice,
        quarantine=found.quarantine,
        opening=None if found.opening is None else provenance(found.opening),
        yes=shapes.Yes(
            delivered=moment_or_none(found.yes.delivered),
            acknowledged=moment_or_none(found.yes.acknowledged),
            accepted=moment_or_none(found.yes.accepted),
            done=moment_or_none(found.yes.done),
        ),
        clocks=tuple(
            shapes.Clock(
                clock=clock.clock,
                label=clock.label,
                set_by=clock.set_by,  # type: ignore[arg-type]
                due_at=moment(clock.due_at),
                article=clock.article,
                article_checked=clock.article_checked,
            )
            for clock in found.clocks
        ),
        events=tuple(map(_event, found.events)),
        next=tuple(
            shapes.NextAct(
                act=item.act,
                label=item.label,
                help=item.help,
                persons=item.persons,
                open=item.open,
                code=item.code,
                detail=item.detail,
                stages=item.stages,
            )
            for item in found.next
        ),
        drafts=tuple(draft.hex() for draft in found.drafts),
    )


def _event(event: matters.Event) -> shapes.HappenedInMatter:
    return shapes.HappenedInMatter(
        kind=event.kind,  # type: ignore[arg-type]
        place=event.place,
        at=moment(event.at),
        party=event.party,
        office=event.office,
        act=event.act,
        label=event.label,
        persons=event.persons,
        statement=event.digest.hex(),
        code=event.code,
        body=tuple(map(read, event.body)),
        proofs=tuple(map(proof, event.proofs)),
        waiting=tuple(map(waits, event.waiting)),
        doubts=event.doubts,
    )


def proof(found: matters.Proof) -> shapes.Proof:
    """What a node proved."""
    return shapes.Proof(by=found.by, kind=found.kind, code=found.code, leaf=found.leaf, at=moment(found.at))


def waits(found: matters.Waiting) -> shapes.Waits:
    """Why it waits."""
    return shapes.Waits(
        party=found.party,
        reason=found.reason,
        tries=found.tries,
        next_try_at=moment_or_none(found.next_try_at),
    )


def read(found: Read) -> shapes.FieldRead:
    """A field of a body."""
    return shapes.FieldRead(
        name=found.name,
        label=found.label,
        kind=found.kind,
        value=found.value,
        text=found.text,
        written=found.written,
        missing=found.missing,
        parts=tuple(map(read, found.parts)),
        items=tuple(map(read, found.items)),
    )


def provenance(found: behind.Provenance) -> shapes.Provenance:
    """Who stands behind an act."""
    return shapes.Provenance(
        party=found.party,
        node=found.node,
        mode=found.mode,
        office=found.office,
        office_name=found.office_name,
        roles=found.roles,
        illustrative=found.illustrative,
        call_back=found.call_back,
        descriptor=found.descriptor,
        descriptor_ends_at=moment_or_none(found.descriptor_ends_at),
        known_since=moment_or_none(found.known_since),
        signed_at=moment(found.signed_at),
        persons=found.persons,
        needed=found.needed,
        faults=found.faults,
    )


def event(row: EventRow) -> shapes.Event:
    """Something that happened."""
    return shapes.Event(
        number=row.number,
        kind=row.kind,
        at=moment(row.at),
        exchange=row.exchange.hex() or None,
        subject=row.subject.hex() or None,
    )


def hook(row: HookRow) -> shapes.Hook:
    """An address that is told."""
    return shapes.Hook(
        hook=row.id,
        url=row.url,
        kinds=tuple(row.kinds.split()),
        made_at=moment(row.made_at),
        stopped=row.stopped,
    )


def hook_delivery(row: HookDeliveryRow) -> shapes.HookDelivery:
    """What a hook was told."""
    return shapes.HookDelivery(
        event=row.event,
        kind=row.kind,
        state="waiting" if row.next_at is not None else "given_up" if row.reason else "told",
        tries=row.tries,
        status=row.status,
        reason=row.reason,
        tried_at=moment_or_none(row.tried_at),
        next_try_at=moment_or_none(row.next_at),
    )
