"""A course as one file that needs no network: an archive of a page to read, the files, and a manifest that names everything by its digest.

What it knows: the archive's form. What it must never do: write a file under a name that stands in an archive, or take something that the
manifest does not name. The same course gives the same bytes.

    manifest.json         format, title, language, about, and the parts of the course in their order
    index.html            the course as a page for any browser
    files/<sha256>        the files

What comes from elsewhere is hostile until it was looked at: its size packed and unpacked, its names, its shape, each digest.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from longbien.wire.cbor import Malformed

FORMAT: Final = "longbien-course-1"
MANIFEST, PAGE, FILES = "manifest.json", "index.html", "files/"
MANIFEST_MAX: Final = 4 << 20
FILE_MAX: Final = 8 << 20
COURSE_MAX: Final = 32 << 20
PACKED_MAX: Final = COURSE_MAX + (8 << 20)
PARTS_MAX: Final = 100
TITLE_MAX, ABOUT_MAX, TEXT_MAX, LINK_MAX, LANGUAGE_MAX = 200, 8000, 20_000, 500, 12
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
_MADE: Final = (1980, 1, 1, 0, 0, 0)

Digits = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a course: `body` is a text or an address; a file has its digest and size instead."""

    kind: Literal["text", "link", "file"]
    title: Annotated[str, Meta(min_length=1, max_length=TITLE_MAX)]
    body: Annotated[str, Meta(max_length=TEXT_MAX)] = ""
    sha256: Digits | None = None
    size: Annotated[int, Meta(ge=0, le=FILE_MAX)] = 0


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a course file holds; `page` is the digest of the page."""

    format: Literal["longbien-course-1"]
    title: Annotated[str, Meta(min_length=1, max_length=TITLE_MAX)]
    language: Annotated[str, Meta(min_length=2, max_length=LANGUAGE_MAX)]
    about: Annotated[str, Meta(max_length=ABOUT_MAX)]
    page: Digits
    parts: Annotated[tuple[Part, ...], Meta(max_length=PARTS_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A course that was read from a file: its manifest, and the files by their digest."""

    manifest: Manifest
    files: Mapping[bytes, bytes]


