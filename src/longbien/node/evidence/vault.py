"""The keys of sealed objects while this node holds them: wrapped, never plain in a row.

What it knows: how a key and its salt are wrapped and come back. What it must never know: who may have them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from longbien.evidence.sealed import KEY_BYTES
from longbien.evidence.ticket import kept, ticket_of
from longbien.keys import KeyEntry, KeyStore, Purpose
from longbien.keys.generate import evidence_wanted
from longbien.keys.keywrap import NONCE_BYTES
from longbien.node.ports import Entropy, Now
from longbien.store.evidence_rows import SecretRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectKey:
    """The key and the salt of one sealed object."""

    object_id: bytes
    key: bytes = field(repr=False)
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """The rows that hold some keys, and (object, digest of its ticket) for each of them."""

    rows: tuple[SecretRow, ...]
    tickets: tuple[tuple[bytes, bytes], ...]


class Vault:
    """Wraps under the evidence key of the key store, which it makes when the first key is kept and again each year."""

    def __init__(self, keystore: KeyStore, *, now: Now, entropy: Entropy) -> None:
        self._keystore = keystore
        self._now = now
        self._entropy = entropy
        self._current: KeyEntry | None = None

    def wrap(self, keys: Sequence[ObjectKey]) -> Wrapped:
        """What a database may hold of these keys."""
        entry = self._wrapping_key()
        wrapper = self._keystore.wrapper(entry.kid)
        rows = tuple(
            SecretRow(
                object=each.object_id,
                kid=entry.kid,
                wrapped=wrapper.wrap(
                    each.key + each.salt, bound_to=each.object_id, nonce=self._entropy(NONCE_BYTES)
                ),
            )
            for each in keys
        )
        tickets = tuple((each.object_id, kept(ticket_of(each.key, each.object_id))) for each in keys)
        return Wrapped(rows=rows, tickets=tickets)

    def open(self, row: SecretRow) -> ObjectKey:
        """The key again. Raises KeyFault: KEY_ABSENT, KEY_WRAP."""
        secret = self._keystore.wrapper(row.kid).unwrap(row.wrapped, bound_to=row.object)
        return ObjectKey(object_id=row.object, key=secret[:KEY_BYTES], salt=secret[KEY_BYTES:])

    def _wrapping_key(self) -> KeyEntry:
        now = self._now()
        if self._current is None or not self._current.since <= now < self._current.until:
            fitting = [
                entry
                for entry in self._keystore.entries()
                if entry.purpose is Purpose.EVIDENCE and entry.since <= now < entry.until
            ]
            self._current = fitting[-1] if fitting else self._keystore.make(evidence_wanted(now))
        return self._current
