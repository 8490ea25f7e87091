"""From the fields of an act to questions on a page, and from what was typed back to a body. Any procedure, no code for any of them.

What it knows: the kinds of value of the law's fields, records and lists of them, and how each is typed without a script. What it must never
do: judge. Whatever cannot be read is handed on as it was typed, and the law's own check says what is wrong with it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

from longbien.law import Field, Gap, Labels, RecordType, Rules
from longbien.wire.cbor import Value

Typed = Mapping[str, str]
"""What was typed, by the path of the field: `items[0].period.from`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value that can be chosen, and what it is called."""

    value: str
    labels: Labels


Options = Sequence[Option]
Offer = Callable[[str, Field], Options | None]
"""What can be chosen at a path where the law's data leave it open: treaties, offices, reasons; `None` where anything can be typed."""

_INDEX: Final = re.compile(r"\[(\d+)\]")
# In one page; the law's own limits are wider.
ITEMS_MAX: Final = 200
YES, NO = "yes", "no"
# The kinds of which a list is typed with one value in each line.
_LINES: Final = frozenset(
    {
        "text",
        "office_ref",
        "case_ref",
        "lang",
        "state",
        "code",
        "name",
        "date",
        "int",
        "digest",
        "exchange_ref",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One field on a page.

    `kind`: text, longtext, lines, number, date, datetime, bool, must, choice, group (of `parts`) or list (of `items`, each a group).
    `zone` is typed beside a datetime. `when` says on which other answers it depends. `wrong` is what to mend. `aside`:
    most people leave it empty, so the page may fold it away.
    """

    path: str
    kind: str
    labels: Labels
    help: Labels
    required: bool
    typed: str = ""
    zone: str = ""
    options: Options = ()
    when: tuple["Condition", ...] = ()
    limit: int | None = None
    lowest: int | None = None
    wrong: str = ""
    parts: tuple["Question", ...] = ()
    items: tuple["Question", ...] = ()
    more: bool = False
    aside: bool = False
    either: Labels = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The path as an identifier of a page."""
        return anchor(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The answer is needed when the field at `path`, with these labels, has one of these values, or any at all."""

    path: str
    labels: Labels
    values: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What questions are made from: the rules, what was typed, what is wrong with it, what is on offer, what is not asked."""

    rules: Rules
    typed: Typed
    gaps: Sequence[Gap] = ()
    offer: Offer = lambda _path, _field: None
    hidden: frozenset[str] = frozenset()


def anchor(path: str) -> str:
    """The identifier of a field on its page."""
    return "f-" + _INDEX.sub(r"-\1", path).replace(".", "-")


def questions(paper: Paper, act: str) -> tuple[Question, ...]:
    """The questions of an act, in the order of its form."""
    return _of(paper, paper.rules.acts[act].fields, "")


def body(rules: Rules, act: str, typed: Typed) -> dict[str, Value]:
    """The body that was typed; what was left empty is not in it."""
    return _body(rules.acts[act].fields, rules.types, typed, "")


def typed_of(
    fields: Sequence[Field], types: Mapping[str, RecordType], value: Value, path: str = ""
) -> dict[str, str]:
    """A body as it would have been typed: what `body` reads back."""
    found: dict[str, str] = {}
    facts = cast("Mapping[str, Value]", value) if isinstance(value, Mapping) else {}
    for item in fields:
        if item.name in facts:
            found |= _typed(item, types, facts[item.name], path + item.name)
    return found


def _typed(item: Field, types: Mapping[str, RecordType], value: Value, path: str) -> dict[str, str]:
    record = types.get(item.type)
    if item.many and isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        if record is None:
            return {path: "\n".join(map(_plain, value))}
        found: dict[str, str] = {}
        for place, one in enumerate(value):
            found |= typed_of(record.fields, types, one, f"{path}[{place}].")
        return found
    if record is not None:
        return typed_of(record.fields, types, value, f"{path}.")
    if item.type == "datetime" and isinstance(value, str):
        moment, zone = _split_moment(value)
        return {path: moment, f"{path}.zone": zone}
    return {path: _plain(value)}


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return value.hex() if isinstance(value, bytes) else str(value)


def _split_moment(text: str) -> tuple[str, str]:
    zone = re.search(r"(Z|[+-]\d\d:\d\d)$", text)
    return (text[: zone.start()], zone[0]) if zone else (text, "")


def _of(paper: Paper, fields: Sequence[Field], path: str) -> tuple[Question, ...]:
    by_name = {item.name: item for item in fields}
    return tuple(
        _question(paper, item, by_name, path + item.name)
        for item in fields
        if path + item.name not in paper.hidden
    )


def _question(paper: Paper, item: Field, beside: Mapping[str, Field], path: str) -> Question:
    record = paper.rules.types.get(item.type)
    wrong = " ".join(gap.mend for gap in paper.gaps if gap.path == path)
    either = {} if item.or_else is None else beside[item.or_else].labels
    base = Question(
        path=path,
        kind="group",
        labels=item.labels,
        help=item.help,
        required=item.required,
        wrong=wrong,
        when=_when(item, beside, path.removesuffix(item.name)),
        either=either,
        aside=not item.required and not item.needed_when and not _touched(paper, path),
    )
    if record is not None and item.many:
        count = max(_count(paper.typed, path), item.minimum or 0, 1 if item.required else 0)
        items = tuple(
            Question(
                path=f"{path}[{place}]",
                kind="group",
                labels=record.labels,
                help={},
                required=False,
                parts=_of(paper, record.fields, f"{path}[{place}]."),
                wrong=" ".join(gap.mend for gap in paper.gaps if gap.path == f"{path}[{place}]"),
            )
            for place in range(count)
        )
        more = count < min(item.maximum or ITEMS_MAX, ITEMS_MAX)
        return replace(base, kind="list", items=items, more=more)
    if record is not None:
        return replace(base, parts=_of(paper, record.fields, f"{path}."))
    return _simple(paper, item, base, path)


def _touched(paper: Paper, path: str) -> bool:
    """Whether something stands there, or is wrong there."""
    inside = (path, f"{path}.", f"{path}[")
    names = (*(name for name, value in paper.typed.items() if value), *(gap.path for gap in paper.gaps))
    return any(name == path or name.startswith(inside[1:]) for name in names if not name.endswith(".zone"))


def _simple(paper: Paper, item: Field, base: Question, path: str) -> Question:
    typed = paper.typed.get(path, "" if item.default is None else _plain(item.default))
    wrong = base.wrong or " ".join(gap.mend for gap in paper.gaps if gap.path.startswith(f"{path}["))
    options = paper.offer(path, item) or tuple(
        Option(value=value, labels=item.value_labels.get(value, {})) for value in item.values
    )
    kind = "lines" if item.many else _KINDS.get(item.type, "text")
    if options and not item.many:
        kind = "choice"
    if item.must_be is not None:
        kind = "must"
    return replace(
        base,
        kind=kind,
        typed=typed,
        zone=zone_shown(paper.typed.get(f"{path}.zone", "Z")) if kind == "datetime" else "",
        options=options,
        limit=item.maximum,
        lowest=item.minimum,
        wrong=wrong,
    )


_KINDS: Final = {
    "longtext": "longtext",
    "int": "number",
    "date": "date",
    "datetime": "datetime",
    "bool": "bool",
    "enum": "choice",
}


def _when(item: Field, beside: Mapping[str, Field], path: str) -> tuple[Condition, ...]:
    found = [
        Condition(
            path=path + name,
            labels=beside[name].labels,
            values=tuple(_option(beside[name], value) for value in values),
        )
        for name, values in item.needed_when
    ]
    if item.needed_with is not None:
        found.append(
            Condition(path=path + item.needed_with, labels=beside[item.needed_with].labels, values=())
        )
    return tuple(found)


def _option(item: Field, value: Value) -> Option:
    plain = _plain(value)
    return Option(value=plain, labels=item.value_labels.get(plain, {}))


def _count(typed: Typed, path: str) -> int:
    """How many items of a list the page had, whatever is in them."""
    start = f"{path}["
    places = [
        int(found[1])
        for name in typed
        if name.startswith(start) and (found := _INDEX.match(name, len(path))) is not None
    ]
    return min(max(places, default=-1) + 1, ITEMS_MAX)


def _body(
    fields: Sequence[Field], types: Mapping[str, RecordType], typed: Typed, path: str
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for item in fields:
        value = _value(item, types, typed, path + item.name)
        if value is not None:
            found[item.name] = value
    return found


def _value(item: Field, types: Mapping[str, RecordType], typed: Typed, path: str) -> Value:
    record = types.get(item.type)
    if record is not None and item.many:
        items = [
            _body(record.fields, types, typed, f"{path}[{place}].") for place in range(_count(typed, path))
        ]
        kept: list[Value] = [one for one in items if one]
        return kept or None
    if record is not None:
        return _body(record.fields, types, typed, f"{path}.") or None
    written = typed.get(path, "").strip()
    if not written:
        return None
    if item.many:
        return [_read(item.type, line.strip()) for line in written.splitlines() if line.strip()]
    if item.type == "datetime":
        return _moment(written, typed.get(f"{path}.zone", ""))
    return _read(item.type, written.replace("\r\n", "\n"))


def _read(kind: str, written: str) -> Value:
    """The value, or what was typed where it is none of this kind."""
    if kind == "bool":
        return {YES: True, NO: False}.get(written, written)
    if kind == "int":
        return int(written) if re.fullmatch(r"[0-9]{1,16}", written) else written
    if kind in {"digest", "exchange_ref"}:
        plain = written.replace(" ", "")
        return bytes.fromhex(plain) if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", plain) else written
    return written


def _moment(written: str, zone: str) -> str:
    """A browser leaves out seconds that are nought; a zone that is missing stays missing, and the law says so."""
    seconds = ":00" if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", written) else ""
    return f"{written}{seconds}{'' if _split_moment(written)[1] else _zone(zone.strip())}"


def zone_shown(zone: str) -> str:
    """An offset as people read it: `UTC`, `UTC+07:00`."""
    return "UTC" if zone == "Z" else f"UTC{zone}" if zone[:1] in {"+", "-"} else zone


def _zone(typed: str) -> str:
    plain = typed.upper().removeprefix("UTC").removeprefix("GMT")
    return "Z" if typed and not plain else plain
