"""Meetings: what invitations come to. Who comes, what is on the agenda, what was said and agreed, what is to be done by whom.

What it knows: the acts of the invitation flow, read by the names of their fields, and what this State keeps for itself beside them: the text
of the minutes, and which actions are done. What it must never know: screens. A meeting stands in its acts; nothing here is told to anybody.

The minutes themselves are in no act: a report names them by their digest. A text counts as the minutes where its digest is that one, so it
does not matter on which way it came.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from longbien.exchange import Standing
from longbien.law import Rules, facts, reading, worded
from longbien.law.instants import read_instant
from longbien.law.marks import marked
from longbien.law.situation import Facts
from longbien.node import finding
from longbien.node.book import notice
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.node.queue import Item, items
from longbien.node.queueing import NEVER
from longbien.node.telling import Taken, is_live, taken
from longbien.store import Transaction
from longbien.store.exchange_rows import ExchangeRow
from longbien.store.meeting_rows import MinutesRow
from longbien.store.queue_rows import Listed, QueueRow

DIALOGUE: Final = "dialogue-meeting"
TRAINING: Final = "training-exercise-invitation"
# A board shows the youngest; a State that meets every day fills it in a year.
SHOWN_MAX: Final = 400
MINUTES_MAX: Final = 60_000

SAYING: Final = frozenset({"comment", "give_notice", "report_status", "ask_status"})
SPOKEN: Final = ("text", "question")
REPORTING: Final = frozenset({"report", "correct_report"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The newest reply of a party. `answer` is yes, no or delegate, "" while there is none."""

    party: str
    answer: str = ""
    label: str = ""
    participants: tuple[str, ...] = ()
    needs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Something that a party said in the exchange; `at` in ms."""

    party: str
    label: str
    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPaper:
    """A file of the meeting, by its digest; it travels beside the acts."""

    party: str
    name: str
    sha256: bytes
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a report says is to be done. `done_at` (ms) is what this State noted; `due_on` is a date or ""."""

    report: bytes
    place: int
    what: str
    owner: str
    due_on: str
    done_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting for one reader. Times in ms, 0 where an act has none. `text` is the minutes as kept here, and `proved` whether the report
    names exactly them. `agreed` are the parties that agreed to the minutes; `asked` those that have to.
    """

    item: Item
    procedure: str
    procedure_label: str
    title: str
    kind: str
    kind_label: str
    stage: str
    stage_label: str
    terminal: bool
    host: str
    practice: bool
    handling: str
    begins_at: int
    ends_at: int
    reply_by: int
    place: str
    language: str
    interpretation: tuple[str, ...]
    agenda: tuple[str, ...]
    minutes_rule: str
    minutes_label: str
    seats: int
    audience: tuple[str, ...]
    answers: tuple[Answer, ...]
    papers: tuple[MeetingPaper, ...]
    positions: tuple[Position, ...]
    present: tuple[str, ...]
    report: bytes
    lessons: str
    actions: tuple[Action, ...]
    agreed: tuple[str, ...]
    asked: tuple[str, ...]
    text: str
    proved: bool

    @property
    def held(self) -> bool:
        """Whether it took place."""
        return bool(self.present)

    @property
    def digest(self) -> bytes:
        """The digest that a report must name for the minutes kept here; nothing without any."""
        return sha256(self.text.encode()).digest() if self.text else b""


def meetings(
    node: Node, procedures: Sequence[str] = (DIALOGUE,), *, language: str = "en"
) -> tuple[Meeting, ...]:
    """The youngest meetings under these procedures, the youngest first. One that waits for its host to open it is not among them yet."""
    with node.store.transaction() as tx:
        finding.complete(tx)
        found = items(tx, lines(tx, procedures))
        rows = tx.exchanges.find(item.line.exchange for item in found)
    told = (
        _meeting(node, rows[item.line.exchange], item, language)
        for item in found
        if item.line.exchange in rows
    )
    return tuple(one for one in told if one is not None)


def meeting(node: Node, exchange: bytes, *, language: str = "en") -> Meeting | None:
    """The meeting of this exchange, `None` where it is none."""
    with node.store.transaction() as tx:
        row = tx.exchanges.find([exchange]).get(exchange)
        found = items(tx, tuple(tx.queue.find([exchange]).values()))
    if row is None or not found or found[0].line.procedure not in {DIALOGUE, TRAINING}:
        return None
    return _meeting(node, row, found[0], language)


def keep_minutes(node: Node, exchange: bytes, text: str, *, by: bytes) -> Meeting | Denied:
    """This is the text of the minutes from now on. Once a report names minutes, only those are taken.

    Codes: MEETING_UNKNOWN, MINUTES_EMPTY, MINUTES_LONG, MINUTES_OTHER.
    """
    found = meeting(node, exchange)
    if found is None:
        return Denied(code="MEETING_UNKNOWN", detail=exchange.hex())
    plain = plain_text(text)
    if not plain.strip():
        return Denied(code="MINUTES_EMPTY", detail="")
    if len(plain.encode()) > MINUTES_MAX:
        return Denied(code="MINUTES_LONG", detail=str(MINUTES_MAX))
    if found.report and sha256(plain.encode()).digest() != found.report:
        return Denied(code="MINUTES_OTHER", detail=found.report.hex())
    row = MinutesRow(exchange=exchange, text=plain, changed_at=node.world.now(), by=by)
    leaf = notice("minutes-kept", exchange=exchange, text=sha256(plain.encode()).digest(), by=by)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.meetings.keep_minutes(row))])
    kept = meeting(node, exchange)
    assert kept is not None
    return kept


def mark_action(node: Node, exchange: bytes, place: int, *, done: bool, by: bytes) -> Meeting | Denied:
    """What the report asks for at this place (from 1) is done as far as this State knows, or is open again.

    Codes: MEETING_UNKNOWN, ACTION_UNKNOWN.
    """
    found = meeting(node, exchange)
    if found is None:
        return Denied(code="MEETING_UNKNOWN", detail=exchange.hex())
    action = next((item for item in found.actions if item.place == place), None)
    if action is None:
        return Denied(code="ACTION_UNKNOWN", detail=str(place))
    with node.store.transaction() as tx:
        tx.meetings.mark(action.report, place, node.world.now() if done else None, by)
    changed = meeting(node, exchange)
    assert changed is not None
    return changed


def not_public(found: Meeting) -> str:
    """Why the minutes of a meeting may not be published, "" where they may.

    Codes: MEETING_CONFIDENTIAL, MINUTES_NONE (of this meeting there are none), MINUTES_NOT_HERE (their text is missing), MINUTES_NOT_AGREED.
    """
    if found.handling != "normal":
        return "MEETING_CONFIDENTIAL"
    if found.minutes_rule == "none" or not found.report:
        return "MINUTES_NONE"
    if not found.proved:
        return "MINUTES_NOT_HERE"
    if found.minutes_rule == "agreed" and not set(found.asked) <= set(found.agreed):
        return "MINUTES_NOT_AGREED"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A meeting or an action for a calendar outside the node: a word for its kind and the first digits, nothing of a case.

    `status`: tentative, confirmed or cancelled. A whole day where `ends_at` is `None`. Times in ms.
    """

    identifier: str
    label: str
    short: str
    begins_at: int
    ends_at: int | None
    status: str
    practice: bool


