"""A file of a form, read while it comes: never more of it in memory than a part, never more on disk than its limit.

What it knows: multipart forms (RFC 7578) by a library's parser. What it must never know: what a file is for.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import IO, Final

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

FIELDS_MAX: Final = 20
FIELD_BYTES_MAX: Final = 64 << 10
# What a form has around its file.
AROUND: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came: its name as the browser says it, and its bytes in a file without a name that is gone when it is closed."""

    name: str
    file: IO[bytes]
    size: int


class _TooLarge(MultiPartException):
    """More came than may; the parser gives up its files for this kind of fault."""


Fields = tuple[tuple[str, str], ...]


async def received(request: Request, most: int) -> tuple[Fields, Upload | None] | None:
    """The fields and the file of a form; `None` when it is larger than `most` and a little, or no such form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return None
    parser = MultiPartParser(
        request.headers,
        _bounded(request, most + AROUND),
        max_files=1,
        max_fields=FIELDS_MAX,
        max_part_size=FIELD_BYTES_MAX,
    )
    try:
        form = await parser.parse()
    except MultiPartException:
        return None
    fields = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
    came = next((value for _, value in form.multi_items() if isinstance(value, UploadFile)), None)
    size = 0 if came is None else came.size or 0
    if came is None or size > most:
        # A part that never came to its end is in no form, and its file would stay open until somebody sweeps.
        for file in parser._files_to_close_on_error:  # noqa: SLF001 - the library names it nowhere else
            file.close()
        return fields, None
    return fields, Upload(name=came.filename or "", file=came.file, size=size)


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _TooLarge("size")
        yield part
