"""Suites and keys: what signs, what seals, and how keys are named."""

from typing import Any

import pytest
from cryptography.hazmat.backends.openssl.backend import backend
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from longbien.wire import cbor
from longbien.wire.missing import PrimitiveMissing
from longbien.wire.sealing import MLKEM1024_P384, X_WING
from longbien.wire.signatures import ESP384, ML_DSA_44, ML_DSA_65, Ed25519, ecdsa_signature
from longbien.wire.suites import (
    PRODUCTION,
    SUITE_1,
    SUITE_2,
    SealKey,
    SoftOpenKey,
    SoftSigner,
    Suites,
    VerifyKey,
)
from longbien.wire.wellformed import Malformed

from .material import SUITES, grown, open_key, signer

P384_ORDER = (
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
)


def code(read: Any) -> str:
    with pytest.raises(Malformed) as refused:
        read()
    return refused.value.code


both = pytest.mark.parametrize("number", [1, 2])


def test_production_holds_suites_1_and_2_and_no_other() -> None:
    assert [suite.number for suite in PRODUCTION] == [1, 2]
    assert len(PRODUCTION) == 2
    assert 1 in PRODUCTION
    assert 0 not in PRODUCTION
    assert PRODUCTION.get(2) is SUITE_2


@pytest.mark.promise("P15")
@pytest.mark.parametrize("number", [0, 3, -1, 1 << 40])
def test_an_unknown_suite_is_refused(number: Any) -> None:
    assert code(lambda: PRODUCTION.get(number)) == "SUITE_UNKNOWN"
    assert code(lambda: SoftSigner(number, (bytes(32), bytes(32)))) == "SUITE_UNKNOWN"
    assert code(lambda: SoftOpenKey(number, bytes(32))) == "SUITE_UNKNOWN"


def test_algorithms_have_their_registered_numbers() -> None:
    assert SUITE_1.algorithms == (-19, -49)
    assert SUITE_2.algorithms == (-51, -50)
    assert ML_DSA_44.cose == -48


@both
def test_what_a_signer_signs_its_key_verifies(number: Any) -> None:
    key = signer(suite=number)
    suite = SUITES[number]
    for algorithm in suite.algorithms:
        signature = key.sign(algorithm, b"message")
        suite.verify(algorithm, key.verify_key.public, b"message", signature)
        assert code(lambda a=algorithm, s=signature: suite.verify(a, key.verify_key.public, b"other", s)) == (
            "SIGNATURE_INVALID"
        )


@both
def test_a_signature_of_any_other_size_is_invalid(number: Any) -> None:
    key = signer(suite=number)
    suite = SUITES[number]
    for algorithm in suite.algorithms:
        signature = key.sign(algorithm, b"message")
        for wrong in (
            b"",
            signature[:-1],
            signature + b"\0",
            bytes(len(signature)),
            b"\xff" * len(signature),
        ):
            assert code(
                lambda a=algorithm, s=wrong: suite.verify(a, key.verify_key.public, b"message", s)
            ) == ("SIGNATURE_INVALID")


@both
def test_an_algorithm_of_another_suite_is_unknown(number: Any) -> None:
    other = SUITES[3 - number].algorithms[0]
    key = signer(suite=number)
    assert code(lambda: key.sign(other, b"message")) == "ALGORITHM_UNKNOWN"
    assert (
        code(lambda: SUITES[number].verify(other, key.verify_key.public, b"message", b""))
        == "ALGORITHM_UNKNOWN"
    )


def test_kids_are_digests_of_suite_and_public_keys() -> None:
    key = VerifyKey(suite=1, public=(b"a", b"b"))
    assert key.kid == cbor.digest(cbor.encode([1, b"a", b"b"]))[:16]
    seal_key = SealKey(suite=1, public=b"a")
    assert seal_key.kid == cbor.digest(cbor.encode([1, b"a"]))[:16]
    assert VerifyKey(suite=2, public=(b"a", b"b")).kid != key.kid


def test_soft_keys_are_determined_by_their_private_bytes() -> None:
    again = SoftSigner(1, (grown("VN 0", 32), grown("VN 1", 32)))
    assert again.verify_key == signer().verify_key
    assert SoftOpenKey(1, grown("RU sealing", 32)).seal_key == open_key().seal_key


def test_an_x_wing_key_grows_as_the_x_wing_draft_says() -> None:
    # draft-connolly-cfrg-xwing-kem, first test vector: how its public key begins and ends.
    seed = bytes.fromhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
    public = SoftOpenKey(1, seed).seal_key.public
    assert public.hex().startswith("e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5")
    assert public.hex().endswith("c8cd049040ef6534")


@both
def test_what_is_sealed_opens_under_its_own_info_only(number: Any) -> None:
    key = open_key(suite=number)
    sealed = SUITES[number].seal(key.seal_key.public, b"info", b"plaintext")
    assert len(sealed) == len(b"plaintext") + SUITES[number].overhead_bytes
    assert key.open(b"info", sealed) == b"plaintext"
    assert code(lambda: key.open(b"other", sealed)) == "ENVELOPE_TAMPERED"
    assert code(lambda: open_key("nobody", number).open(b"info", sealed)) == "ENVELOPE_TAMPERED"
    for wrong in (b"", sealed[:-1], sealed[:100], bytes(len(sealed)), b"\xff" * len(sealed)):
        assert code(lambda w=wrong: key.open(b"info", w)) == "ENVELOPE_TAMPERED"


