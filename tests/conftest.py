"""What tests of several rooms share: one real demonstration, played once."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


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
