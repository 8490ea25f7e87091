"""Pages: what wakes somebody, whom they call, and how they end.

What it knows: causes, policies, rosters, calls that wait for a channel. What it must never know: how a channel works, and what an exchange
is about; whoever is called learns a kind, an age and a code. `tick` may be called as often as one likes: everything that it does is read
from the store and written in one transaction, so that a crash at any point calls again rather than not at all.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from longbien.duty import Paged, Policy, Roster, Stage, Step, advance, next_after, on_duty, storming
from longbien.duty.policy import EVERYONE, ON_DUTY
from longbien.duty.policy import NEXT as NEXT_ON_DUTY
from longbien.node import causes
from longbien.node.duty import REACH, on_call, policy_of, roster_of
from longbien.node.node import Node
from longbien.node.people import DIGITS
from longbien.node.ports import Denied
from longbien.node.raising import APPROVAL, CLOCK, PEER, STORM, TEST, URGENCIES, cause, draft_of
from longbien.node.replies import CODE_DIGITS
from longbien.node.signers import next_signers
from longbien.store import Transaction
from longbien.store.page_rows import CallRow, PageRow

# A call that a channel did not take is tried again after this (ms), twice as late each time up to the last.
RETRY, RETRY_MAX = 5_000, 60_000
AT_ONCE = 64
UNANSWERED = "NOT_ANSWERED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A page with its calls. `count` is how many pages a storm stands for, 1 for any other; `unheard`: no call of it has left yet."""

    page: PageRow
    calls: tuple[CallRow, ...]
    count: int

    @property
    def unheard(self) -> bool:
        """Whether nobody can have heard of it."""
        return all(call.sent_at is None for call in self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A call to send now: to whom, where, and what the text says of its page."""

    call: CallRow
    page: PageRow
    address: str
    language: str
    count: int
    awake: str


def open_pages(node: Node) -> tuple[Open, ...]:
    """What is neither acknowledged nor closed, the oldest first; pages that a storm stands for are there as well."""
    with node.store.transaction() as tx:
        rows = tx.pages.open()
        return tuple(_opened(tx, row, rows) for row in rows)


def one_page(node: Node, identifier: bytes) -> Open | None:
    """One of them, ended or not."""
    with node.store.transaction() as tx:
        row = tx.pages.page(identifier)
        return None if row is None else _opened(tx, row, tx.pages.open())


def all_pages(node: Node, *, kind: str = "", limit: int = 100) -> tuple[Open, ...]:
    """The newest pages, ended ones too."""
    with node.store.transaction() as tx:
        rows = tx.pages.newest(kind=kind, limit=limit)
        opened = tx.pages.open()
        return tuple(_opened(tx, row, opened) for row in rows)


def tick(node: Node, channels: Collection[str], *, look: bool = True) -> int:
    """Everything that is due is raised and called; how many calls were queued. `channels` are those that the node is set up for. With
    `look` clocks and links are looked at as well.
    """
    now = node.world.now()
    with node.store.transaction() as tx:
        offices = tx.duty.offices("policy")
        duty = _duty_office(node, offices)
        policies = {office: policy for office in offices if (policy := policy_of(tx, office)) is not None}
        if not policies:
            return 0
        if look and duty in policies:
            _look(tx, policies[duty], duty, now)
        queued = 0
        for page in _weather(tx, duty, policies, now):
            policy = policies.get(page.office)
            if policy is not None:
                queued += _step(node, tx, page, policy, channels, now)
        return queued


def call_test(node: Node, office: str) -> PageRow | Denied:
    """Everybody of the policy is called, as for a real page; the first answer ends it. Codes: POLICY_NONE."""
    with node.store.transaction() as tx:
        if tx.duty.plan(office, "policy") is None:
            return Denied(code="POLICY_NONE", detail=office)
    return raise_page(node, TEST, f"{office} {node.world.now()}", office=office)


def raise_page(node: Node, kind: str, named: str, *, office: str = "", urgency: str = "urgent") -> PageRow:
    """A page for a cause outside the store, such as the health of the node, or a test; raised once for the same name."""
    row = cause(kind, f"{kind} {named}", node.world.now(), urgency=urgency, office=office)
    with node.store.transaction() as tx:
        tx.pages.raised([row])
        found = tx.pages.page(row.id)
    assert found is not None
    return found


def due_calls(node: Node, channel: str) -> tuple[Due, ...]:
    """What a channel may send now. A call is asked for again until `sent` or its page has ended; it keeps its identifier."""
    now = node.world.now()
    with node.store.transaction() as tx:
        rows = tx.pages.waiting(channel, now, longest=RETRY_MAX, limit=AT_ONCE)
        if not rows:
            return ()
        opened = {row.id: row for row in tx.pages.open()}
        stormed = [row.storm for row in opened.values()]
        addresses = tx.duty.addresses()
        names = {item.person: item.name for item in tx.desk.officers()}
        return tuple(
            Due(
                call=row,
                page=opened[row.page],
                address=addresses.get(row.person, {}).get(channel, ""),
                language=_language(tx, row.person),
                count=max(stormed.count(row.page), 1),
                awake=names.get(opened[row.page].awake_by or b"", ""),
            )
            for row in rows
            # The last page of a storm may have been acknowledged since the last tick.
            if opened[row.page].kind != STORM or row.page in stormed
        )


def sent(node: Node, call: CallRow) -> None:
    """The channel took it."""
    with node.store.transaction() as tx:
        tx.pages.sent(call.id, node.world.now())


def not_sent(node: Node, call: CallRow, reason: str) -> None:
    """The channel did not take it: tried again, later each time, and seen by everybody who looks at the page meanwhile."""
    pause = min(RETRY << min(call.tries, 10), RETRY_MAX)
    with node.store.transaction() as tx:
        tx.pages.put_off(call.id, tries=call.tries + 1, next_at=node.world.now() + pause, reason=reason)


def _look(tx: Transaction, policy: Policy, duty: str, now: int) -> None:
    """What time has brought about is raised; what has passed by itself is closed by nobody, and would be raised again."""
    found = list(causes.found(tx, policy, duty, now))
    tx.pages.raised(found)
    known = {row.id for row in found}
    for page in tx.pages.open():
        if page.kind in {CLOCK, PEER} and page.id not in known:
            _end(tx, page, now, by=None, why="")


def _weather(tx: Transaction, duty: str, policies: dict[str, Policy], now: int) -> Iterable[PageRow]:
    """The pages that call for themselves: each one, or the storm that stands for many. A storm ends with the last of its pages."""
    rows = [row if row.office else _assigned(tx, row, duty) for row in tx.pages.open()]
    storms = {row.office: row for row in rows if row.kind == STORM}
    single = [row for row in rows if row.kind not in {STORM, TEST}]
    for office, policy in policies.items():
        mine = [row for row in single if row.office == office]
        loose = [row for row in mine if row.storm is None]
        storm = storms.get(office)
        if storm is not None and not mine:
            _end(tx, storm, now, by=None, why="")
            del storms[office]
            continue
        if storm is None and storming([row.raised_at for row in loose], policy, now):
            first = loose[0]
            storm = cause(
                STORM, f"storm {office} {first.id.hex()} {now}", now, urgency="urgent", office=office
            )
            tx.pages.raised([storm])
            storms[office] = storm
        if storm is not None:
            for row in loose:
                tx.pages.put(replace(row, storm=storm.id))
                tx.pages.drop(row.id)
    covered = {storm.office for storm in storms.values()}
    yield from storms.values()
    yield from (row for row in rows if row.kind == TEST)
    yield from (row for row in single if row.office not in covered)


def _step(
    node: Node, tx: Transaction, page: PageRow, policy: Policy, channels: Collection[str], now: int
) -> int:
    """The next step of a page, if it is due; how many calls it queued. A test that nobody answered ends with its last step."""
    if page.kind == TEST and page.step >= len(policy.steps) and now >= page.next_at:
        _end(tx, page, now, by=None, why=UNANSWERED)
        return 0
    calls = [call for call in tx.pages.calls(page.id) if call.step == page.step]
    failed = page.step > 0 and all(call.sent_at is None and (call.tries or call.over) for call in calls)
    paged = Paged(
        stage=Stage(page.stage), urgent=page.urgency in URGENCIES, step=page.step, next_at=page.next_at
    )
    move = advance(paged, policy, now, failed=failed)
    if move.page == paged:
        return 0
    tx.pages.put(replace(page, stage=move.page.stage, step=move.page.step, next_at=move.page.next_at))
    if move.call is None:
        return 0
    rows = _calls(node, tx, page, move.page.step, move.call, channels, now)
    tx.pages.call(rows)
    return len(rows)


def _calls(
    node: Node, tx: Transaction, page: PageRow, number: int, step: Step, channels: Collection[str], now: int
) -> list[CallRow]:
    """Everybody of a step over every channel that has an address; a person keeps the code of the page until it is used."""
    addresses = tx.duty.addresses()
    codes = {call.person: call.code for call in tx.pages.calls(page.id) if call.answered_at is None}
    persons = _persons(tx, page, step, now)
    codes = {person: codes.get(person) or _code(node, tx) for person in persons}
    return [
        CallRow(
            id=node.world.entropy(16),
            page=page.id,
            step=number,
            person=person,
            channel=channel,
            code=codes[person],
            made_at=now,
            next_at=now,
        )
        for person in persons
        for channel in step.channels
        if channel in channels and addresses.get(person, {}).get(channel)
    ]


def _persons(tx: Transaction, page: PageRow, step: Step, now: int) -> tuple[bytes, ...]:
    """Whom a step calls, each once. In a gap of the roster everybody is called: a page is never for nobody. Whoever cannot sign is not
    called for a signature, as long as somebody can.
    """
    everyone = tuple(item.person for item in on_call(tx, page.office))
    roster = roster_of(tx, page.office)
    found: dict[bytes, None] = {}
    for target in step.targets:
        if target.person is not None:
            persons: Iterable[bytes] = (target.person,)
        elif target.word == EVERYONE or roster is None:
            persons = everyone
        else:
            persons = _rostered(roster, target.word, now) or everyone
        found.update(dict.fromkeys(persons))
    active = {item.person for item in tx.desk.officers() if item.active}
    called = tuple(person for person in found if person in active) or everyone
    able = next_signers(tx, draft_of(page)) if page.kind == APPROVAL else ()
    return tuple(person for person in called if person in able) or able or called


def _rostered(roster: Roster, word: str, now: int) -> tuple[bytes, ...]:
    if word == ON_DUTY:
        person = on_duty(roster, now)
    else:
        assert word == NEXT_ON_DUTY
        following = next_after(roster, now, within=REACH)
        person = None if following is None else following.person
    return () if person is None else (person,)


def _duty_office(node: Node, offices: Collection[str]) -> str:
    """The office that is called for what comes from outside: a contact point with a policy, else the first office with one."""
    own = node.directory.own.descriptor.offices
    points = [item.id for item in own if "poc" in item.roles and item.id in offices]
    return next(iter((*points, *sorted(offices))), "")


def _assigned(tx: Transaction, page: PageRow, office: str) -> PageRow:
    assigned = replace(page, office=office)
    if office:
        tx.pages.put(assigned)
    return assigned


def _end(tx: Transaction, page: PageRow, now: int, *, by: bytes | None, why: str) -> None:
    tx.pages.put(replace(page, stage=Stage.CLOSED, ended_at=now, ended_by=by, why=why))
    tx.pages.drop(page.id)


def _opened(tx: Transaction, page: PageRow, opened: Collection[PageRow]) -> Open:
    count = sum(row.storm == page.id for row in opened) if page.kind == STORM else 1
    return Open(page=page, calls=tx.pages.calls(page.id), count=count)


def _code(node: Node, tx: Transaction) -> str:
    """Four digits that no open page has been called with."""
    while True:
        number = int.from_bytes(node.world.entropy(3))
        code = "".join(DIGITS[number >> (5 * place) & 31] for place in range(CODE_DIGITS))
        known = tx.pages.coded(code)
        page = None if known is None else tx.pages.page(known.page)
        if page is None or page.ended_at is not None:
            return code


def _language(tx: Transaction, person: bytes) -> str:
    """What the person reads; "" where nothing was chosen."""
    return str(json.loads(tx.people.chosen(person)).get("language", ""))
