"""Asks each primitive a question whose answer is known, before a node does anything else.

Knows the answers (`longbien.wire.answers`) and nothing about messages. A library that lacks a primitive, or
that answers wrongly, stops the node: there is no weaker way to go on (P13, P15).
"""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from longbien.wire.answers import RECORDED, Answers, SuiteAnswers
from longbien.wire.missing import PrimitiveMissing, SelfTestFailed
from longbien.wire.signatures import ML_DSA_44
from longbien.wire.suites import SoftOpenKey, SoftSigner, Suite, Suites
from longbien.wire.wellformed import Malformed

_FRESH = b"a message that no answer was recorded for"


def check(suites: Suites, *, answers: Answers = RECORDED) -> None:
    """Silence means: every primitive of this room, and of each suite whose answers are known, works.

    A suite that `answers` does not know (a stub of the simulated world, a plug-in with its own test) is
    passed over. Takes some 20 ms.

    Raises `PrimitiveMissing` and `SelfTestFailed`, each with the code of the first primitive that fails:
    SHA256_WRONG, HMAC_WRONG, AES_GCM_MISSING, AES_GCM_WRONG, ED25519_MISSING, ED25519_WRONG, ML_DSA_MISSING,
    ML_DSA_44_WRONG, ML_KEM_MISSING, SUITE_<n>_KEYS_WRONG, SUITE_<n>_SIGNATURE_WRONG, SUITE_<n>_SEAL_WRONG.
    """
    _check_hashes(answers)
    _check_aes_gcm(answers)
    _check_ed25519(answers)
    _check_ml_dsa_44(answers)
    for suite in suites:
        known = answers.suites.get(suite.number)
        if known is not None:
            _check_signatures(suite, known)
            _check_sealing(suite, known)


def _check_hashes(answers: Answers) -> None:
    if hashlib.sha256(b"abc").digest() != answers.sha256_abc:
        raise SelfTestFailed("SHA256_WRONG")
    # RFC 4231, test case 2.
    mac = hmac.new(b"Jefe", b"what do ya want for nothing?", hashlib.sha256).digest()
    if mac != answers.hmac_sha256_rfc4231_2:
        raise SelfTestFailed("HMAC_WRONG")


def _check_aes_gcm(answers: Answers) -> None:
    # Test case 14 of the GCM specification: key, nonce and one block of plaintext are zero.
    try:
        cipher = AESGCM(bytes(32))
    except UnsupportedAlgorithm as error:
        raise PrimitiveMissing("AES_GCM_MISSING") from error
    try:
        plaintext = cipher.decrypt(bytes(12), answers.aes256_gcm_case_14, None)
    except InvalidTag as error:
        raise SelfTestFailed("AES_GCM_WRONG") from error
    if plaintext != bytes(16) or cipher.encrypt(bytes(12), plaintext, None) != answers.aes256_gcm_case_14:
        raise SelfTestFailed("AES_GCM_WRONG")


def _check_ed25519(answers: Answers) -> None:
    # RFC 8032 §7.1, test 3; Ed25519 is deterministic, so signing has a known answer as well.
    try:
        key = ed25519.Ed25519PrivateKey.from_private_bytes(answers.ed25519_private)
    except UnsupportedAlgorithm as error:
        raise PrimitiveMissing("ED25519_MISSING") from error
    message = answers.ed25519_message
    if key.sign(message) != answers.ed25519_signature:
        raise SelfTestFailed("ED25519_WRONG")
    try:
        key.public_key().verify(answers.ed25519_signature, message)
    except InvalidSignature as error:
        raise SelfTestFailed("ED25519_WRONG") from error


def _check_ml_dsa_44(answers: Answers) -> None:
    # Checkpoints of the ledger are signed with it; no suite is.
    key = ML_DSA_44.load(answers.ml_dsa_44_seed)
    try:
        ML_DSA_44.verify(key.public, answers.message, answers.ml_dsa_44_signature)
        ML_DSA_44.verify(key.public, _FRESH, key.sign(_FRESH))
    except Malformed as error:
        raise SelfTestFailed("ML_DSA_44_WRONG") from error


def _check_signatures(suite: Suite, known: SuiteAnswers) -> None:
    signer = SoftSigner(suite.number, known.signing_private)
    public = signer.verify_key.public
    # The kid is a digest of both public keys, so it is the known answer of generating them.
    if signer.verify_key.kid != known.verify_kid:
        raise SelfTestFailed(f"SUITE_{suite.number}_KEYS_WRONG")
    for algorithm, signature in zip(suite.algorithms, known.signatures, strict=True):
        try:
            suite.verify(algorithm, public, known.message, signature)
            suite.verify(algorithm, public, _FRESH, signer.sign(algorithm, _FRESH))
        except Malformed as error:
            raise SelfTestFailed(f"SUITE_{suite.number}_SIGNATURE_WRONG") from error
        try:
            suite.verify(algorithm, public, _FRESH, signature)
        except Malformed:
            continue
        # A verifier that accepts everything is the fault that no valid signature shows.
        raise SelfTestFailed(f"SUITE_{suite.number}_SIGNATURE_WRONG")


def _check_sealing(suite: Suite, known: SuiteAnswers) -> None:
    key = SoftOpenKey(suite.number, known.opening_private)
    if key.seal_key.kid != known.seal_kid:
        raise SelfTestFailed(f"SUITE_{suite.number}_KEYS_WRONG")
    try:
        opened = key.open(known.info, known.sealed)
        again = key.open(known.info, suite.seal(key.seal_key.public, known.info, _FRESH))
    except Malformed as error:
        raise SelfTestFailed(f"SUITE_{suite.number}_SEAL_WRONG") from error
    if opened != known.message or again != _FRESH:
        raise SelfTestFailed(f"SUITE_{suite.number}_SEAL_WRONG")
