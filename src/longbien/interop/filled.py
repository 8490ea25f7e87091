"""A filled form as a draft body, with an account of every line of it.

What it knows: pairs of label and value, in their order. What it must never do: drop a line or fill in what nobody wrote. Every
pair ends in one of two lists, understood or not; what the law still misses stands in a third.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from longbien.interop.labels import Index, Path, Segment, written
from longbien.interop.typed import NotRead, read, read_all
from longbien.law import Gap, Rules, gaps
from longbien.wire.cbor import Value

VALUE_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A label and what stands beside it; `where` says in the words of the file where that is.

    `second` holds what else stands in the row, such as the label in another language. `doubts` are lines inside the value that
    look like labels that nobody knows.
    """

    label: str
    value: str
    where: str
    second: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A line that became a field. `how`: path, label, number. `value` is what was written, not what was read."""

    field: str
    where: str
    label: str
    value: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood:
    """A line that became nothing, and why.

    Codes: LABEL_UNKNOWN (`detail`: the nearest label), LABEL_AMBIGUOUS (the fields that it could mean), VALUE_INVALID,
    CHOICE_UNKNOWN, NEEDS_PARTS (the record has fields of its own), WRITTEN_TWICE, ENTRY_SKIPPED (an entry before it is
    missing), TEXT_UNCLAIMED (text beside no label, or one cell too many), READ_AS_TEXT (a line like a label, inside a longer
    text that holds it), FIELD_UNKNOWN, PART_NOT_READ (an attachment or a part of a mail).
    """

    code: str
    where: str
    label: str
    value: str
    detail: str = ""


@dataclass(slots=True, kw_only=True)
class Filled:
    """The draft body and the account. The body is a draft: every value in it is to be looked at by a person."""

    body: dict[str, Any] = field(default_factory=dict)
    understood: list[Understood] = field(default_factory=list)
    not_understood: list[NotUnderstood] = field(default_factory=list)

    def missing(self, rules: Rules, act: str, language: str) -> tuple[Gap, ...]:
        """What the law still misses in the body."""
        return gaps(rules, act, self.body, language)


def from_pairs(rules: Rules, act: str, pairs: Iterable[Pair], found: Filled | None = None) -> Filled:
    """The draft that the pairs make, in their order; `found` takes what came before them in the same file."""
    reader = _Reader(rules, Index(rules, act), Filled() if found is None else found)
    for pair in pairs:
        reader.take(pair)
    return reader.found


def from_body(
    rules: Rules, act: str, body: Mapping[str, Value], where: str, found: Filled | None = None
) -> Filled:
    """The draft that a body in our own JSON makes; fields that the act does not have are left out and named."""
    result = Filled() if found is None else found
    known = {field.name for field in rules.acts[act].fields}
    for name, value in body.items():
        shown = str(value)[:VALUE_SHOWN]
        if name in result.body:
            result.not_understood.append(
                NotUnderstood(code="WRITTEN_TWICE", where=where, label=name, value=shown)
            )
        elif name in known:
            result.body[name] = value
            result.understood.append(Understood(field=name, where=where, label=name, value=shown, how="path"))
        else:
            result.not_understood.append(
                NotUnderstood(code="FIELD_UNKNOWN", where=where, label=name, value=shown)
            )
    return result


class _Reader:
    def __init__(self, rules: Rules, index: Index, found: Filled) -> None:
        self.found = found
        self._rules = rules
        self._index = index
        self._within: Path = ()

    def take(self, pair: Pair) -> None:
        """One pair, into one of the lists; a heading only says where the next lines belong."""
        meant = self._index.meant(pair.label, self._within)
        if len(meant.paths) != 1:
            self._refuse(pair, meant.paths)
            return
        path = meant.paths[0]
        self._beside(pair, path)
        if not pair.value.strip():
            self._head(path)
            return
        while path[: len(self._within)] != self._within:
            self._within = self._within[:-1]
        code = self._write(path, pair.value)
        if code:
            self._note(pair, code, written(path))
            return
        for doubt in pair.doubts:
            self._note(replace(pair, label=doubt, value=""), "READ_AS_TEXT", written(path))
        self.found.understood.append(
            Understood(
                field=written(path),
                where=pair.where,
                label=pair.label,
                value=pair.value[:VALUE_SHOWN],
                how=meant.how,
            )
        )

    def _beside(self, pair: Pair, path: Path) -> None:
        """What else stands in the row: the same label in another language, or something that is named."""
        for cell in filter(str.strip, pair.second):
            if path not in self._index.meant(cell, self._within).paths:
                self._note(replace(pair, value=cell), "TEXT_UNCLAIMED", written(path))

    def _refuse(self, pair: Pair, paths: tuple[Path, ...]) -> None:
        whole = replace(pair, value=" | ".join(filter(str.strip, (pair.value, *pair.second))))
        if not whole.value:
            return
        if not pair.label.strip():
            self._note(whole, "TEXT_UNCLAIMED", "")
        elif paths:
            self._note(whole, "LABEL_AMBIGUOUS", ", ".join(map(written, paths)))
        else:
            self._note(whole, "LABEL_UNKNOWN", self._index.nearest(pair.label))

    def _note(self, pair: Pair, code: str, detail: str) -> None:
        self.found.not_understood.append(
            NotUnderstood(
                code=code, where=pair.where, label=pair.label, value=pair.value[:VALUE_SHOWN], detail=detail
            )
        )

    def _head(self, path: Path) -> None:
        """An empty box: the heading of a record, or a field that nobody filled."""
        if self._index.record(path) is None:
            return
        name, place = path[-1]
        if self._index.field(path).many and place is None:
            held = self._holder(path[:-1], make=False)
            place = len(held.get(name, [])) if isinstance(held, dict) else 0
        self._within = (*path[:-1], (name, place))

    def _write(self, path: Path, text: str) -> str:
        """The value has its place in the body, or a code says why not."""
        field = self._index.field(path)
        name, place = path[-1]
        value = read(self._rules, field, text) if place is not None else read_all(self._rules, field, text)
        if isinstance(value, NotRead):
            return value.code
        holder = self._holder(path[:-1], make=True)
        if holder is None:
            return "ENTRY_SKIPPED"
        if place is None:
            if name in holder:
                return "WRITTEN_TWICE"
            holder[name] = value
            return ""
        entries = holder.setdefault(name, [])
        if place < len(entries):
            return "WRITTEN_TWICE"
        if place > len(entries):
            return "ENTRY_SKIPPED"
        entries.append(value)
        return ""

    def _holder(self, path: Path, *, make: bool) -> dict[str, Any] | None:
        """The map into which the last segment is written; None when an entry before it is missing."""
        here: dict[str, Any] | None = self.found.body
        for segment in path:
            here = None if here is None else _entered(here, segment, make=make)
        return here


def _entered(here: dict[str, Any], segment: Segment, *, make: bool) -> dict[str, Any] | None:
    name, place = segment
    if place is None:
        inner = here.setdefault(name, {}) if make else here.get(name, {})
        return inner if isinstance(inner, dict) else None
    entries = here.setdefault(name, []) if make else here.get(name, [])
    if not isinstance(entries, list) or place > len(entries):
        return None
    if place == len(entries):
        if not make:
            return {}
        entries.append({})
    entry = entries[place]
    return entry if isinstance(entry, dict) else None
