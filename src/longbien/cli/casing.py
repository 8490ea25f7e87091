"""The commands of cases, by name: from plain arguments to plain results.

What it knows: the doors of `node.cases` and JSON. What it must never know: terminals.
"""

from collections.abc import Callable

from longbien.cli.answering import exchange_of, granted
from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.node import Node, cases
from longbien.node.casework import Casework, casework, listed
from longbien.node.people import MACHINE_ROOM


def new(node: Node, given: Arguments) -> Result:
    """A case of an office."""
    office = given.text("office") if given.get("office") else node.evidence.office
    made = granted(
        cases.new(
            node,
            office=office,
            title=given.text("title"),
            reference=given.text("reference") if given.get("reference") else "",
            by=MACHINE_ROOM,
        )
    )
    return {"case": made.id.hex(), "office": made.office, "title": made.title}


def all_cases(node: Node, _: Arguments) -> Result:
    """Every case."""
    return {
        "cases": [
            {
                "case": one.row.id.hex(),
                "title": one.row.title,
                "reference": one.row.reference,
                "office": one.row.office,
                "exchanges": one.links,
                "open_tasks": one.open_tasks,
                "changed_at": one.row.changed_at,
                "closed_at": one.row.closed_at,
            }
            for one in listed(node)
        ]
    }


def link(node: Node, given: Arguments) -> Result:
    """An exchange belongs to a case."""
    case, exchange = _case(node, given.text("case")), exchange_of(node, given.text("exchange")).id
    granted(
        cases.link(
            node,
            case.row.id,
            exchange,
            why=given.text("why") if given.get("why") else "",
            by=MACHINE_ROOM,
        )
    )
    return {"case": case.row.id.hex(), "exchange": exchange.hex()}


def timeline(node: Node, given: Arguments) -> Result:
    """What happened in all of its exchanges, as one."""
    found = _case(node, given.text("case"))
    return {"case": found.row.id.hex(), "timeline": _timeline(found)}


def export(node: Node, given: Arguments) -> Result:
    """The whole case."""
    found = _case(node, given.text("case"))
    return {
        "case": found.row.id.hex(),
        "title": found.row.title,
        "reference": found.row.reference,
        "note": found.row.note,
        "exchanges": [
            {"exchange": one.link.exchange.hex(), "title": one.matter.title, "why": one.link.why}
            for one in found.linked
        ],
        "members": [
            {"party": one.party, "roles": ", ".join(right.role for right in one.rights)}
            for one in found.members
        ],
        "tasks": [{"task": task.number, "text": task.text, "done_at": task.done_at} for task in found.tasks],
        "entities": [
            {"kind": one.kind, "value": one.value, "exchanges": [each.hex() for each in one.exchanges]}
            for one in found.entities
        ],
        "timeline": _timeline(found),
        "evidence": [
            {"manifest": count.manifest.hex(), "items": count.items, "unbroken": count.unbroken}
            for count in found.evidence
        ],
    }


COMMANDS: dict[str, Callable[[Node, Arguments], Result]] = {
    "case-new": new,
    "case-list": all_cases,
    "case-link": link,
    "case-timeline": timeline,
    "case-export": export,
}


def _timeline(found: Casework) -> list[Result]:
    return [
        {
            "at": one.event.at,
            "exchange": one.exchange.hex(),
            "reference": one.reference,
            "party": one.event.party,
            "what": one.event.label,
            "kind": one.event.kind,
        }
        for one in found.timeline
    ]


def _case(node: Node, prefix: str) -> Casework:
    """A case by the first digits of its identifier, or by its reference."""
    fitting = [
        one.row.id
        for one in listed(node)
        if prefix and (one.row.id.hex().startswith(prefix) or one.row.reference == prefix)
    ]
    if len(fitting) != 1:
        raise CommandRefused("CASE_UNKNOWN" if not fitting else "CASE_AMBIGUOUS", prefix)
    found = casework(node, fitting[0])
    assert found is not None, "a case is never deleted"
    return found
