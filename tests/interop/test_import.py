"""A filled form becomes a draft: every line of it is accounted for, and nothing that nobody wrote is in it."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law import sample
from longbien.cli.main import run
from longbien.interop.faults import NotMade
from longbien.interop.filled import Filled, Pair, from_pairs
from longbien.interop.incoming import draft_from
from longbien.interop.labels import Index, written
from longbien.interop.words import word
from longbien.law import Field, Rules, to_json
from longbien.law.tables import LANGUAGES

BOOK = sample.book()
RULES = BOOK.rules("preservation")
OPEN = sample.preservation()["open"]
Row = tuple[str, str]


def translated(rules: Rules) -> Rules:
    """The same rules with a label of its own for every field and choice in every language."""

    def labels(found: dict) -> dict:
        return {language: found.get(language, f"{found['en']} ({language})") for language in LANGUAGES}

    def field(item: Field) -> Field:
        values = {value: labels(item.value_labels[value]) for value in item.value_labels}
        return replace(item, labels=labels(item.labels), value_labels=values)

    def fields(found: tuple[Field, ...]) -> tuple[Field, ...]:
        return tuple(map(field, found))

    return replace(
        rules,
        acts={name: replace(act, fields=fields(act.fields)) for name, act in rules.acts.items()},
        types={name: replace(record, fields=fields(record.fields)) for name, record in rules.types.items()},
    )


def rows(rules: Rules, act: str, body: dict, language: str) -> list[Row]:
    """A form as a person would fill it: a heading for each record, then its parts; a path where a label is not enough."""
    parts = [part for record in rules.types.values() for part in record.fields]
    tops = {field.labels[language] for field in rules.acts[act].fields}
    shared = {part.labels[language] for part in parts} & tops
    return list(_rows(rules, rules.acts[act].fields, body, language, shared, ""))


def _rows(
    rules: Rules, fields: tuple[Field, ...], body: dict, language: str, shared: set[str], above: str
) -> Iterator[Row]:
    for field in fields:
        if field.name not in body:
            continue
        path, value = above + field.name, body[field.name]
        label = path if field.labels[language] in shared else field.labels[language]
        record = rules.types.get(field.type)
        if record is None:
            entries = value if field.many else [value]
            yield label, "\n".join(said(field, entry, language) for entry in entries)
            continue
        for number, entry in enumerate(value if field.many else [value]):
            place = f"{path}[{number}]" if field.many else path
            yield (place if label == path else f"{label} {number + 1}" if field.many else label), ""
            simple = tuple(part for part in record.fields if part.type not in rules.types)
            nested = tuple(part for part in record.fields if part.type in rules.types)
            yield from _rows(rules, simple, entry, language, shared, f"{place}.")
            yield from _rows(rules, nested, entry, language, shared, f"{place}.")


def said(field: Field, value: object, language: str) -> str:
    match value:
        case bool():
            return word("yes" if value else "no", language)
        case bytes():
            return value.hex()
        case str() if field.type == "enum":
            return field.value_labels[value][language]
        case _:
            return str(value)


def word_file(table: list[tuple[str, ...]], text: str = "") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    made = document.add_table(rows=0, cols=max(map(len, table)))
    for row in table:
        for cell, content in zip(made.add_row().cells, row, strict=False):
            cell.text = content
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def mail(text: str, *attachments: tuple[str, str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.net", "b@example.net", "Request"
    message.set_content(text)
    for name, kind, content in attachments:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def left(found: Filled) -> list[tuple[str, str]]:
    return [(item.code, item.label) for item in found.not_understood]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("procedure", sorted(sample.BODIES))
def test_a_word_form_in_any_language_becomes_the_body_that_was_meant(procedure: str, language: str) -> None:
    rules = translated(BOOK.rules(procedure))
    act = rules.flow.opening_act
    body = sample.BODIES[procedure]()[act]
    table = rows(rules, act, body, language)
    found = draft_from(rules, act, word_file(table), "form.docx")
    assert left(found) == []
    assert found.body == body
    assert found.missing(rules, act, language) == ()
    assert len(found.understood) == sum(1 for _, value in table if value)


@pytest.mark.parametrize("procedure", sorted(sample.BODIES))
def test_the_same_form_as_lines_of_a_mail_becomes_the_same_body(procedure: str) -> None:
    rules = BOOK.rules(procedure)
    act = rules.flow.opening_act
    body = sample.BODIES[procedure]()[act]
    text = "\n".join(f"{label}: {value}" for label, value in rows(rules, act, body, "en"))
    found = draft_from(rules, act, mail(text), "request.eml")
    assert left(found) == []
    assert found.body == body


def test_our_own_json_comes_back_as_it_went_and_an_unknown_field_is_named() -> None:
    raw = json.dumps(to_json({**OPEN, "stranger": 1})).encode()
    found = draft_from(RULES, "open", raw, "body.json")
    assert found.body == OPEN
    assert left(found) == [("FIELD_UNKNOWN", "stranger")]


def test_a_line_with_a_number_of_the_t_cy_form_goes_where_the_form_has_it() -> None:
    text = """1. Date: 2026-11-22 18:00 UTC