def pack(
    *, title: str, language: str, about: str, parts: Sequence[Part], files: Mapping[bytes, bytes]
) -> bytes:
    """The course as a file; `files` has the bytes of every file that a part names."""
    page = _page(title, language, about, parts)
    manifest = Manifest(
        format=FORMAT,
        title=title,
        language=language,
        about=about,
        page=sha256(page).hexdigest(),
        parts=tuple(parts),
    )
    wanted = sorted({part.sha256 for part in parts if part.sha256 is not None})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            (MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1)),
            (PAGE, page),
            *((f"{FILES}{digits}", files[bytes.fromhex(digits)]) for digits in wanted),
        ):
            archive.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(raw: bytes) -> Packed:
    """The course in a file, every digest compared.

    Raises:
        Malformed: COURSE_FILE_LARGE, COURSE_FILE_DAMAGED (no archive, or cut off), COURSE_FILE_SHAPE (the manifest is not in order),
            COURSE_FILE_OTHER (what is in the archive is not what the manifest names), COURSE_FILE_DIGEST.
    """
    if len(raw) > PACKED_MAX:
        raise Malformed("COURSE_FILE_LARGE", f"at most {PACKED_MAX} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _unpacked(archive)
    except Malformed:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise Malformed("COURSE_FILE_DAMAGED", type(error).__name__) from error


def _unpacked(archive: zipfile.ZipFile) -> Packed:
    members = {member.filename: member for member in archive.infolist()}
    if len(members) != len(archive.infolist()) or len(members) > PARTS_MAX + 2:
        raise Malformed("COURSE_FILE_OTHER", "a name stands twice, or there are too many")
    if sum(member.file_size for member in members.values()) > COURSE_MAX + 2 * MANIFEST_MAX:
        raise Malformed("COURSE_FILE_LARGE", f"unpacked, at most {COURSE_MAX} bytes of files")
    if MANIFEST not in members:
        raise Malformed("COURSE_FILE_OTHER", MANIFEST)
    manifest = _manifest(_read(archive, members[MANIFEST], MANIFEST_MAX))
    wanted = {part.sha256: part.size for part in manifest.parts if part.sha256 is not None}
    if set(members) != {MANIFEST, PAGE, *(f"{FILES}{digits}" for digits in wanted)}:
        raise Malformed("COURSE_FILE_OTHER", "the archive does not hold exactly what its manifest names")
    _same(PAGE, _read(archive, members[PAGE], MANIFEST_MAX), manifest.page)
    files = {}
    for digits, size in wanted.items():
        content = _read(archive, members[f"{FILES}{digits}"], FILE_MAX)
        if len(content) != size:
            raise Malformed("COURSE_FILE_DIGEST", f"{FILES}{digits}")
        _same(f"{FILES}{digits}", content, digits)
        files[bytes.fromhex(digits)] = content
    return Packed(manifest=manifest, files=files)


def _manifest(raw: bytes) -> Manifest:
    try:
        found = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("COURSE_FILE_SHAPE", MANIFEST) from error
    for part in found.parts:
        fault = part_fault(part)
        if fault:
            raise Malformed("COURSE_FILE_SHAPE", fault)
    if not language_fits(found.language):
        raise Malformed("COURSE_FILE_SHAPE", "language")
    return found


def part_fault(part: Part) -> str:
    """What is wrong with a part: title, body or sha256; "" where nothing is."""
    if not part.title.strip() or not part.title.isprintable():
        return "title"
    if (part.kind == "file") is not (part.sha256 is not None) or (part.kind == "file") is bool(part.body):
        return "sha256"
    if part.kind == "link" and not _is_link(part.body):
        return "body"
    return "body" if part.kind == "text" and (not part.body.strip() or "\0" in part.body) else ""


def language_fits(language: str) -> bool:
    """Whether this could be the tag of a language, such as en or zh-Hant."""
    parts = language.split("-")
    return (
        len(language) <= LANGUAGE_MAX
        and all(p.isascii() and p.isalnum() for p in parts)
        and parts[0].isalpha()
    )


def _is_link(text: str) -> bool:
    plain = len(text) <= LINK_MAX and text.isprintable() and not any(letter.isspace() for letter in text)
    return plain and text.startswith(("https://", "http://"))


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """A member, and never more of it than it may have, whatever its directory says."""
    with archive.open(member) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Malformed("COURSE_FILE_LARGE", member.filename)
    return content


def _same(name: str, content: bytes, digits: str) -> None:
    if sha256(content).hexdigest() != digits:
        raise Malformed("COURSE_FILE_DIGEST", name)


def _page(title: str, language: str, about: str, parts: Sequence[Part]) -> bytes:
    """The course for a reader who has the archive and a browser, and nothing else."""
    direction = "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    body = "".join(_part_page(part) for part in parts)
    return (
        f'<!doctype html><html lang="{escape(language)}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>body{{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 sans-serif}}"
        "p{white-space:pre-wrap;overflow-wrap:anywhere}code{font-size:.8em;overflow-wrap:anywhere}</style></head>"
        f"<body><h1>{escape(title)}</h1><p>{escape(about)}</p>{body}</body></html>\n"
    ).encode()


def _part_page(part: Part) -> str:
    head = f"<section><h2>{escape(part.title)}</h2>"
    if part.kind == "link":
        return (
            f'{head}<p><a href="{escape(part.body)}" rel="noreferrer">{escape(part.body)}</a></p></section>'
        )
    if part.kind == "text":
        return f"{head}<p>{escape(part.body)}</p></section>"
    place = f"{FILES}{part.sha256}"
    return f'{head}<p><a href="{place}" download="{escape(part.title)}">{escape(part.title)}</a> <code>SHA-256 {part.sha256}</code></p></section>'
