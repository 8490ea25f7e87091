"""The seal: what was sealed opens, and nothing else does."""

import hashlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longbien.evidence.sealed import CHUNK_BYTES, SIZE_MAX, TAG_BYTES, Layout, ObjectSeal
from longbien.wire.wellformed import Malformed

from .vectors import cases, grown, opened, plaintext_of, read, sealed

KEY, OBJECT, SALT = grown("k", 32), grown("o", 16), grown("s", 24)


def seal_of(size: int, *, key: bytes = KEY, object_id: bytes = OBJECT, salt: bytes = SALT) -> ObjectSeal:
    return ObjectSeal(key=key, object_id=object_id, size=size, salt=salt)


@cases("sealed/accept.json")
def test_a_vector_is_what_sealing_makes_and_opens_to_its_plaintext(case: Any) -> None:
    plaintext = plaintext_of(case)
    assert hashlib.sha256(plaintext).hexdigest() == case["plaintext_sha256"]
    key, object_id = bytes.fromhex(case["key"]), bytes.fromhex(case["object"])
    seal = seal_of(case["size"], key=key, object_id=object_id, salt=bytes.fromhex(case["salt"]))
    raw = sealed(seal, plaintext, tuple(case["holes"]))
    assert raw[case["size"] :].hex() == case["tail"]
    assert hashlib.sha256(raw).hexdigest() == case["sealed_sha256"]
    assert raw.hex() == case.get("hex", raw.hex())
    assert opened(raw, key=key, object_id=object_id, size=case["size"]) == plaintext


@pytest.mark.promise("P10")
@cases("sealed/refuse.json")
def test_a_vector_that_must_not_open(case: Any) -> None:
    (base,) = [each for each in read("sealed/accept.json") if each["name"] == case["base"]]
    seal = seal_of(
        base["size"],
        key=bytes.fromhex(base["key"]),
        object_id=bytes.fromhex(base["object"]),
        salt=bytes.fromhex(base["salt"]),
    )
    before = sealed(seal, plaintext_of(base), tuple(base["holes"]))
    raw = bytearray(before)
    for start, to, length in case["moved"]:
        raw[to : to + length] = before[start : start + length]
    for offset, content in case["put"]:
        raw[offset : offset + len(content) // 2] = bytes.fromhex(content)
    changed = bytes(raw[: case["length"]]).ljust(case["length"], b"\0")
    with pytest.raises(Malformed) as refused:
        opened(
            changed,
            key=bytes.fromhex(case["key"]),
            object_id=bytes.fromhex(case["object"]),
            size=case["size"],
        )
    assert refused.value.code == case["expect"]


SIZE = 2 * CHUNK_BYTES + 100
WHOLE = sealed(seal_of(SIZE), grown("whole", SIZE))


@pytest.mark.promise("P10")
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, len(WHOLE) - 1),
    st.integers(1, 255),
    st.sampled_from(["flip", "cut", "append", "insert", "delete", "swap"]),
)
def test_no_tampering_is_ever_opened(offset: int, change: int, kind: str) -> None:
    # Only the chunk that was hurt is opened, and the seal: that it is found there is the claim.
    layout = Layout(size=SIZE)
    raw = WHOLE
    changed = {
        "flip": lambda: b"".join((raw[:offset], bytes([raw[offset] ^ change]), raw[offset + 1 :])),
        "cut": lambda: raw[:offset],
        "append": lambda: b"".join((raw, bytes(change))),
        "insert": lambda: b"".join((raw[:offset], bytes([change]), raw[offset:-1])),
        "delete": lambda: b"".join((raw[:offset], raw[offset + 1 :], bytes([change]))),
        "swap": lambda: swapped(raw, layout),
    }[kind]()
    if changed == raw:
        return
    with pytest.raises(Malformed) as refused:
        look_everywhere(changed, layout)
    assert refused.value.code in {"SEAL_TRUNCATED", "SEAL_EXCESS", "SEAL_MISMATCH", "CHUNK_TAMPERED"}


def swapped(raw: bytes, layout: Layout) -> bytes:
    """The two full chunks and their tags change places."""
    changed = bytearray(raw)
    for place in (layout.chunk, layout.tag):
        (a, b), (c, d) = place(0), place(1)
        changed[a:b], changed[c:d] = raw[c:d], raw[a:b]
    return bytes(changed)


