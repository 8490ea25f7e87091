"""The main job, as a newcomer runs it: two processes, one case, everything verified."""

import json
import subprocess
import sys

import pytest


@pytest.mark.promise("P1")
@pytest.mark.promise("P6")
def test_the_demonstration_ends_well_and_says_so(played):
    assert played.code == 0
    assert played.report["ok"] is True
    assert played.report["ledgers_verified"] == 2
    assert played.report["record_verified"] is True
    assert played.report["court_file"] is True
    assert played.report["steps"] == played.report["acts"] == 15
    assert len(played.roots) == 2
    handed_over = played.report["evidence"]
    assert (handed_over["manifests"], handed_over["files"], handed_over["events"]) == (2, 4, 20)
    assert handed_over["keys_waited_for_conditions"] is True
    assert handed_over["unbroken"] and handed_over["same_on_both_sides"]


def test_a_time_without_zone_in_a_case_is_refused_before_anything_starts(tmp_path):
    case = tmp_path / "case.toml"
    sample = json.loads(
        subprocess.run(
            [
                sys.executable,
                "-c",
                "import json; from longbien.cli.demo import _sample; print(json.dumps(_sample()))",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    case.write_text(sample.replace('2026-11-03T06:41:18Z"', '2026-11-03T06:41:18"', 1))
    done = subprocess.run(
        [sys.executable, "-m", "longbien", "demo", "--case", str(case)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "TIME_WITHOUT_ZONE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_configuration_is_named_with_its_remedy(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "longbien", "node", "status", "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "CONFIG_MISSING" in done.stderr
    assert "node init" in done.stderr
