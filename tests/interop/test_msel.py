"""The table of an exercise in a spreadsheet: times as they stand there, formulas as text, and nothing of a hostile file is unpacked."""

import io
import zipfile
from datetime import time, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.interop.msel import table
from longbien.node import Denied
from longbien.practice.injects import read


def book(*rows) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


WHOLE = book(
    ["Time", "From", "To", "Inject", "Expected"],
    [time(1, 30), "AA", "duty", '=HYPERLINK("http://evil.example","x")', None],
    [timedelta(hours=30), None, None, "Late", 7],
    [5, "", "", "Early", ""],
)


def test_times_numbers_and_formulas_come_as_the_text_that_a_person_reads():
    found = table(WHOLE, "msel.xlsx")
    assert found[1] == ["1:30:00", "AA", "duty", '=HYPERLINK("http://evil.example","x")']
    assert [(one.offset // 60_000, one.text[:5]) for one in read(found, ["duty"])] == [
        (5, "Early"),
        (90, "=HYPE"),
        (1800, "Late"),
    ]


def test_text_with_commas_or_semicolons_is_read_without_a_spreadsheet():
    assert table(b'\xef\xbb\xbftime,text\n1:00,"a, b"\n', "x.csv") == [["time", "text"], ["1:00", "a, b"]]
    assert table(b"time;text\r\n1;a,b\r\n", "x.csv") == [["time", "text"], ["1", "a,b"]]


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(70 << 20))
    return out.getvalue()


def _with(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, content)
    return out.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
    + b"ha" * 5000
    + b'"><!ENTITY b "'
    + b"&a;" * 500
    + b'"><!ENTITY c "'
    + b"&b;" * 500
    + b'">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>'
)
HOSTILE = {
    "a bomb": ("TABLE_LARGE", _bomb),
    "macros": ("TABLE_DAMAGED", lambda: _with("xl/vbaProject.bin", b"x")),
    "too large": ("TABLE_LARGE", lambda: b"time,text\n" + b"1,x\n" * (1 << 20)),
    "too many rows": ("TABLE_LARGE", lambda: book(*([["1"]] * 1200))),
    "no archive": ("TABLE_DAMAGED", lambda: b"PK\x03\x04 nothing"),
    "no text": ("TABLE_DAMAGED", lambda: b"\xff\xfe\x00"),
    "an open quote": ("TABLE_DAMAGED", lambda: b'time,text\n1,"x'),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_table_is_refused_by_its_code(what):
    code, made = HOSTILE[what]
    refused = table(made(), "msel.xlsx")
    assert isinstance(refused, Denied)
    assert refused.code == code


def test_entities_of_a_sheet_are_not_multiplied():
    found = table(_with("xl/worksheets/sheet1.xml", LAUGHS), "msel.xlsx")
    assert isinstance(found, Denied) or sum(len(cell) for row in found for cell in row) < 100_000


@settings(max_examples=40)
@given(st.integers(0, len(WHOLE)), st.binary(max_size=30))
def test_whatever_comes_as_a_table_is_read_or_refused(place, junk):
    found = table(WHOLE[:place] + junk + WHOLE[place + len(junk) :], "msel.xlsx")
    assert isinstance(found, (list, Denied))
