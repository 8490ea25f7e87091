"""The transparency report for its readers: one JSON object, a CSV table, one page of HTML that stands alone.

What it knows: how the numbers of a report are called and laid out. What it must never do: count, or show what the report hides.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any, Final, TypeAlias

from longbien.law import Labels, Lawbook, worded, write_instant
from longbien.node.statistics import DIRECTIONS, MEASURES, Report
from longbien.node.suppression import SMALL, Shown

FORMAT: Final = "longbien-statistics/1"
HIDDEN: Final = "hidden"

TITLES: Final[Mapping[str, str]] = {
    "sent": "What this State asked",
    "received": "What this State was asked",
    "procedure": "By procedure and legal basis",
    "outcome": "How it stands or ended",
    "limb": "By scope (limbs of Art. 35(1); number not compared with the official text yet)",
    "emergency": "Emergencies",
    "secrecy": "Secrecy",
}
DEFINITIONS: Final[Mapping[str, str]] = {
    "procedure": "Exchanges by the time of their opening in the chain. One that rests on more than one legal basis counts under “several”.",
    "hours": "Median hours from the opening to the first acknowledgement by a person, to the acceptance (for a preservation: the order), and to the whole answer; only where at least five are known.",
    "outcome": "As the chain stands now. “Not executable” is not a refusal. Reasons are the codes that the law asks for.",
    "limb": "a: investigation of a Convention offence; b: electronic evidence of one; c: electronic evidence of another serious crime.",
    "emergency": "Asked: the request says that it is an emergency. Given: it was accepted or answered. Unjustified: a later review found that it was none.",
    "secrecy": "In force: the request asked for confidentiality, and this was neither found impossible nor given up. It has no end date of its own.",
    "consent": "Consents to another use or to passing on: asked is the number of exchanges of that procedure.",
}
WORDS: Final[Mapping[str, str]] = {
    "open": "Open",
    "done": "Done",
    "refused": "Refused",
    "not_executable": "Not executable",
    "withdrawn": "Withdrawn",
    "misdirected": "Sent to the wrong State",
    "several": "Several",
    "none": "None said",
    "asked": "Emergency asked",
    "not_asked": "No emergency",
    "given": "Given",
    "not_given": "Not given",
    "unjustified": "Found unjustified",
    "not_unjustified": "Not found unjustified",
    "in_force": "In force",
    "a": "Limb a",
    "b": "Limb b",
    "c": "Limb c",
}

Whole: TypeAlias = dict[str, Any]


def as_json(report: Report) -> Whole:
    """The report as one JSON object; null stands for what is hidden or not known."""
    return {
        "format": FORMAT,
        "party": report.party,
        "from": write_instant(report.start),
        "to": write_instant(report.end),
        "made_at": write_instant(report.made_at),
        "practice": report.practice,
        "smaller_is_hidden": SMALL,
        "emergency_reviews_recorded": report.reviews,
        "definitions": dict(DEFINITIONS),
        "sent": _tree(report.sent),
        "received": _tree(report.received),
        "hours": [
            {"direction": direction, "procedure": procedure, "to": measure, "median": value}
            for (direction, procedure, measure), value in report.hours.items()
        ],
    }


def _tree(shown: Shown) -> Whole:
    parts = {name: [_tree(part) for part in parts] for name, parts in shown.parts.items()}
    return {"name": shown.name, "count": shown.value, **({"parts": parts} if parts else {})}


def as_csv(whole: Whole) -> str:
    """A row for each number: direction, the way to it, count or median hours; `hidden` where it is."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["party", "from", "to", "practice", "direction", "what", "count", "median_hours"])
    head = [whole["party"], whole["from"], whole["to"], str(whole["practice"]).lower()]
    for direction in DIRECTIONS:
        for way, count in _ways(whole[direction]):
            table.writerow([*head, direction, way, HIDDEN if count is None else count, ""])
    for item in whole["hours"]:
        value = "" if item["median"] is None else item["median"]
        table.writerow(
            [*head, item["direction"], f"procedure={item['procedure']} to={item['to']}", "", value]
        )
    return out.getvalue()


def _ways(tree: Whole, way: str = "") -> Iterator[tuple[str, int | None]]:
    yield way or "all", tree["count"]
    for name, parts in tree.get("parts", {}).items():
        for part in parts:
            yield from _ways(part, f"{way} {name}={part['name']}".strip())


