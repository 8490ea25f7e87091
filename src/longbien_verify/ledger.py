"""Receipts: a record, its place in a party's ledger, and the signed head above it (docs/wire/04 and 05)."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from longbien_verify.cbor import Unreadable, decode, encode_value
from longbien_verify.papers import Party
from longbien_verify.proof import (
    ED25519,
    ML_DSA_44,
    Fails,
    check_signature,
    commitment,
    leaf_hash,
    root_above,
    sha256,
)

_NOTE, _COSIGNATURE, _LATTICE = 0x01, 0x04, 0x06


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The three lines of a checkpoint."""

    origin: str
    size: int
    root: bytes
    text: str
    lines: tuple[tuple[str, bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A record that a party's ledger holds at `index`."""

    record: dict[str, Any]
    digest: bytes
    party: str
    origin: str
    index: int
    head: Head


def read_receipt(raw: bytes, parties: dict[str, Party], where: str) -> Proven:
    """The record that a receipt proves; raises `Fails`."""
    try:
        receipt = decode(raw)
        record = decode(receipt["record"])
        head = read_head(receipt["checkpoint"], where)
        party = next((item for item in parties.values() if head.origin in item.log_keys), None)
        if party is None:
            raise Fails("LEDGER_OF_STRANGER", where)
        check_head(head, party, where)
        if head.size != receipt["size"] or record["kind"] != receipt["kind"]:
            raise Fails("RECEIPT_DIFFERS", where)
        leaf = leaf_hash(encode_value([receipt["kind"], commitment(receipt["salt"], receipt["record"])]))
        if root_above(leaf, receipt["index"], receipt["size"], receipt["path"]) != head.root:
            raise Fails("PROOF_ROOT", where)
        digest = sha256(receipt["record"])
    except (Unreadable, KeyError, TypeError, AttributeError, ValueError) as error:
        raise Fails("RECEIPT_UNREADABLE", where) from error
    return Proven(
        record=record, digest=digest, party=party.code, origin=head.origin, index=receipt["index"], head=head
    )


def read_head(note: bytes, where: str) -> Head:
    """The checkpoint in a note; raises `Fails` NOTE_UNREADABLE."""
    try:
        body, _, tail = note.decode().rpartition("\n\n")
        text = body + "\n"
        origin, size, root = body.split("\n")
        digest = base64.b64decode(root, validate=True)
        if str(int(size)) != size or base64.b64encode(digest).decode() != root:
            raise ValueError(size)
        return Head(
            origin=origin,
            size=int(size),
            root=digest,
            text=text,
            lines=read_lines(tail),
        )
    except (ValueError, binascii.Error) as error:
        raise Fails("NOTE_UNREADABLE", where) from error


def read_lines(tail: str) -> tuple[tuple[str, bytes, bytes], ...]:
    """Signature lines as (name, key id, signature); raises `ValueError`."""
    if not tail.endswith("\n"):
        raise ValueError(tail)
    lines = []
    for row in tail[:-1].split("\n"):
        dash, name, encoded = row.split(" ")
        data = base64.b64decode(encoded, validate=True)
        if dash != "\u2014" or base64.b64encode(data).decode() != encoded:
            raise ValueError(row)
        lines.append((name, data[:4], data[4:]))
    return tuple(lines)


def check_head(head: Head, party: Party, where: str) -> None:
    """Both lines of the log itself verify with one of the keys that its party listed; raises `Fails`."""
    for ed25519, mldsa44 in party.log_keys[head.origin]:
        classic = _find(head.lines, head.origin, _NOTE, ed25519)
        lattice = _find(head.lines, head.origin, _LATTICE, mldsa44)
        if classic is None or lattice is None:
            continue
        check_signature(ED25519, ed25519, head.text.encode(), classic, where)
        if lattice[:8] != bytes(8):
            raise Fails("HEAD_TIME", where)
        check_signature(ML_DSA_44, mldsa44, _subtree(head.origin, 0, head), lattice[8:], where)
        return
    raise Fails("HEAD_SIGNATURE_MISSING", where)


def check_cosignature(head: Head, lines: bytes, witness: Party, where: str) -> int:
    """When (ms) the witness signed that it had seen this head; raises `Fails`."""
    try:
        read = read_lines(lines.decode())
    except ValueError as error:
        raise Fails("COSIGNATURE_UNREADABLE", where) from error
    for origin, listed in witness.log_keys.items():
        for ed25519, mldsa44 in listed:
            classic = _find(read, origin, _COSIGNATURE, ed25519)
            lattice = _find(read, origin, _LATTICE, mldsa44)
            if classic is None or lattice is None or classic[:8] != lattice[:8]:
                continue
            seconds = int.from_bytes(classic[:8])
            message = f"cosignature/v1\ntime {seconds}\n{head.text}".encode()
            check_signature(ED25519, ed25519, message, classic[8:], where)
            check_signature(ML_DSA_44, mldsa44, _subtree(origin, seconds, head), lattice[8:], where)
            return seconds * 1000
    raise Fails("COSIGNATURE_MISSING", where)


def _find(lines: tuple[tuple[str, bytes, bytes], ...], name: str, kind: int, public: bytes) -> bytes | None:
    wanted = sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]
    found = [signature for line, key, signature in lines if line == name and key == wanted]
    return found[0] if len(found) == 1 else None


def _subtree(signer: str, seconds: int, head: Head) -> bytes:
    def short(name: str) -> bytes:
        return bytes([len(name.encode())]) + name.encode()

    return (
        b"subtree/v1\n\x00"
        + short(signer)
        + seconds.to_bytes(8)
        + short(head.origin)
        + bytes(8)
        + head.size.to_bytes(8)
        + head.root
    )
