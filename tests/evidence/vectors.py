"""Vectors of evidence as tests read them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from longbien.evidence.sealed import CHUNK_BYTES, TAG_BYTES, Layout, ObjectSeal

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def read(path: str) -> Any:
    return json.loads((VECTORS / path).read_text())["cases"]


def cases(path: str) -> Any:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in read(path)])


def grown(name: str, size: int) -> bytes:
    return hashlib.shake_256(f"longbien vector: {name}".encode()).digest(size)


def plaintext_of(case: Any) -> bytes:
    """The plaintext of a case of sealed/accept.json, written down or grown."""
    if not case["plaintext"].startswith("SHAKE"):
        return bytes.fromhex(case["plaintext"])
    if case["name"] == "hole-between":
        return grown("hole-between", CHUNK_BYTES) + bytes(CHUNK_BYTES) + b"end"
    return grown(case["name"], case["size"])


def sealed(seal: ObjectSeal, plaintext: bytes, holes: tuple[int, ...] = ()) -> bytes:
    """A whole sealed object in memory."""
    body, tags = b"", b""
    for index in range(seal.layout.chunks):
        start, end = seal.layout.chunk(index)
        if index in holes:
            body += bytes(end - start)
            tags += seal.hole(index)
            continue
        chunk = bytearray(end - start + TAG_BYTES)
        seal.close_chunk(index, plaintext[start:end], chunk)
        body += chunk[:-TAG_BYTES]
        tags += chunk[-TAG_BYTES:]
    return body + tags + seal.seal


def opened(raw: bytes, *, key: bytes, object_id: bytes, size: int) -> bytes:
    """The plaintext of a whole sealed object in memory; refuses as a reader must."""
    layout = Layout(size=size)
    layout.check_sealed_bytes(len(raw))
    seal = ObjectSeal.read(key=key, object_id=object_id, size=size, seal=raw[layout.seal_at :])
    found = b""
    for index in range(layout.chunks):
        start, end = layout.chunk(index)
        tag = raw[slice(*layout.tag(index))]
        plaintext = bytearray(end - start)
        if end == start or not seal.is_hole(index, tag):
            seal.open_chunk(index, raw[start:end] + tag, plaintext)
        found += plaintext
    return found
