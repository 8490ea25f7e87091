"""Routes about the shift: who is on duty, the roster and its exceptions, swaps, hand-overs, and the numbers of a wall.

What it knows: `node.duty`, `node.swaps`, `node.handing`. What it must never do: let a token sign, or say yes to a swap for somebody.
"""

from msgspec import UNSET

from longbien.law.instants import DAY
from longbien.node import duty, handing, handover, swaps
from longbien.node.wallboard import counted
from longbien.store import Transaction
from longbien.store.duty_rows import HandoverRow, Kind
from longbien.store.shift_rows import HandingRow, SwapRow
from longbien.web.api import duty_shapes as shapes
from longbien.web.api import told
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.cases import seen
from longbien.web.api.drafts import assertion

Names = dict[bytes, shapes.Person]


def shifts(call: Call) -> Answer:
    """Who is on duty, and the shifts from now on."""
    node, office, query = call.api.node, office_of(call), call.query
    now = node.world.now()
    found = duty.watch(node, office, now if query.at is UNSET else told.milliseconds(query.at))
    if found is None:
        raise Refused("ROSTER_NONE", office)
    with node.store.transaction() as tx:
        names = people(tx)
    return Answer(
        given=shapes.Shifts(
            office=office,
            at=told.moment(found.at),
            on_duty=None if found.person is None else names[found.person.person],
            until=told.moment_or_none(found.until),
            next=None if found.next is None else names[found.next.person],
            next_from=told.moment_or_none(found.next_from),
            warnings=found.warnings,
            turns=tuple(
                shapes.Turn(
                    person=None if turn.person is None else names[turn.person],
                    since=told.moment(turn.since),
                    until=told.moment(turn.until),
                )
                for turn in duty.shifts_of(node, office, now, now + query.days * DAY)
            ),
        )
    )


def roster(call: Call) -> Answer:
    """The roster in force, with the version that a change must name."""
    return _plan(call, "roster")


def policy(call: Call) -> Answer:
    """Whom a page calls."""
    return _plan(call, "policy")


def set_roster(call: Call) -> Answer:
    """A roster that is in force from now on."""
    wanted: shapes.PlanWanted = call.body
    node, office = call.api.node, office_of(call)
    granted(duty.set_roster(node, office, wanted.text, by=by(call), seen=seen(call)))
    return _plan(call, "roster")


def override(call: Call) -> Answer:
    """A person is on duty instead of everybody else."""
    node, office, (person, since, until) = call.api.node, office_of(call), _span(call)
    granted(duty.override(node, office, person, since, until, by=by(call), seen=seen(call)))
    return _plan(call, "roster")


def drop_override(call: Call) -> Answer:
    """An exception is taken back."""
    node, office, (person, since, until) = call.api.node, office_of(call), _span(call)
    granted(duty.drop_override(node, office, person, since, until, by=by(call), seen=seen(call)))
    return _plan(call, "roster")


def open_swaps(call: Call) -> Answer:
    """What waits for an answer."""
    rows = swaps.open_swaps(call.api.node, office_of(call))
    return Answer(given=shapes.SwapList(items=tuple(_told_swap(call, row) for row in rows)))


def propose(call: Call) -> Answer:
    """A person offers a shift for one of a colleague."""
    wanted: shapes.SwapWanted = call.body
    person = person_of(call, wanted.person, office_of(call))
    mine, theirs = told.milliseconds(wanted.gives), told.milliseconds(wanted.takes)
    row = granted(swaps.propose(call.api.node, mine=mine, theirs=theirs, by=person))
    return Answer(given=_told_swap(call, row), status=201)


def accept(call: Call) -> Answer:
    """The person who was asked says yes with a passkey; each has the shift of the other."""
    granted(swaps.accept_signed(call.api.node, call.bytes("swap"), assertion(call.body)))
    return Answer(given=_told_swap(call, _swap(call)))


def decline(call: Call) -> Answer:
    """The person who was asked says no."""
    row = _swap(call)
    granted(swaps.decline(call.api.node, row.id, by=row.asked))
    return Answer(given=_told_swap(call, _swap(call)))


def withdraw(call: Call) -> Answer:
    """The person who proposed takes it back."""
    row = _swap(call)
    granted(swaps.withdraw(call.api.node, row.id, by=row.proposer))
    return Answer(given=_told_swap(call, _swap(call)))


def handovers(call: Call) -> Answer:
    """Those on their way, and those that both have signed."""
    node, office = call.api.node, office_of(call)
    coming = handing.on_its_way(node, office)
    with node.store.transaction() as tx:
        done = tx.duty.handovers(office)
    rows: tuple[HandingRow | HandoverRow, ...] = (*coming, *done)
    items = tuple(_told_handover(call, row) for row in rows)
    return Answer(given=shapes.HandoverList(items=items))


def prepare(call: Call) -> Answer:
    """The lists of now, as both will sign them."""
    wanted: shapes.HandoverWanted = call.body
    leaves, comes = bytes.fromhex(wanted.leaves), bytes.fromhex(wanted.comes)
    row = granted(
        handing.prepare(call.api.node, office_of(call), leaves=leaves, comes=comes, text=wanted.text)
    )
    return Answer(given=_told_handover(call, row), status=201)


