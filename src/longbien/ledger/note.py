"""Signed notes: a text and lines of signatures under it, in the bytes of C2SP signed-note v1.

It knows where the text ends, what a signature line looks like and how a key is named. It never knows what the
text says, which algorithm a line uses, or whether a line is true.

Reading is strict, so that a note has one spelling: canonical base64, no stray spaces, no control characters.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from longbien.wire.wellformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NOTE_BYTES = 256 * 1024
"""Room for the signatures of more than thirty witnesses with two lines each."""

MAX_LINES = 80
MAX_NAME_BYTES = 255
"""tlog-cosignature carries names behind a one-byte length."""

KEY_ID_BYTES = 4
MAX_SIGNATURE_BYTES = 5000
"""The largest post-quantum signature that C2SP expects is just under 5 kB."""

ED25519_NOTE = 0x01
ED25519_COSIGNATURE = 0x04
MLDSA44_COSIGNATURE = 0x06

_DASH = "— "
_NO_NAME = re.compile(r"[+\s\x00-\x1f]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One line under a note: who says to have signed (name and 4-byte key id) and the signature bytes."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A parsed note. `text` ends in a newline and is what signatures cover. Nothing is verified yet."""

    text: str
    lines: tuple[SignatureLine, ...]


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The four bytes that, with the name, say which key made a line; `kind` is the C2SP type byte."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:KEY_ID_BYTES]


def vkey(name: str, kind: int, public: bytes) -> str:
    """The text form of a verifier key, as other C2SP tools read it."""
    return f"{name}+{key_id(name, kind, public).hex()}+{b64encode(bytes([kind]) + public).decode()}"


def check_name(name: str) -> None:
    """Raises `Malformed` (NOTE_NAME) unless `name` may stand in a signature line."""
    if not 0 < len(name.encode()) <= MAX_NAME_BYTES or _NO_NAME.search(name):
        raise Malformed("NOTE_NAME", "key name")


def decode_base64(text: str, code: str) -> bytes:
    """Standard base64 with padding and in its only canonical spelling; else `Malformed` with `code`."""
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed(code, "base64") from error
    if b64encode(data).decode() != text:
        raise Malformed(code, "base64 spelling")
    return data


def encode(text: str, lines: Iterable[SignatureLine]) -> bytes:
    """The bytes of a note; `text` must end in a newline."""
    assert text.endswith("\n")
    return text.encode() + b"\n" + encode_lines(lines)


def encode_lines(lines: Iterable[SignatureLine]) -> bytes:
    """Signature lines alone, as a cosigner answers them."""
    return "".join(
        f"{_DASH}{line.name} {b64encode(line.key_id + line.signature).decode()}\n" for line in lines
    ).encode()


def parse(raw: bytes) -> Note:
    """Reads a note. Codes: NOTE_TOO_LARGE, NOTE_TEXT, NOTE_SHAPE, NOTE_LINE, NOTE_NAME, NOTE_SIGNATURES."""
    whole = _decode_text(raw)
    text, separator, tail = whole.rpartition("\n\n")
    if not separator:
        raise Malformed("NOTE_SHAPE", "no blank line")
    return Note(text=text + "\n", lines=_parse_lines(tail))


def parse_lines(raw: bytes) -> tuple[SignatureLine, ...]:
    """Reads signature lines that travel without their text. Codes as `parse`."""
    return _parse_lines(_decode_text(raw))


def _decode_text(raw: bytes) -> str:
    if len(raw) > MAX_NOTE_BYTES:
        raise Malformed("NOTE_TOO_LARGE", f"{len(raw)} bytes")
    try:
        whole = raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed("NOTE_TEXT", "not UTF-8") from error
    if _CONTROL.search(whole):
        raise Malformed("NOTE_TEXT", "control character")
    return whole


def _parse_lines(tail: str) -> tuple[SignatureLine, ...]:
    if not tail.endswith("\n"):
        raise Malformed("NOTE_SHAPE", "last line is not ended")
    rows = tail[:-1].split("\n")
    if len(rows) > MAX_LINES:
        raise Malformed("NOTE_SIGNATURES", f"{len(rows)} lines")
    return tuple(_parse_line(row) for row in rows)


def _parse_line(row: str) -> SignatureLine:
    if not row.startswith(_DASH):
        raise Malformed("NOTE_LINE", "no dash")
    name, separator, encoded = row.removeprefix(_DASH).partition(" ")
    if not separator:
        raise Malformed("NOTE_LINE", "no signature")
    check_name(name)
    data = decode_base64(encoded, "NOTE_LINE")
    if not KEY_ID_BYTES < len(data) <= KEY_ID_BYTES + MAX_SIGNATURE_BYTES:
        raise Malformed("NOTE_LINE", "signature size")
    return SignatureLine(name=name, key_id=data[:KEY_ID_BYTES], signature=data[KEY_ID_BYTES:])
