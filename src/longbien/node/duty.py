"""Who is on duty in an office: its roster and its policy, every version kept, and what is wrong with them ahead of the night.

What it knows: the texts that persons wrote, names, addresses. What it must never know: what a page is about. Each new version is a leaf
of the ledger, so that who was on duty when something was missed can be proved.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from longbien.duty import (
    DutyFault,
    Policy,
    Roster,
    Shift,
    gaps,
    lint,
    next_after,
    on_duty,
    read_policy,
    read_roster,
    shift_at,
    shifts,
    with_override,
    without_override,
)
from longbien.law.instants import DAY
from longbien.node.book import notice
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.node.roles import Role
from longbien.store import Transaction
from longbien.store.desk_rows import OfficerRow
from longbien.store.duty_rows import Kind, PlanRow

# How far ahead gaps are looked for, and how far a shift is followed to its ends.
AHEAD = 14 * DAY
REACH = 60 * DAY
ADDRESS_MAX = 500
WARNINGS_MAX = 20
# What a roster or a policy may be long (characters).
ROSTER_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is on duty in an office at an instant, and who is next. `person` is `None` in a gap; times in ms, `None` beyond `REACH`."""

    office: str
    at: int
    person: OfficerRow | None
    until: int | None
    next: OfficerRow | None
    next_from: int | None
    warnings: tuple[str, ...]


def watch(node: Node, office: str, at: int | None = None) -> Watch | None:
    """Who is, or was, on duty; `None` where the office has no roster then. The past is answered by the version in force then."""
    now = node.world.now()
    asked = now if at is None else at
    with node.store.transaction() as tx:
        roster = roster_of(tx, office, asked)
        people = {item.person: item for item in tx.desk.officers()}
    if roster is None:
        return None
    person = on_duty(roster, asked)
    following = next_after(roster, asked, within=REACH)
    until = shift_at(roster, asked, within=REACH).until
    return Watch(
        office=office,
        at=asked,
        person=None if person is None else people.get(person),
        until=None if until >= asked + REACH else until,
        next=None if following is None or following.person is None else people.get(following.person),
        next_from=None if following is None else following.since,
        warnings=ahead(roster, people, office, now) if asked >= now else (),
    )


def on_now(node: Node, office: str) -> bytes | None:
    """The person on duty now, without what comes next or is wrong ahead."""
    with node.store.transaction() as tx:
        roster = roster_of(tx, office)
    return None if roster is None else on_duty(roster, node.world.now())


def shifts_of(node: Node, office: str, since: int, until: int) -> tuple[Shift, ...]:
    """Every shift and gap of the roster in force, for a list or a calendar; nothing without a roster."""
    with node.store.transaction() as tx:
        roster = roster_of(tx, office)
    return () if roster is None or since >= until else shifts(roster, since, until)


def written(node: Node, office: str, kind: Kind) -> tuple[PlanRow, ...]:
    """Every version of a roster or policy, the newest first."""
    with node.store.transaction() as tx:
        return tx.duty.plans(office, kind)


def roster_of(tx: Transaction, office: str, at: int | None = None) -> Roster | None:
    """The roster of an office, or the one in force at an instant."""
    row = tx.duty.plan(office, "roster", at)
    return None if row is None else read_roster(row.text, _names(tx, office))


def policy(node: Node, office: str) -> Policy | None:
    """The policy of an office, for a page that shows it."""
    with node.store.transaction() as tx:
        return policy_of(tx, office)


def policy_of(tx: Transaction, office: str) -> Policy | None:
    """The policy of an office."""
    row = tx.duty.plan(office, "policy")
    return None if row is None else read_policy(row.text, _names(tx, office))


def set_roster(
    node: Node,
    office: str,
    text: str,
    *,
    by: bytes,
    seen: int | None = None,
    also: Callable[[Transaction], None] | None = None,
) -> tuple[str, ...] | Denied:
    """This is the roster from now on; what is wrong with it ahead. `seen` is the version that was looked at, `None` for any; `also` is
    written with it.

    Codes: OFFICE_UNKNOWN, CHANGED_MEANWHILE, and those of `DutyFault`.
    """
    return _set(node, office, "roster", text, by, seen=seen, also=also)


def set_policy(node: Node, office: str, text: str, *, by: bytes) -> tuple[str, ...] | Denied:
    """This is the policy from now on. Codes: OFFICE_UNKNOWN and those of `DutyFault`."""
    return _set(node, office, "policy", text, by)


def override(
    node: Node, office: str, person: bytes, since: int, until: int, *, by: bytes, seen: int | None = None
) -> tuple[str, ...] | Denied:
    """This person is on duty instead of everybody else. `seen` is the version of the roster that was looked at, `None` for any.

    Codes: ROSTER_NONE, OFFICER_UNKNOWN, CHANGED_MEANWHILE, DUTY_VALUE.
    """
    with node.store.transaction() as tx:
        row = tx.duty.plan(office, "roster")
        officer = tx.desk.officer(person)
    if row is None:
        return Denied(code="ROSTER_NONE", detail=office)
    if officer is None or officer.office != office or not officer.active:
        return Denied(code="OFFICER_UNKNOWN", detail=person.hex())
    if seen is not None and seen != row.version:
        return _changed(office)
    text = with_override(row.text, officer.name, since, until)
    return _set(node, office, "roster", text, by, seen=row.version)


