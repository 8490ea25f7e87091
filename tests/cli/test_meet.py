"""Meetings on the command line."""

import pytest

from longbien.cli.asked import CommandRefused
from longbien.cli.commands import perform
from node.pair import pair
from web import meet

from .test_json import holds


def test_meetings_are_listed_shown_minuted_and_done_from_the_command_line():
    two = pair()
    exchange = meet.held(two).hex()
    node = two.ru.node
    holds("meet list", listed := perform(node, "meet-list", {"language": "en"}))
    assert [row["owner"] for row in listed["open"]] == ["RU", "VN"]
    meet.act(two, "RU", "comment", {"text": "The second point was ours."}, bytes.fromhex(exchange))
    shown = perform(node, "meet-show", {"exchange": exchange, "language": "vi"})
    holds("meet show", shown)
    assert shown["positions"][0]["text"] == "The second point was ours."
    with pytest.raises(CommandRefused, match="MINUTES_OTHER"):
        perform(node, "meet-minutes", {"exchange": exchange, "text": "No."})
    kept = perform(node, "meet-minutes", {"exchange": exchange, "text": meet.TEXT})
    holds("meet minutes", kept)
    assert (kept["proved"], kept["not_public"]) == (True, "MINUTES_NOT_AGREED")
    done = perform(node, "meet-done", {"exchange": exchange, "place": 1, "done": True})
    holds("meet done", done)
    assert [bool(row["done_at"]) for row in done["actions"]] == [True, False]
    for command in ("meet-show", "meet-minutes"):
        with pytest.raises(CommandRefused, match="MEETING_UNKNOWN"):
            perform(node, command, {"exchange": "00" * 16, "language": "en"})
    for side in two.sides.values():
        side.store.close()
