"""Completing a file by the one that it builds on: a variant of a flow says only what is different.

Knows how two tables of the same kind become one. It must never judge the result: that is `lint`.

A file with `base = "request.1"` has everything that the base has. Its own moves come behind those of the base; its
own stages, acts, clocks, types, groups and offences take the place of those of the same name; `without` names rows,
stages, acts and clocks of the base that it does not have. What comes out is what the digest covers.
"""

from collections.abc import Mapping
from typing import Final

from longbien.law.tables import Finding, is_table

BASE: Final = "base"
WITHOUT: Final = "without"
MOVES: Final = "moves"

Raw = Mapping[str, object]


def completed(raw: Mapping[str, Raw], findings: list[Finding]) -> dict[str, Raw]:
    """Every table of `raw` (by path), those that name a base completed by it.

    Findings: BASE_UNKNOWN, BASE_LOOP, WITHOUT_UNKNOWN.
    """
    return {path: _completed(path, raw, (), findings) for path in raw}


def _completed(path: str, raw: Mapping[str, Raw], above: tuple[str, ...], findings: list[Finding]) -> Raw:
    table = raw[path]
    base = table.get(BASE)
    if not isinstance(base, str):
        return table
    folder, _, _ = path.partition("/")
    base_path = f"{folder}/{base}.toml"
    if base_path not in raw:
        findings.append(Finding("BASE_UNKNOWN", path, base))
        return table
    if base_path in above or base_path == path:
        findings.append(Finding("BASE_LOOP", path, base))
        return table
    return _merged(_completed(base_path, raw, (*above, path), findings), table, path, findings)


def _merged(base: Raw, table: Raw, path: str, findings: list[Finding]) -> Raw:
    dropped = table.get(WITHOUT, [])
    names = [name for name in dropped if isinstance(name, str)] if isinstance(dropped, list) else []
    known = {name for part in base.values() if is_table(part) for name in part}
    known.update(move.split()[0] for move in _moves(base) if move.split())
    findings += [Finding("WITHOUT_UNKNOWN", path, name) for name in names if name not in known]
    merged: dict[str, object] = {}
    for key in dict.fromkeys((*base, *table)):
        mine, theirs = table.get(key), base.get(key)
        if key == MOVES:
            kept = [move for move in _moves(base) if move.split()[:1] != [] and move.split()[0] not in names]
            merged[key] = [*kept, *_moves(table)]
        elif is_table(theirs) and key != "labels":
            kept_parts = {name: part for name, part in theirs.items() if name not in names}
            merged[key] = {**kept_parts, **(mine if is_table(mine) else {})}
        elif key not in (BASE, WITHOUT):
            merged[key] = theirs if mine is None else mine
    return merged


def _moves(table: Raw) -> list[str]:
    moves = table.get(MOVES)
    return [move for move in moves if isinstance(move, str)] if isinstance(moves, list) else []
