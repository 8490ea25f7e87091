"""Commands about meetings: what a running node answers.

What it knows: arguments, and the node's door `meetings`. What it must never do: take a step in a meeting; `longbien act` does.
"""

from typing import Any

from longbien.cli.answering import granted
from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.node import Node, meetings
from longbien.node.people import MACHINE_ROOM

PLACES_MAX = 999


def listed(node: Node, given: Arguments) -> Result:
    """Every meeting, and what is still to be done."""
    found = meetings.meetings(node, language=given.text("language"))
    return {
        "meetings": [
            {
                "exchange": item.item.line.exchange.hex(),
                "title": item.title,
                "kind": item.kind_label,
                "begins_at": item.begins_at,
                "stage": item.stage_label,
            }
            for item in found
        ],
        "open": [
            row | {"meeting": item.title} for item in found for row in _actions(item) if not row["done_at"]
        ],
    }


def show(node: Node, given: Arguments) -> Result:
    """One meeting."""
    found = meetings.meeting(node, given.hex("exchange"), language=given.text("language"))
    if found is None:
        raise CommandRefused("MEETING_UNKNOWN", given.text("exchange"))
    return _shown(found)


def minutes(node: Node, given: Arguments) -> Result:
    """The minutes; a text where one is given."""
    exchange = given.hex("exchange")
    if "text" in given:
        granted(meetings.keep_minutes(node, exchange, given.text("text"), by=MACHINE_ROOM))
    found = meetings.meeting(node, exchange)
    if found is None:
        raise CommandRefused("MEETING_UNKNOWN", given.text("exchange"))
    return {
        "digest": found.digest.hex(),
        "proved": found.proved,
        "not_public": meetings.not_public(found),
        "text": found.text,
    }


def done(node: Node, given: Arguments) -> Result:
    """An action is done, or open again."""
    place = given.number("place", 0, highest=PLACES_MAX)
    marked = meetings.mark_action(
        node, given.hex("exchange"), place, done=given["done"] is True, by=MACHINE_ROOM
    )
    return {"actions": _actions(granted(marked))}


def _shown(found: meetings.Meeting) -> Result:
    return {
        "title": found.title,
        "kind": found.kind_label,
        "host": found.host,
        "stage": found.stage_label,
        "begins_at": found.begins_at,
        "ends_at": found.ends_at,
        "place": found.place,
        "language": found.language,
        "interpretation": list(found.interpretation),
        "agenda": list(found.agenda),
        "proved": found.proved,
        "answers": [
            {
                "party": item.party,
                "answer": item.answer,
                "participants": len(item.participants),
                "needs": item.needs,
            }
            for item in found.answers
        ],
        "positions": [{"party": item.party, "at": item.at, "text": item.text} for item in found.positions],
        "papers": [{"name": item.name, "sha256": item.sha256.hex()} for item in found.papers],
        "actions": _actions(found),
    }


def _actions(found: meetings.Meeting) -> list[dict[str, Any]]:
    return [
        {
            "place": item.place,
            "what": item.what,
            "owner": item.owner,
            "due_on": item.due_on,
            "done_at": item.done_at or 0,
        }
        for item in found.actions
    ]


COMMANDS = {"meet-list": listed, "meet-show": show, "meet-minutes": minutes, "meet-done": done}
