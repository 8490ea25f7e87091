"""The long answers of the self-test, as a Python module: src/longbien/wire/recorded.py."""

import base64
import textwrap
from pathlib import Path

from wire_keys import SUITES, grown, open_key, signer, signing_private

from longbien.wire.signatures import ML_DSA_44

TARGET = Path(__file__).resolve().parents[2] / "src/longbien/wire/recorded.py"
MESSAGE = b"Longbien self-test: the bridge stands."
INFO = b"longbien/1/self-test"

HEAD = '''"""Recorded answers of the self-test; written once by vectors/make/wire.py, not by hand.

Signatures and ciphertexts hold randomness, so another run gives other bytes that are as good.
"""

from base64 import b85decode
from typing import Final

'''


def recorded() -> str:
    seed = grown("self-test ML-DSA-44", 32)
    lines = [
        f"MESSAGE: Final = {MESSAGE!r}".replace("'", '"'),
        f"INFO: Final = {INFO!r}".replace("'", '"'),
        f"ML_DSA_44_SEED: Final = {_bytes(seed)}",
        f"ML_DSA_44_SIGNATURE: Final = {_bytes(ML_DSA_44.load(seed).sign(MESSAGE))}",
    ]
    for number, suite in SUITES.items():
        key = signer("self-test", number)
        opener = open_key("self-test", number)
        sealed = suite.seal(opener.seal_key.public, INFO, MESSAGE)
        private = ", ".join(_bytes(half) for half in signing_private("self-test", number))
        signatures = ", ".join(_bytes(key.sign(algorithm, MESSAGE)) for algorithm in suite.algorithms)
        lines += [
            f"SUITE_{number}_SIGNING_PRIVATE: Final = ({private})",
            f"SUITE_{number}_VERIFY_KID: Final = {_bytes(key.verify_key.kid)}",
            f"SUITE_{number}_SIGNATURES: Final = ({signatures})",
            f"SUITE_{number}_OPENING_PRIVATE: Final = {_bytes(grown('self-test sealing', 32))}",
            f"SUITE_{number}_SEAL_KID: Final = {_bytes(opener.seal_key.kid)}",
            f"SUITE_{number}_SEALED: Final = {_bytes(sealed)}",
        ]
    return HEAD + "\n".join(lines) + "\n"


def _bytes(data: bytes) -> str:
    if len(data) <= 48:
        return f'bytes.fromhex("{data.hex()}")'
    # Base 85 has no quotation mark and no backslash.
    rows = textwrap.wrap(base64.b85encode(data).decode(), 98, break_on_hyphens=False)
    return "b85decode(\n" + "\n".join(f'    "{row}"' for row in rows) + "\n)"
