"""`longbien exercise simulate`: what it prints, and what it says with its exit code."""

import json
import re

import pytest

from longbien.cli.main import run
from longbien.exercise.planted import BUGS


def test_the_report_is_one_json_object_with_numbers(capsys):
    assert run(["exercise", "simulate", "--seeds", "5", "--nodes", "3", "--first-seed", "40", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["seeds"], found["first_seed"], found["nodes"], found["crypto"]) == (5, 40, 3, "stub")
    assert found["violations"] == 0
    assert found["broken"] == []
    for name in ("exchanges", "acts", "faults", "seconds", "seeds_per_second", "seeds_per_core_second"):
        assert found[name] > 0, name


def test_a_person_reads_one_line(capsys):
    assert run(["exercise", "simulate", "--seeds", "3"]) == 0
    out = capsys.readouterr().out
    assert re.fullmatch(
        r"Every promise held\. 3 seeds, \d+ exchanges, \d+ acts, \d+ faults in .* seeds/s\)\.\n", out
    )


def test_a_violation_names_seed_promise_and_replay_and_the_replay_shows_it(capsys):
    (bug,) = (bug for bug in BUGS if bug.name == "two-histories")
    with bug.plant():
        assert run(["exercise", "simulate", "--seeds", "3", "--nodes", "2", "--json"]) == 7
        found = json.loads(capsys.readouterr().out)
        assert found["violations"] >= len(found["broken"]) > 0
        first = found["broken"][0]
        assert first["promise"] in {"P3", "P4", "P13"}
        words = first["replay"].split()
        assert words[0] == "longbien"
        assert run(words[1:]) == 7
        assert "P4 broken: " in capsys.readouterr().out
        assert run(["exercise", "simulate", "--seeds", "3", "--nodes", "2"]) == 7
        assert "to see it again: longbien exercise simulate --replay" in capsys.readouterr().out


def test_a_replay_tells_the_story_of_a_seed(capsys):
    assert run(["exercise", "simulate", "--replay", "5"]) == 0
    out = capsys.readouterr().out
    assert "starts" in out
    assert "calm" in out
    assert "Every promise held in seed 5" in out


@pytest.mark.parametrize(
    "words", [["--nodes", "1"], ["--nodes", "6"], ["--crypto", "none"], ["--seeds", "0"]]
)
def test_an_option_that_makes_no_world_is_refused_with_a_code(words, capsys):
    assert run(["exercise", "simulate", *words]) == 1
    assert "ARGUMENT_INVALID" in capsys.readouterr().err
