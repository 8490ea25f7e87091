"""`python -m bench.evidence [speed between memory arrival sparse files tampering] [--small] [--dir FOLDER] [--json]`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from bench.evidence import (
    arrival,
    between,
    memory,
    small_files,
    speed,
    tampering,
    tampering_exported,
    tampering_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.evidence.rows import Row

FULL: dict[str, Callable[[Path | None], list[Row]]] = {
    "speed": lambda where: speed(where=where),
    "between": lambda where: between(where=where),
    "memory": lambda where: memory(where=where),
    "arrival": lambda where: arrival(where=where),
    "sparse": lambda where: arrival(100, where=where, data_gib=10),
    "files": lambda where: small_files(where=where),
    "tampering": lambda _where: tampering() + tampering_exported() + tampering_rows(),
}
SMALL: dict[str, Callable[[Path | None], list[Row]]] = {
    "speed": lambda where: speed(0.5, rounds=1, where=where),
    "between": lambda where: between(0.5, 15, where=where),
    "memory": lambda where: memory(4, where=where),
    "arrival": lambda where: arrival(0.5, kills=1, cuts=10, where=where),
    "sparse": lambda where: arrival(4, kills=1, cuts=10, where=where, data_gib=0.5),
    "files": lambda where: small_files(1000, where=where),
    "tampering": lambda _where: tampering(2000) + tampering_exported(2000) + tampering_rows(400),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.evidence")
    parser.add_argument("names", nargs="*", choices=[*FULL, []], metavar="name", help=", ".join(FULL))
    parser.add_argument("--small", action="store_true", help="a minute instead of a quarter of an hour")
    parser.add_argument("--dir", type=Path, help="where the large files go")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    failed = False
    for name in chosen.names or list(FULL):
        for each in (SMALL if chosen.small else FULL)[name](chosen.dir):
            failed |= each["ok"] is False
            print(json.dumps(each) if chosen.json else _line(each), flush=True)
    raise SystemExit(1 if failed else 0)


def _line(each: Row) -> str:
    words = [f"{each['name']}"]
    if each["value"] is not None:
        words.append(f"{each['value']} {each['unit']}")
    if each["ratio"] is not None and each["against"]:
        words.append(f"{each['ratio']} of {each['against']}")
    if each["ok"] is not None:
        words.append(f"bar {each['bar']}: {'ok' if each['ok'] else 'MISSED'}")
    return " | ".join(words)


if __name__ == "__main__":
    main()
