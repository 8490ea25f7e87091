"""The transparency report counts what the record holds, keeps practice out of it, and shows no small number."""

import csv
import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from law import sample
from longbien.cli.commands import perform
from longbien.interop.figures import DEFINITIONS, HIDDEN, TITLES, WORDS, as_csv, as_html
from longbien.law.instants import DAY, HOUR
from longbien.node import Sent
from longbien.node.statistics import report
from longbien.node.suppression import Shown, is_small

from .pair import NOW, Pair, lawbook, pair

YEAR = (NOW - 180 * DAY, NOW + 180 * DAY)


def part(shown: Shown, *way: str) -> Shown:
    for name, value in zip(way[::2], way[1::2], strict=True):
        shown = next(item for item in shown.parts[name] if item.name == value)
    return shown


def opened(two: Pair, **changes: object) -> bytes:
    body = {**sample.stored_data_access()["open"], **changes}
    sent = two.vn.act("open", body, to="RU", procedure="stored-data-access")
    assert isinstance(sent, Sent), sent
    two.deliver()
    return sent.exchange


def go(two: Pair, exchange: bytes, *acts: str, hours: float = 0) -> None:
    for act in acts:
        two.vn.clock.now += int(hours * HOUR)
        two.ru.clock.now += int(hours * HOUR)
        sent = two.ru.act(act, sample.stored_data_access()[act], exchange=exchange)
        assert isinstance(sent, Sent), (act, sent)
        two.deliver()


def one_basis(name: str) -> list:
    return [item for item in sample.header()["legal_basis"] if item["instrument"] == name]


@pytest.fixture(scope="module")
def two() -> Iterator[Pair]:
    """Fifteen requests: six answered (one of them an emergency of five), five refused, four open; and one preservation."""
    made = pair()
    for number in range(6):
        urgency = "emergency" if number < 5 else "routine"
        exchange = opened(
            made,
            urgency=urgency,
            scope_limb="b",
            legal_basis=one_basis("ru-vn-1998"),
            facts=f"Sample {number}: a server of a hospital was entered.",
        )
        go(made, exchange, "acknowledge", "route", "accept", "authorise", "answer", hours=number + 1)
    for _ in range(5):
        exchange = opened(made, handling="normal", legal_basis=one_basis("ru-vn-1998"))
        go(made, exchange, "acknowledge", "route", "refuse")
    for _ in range(4):
        opened(made, handling="normal")
    assert isinstance(
        made.vn.act("open", sample.preservation()["open"], to="RU", procedure="preservation"), Sent
    )
    made.deliver()
    yield made
    made.vn.store.close()
    made.ru.store.close()


def test_practice_never_counts_as_live(two):
    for side in two.sides.values():
        found = report(side.node, start=YEAR[0], end=YEAR[1])
        assert (found.sent.value, found.received.value) == (0, 0)
        assert not found.practice


def test_the_two_sides_count_the_same_exchanges_in_opposite_directions(two):
    vn, ru = (report(side.node, start=YEAR[0], end=YEAR[1], practice=True) for side in two.sides.values())
    assert vn.sent.value == ru.received.value == 16
    assert (vn.received.value, ru.sent.value) == (0, 0)
    assert vn.sent.parts == ru.received.parts
    assert vn.practice


def test_every_number_of_the_minimum_is_there(two):
    found = report(two.ru.node, start=YEAR[0], end=YEAR[1], practice=True).received
    assert part(found, "emergency", "asked").value == 5
    assert part(found, "emergency", "asked", "decision", "given").value == 5
    assert part(found, "secrecy", "in_force").value == 7
    assert part(found, "outcome", "refused", "reason", "DISCRIM").value == 5
    assert part(found, "outcome", "open").value == 11 - 6 + 6  # answered ones wait for the confirmation
    assert part(found, "outcome", "not_executable").value == 0
    assert part(found, "limb", "b").value == 16
    assert part(found, "limb", "c").value == 0


def test_small_counts_and_what_would_give_them_away_are_hidden(two):
    found = report(two.ru.node, start=YEAR[0], end=YEAR[1], practice=True).received
    # One preservation: its count is hidden, and with it that of the other procedure, which would be the total less one.
    assert part(found, "procedure", "preservation").value is None
    assert part(found, "procedure", "stored-data-access").value is None
    assert {item.value for item in part(found, "procedure", "stored-data-access").parts["basis"]} == {None}
    for shown in walk(found):
        assert shown.value is None or not is_small(shown.value)


