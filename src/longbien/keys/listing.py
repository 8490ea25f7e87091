"""Keys as papers list them: a public key and the window in which it is meant to be used.

A window is half open: `since` counts, `until` does not. The wire says "from" and "until". Windows say what a
State plans; whether a signature counts is decided by revocation and ledger position, never by a clock alone.
"""

from dataclasses import dataclass

from longbien.keys.forms import KID_SIZE, LAST_INSTANT, MAX_PUBLIC, MAX_SEAL_PUBLIC, MAX_SUITE
from longbien.keys.lifetimes import SEAL_KEY_LONGEST, STATEMENT_KEY_LONGEST
from longbien.wire.cbor import Malformed, Value
from longbien.wire.fields import INT_MAX, Fields
from longbien.wire.suites import SealKey, VerifyKey

MAX_ORIGIN = 255
MAX_LEDGERS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementKey:
    """A key that signs statements for a node, from `since` (ms) until before `until` (ms)."""

    key: VerifyKey
    since: int
    until: int

    def covers(self, at: int) -> bool:
        """Whether `at` lies in the window."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSealKey:
    """A key for which others seal letters, from `since` (ms) until before `until` (ms)."""

    key: SealKey
    since: int
    until: int

    def covers(self, at: int) -> bool:
        """Whether `at` lies in the window."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """The key `kid` is no longer believed.

    `sizes` says for ledgers, by origin, below which size an entry or receipt still proves an earlier
    signature.
    """

    kid: bytes
    sizes: tuple[tuple[str, int], ...]


def statement_key_value(listed: StatementKey) -> dict[str, Value]:
    """The key as a CBOR map."""
    return {
        "suite": listed.key.suite,
        "public0": listed.key.public[0],
        "public1": listed.key.public[1],
        "from": listed.since,
        "until": listed.until,
    }


def read_statement_key(fields: Fields) -> StatementKey:
    """Raises Malformed: KEY_WINDOW (empty), KEY_TOO_LONG (over 397 days), and the codes of `wire.fields`."""
    listed = StatementKey(
        key=VerifyKey(
            suite=fields.int("suite", max=MAX_SUITE),
            public=(
                fields.bytes("public0", min=1, max=MAX_PUBLIC),
                fields.bytes("public1", min=1, max=MAX_PUBLIC),
            ),
        ),
        since=fields.int("from", max=LAST_INSTANT),
        until=fields.int("until", max=LAST_INSTANT),
    )
    fields.done()
    _check_window(listed.since, listed.until, STATEMENT_KEY_LONGEST)
    return listed


def seal_key_value(listed: ListedSealKey) -> dict[str, Value]:
    """The key as a CBOR map."""
    return {
        "suite": listed.key.suite,
        "public": listed.key.public,
        "from": listed.since,
        "until": listed.until,
    }


def read_seal_key(fields: Fields) -> ListedSealKey:
    """Raises Malformed: KEY_WINDOW (empty), KEY_TOO_LONG (over seven days), and the codes of
    `wire.fields`.
    """
    listed = ListedSealKey(
        key=SealKey(
            suite=fields.int("suite", max=MAX_SUITE),
            public=fields.bytes("public", min=1, max=MAX_SEAL_PUBLIC),
        ),
        since=fields.int("from", max=LAST_INSTANT),
        until=fields.int("until", max=LAST_INSTANT),
    )
    fields.done()
    _check_window(listed.since, listed.until, SEAL_KEY_LONGEST)
    return listed


def revocation_value(revocation: Revocation) -> dict[str, Value]:
    """The revocation as a CBOR map."""
    return {"kid": revocation.kid, "sizes": dict(revocation.sizes)}


def read_revocation(fields: Fields) -> Revocation:
    """Raises Malformed with the codes of `wire.fields`. Ledgers come back in the order of their names."""
    kid = fields.bytes("kid", size=KID_SIZE)
    sizes = fields.value("sizes")
    fields.done()
    return Revocation(kid=kid, sizes=_read_sizes(sizes))


def _read_sizes(value: Value) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict):
        raise Malformed("FIELD_TYPE", "revoked.sizes")
    if len(value) > MAX_LEDGERS:
        raise Malformed("FIELD_RANGE", f"revoked.sizes: {len(value)} ledgers")
    sizes = []
    for origin, size in value.items():
        if not isinstance(origin, str) or not isinstance(size, int) or isinstance(size, bool):
            raise Malformed("FIELD_TYPE", "revoked.sizes")
        if not 0 < len(origin) <= MAX_ORIGIN or not 0 <= size <= INT_MAX:
            raise Malformed("FIELD_RANGE", "revoked.sizes")
        sizes.append((origin, size))
    return tuple(sorted(sizes))


def _check_window(since: int, until: int, longest: int) -> None:
    if since >= until:
        raise Malformed("KEY_WINDOW", "until is not after from")
    if until - since > longest:
        raise Malformed("KEY_TOO_LONG", f"{until - since} ms")
