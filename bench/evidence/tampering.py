"""Tampering at random: every change of a sealed object is found before a byte of the chunk that was changed is used, and every
change of an exported file makes the court's verifier refuse it with what and where. Every change of a row of a database is found by
`node verify`.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from bench.evidence import edited_rows, exported
from bench.evidence.rows import MIB, Row, row
from longbien.evidence.sealed import CHUNK_BYTES, TAG_BYTES, Layout, ObjectSeal
from longbien.wire import Malformed
from longbien_verify.court import verify

if TYPE_CHECKING:
    from collections.abc import Callable

KEY, OBJECT, SALT = bytes(range(32)), bytes(16), bytes(range(24))
SIZE = 2 * MIB + 100
KINDS = ("flip", "cut", "append", "insert", "delete", "swap", "splice")


def tampering(count: int = 100_000, seed: int = 1) -> list[Row]:
    """Rows for `count` random tamperings with an object of three chunks; `seed` makes the run repeatable."""
    chance = random.Random(seed)
    whole, other = _sealed(OBJECT, chance), _sealed(b"another object!!", chance)
    found, began = 0, time.perf_counter()
    for _ in range(count):
        changed = _CHANGES[chance.choice(KINDS)](whole, other, chance)
        found += changed == whole or _is_found(changed, whole)
    rate = count / (time.perf_counter() - began)
    return [
        row(
            f"tamperings found of {count} (seed {seed})", found, "tamperings", ratio=found / count, least=1.0
        ),
        row("tamperings tried", rate, "1/s"),
    ]


def tampering_exported(
    count: int = 100_000, seed: int = 1, sample: tuple[exported.Files, list[bytes]] | None = None
) -> list[Row]:
    """Rows for `count` random changes of an exported file; by default of a demonstration."""
    files, roots = sample or exported.played()
    assert verify(files.raw, roots).ok
    chance = random.Random(seed)
    tried, refused, began = 0, 0, time.perf_counter()
    while tried < count:
        raw = exported.changed(exported.ROUND[tried % len(exported.ROUND)], files, chance)
        if raw is None:
            continue
        tried += 1
        report = verify(raw, roots)
        refused += not report.ok and all(" " in finding for finding in report.findings)
    rate = count / (time.perf_counter() - began)
    return [
        row(
            f"changes of exported files refused of {count} (seed {seed})",
            refused,
            "changes",
            ratio=refused / count,
            least=1.0,
        ),
        row("changes of exported files tried", rate, "1/s"),
    ]


def tampering_rows(count: int = 20_000, seed: int = 1) -> list[Row]:
    """Rows for `count` random changes of rows in the databases of two nodes that exchanged evidence."""
    sides = edited_rows.played()
    chance = random.Random(seed)
    tried, seen, began = 0, 0, time.perf_counter()
    while tried < count:
        side = chance.choice(sides)
        change = edited_rows.changed(side, chance)
        if change.image is None:
            continue
        tried += 1
        findings = edited_rows.found(side, change.image)
        seen += bool(findings) and all(" " in finding for finding in findings)
    rate = count / (time.perf_counter() - began)
    return [
        row(
            f"changes of database rows found of {count} (seed {seed})",
            seen,
            "changes",
            ratio=seen / count,
            least=1.0,
        ),
        row("changes of database rows tried", rate, "1/s"),
    ]


def _sealed(object_id: bytes, chance: random.Random) -> bytes:
    seal = ObjectSeal(key=KEY, object_id=object_id, size=SIZE, salt=SALT)
    plaintext = chance.randbytes(SIZE)
    body, tags = b"", b""
    for index in range(seal.layout.chunks):
        start, end = seal.layout.chunk(index)
        chunk = bytearray(end - start + TAG_BYTES)
        seal.close_chunk(index, plaintext[start:end], chunk)
        body, tags = body + chunk[:-TAG_BYTES], tags + chunk[-TAG_BYTES:]
    return body + tags + seal.seal


def _is_found(changed: bytes, whole: bytes) -> bool:
    """Whether somebody who opens only what was changed is told."""
    layout = Layout(size=SIZE)
    try:
        layout.check_sealed_bytes(len(changed))
        seal = ObjectSeal.read(key=KEY, object_id=OBJECT, size=SIZE, seal=changed[layout.seal_at :])
        for index in range(layout.chunks):
            body, tag = slice(*layout.chunk(index)), slice(*layout.tag(index))
            if changed[body] != whole[body] or changed[tag] != whole[tag]:
                if seal.is_hole(index, changed[tag]):
                    return False
                seal.open_chunk(index, changed[body] + changed[tag], bytearray(body.stop - body.start))
    except Malformed:
        return True
    return False


def _flip(whole: bytes, _other: bytes, chance: random.Random) -> bytes:
    changed = bytearray(whole)
    for _ in range(chance.choice((1, 1, 1, 2, 9))):
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(whole: bytes, _other: bytes, chance: random.Random) -> bytes:
    return whole[: chance.randrange(len(whole))]


def _append(whole: bytes, _other: bytes, chance: random.Random) -> bytes:
    return whole + chance.randbytes(chance.randrange(1, 100))


def _insert(whole: bytes, _other: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(whole))
    return whole[:place] + chance.randbytes(1) + whole[place:-1]


def _delete(whole: bytes, _other: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(whole))
    return whole[:place] + whole[place + 1 :] + chance.randbytes(1)


def _swap(whole: bytes, _other: bytes, chance: random.Random) -> bytes:
    """Chunks, tags or both change places."""
    layout = Layout(size=SIZE)
    changed = bytearray(whole)
    for place in chance.choice(((layout.chunk,), (layout.tag,), (layout.chunk, layout.tag))):
        (a, b), (c, d) = place(0), place(1)
        changed[a:b], changed[c:d] = whole[c:d], whole[a:b]
    return bytes(changed)


def _splice(whole: bytes, other: bytes, chance: random.Random) -> bytes:
    """A part of another object of the same key and size: a chunk, a tag, or any range."""
    layout = Layout(size=SIZE)
    index = chance.randrange(layout.chunks)
    start = chance.randrange(len(whole))
    ranges = (
        (layout.chunk(index), layout.tag(index)),
        (layout.tag(index),),
        ((start, start + CHUNK_BYTES // 3),),
    )
    changed = bytearray(whole)
    for first, last in chance.choice(ranges):
        changed[first:last] = other[first:last]
    return bytes(changed)


_CHANGES: dict[str, Callable[[bytes, bytes, random.Random], bytes]] = {
    "flip": _flip,
    "cut": _cut,
    "append": _append,
    "insert": _insert,
    "delete": _delete,
    "swap": _swap,
    "splice": _splice,
}