def drop_override(
    node: Node, office: str, person: bytes, since: int, until: int, *, by: bytes, seen: int | None = None
) -> tuple[str, ...] | Denied:
    """An exception that was added by `override` is there no more. Codes: ROSTER_NONE, OVERRIDE_NONE, CHANGED_MEANWHILE."""
    with node.store.transaction() as tx:
        row = tx.duty.plan(office, "roster")
        officer = tx.desk.officer(person)
    if row is None:
        return Denied(code="ROSTER_NONE", detail=office)
    text = None if officer is None else without_override(row.text, officer.name, since, until)
    if text is None:
        return Denied(code="OVERRIDE_NONE", detail=person.hex())
    if seen is not None and seen != row.version:
        return _changed(office)
    return _set(node, office, "roster", text, by, seen=row.version)


def swap(node: Node, office: str, one: int, other: int, *, by: bytes) -> tuple[str, ...] | Denied:
    """The persons of the shifts at two instants take each other's. Codes: ROSTER_NONE, SHIFT_NONE, SHIFT_SAME."""
    with node.store.transaction() as tx:
        row = tx.duty.plan(office, "roster")
        roster = roster_of(tx, office)
        people = {item.person: item.name for item in tx.desk.officers()}
    if row is None or roster is None:
        return Denied(code="ROSTER_NONE", detail=office)
    first, second = (shift_at(roster, at, within=REACH) for at in (one, other))
    if first.person is None or second.person is None:
        return Denied(code="SHIFT_NONE", detail=office)
    if first.person == second.person:
        return Denied(code="SHIFT_SAME", detail=people[first.person])
    text = with_override(row.text, people[second.person], first.since, first.until)
    text = with_override(text, people[first.person], second.since, second.until)
    return _set(node, office, "roster", text, by, seen=row.version)


def reach(node: Node, person: bytes, channel: str, address: str) -> Denied | None:
    """A person is reached there from now on; nowhere with "". Codes: OFFICER_UNKNOWN, ADDRESS_INVALID."""
    if len(address) > ADDRESS_MAX or not address.isprintable() or not channel.isidentifier():
        return Denied(code="ADDRESS_INVALID", detail=channel)
    with node.store.transaction() as tx:
        if tx.desk.officer(person) is None:
            return Denied(code="OFFICER_UNKNOWN", detail=person.hex())
        tx.duty.reach(person, channel, address.strip())
    return None


def ahead(roster: Roster, people: dict[bytes, OfficerRow], office: str, at: int) -> tuple[str, ...]:
    """What will go wrong with a roster in the next days, as `CODE detail`: ROSTER_GAP, ROSTER_PERSON_GONE, ROSTER_ALONE."""
    found = [f"ROSTER_GAP {_day(gap.since)} to {_day(gap.until)}" for gap in gaps(roster, at, at + AHEAD)]
    coming = {shift.person for shift in shifts(roster, at, at + AHEAD)} - {None}
    gone = [
        person.hex()
        for person in coming
        if person is not None
        and (person not in people or not people[person].active or people[person].office != office)
    ]
    found += [f"ROSTER_PERSON_GONE {person}" for person in sorted(gone)]
    if len(coming) == 1:
        found.append("ROSTER_ALONE one person has every shift of the next 14 days")
    return tuple(found[:WARNINGS_MAX])


def mistakes(node: Node, office: str, channels: Collection[str]) -> tuple[str, ...]:
    """What is wrong with the policy of an office, given the channels that are set up; POLICY_NONE without one."""
    with node.store.transaction() as tx:
        policy = policy_of(tx, office)
        addresses = tx.duty.addresses()
        here = [item.person for item in on_call(tx, office)]
    if policy is None:
        return (f"POLICY_NONE {office}",)
    return lint(
        policy, channels=channels, reach={person: tuple(addresses.get(person, ())) for person in here}
    )


def on_call(tx: Transaction, office: str) -> tuple[OfficerRow, ...]:
    """Everybody of an office who may be called: active, and with the role of a duty officer."""
    return tuple(
        item
        for item in tx.desk.officers()
        if item.office == office and item.active and Role.DUTY in item.roles
    )


def _set(
    node: Node,
    office: str,
    kind: Kind,
    text: str,
    by: bytes,
    *,
    seen: int | None = None,
    also: Callable[[Transaction], None] | None = None,
) -> tuple[str, ...] | Denied:
    """Every version has one successor and no more, whoever else writes at the same moment: nothing that was agreed is lost unseen."""
    if office not in {item.id for item in node.directory.own.descriptor.offices}:
        return Denied(code="OFFICE_UNKNOWN", detail=office)
    now = node.world.now()
    with node.store.transaction() as tx:
        names, before = _names(tx, office), tx.duty.plan(office, kind)
        people = {item.person: item for item in tx.desk.officers()}
    version = 0 if before is None else before.version
    if seen is not None and seen != version:
        return _changed(office)
    try:
        read = read_roster(text, names) if kind == "roster" else read_policy(text, names)
    except DutyFault as fault:
        return Denied(code=fault.code, detail=fault.detail)
    row = PlanRow(office=office, kind=kind, text=text, made_at=now, by=by)
    leaf = notice(kind, office=office, digest=sha256(text.encode()).digest(), by=by, at=now)

    written: list[PlanRow] = []

    def write(tx: Transaction) -> None:
        tx.duty.add_plan(row)
        written.append(row)
        if also is not None:
            also(tx)

    after = sha256(f"{kind} of {office} after {version}".encode()).digest()
    node.sequencer.run([Touch(leaf=leaf, write=write, subject=after)])
    if not written:
        return _changed(office)
    return ahead(read, people, office, now) if isinstance(read, Roster) else ()


def _changed(office: str) -> Denied:
    return Denied(code="CHANGED_MEANWHILE", detail=office)


def _names(tx: Transaction, office: str) -> dict[str, bytes]:
    """Persons by name; whoever has left is still named in an old version."""
    return {item.name: item.person for item in tx.desk.officers() if item.office == office}


def _day(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")
