"""Exercises for programs: to steer needs a scope of its own, and a player's program gets what is out."""

import pytest

from longbien.law.instants import MINUTE
from longbien.web.api import exercise_shapes as shapes
from longbien.web.client import ApiProblem

from .served import served


def test_a_program_plans_and_steers_and_another_one_plays():
    with served() as api:
        steers, plays = api.client.exercises, api.as_("cases:read", "cases:note").exercises
        made = steers.new(shapes.ExerciseWanted(title="A"))
        wanted = [
            shapes.InjectWanted(time="0:00", text="First", to="duty", expected="Acknowledge"),
            shapes.InjectWanted(time="10", text="Second"),
        ]
        assert [one.offset for one in steers.add_injects(made.exercise, wanted).injects] == [0, 600]
        with pytest.raises(ApiProblem, match="422 INJECT_TO"):
            steers.add_injects(made.exercise, [shapes.InjectWanted(time="1", text="x", to="press")])
        for refused in (
            lambda: plays.one(made.exercise),
            lambda: plays.steer(made.exercise, shapes.Steering(do="play")),
            lambda: plays.fire(made.exercise, 1),
        ):
            with pytest.raises(ApiProblem, match="SCOPE_MISSING"):
                refused()
        assert plays.play(made.exercise) == ()
        steers.steer(made.exercise, shapes.Steering(do="play"))
        (first,) = plays.play(made.exercise)
        assert (first.text, plays.play(made.exercise, "lawyer")) == ("First", ())
        api.here.clock.now += MINUTE
        plays.respond(made.exercise, shapes.ResponseWanted(inject=1, text="Done"))
        with pytest.raises(ApiProblem, match="404 INJECT_UNKNOWN"):
            plays.respond(made.exercise, shapes.ResponseWanted(inject=2, text="Early"))
        steers.fire(made.exercise, 2)
        assert [one.text for one in plays.play(made.exercise, "lawyer")] == ["Second"]
        plays.add_lesson(made.exercise, shapes.LessonWanted(kind="lesson", text="Call twice"))
        steers.steer(made.exercise, shapes.Steering(do="shift", minutes=5))
        with pytest.raises(ApiProblem, match="409 EXERCISE_STAGE"):
            steers.steer(made.exercise, shapes.Steering(do="play"))
        over = steers.steer(made.exercise, shapes.Steering(do="end"))
        assert (over.mark, over.injects[0].first_answer, over.lessons[0].text) == (
            "EXERCISE",
            60.0,
            "Call twice",
        )
        with pytest.raises(ApiProblem, match="409 EXERCISE_OVER"):
            plays.respond(made.exercise, shapes.ResponseWanted(inject=1, text="Late"))
        assert [one.stage for one in plays.every()] == ["ended"]
        with pytest.raises(ApiProblem, match="404 EXERCISE_UNKNOWN"):
            plays.play("00" * 16)
