"""A Word form: tables of label and value, and the text around them.

What it knows: rows and cells, as python-docx finds them. What it must never do: run a macro, follow a link, or unpack more than a
form can hold.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from importlib import util
from typing import Any, Final

from longbien.interop.faults import NotMade
from longbien.interop.filled import Pair

UNPACKED_MAX: Final = 64 << 20
MEMBERS_MAX: Final = 2000
# What reading an archive raises when it is none, or is damaged.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
)
_NUMBER: Final = re.compile(r"\s*[0-9]{1,2}[.)]?\s*")
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def contents(raw: bytes, name: str) -> tuple[list[Pair], str]:
    """The pairs of all tables in order, and the text outside them.

    Raises:
        NotMade: FILE_DAMAGED, FILE_TOO_LARGE, MACROS_REFUSED, READER_MISSING.
    """
    examine(raw, name)
    if util.find_spec("docx") is None:
        raise NotMade("READER_MISSING", "install longbien[documents]")
    import docx  # noqa: PLC0415 - an optional part

    try:
        body = docx.Document(io.BytesIO(raw)).element.body
    except Exception as error:  # whatever a foreign file breaks in there, it is the file that is refused
        raise NotMade("FILE_DAMAGED", f"{name}: {type(error).__name__}") from error
    tables = [table for table in body.iter(f"{_W}tbl") if next(table.iterancestors(f"{_W}tbl"), None) is None]
    found = [
        pair for number, table in enumerate(tables, 1) for pair in _pairs(table, f"{name} table {number}")
    ]
    outside = [_text(item) for item in body.iterchildren(f"{_W}p", f"{_W}sdt")]
    return found, "\n".join(outside)


def examine(raw: bytes, name: str) -> None:
    """An archive of an office program by its directory, before anything is unpacked.

    Raises:
        NotMade: FILE_DAMAGED, FILE_TOO_LARGE, MACROS_REFUSED.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            kinds = archive.read("[Content_Types].xml") if len(members) <= MEMBERS_MAX else b""
    except _BROKEN as error:
        raise NotMade("FILE_DAMAGED", f"{name}: {type(error).__name__}") from error
    if len(members) > MEMBERS_MAX or sum(member.file_size for member in members) > UNPACKED_MAX:
        raise NotMade("FILE_TOO_LARGE", f"{name}: unpacked, more than a form can hold")
    if b"macroEnabled" in kinds or any("vbaproject" in member.filename.lower() for member in members):
        raise NotMade("MACROS_REFUSED", f"{name}: save it without macros (.docx)")


def _pairs(table: Any, where: str) -> Iterator[Pair]:  # noqa: ANN401 - an element of lxml
    """A row is number, label, value; the number may be absent, and a second label may follow (a bilingual form)."""
    for number, row in enumerate(table.iterchildren(f"{_W}tr"), 1):
        cells = [_text(cell) for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
        place = f"{where} row {number}"
        numbered = len(cells) > 1 and _NUMBER.fullmatch(cells[0]) is not None
        unnumbered = len(cells) > 2 and not cells[0].strip()
        label, *rest = cells[1:] if numbered or unnumbered else cells or [""]
        if numbered:
            label = f"{cells[0].strip(' .)')}. {label}"
        value, *second = rest or [""]
        if label.strip() or value.strip():
            yield Pair(label=label, value=value.strip(), where=place, second=tuple(second))


def _text(element: Any) -> str:  # noqa: ANN401 - an element of lxml
    """The text of a cell or paragraph, content controls included, a control that nobody filled left out."""
    paragraphs = [element] if element.tag == f"{_W}p" else element.iter(f"{_W}p")
    return "\n".join("".join(_runs(paragraph)) for paragraph in paragraphs)


def _runs(paragraph: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    for item in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        if item.tag != f"{_W}t":
            yield "\n" if item.tag == f"{_W}br" else "\t"
        elif not any(_placeholder(control) for control in item.iterancestors(f"{_W}sdt")):
            yield item.text or ""


def _placeholder(control: Any) -> bool:  # noqa: ANN401 - an element of lxml
    return control.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None
