"""An office as the descriptor shows it to other States: who is there, when, and how to call back.

Knows forms and limits. Which roles exist and what they may do is law, not form, and is decided elsewhere. No
personal names belong here: a descriptor is public.
"""

import re
from dataclasses import dataclass

from longbien.wire.cbor import Value
from longbien.wire.fields import Fields

ID_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ROLE_FORM = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
LANGUAGE_FORM = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An organ of a State. `languages` are BCP 47 tags in order of preference; `hours` is text for people.

    `call_back` is the telephone number under which a caller's claims are checked (it comes from here and
    never from a message), or "" where there is none. `illustrative` marks an office that does not exist:
    demonstration only.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    hours: str
    call_back: str
    illustrative: bool


def office_value(office: Office) -> dict[str, Value]:
    """The office as a CBOR map."""
    return {
        "id": office.id,
        "name": office.name,
        "roles": office.roles,
        "languages": office.languages,
        "hours": office.hours,
        "call_back": office.call_back,
        "illustrative": office.illustrative,
    }


def read_office(fields: Fields) -> Office:
    """The office in a map. Raises Malformed with the codes of `wire.fields`."""
    office = Office(
        id=fields.text("id", max=64, form=ID_FORM),
        name=fields.text("name", max=200),
        roles=fields.texts("roles", max=32, items=16, min_items=1, form=ROLE_FORM),
        languages=fields.texts("languages", max=32, items=32, min_items=1, form=LANGUAGE_FORM),
        hours=fields.text("hours", max=200),
        call_back=fields.text("call_back", min=0, max=48),
        illustrative=fields.bool("illustrative"),
    )
    fields.done()
    return office
