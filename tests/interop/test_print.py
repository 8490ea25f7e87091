"""A printed form: the order that contact points know, two languages side by side, every mark, and never a letter too few."""

import io
import json
import os
import string
from collections.abc import Iterator

import pypdf
import pytest
import typst

from law import sample
from longbien.cli.commands import perform
from longbien.cli.main import run
from longbien.interop.faults import NotMade
from longbien.interop.paper import Paper, of_body, of_exchange
from longbien.interop.pdf import pdf
from longbien.interop.sheet import Line, Run, Sheet
from longbien.interop.tcy import ordered
from longbien.interop.words import word, words
from longbien.law import to_json
from longbien.law.tables import LANGUAGES
from longbien.node import Sent
from node.pair import Pair, pair

BOOK = sample.book()
RULES = BOOK.rules("preservation")
OPEN = sample.preservation()["open"]
AT = sample.AT


def fonts(*families: str) -> None:
    """These fonts are here, or the test is not run; where nothing may be skipped, it fails."""
    missing = set(families) - set(typst.Fonts().families())
    if missing and os.environ.get("LONGBIEN_REQUIRE_FONTS"):
        pytest.fail(f"no {missing} on this machine, and this run may not skip")
    if missing:
        pytest.skip(f"no {missing} on this machine")


def text_of(raw: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages)


def texts(lines: tuple[Line, ...]) -> Iterator[str]:
    for line in lines:
        yield from (run.text for run in (*line.labels, *line.runs))
        yield line.code
        yield from texts((*line.parts, *line.items))


def on(paper: Paper) -> str:
    every = [*texts(paper.head), *(text for section in paper.sections for text in texts(section.lines))]
    runs = [run for group in (paper.title, *paper.banners, *paper.notes) for run in group]
    return "\n".join(
        [*every, *(run.text for run in runs), *(run.text for s in paper.sections for run in s.title)]
    )


def scalars(value: object) -> Iterator[object]:
    match value:
        case dict():
            for item in value.values():
                yield from scalars(item)
        case list():
            for item in value:
                yield from scalars(item)
        case _:
            yield value


def test_every_word_is_there_in_seven_languages_with_the_same_blanks():
    for name, labels in words().items():
        assert set(labels) == set(LANGUAGES), name
        blanks = {
            tuple(sorted(part for _, part, _, _ in string.Formatter().parse(text) if part))
            for text in labels.values()
        }
        assert len(blanks) == 1, name


def test_every_field_of_every_opening_has_exactly_one_place():
    for rules in BOOK.procedures.values():
        for act in {row.act for row in rules.flow.rows if row.stage is None}:
            fields = rules.acts[act].fields
            placed = [field.name for _, field in ordered(fields) if field is not None]
            assert sorted(placed) == sorted(field.name for field in fields)


def test_the_numbers_of_the_t_cy_forms_come_first_and_in_order():
    numbers = [number for number, _ in ordered(RULES.acts["open"].fields)]
    settled = [int(number) for number in numbers if number]
    assert numbers[: len(settled)] == [str(number) for number in sorted(settled)]
    assert {1, 2, 3, 4, 5, 7, 9, 11} <= set(settled)


def test_everything_that_a_body_says_is_on_the_sheet():
    for procedure, bodies in sample.BODIES.items():
        rules = BOOK.rules(procedure)
        for name, body in bodies().items():
            shown = on(of_body(rules, name, body, ["en"], at=AT))
            for value in scalars(body):
                if isinstance(value, str):
                    found = value in shown or any(value in field.values for field in rules.acts[name].fields)
                    assert found or _labelled(rules, value, shown), (name, value)


def _labelled(rules, value: str, shown: str) -> bool:
    fields = [field for record in rules.types.values() for field in record.fields]
    return any(value in field.values and field.value_labels[value]["en"] in shown for field in fields)


def test_a_field_that_the_form_does_not_know_is_printed_and_not_hidden():
    assert "a stranger" in on(of_body(RULES, "open", {**OPEN, "stranger": ["a stranger", 7]}, ["en"], at=AT))


def test_a_draft_says_that_it_is_one_and_what_has_to_be_mended():
    body = {name: value for name, value in OPEN.items() if name != "necessity"}
    shown = on(of_body(RULES, "open", body, ["vi"], at=AT))
    assert word("mark_draft", "vi") in shown
    assert word("unsigned", "vi") in shown
    assert "Hãy điền" in shown
    assert word("missing", "vi") in shown


def test_an_unchecked_article_is_marked_where_it_stands_and_explained():
    paper = of_body(RULES, "open", OPEN, ["en"], at=AT)
    assert "42†" in on(paper)
    assert "HC-10 · Art. 10†" in on(paper)
    assert word("unchecked", "en") in on(paper)