def one_handover(call: Call) -> Answer:
    """One of them."""
    return Answer(given=_told_handover(call, _handover(call)))


def sign(call: Call) -> Answer:
    """One of the two signs, who leaves first; with the second signature it is handed over."""
    row = granted(handing.sign(call.api.node, call.bytes("handover"), assertion(call.body)))
    return Answer(given=_told_handover(call, row), status=201)


def drop(call: Call) -> Answer:
    """It is taken back, as long as only one has signed."""
    row = _handover(call)
    granted(handing.drop(call.api.node, row.digest, by=row.leaves))
    return Answer(status=204)


def wallboard(call: Call) -> Answer:
    """The numbers of now."""
    found = counted(call.api.node, _own(call))
    return Answer(
        given=shapes.Wallboard(
            **dict(found.views),
            pages=found.pages,
            unreached=found.unreached,
            on_duty=found.on_duty,
            at=told.moment(found.at),
        )
    )


def office_of(call: Call) -> str:
    """The office in the path: one of this node, and the token's own where it has one."""
    office = call.path["office"]
    if office not in {item.id for item in call.api.node.directory.own.descriptor.offices}:
        raise Refused("NOT_THERE", office)
    if _own(call) not in {"", office}:
        raise Refused("OFFICE_OTHER", _own(call))
    return office


def own(call: Call, office: str) -> bool:
    """Whether what belongs to this office is for the token that asks."""
    return _own(call) in {"", office}


def by(call: Call) -> bytes:
    """Who writes: the token."""
    assert call.token is not None, "the route takes a token"
    return bytes.fromhex(call.token.id)


def people(tx: Transaction) -> Names:
    """Every officer, as the API names persons."""
    return {
        item.person: shapes.Person(person=item.person.hex(), name=item.name) for item in tx.desk.officers()
    }


def person_of(call: Call, named: str, office: str) -> bytes:
    """An active officer of an office."""
    person = bytes.fromhex(named)
    with call.api.node.store.transaction() as tx:
        officer = tx.desk.officer(person)
    if officer is None or officer.office != office or not officer.active:
        raise Refused("OFFICER_UNKNOWN", named)
    return person


def _own(call: Call) -> str:
    return "" if call.token is None else call.token.office


def _plan(call: Call, kind: Kind) -> Answer:
    node, office = call.api.node, office_of(call)
    with node.store.transaction() as tx:
        row = tx.duty.plan(office, kind)
    if row is None:
        raise Refused(f"{kind.upper()}_NONE", office)
    found = duty.watch(node, office) if kind == "roster" else None
    given = shapes.Plan(
        office=office,
        text=row.text,
        made_at=told.moment(row.made_at),
        warnings=() if found is None else found.warnings,
    )
    return Answer(given=given, version=str(row.version))


def _span(call: Call) -> tuple[bytes, int, int]:
    wanted: shapes.OverrideWanted = call.body
    return bytes.fromhex(wanted.person), told.milliseconds(wanted.since), told.milliseconds(wanted.until)


def _swap(call: Call) -> SwapRow:
    row = swaps.find(call.api.node, call.bytes("swap"))
    if row is None or not own(call, row.office):
        raise Refused("SWAP_UNKNOWN", call.path["swap"])
    return row


def _told_swap(call: Call, row: SwapRow) -> shapes.Swap:
    with call.api.node.store.transaction() as tx:
        names = people(tx)
    return shapes.Swap(
        swap=row.id.hex(),
        office=row.office,
        proposer=names[row.proposer],
        asked=names[row.asked],
        gives_since=told.moment(row.one_since),
        gives_until=told.moment(row.one_until),
        takes_since=told.moment(row.other_since),
        takes_until=told.moment(row.other_until),
        made_at=told.moment(row.made_at),
        outcome=row.outcome,  # type: ignore[arg-type]  # one of the four, by the room that writes it
        challenge=swaps.challenge(row).hex(),
    )


def _handover(call: Call) -> HandingRow | HandoverRow:
    node, digest = call.api.node, call.bytes("handover")
    with node.store.transaction() as tx:
        done = tx.duty.handover(digest)
    row = done or handing.found(node, digest)
    if row is None or not own(call, row.office):
        raise Refused("HANDOVER_UNKNOWN", call.path["handover"])
    return row


def _told_handover(call: Call, row: HandingRow | HandoverRow) -> shapes.Handover:
    given = handover.Handover.decode(row.written)
    with call.api.node.store.transaction() as tx:
        names = people(tx)
    return shapes.Handover(
        handover=row.digest.hex(),
        office=given.office,
        at=told.moment(given.at),
        until=told.moment(given.until),
        leaves=names[given.leaves],
        comes=names[given.comes],
        text=given.text,
        lists=tuple(
            shapes.HandedList(
                name=name,  # type: ignore[arg-type]  # one of the six, by the room that reads them
                items=tuple(
                    shapes.Handed(what=item.what, about=item.about, at=told.moment_or_none(item.at))
                    for item in rows
                ),
            )
            for name, rows in given.lists
        ),
        stage="handed-over" if isinstance(row, HandoverRow) else "half-signed" if row.first else "made",
    )
