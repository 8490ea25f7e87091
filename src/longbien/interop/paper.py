"""What is on a printed form, from its title to its notes: of an exchange as a node knows it, or of a body in a file.

What it knows: which lines stand where, and which marks a page must carry. What it must never know: how a page is set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from longbien.interop.sheet import UNCHECKED, Line, Run, Sheet, marked, untranslated
from longbien.law import Gap, Rules, from_json, gaps, write_instant
from longbien.wire import cbor
from longbien.wire.cbor import Value

PERSON_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One act, or one list, under its heading."""

    title: tuple[Run, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole form. Banners stand on every page, `about` at the beginning, notes at the end; `footer` is machine words."""

    languages: tuple[str, ...]
    title: tuple[Run, ...]
    banners: tuple[tuple[Run, ...], ...]
    head: tuple[Line, ...]
    sections: tuple[Section, ...]
    notes: tuple[tuple[Run, ...], ...]
    footer: str
    about: tuple[Run, ...] = ()


def of_body(rules: Rules, act: str, body: Value, languages: Sequence[str], *, at: int) -> Paper:
    """A draft from a body that nobody has signed; what has to be mended stands at the end, in the first language."""
    written = body if isinstance(body, Mapping) else {}
    inside: dict[str, Value] = {str(name): item for name, item in written.items()}
    sheet = Sheet(rules, languages, _language(inside, languages[0]))
    lines = _lines(sheet, rules, act, inside)
    sections = [Section(title=sheet.labelled(rules.acts[act].labels), lines=lines)]
    lacking = gaps(rules, act, body, languages[0])
    if lacking:
        sections.append(
            Section(title=sheet.said("to_mend"), lines=tuple(_mend(gap, languages) for gap in lacking))
        )
    closing = (
        sheet.fixed("signature", *sheet.said("unsigned")),
        sheet.fixed("digest_body", code=digits(cbor.digest(cbor.encode(inside)))),
    )
    sections.append(Section(title=sheet.said("signature"), lines=closing))
    return _paper(
        sheet,
        rules,
        languages,
        banners=[sheet.said("mark_draft")],
        head=(*_heading(sheet, rules), sheet.fixed("printed_at", code=write_instant(at))),
        sections=sections,
        footer=f"{rules.procedure}.{rules.version}",
    )


def of_exchange(rules: Rules, told: Mapping[str, Any], languages: Sequence[str], *, at: int) -> Paper:
    """The acts of an exchange in their order, as the command `document` of a node tells them."""
    opening = from_json(told["documents"][0]["body"]) if told["documents"] else {}
    written_in = _language(opening, languages[0])
    sheet = Sheet(rules, languages, written_in)
    stage = rules.flow.stages[told["stage"]]
    head = (
        *_heading(sheet, rules),
        sheet.fixed("exchange", code=told["exchange"]),
        sheet.fixed(
            "parties", code=" · ".join(f"{party}: {role}" for party, role in told["parties"].items())
        ),
        sheet.fixed("stage", *sheet.labelled(stage.labels)),
        sheet.fixed("printed_at", code=write_instant(at)),
    )
    sections = [_act(sheet, rules, act) for act in told["documents"]]
    banners = [sheet.said(f"mark_{mode}") for mode in told["modes"] if mode != "live"]
    return _paper(
        sheet,
        rules,
        languages,
        banners=banners,
        head=head,
        sections=sections,
        footer=f"{rules.procedure}.{rules.version} · {told['exchange']}",
        illustrative=bool(told["illustrative"]),
    )


def _paper(
    sheet: Sheet,
    rules: Rules,
    languages: Sequence[str],
    *,
    banners: Sequence[tuple[Run, ...]],
    head: tuple[Line, ...],
    sections: Sequence[Section],
    footer: str,
    illustrative: bool = False,
) -> Paper:
    every = (*head, *(line for section in sections for line in section.lines))
    notes = [sheet.said("numbers")]
    if marked(every) or rules.article_checked is not True:
        notes.append(sheet.said("unchecked"))
    if illustrative:
        notes.append(sheet.said("mark_illustrative"))
    if untranslated(languages, every):
        notes.append(sheet.said("untranslated"))
    return Paper(
        languages=tuple(languages),
        title=sheet.labelled(rules.labels),
        banners=tuple(banners),
        head=head,
        sections=tuple(sections),
        notes=tuple(notes),
        footer=footer,
    )


def _heading(sheet: Sheet, rules: Rules) -> tuple[Line, ...]:
    mark = "" if rules.article_checked is True else UNCHECKED
    return (
        sheet.fixed("procedure", code=f"{rules.procedure}.{rules.version}"),
        sheet.fixed("article", code=f"{rules.article}{mark}"),
        sheet.fixed("rules", code=digits(rules.digest)),
    )


def _act(sheet: Sheet, rules: Rules, told: Mapping[str, Any]) -> Section:
    """An act: what it says, then who approved it, when it got its place, and its digest."""
    act = rules.acts[told["act"]]
    body = from_json(told["body"])
    inside = {str(name): item for name, item in body.items()} if isinstance(body, Mapping) else {}
    people = [
        sheet.said(
            "person",
            person=item["person"][:PERSON_DIGITS],
            office=item["office"],
            at=write_instant(item["at"]),
        )
        for item in told["approvals"]
    ]
    approved = tuple(run for runs in people for run in runs) or sheet.said("approved_by_machine")
    numbers = sheet.said("act", number=str(told["place"]))
    title = tuple(
        Run(f"{number.text}: {label.text}", number.language)
        for number, label in zip(numbers, sheet.labelled(act.labels), strict=True)
    )
    return Section(
        title=title,
        lines=(
            *_lines(sheet, rules, act.id, inside),
            sheet.fixed(
                "by", code=" · ".join(filter(None, (told["party"], told["office"], told["office_name"])))
            ),
            sheet.fixed("ordered_at", code=write_instant(told["at"])),
            sheet.fixed("approved_by", *approved),
            sheet.fixed("signature", *sheet.said("signed", state=told["party"])),
            sheet.fixed("digest", code=digits(bytes.fromhex(told["digest"]))),
        ),
    )


def _lines(sheet: Sheet, rules: Rules, act: str, body: Mapping[str, Value]) -> tuple[Line, ...]:
    opens = {row.act for row in rules.flow.rows if row.stage is None}
    found = rules.acts[act]
    return sheet.opening(found, body) if act in opens else sheet.further(found, body)


def _mend(gap: Gap, languages: Sequence[str]) -> Line:
    labels = tuple(Run(gap.path, "en") for _ in languages)
    return Line(labels=labels, runs=(Run(gap.mend, languages[0]),), code=gap.code, missing=True)


def _language(body: Value, otherwise: str) -> str:
    found = body.get("language") if isinstance(body, Mapping) else None  # type: ignore[call-overload]
    return found if isinstance(found, str) else otherwise


def digits(digest: bytes) -> str:
    """A digest in groups that an eye can compare."""
    written = digest.hex()
    return " ".join(written[place : place + 16] for place in range(0, len(written), 16))
