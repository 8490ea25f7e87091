"""Reading what a person wrote about duty: TOML, strict, with the nearest name where one is misspelt.

What it knows: keys and types. What it must never know: rosters and policies.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

TEXT_MAX = 64_000


class DutyFault(ValueError):
    """It cannot be taken as it is written. `code` is stable, `detail` says where and what to write instead.

    Codes: DUTY_SYNTAX, DUTY_KEY_UNKNOWN, DUTY_KEY_MISSING, DUTY_VALUE, DUTY_PERSON_UNKNOWN, DUTY_ZONE_UNKNOWN.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def table(text: str) -> dict[str, Any]:
    """The whole of a text."""
    if len(text) > TEXT_MAX:
        raise DutyFault("DUTY_SYNTAX", f"longer than {TEXT_MAX} characters")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DutyFault("DUTY_SYNTAX", str(error)) from error


def known(found: Mapping[str, Any], keys: Iterable[str], where: str = "") -> None:
    """No key too many."""
    names = sorted(keys)
    for key in found:
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(names)}"
            raise DutyFault("DUTY_KEY_UNKNOWN", f"{where}{key}{hint}")


def taken(found: Mapping[str, Any], key: str, kind: type, where: str, default: Any = None) -> Any:  # noqa: ANN401 - checked by type here
    """The value of a key; without a default it must be there."""
    value = found.get(key, default)
    if value is None:
        raise DutyFault("DUTY_KEY_MISSING", f"{where}{key}")
    if type(value) is not kind:
        raise DutyFault("DUTY_VALUE", f"{where}{key} must be a {kind.__name__}")
    return value


def number(found: Mapping[str, Any], key: str, where: str, default: int, *, highest: int) -> int:
    """A whole number from 1."""
    value = taken(found, key, int, where, default)
    if not 1 <= value <= highest:
        raise DutyFault("DUTY_VALUE", f"{where}{key} must be from 1 to {highest}")
    return int(value)


def texts(found: Mapping[str, Any], key: str, where: str, default: Any = None) -> tuple[str, ...]:  # noqa: ANN401 - as above
    """A list of texts, not an empty one."""
    value = taken(found, key, list, where, default)
    if not value or not all(isinstance(item, str) for item in value):
        raise DutyFault("DUTY_VALUE", f"{where}{key} must be a list of texts")
    return tuple(value)


def tables(found: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """A list of tables, perhaps an empty one."""
    value = taken(found, key, list, "", [])
    if not all(isinstance(item, dict) for item in value):
        raise DutyFault("DUTY_VALUE", f"write [[{key}]]")
    return list(value)


def person(name: str, people: Mapping[str, bytes], where: str) -> bytes:
    """The pseudonym of a person of the office."""
    if name not in people:
        near = difflib.get_close_matches(name, people, n=1)
        raise DutyFault("DUTY_PERSON_UNKNOWN", f"{where}{name}{f'; did you mean {near[0]}?' if near else ''}")
    return people[name]
