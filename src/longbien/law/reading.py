"""A body as people read it: each field with its label in their language, in the order of its form.

Knows fields, records and labels. It must never leave out anything of a body: what the form does not know is read as it stands, for it was
signed like the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longbien.law.bodies import Json, to_json
from longbien.law.rules import Field, Rules
from longbien.law.wording import worded
from longbien.wire.cbor import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One field. `kind` is that of the law; `value` is what the body holds, as JSON; `text` is its label where the law has one, or
    what a person wrote. `parts` are the fields of a record, `items` the entries of an array. `written` marks words of a person, in the
    language of the body and not of the reader. `missing`: the form asks for it and the body lacks it.
    """

    name: str
    label: str
    help: str = ""
    kind: str = ""
    value: Json = None
    text: str = ""
    written: bool = False
    parts: tuple["Read", ...] = ()
    items: tuple["Read", ...] = ()
    missing: bool = False
    known: bool = True


def reading(rules: Rules, act: str, body: Mapping[str, Value], language: str) -> tuple[Read, ...]:
    """The fields of the body of an act, in the order of its form; then what the form does not know."""
    return _fields(rules, rules.acts[act].fields, body, language)


def _fields(
    rules: Rules, fields: Sequence[Field], body: Mapping[str, Value], language: str
) -> tuple[Read, ...]:
    found = [
        _field(rules, item, body[item.name], language) if item.name in body else _missing(item, language)
        for item in fields
        if item.name in body or _asked(item, body)
    ]
    known = {item.name for item in fields}
    strangers = [
        Read(name=name, label=name, value=to_json(value), text=_plain(value), known=False)
        for name, value in body.items()
        if name not in known
    ]
    return (*found, *strangers)


def _asked(field: Field, body: Mapping[str, Value]) -> bool:
    return field.required and (field.or_else is None or field.or_else not in body)


def _missing(field: Field, language: str) -> Read:
    return Read(name=field.name, label=worded(field.labels, language), kind=field.type, missing=True)


def _field(rules: Rules, field: Field, value: Value, language: str) -> Read:
    label, told = worded(field.labels, language), worded(field.help, language)
    if field.many and isinstance(value, Sequence) and not isinstance(value, str | bytes):
        items = tuple(_value(rules, field, item, "", "", language) for item in value)
        return Read(
            name=field.name, label=label, help=told, kind=field.type, value=to_json(value), items=items
        )
    return _value(rules, field, value, label, told, language)


def _value(rules: Rules, field: Field, value: Value, label: str, told: str, language: str) -> Read:
    record = rules.types.get(field.type)
    inside = isinstance(value, Mapping) and record is not None
    parts: tuple[Read, ...] = ()
    if record is not None and isinstance(value, Mapping):
        parts = _fields(rules, record.fields, {str(name): item for name, item in value.items()}, language)
    return Read(
        name=field.name,
        label=label,
        help=told,
        kind=field.type,
        value=to_json(value),
        text="" if inside else _text(rules, field, value, language),
        written=field.type in {"text", "longtext", "office_ref"},
        parts=parts,
    )


def _text(rules: Rules, field: Field, value: Value, language: str) -> str:
    """The word that the law has for a value, or the value itself."""
    if isinstance(value, str):
        if field.type == "enum" and value in field.value_labels:
            return worded(field.value_labels[value], language) or value
        if field.type == "code" and value in rules.reasons:
            return worded(rules.reasons[value].labels, language) or value
        if field.type == "name" and value in rules.instruments:
            return worded(rules.instruments[value].labels, language) or value
    return _plain(value)


def _plain(value: Value) -> str:
    match value:
        case bytes():
            return value.hex()
        case str():
            return value
        case bool() | None:
            return ""
        case int():
            return str(value)
        case Mapping():
            return "; ".join(f"{name}: {_plain(item)}" for name, item in value.items())
        case _:
            return ", ".join(map(_plain, value))
