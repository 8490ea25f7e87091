"""What still keeps a body from being sent: each gap with its field, the article, and how to mend it.

Knows the problems that `validate` finds and the words of the fields. It must never find a problem of its own: what is
a gap here is a refusal there, and nothing else is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from longbien.law.facts import entries
from longbien.law.kinds import ARRAY_MAX, INT_MAX, LONGTEXT_MAX, TEXT_MAX
from longbien.law.remedies import REMEDIES
from longbien.law.rules import Field, RecordType, Rules
from longbien.law.situation import Facts
from longbien.law.validate import Problem, problems
from longbien.law.wording import worded
from longbien.wire.cbor import Value

_SEGMENT: Final = re.compile(r"(\??)([^.\[\]]*)(?:\[([0-9]+)\])?")
_EXAMPLES: Final[Mapping[str, str]] = {
    "lang": "vi",
    "state": "VN",
    "code": "OWN-LAW",
    "name": "ru-vn-1998",
    "exchange_ref": '{"$hex": "…32 digits…"}',
    "digest": '{"$hex": "…64 digits…"}',
}
_BY_CHECK: Final[Mapping[str, str]] = {"account_value": "ADD_PORT", "period_order": "END_AFTER_BEGIN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing to mend. `code` is that of the refusal, `remedy` that of the sentence `mend`; both are stable.

    `label` leads from the form to the field in the reader's language; `article` is where the law asks for the
    contents of such a request, and `article_checked` whether a person has compared its number with the text.
    """

    code: str
    path: str
    label: str
    article: str
    article_checked: bool
    remedy: str
    mend: str


def gaps(rules: Rules, act: str, body: Value, language: str = "en") -> tuple[Gap, ...]:
    """Everything that keeps `body` from being sent as `act`, in the order of the form; nothing when it is complete."""
    fields = rules.acts[act].fields
    return tuple(
        _gap(rules, found, _trail(fields, rules.types, found.path), body, language)
        for found in problems(fields, body, rules.types)
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """One segment of a path: the field, its position in an array, the fields and the record beside it."""

    field: Field | None
    position: int | None
    beside: Sequence[Field]
    record: RecordType | None
    unknown: bool


def _trail(fields: Sequence[Field], types: Mapping[str, RecordType], path: str) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    record: RecordType | None = None
    for segment in path.split("."):
        found = _SEGMENT.fullmatch(segment)
        assert found is not None
        field = next((item for item in fields if item.name == found[2]), None)
        position = None if found[3] is None else int(found[3])
        steps.append(_Step(field, position, fields, record, found[1] == "?"))
        record = None if field is None else types.get(field.type)
        fields = () if record is None else record.fields
    return tuple(steps)


def _gap(rules: Rules, found: Problem, trail: Sequence[_Step], body: Value, language: str) -> Gap:
    last = trail[-1]
    label = "" if last.field is None else worded(last.field.labels, language)
    remedy, blanks = _remedy(found.code, last, _holder(body, found.path), rules.types, language)
    return Gap(
        code=found.code,
        path=found.path,
        label=" / ".join(filter(None, (_named(step, language) for step in trail))),
        article=rules.article,
        article_checked=rules.article_checked is True,
        remedy=remedy,
        mend=worded(REMEDIES[remedy], language).format(label=label, **blanks),
    )


def _named(step: _Step, language: str) -> str:
    if step.field is None or step.unknown:
        return ""
    number = "" if step.position is None else f" {step.position + 1}"
    return worded(step.field.labels, language) + number


def _holder(body: Value, path: str) -> Facts:
    """The map in which the last segment of `path` stands."""
    for segment in path.split(".")[:-1]:
        name, _, position = segment.removesuffix("]").partition("[")
        body = entries(body).get(name)
        if position and isinstance(body, Sequence):
            body = body[int(position)]
    return entries(body)


def _remedy(
    code: str, last: _Step, holder: Facts, types: Mapping[str, RecordType], language: str
) -> tuple[str, dict[str, str]]:
    """The sentence for a gap, and what its blanks hold."""
    field = last.field
    if code == "FIELD_UNKNOWN":
        return ("TAKE_OUT_UNKNOWN" if field is None else "TAKE_OUT"), {}
    if field is None:
        return "WRITE_ANEW", {}
    if code == "FIELDS_MISSING":
        return _missing(field, last.beside, holder, language)
    if code == "SERIOUS_CRIME_THRESHOLD":
        return "FOUR_YEARS", {}
    if code == "TIME_WITHOUT_ZONE":
        return "ADD_ZONE", {}
    checked = None if last.record is None or last.record.check is None else _BY_CHECK.get(last.record.check)
    if checked is not None and _fits_alone(field, holder, types):
        return checked, {}
    return _ill_formed(field, last.position, types, language)


def _fits_alone(field: Field, holder: Facts, types: Mapping[str, RecordType]) -> bool:
    """Whether the field by itself is in order, so that the record's own check must have spoken."""
    return field.name in holder and not problems((field,), {field.name: holder[field.name]}, types)


def _missing(
    field: Field, beside: Sequence[Field], holder: Facts, language: str
) -> tuple[str, dict[str, str]]:
    def other(name: str) -> dict[str, str]:
        labels = next((item.labels for item in beside if item.name == name), {})
        return {"other": worded(labels, language) or name}

    if field.needed_with is not None and field.needed_with in holder:
        return "FILL_IN_BESIDE", other(field.needed_with)
    for name, values in field.needed_when:
        if name in holder and holder[name] in values:
            return "FILL_IN_BESIDE", other(name)
    return ("FILL_IN", {}) if field.or_else is None else ("FILL_IN_EITHER", other(field.or_else))


def _ill_formed(
    field: Field, position: int | None, types: Mapping[str, RecordType], language: str
) -> tuple[str, dict[str, str]]:
    """What to write instead of a value that does not fit its field."""
    if field.many and position is None:
        return "COUNT", {"low": str(field.minimum or 0), "high": str(field.maximum or ARRAY_MAX)}
    if field.type in types:
        parts = [worded(part.labels, language) for part in types[field.type].fields if part.required]
        return "FILL_IN_PARTS", {"values": ", ".join(parts)}
    low = 0 if field.many else field.minimum or 0
    match field.type:
        case "date":
            return "WRITE_DATE", {}
        case "datetime":
            return "WRITE_TIME", {}
        case "bool":
            return ("SAY_YES_OR_NO" if field.must_be is None else "CONFIRM"), {}
        case "int":
            return "WRITE_NUMBER", {"low": str(low), "high": str(_highest(field, INT_MAX))}
        case "enum":
            labels = (worded(field.value_labels.get(value, {}), language) for value in field.values)
            pairs = zip(field.values, labels, strict=True)
            return "CHOOSE", {"values": ", ".join(f"{value} ({label})" for value, label in pairs)}
        case kind if kind in _EXAMPLES:
            return "WRITE_CODE", {"example": _EXAMPLES[kind]}
        case "longtext":
            return "WRITE_TEXT", {"low": str(max(low, 1)), "high": str(_highest(field, LONGTEXT_MAX))}
        case _:
            return "WRITE_TEXT", {"low": str(max(low, 1)), "high": str(_highest(field, TEXT_MAX))}


def _highest(field: Field, limit: int) -> int:
    return limit if field.many or field.maximum is None else field.maximum
