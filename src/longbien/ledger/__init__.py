"""The ledger: one append-only Merkle log per node, its signed heads, proofs, receipts and witnesses.

The room is pure: it stands on `longbien.wire` and `cryptography`, reads nodes through a callback, and gets
times as arguments. `merkle` knows hashes, `note` and `checkpoint` signed heads, `logkey` the log's two keys,
`leaf` and `records` what is logged, `receipt` (with `tlogproof` and `cose` for other people's tools) how
inclusion is shown, `witness` how forks are seen. The wire formats are in docs/wire/04-ledger.md and
05-receipt.md.
"""

from longbien.ledger import checkpoint, leaf, merkle, note, receipt, records, tiles, witness
from longbien.ledger.checkpoint import Checkpoint, LogSigner, LogVerifier, origin_of
from longbien.ledger.cose import to_cose_receipt, verify_cose_receipt
from longbien.ledger.logkey import LogKey, PairLogSigner, SoftLogSigner
from longbien.ledger.merkle import ProofInvalid
from longbien.ledger.note import SignatureLine
from longbien.ledger.receipt import Receipt
from longbien.ledger.records import Entry, Notice, Proposed, Received, Record, Rejection, notice
from longbien.ledger.tlogproof import from_tlog_proof, to_tlog_proof
from longbien.ledger.witness import Fork, Weight, advance, cosign, verify_cosignature, verify_fork

__all__ = [
    "Checkpoint",
    "Entry",
    "Fork",
    "LogKey",
    "LogSigner",
    "LogVerifier",
    "Notice",
    "PairLogSigner",
    "ProofInvalid",
    "Proposed",
    "Receipt",
    "Received",
    "Record",
    "Rejection",
    "SignatureLine",
    "SoftLogSigner",
    "Weight",
    "advance",
    "checkpoint",
    "cosign",
    "from_tlog_proof",
    "leaf",
    "merkle",
    "note",
    "notice",
    "origin_of",
    "receipt",
    "records",
    "tiles",
    "to_cose_receipt",
    "to_tlog_proof",
    "verify_cose_receipt",
    "verify_cosignature",
    "verify_fork",
    "witness",
]
