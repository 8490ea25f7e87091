"""The bytes of a key store on disk: one store file that the passphrase opens, one sealed file for each key.

The passphrase becomes a key by Argon2id once per store; that key opens the store's master key; the master
key opens the key files. So a new passphrase rewrites one small file, and opening a hundred keys costs one
derivation. Everything in a header is authenticated. Salts, nonces and the master key come in as arguments;
knows no paths.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from longbien.keys.faults import KeyFault
from longbien.keys.forms import KID_SIZE, LAST_INSTANT, MAX_SUITE
from longbien.keys.material import KeyEntry, Material, Purpose
from longbien.wire import cbor
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields

STORE_FORMAT = "longbien-keystore/1"
KEY_FORMAT = "longbien-key/1"
STORE_ID = 16
SALT = 16
NONCE = 12
MASTER = 32
MAX_FILE = 65_536
CHECKSUM = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess at the passphrase costs: Argon2id passes, lanes and memory in KiB."""

    iterations: int
    lanes: int
    memory: int


DEFAULT_COST = Cost(iterations=3, lanes=4, memory=65_536)
"""The second recommended choice of RFC 9106 §4: 64 MiB, three passes, about 0.1 s on one of today's cores."""

_DEAREST = Cost(iterations=16, lanes=16, memory=1_048_576)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """An opened store: its identifier (16 bytes) and master key (32 bytes). Not for printing."""

    store: bytes
    master: bytes

    def __repr__(self) -> str:
        return f"Unlocked({self.store.hex()})"


def lock(
    unlocked: Unlocked, passphrase: bytes, *, salt: bytes, nonce: bytes, cost: Cost = DEFAULT_COST
) -> bytes:
    """The bytes of a store file that `passphrase` opens. `salt` (16 bytes) and `nonce` (12 bytes) must be
    fresh.
    """
    header = cbor.encode(
        {
            "format": STORE_FORMAT,
            "store": unlocked.store,
            "kdf": "argon2id",
            "salt": salt,
            "iterations": cost.iterations,
            "lanes": cost.lanes,
            "memory": cost.memory,
        }
    )
    sealed = AESGCM(_derive(passphrase, salt, cost)).encrypt(nonce, unlocked.master, header)
    body = cbor.encode([header, nonce, sealed])
    return body + cbor.digest(body)


def unlock(data: bytes, passphrase: bytes) -> Unlocked:
    """Opens a store file.

    The digest at the end tells damage (KEYFILE_DAMAGED) from a wrong passphrase (PASSPHRASE_WRONG). It
    protects against nobody: who changes the file on purpose can compute it, and is then told that the
    passphrase is wrong.
    """
    body, digest = data[:-CHECKSUM], data[-CHECKSUM:]
    if cbor.digest(body) != digest:
        raise KeyFault("KEYFILE_DAMAGED", "store file")
    try:
        header, nonce, sealed = _frame(body)
        fields = Fields(cbor.decode(header), "store")
        _check_text(fields, "format", STORE_FORMAT)
        _check_text(fields, "kdf", "argon2id")
        store = fields.bytes("store", size=STORE_ID)
        salt = fields.bytes("salt", size=SALT)
        cost = Cost(
            iterations=fields.int("iterations", min=1, max=_DEAREST.iterations),
            lanes=fields.int("lanes", min=1, max=_DEAREST.lanes),
            memory=fields.int("memory", min=8 * _DEAREST.lanes, max=_DEAREST.memory),
        )
        fields.done()
    except Malformed as fault:
        raise KeyFault("KEYFILE_DAMAGED", f"store file: {fault.code}") from fault
    try:
        master = AESGCM(_derive(passphrase, salt, cost)).decrypt(nonce, sealed, header)
    except InvalidTag:
        raise KeyFault("PASSPHRASE_WRONG") from None
    if len(master) != MASTER:
        raise KeyFault("KEYFILE_DAMAGED", "store file: master key")
    return Unlocked(store=store, master=master)


def seal(unlocked: Unlocked, material: Material, *, nonce: bytes) -> bytes:
    """The bytes of a key file. `nonce` (12 bytes) must be fresh."""
    entry = material.entry
    header = cbor.encode(
        {
            "format": KEY_FORMAT,
            "store": unlocked.store,
            "purpose": entry.purpose.value,
            "kid": entry.kid,
            "suite": entry.suite,
            "public": list(entry.public),
            "label": entry.label,
            "made_at": entry.made_at,
            "from": entry.since,
            "until": entry.until,
        }
    )
    sealed = AESGCM(unlocked.master).encrypt(nonce, cbor.encode(list(material.private)), header)
    return cbor.encode([header, nonce, sealed])


def unseal(unlocked: Unlocked, data: bytes) -> Material:
    """Opens a key file. Raises KeyFault KEYFILE_DAMAGED for anything but the bytes that `seal` made for
    this store.
    """
    try:
        header, nonce, sealed = _frame(data)
        # Nothing of the header is believed before the tag is checked, so it is read afterwards.
        private = cbor.decode(AESGCM(unlocked.master).decrypt(nonce, sealed, header))
        entry = _read_entry(Fields(cbor.decode(header), "key"), unlocked.store)
    except InvalidTag:
        raise KeyFault("KEYFILE_DAMAGED", "key file: not authentic") from None
    except Malformed as fault:
        raise KeyFault("KEYFILE_DAMAGED", f"key file: {fault.code}") from fault
    if not isinstance(private, list):
        raise KeyFault("KEYFILE_DAMAGED", "key file: private half")
    halves = tuple(half for half in private if isinstance(half, bytes))
    if len(halves) != len(private):
        raise KeyFault("KEYFILE_DAMAGED", "key file: private half")
    return Material(entry=entry, private=halves)


def _read_entry(fields: Fields, store: bytes) -> KeyEntry:
    _check_text(fields, "format", KEY_FORMAT)
    if fields.bytes("store", size=STORE_ID) != store:
        raise Malformed("FIELD_RANGE", "key.store")
    purpose = fields.text("purpose", max=16)
    if purpose not in set(Purpose):
        raise Malformed("FIELD_RANGE", "key.purpose")
    entry = KeyEntry(
        purpose=Purpose(purpose),
        kid=fields.bytes("kid", size=KID_SIZE),
        suite=fields.int("suite", max=MAX_SUITE),
        public=fields.byte_strings("public", max=MAX_FILE, items=2, min_items=1),
        label=fields.text("label", min=0, max=1024),
        made_at=fields.int("made_at", max=LAST_INSTANT),
        since=fields.int("from", max=LAST_INSTANT),
        until=fields.int("until", max=LAST_INSTANT),
    )
    fields.done()
    return entry


def _frame(data: bytes) -> tuple[bytes, bytes, bytes]:
    parts = cbor.decode(data, limit=MAX_FILE)
    if not isinstance(parts, list) or len(parts) != 3:
        raise Malformed("FIELD_TYPE", "frame")
    header, nonce, sealed = parts
    if not isinstance(header, bytes) or not isinstance(nonce, bytes) or not isinstance(sealed, bytes):
        raise Malformed("FIELD_TYPE", "frame")
    if len(nonce) != NONCE:
        raise Malformed("FIELD_RANGE", "nonce")
    return header, nonce, sealed


def _check_text(fields: Fields, name: str, expected: str) -> None:
    if fields.text(name, max=64) != expected:
        raise Malformed("FIELD_RANGE", name)


def _derive(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    return Argon2id(
        salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(passphrase)
