"""The file store under wrong passphrases, damage, open permissions and crashes."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from longbien.keys import generate, keyfile
from longbien.keys.filestore import FileKeyStore
from longbien.keys.keyfile import Cost
from longbien.keys.keystore import KeyStore, MemoryKeyStore
from longbien.ledger import Checkpoint, checkpoint
from longbien.wire import statement
from longbien.wire.suites import PRODUCTION

from .states import stub_maker
from .stores import ALL, CHEAP, PASSPHRASE, code_of, created, key_file

# --- what every store does ------------------------------------------------------------------------------------


def both(path: Path) -> list[KeyStore]:
    return [created(path), MemoryKeyStore()]


def test_every_purpose_works_from_every_store(path: Path) -> None:
    for store in both(path):
        root, signing, seal_1, seal_2, log, tls, paper, evidence = (store.make(each) for each in ALL)
        for entry in (root, signing):
            made = statement.make(
                b"\xa0",
                kind="act",
                issuer="VN",
                audience=("RU",),
                subject=b"",
                descriptor=b"",
                signers=[store.signer(entry.kid)],
            )
            statement.verify(statement.parse(made), {entry.kid: entry.verify_key}, PRODUCTION)
        for entry in (seal_1, seal_2):
            sealed = PRODUCTION.get(entry.suite).seal(entry.seal_key.public, b"info", b"plaintext")
            assert store.opener(entry.kid).open(b"info", sealed) == b"plaintext"
        head = Checkpoint(origin=log.label, size=1, root=bytes(32))
        assert checkpoint.verify(checkpoint.sign(head, store.log_signer(log.kid)), log.log_key) == head
        assert store.tls_private(tls.kid)
        signature = store.paper_signer(paper.kid).sign(b"a list of files")
        x509.load_der_x509_certificate(paper.certificate).public_key().verify(
            signature, b"a list of files", ec.ECDSA(hashes.SHA256())
        )
        wrapper = store.wrapper(evidence.kid)
        wrapped = wrapper.wrap(b"a key", bound_to=b"an object", nonce=bytes(12))
        assert wrapper.unwrap(wrapped, bound_to=b"an object") == b"a key" and b"a key" not in wrapped
        assert code_of(partial(wrapper.unwrap, wrapped, bound_to=b"another")) == "KEY_WRAP"
        assert len(store.entries()) == len(ALL)


def test_a_key_serves_its_own_purpose_only(path: Path) -> None:
    for store in both(path):
        seal = store.make(ALL[2])
        for use in (store.signer, store.log_signer, store.tls_private, store.paper_signer, store.wrapper):
            assert code_of(partial(use, seal.kid)) == "KEY_PURPOSE"
        assert code_of(lambda: store.opener(store.make(ALL[1]).kid)) == "KEY_PURPOSE"
        for ask in ("verify_key", "log_key", "certificate"):
            assert code_of(partial(getattr, seal, ask)) == "KEY_PURPOSE"
        assert code_of(lambda: store.make(ALL[1]).seal_key) == "KEY_PURPOSE"


@pytest.mark.promise("P8")
def test_a_destroyed_key_is_gone(path: Path) -> None:
    for store in both(path):
        kid = store.make(ALL[2]).kid
        store.opener(kid)
        store.destroy(kid)
        assert store.entries() == ()
        assert code_of(lambda: store.opener(kid)) == "KEY_ABSENT"
        assert code_of(lambda: store.destroy(kid)) == "KEY_ABSENT"


def test_stores_list_keys_in_one_order(path: Path) -> None:
    for store in both(path):
        made = [store.make(each) for each in reversed(ALL)]
        assert [entry.purpose for entry in store.entries()] == sorted(entry.purpose for entry in made)


def test_a_memory_store_takes_stub_keys() -> None:
    store = MemoryKeyStore(stub_maker)
    entry = store.make(ALL[1])
    assert store.signer(entry.kid).verify_key.kid == entry.kid
    assert code_of(lambda: store.make(ALL[1])) == "KEY_EXISTS"


# --- passphrase -----------------------------------------------------------------------------------------------


def test_a_store_opens_again_with_its_passphrase(store: FileKeyStore, path: Path) -> None:
    entry = store.make(ALL[1])
    again = FileKeyStore(path, PASSPHRASE)
    assert again.entries() == (entry,)
    assert again.signer(entry.kid).verify_key == entry.verify_key


@pytest.mark.parametrize("passphrase", ["", "wrong", PASSPHRASE + " ", PASSPHRASE.upper()])
def test_a_wrong_passphrase_is_told_as_such(store: FileKeyStore, path: Path, passphrase: str) -> None:
    assert code_of(lambda: FileKeyStore(path, passphrase)) == "PASSPHRASE_WRONG"


def test_a_new_passphrase_replaces_the_old_one_and_keeps_the_keys(store: FileKeyStore, path: Path) -> None:
    entry = store.make(ALL[1])
    store.change_passphrase("another long passphrase", cost=CHEAP)
    assert FileKeyStore(path, "another long passphrase").entries() == (entry,)
    assert code_of(lambda: FileKeyStore(path, PASSPHRASE)) == "PASSPHRASE_WRONG"
    assert code_of(lambda: store.change_passphrase("short")) == "PASSPHRASE_SHORT"


def test_a_store_is_created_once_and_not_with_a_short_passphrase(store: FileKeyStore, path: Path) -> None:
    assert code_of(lambda: created(path)) == "KEYSTORE_EXISTS"
    assert code_of(lambda: FileKeyStore.create(path / "x", "eleven char")) == "PASSPHRASE_SHORT"
    assert not (path / "x").exists()


def test_a_missing_store_is_told_as_such(tmp_path: Path) -> None:
    assert code_of(lambda: FileKeyStore(tmp_path / "none", PASSPHRASE)) == "KEYSTORE_MISSING"
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o700)
    assert code_of(lambda: FileKeyStore(empty, PASSPHRASE)) == "KEYSTORE_MISSING"
    (tmp_path / "file").touch(mode=0o600)
    assert code_of(lambda: FileKeyStore(tmp_path / "file", PASSPHRASE)) == "KEYSTORE_MISSING"


def test_the_default_cost_is_what_rfc_9106_recommends(path: Path) -> None:
    FileKeyStore.create(path, PASSPHRASE)
    assert Cost(iterations=3, lanes=4, memory=65_536) == keyfile.DEFAULT_COST
    assert code_of(lambda: FileKeyStore(path, "wrong passphrase")) == "PASSPHRASE_WRONG"


# --- damage ---------------------------------------------------------------------------------------------------


@pytest.mark.promise("P13")
def test_every_flipped_bit_of_the_store_file_is_damage(store: FileKeyStore, path: Path) -> None:
    file = path / "keystore"
    original = file.read_bytes()
    for place in range(len(original)):
        for bit in range(8):
            bent = bytearray(original)
            bent[place] ^= 1 << bit
            file.write_bytes(bytes(bent))
            assert code_of(lambda: FileKeyStore(path, PASSPHRASE)) == "KEYFILE_DAMAGED", (place, bit)


@pytest.mark.promise("P13")
def test_every_flipped_bit_of_a_key_file_is_damage(store: FileKeyStore, path: Path) -> None:
    store.make(ALL[2])
    file = key_file(path)
    original = file.read_bytes()
    for place in range(len(original)):
        bent = bytearray(original)
        bent[place] ^= 1 << (place % 8)
        file.write_bytes(bytes(bent))
        assert code_of(store.entries) == "KEYFILE_DAMAGED", place


@pytest.mark.promise("P13")
def test_every_cut_of_either_file_is_damage(store: FileKeyStore, path: Path) -> None:
    store.make(ALL[2])
    for file in (key_file(path), path / "keystore"):
        original = file.read_bytes()
        for length in range(0, len(original), 11):
            file.write_bytes(original[:length])
            assert code_of(lambda: FileKeyStore(path, PASSPHRASE)) == "KEYFILE_DAMAGED", length
        file.write_bytes(original + b"\x00")
        assert code_of(lambda: FileKeyStore(path, PASSPHRASE)) == "KEYFILE_DAMAGED"
        file.write_bytes(original)
    FileKeyStore(path, PASSPHRASE)


def test_a_file_that_is_far_too_long_is_damage(store: FileKeyStore, path: Path) -> None:
    store.make(ALL[2])
    key_file(path).write_bytes(bytes(keyfile.MAX_FILE + 1))
    assert code_of(store.entries) == "KEYFILE_DAMAGED"


def test_a_header_written_anew_by_a_stranger_opens_nothing(store: FileKeyStore, path: Path) -> None:
    unlocked = keyfile.Unlocked(store=bytes(16), master=bytes(32))
    strange = keyfile.lock(unlocked, b"another", salt=bytes(16), nonce=bytes(12), cost=CHEAP)
    (path / "keystore").write_bytes(strange)
    assert code_of(lambda: FileKeyStore(path, PASSPHRASE)) == "PASSPHRASE_WRONG"


def test_key_files_cannot_change_places_or_stores(store: FileKeyStore, path: Path, tmp_path: Path) -> None:
    first, second = store.make(ALL[1]), store.make(ALL[1])
    one, two = path / f"{first.kid.hex()}.key", path / f"{second.kid.hex()}.key"
    one.write_bytes(two.read_bytes())
    assert code_of(lambda: store.signer(first.kid)) == "KEYFILE_DAMAGED"
    other = created(tmp_path / "other")
    moved = tmp_path / "other" / two.name
    moved.write_bytes(two.read_bytes())
    moved.chmod(0o600)
    assert code_of(other.entries) == "KEYFILE_DAMAGED"


def test_a_private_half_that_does_not_belong_is_refused(store: FileKeyStore) -> None:
    for each in ALL:
        one, other = generate.make_material(each), generate.make_material(each)
        assert code_of(partial(store.keep, replace(one, private=other.private))) == "KEY_MISMATCH"
    tls = generate.make_material(ALL[-1])
    assert (
        code_of(partial(store.keep, replace(tls, entry=replace(tls.entry, kid=bytes(16))))) == "KEY_MISMATCH"
    )
    assert code_of(partial(store.keep, replace(tls, private=(b"no key",)))) == "KEY_MISMATCH"
    assert store.entries() == ()


def test_a_key_is_kept_once(store: FileKeyStore) -> None:
    material = generate.make_material(ALL[1])
    store.keep(material)
    assert code_of(lambda: store.keep(material)) == "KEY_EXISTS"


# --- permissions ----------------------------------------------------------------------------------------------


def test_files_are_private_from_the_first_moment(store: FileKeyStore, path: Path) -> None:
    old = os.umask(0)
    try:
        store.make(ALL[1])
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in path.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o644])
def test_open_permissions_are_refused(store: FileKeyStore, path: Path, mode: int) -> None:
    store.make(ALL[1])
    for file in (path / "keystore", key_file(path)):
        file.chmod(mode)
        assert code_of(lambda: FileKeyStore(path, PASSPHRASE)) == "KEYFILE_EXPOSED"
        file.chmod(0o600)
    path.chmod(0o700 | mode & 0o077)
    assert code_of(lambda: FileKeyStore(path, PASSPHRASE)) == "KEYFILE_EXPOSED"


def test_a_link_in_place_of_a_file_is_refused(store: FileKeyStore, path: Path, tmp_path: Path) -> None:
    store.make(ALL[1])
    file = key_file(path)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert code_of(store.entries) == "KEYFILE_EXPOSED"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_refused(store: FileKeyStore, path: Path) -> None:
    store.make(ALL[1])
    os.chown(key_file(path), 12345, 12345)
    assert code_of(store.entries) == "KEYFILE_EXPOSED"


def test_a_second_process_sees_what_the_first_one_did(store: FileKeyStore, path: Path) -> None:
    other = FileKeyStore(path, PASSPHRASE)
    entry = store.make(ALL[2])
    assert other.entries() == (entry,)
    other.opener(entry.kid)
    store.destroy(entry.kid)
    assert code_of(lambda: other.opener(entry.kid)) == "KEY_ABSENT"


def test_secrets_do_not_show_in_representations() -> None:
    material = generate.make_material(ALL[1])
    unlocked = keyfile.Unlocked(store=bytes(16), master=b"\xab" * 32)
    assert repr(material.private[0])[2:-1] not in repr(material)
    assert "\\xab" not in repr(unlocked)
