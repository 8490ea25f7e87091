"""Key files that are authentic and still not what they should be: written by another program, or by a fault of ours."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from longbien.keys import generate, keyfile
from longbien.keys.faults import KeyFault
from longbien.keys.keyfile import Cost, Unlocked
from longbien.keys.material import Purpose, Wanted
from longbien.wire import cbor

from .states import DAY, NOW

UNLOCKED = Unlocked(store=bytes(range(16)), master=bytes(range(32)))
CHEAP = Cost(iterations=1, lanes=1, memory=128)
NONCE = bytes(12)
MATERIAL = generate.make_material(
    Wanted(purpose=Purpose.SEAL, suite=1, label="", made_at=NOW, since=NOW, until=NOW + DAY)
)
KEY = keyfile.seal(UNLOCKED, MATERIAL, nonce=NONCE)
STORE = keyfile.lock(UNLOCKED, b"passphrase", salt=bytes(16), nonce=NONCE, cost=CHEAP)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(KeyFault) as error:
        act()
    return error.value.code


def parts_of(data: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    parts = cbor.decode(data)
    assert isinstance(parts, list)
    header, nonce, sealed = parts
    assert isinstance(header, bytes)
    fields: Any = cbor.decode(header)
    return fields, nonce, sealed


def key_with(changes: Mapping[str, Any], private: Any = None) -> bytes:
    """A key file with a changed header or private half, sealed properly."""
    header = cbor.encode(parts_of(KEY)[0] | dict(changes))
    plain = cbor.encode(list(MATERIAL.private) if private is None else private)
    return cbor.encode([header, NONCE, AESGCM(UNLOCKED.master).encrypt(NONCE, plain, header)])


def store_with(changes: Mapping[str, Any], master: bytes = UNLOCKED.master) -> bytes:
    """A store file with a changed header or master key, closed with a digest that fits."""
    header = cbor.encode(parts_of(STORE[:-32])[0] | dict(changes))
    derived = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=128).derive(
        b"passphrase"
    )
    body = cbor.encode([header, NONCE, AESGCM(derived).encrypt(NONCE, master, header)])
    return body + cbor.digest(body)


def closed(body: bytes) -> bytes:
    return body + cbor.digest(body)


def test_what_was_sealed_opens() -> None:
    assert keyfile.unseal(UNLOCKED, KEY) == MATERIAL
    assert keyfile.unseal(UNLOCKED, key_with({})) == MATERIAL
    assert keyfile.unlock(STORE, b"passphrase") == UNLOCKED
    assert keyfile.unlock(store_with({}), b"passphrase") == UNLOCKED


@pytest.mark.promise("P13")
@pytest.mark.parametrize(
    "changes",
    [
        {"format": "longbien-key/2"},
        {"store": bytes(16)},
        {"purpose": "other"},
        {"kid": bytes(15)},
        {"suite": -1},
        {"public": []},
        {"from": -1},
        {"more": 1},
    ],
    ids=str,
)
def test_an_authentic_key_file_with_a_strange_header_is_refused(changes: dict[str, Any]) -> None:
    assert code_of(lambda: keyfile.unseal(UNLOCKED, key_with(changes))) == "KEYFILE_DAMAGED"


@pytest.mark.parametrize("private", [{}, 1, ["text"], [b"x", None]], ids=str)
def test_an_authentic_key_file_with_a_strange_private_half_is_refused(private: Any) -> None:
    assert code_of(lambda: keyfile.unseal(UNLOCKED, key_with({}, private))) == "KEYFILE_DAMAGED"


@pytest.mark.parametrize("frame", [1, [], [b"", b""], [1, NONCE, b""], [b"", b"short", b""]], ids=str)
def test_a_frame_of_another_shape_is_refused(frame: Any) -> None:
    data = cbor.encode(frame)
    assert code_of(partial(keyfile.unseal, UNLOCKED, data)) == "KEYFILE_DAMAGED"
    assert code_of(partial(keyfile.unlock, closed(data), b"passphrase")) == "KEYFILE_DAMAGED"


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    "changes",
    [
        {"format": "longbien-keystore/2"},
        {"kdf": "pbkdf2"},
        {"salt": bytes(15)},
        {"iterations": 17},
        {"lanes": 0},
        {"memory": 1_048_577},
        {"more": 1},
    ],
    ids=str,
)
def test_a_store_file_that_asks_for_the_unreasonable_is_refused_before_any_work(
    changes: dict[str, Any],
) -> None:
    assert code_of(lambda: keyfile.unlock(store_with(changes), b"passphrase")) == "KEYFILE_DAMAGED"


def test_a_weakened_header_does_not_open_with_the_right_passphrase() -> None:
    header, nonce, sealed = parts_of(STORE[:-32])
    weaker = closed(cbor.encode([cbor.encode(header | {"memory": 129}), nonce, sealed]))
    assert code_of(lambda: keyfile.unlock(weaker, b"passphrase")) == "PASSPHRASE_WRONG"


def test_a_master_key_of_another_size_is_refused() -> None:
    assert code_of(lambda: keyfile.unlock(store_with({}, b"short"), b"passphrase")) == "KEYFILE_DAMAGED"
