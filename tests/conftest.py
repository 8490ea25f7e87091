"""What tests of several rooms share: how examples are drawn, and one real demonstration, played once."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test fails because a machine was busy. At a desk every run draws new examples; what decides whether a change is taken
# (`.ci/run`) draws the same ones each time, so that it decides the same way each time.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("explore"), derandomize=True)
settings.load_profile(os.environ.get("LONGBIEN_EXAMPLES", "explore"))


@dataclass(frozen=True, kw_only=True)
class Played:
    """What `longbien demo --json --export` left: its report, the record, the root fingerprints."""

    code: int
    report: dict
    record: bytes
    roots: list[bytes]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    out: Path = tmp_path_factory.mktemp("demo") / "record.lb"
    done = subprocess.run(
        [sys.executable, "-m", "longbien", "demo", "--json", "--export", str(out)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    report = json.loads(done.stdout)
    roots = [bytes.fromhex(root) for root in report["roots"].values()]
    return Played(code=done.returncode, report=report, record=out.read_bytes(), roots=roots)