2. Ticket: VN-2026-HS-0417
4) Requested authority: Contact point 24/7 (illustrative)
5. Requesting authority: Contact point 24/7 (illustrative)
7. Investigating authority: Investigation Police Agency (illustrative)
8. Prosecution office: Office of the prosecutor (illustrative)
"""
    found = draft_from(RULES, "open", text.encode(), "form.txt")
    assert found.body == {
        "created_at": "2026-11-22T18:00:00Z",
        "case_ref": "VN-2026-HS-0417",
        "to_office": "Contact point 24/7 (illustrative)",
        "from_office": "Contact point 24/7 (illustrative)",
        "proceeding": {"authority": "Investigation Police Agency (illustrative)"},
    }
    assert {item.how for item in found.understood} == {"number"}
    assert left(found) == [("LABEL_UNKNOWN", "8. Prosecution office")]


def test_a_bilingual_row_has_its_number_and_its_second_label_and_anything_else_is_named() -> None:
    rules = translated(RULES)
    second = next(field.labels["vi"] for field in rules.acts["open"].fields if field.name == "case_ref")
    table = [
        ("2", "Your case number", "VN-1", second),
        ("", "Custodian", "A provider", "and some remark"),
        ("Purpose", "Evidence", "", ""),
    ]
    found = draft_from(rules, "open", word_file(table), "form.docx")
    assert found.body == {"case_ref": "VN-1", "custodian": "A provider", "purpose": "Evidence"}
    assert [(item.code, item.value) for item in found.not_understood] == [
        ("TEXT_UNCLAIMED", "and some remark")
    ]


@pytest.mark.parametrize(
    ("label", "value", "code"),
    [
        ("Written at", "22.11.2026 18:00", "VALUE_INVALID"),
        ("Urgency", "rather urgent", "CHOICE_UNKNOWN"),
        ("Days wished", "60 days", "VALUE_INVALID"),
        ("A request for the data will follow", "perhaps", "CHOICE_UNKNOWN"),
        ("Offences", "HC-10, Penal Code Art. 287", "NEEDS_PARTS"),
        ("Linked exchanges", "see annex", "VALUE_INVALID"),
        ("Costodian", "A provider", "LABEL_UNKNOWN"),
        ("Kind", "E-mail address", "LABEL_UNKNOWN"),
        ("Offences 3 / Provision of your law", "Art. 1", "ENTRY_SKIPPED"),
    ],
)
def test_what_cannot_be_read_for_certain_is_not_read(label: str, value: str, code: str) -> None:
    found = from_pairs(RULES, "open", [Pair(label=label, value=value, where="line 1")])
    assert found.body in ({}, {"offence": []})
    assert [(item.code, item.label, item.value) for item in found.not_understood] == [(code, label, value)]


def test_the_nearest_label_is_named_beside_an_unknown_one() -> None:
    (item,) = from_pairs(RULES, "open", [Pair(label="Costodian", value="x", where="")]).not_understood
    assert item.detail == "custodian"


def test_a_field_that_is_written_twice_keeps_the_first_and_names_the_second() -> None:
    pairs = [Pair(label="Custodian", value=value, where=value) for value in ("first", "second")]
    found = from_pairs(RULES, "open", pairs)
    assert found.body == {"custodian": "first"}
    assert left(found) == [("WRITTEN_TWICE", "Custodian")]


def test_a_label_that_means_one_thing_under_its_heading_and_another_at_the_top_is_not_chosen() -> None:
    rules = BOOK.rules("stored-data-access")
    pairs = [Pair(label=label, value=value, where="") for label, value in (("Answers 1", ""), ("Note", "x"))]
    found = from_pairs(rules, "answer", pairs)
    assert found.body == {}
    assert [(item.code, item.detail) for item in found.not_understood] == [
        ("LABEL_AMBIGUOUS", "answers[0].note, note")
    ]
    told = from_pairs(rules, "answer", [Pair(label="Answers 1 / Note", value="x", where="")])
    assert told.body == {"answers": [{"note": "x"}]}


def test_a_time_without_its_zone_stays_without_and_is_asked_for() -> None:
    found = from_pairs(RULES, "open", [Pair(label="Written at", value="2026-11-22 18:00", where="")])
    assert found.body == {"created_at": "2026-11-22T18:00:00"}
    assert "TIME_WITHOUT_ZONE" in {gap.code for gap in found.missing(RULES, "open", "en")}


def test_a_long_text_keeps_its_lines_and_names_those_that_look_like_labels() -> None:
    text = "Dear colleagues,\n\nFacts: First line.\n\nSuspect: unknown\nsecond: line\nCustodian: A provider\n-- \nCustodian: B"
    found = draft_from(RULES, "open", text.encode(), "mail.txt")
    assert found.body == {"facts": "First line.\n\nSuspect: unknown\nsecond: line", "custodian": "A provider"}
    assert left(found) == [("TEXT_UNCLAIMED", ""), ("READ_AS_TEXT", "Suspect"), ("READ_AS_TEXT", "second")]


def test_quoted_lines_of_an_answered_mail_are_read() -> None:
    found = draft_from(RULES, "open", mail("> Custodian: A provider\n>> Purpose: Evidence"), "m.eml")
    assert found.body == {"custodian": "A provider", "purpose": "Evidence"}


def test_attachments_are_read_and_what_is_not_read_is_named_with_its_digest() -> None:
    raw = mail(
        "Custodian: A provider",
        ("body.json", "application/json", b'{"case_ref": "VN-1"}'),
        ("form.docx", "application/octet-stream", word_file([("Purpose", "Evidence")])),
        ("broken.docx", "application/octet-stream", b"PK\x03\x04nothing"),
        ("page.html", "text/html", b"<script>1</script>"),
        ("scan.pdf", "application/pdf", b"%PDF"),
    )
    found = draft_from(RULES, "open", raw, "m.eml")
    assert found.body == {"custodian": "A provider", "case_ref": "VN-1", "purpose": "Evidence"}
    assert [(item.code, item.label) for item in found.not_understood] == [
        ("PART_NOT_READ", name) for name in ("broken.docx", "page.html", "scan.pdf")
    ]
    assert all("sha256 " in item.detail for item in found.not_understood)


def test_content_controls_of_word_are_read_and_empty_ones_are_not() -> None:
    raw = word_file([("Custodian", "HERE"), ("Purpose", "THERE")])
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent><w:r><w:t>{}</w:t></w:r></w:sdtContent></w:sdt>"
    swaps = {
        "HERE": control.format("", "A provider"),
        "THERE": control.format("<w:showingPlcHdr/>", "Click here"),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "word/document.xml":
                text = content.decode()
                for place, instead in swaps.items():
                    text = text.replace(f"<w:r><w:t>{place}</w:t></w:r>", instead)
                content = text.encode()
            new.writestr(member.filename, content)
    assert draft_from(RULES, "open", out.getvalue(), "form.docx").body == {"custodian": "A provider"}


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_XML", ".xml"), content)
    return out.getvalue()


KINDS = {"[Content_Types]_XML": b"<Types/>"}


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "FILE_EMPTY"),
        (b" " * (25 << 20) + b"xx", "FILE_TOO_LARGE"),
        (b"\xff\xfe\x00", "FILE_UNKNOWN"),
        (b"{", "FILE_DAMAGED"),
        (b'{"a": 0.5}', "BODY_FLOAT"),
        (b"{" * 99_999, "FILE_DAMAGED"),
        (b"PK\x03\x04", "FILE_DAMAGED"),
        (zipped(a=b"x"), "FILE_DAMAGED"),
        (zipped(**KINDS), "FILE_DAMAGED"),
        (zipped(**KINDS, a=bytes(65 << 20)), "FILE_TOO_LARGE"),
        (zipped(**{"[Content_Types]_XML": b"<Types x='application/vnd.ms-word.document.macroEnabled.main+xml'/>"}), "MACROS_REFUSED"),
        (zipped(**KINDS, **{"word/vbaProject.bin": b"x"}), "MACROS_REFUSED"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_form_is_refused_with_a_code(raw: bytes, code: str) -> None:
    with pytest.raises(NotMade) as refused:
        draft_from(RULES, "open", raw, "file")
    assert refused.value.code == code


@pytest.mark.promise("P11")
@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"MIME-Version: 1.0\n" + tail))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    try:
        draft_from(RULES, "open", raw, "file.eml")
    except NotMade as refused:
        assert refused.code.isupper()


LABELS = [
    "Custodian",
    "custodian",
    "items[0].description",
    "Offences",
    "Offence code",
    "Kind",
    "Facts",
    "2. x",
    "Period / From",
    "zzz",
    "",
]
VALUES = ["", "x", "HC-10", "2026-11-14", "a\nb"]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(VALUES)), max_size=8))
def test_every_written_line_is_accounted_for_once(lines: list[Row]) -> None:
    pairs = [Pair(label=label, value=value, where=str(number)) for number, (label, value) in enumerate(lines)]
    found = from_pairs(RULES, "open", pairs)
    told = [item.where for item in (*found.understood, *found.not_understood)]
    assert sorted(told) == sorted(pair.where for pair in pairs if pair.value.strip())


def test_every_field_is_found_by_its_path_and_by_its_label_in_every_language() -> None:
    for rules in map(translated, BOOK.procedures.values()):
        for act in rules.acts.values():
            index = Index(rules, act.id)
            for field in act.fields:
                assert written(index.meant(field.name).paths[0]) == field.name
                for language in LANGUAGES:
                    meant = {
                        written(path) for path in index.meant(f" {field.labels[language].upper()} : ").paths
                    }
                    assert field.name in meant


def test_the_command_writes_a_draft_and_tells_what_it_understood(capsys, tmp_path) -> None:
    file, out = tmp_path / "form.docx", tmp_path / "body.json"
    file.write_bytes(word_file([("Custodian", "A provider"), ("Urgency", "soon")]))
    words = ["request", "import", str(file), "--procedure", "preservation", "--out", str(out)]
    assert run(words) == 0
    shown = capsys.readouterr().out
    assert "custodian = A provider" in shown
    assert "NOT UNDERSTOOD  CHOICE_UNKNOWN: Urgency: soon" in shown
    assert "MISSING         FIELDS_MISSING necessity" in shown
    assert json.loads(out.read_text()) == {"custodian": "A provider"}
    out.unlink()
    assert run([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["understood"][0]["field"] == "custodian"
    file.write_bytes(b"PK\x03\x04")
    assert run(words) == 1
    assert "FILE_DAMAGED" in capsys.readouterr().err
