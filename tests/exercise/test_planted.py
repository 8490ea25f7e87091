"""The simulated world finds bugs: each of those that are planted, and none where none is."""

import pytest

from longbien.exercise.planted import BUGS, Bug
from longbien.exercise.world import play

# No bug of the list needs more; most are found by the first handful.
WITHIN = 150


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found_and_without_it_the_same_seed_is_clean(bug: Bug):
    for seed in range(WITHIN):
        with bug.plant():
            broken = {item.promise for item in play(seed).violations}
        if broken & bug.promises:
            assert play(seed).violations == ()
            return
    pytest.fail(f"{bug.name} ({bug.what}) was not found in {WITHIN} seeds")


def test_every_promise_of_the_world_has_a_bug_that_breaks_it():
    assert set().union(*(bug.promises for bug in BUGS)) >= {"P1", "P2", "P3", "P4", "P5", "P6", "P9", "P13"}
    assert len(BUGS) >= 10
