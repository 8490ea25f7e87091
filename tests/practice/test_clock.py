"""The clock of an exercise under any order of deeds, with time as an argument."""

from hypothesis import given
from hypothesis import strategies as st

from longbien.practice.clock import DEEDS, MOVES, STAGES, Clock, due, elapsed, move

START = 1_000_000
steps = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 500), st.integers(-300, 300)), max_size=12)
waiting = st.dictionaries(st.integers(1, 20), st.integers(0, 1500), max_size=8)


def run(done, injects, *, looks: int = 1):
    """Deeds one after the other, each after a while; between two of them somebody looks so many times."""
    clock, now, out = Clock(), START, {}
    for deed, after, by in done:
        for look in range(1, looks + 1):
            seen = now + after * look // looks
            out |= due(clock, [pair for pair in injects.items() if pair[0] not in out], seen)
        now += after
        clock = move(clock, deed, now, by=by) or clock
    return clock, now, out


@given(steps, waiting, st.integers(2, 7))
def test_when_an_inject_comes_out_does_not_depend_on_how_often_somebody_looks(done, injects, looks):
    once, often = run(done, injects), run(done, injects, looks=looks)
    assert once == often


@given(steps, waiting)
def test_nothing_comes_out_while_it_rests_and_nothing_comes_out_later_than_it_is_looked_for(done, injects):
    clock, now, out = run(done, injects)
    assert all(START <= at <= now for at in out.values())
    if clock.stage != "playing":
        assert due(clock, injects.items(), now + 10_000) == {}


@given(steps)
def test_played_time_is_the_sum_of_the_times_in_play_and_never_runs_back(done):
    clock, now, played = Clock(), START, 0
    for deed, after, by in done:
        before = elapsed(clock, now)
        played += after if clock.stage == "playing" else 0
        now += after
        assert elapsed(clock, now) == played >= before
        clock = move(clock, deed, now, by=by) or clock
        assert elapsed(clock, now) == played, "a deed takes no time"


@given(steps, st.integers(0, 1000), st.integers(-300, 300))
def test_a_shift_moves_what_is_to_come_by_exactly_as_much(done, offset, by):
    clock, now, _ = run(done, {})
    moved = move(clock, "shift", now, by=by)
    if moved is None:
        assert clock.stage == "ended"
    else:
        later, still = now + 10_000, move(clock, "shift", now, by=0)
        assert due(moved, [(1, offset)], later) == due(still, [(1, offset + by)], later)


def test_every_stage_but_the_last_leads_on_and_the_last_leads_nowhere():
    assert {stage for stage, _ in MOVES} == set(STAGES) - {"ended"}
    assert set(MOVES.values()) == set(STAGES)
    assert {deed for _, deed in MOVES} == set(DEEDS)