def as_html(whole: Whole, book: Lawbook, language: str) -> str:
    """One page without script, style and all inside, for light and dark screens and for paper."""
    style = (resources.files("longbien.interop") / "data" / "figures.css").read_text("utf-8")
    title = f"Transparency report, {whole['party']}, {whole['from'][:10]} to {whole['to'][:10]}"
    practice = (
        "<p class='mark'>EXERCISES AND DEMONSTRATIONS: nothing here is a real request</p>"
        if whole["practice"]
        else ""
    )
    sections = "".join(_direction(whole, direction, _labels(book, language)) for direction in DIRECTIONS)
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        "<meta name='viewport' content='width=device-width'><meta name='color-scheme' content='light dark'>"
        f"<style>{style}</style></head><body><main><h1>{escape(title)}</h1>{practice}"
        "<p>Exchanges opened from the first day (included) to the last (not included), UTC, as this State's node has recorded "
        f"them until {escape(whole['made_at'])}. Counts from 1 to {whole['smaller_is_hidden'] - 1} are hidden, and with them "
        f"whatever would give them away. Exercises never count as live.</p>{sections}</main></body></html>\n"
    )


def _labels(book: Lawbook, language: str) -> Mapping[str, str]:
    named: dict[str, Labels] = {name: rules.labels for (name, _), rules in book.procedures.items()}
    named |= {name: item.labels for name, item in book.instruments.items()}
    coded = {name: f"{name}: {worded(reason.labels, language)}" for name, reason in book.reasons.items()}
    return {**{name: worded(labels, language) for name, labels in named.items()}, **coded, **WORDS}


def _direction(whole: Whole, direction: str, labels: Mapping[str, str]) -> str:
    tree = whole[direction]
    hours = {
        (item["procedure"], item["to"]): item["median"]
        for item in whole["hours"]
        if item["direction"] == direction
    }
    tables = [_procedures(tree, hours, labels)]
    tables += [_table(name, parts, labels) for name, parts in tree["parts"].items() if name != "procedure"]
    unknown = (
        ""
        if whole["emergency_reviews_recorded"]
        else "<p>These rules do not record reviews of emergencies.</p>"
    )
    return (
        f"<section><h2>{TITLES[direction]}: {_number(tree['count'])}</h2>{''.join(tables)}{unknown}</section>"
    )


def _procedures(tree: Whole, hours: Mapping[tuple[str, str], float | None], labels: Mapping[str, str]) -> str:
    rows: list[str] = []
    for part in tree["parts"]["procedure"]:
        known = (hours[part["name"], measure] for measure in MEASURES)
        medians = "".join(f"<td>{'' if value is None else value}</td>" for value in known)
        rows += _rows(part, labels, 0, medians)
    heads = "".join(f"<th scope='col'>Hours to {measure}</th>" for measure in MEASURES)
    return (
        f"<table><caption>{TITLES['procedure']}</caption><thead><tr><th scope='col'>Procedure</th><th scope='col'>Count</th>"
        f"{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<p class='note'>{escape(DEFINITIONS['procedure'])} {escape(DEFINITIONS['hours'])} {escape(DEFINITIONS['consent'])}</p>"
    )


def _table(name: str, parts: Sequence[Whole], labels: Mapping[str, str]) -> str:
    rows = [row for part in parts for row in _rows(part, labels, 0)]
    return (
        f"<table><caption>{TITLES[name]}</caption><thead><tr><th scope='col'></th><th scope='col'>Count</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table><p class='note'>{escape(DEFINITIONS[name])}</p>"
    )


def _rows(part: Whole, labels: Mapping[str, str], depth: int, more: str = "") -> Iterator[str]:
    """A count and its parts; of many parts those that are 0 are left out, and if all are hidden one row says so."""
    yield f"<tr class='d{depth}'><th scope='row'>{_label(part, labels)}</th><td>{_number(part['count'])}</td>{more}</tr>"
    blank = "<td></td>" * more.count("<td>")
    for below in part.get("parts", {}).values():
        if all(item["count"] is None for item in below):
            yield f"<tr class='d{depth + 1}'><th scope='row'>Parts</th><td>{_number(None)}</td>{blank}</tr>"
            continue
        for item in below:
            if item["count"] != 0 or len(below) == 2:
                yield from _rows(item, labels, depth + 1, blank)


def _label(part: Whole, labels: Mapping[str, str]) -> str:
    return escape(labels.get(part["name"], part["name"]))


def _number(count: int | None) -> str:
    return f"<span class='hidden'>{HIDDEN}</span>" if count is None else str(count)
