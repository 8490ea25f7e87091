"""The report in plain words, line by line: for a terminal, and for a page.

Whatever stands in a file was written by somebody, so nothing that could move the eye or hide a letter is shown as it is.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from longbien_verify.record import File, Item, Report, Touched


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `depth` is how far it stands in, `alarm` that it has to be seen."""

    text: str
    depth: int = 0
    alarm: bool = False


def lines(report: Report) -> list[Line]:
    """Everything that the report says, the verdict first and last."""
    return [Line(_safe(line.text), line.depth, line.alarm) for line in _lines(report)]


def verdict(report: Report) -> str:
    """One sentence."""
    if report.findings:
        return (
            "DOES NOT HOLD: the file was changed, or was never what it says. Do not rely on anything in it."
        )
    if report.gaps:
        return (
            "THE SIGNATURES HOLD, BUT THE CUSTODY OF EVIDENCE HAS GAPS: what is signed is unchanged, and does not tell "
            "a whole story."
        )
    return "HOLDS: signed by whom it says, in this order, unchanged since."


def _lines(report: Report) -> Iterator[Line]:
    yield Line(verdict(report), alarm=not report.ok)
    if report.demonstration:
        yield Line("DEMONSTRATION OR EXERCISE: not a live matter", alarm=True)
    for finding in report.findings:
        yield Line(f"DOES NOT HOLD: {finding}", alarm=True)
    for gap in report.gaps:
        yield Line(f"GAP IN CUSTODY: {gap}", alarm=True)
    yield Line(f"Exchange {report.exchange}, procedure {report.procedure}, kept by {report.host}")
    for code, name in report.parties.items():
        yield Line(f"Party {code}: {name}")
    yield from [] if report.file is None else _file(report.file)
    yield Line("What was done:" if report.steps else "No act could be read.")
    yield from _steps(report)
    for item in report.rejections:
        yield Line(f"Rejected: {item}")
    for one in report.items:
        yield from _item(one)
    for line in report.compared:
        yield Line(line)
    yield Line("Not proven:")
    for sentence in report.not_proven:
        yield Line(f"- {sentence}", 1)
    yield Line(verdict(report), alarm=not report.ok)


def _file(file: File) -> Iterator[Line]:
    yield Line(
        f"File of {file.members} members made by {file.party} at {_instant(file.made_at)} by its own clock; "
        "it vouches for every byte"
    )
    yield Line(f"Papers and list are signed with the certificate SHA-256 {file.certificate}", 1)
    if file.stamped_at is not None:
        yield Line(f"Time-stamp: existed at {_instant(file.stamped_at)} by the clock of {file.authority}", 1)
        yield Line(f"whose certificate is SHA-256 {file.authority_certificate}", 2)


def _steps(report: Report) -> Iterator[Line]:
    for step in report.steps:
        yield Line(
            f"{step.place}. {step.party} {step.act}, by {step.office}, approved by {step.persons} person(s); "
            f"made {_instant(step.made_at)} by its own clock{_until(step.made_before, step.witness)}",
            1,
        )
        for receipt in step.received:
            until = _until(receipt.witnessed_at, receipt.witness)
            yield Line(f"{receipt.party} had it at {_instant(receipt.claimed_at)} by its own clock{until}", 2)


def _item(item: Item) -> Iterator[Line]:
    yield Line(
        f"Evidence item {item.number} of manifest {item.manifest[:8]} by {item.party}, named by act {item.entry}: "
        f"{item.name}"
    )
    yield Line(f"{item.size} bytes, SHA-256 {item.sha256}", 1)
    for event in item.custody:
        yield Line(f"{_instant(event.at)}  {_touch(event)}", 1)
        for gap in event.gaps:
            yield Line(f"DOES NOT FIT: {gap}", 2, alarm=True)


def _touch(event: Touched) -> str:
    direction = {"sent": f" to {event.other}", "received": f" from {event.other}"}.get(event.touch, "")
    by = f"{event.party} {event.office}".strip()
    facts = "".join(f"; {text}" for text in (event.place, event.tool, event.note) if text)
    return f"{event.touch}{direction} by {by} (leaf {event.leaf} of its ledger){facts}"


def _instant(at: int) -> str:
    """A time (ms); what is no time of the calendar is shown as the number that it is."""
    if type(at) is not int or not 0 <= at < 1 << 47:
        return f"{at} ms"
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _until(at: int | None, witness: str) -> str:
    """Cosignatures carry whole seconds, so the bound is the end of that second."""
    return "" if at is None else f", and before {_instant(at + 1000)} by the clock of {witness}"


def _safe(text: str) -> str:
    """Control characters, marks of direction and strange spaces are written out."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    strange = character in "\u27e8\u27e9" or unicodedata.category(character)[0] in "CZ"
    return f"\u27e8U+{ord(character):04X}\u27e9" if strange and character != " " else character
