"""Hypothesis strategies: values that the wire can carry, and bytes that come close to a message."""

from typing import Any

from hypothesis import strategies as st

INTEGERS = st.integers(min_value=-(1 << 64), max_value=(1 << 64) - 1)
TEXTS = st.text(max_size=40)
KEYS = st.one_of(TEXTS, INTEGERS)
LEAVES = st.one_of(st.none(), st.booleans(), INTEGERS, st.binary(max_size=300), TEXTS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=30,
)


@st.composite
def mutated(draw: Any, message: bytes) -> bytes:
    """A valid message after one to four small injuries."""
    changed = bytearray(message)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        match draw(st.integers(0, 5)):
            case 0 if changed:
                changed[at] ^= 1 << draw(st.integers(0, 7))
            case 1 if changed:
                changed[at] = draw(st.integers(0, 255))
            case 2:
                changed[at:at] = draw(st.binary(min_size=1, max_size=9))
            case 3:
                del changed[at : at + draw(st.integers(1, 40))]
            case 4:
                changed[at:at] = changed[at : at + draw(st.integers(1, 40))]
            case _:
                del changed[at:]
    return bytes(changed)
