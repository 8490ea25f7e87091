"""Statistics: the transparency report on a page, each number with its definition, each picture with its table.

What it knows: the report and how a bar is drawn. What it must never do: count, or show what the report hides.
"""

from datetime import UTC, datetime
from typing import Final

from longbien.law import worded
from longbien.law.instants import DAY, read_date
from longbien.node.statistics import DIRECTIONS, report
from longbien.node.suppression import SMALL
from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.words import law_language

BAR_WIDTH: Final = 320


def statistics(console: Console, asked: Asked) -> Reply:
    """The report of a period, this year's by default; of practice where the node practises."""
    node = console.node
    now = node.world.now()
    year = datetime.fromtimestamp(now / 1000, UTC).year
    since, until = _day(asked.wish("from"), f"{year}-01-01"), _day(asked.wish("to"), f"{year + 1}-01-01")
    practice = not console.setting.live
    found = report(node, start=since * DAY, end=until * DAY, practice=practice)
    shown = {"sent": found.sent, "received": found.received}
    language = law_language(asked.language)
    tables = []
    for direction in DIRECTIONS:
        parts = shown[direction].parts["procedure"]
        highest = max((part.value or 0 for part in parts), default=0)
        rows = [
            {
                "name": _procedure(console, part.name, language),
                "count": part.value,
                "bar": 0 if not part.value or not highest else BAR_WIDTH * part.value // highest,
                "hours": [
                    found.hours.get((direction, part.name, measure))
                    for measure in ("acknowledge", "accept", "answer")
                ],
            }
            for part in parts
            if part.value != 0
        ]
        tables.append({"direction": direction, "whole": shown[direction].value, "rows": rows})
    values = {
        "tables": tables,
        "small": SMALL,
        "practice": practice,
        "from_day": _written(since),
        "to_day": _written(until),
        "bar_width": BAR_WIDTH,
    }
    return Reply(page="statistics.html", values=values)


def _procedure(console: Console, name: str, language: str) -> str:
    rules = console.node.world.lawbook.rules(name)
    return name if rules is None else worded(rules.labels, language)


def _day(text: str, otherwise: str) -> int:
    found = read_date(text) if text else None
    day = found if found is not None else read_date(otherwise)
    assert day is not None
    return day


def _written(day: int) -> str:
    return f"{datetime.fromtimestamp(day * DAY / 1000, UTC):%Y-%m-%d}"
