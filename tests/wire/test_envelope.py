"""Envelopes: only the addressee reads, and the network learns a key, a suite and a size class."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.wire import cbor, envelope
from longbien.wire.suites import PRODUCTION, SUITE_1, SealKey, Suites
from longbien.wire.wellformed import Malformed

from .material import edited, open_key
from .values import VALUES, mutated

both = pytest.mark.parametrize("number", [1, 2])
ID = bytes(range(16))


def code(read: Any) -> str:
    with pytest.raises(Malformed) as refused:
        read()
    return refused.value.code


def sealed(parcel: bytes = b"parcel", number: int = 1) -> bytes:
    return envelope.seal(parcel, to=open_key(suite=number).seal_key, envelope_id=ID, suites=PRODUCTION)


def opened(raw: bytes, *keys: Any) -> bytes:
    mine = keys or (open_key(), open_key(suite=2))
    return envelope.open_envelope(raw, {key.seal_key.kid: key for key in mine}, PRODUCTION)


@both
@pytest.mark.parametrize(
    ("size", "size_class"),
    [(0, 2), (1, 2), (4095, 2), (4096, 3), (8191, 3), (8192, 4), (65535, 6), (65536, 7), (1048575, 10)],
)
def test_every_size_comes_back_in_the_smallest_class_that_holds_it(
    number: Any, size: Any, size_class: Any
) -> None:
    parcel = bytes(size)
    raw = sealed(parcel, number)
    assert opened(raw) == parcel
    read = envelope.parse(raw)
    assert read.size_class == size_class
    assert len(read.sealed) == (1 << size_class) * 1024 + PRODUCTION.get(number).overhead_bytes


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=5000))
def test_open_undoes_seal(parcel: Any) -> None:
    assert opened(sealed(parcel)) == parcel


@both
def test_the_outside_tells_identifier_suite_key_and_class(number: Any) -> None:
    raw = sealed(number=number)
    read = envelope.parse(raw)
    kid = open_key(suite=number).seal_key.kid
    assert (read.id, read.suite, read.to, read.size_class) == (ID, number, kid, 2)
    assert envelope.addressed_to(raw) == kid
    assert cbor.decode(read.header) == {"id": ID, "to": kid, "class": 2, "suite": number}


@pytest.mark.promise("P8")
def test_equal_parcels_look_different_and_equal_classes_have_equal_length() -> None:
    first, second, longer = sealed(b"yes"), sealed(b"yes"), sealed(b"no" * 1000)
    assert first != second
    assert len(first) == len(second) == len(longer)


@pytest.mark.promise("P8")
@both
def test_only_the_addressee_opens(number: Any) -> None:
    raw = sealed(number=number)
    assert code(lambda: opened(raw, open_key("nobody", number))) == "ENVELOPE_NOT_FOR_US"
    stranger = open_key("nobody", number)
    as_if = {open_key(suite=number).seal_key.kid: stranger}
    assert code(lambda: envelope.open_envelope(raw, as_if, PRODUCTION)) == "ENVELOPE_TAMPERED"


def test_a_parcel_beyond_the_largest_class_is_refused() -> None:
    assert code(lambda: sealed(bytes(envelope.PARCEL_BYTES_MAX + 1))) == "ENVELOPE_TOO_LARGE"


def test_the_largest_envelopes_are_within_the_limit() -> None:
    for number in (1, 2):
        assert len(sealed(bytes(envelope.PARCEL_BYTES_MAX), number)) <= envelope.ENVELOPE_BYTES_MAX
    assert code(lambda: envelope.parse(bytes(envelope.ENVELOPE_BYTES_MAX + 1))) == "CBOR_TOO_LARGE"


def test_seal_refuses_keys_and_identifiers_that_are_none() -> None:
    key = open_key().seal_key
    assert code(lambda: envelope.seal(b"", to=key, envelope_id=b"x", suites=PRODUCTION)) == "FIELD_RANGE"
    bad = SealKey(suite=1, public=b"")
    assert code(lambda: envelope.seal(b"", to=bad, envelope_id=ID, suites=PRODUCTION)) == "KEY_INVALID"
    unknown = SealKey(suite=9, public=key.public)
    assert code(lambda: envelope.seal(b"", to=unknown, envelope_id=ID, suites=PRODUCTION)) == "SUITE_UNKNOWN"


@pytest.mark.promise("P15")
def test_a_suite_that_the_receiver_does_not_speak_is_unknown() -> None:
    raw = sealed(number=2)
    keys = {open_key(suite=2).seal_key.kid: open_key(suite=2)}
    assert code(lambda: envelope.open_envelope(raw, keys, Suites([SUITE_1]))) == "SUITE_UNKNOWN"


def test_an_opener_that_gives_another_size_is_not_believed() -> Any:
    class Short:
        seal_key = open_key().seal_key

        def open(self, info: Any, ciphertext: Any) -> Any:
            return b"parcel\x80"

    assert code(lambda: opened(sealed(), Short())) == "ENVELOPE_PADDING"


@pytest.mark.promise("P11")
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_injured_envelope_never_opens(data: Any) -> None:
    whole = sealed_once()
    injured = data.draw(mutated(whole))
    if injured != whole:
        with pytest.raises(Malformed):
            opened(injured)


SEALED: list[bytes] = []


def sealed_once() -> bytes:
    if not SEALED:
        SEALED.append(sealed())
    return SEALED[0]


@pytest.mark.promise("P8")
@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["class", "id", "suite", "to", "more"]), VALUES)
def test_a_changed_header_opens_nothing(label: Any, value: Any) -> None:
    def change(parts: Any) -> None:
        header = cbor.decode(parts[0])
        header[label] = value
        parts[0] = cbor.encode(header)

    raw = edited(sealed_once(), change)
    if raw != sealed_once():
        with pytest.raises(Malformed):
            opened(raw)


@pytest.mark.promise("P11")
@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=200), VALUES.map(cbor.encode)))
def test_whatever_the_bytes_parse_gives_an_envelope_or_malformed(data: Any) -> None:
    with pytest.raises(Malformed):
        envelope.parse(data)