def appointments(found: Sequence[Meeting], *, own: str, label: str) -> tuple[Appointment, ...]:
    """What belongs into a calendar: the meetings, and what this State has still to do; `label` is what the latter are called."""
    return tuple(one for item in found for one in _appointments(item, own, label))


def plain_text(text: str) -> str:
    """The text as it is hashed: one kind of line end, and nothing behind the last line."""
    lines = [line.rstrip() for line in text.replace("\0", "").splitlines()]
    return "\n".join(lines).strip("\n")


def lines(tx: Transaction, procedures: Sequence[str]) -> tuple[QueueRow, ...]:
    """The youngest exchanges under these procedures, as many as a board shows."""
    numbers = [
        number
        for name in procedures
        for number in tx.queue.numbers(f"type:{name}", before=NEVER, limit=SHOWN_MAX)
    ]
    return tx.queue.numbered(numbers, Listed(order="changed_at"), limit=SHOWN_MAX) if numbers else ()


def _meeting(node: Node, row: ExchangeRow, item: Item, language: str) -> Meeting | None:
    standing = Standing.decode(row.standing)
    rules = node.world.lawbook.rules(standing.procedure, standing.version)
    steps = taken(node, row)
    if rules is None or not steps:
        return None
    opening, reports = steps[0], [step for step in steps if step.act.name in REPORTING]
    said = {read.name: read.text for read in reading(rules, opening.act.name, opening.act.body, language)}
    body, timed = opening.act.body, _timed(steps)
    report = reports[-1] if reports else None
    named = _bytes(report.act.body, "report") if report else b""
    others = tuple(party for party in standing.parties if party != standing.host)
    with node.store.transaction() as tx:
        kept = tx.meetings.minutes(row.id)
        done = tx.meetings.done([report.digest] if report else [])
    text = kept.text if kept is not None else ""
    if named and sha256(text.encode()).digest() != named:
        text = next(_texts(steps, named), text)
    return Meeting(
        item=item,
        procedure=rules.procedure,
        procedure_label=worded(rules.labels, language),
        title=_text(body, "topic") or _text(body, "title"),
        kind=_text(body, "kind"),
        kind_label=said.get("kind", ""),
        stage=standing.stage,
        stage_label=worded(rules.flow.stages[standing.stage].labels, language),
        terminal=rules.flow.stages[standing.stage].terminal,
        host=standing.host,
        practice=not is_live(node, row),
        handling=_text(body, "handling"),
        begins_at=timed["begins_at"],
        ends_at=timed["ends_at"],
        reply_by=timed["reply_by"],
        place=_text(body, "place"),
        language=_text(body, "language"),
        interpretation=facts.texts(body, "interpretation"),
        agenda=facts.texts(body, "agenda"),
        minutes_rule=_text(body, "minutes_rule"),
        minutes_label=said.get("minutes_rule", ""),
        seats=facts.number(body, "seats_per_state") or 0,
        audience=facts.texts(body, "audience"),
        answers=tuple(_answer(rules, steps, party, language) for party in others),
        papers=tuple(_papers(steps)),
        positions=tuple(_positions(rules, steps, language)),
        present=next((facts.texts(s.act.body, "present") for s in steps if s.act.name == "hold"), ()),
        report=named,
        lessons=_text(report.act.body, "lessons") if report else "",
        actions=tuple(_actions(report, done)) if report else (),
        agreed=tuple(sorted(marked(standing.data, "agree_minutes"))),
        asked=others,
        text=text,
        proved=bool(named) and sha256(text.encode()).digest() == named,
    )


