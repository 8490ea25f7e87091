"""Who can be a party or an addressee: States and organisations, with their names in seven languages.

Knows codes and names. It must never say anything else about a State: what a State has signed or declared is in the
instruments, where it is reached is in its descriptor.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from longbien.law import facts
from longbien.law.facts import entries
from longbien.law.rules import Field, Labels, RecordType
from longbien.law.situation import Facts
from longbien.law.tables import LANGUAGES, Table
from longbien.law.validate import Problem

STATE: Final = "state"
ORGANISATION: Final = "organisation"

# Two letters are ISO 3166-1 alpha-2; an organisation has three characters or more, so no code means two things.
FORMS: Final = {STATE: re.compile(r"[A-Z]{2}"), ORGANISATION: re.compile(r"[A-Z][A-Z0-9-]{2,15}")}
TABLES: Final = {STATE: "states", ORGANISATION: "organisations"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A State or an organisation. `names` holds one name in each of the seven languages."""

    code: str
    kind: str
    names: Labels


def read_parties(tables: Sequence[Table]) -> Mapping[str, Party]:
    """Every file of `parties/`, by code in the order of the codes.

    Findings: PARTY_CODE (a code of the wrong form), PARTY_ORDER (a table is not in the order of its codes),
    PARTY_TWICE, NAME_MISSING.
    """
    found: dict[str, Party] = {}
    for table in tables:
        for kind, name in TABLES.items():
            part = table.table(name)
            if list(part.names()) != sorted(part.names()):
                part.note("PARTY_ORDER")
            for party in _of_kind(part, kind):
                if party.code in found:
                    part.note("PARTY_TWICE", party.code)
                found[party.code] = party
        table.done()
    return dict(sorted(found.items()))


def _of_kind(table: Table, kind: str) -> Iterator[Party]:
    for code in table.names():
        names = table.labels(code)
        if not FORMS[kind].fullmatch(code):
            table.note("PARTY_CODE", code)
        for language in LANGUAGES:
            if language not in names:
                table.note("NAME_MISSING", f"{code}.{language}")
        yield Party(code=code, kind=kind, names=names)


def nearest(parties: Mapping[str, Party], text: str) -> tuple[str, ...]:
    """Codes of the parties whose code or name is nearest to what was written; nothing when nothing is near."""
    by_name = {name.casefold(): party.code for party in parties.values() for name in party.names.values()}
    by_name.update((code.casefold(), code) for code in parties)
    near = get_close_matches(text.casefold(), by_name, n=3, cutoff=0.7)
    return tuple(dict.fromkeys(by_name[name] for name in near))


def unknown_parties(
    parties: Mapping[str, Party], fields: Sequence[Field], body: Facts, types: Mapping[str, RecordType]
) -> tuple[Problem, ...]:
    """Every field of the kind `state` whose value is no code that we know: PARTY_UNKNOWN and its path.

    Asked where an act is drafted and nowhere else: the table of parties grows, and two nodes may hold it in
    different ages.
    """
    return tuple(
        Problem("PARTY_UNKNOWN", path)
        for path, code in _codes(fields, body, types, "")
        if code is None or code not in parties
    )


def _codes(
    fields: Sequence[Field], body: Facts, types: Mapping[str, RecordType], path: str
) -> Iterator[tuple[str, str | None]]:
    for field in fields:
        if field.name not in body:
            continue
        values = facts.items(body, field.name) if field.many else (body[field.name],)
        for place, value in enumerate(values):
            where = f"{path}{field.name}[{place}]" if field.many else f"{path}{field.name}"
            if field.type == "state":
                yield where, value if isinstance(value, str) else None
            elif field.type in types:
                yield from _codes(types[field.type].fields, entries(value), types, f"{where}.")
