"""The order of the T-CY forms, in which contact points of the 24/7 networks have learned to read a request.

What it knows: which field of an opening act stands at which number (convention.md §4.2; T-CY(2018)10 and (2018)11, numbers 1
to 11; what follows them has an order and no number here). What it must never do: leave a field out; one that it does not
know stands with the data asked for, in the order of the form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longbien.law import Field


@dataclass(frozen=True, slots=True)
class Place:
    """A number of the T-CY form, "" behind the last one that is settled, and the fields that stand there."""

    number: str
    fields: tuple[str, ...]


STATUS = "3"
OTHERS = "others"

PLACES = (
    Place("1", ("created_at", "spoken_at")),
    Place("2", ("case_ref", "other_channel_ref")),
    Place(STATUS, ()),
    Place("4", ("to_state", "to_office")),
    Place("5", ("from_state", "from_office", "language")),
    Place("6", ("contact", "spoken_with")),
    Place("7", ("proceeding",)),
    Place("8", ("authorisation",)),
    Place("9", ("linked_requests",)),
    Place("10", ("preservation_ref",)),
    Place("11", ("legal_basis",)),
    Place("", ("scope_limb", "offence")),
    Place("", ("facts", "summary", "link_to_offence")),
    Place("", ("items", OTHERS)),
    Place("", ("custodian", "system_location")),
    Place(
        "",
        (
            "urgency",
            "deadline",
            "deadline_reason",
            "requested_days",
            "volatility",
            "volatile",
            "volatile_reason",
        ),
    ),
    Place("", ("necessity", "purpose", "safeguards", "procedure_wished")),
    Place("", ("handling", "no_user_notice")),
    Place("", ("follow_up_intent",)),
    Place("", ("translation", "attachments")),
)

# Where a line goes that has only its number: what the T-CY form asks for there, as far as one field of ours holds it.
BY_NUMBER: Mapping[str, str] = {
    "1": "created_at",
    "2": "case_ref",
    "4": "to_office",
    "5": "from_office",
    "7": "proceeding.authority",
}


def ordered(fields: Sequence[Field]) -> tuple[tuple[str, Field | None], ...]:
    """The fields in the order of the form, each with its number; None is the place of the status."""
    known = {field.name: field for field in fields}
    placed = {name for place in PLACES for name in place.fields}
    rows: list[tuple[str, Field | None]] = []
    for place in PLACES:
        if place.number == STATUS:
            rows.append((STATUS, None))
        for name in place.fields:
            if name == OTHERS:
                rows += [("", field) for field in fields if field.name not in placed]
            elif name in known:
                rows.append((place.number, known[name]))
    return tuple(rows)