@both
def test_good_public_keys_pass_their_check(number: Any) -> None:
    SUITES[number].check_verify_key(signer(suite=number).verify_key.public)
    SUITES[number].check_seal_key(open_key(suite=number).seal_key.public)


@both
def test_public_keys_of_a_wrong_size_are_invalid(number: Any) -> None:
    suite = SUITES[number]
    first, second = signer(suite=number).verify_key.public
    assert code(lambda: suite.check_verify_key((first[:-1], second))) == "KEY_INVALID"
    assert code(lambda: suite.check_verify_key((first, second + b"\0"))) == "KEY_INVALID"
    assert code(lambda: suite.check_seal_key(b"")) == "KEY_INVALID"
    assert code(lambda: suite.verify(suite.algorithms[0], (b"", b""), b"", b"")) == "KEY_INVALID"


def test_points_off_the_curve_and_lattice_keys_out_of_range_are_invalid() -> None:
    second = signer(suite=2).verify_key.public[1]
    assert code(lambda: SUITE_2.check_verify_key((b"\x04" + b"\xff" * 96, second))) == "KEY_INVALID"
    assert code(lambda: SUITE_2.check_verify_key((b"\x04" + bytes(96), second))) == "KEY_INVALID"
    assert code(lambda: SUITE_1.check_seal_key(b"\xff" * X_WING.public_bytes)) == "KEY_INVALID"
    assert code(lambda: SUITE_2.check_seal_key(b"\xff" * MLKEM1024_P384.public_bytes)) == "KEY_INVALID"


def test_nothing_is_sealed_for_an_x25519_point_of_small_order() -> None:
    public = open_key().seal_key.public[:-32] + bytes(32)
    assert code(lambda: SUITE_1.seal(public, b"info", b"plaintext")) == "KEY_INVALID"


@pytest.mark.parametrize(
    ("number", "private"),
    [
        (1, (bytes(31), bytes(32))),
        (1, (bytes(32), bytes(33))),
        (2, (bytes(47), bytes(32))),
        (2, (bytes(48), bytes(32))),
        (2, (P384_ORDER.to_bytes(48, "big"), bytes(32))),
        (2, ((1).to_bytes(48, "big"), b"")),
    ],
)
def test_private_keys_out_of_range_are_invalid(number: Any, private: Any) -> None:
    assert code(lambda: SoftSigner(number, private)) == "KEY_INVALID"


def test_a_seed_of_another_size_is_invalid() -> None:
    assert code(lambda: SoftOpenKey(1, bytes(31))) == "KEY_INVALID"
    assert SUITE_1.opening_private_bytes == 32


def test_only_the_lower_of_two_ecdsa_signatures_is_admitted() -> None:
    key = signer(suite=2)
    public = key.verify_key.public
    for _ in range(20):
        signature = key.sign(-51, b"message")
        assert int.from_bytes(signature[48:], "big") <= P384_ORDER // 2
    r, s = (int.from_bytes(half, "big") for half in (signature[:48], signature[48:]))
    twin = signature[:48] + (P384_ORDER - s).to_bytes(48, "big")
    assert code(lambda: SUITE_2.verify(-51, public, b"message", twin)) == "SIGNATURE_INVALID"
    assert ecdsa_signature(r, P384_ORDER - s) == signature
    der = encode_dss_signature(r, s)
    assert code(lambda: SUITE_2.verify(-51, public, b"message", der)) == "SIGNATURE_INVALID"


def test_a_registry_can_hold_a_suite_of_its_own() -> None:
    class Stub:
        number = 0

    own = Suites((Stub(),))
    assert own.get(0).number == 0
    assert 1 not in own


@pytest.mark.promise("P15")
def test_a_library_without_ml_dsa_stops_the_node(monkeypatch: Any) -> None:
    monkeypatch.setattr(type(backend), "mldsa_supported", lambda _self: False)
    for read in (
        lambda: ML_DSA_65.load(bytes(32)),
        lambda: ML_DSA_65.check(b"\x07" * ML_DSA_65.public_bytes),
    ):
        with pytest.raises(PrimitiveMissing) as missing:
            read()
        assert missing.value.code == "ML_DSA_MISSING"


@pytest.mark.promise("P15")
def test_a_library_without_ml_kem_stops_the_node(monkeypatch: Any) -> None:
    fresh = SoftOpenKey(1, grown("never seen", 32)).seal_key.public
    monkeypatch.setattr(type(backend), "mlkem_supported", lambda _self: False)
    for read in (lambda: SoftOpenKey(1, bytes(32)), lambda: X_WING.check(fresh)):
        with pytest.raises(PrimitiveMissing) as missing:
            read()
        assert missing.value.code == "ML_KEM_MISSING"


def test_sizes_are_those_of_the_standards() -> None:
    assert (Ed25519.public_bytes, Ed25519.signature_bytes) == (32, 64)
    assert (ESP384.public_bytes, ESP384.signature_bytes) == (97, 96)
    for algorithm in (*SUITE_1.signatures, *SUITE_2.signatures, ML_DSA_44):
        key = algorithm.load(grown("size", algorithm.private_bytes))
        assert len(key.public) == algorithm.public_bytes
        assert len(key.sign(b"")) == algorithm.signature_bytes
        algorithm.check(key.public)
