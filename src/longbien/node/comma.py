"""A table in a text with commas (RFC 4180), as spreadsheets write it.

What it knows: commas, quotes, line ends. What it must never do: take a cell for anything but its text.
"""

import csv
import io
from typing import Final

from longbien.node.ports import Denied

TABLE_MAX: Final = 2 << 20
ROWS_MAX, CELL_MAX = 5000, 32_000


def comma_table(raw: bytes, _name: str = "") -> list[list[str]] | Denied:
    """The rows of a table; with semicolons where its first line has more of them. Codes: TABLE_LARGE, TABLE_DAMAGED."""
    if len(raw) > TABLE_MAX:
        return Denied(code="TABLE_LARGE", detail=f"at most {TABLE_MAX} bytes")
    try:
        text = raw.decode("utf-8-sig")
        first = text.partition("\n")[0]
        separator = ";" if first.count(";") > first.count(",") else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        return Denied(code="TABLE_DAMAGED", detail=type(error).__name__)
    if len(rows) > ROWS_MAX or any(len(cell) > CELL_MAX for row in rows for cell in row):
        return Denied(code="TABLE_LARGE", detail=f"at most {ROWS_MAX} rows")
    return rows