def walk(shown: Shown) -> Iterator[Shown]:
    yield shown
    for parts in shown.parts.values():
        for item in parts:
            yield from walk(item)


def test_a_median_is_hidden_with_its_count(two):
    hours = report(two.ru.node, start=YEAR[0], end=YEAR[1], practice=True).hours
    assert hours["received", "stored-data-access", "answer"] is None  # its count is hidden


def test_a_period_holds_its_first_moment_and_not_its_last(two):
    whole = report(two.ru.node, start=NOW, end=YEAR[1], practice=True).received
    later = report(two.ru.node, start=NOW + 1, end=YEAR[1], practice=True).received
    assert (whole.value, later.value) == (16, 15)
    assert report(two.ru.node, start=YEAR[0], end=NOW, practice=True).received.value == 0


def test_a_median_is_that_of_the_hours_between_opening_and_act():
    made = pair()
    for hours in (1, 2, 4, 8, 16):
        exchange = opened(made, legal_basis=one_basis("ru-vn-1998"))
        go(made, exchange, "acknowledge", hours=hours)
    found = report(made.ru.node, start=YEAR[0], end=YEAR[1], practice=True)
    assert found.hours["received", "stored-data-access", "acknowledge"] == 4.0
    assert found.hours["received", "stored-data-access", "accept"] is None
    assert part(found.received, "procedure", "stored-data-access", "basis", "ru-vn-1998").value == 5
    for side in made.sides.values():
        side.store.close()


def test_a_live_exchange_counts_as_live_and_not_as_practice(monkeypatch):
    from longbien.node import telling

    made = pair()
    opened(made)
    monkeypatch.setattr(telling, "modes", lambda _node, _row: ("live",))
    counts = [
        report(made.ru.node, start=YEAR[0], end=YEAR[1], practice=mode).received for mode in (False, True)
    ]
    assert (counts[0].value, counts[1].value) == (None, 0)  # one is a small count
    monkeypatch.setattr(telling, "modes", lambda _node, _row: ("demo", "live"))
    assert report(made.ru.node, start=YEAR[0], end=YEAR[1]).received.value == 0
    for side in made.sides.values():
        side.store.close()


@pytest.fixture(scope="module")
def whole(two) -> dict:
    asked = {"start": YEAR[0], "end": YEAR[1], "practice": True}
    return json.loads(json.dumps(perform(two.ru.node, "statistics", asked)))


def test_json_and_csv_say_the_same_and_name_nobody(whole):
    rows = list(csv.DictReader(io.StringIO(as_csv(whole))))
    assert {row["party"] for row in rows} == {"RU"}
    counts = {(row["direction"], row["what"]): row["count"] for row in rows if row["count"]}
    assert counts["received", "all"] == str(whole["received"]["count"]) == "16"
    assert counts["received", "procedure=preservation"] == HIDDEN
    assert counts["received", "outcome=refused reason=DISCRIM"] == "5"
    shown = json.dumps(whole) + as_csv(whole)
    for name in ("VN", "hospital", "198.51.100", "Officer", "HS-0417"):
        assert name not in shown


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"src", "href", "onclick"}]


def test_the_page_stands_alone_and_explains_every_table(whole):
    text = as_html(whole, lawbook(), "en")
    page = Page(text)
    assert "script" not in page.tags
    assert page.links == []
    assert "@import" not in text
    assert "url(" not in text
    assert page.tags.count("caption") == page.tags.count("table") == 10
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "EXERCISES AND DEMONSTRATIONS" in text
    for name in ("outcome", "limb", "emergency", "secrecy"):
        assert DEFINITIONS[name] in text.replace("&#x27;", "'")
    assert HIDDEN in text


def test_every_part_of_the_tree_has_a_word(whole):
    named = {name for rules in lawbook().procedures.values() for name in (rules.procedure, *rules.reasons)}
    named |= set(lawbook().instruments) | set(lawbook().reasons)

    def names(tree: dict) -> Iterator[str]:
        for part_name, parts in tree.get("parts", {}).items():
            assert part_name in {*TITLES, *DEFINITIONS, "basis", "reason", "decision", "review"}
            for item in parts:
                yield item["name"]
                yield from names(item)

    assert {*names(whole["sent"]), *names(whole["received"])} <= named | set(WORDS)