def _timed(steps: Sequence[Taken]) -> dict[str, int]:
    """The newest times of a meeting: those of the invitation, unless it was confirmed or put off for others."""
    found = {"begins_at": 0, "ends_at": 0, "reply_by": 0}
    for step in steps:
        for name in found:
            at = read_instant(_text(step.act.body, name))
            if isinstance(at, int):
                found[name] = at
    return found


def _answer(rules: Rules, steps: Sequence[Taken], party: str, language: str) -> Answer:
    step = next((s for s in reversed(steps) if s.act.name == "reply" and s.author.party == party), None)
    if step is None:
        return Answer(party=party)
    said = {read.name: read.text for read in reading(rules, "reply", step.act.body, language)}
    return Answer(
        party=party,
        answer=_text(step.act.body, "answer"),
        label=said.get("answer", ""),
        participants=facts.texts(step.act.body, "participants"),
        needs=_text(step.act.body, "needs"),
    )


def _papers(steps: Sequence[Taken]) -> Iterator[MeetingPaper]:
    for step in steps:
        body = step.act.body
        for file in (
            *facts.records(body, "attachments"),
            *facts.records(body, "files"),
            facts.record(body, "scenario"),
        ):
            if file:
                yield MeetingPaper(
                    party=step.author.party,
                    name=_text(file, "name"),
                    sha256=_bytes(file, "sha256"),
                    language=_text(file, "lang"),
                )


def _positions(rules: Rules, steps: Sequence[Taken], language: str) -> Iterator[Position]:
    for step in steps:
        text = next((found for name in SPOKEN if (found := _text(step.act.body, name))), "")
        if step.act.name in SAYING and text:
            yield Position(
                party=step.author.party,
                label=worded(rules.acts[step.act.name].labels, language),
                text=text,
                at=step.at,
            )


def _actions(report: Taken, done: Mapping[tuple[bytes, int], int]) -> Iterator[Action]:
    for place, item in enumerate(facts.records(report.act.body, "actions"), start=1):
        yield Action(
            report=report.digest,
            place=place,
            what=_text(item, "what"),
            owner=_text(item, "owner"),
            due_on=_text(item, "due_on"),
            done_at=done.get((report.digest, place)),
        )


def _texts(steps: Sequence[Taken], named: bytes) -> Iterator[str]:
    """Texts of the exchange that are the minutes: whoever hosts may send them as a notice."""
    for step in steps:
        text = plain_text(_text(step.act.body, "text"))
        if text and sha256(text.encode()).digest() == named:
            yield text


def _appointments(found: Meeting, own: str, label: str) -> Iterator[Appointment]:
    exchange = found.item.line.exchange.hex()
    status = {"invited": "tentative", "cancelled": "cancelled"}.get(found.stage, "confirmed")
    if found.begins_at:
        yield Appointment(
            identifier=exchange,
            label=found.kind_label or found.procedure_label,
            short=exchange[:8],
            begins_at=found.begins_at,
            ends_at=max(found.ends_at, found.begins_at),
            status=status,
            practice=found.practice,
        )
    for action in found.actions:
        due = read_instant(f"{action.due_on}T00:00:00Z")
        if action.owner == own and action.done_at is None and isinstance(due, int):
            yield Appointment(
                identifier=f"{exchange} {action.place}",
                label=label,
                short=exchange[:8],
                begins_at=due,
                ends_at=None,
                status="confirmed",
                practice=found.practice,
            )


def _text(body: Facts, name: str) -> str:
    return facts.text(body, name) or ""


def _bytes(body: Facts, name: str) -> bytes:
    value = body.get(name)
    return value if isinstance(value, bytes) else b""
