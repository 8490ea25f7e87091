"""What tests of several rooms share: how examples are drawn, and one real demonstration, played once."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, settings

# No test fails because a machine was busy. At a desk every run draws new examples; what decides whether a change is taken
# (`.ci/run`) draws the same ones each time, so that it decides the same way each time.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("explore"), derandomize=True)
settings.load_profile(os.environ.get("LONGBIEN_EXAMPLES", "explore"))


@dataclass(frozen=True, kw_only=True)
class Played:
    """What `longbien demo --json --export` left: its report, the file for a court and the record in it, the root fingerprints."""

    code: int
    report: dict
    court: bytes
    record: bytes
    roots: list[bytes]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    out: Path = tmp_path_factory.mktemp("demo") / "exchange.asice"
    done = subprocess.run(
        [sys.executable, "-m", "longbien", "demo", "--json", "--export", str(out)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not done.returncode, f"{done.stdout}\n{done.stderr}"
    report = json.loads(done.stdout)
    roots = [bytes.fromhex(root) for root in report["roots"].values()]
    court = out.read_bytes()
    with ZipFile(io.BytesIO(court)) as opened:
        record = opened.read("record.cbor")
    return Played(code=done.returncode, report=report, court=court, record=record, roots=roots)
