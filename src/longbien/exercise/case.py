"""A case as officers would write it: a TOML file, read strictly, turned into the bodies of acts.

What it knows: the words of a case file and the fields of the procedures. What it must never know: nodes. A time without a
zone is refused, because every mistake about logs begins with one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from longbien.law import read_instant

DAY = 86_400_000

Body = dict[str, Any]


class CaseFault(Exception):
    """The file is not a case. Codes: CASE_SYNTAX, CASE_MISSING, TIME_WITHOUT_ZONE."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter between two States; the tables are those of the file. `shared` are files that go with the request, by name."""

    title: str
    exercise: bool
    investigation: Mapping[str, Any]
    preservation: Mapping[str, Any]
    answer: Mapping[str, Any]
    shared: tuple[str, ...] = ()

    @property
    def handed_over(self) -> tuple[str, ...]:
        """The files that go with the answer, by name."""
        return tuple(self.answer.get("evidence", ()))

    @property
    def requesting(self) -> str:
        """The State that asks."""
        return str(self.investigation["state"])

    @property
    def requested(self) -> str:
        """The State that is asked."""
        return str(self.preservation["to_state"])


def read_case(text: str) -> Case:
    """The case in a TOML text; raises `CaseFault`."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CaseFault("CASE_SYNTAX", str(error)) from error
    for table, names in _NEEDED.items():
        for name in names:
            if name not in found.get(table, {}):
                raise CaseFault("CASE_MISSING", f"{table}.{name}")
    _check_times(found, "case")
    return Case(
        title=str(found.get("title", "")),
        exercise=bool(found.get("exercise", True)),
        investigation=found["investigation"],
        preservation=found["preservation"],
        answer=found["answer"],
        shared=tuple(found.get("shared_with_request", {}).get("evidence", ())),
    )


_NEEDED = {
    "investigation": ("state", "reference", "proceeding", "authority", "offences", "facts"),
    "preservation": (
        "to_state",
        "legal_basis",
        "urgency",
        "accounts",
        "items",
        "custodian",
        "link_to_offence",
        "necessity",
        "volatility",
    ),
    "answer": ("state", "days", "conditions"),
}
_TIMES = frozenset({"observed_at", "from", "to"})


def _check_times(value: Any, where: str) -> None:  # noqa: ANN401 - a TOML value
    """Every time in the file is text with a zone."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in _TIMES and (not isinstance(item, str) or not isinstance(read_instant(item), int)):
                raise CaseFault("TIME_WITHOUT_ZONE", f"{where}.{name}")
            _check_times(item, f"{where}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check_times(item, f"{where}[{number}]")
