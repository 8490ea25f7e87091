"""Exercises on the command line."""

import pytest

from longbien.cli.asked import CommandRefused
from longbien.cli.commands import perform
from node.pair import pair
from web import teach

from .test_json import holds


def test_an_exercise_is_planned_steered_and_reported_from_the_command_line():
    two = pair()
    node = two.ru.node
    holds("exercise new", made := perform(node, "exercise-new", {"title": "A", "about": ""}))
    here = {"exercise": made["exercise"][:8]}
    holds("exercise import", perform(node, "exercise-import", {**here, "rows": teach.TABLE}))

    def steer(deed, minutes=0):
        return perform(node, "exercise-steer", {**here, "do": deed, "minutes": minutes})

    holds("exercise run", played := steer("play"))
    assert (played["stage"], played["out"], played["mark"]) == ("playing", 1, "EXERCISE")
    holds("exercise shift", shifted := steer("shift", -10))
    assert (shifted["shift_minutes"], shifted["out"]) == (-10, 2)
    holds("exercise fire", fired := perform(node, "exercise-fire", {**here, "number": 3}))
    assert fired["out"] == 3
    holds("exercise pause", steer("pause"))
    holds("exercise end", steer("end"))
    holds("exercise report", told := perform(node, "exercise-report", here))
    assert {row["mark"] for row in told["came_out"]} == {"EXERCISE"}
    holds("exercise list", perform(node, "exercise-list", {}))
    for wrong, code in (
        ({**here, "do": "play", "minutes": 0}, "EXERCISE_OVER"),
        ({**here, "do": "stop", "minutes": 0}, "ARGUMENT_INVALID"),
        ({"exercise": "", "do": "play", "minutes": 0}, "EXERCISE_UNKNOWN"),
    ):
        with pytest.raises(CommandRefused, match=code):
            perform(node, "exercise-steer", wrong)
    with pytest.raises(CommandRefused, match="ARGUMENT_INVALID"):
        perform(node, "exercise-import", {**here, "rows": [[1]]})
    for side in two.sides.values():
        side.store.close()
