"""How the demonstration ends: the file for a court, checked in a process in which `longbien` cannot be imported.

What it knows: how to start that process, and what to do on a machine where papers cannot be set. What it must never do: take this
program's own word for it.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# The verifier may lie in the same folder as the program; so the program is put out of its reach.
_ALONE = "import sys; sys.modules['longbien'] = None; import longbien_verify.__main__"
LANGUAGES = {"VN": "vi", "RU": "ru"}
WITHOUT_PAPERS = frozenset({"ENGINE_MISSING", "FONT_MISSING"})


def verified(file: Path, roots: Iterable[str]) -> dict[str, Any]:
    """What `longbien-verify` says of a file, with its exit code."""
    words = [word for root in roots for word in ("--root", root)]
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", _ALONE, str(file), *words, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        report = {"ok": False, "findings": [done.stderr.strip() or "no report"], "gaps": []}
    return {**report, "ok": report["ok"] and done.returncode == 0, "exit": done.returncode}


def languages_of(parties: Iterable[str]) -> list[str]:
    """The language of the papers for each State of a demonstration, English where we know no other."""
    return list(dict.fromkeys(LANGUAGES.get(party, "en") for party in parties))
