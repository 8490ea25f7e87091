"""From the words beside a box to the field that they mean, in any of the seven languages.

What it knows: the labels of the law, paths, and the numbers of the T-CY forms. What it must never do: choose between two
fields that a label could mean; it names both.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, TypeAlias

from longbien.interop.tcy import BY_NUMBER
from longbien.law import Field, Labels, RecordType, Rules

# A field, and its position from 0 where it is one entry of an array.
Segment: TypeAlias = tuple[str, int | None]
Path: TypeAlias = tuple[Segment, ...]

_PATH: Final = re.compile(r"[a-z][a-z0-9_]*(\[[0-9]{1,3}\])?(\.[a-z][a-z0-9_]*(\[[0-9]{1,3}\])?)*")
_PART: Final = re.compile(r"([a-z][a-z0-9_]*)(?:\[([0-9]+)\])?")
_BETWEEN: Final = re.compile(r"\s+[/>\u203a]\s+")
_NUMBERED: Final = re.compile(
    r"\s*(?:№|no\.?|n°|số)?\s*([0-9]{1,2})\s*[.):\uff1a]?\s+(?=\S)|\s*([0-9]{1,2})[.)]\s*", re.IGNORECASE
)
_COUNTED: Final = re.compile(r"(.*\S)\s+#?([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a label means: one path, or several that it could mean, or none. `how` is path, label or number."""

    paths: tuple[Path, ...]
    how: str = ""


def plain(label: str) -> str:
    """A label without what forms put around it: case, width, spaces, colon, star."""
    folded = unicodedata.normalize("NFKC", label).casefold()
    return " ".join(folded.split()).strip(" :*_.\u2026")


def written(path: Path) -> str:
    """A path as everything else in Longbien writes it: `items[0].period.from`."""
    return ".".join(name if place is None else f"{name}[{place}]" for name, place in path)


class Index:
    """The labels of one act."""

    def __init__(self, rules: Rules, act: str) -> None:
        self._types = rules.types
        self._top = _level(rules.acts[act].fields)
        self._records = {name: _level(record.fields) for name, record in rules.types.items()}
        self._fields = {field.name: field for field in rules.acts[act].fields}

    def field(self, path: Path) -> Field:
        """The field at the end of a path; its position says whether one entry or the whole is meant."""
        fields = self._fields
        found = fields[path[0][0]]
        for name, _ in path[1:]:
            fields = {item.name: item for item in self._types[found.type].fields}
            found = fields[name]
        return found

    def record(self, path: Path) -> RecordType | None:
        """The record that the field at the end of a path holds, if it holds one."""
        return self._types.get(self.field(path).type)

    def meant(self, label: str, within: Path = ()) -> Meant:
        """What a label means, at the top of the form and below the heading (`within`) under which it stands."""
        number, bare = _without_number(label)
        if _PATH.fullmatch(label.strip()):
            path = self._by_path(label.strip())
            if path:
                return Meant((path,), "path")
        for words in dict.fromkeys((label, bare)):
            segments = [plain(part) for part in _BETWEEN.split(words)]
            ways = [self._inside(segments, within[:depth]) for depth in range(len(within), 0, -1)]
            found = tuple(dict.fromkeys(path for way in (*ways, self._walk(segments)) for path in way))
            found = found or self._alone(segments)
            if found:
                return Meant(found, "label")
        takes = BY_NUMBER.get(number)
        path = self._by_path(takes) if takes else ()
        return Meant((path,), "number") if path else Meant(())

    def nearest(self, label: str) -> str:
        """The label that looks most like an unknown one, "" where none does."""
        every = [*self._top, *(text for level in self._records.values() for text in level)]
        found = get_close_matches(plain(_without_number(label)[1]), every, n=1)
        return found[0] if found else ""

    def _inside(self, segments: Sequence[str], within: Path) -> tuple[Path, ...]:
        record = self.record(within) if within else None
        if record is None:
            return ()
        return tuple((*within, *rest) for rest in self._steps(segments, self._records[record.name]))

    def _walk(self, segments: Sequence[str]) -> tuple[Path, ...]:
        return tuple(self._steps(segments, self._top))

    def _alone(self, segments: Sequence[str]) -> tuple[Path, ...]:
        """A part of a record by its own label, when no other record of the form has the same."""
        if len(segments) != 1:
            return ()
        found = []
        for field in self._fields.values():
            if field.type in self._records:
                first: Segment = (field.name, 0 if field.many else None)
                found += [(first, *rest) for rest in self._steps(segments, self._records[field.type])]
        return tuple(found)

    def _steps(self, segments: Sequence[str], level: Mapping[str, tuple[Field, ...]]) -> Iterator[Path]:
        """Every path that the segments can mean from this level on."""
        head, *rest = segments
        for field, place in _matches(head, level):
            step: Segment = (field.name, place)
            if not rest:
                yield (step,)
            elif field.type in self._records:
                first: Segment = (field.name, 0) if field.many and place is None else step
                for tail in self._steps(rest, self._records[field.type]):
                    yield (first, *tail)

    def _by_path(self, text: str) -> Path:
        """The path as it is written, or an empty one when there is no such field."""
        path: list[Segment] = []
        fields = self._fields
        for part in text.split("."):
            match = _PART.fullmatch(part)
            field = fields.get(match[1]) if match is not None else None
            if match is None or field is None or (match[2] is not None and not field.many):
                return ()
            path.append((field.name, None if match[2] is None else int(match[2])))
            record = self._types.get(field.type)
            fields = {} if record is None else {item.name: item for item in record.fields}
        return tuple(
            (name, 0) if place is None and self._holds_many(path, depth) else (name, place)
            for depth, (name, place) in enumerate(path)
        )

    def _holds_many(self, path: Sequence[Segment], depth: int) -> bool:
        """Whether a segment in the middle of a path names an array of records without saying which entry."""
        return depth < len(path) - 1 and self.field(tuple(path[: depth + 1])).many


def _level(fields: Sequence[Field]) -> Mapping[str, tuple[Field, ...]]:
    found: dict[str, tuple[Field, ...]] = {}
    for field in fields:
        for text in {plain(field.name), *map(plain, _texts(field.labels))}:
            found[text] = (*found.get(text, ()), field)
    return found


def _texts(labels: Labels) -> tuple[str, ...]:
    return tuple(labels.values())


def _matches(head: str, level: Mapping[str, tuple[Field, ...]]) -> Iterator[tuple[Field, int | None]]:
    if head in level:
        for field in level[head]:
            yield field, None
        return
    counted = _COUNTED.fullmatch(head)
    for field in level.get(counted[1], ()) if counted is not None else ():
        if field.many and counted is not None and int(counted[2]) > 0:
            yield field, int(counted[2]) - 1


def _without_number(label: str) -> tuple[str, str]:
    """The number in front of a label, "" where there is none, and the label without it."""
    found = _NUMBERED.match(label)
    if found is None:
        return "", label
    return (found[1] or found[2]).lstrip("0"), label[found.end() :]
