"""What a node tells about its exchanges, as plain JSON values: for printed forms and for calendars.

What it knows: which facts of the record a form and a calendar show. What it must never know: words and pages.
"""

from typing import Any

from longbien.exchange import Standing
from longbien.law import to_json
from longbien.node import Node, telling
from longbien.store.exchange_rows import ExchangeRow


def document(node: Node, row: ExchangeRow) -> dict[str, Any]:
    """Everything that a printed form shows of an exchange, beyond where it stands."""
    standing = Standing.decode(row.standing)
    acts = []
    for step in telling.taken(node, row):
        office = telling.office(node, step.author.party, step.act.office)
        acts.append(
            {
                "place": step.place,
                "at": step.at,
                "party": step.author.party,
                "office": step.act.office,
                "office_name": "" if office is None else office.name,
                "act": step.act.name,
                "body": to_json(step.act.body),
                "approvals": [
                    {"person": item.person.hex(), "office": item.office, "at": item.at}
                    for item in step.act.approvals
                ],
                "digest": step.digest.hex(),
            }
        )
    return {
        "version": standing.version,
        "parties": dict(standing.roles),
        "modes": list(telling.modes(node, row)),
        "illustrative": telling.illustrative(node, row),
        "now": node.world.now(),
        "documents": acts,
    }


def clocks(node: Node) -> dict[str, Any]:
    """Every running clock, the law's and the product's, with what a calendar shows of it."""
    return {
        "now": node.world.now(),
        "clocks": [
            {
                "exchange": row.id.hex(),
                "procedure": row.procedure,
                "version": Standing.decode(row.standing).version,
                "clock": clock.id,
                "due_at": clock.due_at,
                "statutory": clock.statutory,
                "reminders": list(clock.reminders),
                "practice": not telling.is_live(node, row),
            }
            for row, clock in telling.running(node)
        ],
    }
