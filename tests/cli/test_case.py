"""Cases on the command line."""

import json

import pytest

from law import sample
from longbien.cli.asked import CommandRefused
from longbien.cli.commands import perform
from node.pair import NOW, pair

from .test_json import holds


def test_a_case_is_begun_linked_told_and_written_out_from_the_command_line():
    two = pair()
    node = two.vn.node
    opened = two.vn.act("open", sample.preservation(NOW)["open"], to="RU", procedure="preservation")
    two.deliver()
    made = perform(node, "case-new", {"title": "A wave (invented)", "reference": "C-1", "office": ""})
    holds("case new", made)
    linked = {"case": "C-1", "exchange": opened.exchange.hex()[:12], "why": "the same account"}
    holds("case link", perform(node, "case-link", linked))
    holds("case list", perform(node, "case-list", {}))
    told = perform(node, "case-timeline", {"case": made["case"][:8]})
    holds("case timeline", told)
    assert told["timeline"][0]["exchange"] == opened.exchange.hex()
    whole = perform(node, "case-export", {"case": made["case"]})
    assert json.loads(json.dumps(whole))["exchanges"][0]["why"] == "the same account"
    assert {one["party"] for one in whole["members"]} == {"RU", "VN"}
    with pytest.raises(CommandRefused, match="CASE_UNKNOWN"):
        perform(node, "case-timeline", {"case": "C-2"})
    perform(node, "case-new", {"title": "x", "reference": "C-1", "office": ""})
    with pytest.raises(CommandRefused, match="CASE_AMBIGUOUS"):
        perform(node, "case-timeline", {"case": "C-1"})
    for side in two.sides.values():
        side.store.close()
