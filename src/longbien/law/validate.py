"""The typed check of a body against the fields of its act.

Knows how fields, records and arrays nest. It must never know which procedure it serves. Every problem comes
back, not the first one alone, because an officer corrects a form once and a request that returns costs weeks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, cast

from longbien.law.checks import CHECKS
from longbien.law.kinds import ARRAY_MAX, INVALID, KINDS
from longbien.law.rules import Field, RecordType
from longbien.law.situation import Facts, Refusal
from longbien.wire.cbor import Value

# The code of a refusal is the first of these that occurs; a form shows all problems.
ORDER: Final = (
    "FIELD_UNKNOWN",
    "FIELDS_MISSING",
    "TIME_WITHOUT_ZONE",
    "FIELD_INVALID",
    "SERIOUS_CRIME_THRESHOLD",
)
SHOWN_MAX: Final = 20

Types = Mapping[str, RecordType]


@dataclass(frozen=True, slots=True)
class Problem:
    """A code and the path of the field that it is about, such as `items[0].period.from`."""

    code: str
    path: str


def problems(fields: Sequence[Field], body: Value, types: Types) -> tuple[Problem, ...]:
    """Everything that is missing, unknown or wrong in `body`, in the order of `fields`. Never raises."""
    if not isinstance(body, (dict, Mapping)):
        return (Problem(INVALID, "body"),)
    values = cast("Facts", body)
    found: list[Problem] = []
    present = 0
    for field in fields:
        if field.name not in values:
            if _needed(field, values):
                found.append(Problem("FIELDS_MISSING", field.name))
            continue
        present += 1
        value = values[field.name]
        inside = _of_array(field, value, types) if field.many else _of_value(field, value, types)
        if inside:
            found += _under(field.name, inside)
    if present == len(body):
        return tuple(found)
    known = {field.name: field for field in fields}
    unknown = [Problem("FIELD_UNKNOWN", _unknown(key, known)) for key in body if key not in known]
    return (*unknown, *found)


def refusal(found: Sequence[Problem]) -> Refusal | None:
    """The problems as one refusal: the gravest code, and the paths of the fields that it concerns."""
    if not found:
        return None
    for code in ORDER:
        paths = [problem.path for problem in found if problem.code == code]
        if paths:
            more = [f"+{len(paths) - SHOWN_MAX}"] if len(paths) > SHOWN_MAX else []
            return Refusal(code=code, detail=" ".join(paths[:SHOWN_MAX] + more))
    return None


def _unknown(key: object, known: Mapping[str, Field]) -> str:
    """The nearest name that we know; the unknown key itself may hold anything, so it is not repeated."""
    near = get_close_matches(key, known, n=1) if isinstance(key, str) and len(key) < 64 else []
    return f"?{near[0]}" if near else "?"


def _needed(field: Field, values: Facts) -> bool:
    if field.needed_with is not None and field.needed_with in values:
        return True
    for name, wanted in field.needed_when:
        if name in values and values[name] in wanted:
            return True
    return field.required and (field.or_else is None or field.or_else not in values)


def _of_array(field: Field, value: Value, types: Types) -> Sequence[Problem]:
    if not isinstance(value, (list, Sequence)) or isinstance(value, (str, bytes)):
        return (Problem(INVALID, ""),)
    if not (field.minimum or 0) <= len(value) <= (field.maximum or ARRAY_MAX):
        return (Problem(INVALID, ""),)
    found: list[Problem] = []
    for position, item in enumerate(value):
        inside = _of_value(field, item, types)
        if inside:
            found += _under(f"[{position}]", inside)
    return found


def _of_value(field: Field, value: Value, types: Types) -> tuple[Problem, ...]:
    """The problems of one value, whose own path is empty."""
    record = types.get(field.type)
    if record is None:
        code = KINDS[field.type](value, field)
        return () if code is None else (Problem(code, ""),)
    if not isinstance(value, (dict, Mapping)):
        return (Problem(INVALID, ""),)
    found = problems(record.fields, value, types)
    if found or record.check is None:
        return found
    # It is a map that holds known names only, or there would be problems.
    wrong = CHECKS[record.check](cast("Facts", value))
    return () if wrong is None else (Problem(*wrong),)


def _under(outer: str, inside: Sequence[Problem]) -> Iterator[Problem]:
    """The same problems, one step further out; so a path is written only where something is wrong."""
    for problem in inside:
        inner = problem.path
        joined = outer + inner if not inner or inner.startswith("[") else f"{outer}.{inner}"
        yield Problem(problem.code, joined)
