"""One seed is one world: on every machine, in every process, on either way to the database."""

import json
import os
import subprocess
import sys

import pytest

from longbien.exercise.faults import FaultyStore
from longbien.exercise.world import play
from longbien.store import Store


def test_a_seed_gives_the_same_world_twice():
    for seed in range(10):
        assert play(seed) == play(seed)


def test_seeds_differ():
    assert len({play(seed).log for seed in range(10)}) == 10


@pytest.mark.parametrize("hashing", ["0", "4711"])
def test_a_seed_gives_the_same_world_in_another_process(hashing):
    done = subprocess.run(
        [sys.executable, "-m", "longbien", "exercise", "simulate", "--replay", "5", "--json"],
        env={**os.environ, "PYTHONHASHSEED": hashing},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    log = [(line["ms"], line["party"], line["event"]) for line in json.loads(done.stdout)["log"]]
    assert tuple(log) == play(5).log


def test_the_direct_way_to_the_database_gives_the_worlds_of_the_usual_one(monkeypatch):
    """`lean` hands the statements to SQLite itself; everything else in a world is what production runs."""
    direct = [play(seed) for seed in range(20)]
    monkeypatch.setattr(FaultyStore, "_begin", Store._begin)
    assert [play(seed) for seed in range(20)] == direct
