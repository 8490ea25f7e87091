"""The known answers of the self-test.

Short ones stand here with their source. Long ones were recorded once by `vectors/make/wire.py` and stand in
`longbien.wire.recorded`; keys grow from fixed seeds, so only signatures and ciphertexts needed recording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longbien.wire import recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteAnswers:
    """What one suite must reproduce.

    The private keys are as `SoftSigner` and `SoftOpenKey` take them; the kids are digests of the public keys
    that they must yield; `signatures` are over `message`, one by each algorithm; `sealed` holds `message`
    under `info`.
    """

    signing_private: tuple[bytes, bytes]
    verify_kid: bytes
    signatures: tuple[bytes, bytes]
    opening_private: bytes
    seal_kid: bytes
    info: bytes
    sealed: bytes
    message: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the primitives must reproduce; `suites` by number."""

    sha256_abc: bytes
    hmac_sha256_rfc4231_2: bytes
    aes256_gcm_case_14: bytes
    ed25519_private: bytes
    ed25519_message: bytes
    ed25519_signature: bytes
    ml_dsa_44_seed: bytes
    ml_dsa_44_signature: bytes
    message: bytes
    suites: Mapping[int, SuiteAnswers]


RECORDED: Final = Answers(
    # FIPS 180-4, example of one block.
    sha256_abc=bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    # RFC 4231 §4.3.
    hmac_sha256_rfc4231_2=bytes.fromhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    # The GCM specification (McGrew, Viega), appendix B, test case 14: ciphertext and tag.
    aes256_gcm_case_14=bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    # RFC 8032 §7.1, test 3.
    ed25519_private=bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
    ed25519_message=bytes.fromhex("af82"),
    ed25519_signature=bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
    ml_dsa_44_seed=recorded.ML_DSA_44_SEED,
    ml_dsa_44_signature=recorded.ML_DSA_44_SIGNATURE,
    message=recorded.MESSAGE,
    suites={
        1: SuiteAnswers(
            signing_private=recorded.SUITE_1_SIGNING_PRIVATE,
            verify_kid=recorded.SUITE_1_VERIFY_KID,
            signatures=recorded.SUITE_1_SIGNATURES,
            opening_private=recorded.SUITE_1_OPENING_PRIVATE,
            seal_kid=recorded.SUITE_1_SEAL_KID,
            info=recorded.INFO,
            sealed=recorded.SUITE_1_SEALED,
            message=recorded.MESSAGE,
        ),
        2: SuiteAnswers(
            signing_private=recorded.SUITE_2_SIGNING_PRIVATE,
            verify_kid=recorded.SUITE_2_VERIFY_KID,
            signatures=recorded.SUITE_2_SIGNATURES,
            opening_private=recorded.SUITE_2_OPENING_PRIVATE,
            seal_kid=recorded.SUITE_2_SEAL_KID,
            info=recorded.INFO,
            sealed=recorded.SUITE_2_SEALED,
            message=recorded.MESSAGE,
        ),
    },
)
