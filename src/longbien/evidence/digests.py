"""Digests of a file, as investigators give them.

Knows names, sizes and which digest may still be believed; must never know a file. SHA-256 of the whole plaintext is
always taken, because it is what acquisition tools print and courts compare. MD5 is only ever compared with old
papers: two different files with one MD5 are easy to make.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from longbien.wire.fields import Fields
from longbien.wire.wellformed import Malformed

SHA256: Final = "sha256"


class Hasher(Protocol):
    """A running digest."""

    def update(self, data: memoryview, /) -> object:
        """Takes more bytes."""

    def digest(self) -> bytes:
        """The digest of all bytes so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """One digest: its name in manifests, its name for people, its size in bytes.

    `legacy` digests are kept and compared, and never prove anything alone.
    """

    name: str
    title: str
    size: int
    legacy: bool = False


ALGORITHMS: Final[Mapping[str, Algorithm]] = {
    each.name: each
    for each in (
        Algorithm(name=SHA256, title="SHA-256", size=32),
        Algorithm(name="sha512", title="SHA-512", size=64),
        Algorithm(name="blake3", title="BLAKE3", size=32),
        Algorithm(name="sha1", title="SHA-1 (for legacy comparison only)", size=20, legacy=True),
        Algorithm(name="md5", title="MD5 (for legacy comparison only)", size=16, legacy=True),
    )
}

NAME: Final = re.compile("|".join(ALGORITHMS))


def sha256(data: bytes) -> bytes:
    """SHA-256 of bytes in memory."""
    return hashlib.sha256(data).digest()


def check(digests: Mapping[str, bytes], where: str) -> None:
    """Raises `Malformed` DIGEST_FORM unless every name is known and every digest has its size."""
    for name, value in digests.items():
        if name not in ALGORITHMS or len(value) != ALGORITHMS[name].size:
            raise Malformed("DIGEST_FORM", where)


def read(fields: Fields, where: str) -> dict[str, bytes]:
    """The digests of a record's field: a map of names to byte strings, at least one. Codes: FIELD_…."""
    found: dict[str, bytes] = {}
    for algorithm in ALGORITHMS.values():
        value = fields.optional_bytes(algorithm.name, size=algorithm.size)
        if value is not None:
            found[algorithm.name] = value
    fields.done()
    if not found:
        raise Malformed("DIGEST_FORM", where)
    return found


def compare(said: Mapping[str, bytes], found: Mapping[str, bytes]) -> None:
    """Silence means: every digest that both have agrees, and at least one that is no legacy digest is among them.

    Raises `Malformed`: DIGEST_MISMATCH (naming the algorithm), DIGEST_MISSING.
    """
    common = sorted(said.keys() & found.keys())
    for name in common:
        if said[name] != found[name]:
            raise Malformed("DIGEST_MISMATCH", name)
    if all(ALGORITHMS[name].legacy for name in common):
        raise Malformed("DIGEST_MISSING", "no digest in common that may be believed")