def look_everywhere(raw: bytes, layout: Layout) -> None:
    """Opens what differs from the true object, as somebody who reads only parts would."""
    layout.check_sealed_bytes(len(raw))
    seal = ObjectSeal.read(key=KEY, object_id=OBJECT, size=layout.size, seal=raw[layout.seal_at :])
    for index in range(layout.chunks):
        (start, end), (tag_start, tag_end) = layout.chunk(index), layout.tag(index)
        same = raw[start:end] == WHOLE[start:end] and raw[tag_start:tag_end] == WHOLE[tag_start:tag_end]
        if not same:
            seal.open_chunk(index, raw[start:end] + raw[tag_start:tag_end], bytearray(end - start))


@pytest.mark.promise("P8")
@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_only_its_key_and_object_open_it(plaintext: bytes, key: bytes, object_id: bytes) -> None:
    raw = sealed(seal_of(len(plaintext)), plaintext)
    assert opened(raw, key=KEY, object_id=OBJECT, size=len(plaintext)) == plaintext
    for wrong in ({"key": key, "object_id": OBJECT}, {"key": KEY, "object_id": object_id}):
        with pytest.raises(Malformed, match="SEAL_MISMATCH"):
            opened(raw, size=len(plaintext), **wrong)


@given(st.integers(0, SIZE_MAX))
def test_chunks_cover_every_byte_once_and_the_last_is_short(size: int) -> None:
    layout = Layout(size=size)
    last = layout.chunks - 1
    assert layout.chunk(0)[0] == 0
    assert layout.chunk(last)[1] == size
    assert layout.chunk(last)[1] - layout.chunk(last)[0] < CHUNK_BYTES
    if last:
        assert layout.chunk(last - 1) == (layout.chunk(last)[0] - CHUNK_BYTES, layout.chunk(last)[0])
    assert layout.tag(last)[1] == layout.seal_at
    assert layout.sealed_bytes == size + TAG_BYTES * layout.chunks + 56


@given(st.integers(0, 5 * CHUNK_BYTES), st.integers(0, 5 * CHUNK_BYTES))
def test_a_range_is_covered_by_the_fewest_chunks(start: int, end: int) -> None:
    layout = Layout(size=5 * CHUNK_BYTES)
    covering = layout.covering(start, end)
    if start >= end:
        assert not covering
    else:
        assert layout.chunk(covering[0])[0] <= start < layout.chunk(covering[0])[1]
        assert layout.chunk(covering[-1])[0] < end <= layout.chunk(covering[-1])[1]


@pytest.mark.parametrize("size", [-1, SIZE_MAX + 1])
def test_a_size_that_no_object_has_is_refused(size: int) -> None:
    with pytest.raises(Malformed, match="SEAL_SIZE"):
        seal_of(size)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("KEY_INVALID", {"key": bytes(31)}),
        ("FIELD_RANGE", {"object_id": bytes(15)}),
        ("FIELD_RANGE", {"salt": b""}),
    ],
)
def test_a_seal_of_wrong_parts_is_refused(code: str, changed: dict[str, bytes]) -> None:
    with pytest.raises(Malformed, match=code):
        seal_of(5, **changed)


def test_a_chunk_of_another_length_or_place_is_refused() -> None:
    seal = seal_of(5)
    with pytest.raises(Malformed, match="CHUNK_LENGTH"):
        seal.close_chunk(0, b"four", bytearray(20))
    with pytest.raises(Malformed, match="CHUNK_LENGTH"):
        seal.open_chunk(0, bytes(20), bytearray(4))
    for place in (-1, 1):
        with pytest.raises(Malformed, match="CHUNK_RANGE"):
            seal.hole(place)


def test_another_salt_makes_another_object_of_the_same_bytes() -> None:
    one, other = sealed(seal_of(100), bytes(100)), sealed(seal_of(100, salt=bytes(24)), bytes(100))
    assert sum(a == b for a, b in zip(one[:100], other[:100], strict=True)) < 20


def test_a_seal_that_is_not_56_bytes_is_refused() -> None:
    with pytest.raises(Malformed, match="SEAL_TRUNCATED"):
        ObjectSeal.read(key=KEY, object_id=OBJECT, size=5, seal=bytes(55))
