"""Fingerprints as people see, hear and type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.keys.fingerprint import grouped, read_grouped, spoken
from longbien.wire.cbor import Malformed

PRINTS = st.binary(min_size=32, max_size=32)


def test_the_written_form_has_sixteen_groups_of_four() -> None:
    assert grouped(bytes(range(32))).startswith("0001 0203 0405")
    assert len(grouped(bytes(32)).split()) == 16


def test_the_spoken_form_has_six_groups_of_five_digits() -> None:
    assert spoken(bytes(32)) == "00000 00000 00000 00000 00000 00000"
    assert spoken(bytes(range(32))) == "09060 60585 12110 63635 15160 66685"


@given(PRINTS, st.sampled_from([" ", "-", "\n", ""]))
def test_what_was_shown_can_be_typed(fingerprint: bytes, separator: str) -> None:
    shown = grouped(fingerprint).replace(" ", separator)
    assert read_grouped(f" {shown.upper()}\n") == fingerprint


@given(PRINTS, st.integers(0, 29))
def test_every_bit_of_the_first_thirty_bytes_moves_the_spoken_form(fingerprint: bytes, place: int) -> None:
    other = bytearray(fingerprint)
    other[place] ^= 1
    assert spoken(bytes(other)) != spoken(fingerprint)


@pytest.mark.parametrize("text", ["", "00" * 31, "00" * 33, "zz" * 32, "0 0" * 32, "00  00" * 16])
def test_anything_else_is_no_fingerprint(text: str) -> None:
    with pytest.raises(Malformed) as error:
        read_grouped(text)
    assert error.value.code == "FINGERPRINT_FORM"


@pytest.mark.parametrize("show", [grouped, spoken])
def test_only_whole_fingerprints_are_shown(show: object) -> None:
    with pytest.raises(Malformed):
        show(bytes(31))  # type: ignore[operator]
