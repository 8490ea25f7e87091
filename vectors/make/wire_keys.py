"""Keys of the vectors, grown from their names, and the ways to write vectors down."""

import hashlib
import json
from pathlib import Path

from longbien.wire.suites import SUITE_1, SUITE_2, SoftOpenKey, SoftSigner

VECTORS = Path(__file__).resolve().parent.parent
SUITES = {1: SUITE_1, 2: SUITE_2}

Case = dict[str, object]


def grown(name: str, size: int) -> bytes:
    """`size` bytes that anyone can compute from a name: SHAKE-256 of "longbien vector: <name>"."""
    return hashlib.shake_256(f"longbien vector: {name}".encode()).digest(size)


def signing_private(name: str, suite: int) -> tuple[bytes, bytes]:
    first, second = SUITES[suite].signing_private_bytes
    return grown(f"{name} classical", first), grown(f"{name} post-quantum", second)


def signer(name: str, suite: int) -> SoftSigner:
    return SoftSigner(suite, signing_private(name, suite))


def open_key(name: str, suite: int) -> SoftOpenKey:
    return SoftOpenKey(suite, grown(f"{name} sealing", 32))


def rendered(vector_format: str, comment: str, cases: list[Case], **more: object) -> str:
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), "two cases of one name"
    page = {"format": vector_format, "comment": comment, **more, "cases": cases}
    return json.dumps(page, indent=1, ensure_ascii=True) + "\n"


def existing(path: str) -> dict[str, bytes]:
    """The bytes of the cases in a vector file that has been written before, by name."""
    file = VECTORS / path
    if not file.exists():
        return {}
    return {case["name"]: bytes.fromhex(case["hex"]) for case in json.loads(file.read_text())["cases"]}


def write(files: dict[str, str]) -> None:
    """Writes the vector files that have changed, by their paths under vectors/, and says which."""
    for path, text in files.items():
        target = VECTORS / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text() != text:
            target.write_text(text)
            print(f"wrote vectors/{path}: {len(text)} bytes")
