"""The one office of a State in demonstrations, exercises and measurements: it does everything, as in the smallest of States.

What it knows: that it is nobody's. What it must never be: taken for a real office, so its name always says what it is.
"""

from typing import Final

from longbien.keys import Office

# A number that rings nowhere: no country has this code.
NUMBER: Final = "+999 0000 0247"


def practice_office(
    identifier: str,
    *,
    name: str = "Contact point 24/7 (illustrative)",
    roles: tuple[str, ...] = ("poc", "ca", "comp"),
) -> Office:
    """An illustrative office with these roles, open day and night."""
    return Office(
        id=identifier,
        name=name,
        roles=roles,
        languages=("en",),
        hours="24/7",
        call_back=NUMBER,
        illustrative=True,
    )
