"""Key stores: who can sign and open, by the name of a key.

`KeyStore` is what the node sees. A PKCS#11 token can stand behind it, because private halves never cross
it: a store makes keys inside itself, signs, opens and destroys. `MemoryKeyStore` is for tests and the
simulated world; the store of a small State is `filestore.FileKeyStore`.
"""

from collections.abc import Iterable
from typing import Protocol

from longbien.keys.faults import KeyFault
from longbien.keys.generate import make_key
from longbien.keys.keywrap import KeyWrapper
from longbien.keys.material import Held, KeyEntry, Maker, Purpose, Wanted
from longbien.keys.papersign import PaperSigner
from longbien.ledger import LogSigner
from longbien.wire.suites import OpenKey, Signer


class KeyStore(Protocol):
    """Keys of one node, by kid (16 bytes). Every method may raise KeyFault; the codes stand with each."""

    def entries(self) -> tuple[KeyEntry, ...]:
        """All keys without their private halves, ordered by purpose, then window, then kid."""
        ...

    def make(self, wanted: Wanted) -> KeyEntry:
        """Makes a key inside the store; when this returns, it is durable. Raises KEYSTORE_IO."""
        ...

    def signer(self, kid: bytes) -> Signer:
        """Signs with a root or statement key. Raises KEY_ABSENT, KEY_PURPOSE."""
        ...

    def opener(self, kid: bytes) -> OpenKey:
        """Opens what was sealed for a seal key. Raises KEY_ABSENT, KEY_PURPOSE."""
        ...

    def log_signer(self, kid: bytes) -> LogSigner:
        """Signs checkpoints with a log key. Raises KEY_ABSENT, KEY_PURPOSE."""
        ...

    def tls_private(self, kid: bytes) -> bytes:
        """The private half (PKCS#8, DER) of a TLS key, for the process that serves it. Raises KEY_ABSENT,
        KEY_PURPOSE.

        The one exception to the rule above: the TLS library wants the key itself. It authenticates a
        connection, and no statement, receipt or envelope depends on it.
        """
        ...

    def paper_signer(self, kid: bytes) -> PaperSigner:
        """Signs papers with a paper key. Raises KEY_ABSENT, KEY_PURPOSE."""
        ...

    def wrapper(self, kid: bytes) -> KeyWrapper:
        """Wraps and unwraps with an evidence key. Raises KEY_ABSENT, KEY_PURPOSE."""
        ...

    def destroy(self, kid: bytes) -> None:
        """Removes a key for good; when this returns, the store cannot use it again. Raises KEY_ABSENT,
        KEYSTORE_IO.

        The caller records the fact in the ledger.
        """
        ...


class MemoryKeyStore:
    """A `KeyStore` that is gone with its process. `maker` makes the keys, so that a simulated world brings
    stubs.
    """

    def __init__(self, maker: Maker = make_key) -> None:
        self._maker = maker
        self._held: dict[bytes, Held] = {}

    def entries(self) -> tuple[KeyEntry, ...]:
        """See `KeyStore.entries`."""
        return in_order(one.entry for one in self._held.values())

    def make(self, wanted: Wanted) -> KeyEntry:
        """See `KeyStore.make`."""
        return self.keep(self._maker(wanted))

    def keep(self, key: Held) -> KeyEntry:
        """Takes over a key that was made elsewhere. Raises KeyFault KEY_EXISTS."""
        if key.entry.kid in self._held:
            raise KeyFault("KEY_EXISTS", key.entry.kid.hex())
        self._held[key.entry.kid] = key
        return key.entry

    def signer(self, kid: bytes) -> Signer:
        """See `KeyStore.signer`."""
        return as_signer(self._find(kid))

    def opener(self, kid: bytes) -> OpenKey:
        """See `KeyStore.opener`."""
        return as_opener(self._find(kid))

    def log_signer(self, kid: bytes) -> LogSigner:
        """See `KeyStore.log_signer`."""
        return as_log_signer(self._find(kid))

    def tls_private(self, kid: bytes) -> bytes:
        """See `KeyStore.tls_private`."""
        return as_tls_private(self._find(kid))

    def paper_signer(self, kid: bytes) -> PaperSigner:
        """See `KeyStore.paper_signer`."""
        return as_paper_signer(self._find(kid))

    def wrapper(self, kid: bytes) -> KeyWrapper:
        """See `KeyStore.wrapper`."""
        return as_wrapper(self._find(kid))

    def destroy(self, kid: bytes) -> None:
        """See `KeyStore.destroy`."""
        self._find(kid)
        del self._held[kid]

    def _find(self, kid: bytes) -> Held:
        if kid not in self._held:
            raise KeyFault("KEY_ABSENT", kid.hex())
        return self._held[kid]


def in_order(entries: Iterable[KeyEntry]) -> tuple[KeyEntry, ...]:
    """Entries in the order that `KeyStore.entries` promises."""
    return tuple(sorted(entries, key=lambda entry: (entry.purpose, entry.since, entry.until, entry.kid)))


def as_signer(key: Held) -> Signer:
    """The key as a signer. Raises KeyFault KEY_PURPOSE."""
    key.entry.require(Purpose.ROOT, Purpose.STATEMENT)
    assert key.signer is not None
    return key.signer


def as_opener(key: Held) -> OpenKey:
    """The key as an opener. Raises KeyFault KEY_PURPOSE."""
    key.entry.require(Purpose.SEAL)
    assert key.opener is not None
    return key.opener


def as_log_signer(key: Held) -> LogSigner:
    """The key as a log signer. Raises KeyFault KEY_PURPOSE."""
    key.entry.require(Purpose.LOG)
    assert key.log_signer is not None
    return key.log_signer


def as_tls_private(key: Held) -> bytes:
    """The private half of a TLS key. Raises KeyFault KEY_PURPOSE."""
    key.entry.require(Purpose.TLS)
    assert key.tls_private is not None
    return key.tls_private


def as_paper_signer(key: Held) -> PaperSigner:
    """The key as a signer of papers. Raises KeyFault KEY_PURPOSE."""
    key.entry.require(Purpose.PAPER)
    assert key.paper_signer is not None
    return key.paper_signer


def as_wrapper(key: Held) -> KeyWrapper:
    """The key as a wrapper of other keys. Raises KeyFault KEY_PURPOSE."""
    key.entry.require(Purpose.EVIDENCE)
    assert key.wrapper is not None
    return key.wrapper
