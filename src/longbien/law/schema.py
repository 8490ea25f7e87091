"""JSON Schema 2020-12 of the body of an act, drawn from the same fields that the check of the engine reads.

Knows how each kind of value looks in JSON, and how fields, records and their conditions nest. It must never know a
procedure. Patterns carry the whole check, because `format` only annotates; they are written for ECMA 262 and read the
same in Python, so `$` (which lets a final line break through) stands nowhere.

What a schema cannot say, and what the engine alone decides: the named checks of records (each is named in a
`$comment`), and that `1.0` is not written where a whole number is meant.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from longbien.law.bodies import HEX, to_json
from longbien.law.kinds import ARRAY_MAX, INT_MAX, LONGTEXT_MAX, TEXT_MAX
from longbien.law.rules import Act, Field, RecordType, Rules
from longbien.law.wording import worded

Schema: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_END: Final = r"(?![\s\S])"
_UNPRINTABLE: Final = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff\u202a-\u202e\u2066-\u2069"
_BREAKS: Final = r"\t\n\u2028\u2029"
# Written out: what `\s` holds differs between the languages in which validators are written.
_SPACE: Final = r"\t\n\u000b\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_LEAP: Final = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY: Final = (
    r"(?:(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP}-02-29)"
)
_HOUR: Final = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
_ZONE: Final = r"(?:Z|(?!-00:00)[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"


def act_schema(rules: Rules, act: str, language: str = "en") -> Schema:
    """The schema of the body of `act`, with titles and descriptions in `language`, English where it has none.

    `$defs` holds the records that occur. The act must be one of the rules.
    """
    found = rules.acts[act]
    return {
        "$schema": DIALECT,
        "$id": f"urn:longbien:law:{rules.procedure}.{rules.version}:{act}",
        "$comment": f"rules {rules.digest.hex()}",
        **_words(found, language),
        **_object(found.fields, rules.types, language),
        "$defs": {
            name: {
                "title": worded(record.labels, language),
                **_object(record.fields, rules.types, language),
                **({} if record.check is None else {"$comment": f"the engine also checks: {record.check}"}),
            }
            for name, record in _reached(found.fields, rules.types).items()
        },
    }


def _reached(fields: Sequence[Field], types: Mapping[str, RecordType]) -> Mapping[str, RecordType]:
    """The records that the fields hold, and those that these hold, each once."""
    found: dict[str, RecordType] = {}
    waiting = list(fields)
    while waiting:
        record = types.get(waiting.pop(0).type)
        if record is not None and record.name not in found:
            found[record.name] = record
            waiting += record.fields
    return found


def _object(fields: Sequence[Field], types: Mapping[str, RecordType], language: str) -> Schema:
    """An object with exactly these fields, and the conditions under which one needs another."""
    beside: dict[str, list[str]] = {}
    for field in fields:
        if field.needed_with is not None:
            beside.setdefault(field.needed_with, []).append(field.name)
    either = [
        {"anyOf": [{"required": [field.name]}, {"required": [field.or_else]}]}
        for field in fields
        if field.required and field.or_else is not None
    ]
    when = [
        {
            "if": {"properties": {other: {"enum": list(values)}}, "required": [other]},
            "then": {"required": [field.name]},
        }
        for field in fields
        for other, values in field.needed_when
    ]
    return {
        "type": "object",
        "properties": {field.name: _field(field, types, language) for field in fields},
        "required": [field.name for field in fields if field.required and field.or_else is None],
        "additionalProperties": False,
        **({"dependentRequired": beside} if beside else {}),
        **({"allOf": either + when} if either or when else {}),
    }


def _field(field: Field, types: Mapping[str, RecordType], language: str) -> Schema:
    value = (
        {"$ref": f"#/$defs/{field.type}"}
        if field.type in types
        else KIND_SCHEMAS[field.type](field, language)
    )
    if field.many:
        value = {
            "type": "array",
            "items": value,
            "minItems": field.minimum or 0,
            "maxItems": field.maximum or ARRAY_MAX,
        }
    default = {} if field.default is None else {"default": to_json(field.default)}
    return {**_words(field, language), **value, **default}


def _words(item: Act | Field, language: str) -> Schema:
    help_ = worded(item.help, language)
    return {"title": worded(item.labels, language), **({"description": help_} if help_ else {})}


def _text(field: Field, limit: int, forbidden: str) -> Schema:
    lowest = 0 if field.many else field.minimum or 0
    return {
        "type": "string",
        "minLength": max(lowest, 1),
        "maxLength": limit if field.many else field.maximum or limit,
        "pattern": rf"^(?![\s\S]*[{forbidden}])[\s\S]*[^{_SPACE}]",
    }


def _line(field: Field, _language: str) -> Schema:
    return _text(field, TEXT_MAX, _UNPRINTABLE + _BREAKS)


def _page(field: Field, _language: str) -> Schema:
    return _text(field, LONGTEXT_MAX, _UNPRINTABLE)


def _shaped(pattern: str, **more: str) -> "Maker":
    return lambda _field, _language: {"type": "string", "pattern": f"^(?:{pattern}){_END}", **more}


def _sized(size: int) -> "Maker":
    digits = {"type": "string", "pattern": f"^[0-9a-fA-F]{{{2 * size}}}{_END}"}
    return lambda _field, _language: {
        "type": "object",
        "properties": {HEX: digits},
        "required": [HEX],
        "additionalProperties": False,
    }


def _bool(field: Field, _language: str) -> Schema:
    return {"type": "boolean", **({} if field.must_be is None else {"const": field.must_be})}


def _int(field: Field, _language: str) -> Schema:
    highest = None if field.many else field.maximum
    return {
        "type": "integer",
        "minimum": 0 if field.many else field.minimum or 0,
        "maximum": INT_MAX if highest is None else highest,
    }


def _enum(field: Field, language: str) -> Schema:
    return {
        "oneOf": [
            {"const": value, "title": worded(field.value_labels.get(value, {}), language) or value}
            for value in field.values
        ]
    }


Maker: TypeAlias = Callable[[Field, str], Schema]

# One for each kind of `kinds.KINDS`; the tests hold the two together.
KIND_SCHEMAS: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        "text": _line,
        "longtext": _page,
        "office_ref": _line,
        "case_ref": _line,
        "lang": _shaped(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"),
        "state": _shaped(r"[A-Z][A-Z0-9-]{1,15}"),
        "code": _shaped(r"[A-Z][A-Z0-9_-]{1,31}"),
        "name": _shaped(r"[a-z0-9][a-z0-9-]{0,47}"),
        "date": _shaped(_DAY, format="date"),
        "datetime": _shaped(r"(?!0001|9999)" + _DAY + _HOUR + _ZONE, format="date-time"),
        "bool": _bool,
        "int": _int,
        "enum": _enum,
        "exchange_ref": _sized(16),
        "digest": _sized(32),
    }
)
