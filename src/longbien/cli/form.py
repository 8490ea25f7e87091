"""A way to begin a body: the fields of an act as the law data have them, and a JSON object to fill in.

What it knows: fields and how a value of each kind is written. What it must never know: what a field is for. What is not filled in
is refused by the desk with the name of the field, so a half-filled form cannot leave.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from longbien.cli.asked import CommandRefused, Result
from longbien.law import Act, Field, Lawbook, RecordType, Rules

# How a value is written; everything else is a text.
_WRITTEN: Mapping[str, Any] = {
    "date": "YYYY-MM-DD",
    "datetime": "YYYY-MM-DDThh:mm:ssZ",
    "bool": None,
    "int": None,
    "exchange_ref": {"$hex": ""},
    "digest": {"$hex": ""},
}


def procedures(book: Lawbook) -> Result:
    """Every procedure in its newest version, with the acts of each side."""
    names = sorted({name for name, _ in book.procedures})
    found = [rules for rules in map(book.rules, names) if rules is not None]
    return {
        "procedures": [
            {
                "procedure": rules.procedure,
                "version": rules.version,
                "name": rules.labels["en"],
                "article": rules.article,
                "acts": list(rules.acts),
            }
            for rules in found
        ]
    }


def form(book: Lawbook, procedure: str, act: str, *, everything: bool) -> Result:
    """The fields of an act, and a body with those that are required, or with all.

    Raises:
        CommandRefused: RULES_UNKNOWN, ACT_UNKNOWN.
    """
    rules = book.rules(procedure)
    if rules is None:
        raise CommandRefused("RULES_UNKNOWN", procedure)
    wanted = rules.acts.get(act or rules.flow.opening_act)
    if wanted is None:
        raise CommandRefused("ACT_UNKNOWN", f"{procedure} has {', '.join(rules.acts)}")
    return {
        "procedure": rules.procedure,
        "version": rules.version,
        "act": wanted.id,
        "name": wanted.labels["en"],
        "persons": wanted.persons,
        "sides": _sides(rules, wanted),
        "fields": _rows(wanted.fields, rules.types, ""),
        "body": _object(wanted.fields, rules.types, everything=everything),
    }


def _sides(rules: Rules, act: Act) -> list[str]:
    return sorted({row.by for row in rules.flow.rows if row.act == act.id})


def _rows(fields: Sequence[Field], types: Mapping[str, RecordType], path: str) -> list[Result]:
    rows: list[Result] = []
    for field in fields:
        name = f"{path}{field.name}{'[]' if field.many else ''}"
        record = types.get(field.type)
        rows.append(
            {"field": name, "needed": _needed(field), "kind": _kind(field), "name": field.labels["en"]}
        )
        if record is not None:
            rows += _rows(record.fields, types, f"{name}.")
    return rows


def _needed(field: Field) -> str:
    if field.or_else is not None:
        return f"yes, or {field.or_else}"
    if field.required:
        return "yes"
    when = [f"{name} is {' or '.join(map(_said, values))}" for name, values in field.needed_when]
    when += [f"{field.needed_with} is there"] if field.needed_with else []
    return f"when {' or '.join(when)}" if when else "no"


def _kind(field: Field) -> str:
    if field.values:
        return " | ".join(field.values)
    if field.must_be is not None:
        return f"must be {_said(field.must_be)}"
    bounds = [str(bound) for bound in (field.minimum, field.maximum) if bound is not None]
    return f"{field.type} {'..'.join(bounds)}".strip()


def _object(fields: Sequence[Field], types: Mapping[str, RecordType], *, everything: bool) -> dict[str, Any]:
    return {
        field.name: _empty(field, types, everything=everything)
        for field in fields
        if field.required or everything
    }


def _empty(field: Field, types: Mapping[str, RecordType], *, everything: bool) -> Any:  # noqa: ANN401 - a JSON value
    record = types.get(field.type)
    if record is not None:
        value: Any = _object(record.fields, types, everything=everything)
    elif field.values:
        value = " | ".join(field.values)
    else:
        value = _WRITTEN.get(field.type, "")
    return [value] if field.many else value


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
