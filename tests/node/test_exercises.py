"""An exercise is played where nothing is real, lets out what is due when it is due, and shows a player nothing before."""

import pytest

from longbien.law.instants import MINUTE
from longbien.node import Denied, exercises
from longbien.node.statistics import report
from web import teach

from .pair import NOW, pair


@pytest.fixture
def side():
    two = pair()
    yield two.ru
    for each in two.sides.values():
        each.store.close()


def test_a_live_node_refuses_every_deed_and_shows_none(side, monkeypatch):
    there = teach.exercised(side)
    teach.as_live(side.node, monkeypatch)
    node = side.node
    deeds = (
        exercises.new(node, title="A", by=bytes(16)),
        exercises.add_injects(node, there, teach.TABLE),
        exercises.steer(node, there, "play"),
        exercises.fire(node, there, 1),
        exercises.respond(node, there, 1, "x", roles=["duty"], by=bytes(16)),
        exercises.add_lesson(node, there, kind="lesson", text="x", by=bytes(16)),
    )
    assert {deed.code for deed in deeds} == {"EXERCISE_LIVE"}


def test_a_player_sees_what_is_out_for_the_own_role_and_nothing_that_is_to_come(side):
    node, clock = side.node, side.clock
    there = exercises.new(node, title="A", by=bytes(16)).id
    exercises.add_injects(node, there, teach.TABLE)

    def seen(role):
        return [one.number for one in exercises.for_player(exercises.exercise(node, there), [role])]

    assert seen("duty") == []
    exercises.steer(node, there, "play")
    assert (seen("duty"), seen("lawyer")) == ([1], [])
    clock.now += 12 * MINUTE
    assert (seen("duty"), seen("lawyer")) == ([2, 1], [2])
    exercises.steer(node, there, "pause")
    clock.now += 60 * MINUTE
    assert seen("lawyer") == [2]
    exercises.steer(node, there, "shift", minutes=5)
    exercises.steer(node, there, "play")
    clock.now += 22 * MINUTE
    assert seen("lawyer") == [2]
    clock.now += MINUTE
    assert seen("lawyer") == [3, 2]
    found = exercises.exercise(node, there)
    assert [one.fired_at - NOW for one in found.injects] == [0, 10 * MINUTE, 95 * MINUTE]


def test_what_is_let_out_by_hand_comes_once_and_its_answer_is_timed_from_there(side):
    node, clock = side.node, side.clock
    there = exercises.new(node, title="A", by=bytes(16)).id
    exercises.add_injects(node, there, teach.TABLE)
    assert exercises.fire(node, there, 3).code == "EXERCISE_STAGE"
    exercises.steer(node, there, "play")
    clock.now += MINUTE
    exercises.fire(node, there, 3)
    assert exercises.respond(node, there, 3, "x", roles=["duty"], by=bytes(16)).code == "INJECT_UNKNOWN"
    clock.now += 2 * MINUTE
    answered = exercises.respond(node, there, 3, "x", roles=["lawyer"], by=bytes(16))
    clock.now += 60 * MINUTE
    again = exercises.fire(node, there, 3)
    inject = again.injects[2]
    assert inject.fired_at == NOW + MINUTE
    assert again.first_after(inject) == answered.first_after(inject) == 2 * MINUTE
    assert exercises.steer(node, there, "end").row.stage == "ended"
    assert exercises.steer(node, there, "play").code == "EXERCISE_OVER"
    assert not isinstance(
        exercises.add_lesson(node, there, kind="observation", text="x", by=bytes(16)), Denied
    )


def test_a_wrong_table_adds_nothing_and_says_which_row(side):
    there = exercises.new(side.node, title="A", by=bytes(16)).id
    wrong = exercises.add_injects(side.node, there, [*teach.TABLE, ["never", "", "", "", "x", ""]])
    assert (wrong.code, wrong.detail) == ("INJECT_TIME", "row 5: time")
    assert exercises.exercise(side.node, there).injects == ()
    assert exercises.add_injects(side.node, bytes(16), teach.TABLE).code == "EXERCISE_UNKNOWN"


def test_an_exercise_changes_no_number_of_any_report(side):
    def numbers():
        return [report(side.node, start=0, end=NOW * 2, practice=practice) for practice in (True, False)]

    before = numbers()
    teach.exercised(side)
    assert numbers() == before
