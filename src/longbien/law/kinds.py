"""The kinds of simple value that a field can hold: a closed registry.

Knows how each kind looks and nothing about what it is used for. A kind answers None (fits) or a code. The
limits here are the product's, wide enough for the longest real requests and narrow enough for a page.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from longbien.law.instants import read_date, read_instant
from longbien.law.rules import Field
from longbien.wire.cbor import Value

TEXT_MAX: Final = 500
LONGTEXT_MAX: Final = 20_000
ARRAY_MAX: Final = 200
INT_MAX: Final = (1 << 53) - 1  # the largest whole number that every reader of JSON holds exactly

INVALID: Final = "FIELD_INVALID"

_PARTY: Final = re.compile(r"[A-Z][A-Z0-9-]{1,15}")
LANGUAGE_FORM: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_-]{1,31}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")

# Controls, surrogates, and the marks that turn the direction of what follows: a page must show what was
# signed.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_BREAKS: Final = re.compile("[\t\n\u2028\u2029]")


def _shaped(pattern: re.Pattern[str]) -> "Check":
    def check(value: Value, _field: Field) -> str | None:
        return None if isinstance(value, str) and pattern.fullmatch(value) else INVALID

    return check


def _longtext(value: Value, field: Field, limit: int = LONGTEXT_MAX) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return INVALID
    # Whatever Unicode calls printable holds none of these; many good texts are not (a line break, a joiner).
    if not value.isprintable() and _UNPRINTABLE.search(value):
        return INVALID
    lowest = 0 if field.many else field.minimum or 0
    highest = limit if field.many else field.maximum or limit
    return None if lowest <= len(value) <= highest else INVALID


def _text(value: Value, field: Field) -> str | None:
    if isinstance(value, str) and not value.isprintable() and _BREAKS.search(value):
        return INVALID
    return _longtext(value, field, TEXT_MAX)


def _date(value: Value, _field: Field) -> str | None:
    return None if isinstance(value, str) and read_date(value) is not None else INVALID


def _datetime(value: Value, _field: Field) -> str | None:
    if not isinstance(value, str):
        return INVALID
    found = read_instant(value)
    return found if isinstance(found, str) else None


def _bool(value: Value, field: Field) -> str | None:
    if not isinstance(value, bool):
        return INVALID
    return None if field.must_be is None or value is field.must_be else INVALID


def _int(value: Value, field: Field) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return INVALID
    lowest = 0 if field.many else field.minimum or 0
    highest = None if field.many else field.maximum
    return None if lowest <= value <= (INT_MAX if highest is None else highest) else INVALID


def _enum(value: Value, field: Field) -> str | None:
    return None if isinstance(value, str) and value in field.values else INVALID


def _sized(size: int) -> "Check":
    def check(value: Value, _field: Field) -> str | None:
        return None if isinstance(value, bytes) and len(value) == size else INVALID

    return check


Check = Callable[[Value, Field], str | None]

KINDS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "text": _text,
        "longtext": _longtext,
        "office_ref": _text,
        "case_ref": _text,
        "lang": _shaped(LANGUAGE_FORM),
        "state": _shaped(_PARTY),
        "code": _shaped(_CODE),
        "name": _shaped(_NAME),
        "date": _date,
        "datetime": _datetime,
        "bool": _bool,
        "int": _int,
        "enum": _enum,
        "exchange_ref": _sized(16),
        "digest": _sized(32),
    }
)
