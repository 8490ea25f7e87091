"""The small world of the ledger vectors: two logs, their keys, two trees that part, one receipt.

Keys grow from their names, so that anyone can compute them. ML-DSA signatures hold randomness that the
library draws: they are recorded in mldsa44.json by the message that they cover, and used again as long as the
message is the same.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from longbien.ledger import (
    Checkpoint,
    Entry,
    PairLogSigner,
    SoftLogSigner,
    checkpoint,
    leaf,
    merkle,
    receipt,
    records,
    witness,
)

HERE = Path(__file__).resolve().parent.parent / "ledger"
RECORDED = HERE / "mldsa44.json"

Case = dict[str, object]


def grown(name: str, size: int) -> bytes:
    """`size` bytes that anyone can compute from a name: SHAKE-256 of "longbien vector: <name>"."""
    return hashlib.shake_256(f"longbien vector: {name}".encode()).digest(size)


def recorded() -> dict[str, Case]:
    """The signatures of the last run, by the message that they cover."""
    if not RECORDED.exists():
        return {}
    return {str(case["message"]): case for case in json.loads(RECORDED.read_text())["cases"]}


OLD = recorded()
USED: dict[str, Case] = {}


class Recorder:
    """A signer whose ML-DSA signatures are those recorded before for the same message."""

    def __init__(self, party: str) -> None:
        self.party = party
        self.seeds = grown(f"{party} log Ed25519", 32), grown(f"{party} log ML-DSA-44", 32)
        origin = checkpoint.origin_of(party, grown(f"{party} root fingerprint", 32))
        self.soft = SoftLogSigner(origin=origin, ed25519_seed=self.seeds[0], mldsa44_seed=self.seeds[1])
        self.key = self.soft.log_key
        self.signer = PairLogSigner(log_key=self.key, ed25519=self.soft.ed25519, mldsa44=self.mldsa44)

    def mldsa44(self, message: bytes) -> bytes:
        case = USED.get(message.hex()) or OLD.get(message.hex())
        if case is None or case["signer"] != self.party:
            case = {
                "name": f"signature {hashlib.sha256(message).hexdigest()[:12]}",
                "signer": self.party,
                "message": message.hex(),
                "hex": self.soft.mldsa44(message).hex(),
                "expect": "accept",
            }
        USED[message.hex()] = case
        return bytes.fromhex(str(case["hex"]))

    @property
    def public(self) -> Case:
        return {
            "origin": self.key.origin,
            "ed25519_seed": self.seeds[0].hex(),
            "mldsa44_seed": self.seeds[1].hex(),
            "ed25519": self.key.ed25519.hex(),
            "mldsa44": self.key.mldsa44.hex(),
        }


VN, RU = Recorder("VN"), Recorder("RU")
KEYS = {"VN": VN.public, "RU": RU.public}


class Tree:
    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = list(leaves)
        self.nodes: dict[tuple[int, int], bytes] = {}
        for level, index, value in merkle.append(0, self.leaves, self.read):
            self.nodes[level, index] = value

    def read(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def root(self, size: int) -> bytes:
        return merkle.root(size, self.read)

    def head(self, size: int, by: Recorder = VN) -> bytes:
        return checkpoint.sign(Checkpoint(origin=by.key.origin, size=size, root=self.root(size)), by.signer)


def numbered(count: int, mark: str) -> list[bytes]:
    return [merkle.leaf_hash(f"{mark} {number}".encode()) for number in range(count)]


ENTRY = Entry(
    exchange=grown("exchange", 16),
    position=1,
    previous=records.NO_HEAD,
    act=grown("act", 32),
    at=1_795_478_400_000,
    state=grown("standing", 32),
)
SALT = grown("salt", 32)
RECORD = records.encode(ENTRY)
TREE = Tree([*numbered(5, "leaf"), leaf.leaf_hash("entry", SALT, RECORD), *numbered(7, "later leaf")])
OTHER = Tree([*numbered(5, "leaf"), *numbered(8, "rewritten leaf")])
NOTE = TREE.head(13)
COSIGNATURE = witness.cosign(NOTE, RU.signer, 1_795_478_401_000)
RECEIPT = receipt.make(RECORD, kind="entry", salt=SALT, index=5, checkpoint=NOTE, read=TREE.read)


def hexed(values: Sequence[bytes]) -> list[str]:
    return [value.hex() for value in values]


def flipped(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])
