"""The shift: who is on duty and when, who is called and in which order, what is open, and how two persons agree on their turns.

What it knows: roster, policy, pages and tests of the reader's office. What it must never do: put anybody on duty but the person who asks;
for everybody else there is a swap, which the other one accepts.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from longbien.duty import Roster, Shift
from longbien.duty.policy import MINUTE
from longbien.duty.roster import instant, local
from longbien.law import Labels
from longbien.law.instants import DAY
from longbien.node import Denied, duty, handing, handover, pages, queue, swaps
from longbien.node.raising import APPROVAL, STORM, TEST, draft_of
from longbien.node.replies import BY_ACT
from longbien.node.roles import SIGNING
from longbien.store.desk_rows import OfficerRow
from longbien.store.shift_rows import SwapRow
from longbien.web.asked import Asked, Reply, go, hex_bytes
from longbien.web.console import Console

AHEAD = 14 * DAY
TESTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An open page as the screen shows it; `href` leads to what it is about, "" where that is no request. `awake` is a name; `line` is the
    request in the queue.
    """

    item: pages.Open
    href: str
    by_act: bool
    awake: str
    failing: str
    line: queue.Item | None
    about: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A coming shift: `key` names it in a form, `name` is "" in a gap."""

    shift: Shift
    key: str
    name: str
    mine: bool


def shift(console: Console, asked: Asked) -> Reply:
    """The page."""
    return _shift(console, asked)


def override(console: Console, asked: Asked) -> Reply:
    """The person who asks is on duty instead of everybody else. Codes: DUTY_VALUE and those of `duty.override`."""
    person, office = asked.officer.person, asked.officer.office
    roster = _roster(console, office)
    if roster is None:
        return _shift(console, asked, denied=Denied(code="ROSTER_NONE", detail=""))
    since, until = (_moment(roster.zone, asked.written(name)) for name in ("since", "until"))
    if since is None or until is None or since >= until:
        return _shift(console, asked, denied=Denied(code="SPAN_INVALID", detail=""))
    seen = _number(asked.written("roster"))
    made = duty.override(console.node, office, person, since, until, by=person, seen=seen)
    return _done(console, asked, made)


def drop_override(console: Console, asked: Asked) -> Reply:
    """An own exception is taken back. Codes: those of `duty.drop_override`."""
    person, office = asked.officer.person, asked.officer.office
    since, until, seen = (_number(asked.written(name)) for name in ("since", "until", "roster"))
    made = duty.drop_override(console.node, office, person, since, until, by=person, seen=seen)
    return _done(console, asked, made)


def propose(console: Console, asked: Asked) -> Reply:
    """One of the own shifts is offered for one of a colleague. Codes: those of `swaps.propose`."""
    mine, theirs = (_number(asked.written(name)) for name in ("mine", "theirs"))
    return _done(
        console, asked, swaps.propose(console.node, mine=mine, theirs=theirs, by=asked.officer.person)
    )


def accept(console: Console, asked: Asked) -> Reply:
    """Each has the shift of the other. Codes: those of `swaps.accept`."""
    return _done(console, asked, swaps.accept(console.node, _swap(asked), by=asked.officer.person))


def decline(console: Console, asked: Asked) -> Reply:
    """The colleague says no. Codes: those of `swaps.decline`."""
    return _done(console, asked, swaps.decline(console.node, _swap(asked), by=asked.officer.person))


def withdraw(console: Console, asked: Asked) -> Reply:
    """Who proposed it takes it back. Codes: those of `swaps.withdraw`."""
    return _done(console, asked, swaps.withdraw(console.node, _swap(asked), by=asked.officer.person))


def test(console: Console, asked: Asked) -> Reply:
    """Everybody of the policy is called, as for a real page; the first answer ends it. Codes: POLICY_NONE."""
    called = pages.call_test(console.node, asked.officer.office)
    return (
        _shift(console, asked, denied=called)
        if isinstance(called, Denied)
        else go("/shift?said=called#tests")
    )


def _shift(console: Console, asked: Asked, *, denied: Denied | None = None) -> Reply:
    node, officer = console.node, asked.officer
    now = node.world.now()
    with node.store.transaction() as tx:
        people = {item.person: item for item in tx.desk.officers()}
        on_call = [item for item in duty.on_call(tx, officer.office) if item.person != officer.person]
        plan = tx.duty.plan(officer.office, "roster")
    roster = _roster(console, officer.office)
    turns = _turns(console, asked, people, now)
    tests = [item for item in pages.all_pages(node, kind=TEST) if item.page.office == officer.office]
    values = {
        "watch": duty.watch(node, officer.office),
        "roster": roster,
        "version": 0 if plan is None else plan.version,
        "here_now": "" if roster is None else f"{local(ZoneInfo(roster.zone), now):%Y-%m-%dT%H:%M}",
        "turns": turns,
        "exceptions": _own_exceptions(roster, officer.person, now),
        "offered": [item for item in swaps.open_swaps(node, officer.office) if _concerns(item, officer)],
        "names": {person: item.name for person, item in people.items()},
        "me": officer.person,
        "open_pages": open_pages(console, asked),
        "may_answer": bool(SIGNING.intersection(officer.roles)),
        "policy": duty.policy(node, officer.office),
        "minute": MINUTE,
        "tests": tests[:TESTS],
        "unanswered": pages.UNANSWERED,
        "on_its_way": handing.on_its_way(node, officer.office),
        "last": next(iter(handover.handed_over(node, officer.office, limit=1)), None),
        "colleagues": on_call,
        "written": {name: asked.written(name) for name in ("since", "until", "text", "comes")},
        "denied": denied,
        "said": asked.wish("said"),
    }
    return Reply(page="shift.html", values=values, status=422 if denied else 200)


def open_pages(console: Console, asked: Asked) -> list[Page]:
    """What the reader's office is called for, the oldest first; what a storm stands for comes with it."""
    node, office = console.node, asked.officer.office
    found = [item for item in pages.open_pages(node) if item.page.office in {"", office}]
    with node.store.transaction() as tx:
        names = {item.person: item.name for item in tx.desk.officers()}
        rows = tx.queue.find({item.page.exchange for item in found if item.page.exchange is not None})
        lines = {item.line.exchange: item for item in queue.items(tx, tuple(rows.values()))}
    return [_page(console, item, names, lines.get(item.page.exchange or b"")) for item in found]


