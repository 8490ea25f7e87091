"""The transparency report: what a State asked and was asked in a period, in numbers that name nobody (convention.md §6).

What it knows: how an exchange reads as one line of a statistic. What it must never do: count practice as live, show a small count
(`suppression`), or hold a name, a reference, a State other than its own. The record is the only source; nothing is counted twice
or on the side.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeAlias

from longbien.exchange import Standing
from longbien.law import Lawbook, Rules
from longbien.law.instants import HOUR
from longbien.node import telling
from longbien.node.node import Node
from longbien.node.ports import Broken
from longbien.node.suppression import SMALL, Count, Shown, suppress
from longbien.node.telling import Taken

CHUNK: Final = 500

# The procedure by which a State asks to use or pass on what it was given (convention.md §3.4 no. 26).
ONWARD: Final = "use-and-onward-consent"
# An act that looks at an emergency afterwards says in this field whether it was one.
JUSTIFIED: Final = "justified"

DIRECTIONS: Final = ("sent", "received")
MEASURES: Final = ("acknowledge", "accept", "answer")
OUTCOMES: Final = ("open", "done", "refused", "not_executable", "withdrawn", "misdirected")
_ACCEPTS: Final = frozenset({"basis_settled", "preserved"})
_SEVERAL, _NONE = "several", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One exchange as a statistic sees it. `hours` holds the spans from the opening that are known."""

    procedure: str
    direction: str
    basis: str
    limb: str
    outcome: str
    reason: str
    emergency: bool
    unjustified: bool
    secret: bool
    granted: bool
    hours: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of one party for the exchanges that were opened in [start, end) (ms).

    `practice` is the sign of a report about exercises and demonstrations; a live report holds none of them. `hours` gives, for
    (direction, procedure, measure), the median in hours, None where fewer than five were measured or the count is hidden.
    `reviews` says whether the rules record at all if an emergency was justified.
    """

    party: str
    start: int
    end: int
    made_at: int
    practice: bool
    reviews: bool
    sent: Shown
    received: Shown
    hours: Mapping[tuple[str, str, str], float | None]


def report(node: Node, *, start: int, end: int, practice: bool = False) -> Report:
    """The report from the record of this node; with `practice`, of exercises and demonstrations alone."""
    book = node.world.lawbook
    stories = list(_stories(node, start, end, practice=practice))
    shown = {
        direction: suppress(_tree(book, direction, [item for item in stories if item.direction == direction]))
        for direction in DIRECTIONS
    }
    return Report(
        party=node.party,
        start=start,
        end=end,
        made_at=node.world.now(),
        practice=practice,
        reviews=_reviews(book),
        sent=shown["sent"],
        received=shown["received"],
        hours={
            (direction, part.name, measure): _median(stories, direction, part, measure)
            for direction, whole in shown.items()
            for part in whole.parts["procedure"]
            for measure in MEASURES
        },
    )


def _stories(node: Node, start: int, end: int, *, practice: bool) -> Iterable[Story]:
    with node.store.transaction() as tx:
        ids = tx.exchanges.all_ids()
    for place in range(0, len(ids), CHUNK):
        with node.store.transaction() as tx:
            rows = tx.exchanges.find(ids[place : place + CHUNK]).values()
        for row in rows:
            if row.position == 0 or telling.is_live(node, row) is practice:
                continue
            steps = telling.taken(node, row)
            standing = Standing.decode(row.standing)
            rules = node.world.lawbook.rules(standing.procedure, standing.version)
            if rules is None:
                raise Broken("RULES_UNKNOWN", f"{standing.procedure}.{standing.version}")
            if start <= steps[0].at < end:
                yield story(rules, standing, steps, own=node.party)


def story(rules: Rules, standing: Standing, steps: Sequence[Taken], *, own: str) -> Story:
    """What a statistic keeps of one exchange; the first step is its opening."""
    began = steps[0].at
    moments = {
        "acknowledge": _first(steps, lambda name: "acknowledged" in _effects(rules, name)),
        "accept": _first(steps, lambda name: bool(_effects(rules, name) & _ACCEPTS)),
        "answer": _first(steps, lambda name: _answers(rules, name)),
    }
    data = standing.data
    basis = data.get("basis")
    names = [str(name) for name in basis] if isinstance(basis, list | tuple) else []
    outcome, reason = _ending(rules, standing, steps)
    return Story(
        procedure=rules.procedure,
        direction=DIRECTIONS[standing.opener != own],
        basis=_NONE if not names else names[0] if len(set(names)) == 1 else _SEVERAL,
        limb=str(data.get("scope_limb", _NONE)),
        outcome=outcome,
        reason=reason,
        emergency=data.get("urgency") == "emergency",
        unjustified=any(step.act.body.get(JUSTIFIED) is False for step in steps),
        secret=data.get("handling", "normal") != "normal",
        granted=moments["accept"] is not None or moments["answer"] is not None,
        hours={name: (at - began) / HOUR for name, at in moments.items() if at is not None},
    )


def _first(steps: Sequence[Taken], wanted: Callable[[str], bool]) -> int | None:
    return next((step.at for step in steps if wanted(step.act.name)), None)


def _effects(rules: Rules, act: str) -> frozenset[str]:
    return frozenset(effect for row in rules.flow.rows if row.act == act for effect in row.effects)


def _guards(rules: Rules, act: str, stage: str) -> frozenset[str]:
    rows = (row for row in rules.flow.rows if row.act == act and row.to == stage)
    return frozenset(guard for row in rows for guard in row.guards)


def _answers(rules: Rules, act: str) -> bool:
    """Whether an act is the whole answer: data that are preserved, or an answer after which nothing is executed."""
    effects = _effects(rules, act)
    goes_on = any(rules.flow.stages[row.to].executes for row in rules.flow.rows if row.act == act)
    return "preserved" in effects or ("answered" in effects and not goes_on)


def _ending(rules: Rules, standing: Standing, steps: Sequence[Taken]) -> tuple[str, str]:
    """How an exchange ended, and the code of the reason where one was given."""
    if not rules.flow.stages[standing.stage].terminal:
        return "open", ""
    led = {row.act for row in rules.flow.rows if row.to == standing.stage}
    last = next(step for step in reversed(steps) if step.act.name in led)
    guards, effects = _guards(rules, last.act.name, standing.stage), _effects(rules, last.act.name)
    given = last.act.body.get("reason")
    code = str(given.get("code", _NONE)) if isinstance(given, dict) else _NONE
    if "ground_to_refuse" in guards:
        return "refused", code
    if "ground_of_inability" in guards:
        return "not_executable", code
    return next((name for name in ("withdrawn", "misdirected") if name in effects), "done"), ""


Parts: TypeAlias = Mapping[str, tuple[Count, ...]]


def _tree(book: Lawbook, direction: str, stories: Sequence[Story]) -> Count:
    """All counts of one direction. Which parts there are is said by the law and not by the cases."""
    reasons = [*sorted(book.reasons), _NONE]
    bases = [*sorted(book.instruments), _SEVERAL, _NONE]

    def of_procedure(name: str, group: Sequence[Story]) -> Parts:
        consent = {"consent": _split(group, ("given", "not_given"), _given)} if name == ONWARD else {}
        return {"basis": _split(group, bases, lambda item: item.basis), **consent}

    def of_outcome(name: str, group: Sequence[Story]) -> Parts:
        coded = name in {"refused", "not_executable"}
        return {"reason": _split(group, reasons, lambda item: item.reason)} if coded else {}

    def of_emergency(name: str, group: Sequence[Story]) -> Parts:
        return (
            {"decision": _split(group, ("given", "not_given"), _given, of_decision)}
            if name == "asked"
            else {}
        )

    def of_decision(name: str, group: Sequence[Story]) -> Parts:
        looked = name == "given" and _reviews(book)
        return {"review": _split(group, ("unjustified", "not_unjustified"), _reviewed)} if looked else {}

    return Count(
        name=direction,
        value=len(stories),
        parts={
            "procedure": _split(
                stories,
                sorted({name for name, _ in book.procedures}),
                lambda item: item.procedure,
                of_procedure,
            ),
            "outcome": _split(stories, OUTCOMES, lambda item: item.outcome, of_outcome),
            "limb": _split(stories, ("a", "b", "c", _NONE), lambda item: item.limb),
            "emergency": _split(
                stories,
                ("asked", "not_asked"),
                lambda item: "asked" if item.emergency else "not_asked",
                of_emergency,
            ),
            "secrecy": _split(
                stories, ("in_force", _NONE), lambda item: "in_force" if item.secret else _NONE
            ),
        },
    )


def _nothing(_name: str, _group: Sequence[Story]) -> Parts:
    return {}


def _split(
    stories: Sequence[Story],
    values: Sequence[str],
    key: Callable[[Story], str],
    below: Callable[[str, Sequence[Story]], Parts] = _nothing,
) -> tuple[Count, ...]:
    """The parts of a count, in the order of `values`; what is none of them belongs to the last one."""
    groups: dict[str, list[Story]] = {value: [] for value in values}
    for item in stories:
        groups.get(key(item), groups[values[-1]]).append(item)
    return tuple(
        Count(name=value, value=len(group), parts=below(value, group)) for value, group in groups.items()
    )


def _given(item: Story) -> str:
    return "given" if item.granted else "not_given"


def _reviewed(item: Story) -> str:
    return "unjustified" if item.unjustified else "not_unjustified"


def _reviews(book: Lawbook) -> bool:
    """Whether any act of the law looks at an emergency afterwards."""
    return any(
        field.name == JUSTIFIED and field.type == "bool"
        for rules in book.procedures.values()
        for act in rules.acts.values()
        for field in act.fields
    )


def _median(stories: Sequence[Story], direction: str, part: Shown, measure: str) -> float | None:
    """The median of the spans that are known, to a tenth of an hour; of fewer than five it would be a case."""
    known = [
        item.hours[measure]
        for item in stories
        if (item.direction, item.procedure) == (direction, part.name) and measure in item.hours
    ]
    return round(median(known), 1) if part.value is not None and len(known) >= SMALL else None
