"""Reading a TOML table strictly: every key is asked for once, and what nobody asked for is a finding.

Knows kinds of TOML values and how to name a misspelt key. It must never know what the keys mean. Findings are
collected rather than raised, so that the author of a procedure sees all of them at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, TypeAlias, TypeGuard

from longbien.law.instants import day
from longbien.law.rules import Labels
from longbien.wire.cbor import Value

# English is written first; the other six are foreseen: the six UN languages and Vietnamese.
LANGUAGES: Final = ("en", "ar", "zh", "fr", "ru", "es", "vi")

INT_LIMIT: Final = 1 << 53

Words: TypeAlias = Mapping[str, Mapping[str, str]]
"""English texts, each with its translations by language."""

NO_WORDS: Final[Words] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the law's data: a stable code, the place, and what to look at."""

    code: str
    where: str
    detail: str = ""


def is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether `value` is a TOML table."""
    return isinstance(value, Mapping)


class Table:
    """One TOML table under a reader. Every getter answers its default and notes a finding when the kind is
    wrong.
    """

    def __init__(
        self,
        raw: Mapping[str, object],
        where: str,
        findings: list[Finding],
        words: Words = NO_WORDS,
    ) -> None:
        """Take the table, the place that findings will name, the list that they go to, and the translations."""
        self._raw = raw
        self._asked: set[str] = set()
        self._words = words
        self.where = where
        self.findings = findings

    def note(self, code: str, detail: str = "") -> None:
        """A finding at this place."""
        self.findings.append(Finding(code, self.where, detail))

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without default it is required."""
        value = self._take(key, required=default is None)
        if isinstance(value, str):
            return value
        if value is not None:
            self.note("KEY_KIND", f"{key} is not a text")
        return default or ""

    def name(self, key: str) -> str | None:
        """A text that may be absent."""
        return self.text(key, "") or None

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number; without default it is required."""
        value = self._take(key, required=default is None)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < INT_LIMIT:
            return value
        if value is not None:
            self.note("KEY_KIND", f"{key} is not a whole number")
        return default or 0

    def count(self, key: str) -> int | None:
        """A whole number that may be absent."""
        value = self.number(key, 0)
        return value if key in self._raw else None

    def flag(self, key: str, default: bool | None = None) -> bool:
        """A truth value; without default it is required."""
        value = self._take(key, required=default is None)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.note("KEY_KIND", f"{key} is not true or false")
        return bool(default)

    def mark(self, key: str) -> bool | None:
        """A truth value that may be absent."""
        value = self.flag(key, default=False)
        return value if key in self._raw else None

    def words(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """An array of texts."""
        value = self._take(key, required=required)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        if value is not None:
            self.note("KEY_KIND", f"{key} is not an array of texts")
        return ()

    def numbers(self, key: str) -> tuple[int, ...]:
        """An array of whole numbers."""
        value = self._take(key, required=False)
        if isinstance(value, list) and all(isinstance(item, int) for item in value):
            return tuple(value)
        if value is not None:
            self.note("KEY_KIND", f"{key} is not an array of whole numbers")
        return ()

    def day(self, key: str) -> int | None:
        """A calendar date as a day number; may be absent."""
        value = self._take(key, required=False)
        if isinstance(value, date) and not isinstance(value, datetime):
            return day(value)
        if value is not None:
            self.note("KEY_KIND", f"{key} is not a date")
        return None

    def value(self, key: str) -> Value:
        """A simple value of any kind; may be absent."""
        value = self._take(key, required=False)
        if value is None or isinstance(value, str | int):
            return value
        self.note("KEY_KIND", f"{key} is not a simple value")
        return None

    def scalars(self, key: str) -> tuple[Value, ...]:
        """An array of simple values."""
        value = self._take(key, required=False)
        if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
            return tuple(value)
        self.note("KEY_KIND", f"{key} is not an array of simple values")
        return ()

    def names(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self._raw)

    def labels(self, key: str, *, required: bool = False) -> Labels:
        """Texts by language; where required, English at least. What is not written here comes from the translations."""
        table = self._mapping(key, required=False)
        found: dict[str, str] = {}
        for language, text in table.items():
            if language not in LANGUAGES:
                self.note("LANGUAGE_UNKNOWN", f"{key}.{language}")
            elif isinstance(text, str) and text:
                found[language] = text
            else:
                self.note("KEY_KIND", f"{key}.{language} is not a text")
        if required and "en" not in found:
            self.note("LABEL_MISSING", key)
        return {**self._words.get(found.get("en", ""), {}), **found}

    def labels_by_name(self, key: str, names: tuple[str, ...]) -> Mapping[str, Labels]:
        """A table of labels, exactly one entry for each of `names`."""
        table = self.table(key)
        found = {name: table.labels(name, required=True) for name in names}
        table.done()
        return found

    def table(self, key: str) -> "Table":
        """A sub-table; an absent one is empty."""
        return self._part(self._mapping(key, required=False), key)

    def tables(self, key: str) -> Mapping[str, "Table"]:
        """A table of sub-tables by name; absent is empty."""
        found = {}
        for name, raw in self._mapping(key, required=False).items():
            if is_table(raw):
                found[name] = self._part(raw, f"{key}.{name}")
            else:
                self.note("KEY_KIND", f"{key}.{name} is not a table")
        return found

    def rows(self, key: str) -> tuple["Table", ...]:
        """An array of tables; absent is empty."""
        value = self._take(key, required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(is_table(item) for item in value):
            self.note("KEY_KIND", f"{key} is not an array of tables")
            return ()
        return tuple(self._part(item, f"{key}[{place}]") for place, item in enumerate(value))

    def done(self) -> None:
        """Every key that nobody asked for is a finding that names the nearest known key."""
        for key in self._raw:
            if key not in self._asked:
                near = get_close_matches(key, sorted(self._asked), n=1)
                self.note("KEY_UNKNOWN", f"{key}, nearest: {near[0]}" if near else key)

    def _part(self, raw: Mapping[str, object], name: str) -> "Table":
        return Table(raw, f"{self.where} {name}", self.findings, self._words)

    def _take(self, key: str, *, required: bool) -> object:
        self._asked.add(key)
        if required and key not in self._raw:
            self.note("KEY_MISSING", key)
        return self._raw.get(key)

    def _mapping(self, key: str, *, required: bool) -> Mapping[str, object]:
        value = self._take(key, required=required)
        if is_table(value):
            return value
        if value is not None:
            self.note("KEY_KIND", f"{key} is not a table")
        return {}
