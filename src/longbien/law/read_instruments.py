"""From TOML to legal bases: treaties with their dates, and what each says about a procedure.

Knows which keys these tables may have. It must never judge whether dates, parties and grounds fit: that is
`lint_instruments`.
"""

from longbien.law.rules import Cover, Declared, Instrument, PartyStatus
from longbien.law.tables import Table


def instrument(table: Table) -> Instrument:
    """One file of `instruments/`."""
    source, checked_on = table.text("source"), table.text("checked_on")
    statements = table.table("statements")
    found = Instrument(
        id=table.text("id"),
        kind=table.text("kind"),
        reach=table.text("reach", ""),
        pending=table.flag("pending", default=False),
        closed=table.flag("closed", default=False),
        reference=table.flag("reference", default=False),
        in_force=table.day("in_force"),
        covers={procedure: _cover(part) for procedure, part in table.tables("covers").items()},
        statements={name: statements.labels(name, required=True) for name in statements.names()},
        parties={
            party: _status(party, part, source, checked_on) for party, part in table.tables("parties").items()
        },
        source=source,
        checked_on=checked_on,
        labels=table.labels("labels", required=True),
        help=table.labels("help"),
    )
    table.done()
    return found


def _cover(table: Table) -> Cover:
    found = Cover(
        article=table.text("article"),
        article_checked=table.flag("article_checked"),
        grounds_added=table.words("grounds_added"),
        grounds_closed=table.words("grounds_closed"),
        fields_needed=table.words("fields_needed"),
        statements=table.words("statements"),
        languages=table.words("languages"),
        channels=table.words("channels"),
    )
    table.done()
    return found


def _status(party: str, table: Table, source: str, checked_on: str) -> PartyStatus:
    found = PartyStatus(
        party=party,
        signed=table.day("signed"),
        deposited=table.day("deposited"),
        in_force=table.day("in_force"),
        until=table.day("until"),
        not_party=table.flag("not_party", default=False),
        sure=table.flag("sure", default=True),
        reservations=table.words("reservations"),
        declared=_declared(table.table("declared")),
        source=table.text("source", source),
        checked_on=table.text("checked_on", checked_on),
    )
    table.done()
    return found


def _declared(table: Table) -> Declared:
    found = Declared(
        languages=table.words("languages"),
        channels=table.words("channels"),
        electronic=table.mark("electronic"),
        not_basis_for=table.words("not_basis_for"),
    )
    table.done()
    return found
