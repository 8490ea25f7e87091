"""A picture of a case: exchanges on one side, what they name on the other, a line where one names the other.

What it knows: where things stand in a drawing. What it must never hold: something that the table beside it does not say. Only what several
exchanges name is drawn, and no more than a person can follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longbien.node.casework import DRAWN_MAX, Casework, Entity, reference_of

WIDTH: Final = 640
ROW: Final = 28
LEFT, RIGHT = 170, 400
NAME_MAX: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A name at a place; it ends there (`end`) or begins there."""

    name: str
    x: int
    y: int
    end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Names and lines; `left_out` says how many entities are in the table only."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    lines: tuple[tuple[int, int, int, int], ...]
    left_out: int


def picture(case: Casework) -> Picture | None:
    """The picture, `None` where nothing is named by two exchanges."""
    shared = [entity for entity in case.entities if len(entity.exchanges) > 1]
    if not shared:
        return None
    room = DRAWN_MAX - len(case.linked)
    drawn = shared[: max(room, 1)]
    wanted = {exchange for entity in drawn for exchange in entity.exchanges}
    names = {
        each.link.exchange: reference_of(each.matter) for each in case.linked if each.link.exchange in wanted
    }
    left = {exchange: ROW * place + ROW for place, exchange in enumerate(names)}
    right = {place: ROW * place + ROW for place in range(len(drawn))}
    return Picture(
        width=WIDTH,
        height=ROW * max(len(left), len(right)) + ROW,
        nodes=(*_left(names, left), *_right(drawn, right)),
        lines=tuple(
            (LEFT + 6, left[exchange] - 5, RIGHT - 6, right[place] - 5)
            for place, entity in enumerate(drawn)
            for exchange in entity.exchanges
        ),
        left_out=len(case.entities) - len(drawn),
    )


def _left(names: Mapping[bytes, str], places: Mapping[bytes, int]) -> list[Node]:
    return [Node(name=_short(name), x=LEFT, y=places[exchange], end=True) for exchange, name in names.items()]


def _right(drawn: list[Entity], places: Mapping[int, int]) -> list[Node]:
    return [
        Node(name=_short(entity.value), x=RIGHT, y=places[place], end=False)
        for place, entity in enumerate(drawn)
    ]


def _short(name: str) -> str:
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1]}…"
