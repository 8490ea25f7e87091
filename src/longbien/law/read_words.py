"""From TOML to the words of the law: fields, records, offences, reasons.

Knows which keys each of these tables may have. It must never judge whether they fit together: that is `lint`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from longbien.law.rules import Field, Offence, Reason, RecordType
from longbien.law.tables import LANGUAGES, Table, Words
from longbien.wire.cbor import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Records, groups of fields that acts include, and offence codes; shared by many procedures."""

    id: str
    version: int
    types: Mapping[str, RecordType]
    groups: Mapping[str, tuple[Field, ...]]
    offences: Mapping[str, Offence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The texts of the data in one language, by the English text."""

    language: str
    words: Mapping[str, str]


def fields(table: Table) -> tuple[Field, ...]:
    """The array `fields` of a table."""
    found = tuple(_field(row) for row in table.rows("fields"))
    names = [field.name for field in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        table.note("FIELD_TWICE", name)
    return found


def _field(row: Table) -> Field:
    written = row.text("type")
    values = row.words("values")
    field = Field(
        name=row.text("name"),
        type=written.removesuffix("[]"),
        many=written.endswith("[]"),
        required=row.flag("required"),
        minimum=row.count("min"),
        maximum=row.count("max"),
        values=values,
        must_be=row.mark("must_be"),
        default=row.value("default"),
        or_else=row.name("or_else"),
        needed_with=row.name("needed_with"),
        needed_when=_needed_when(row.table("needed_when")),
        labels=row.labels("labels", required=True),
        help=row.labels("help"),
        value_labels=row.labels_by_name("value_labels", values),
    )
    row.done()
    return field


def _needed_when(table: Table) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    return tuple((name, table.scalars(name)) for name in table.names())


def record_type(name: str, table: Table) -> RecordType:
    """One `[types.<name>]`."""
    found = RecordType(
        name=name,
        fields=fields(table),
        check=table.name("check"),
        labels=table.labels("labels", required=True),
    )
    table.done()
    return found


def translation(table: Table) -> Translation:
    """One file of `words/`: the English texts of the data in one other language."""
    language = table.text("language")
    if language not in LANGUAGES[1:]:
        table.note("LANGUAGE_UNKNOWN", language)
    words = table.table("words")
    found = Translation(language=language, words={name: words.text(name) for name in words.names()})
    words.done()
    table.done()
    return found


def translations(files: Mapping[str, Translation]) -> Words:
    """The translations of every English text."""
    found: dict[str, dict[str, str]] = {}
    for file in files.values():
        for english, text in file.words.items():
            found.setdefault(english, {})[file.language] = text
    return found


def vocabulary(table: Table) -> Vocabulary:
    """One file of `vocabulary/`."""
    groups = {}
    for name, group in table.tables("groups").items():
        groups[name] = fields(group)
        group.done()
    found = Vocabulary(
        id=table.text("id"),
        version=table.number("version"),
        types={name: record_type(name, part) for name, part in table.tables("types").items()},
        groups=groups,
        offences={code: _offence(code, part) for code, part in table.tables("offences").items()},
    )
    table.done()
    return found


def _offence(code: str, table: Table) -> Offence:
    found = Offence(
        code=code,
        core=table.flag("core", default=False),
        serious=table.flag("serious", default=False),
        article=table.text("article"),
        article_checked=table.mark("article_checked"),
        labels=table.labels("labels", required=True),
    )
    table.done()
    return found


def reasons(table: Table) -> Mapping[str, Reason]:
    """The file `reasons.toml`."""
    found = {code: _reason(code, part) for code, part in table.tables("reasons").items()}
    table.done()
    return found


def _reason(code: str, table: Table) -> Reason:
    subcodes = table.words("subcodes")
    found = Reason(
        code=code,
        uses=table.words("uses", required=True),
        consult=table.text("consult"),
        cites_law=table.flag("cites_law", default=True),
        subcodes=subcodes,
        article=table.text("article", ""),
        article_checked=table.mark("article_checked"),
        labels=table.labels("labels", required=True),
        help=table.labels("help"),
        subcode_labels=table.labels_by_name("subcode_labels", subcodes),
    )
    table.done()
    return found
