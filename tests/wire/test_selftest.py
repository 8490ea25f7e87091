"""The self-test finds each primitive that answers wrongly or is missing."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.backends.openssl.backend import backend
from cryptography.hazmat.primitives.asymmetric import ed25519

from longbien.wire import selftest
from longbien.wire.answers import RECORDED
from longbien.wire.missing import PrimitiveMissing, SelfTestFailed
from longbien.wire.suites import PRODUCTION, SUITE_1, Suites

from .material import grown


def test_this_machine_passes() -> None:
    selftest.check(PRODUCTION)


def test_a_suite_without_recorded_answers_is_passed_over() -> None:
    class Stub:
        number = 0

    selftest.check(Suites([Stub()]))


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.promise("P13")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("sha256_abc", "SHA256_WRONG"),
        ("hmac_sha256_rfc4231_2", "HMAC_WRONG"),
        ("aes256_gcm_case_14", "AES_GCM_WRONG"),
        ("ed25519_signature", "ED25519_WRONG"),
        ("ed25519_private", "ED25519_WRONG"),
        ("ml_dsa_44_signature", "ML_DSA_44_WRONG"),
        ("ml_dsa_44_seed", "ML_DSA_44_WRONG"),
    ],
)
def test_a_wrong_answer_stops_the_node(name: Any, code: Any) -> None:
    wrong = replace(RECORDED, **{name: flipped(getattr(RECORDED, name))})
    with pytest.raises(SelfTestFailed) as failed:
        selftest.check(PRODUCTION, answers=wrong)
    assert failed.value.code == code


@pytest.mark.promise("P13")
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (lambda known: {"verify_kid": flipped(known.verify_kid)}, "KEYS_WRONG"),
        (lambda known: {"seal_kid": flipped(known.seal_kid)}, "KEYS_WRONG"),
        (
            lambda known: {"signatures": (flipped(known.signatures[0]), known.signatures[1])},
            "SIGNATURE_WRONG",
        ),
        (
            lambda known: {"signatures": (known.signatures[0], flipped(known.signatures[1]))},
            "SIGNATURE_WRONG",
        ),
        (lambda known: {"sealed": flipped(known.sealed)}, "SEAL_WRONG"),
        (lambda known: {"info": b"another"}, "SEAL_WRONG"),
    ],
)
def test_a_wrong_answer_of_a_suite_stops_the_node(number: Any, changed: Any, code: Any) -> None:
    known = RECORDED.suites[number]
    wrong = replace(RECORDED, suites={**RECORDED.suites, number: replace(known, **changed(known))})
    with pytest.raises(SelfTestFailed) as failed:
        selftest.check(PRODUCTION, answers=wrong)
    assert failed.value.code == f"SUITE_{number}_{code}"


class Credulous:
    """Suite 1 with a verifier that accepts everything."""

    number = 1
    algorithms = SUITE_1.algorithms

    def verify(self, algorithm: Any, public: Any, message: Any, signature: Any) -> None:
        return


@pytest.mark.promise("P13")
def test_a_verifier_that_accepts_everything_stops_the_node() -> None:
    with pytest.raises(SelfTestFailed, match="SUITE_1_SIGNATURE_WRONG"):
        selftest.check(Suites([Credulous()]))


class Leaking:
    """Suite 1 that seals something else than it is given."""

    number = 1
    algorithms = SUITE_1.algorithms
    verify = staticmethod(SUITE_1.verify)

    def seal(self, public: Any, info: Any, plaintext: Any) -> Any:
        return SUITE_1.seal(public, info, b"something else")


@pytest.mark.promise("P13")
def test_a_suite_that_seals_something_else_stops_the_node() -> None:
    with pytest.raises(SelfTestFailed, match="SUITE_1_SEAL_WRONG"):
        selftest.check(Suites([Leaking()]))


@pytest.mark.promise("P15")
def test_a_library_without_ml_dsa_stops_the_node(monkeypatch: Any) -> None:
    monkeypatch.setattr(type(backend), "mldsa_supported", lambda _self: False)
    with pytest.raises(PrimitiveMissing, match="ML_DSA_MISSING"):
        selftest.check(PRODUCTION)


@pytest.mark.promise("P15")
def test_a_library_without_ml_kem_stops_the_node(monkeypatch: Any) -> None:
    monkeypatch.setattr(type(backend), "mlkem_supported", lambda _self: False)
    with pytest.raises(PrimitiveMissing, match="ML_KEM_MISSING"):
        selftest.check(PRODUCTION)


def refuse(*_arguments: Any) -> None:
    raise UnsupportedAlgorithm("not here")


@pytest.mark.promise("P15")
def test_a_library_without_ed25519_or_aes_gcm_stops_the_node(monkeypatch: Any) -> None:
    monkeypatch.setattr(ed25519.Ed25519PrivateKey, "from_private_bytes", refuse)
    with pytest.raises(PrimitiveMissing, match="ED25519_MISSING"):
        selftest.check(PRODUCTION)
    monkeypatch.setattr(selftest, "AESGCM", refuse)
    with pytest.raises(PrimitiveMissing, match="AES_GCM_MISSING"):
        selftest.check(PRODUCTION)


@pytest.mark.promise("P13")
def test_each_half_of_a_known_answer_is_asked_for(monkeypatch: Any) -> Any:
    class Decrypting:
        def __init__(self, key: Any) -> None:
            pass

        def decrypt(self, nonce: Any, data: Any, associated: Any) -> Any:
            return bytes(16)

        def encrypt(self, nonce: Any, data: Any, associated: Any) -> Any:
            return grown("wrong", 32)

    monkeypatch.setattr(selftest, "AESGCM", Decrypting)
    with pytest.raises(SelfTestFailed, match="AES_GCM_WRONG"):
        selftest.check(PRODUCTION)


class Mismatched:
    """A key pair whose halves do not belong together."""

    def sign(self, message: Any) -> Any:
        return RECORDED.ed25519_signature

    def public_key(self) -> Any:
        return ed25519.Ed25519PrivateKey.generate().public_key()


@pytest.mark.promise("P13")
def test_a_public_key_that_does_not_verify_its_own_signature_stops_the_node(monkeypatch: Any) -> None:
    monkeypatch.setattr(ed25519.Ed25519PrivateKey, "from_private_bytes", lambda _private: Mismatched())
    with pytest.raises(SelfTestFailed, match="ED25519_WRONG"):
        selftest.check(PRODUCTION)
