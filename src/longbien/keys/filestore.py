"""The key store of a small State: encrypted files in one private directory, opened by one passphrase.

Knows the directory's layout and what to do when a write was interrupted. The directory is 0700 and every
file 0600, and both are checked before anything is read. Several processes may use one store: the directory
is the truth, and whoever changes it holds its lock.
"""

from pathlib import Path
from typing import Self

from longbien.keys import durable, keyfile
from longbien.keys.faults import KeyFault
from longbien.keys.generate import fresh, make_material
from longbien.keys.keyfile import Cost, Unlocked
from longbien.keys.keystore import (
    as_log_signer,
    as_opener,
    as_paper_signer,
    as_signer,
    as_tls_private,
    as_wrapper,
    in_order,
)
from longbien.keys.keywrap import KeyWrapper
from longbien.keys.material import Held, KeyEntry, Material, Wanted, held
from longbien.keys.papersign import PaperSigner
from longbien.keys.passphrase import check_passphrase
from longbien.ledger import LogSigner
from longbien.wire.suites import OpenKey, Signer

STORE_FILE = "keystore"
SUFFIX = ".key"


class FileKeyStore:
    """The store in `path`, which `create` made before.

    Raises KeyFault: KEYSTORE_MISSING, KEYFILE_EXPOSED, KEYFILE_DAMAGED, PASSPHRASE_WRONG, KEYSTORE_IO.
    Opening finishes what a crash interrupted, and opens every key file once, so that damage is found at
    start and not when a key is needed.
    """

    def __init__(self, path: Path, passphrase: str) -> None:
        durable.check_directory(path)
        self._path = path
        self._unlocked = _unlock(path, passphrase)
        self._ready: dict[bytes, Held] = {}
        with durable.alone(path):
            durable.sweep(path)
        self.entries()

    @classmethod
    def create(cls, path: Path, passphrase: str, *, cost: Cost = keyfile.DEFAULT_COST) -> Self:
        """Makes an empty store in `path`. Raises KeyFault: KEYSTORE_EXISTS, PASSPHRASE_SHORT, KEYSTORE_IO."""
        secret = check_passphrase(passphrase)
        durable.make_directory(path)
        with durable.alone(path):
            if (path / STORE_FILE).exists():
                raise KeyFault("KEYSTORE_EXISTS", str(path))
            unlocked = Unlocked(store=fresh(keyfile.STORE_ID), master=fresh(keyfile.MASTER))
            durable.write(path / STORE_FILE, _lock(unlocked, secret, cost))
        return cls(path, passphrase)

    def change_passphrase(self, passphrase: str, *, cost: Cost = keyfile.DEFAULT_COST) -> None:
        """From now on only `passphrase` opens the store. Raises KeyFault: PASSPHRASE_SHORT, KEYSTORE_IO.

        The master key stays: a copy of the old store file still opens with the old passphrase. After a
        theft, make new keys instead.
        """
        data = _lock(self._unlocked, check_passphrase(passphrase), cost)
        with durable.alone(self._path):
            durable.write(self._path / STORE_FILE, data)

    def entries(self) -> tuple[KeyEntry, ...]:
        """See `KeyStore.entries`. Raises KeyFault: KEYFILE_DAMAGED, KEYFILE_EXPOSED, KEYSTORE_IO."""
        found = []
        for path in sorted(self._path.glob("*" + SUFFIX)):
            try:
                found.append(self._read(path).entry)
            except KeyFault as fault:
                # Another process may have destroyed the key between the listing and the reading.
                if fault.code != "KEY_ABSENT":
                    raise
        return in_order(found)

    def make(self, wanted: Wanted) -> KeyEntry:
        """See `KeyStore.make`."""
        return self.keep(make_material(wanted))

    def keep(self, material: Material) -> KeyEntry:
        """Takes over a key made elsewhere. Raises KeyFault: KEY_EXISTS, KEY_MISMATCH, KEYSTORE_IO."""
        held(material)
        path = self._path / _file_name(material.entry.kid)
        with durable.alone(self._path):
            if path.exists():
                raise KeyFault("KEY_EXISTS", material.entry.kid.hex())
            durable.write(path, keyfile.seal(self._unlocked, material, nonce=fresh(keyfile.NONCE)))
        return material.entry

    def signer(self, kid: bytes) -> Signer:
        """See `KeyStore.signer`; also KEYFILE_DAMAGED, KEYFILE_EXPOSED, KEYSTORE_IO."""
        return as_signer(self._find(kid))

    def opener(self, kid: bytes) -> OpenKey:
        """See `KeyStore.opener`; also KEYFILE_DAMAGED, KEYFILE_EXPOSED, KEYSTORE_IO."""
        return as_opener(self._find(kid))

    def log_signer(self, kid: bytes) -> LogSigner:
        """See `KeyStore.log_signer`; also KEYFILE_DAMAGED, KEYFILE_EXPOSED, KEYSTORE_IO."""
        return as_log_signer(self._find(kid))

    def tls_private(self, kid: bytes) -> bytes:
        """See `KeyStore.tls_private`; also KEYFILE_DAMAGED, KEYFILE_EXPOSED, KEYSTORE_IO."""
        return as_tls_private(self._find(kid))

    def paper_signer(self, kid: bytes) -> PaperSigner:
        """See `KeyStore.paper_signer`; also KEYFILE_DAMAGED, KEYFILE_EXPOSED, KEYSTORE_IO."""
        return as_paper_signer(self._find(kid))

    def wrapper(self, kid: bytes) -> KeyWrapper:
        """See `KeyStore.wrapper`; also KEYFILE_DAMAGED, KEYFILE_EXPOSED, KEYSTORE_IO."""
        return as_wrapper(self._find(kid))

    def destroy(self, kid: bytes) -> None:
        """See `KeyStore.destroy`."""
        self._ready.pop(kid, None)
        with durable.alone(self._path):
            durable.destroy(self._path / _file_name(kid))

    def _find(self, kid: bytes) -> Held:
        path = self._path / _file_name(kid)
        if not path.exists():
            # Gone from the directory is gone, whoever destroyed it; what this process remembered goes too.
            self._ready.pop(kid, None)
            raise KeyFault("KEY_ABSENT", kid.hex())
        if kid not in self._ready:
            self._ready[kid] = held(self._read(path))
        return self._ready[kid]

    def _read(self, path: Path) -> Material:
        material = keyfile.unseal(self._unlocked, durable.read(path, limit=keyfile.MAX_FILE))
        # A file under another key's name would be used in its place.
        if path.name != _file_name(material.entry.kid):
            raise KeyFault("KEYFILE_DAMAGED", f"{path} holds another key")
        return material


def _file_name(kid: bytes) -> str:
    return kid.hex() + SUFFIX


def _lock(unlocked: Unlocked, secret: bytes, cost: Cost) -> bytes:
    return keyfile.lock(unlocked, secret, salt=fresh(keyfile.SALT), nonce=fresh(keyfile.NONCE), cost=cost)


def _unlock(path: Path, passphrase: str) -> Unlocked:
    try:
        data = durable.read(path / STORE_FILE, limit=keyfile.MAX_FILE)
    except KeyFault as fault:
        if fault.code == "KEY_ABSENT":
            raise KeyFault("KEYSTORE_MISSING", str(path)) from fault
        raise
    return keyfile.unlock(data, passphrase.encode("utf-8"))
