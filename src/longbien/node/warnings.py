"""The board of warnings: what was warned of, by whom, until when, and who has read it or acted on it.

What it knows: exchanges whose flow is that of a warning, and whom a new one would reach. What it must never know: screens. A party that says
nothing has not thereby read anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longbien.exchange import Standing
from longbien.law import Labels, Rules, facts, worded
from longbien.law.marks import marked
from longbien.node import telling
from longbien.node.node import Node
from longbien.node.queue import Item, items
from longbien.store.exchange_rows import ExchangeRow

FLOW: Final = "warning"
READ, ACTED, DECLINED = "read", "report_action", "decline"
# How widely it may be passed on, the narrowest first (TLP 2.0); what says nothing comes last.
LEVELS: Final = ("RED", "AMBER-STRICT", "AMBER", "GREEN", "CLEAR", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A party that was warned: when (ms) it noted that it read it, said what it did, or opted out; `waits` is why it has not arrived yet."""

    party: str
    read_at: int | None
    acted_at: int | None
    declined_at: int | None
    waits: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:  # noqa: A001 - the field's own word
    """One warning. `tlp` is one of `LEVELS`; `valid_until` in ms; `can_withdraw`: it is ours and stands."""

    item: Item
    title: str
    kind: str
    tlp: str
    tlp_label: str
    stage: str
    stage_label: str
    stands: bool
    ours: bool
    can_withdraw: bool
    confidence: int | None
    valid_until: int | None
    practice: bool
    warned: tuple[Warned, ...]

    @property
    def read(self) -> int:
        """How many of those who were warned have said that they read it."""
        return sum(1 for one in self.warned if one.read_at is not None)

    @property
    def acted(self) -> int:
        """How many have said what they did."""
        return sum(1 for one in self.warned if one.acted_at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A party that a warning could go to: the offices there that would read it, none where it takes none, and whether its node answers."""

    party: str
    offices: tuple[str, ...]
    reachable: bool
    same_mode: bool


def procedures(node: Node) -> tuple[Rules, ...]:
    """The procedures by which one warns, as they are now."""
    book = node.world.lawbook
    names = sorted({name for name, _ in book.procedures})
    found = (book.rules(name) for name in names)
    return tuple(rules for rules in found if rules is not None and rules.flow.id == FLOW)


def board(node: Node, *, language: str = "en") -> tuple[Warning, ...]:
    """Every warning: the narrowest level first, in it those that stand, in them the newest."""
    with node.store.transaction() as tx:
        rows = [row for rules in procedures(node) for row in tx.exchanges.with_procedure(rules.procedure)]
        lines = tx.queue.find({row.id for row in rows})
        told = {item.line.exchange: item for item in items(tx, tuple(lines.values()))}
        waiting = {
            (row.exchange, row.peer): row.reason
            for row in tx.outbox.all(limit=100_000)
            if row.exchange in lines
        }
    found = [_warning(node, row, told[row.id], waiting, language) for row in rows if row.id in told]
    return tuple(
        sorted(
            (each for each in found if each is not None),
            key=lambda each: (LEVELS.index(each.tlp), not each.stands, -each.item.line.opened_at),
        )
    )


def reach(node: Node, rules: Rules) -> tuple[Reach, ...]:
    """Whom a warning under these rules could reach today."""
    own = node.directory.own.descriptor
    with node.store.transaction() as tx:
        links = {row.party: row for row in tx.peers.all()}
    found = []
    for party in node.directory.parties:
        there = node.directory.descriptor(party)
        fit = tuple(office.name for office in there.offices if set(office.roles) & set(rules.to_roles))
        link = links.get(party)
        found.append(
            Reach(
                party=party,
                offices=fit,
                reachable=link is None or not link.tries,
                same_mode=there.mode == own.mode,
            )
        )
    return tuple(found)


def _warning(
    node: Node, row: ExchangeRow, item: Item, waiting: Mapping[tuple[bytes, str], str], language: str
) -> Warning | None:
    standing = Standing.decode(row.standing)
    rules = node.world.lawbook.rules(standing.procedure, standing.version)
    if rules is None:
        return None
    data, stage = standing.data, rules.flow.stages[standing.stage]
    opening = {field.name: field.value_labels for field in rules.acts[rules.flow.opening_act].fields}

    def said(name: str) -> str:
        labels: Mapping[str, Labels] = opening.get(name, {})
        code = facts.text(data, name) or ""
        return worded(labels.get(code, {}), language) or code

    marks = {act: marked(data, act) for act in (READ, ACTED, DECLINED)}

    def when(act: str, party: str) -> int | None:
        at = marks[act].get(party)
        return at if isinstance(at, int) else None

    tlp = facts.text(data, "tlp") or ""
    ours = standing.opener == node.party
    return Warning(
        item=item,
        title=worded(rules.labels, language),
        kind=said("kind"),
        tlp=tlp if tlp in LEVELS else "",
        tlp_label=said("tlp"),
        stage=standing.stage,
        stage_label=worded(stage.labels, language),
        stands=not stage.terminal,
        ours=ours,
        can_withdraw=ours and not stage.terminal and "false_alarm" in rules.acts,
        confidence=facts.number(data, "confidence"),
        valid_until=facts.number(data, "valid_until"),
        practice=not telling.is_live(node, row),
        warned=tuple(
            Warned(
                party=party,
                read_at=when(READ, party),
                acted_at=when(ACTED, party),
                declined_at=when(DECLINED, party),
                waits=waiting.get((row.id, party)),
            )
            for party in standing.parties
            if party != standing.opener
        ),
    )