def _page(console: Console, item: pages.Open, names: dict[bytes, str], line: queue.Item | None) -> Page:
    rules = None if line is None else console.node.world.lawbook.rules(line.line.procedure, line.line.version)
    return Page(
        item=item,
        href=_href(item),
        by_act=item.page.kind in BY_ACT,
        awake=names.get(item.page.awake_by or b"", ""),
        failing=next((call.reason for call in reversed(item.calls) if call.reason), ""),
        line=line,
        about={} if rules is None else rules.labels,
    )


def _href(item: pages.Open) -> str:
    if item.page.kind == APPROVAL:
        return f"/drafts/{draft_of(item.page).hex()}"
    if item.page.kind == STORM or item.page.exchange is None:
        return ""
    return f"/x/{item.page.exchange.hex()}"


def _turns(console: Console, asked: Asked, people: dict[bytes, OfficerRow], now: int) -> list[Turn]:
    found = duty.shifts_of(console.node, asked.officer.office, now, now + AHEAD)
    return [
        Turn(
            shift=item,
            # The first one has begun: now lies in it, and its beginning is cut off.
            key=str(max(item.since, now)),
            name=people[item.person].name if item.person in people else "",
            mine=item.person == asked.officer.person,
        )
        for item in found
    ]


def _own_exceptions(roster: Roster | None, person: bytes, now: int) -> list[tuple[int, int]]:
    """The newest first, as they cover each other."""
    overrides = () if roster is None else roster.overrides
    return [
        (item.since, item.until) for item in reversed(overrides) if item.person == person and item.until > now
    ]


def _concerns(swap: SwapRow, officer: OfficerRow) -> bool:
    return officer.person in {swap.proposer, swap.asked}


def _roster(console: Console, office: str) -> Roster | None:
    with console.node.store.transaction() as tx:
        return duty.roster_of(tx, office)


def _done(console: Console, asked: Asked, found: object) -> Reply:
    return _shift(console, asked, denied=found) if isinstance(found, Denied) else go("/shift?said=kept")


def _swap(asked: Asked) -> bytes:
    return hex_bytes(asked.params["swap"], 16)


def _moment(zone: str, text: str) -> int | None:
    """A local time of the roster's zone, as a browser's field gives it."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if written.tzinfo is not None else instant(ZoneInfo(zone), written)


def _number(text: str) -> int:
    """Milliseconds that a page wrote into its own form; what is none lies before everything."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
