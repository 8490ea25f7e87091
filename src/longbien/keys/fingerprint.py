"""How two people make sure that they mean the same State root.

A fingerprint is the SHA-256 of a root document. It is pinned whole (32 bytes). It is shown in two ways: all
64 hexadecimal digits in groups, to compare on paper, and 30 decimal digits, to read aloud. Digits and not
words, because both ends of the call may share no language but will share numbers.
"""

import re

from longbien.wire.cbor import Malformed

SIZE = 32
_GROUPED = re.compile(r"[0-9a-f]{4}([ \n-]?[0-9a-f]{4}){15}")


def grouped(fingerprint: bytes) -> str:
    """All 32 bytes as sixteen groups of four hexadecimal digits, separated by blanks."""
    text = _whole(fingerprint).hex()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def spoken(fingerprint: bytes) -> str:
    """Six groups of five decimal digits for a telephone call: 99 bits of the fingerprint.

    Each group is five bytes, big-endian, modulo 100 000. A stranger cannot find another root with the same
    digits (2^99 trials). A State could find two roots of its own that share them (2^50), which is why the pin
    is the whole fingerprint and the written form is compared as well.
    """
    whole = _whole(fingerprint)
    groups = (int.from_bytes(whole[start : start + 5], "big") % 100_000 for start in range(0, 30, 5))
    return " ".join(f"{group:05d}" for group in groups)


def read_grouped(text: str) -> bytes:
    """The fingerprint that a person typed or pasted: `grouped`, with or without blanks, hyphens and line
    breaks.

    Raises Malformed FINGERPRINT_FORM.
    """
    lowered = text.strip().lower()
    if _GROUPED.fullmatch(lowered) is None:
        raise Malformed("FINGERPRINT_FORM", "a fingerprint has 64 hexadecimal digits")
    return bytes.fromhex(re.sub("[ \n-]", "", lowered))


def _whole(fingerprint: bytes) -> bytes:
    if len(fingerprint) != SIZE:
        raise Malformed("FINGERPRINT_FORM", f"{len(fingerprint)} bytes")
    return fingerprint
