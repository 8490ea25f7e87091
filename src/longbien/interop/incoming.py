"""A file from outside as a draft: our JSON, a mail, a Word form, a text. What it is is seen from its bytes.

What it knows: containers, and how large one may be. What it must never do: run or fetch anything that a file names, or show a
page that it brought; what it cannot read is named in the account with its digest.
"""

import hashlib
import json
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

from longbien.interop.faults import NotMade
from longbien.interop.filled import Filled, NotUnderstood, from_body, from_pairs
from longbien.interop.labels import Index
from longbien.interop.lines import Takes, pairs
from longbien.law import Rules, from_json
from longbien.wire.cbor import Malformed

FILE_BYTES_MAX: Final = 25 << 20
PARTS_MAX: Final = 100
_ZIP: Final = b"PK\x03\x04"
_MANY_LINES: Final = frozenset({"longtext"})


def draft_from(rules: Rules, act: str, raw: bytes, name: str) -> Filled:
    """The draft that a file makes; `name` is what the account calls it.

    Raises:
        NotMade: FILE_TOO_LARGE, FILE_EMPTY, FILE_UNKNOWN, FILE_DAMAGED, MACROS_REFUSED, READER_MISSING, BODY_…
    """
    if len(raw) > FILE_BYTES_MAX:
        raise NotMade("FILE_TOO_LARGE", f"{name}: more than {FILE_BYTES_MAX >> 20} MiB")
    if not raw.strip():
        raise NotMade("FILE_EMPTY", name)
    found = Filled()
    if raw.startswith(_ZIP):
        _word(rules, act, raw, name, found)
    elif raw.lstrip()[:1] == b"{":
        _json(rules, act, raw, name, found)
    elif name.lower().endswith(".eml") or _looks_like_mail(raw):
        _mail(rules, act, raw, name, found)
    else:
        _lines(rules, act, _text(raw, name), name, found)
    return found


def _word(rules: Rules, act: str, raw: bytes, name: str, found: Filled) -> None:
    from longbien.interop import word_form  # noqa: PLC0415 - its library is an optional part

    tables, text = word_form.contents(raw, name)
    from_pairs(rules, act, tables, found)
    _lines(rules, act, text, name, found)


def _json(rules: Rules, act: str, raw: bytes, name: str, found: Filled) -> None:
    try:
        body = from_json(json.loads(raw.decode("utf-8-sig")))
    except Malformed as fault:
        raise NotMade(fault.code, f"{name}: {fault.detail}") from fault
    except (ValueError, RecursionError) as error:
        raise NotMade("FILE_DAMAGED", f"{name}: {error}") from error
    assert isinstance(body, dict)
    from_body(rules, act, body, name, found)


def _lines(rules: Rules, act: str, text: str, name: str, found: Filled) -> None:
    index = Index(rules, act)

    def takes(label: str) -> Takes:
        meant = index.meant(label)
        if not meant.paths:
            return ""
        field = index.field(meant.paths[0])
        if field.type in rules.types:
            return "parts"
        return "lines" if field.type in _MANY_LINES or field.many else "line"

    from_pairs(rules, act, pairs(text, name, takes), found)


def _mail(rules: Rules, act: str, raw: bytes, name: str, found: Filled) -> None:
    """The text of a mail and its attachments; a page of HTML is never shown or read, only named with its digest."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    for number, part in enumerate(leaves, 1):
        where = f"{name} part {number}"
        filename = part.get_filename() or ""
        if number > PARTS_MAX:
            _unread(found, where, filename, b"", "too many parts")
            return
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if not content.strip():
            continue
        if part.get_content_type() == "text/plain" and not filename:
            _lines(rules, act, _decoded(part, content), where, found)
        elif filename.lower().endswith((".json", ".docx", ".txt")):
            _attached(rules, act, content, where, filename, found)
        else:
            _unread(found, where, filename, content, part.get_content_type())


def _attached(rules: Rules, act: str, content: bytes, where: str, filename: str, found: Filled) -> None:
    """One attachment; one that cannot be read spoils nothing else."""
    try:
        if content.startswith(_ZIP):
            _word(rules, act, content, where, found)
        elif content.lstrip()[:1] == b"{":
            _json(rules, act, content, where, found)
        else:
            _lines(rules, act, _text(content, where), where, found)
    except NotMade as refused:
        _unread(found, where, filename, content, refused.code)


def _unread(found: Filled, where: str, filename: str, content: bytes, why: str) -> None:
    digest = hashlib.sha256(content).hexdigest()
    detail = f"{why}, {len(content)} bytes, sha256 {digest}"
    found.not_understood.append(
        NotUnderstood(code="PART_NOT_READ", where=where, label=filename, value="", detail=detail)
    )


def _decoded(part: EmailMessage, content: bytes) -> str:
    charset = part.get_content_charset("utf-8")
    try:
        return content.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return content.decode("utf-8", "replace")


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotMade("FILE_UNKNOWN", f"{name}: neither JSON, mail, Word form nor text in UTF-8") from error


def _looks_like_mail(raw: bytes) -> bool:
    """Whether the first lines are headers of a mail, of which one is always there."""
    head = raw[:4096].lower().replace(b"\r\n", b"\n")
    return any(mark in b"\n" + head for mark in (b"\nreceived: ", b"\nmime-version: ", b"\nmessage-id: "))
