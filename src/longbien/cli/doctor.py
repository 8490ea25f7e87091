"""`node doctor`: what a node needs from its machine, checked one by one without starting it."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from longbien.keys import FileKeyStore, find_passphrase
from longbien.node.config import read_config
from longbien.node.lawbook import shipped
from longbien.node.opening import machine_now
from longbien.store.database import WAL_SAFE_SINCE
from longbien.wire import selftest
from longbien.wire.suites import PRODUCTION

# A node needs room for its ledger to grow while nobody looks; a store that cannot grow stops it.
FREE_BYTES_MIN = 1 << 30
# A clock before this program was written is a clock that is wrong.
EARLIEST = 1_763_856_000_000


def examine(folder: Path) -> dict[str, Any]:
    """Every check with what it found; `ok` when all hold."""
    checks: list[dict[str, Any]] = []

    def check(name: str, look: Callable[[], str]) -> None:
        try:
            checks.append({"check": name, "ok": True, "found": look()})
        except Exception as fault:  # noqa: BLE001 - whatever it is, the operator must read it here
            checks.append({"check": name, "ok": False, "found": str(fault)})

    check("configuration", lambda: read_config(folder).party)
    check("primitives", _primitives)
    check("law", lambda: f"{len(shipped(read_config(folder).law).procedures)} procedures")
    check("keys", lambda: f"{len(FileKeyStore(read_config(folder).keys, find_passphrase()).entries())} keys")
    check("disk", lambda: _disk(folder))
    check("clock", _clock)
    check("engine", _engine)
    return {"ok": all(item["ok"] for item in checks), "checks": checks}


def _primitives() -> str:
    selftest.check(PRODUCTION)
    return "known answers hold"


def _disk(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_MIN:
        raise OSError(f"only {free >> 20} MiB are free")
    return f"{free >> 30} GiB free"


def _clock() -> str:
    if machine_now() < EARLIEST:
        raise OSError("the clock is behind the making of this program")
    return "plausible"


def _engine() -> str:
    mode = "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE_SINCE else "rollback journal"
    return f"SQLite {sqlite3.sqlite_version}, {mode}"
