"""Technical assistance: needs and offers of this State and of others, read from their exchanges (Articles 54 and 56).

What it knows: the acts of the agreement flow by the names of their fields. What it must never know: screens. What fits what is judged by
`practice.pairing`; to ask, offer, answer or agree are acts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from longbien.exchange import Standing
from longbien.law import facts, reading, worded
from longbien.law.instants import day_of, read_date
from longbien.node import finding
from longbien.node.meetings import lines
from longbien.node.node import Node
from longbien.node.queue import Item, items
from longbien.node.telling import is_live, taken
from longbien.practice.pairing import Assistance, fits
from longbien.store.exchange_rows import ExchangeRow

ASSISTANCE: Final = "technical-assistance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A need or an offer for one reader; `direction` is request or offer, days are dates or ""."""

    item: Item
    direction: str
    party: str
    area: str
    area_label: str
    about: str
    indicator: str
    language: str
    beneficiaries: int
    from_on: str
    until_on: str
    stage_label: str
    terminal: bool
    practice: bool

    @property
    def exchange(self) -> bytes:
        """The exchange that it stands in."""
        return self.item.line.exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingWish:
    """An offer that fits a need: on how many days from today on, and whether no interpreter is needed."""

    need: Wish
    offer: Wish
    same_language: bool
    days: int


def wishes(node: Node, *, language: str = "en") -> tuple[Wish, ...]:
    """The youngest needs and offers, the youngest first."""
    with node.store.transaction() as tx:
        finding.complete(tx)
        found = items(tx, lines(tx, (ASSISTANCE,)))
        rows = tx.exchanges.find(item.line.exchange for item in found)
    told = (
        _wish(node, rows[item.line.exchange], item, language) for item in found if item.line.exchange in rows
    )
    return tuple(one for one in told if one is not None)


def fitting(found: Sequence[Wish], *, now: int) -> tuple[FittingWish, ...]:
    """Which of these open offers fit which of these open needs; `now` in ms."""
    by_exchange = {wish.exchange: wish for wish in found if not wish.terminal}
    sides: dict[str, list[Assistance]] = {"request": [], "offer": []}
    for wish in by_exchange.values():
        until = read_date(wish.until_on)
        if until is not None and wish.direction in sides:
            sides[wish.direction].append(
                Assistance(
                    exchange=wish.exchange,
                    party=wish.party,
                    area=wish.area,
                    language=wish.language,
                    from_day=read_date(wish.from_on),
                    until_day=until,
                    practice=wish.practice,
                )
            )
    return tuple(
        FittingWish(
            need=by_exchange[fit.need.exchange],
            offer=by_exchange[fit.offer.exchange],
            same_language=fit.same_language,
            days=fit.days,
        )
        for fit in fits(sides["request"], sides["offer"], today=day_of(now))
    )


def _wish(node: Node, row: ExchangeRow, item: Item, language: str) -> Wish | None:
    standing = Standing.decode(row.standing)
    rules = node.world.lawbook.rules(standing.procedure, standing.version)
    steps = taken(node, row)
    if rules is None or not steps:
        return None
    body = steps[0].act.body
    said = {read.name: read.text for read in reading(rules, steps[0].act.name, body, language)}
    stage = rules.flow.stages[standing.stage]
    return Wish(
        item=item,
        direction=facts.text(body, "direction") or "",
        party=standing.host,
        area=facts.text(body, "area") or "",
        area_label=said.get("area", ""),
        about=facts.text(body, "need_assessment") or "",
        indicator=facts.text(body, "results_indicator") or "",
        language=facts.text(body, "language") or "",
        beneficiaries=facts.number(body, "beneficiaries") or 0,
        from_on=facts.text(body, "starts_on") or "",
        until_on=facts.text(body, "ends_on") or "",
        stage_label=worded(stage.labels, language),
        terminal=stage.terminal,
        practice=not is_live(node, row),
    )