def test_a_time_in_another_zone_is_shown_in_utc_beside_it():
    assert "2026-11-15T01:57:03+07:00 = 2026-11-14T18:57:03Z" in on(
        of_body(RULES, "open", OPEN, ["en"], at=AT)
    )


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (Run("SHA-256 للمحتوى", "ar"), True),
        (Run("Penal Code", "ar", free=True), False),
        (Run("قانون", "en", free=True), True),
        (Run("198.51.100.7", "ar", free=True), True),
        (Run("Text", "vi"), False),
    ],
)
def test_a_text_is_written_in_its_own_direction(run: Run, expected: bool):
    assert run.right_to_left is expected


@pytest.mark.parametrize("languages", [("en", "vi"), ("ru", "fr"), ("es",)])
def test_a_form_becomes_a_page_whose_words_can_be_read_again(languages):
    body = {**OPEN, "facts": 'Tệp trên 61 máy chủ đã bị mã hoá. #read("/etc/passwd") *x* $y$ <z>'}
    raw = pdf(of_body(RULES, "open", body, languages, at=AT), at=AT)
    shown = " ".join(text_of(raw).split())
    assert '#read("/etc/passwd") *x* $y$ <z>' in shown
    for language in languages:
        assert word("status_new", language) in shown
    assert b"pdfaid" in raw
    assert raw == pdf(of_body(RULES, "open", body, languages, at=AT), at=AT)


def test_arabic_and_chinese_pages_are_set_where_their_fonts_are():
    fonts("Noto Sans Arabic", "Noto Sans CJK SC")
    for languages in (("en", "ar"), ("ar",), ("zh", "ru")):
        raw = pdf(of_body(RULES, "open", OPEN, languages, at=AT), at=AT)
        assert len(pypdf.PdfReader(io.BytesIO(raw)).pages) in {2, 3}
        if "zh" in languages:
            assert word("status_new", "zh") in text_of(raw)


def test_a_letter_that_no_font_shows_stops_the_page_and_names_the_remedy():
    with pytest.raises(NotMade, match=r"FONT_MISSING: .*U\+10FFFD.*fonts-noto-core"):
        pdf(of_body(RULES, "open", {**OPEN, "case_ref": "A\U0010fffd"}, ["en"], at=AT), at=AT)


@pytest.fixture(scope="module")
def played() -> Iterator[tuple[Pair, str]]:
    made = pair()
    sent = made.vn.act("open", OPEN, to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    made.deliver()
    for side, act in ((made.ru, "acknowledge"), (made.ru, "order"), (made.vn, "ask_extension")):
        assert isinstance(side.act(act, sample.preservation()[act], exchange=sent.exchange), Sent)
        made.deliver()
    yield made, sent.exchange.hex()
    made.vn.store.close()
    made.ru.store.close()


def test_an_exchange_is_printed_with_every_act_who_approved_it_and_its_digest(played):
    two, exchange = played
    told = json.loads(json.dumps(perform(two.vn.node, "document", {"exchange": exchange[:8]})))
    paper = of_exchange(RULES, told, ["en", "vi"], at=told["now"])
    shown = on(paper)
    assert [section.title[0].text for section in paper.sections] == [
        "Act 1: Ask for preservation",
        "Act 2: Acknowledge",
        "Act 3: Order the preservation",
        "Act 4: Ask for an extension",
    ]
    for act in told["documents"]:
        assert act["digest"] in shown.replace(" ", "")
        for approval in act["approvals"]:
            assert approval["person"][:8] in shown
    assert word("mark_demo", "vi") in shown
    assert word("mark_illustrative", "en") in shown
    assert "Officer 0 (invented)" not in shown  # names stay at home
    raw = pdf(paper, at=told["now"])
    assert word("mark_demo", "en") in text_of(raw)
    assert exchange in text_of(raw)


def test_both_sides_print_the_same_acts(played):
    two, exchange = played
    papers = [
        perform(side.node, "document", {"exchange": exchange})["documents"] for side in two.sides.values()
    ]
    assert papers[0] == papers[1]


def test_a_body_is_printed_from_the_command_line(capsys, tmp_path):
    file, out = tmp_path / "body.json", tmp_path / "form.pdf"
    file.write_text(json.dumps(to_json(OPEN)))
    words_ = ["law", "print", "preservation", "--body", str(file), "--out", str(out), "--languages"]
    assert run([*words_, "en,vi"]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert run([*words_, "en,xx"]) == 1
    assert "LANGUAGES" in capsys.readouterr().err


def test_a_choice_without_a_label_is_printed_as_it_stands():
    sheet = Sheet(RULES, ["en"], "en")
    (line,) = [line for line in sheet.opening(RULES.acts["open"], {"urgency": "at once"}) if line.code]
    assert line.code == "at once"
