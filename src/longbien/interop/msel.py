"""The table of an exercise in a spreadsheet: the first sheet of a workbook, or a text with commas.

What it knows: cells, as openpyxl finds them. What it must never do: work out a formula, follow a link, run a macro, or unpack more than a table
can hold. A formula is the text that stands in its cell.
"""

import io
from datetime import datetime, time, timedelta
from importlib import util
from typing import Final

from longbien.interop.faults import NotMade
from longbien.interop.word_form import examine
from longbien.node import Denied
from longbien.node.comma import CELL_MAX, TABLE_MAX, comma_table

ROWS_MAX, COLUMNS_MAX = 1000, 30
_CODES: Final = {
    "FILE_DAMAGED": "TABLE_DAMAGED",
    "FILE_TOO_LARGE": "TABLE_LARGE",
    "MACROS_REFUSED": "TABLE_DAMAGED",
}


def table(raw: bytes, name: str) -> list[list[str]] | Denied:
    """The rows of a table. Codes: TABLE_LARGE, TABLE_DAMAGED, READER_MISSING (a workbook, and no openpyxl)."""
    if len(raw) > TABLE_MAX:
        return Denied(code="TABLE_LARGE", detail=f"at most {TABLE_MAX} bytes")
    if not raw.startswith(b"PK"):
        return comma_table(raw, name)
    try:
        return _workbook(raw)
    except NotMade as fault:
        return Denied(code=_CODES.get(fault.code, fault.code), detail=fault.detail)


def _workbook(raw: bytes) -> list[list[str]]:
    examine(raw, "workbook")
    if util.find_spec("openpyxl") is None:
        raise NotMade("READER_MISSING", "install longbien[documents]")
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - an optional part

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        found = []
        for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX, values_only=True)):
            if number >= ROWS_MAX:
                raise NotMade("FILE_TOO_LARGE", f"at most {ROWS_MAX} rows")
            found.append(_trimmed([_text(value) for value in row]))
    except NotMade:
        raise
    except Exception as error:  # whatever a foreign file breaks in there, it is the file that is refused
        raise NotMade("FILE_DAMAGED", type(error).__name__) from error
    return found


def _trimmed(row: list[str]) -> list[str]:
    """The row up to its last cell that is filled."""
    last = max((place for place, cell in enumerate(row, start=1) if cell), default=0)
    return row[:last]


def _text(value: object) -> str:
    """A cell as the text that a person reads in it."""
    match value:
        case None:
            return ""
        case timedelta():
            seconds = int(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case time() | datetime():
            return f"{value.hour}:{value.minute:02}:{value.second:02}"
        case float():
            return str(int(value)) if value.is_integer() else str(value)
        case _:
            return str(value)[:CELL_MAX]
