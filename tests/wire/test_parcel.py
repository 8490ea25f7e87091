"""Parcels: every kind, read strictly."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.wire import cbor, envelope, parcel
from longbien.wire.wellformed import Malformed

from .values import VALUES, mutated

PARTIES = st.from_regex(r"[A-Z][A-Z0-9-]{1,15}", fullmatch=True)
CODES = st.from_regex(r"[A-Z][A-Z0-9_-]{1,47}", fullmatch=True)
BLOBS = st.binary(min_size=1, max_size=200)
PROOFS = st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(tuple)
SIZES = st.integers(0, (1 << 63) - 1)

ANSWERS = st.one_of(
    st.builds(parcel.Receipted, receipt=BLOBS),
    st.builds(parcel.Deferred, code=CODES),
    st.builds(parcel.Refused, code=CODES),
)
PARCELS = st.one_of(
    st.builds(parcel.Propose, sender=PARTIES, act=BLOBS),
    st.builds(parcel.Entry, sender=PARTIES, act=BLOBS, receipt=BLOBS),
    st.builds(parcel.Descriptor, sender=PARTIES, chain=st.lists(BLOBS, min_size=1, max_size=5).map(tuple)),
    st.builds(
        parcel.Witness,
        sender=PARTIES,
        checkpoint=BLOBS,
        consistency=PROOFS,
        known=SIZES,
        cosignature=st.binary(max_size=200),
        over=st.binary(max_size=200),
    ),
    st.builds(parcel.Manifest, sender=PARTIES, statement=BLOBS),
    st.builds(
        parcel.Custody,
        sender=PARTIES,
        manifest=st.binary(min_size=16, max_size=16),
        checkpoint=BLOBS,
        events=st.lists(
            st.builds(
                parcel.Logged,
                record=BLOBS,
                salt=st.binary(min_size=32, max_size=32),
                index=SIZES,
                path=PROOFS,
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
    st.builds(
        parcel.Keys,
        sender=PARTIES,
        manifest=st.binary(min_size=32, max_size=32),
        act=st.binary(min_size=32, max_size=32),
        keys=st.lists(
            st.builds(
                parcel.ItemKey,
                number=st.integers(1, 1000),
                key=st.binary(min_size=32, max_size=32),
                salt=st.binary(min_size=24, max_size=24),
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
    st.builds(
        parcel.Answer,
        sender=PARTIES,
        request=st.binary(min_size=32, max_size=32),
        answers=st.lists(ANSWERS, max_size=5).map(tuple),
        checkpoint=st.binary(max_size=200),
        proofs=st.lists(st.tuples(st.integers(1, (1 << 63) - 1), PROOFS), max_size=4).map(tuple),
        holds=SIZES,
    ),
)


@given(PARCELS)
def test_decode_undoes_encode(content: Any) -> None:
    raw = parcel.encode(content)
    assert parcel.decode(raw) == content
    assert parcel.encode(parcel.decode(raw)) == raw


@given(PARCELS)
def test_every_parcel_says_its_kind_and_its_sender(content: Any) -> None:
    value = cbor.decode(parcel.encode(content))
    assert value["kind"] == type(content).__name__.lower()
    assert value["from"] == content.sender


@pytest.mark.parametrize(
    "content",
    [
        parcel.Propose(sender="vn", act=b"x"),
        parcel.Propose(sender="VN", act=b""),
        parcel.Descriptor(sender="VN", chain=()),
        parcel.Witness(
            sender="VN", checkpoint=b"x", consistency=(b"short",), known=0, cosignature=b"", over=b""
        ),
        parcel.Witness(sender="VN", checkpoint=b"x", consistency=(), known=-1, cosignature=b"", over=b""),
        parcel.Entry(sender="VN", act=b"x", receipt=bytes(envelope.PARCEL_BYTES_MAX)),
    ],
)
def test_encode_refuses_what_decode_would_refuse(content: Any) -> None:
    with pytest.raises(Malformed):
        parcel.encode(content)


def test_the_largest_parcel_fits_the_largest_envelope() -> None:
    content = parcel.Entry(sender="VN", act=b"x", receipt=bytes(envelope.PARCEL_BYTES_MAX - 60))
    assert len(parcel.encode(content)) <= envelope.PARCEL_BYTES_MAX


@pytest.mark.promise("P11")
@settings(max_examples=400)
@given(
    st.one_of(st.binary(max_size=100), VALUES.map(cbor.encode), PARCELS.map(parcel.encode).flatmap(mutated))
)
def test_whatever_the_bytes_decode_gives_a_parcel_or_malformed(data: Any) -> None:
    try:
        content = parcel.decode(data)
    except Malformed:
        return
    assert parcel.encode(content) == data
