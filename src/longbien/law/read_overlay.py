"""From TOML to the overlay of one party.

Knows which keys these tables may have. It must never judge whether they narrow: that is `lint_overlay`.
"""

from longbien.law.overlay import Acting, Overlay, Receiving
from longbien.law.tables import Table


def overlay(table: Table) -> Overlay:
    """One file of `overlays/`."""
    found = Overlay(
        party=table.text("party"),
        source=table.text("source"),
        receiving=tuple(_receiving(row) for row in table.rows("receiving")),
        acting=tuple(_acting(row) for row in table.rows("acting")),
    )
    table.done()
    return found


def _receiving(row: Table) -> Receiving:
    found = Receiving(
        procedures=row.words("procedures", required=True),
        closed=row.flag("closed", default=False),
        suspended=row.words("suspended"),
        languages=row.words("languages"),
        scope_limbs=row.words("scope_limbs"),
        offices=row.words("offices"),
    )
    row.done()
    return found


def _acting(row: Table) -> Acting:
    persons, named = row.table("persons"), row.table("fields")
    found = Acting(
        procedures=row.words("procedures", required=True),
        persons={act: persons.number(act) for act in persons.names()},
        limb_c_persons=row.number("limb_c_persons", 0),
        fields={act: named.words(act) for act in named.names()},
        grounds=row.words("grounds"),
    )
    for part in (persons, named, row):
        part.done()
    return found
