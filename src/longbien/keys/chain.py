"""The chain file: the public papers of one party in one piece, to carry by network, courier or diplomatic
bag.

Knows order and framing; verifies nothing. Order: roots by version, then descriptors by version, then at most
one list of seal keys, the newest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from longbien.keys import descriptor as descriptors
from longbien.keys import root as roots
from longbien.keys import seal_keys as sealing
from longbien.keys.descriptor import SignedDescriptor, open_descriptor
from longbien.keys.root import SignedRoot, open_root
from longbien.keys.seal_keys import SignedSealKeys, open_seal_keys
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields
from longbien.wire.statement import Statement

FORMAT = "longbien-descriptor/1"
MAX_STATEMENTS = 256
_RANK = {roots.KIND: 0, descriptors.KIND: 1, sealing.KIND: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The statements of a chain, read and sorted by kind, ascending by version. Nothing is verified."""

    roots: tuple[SignedRoot, ...]
    descriptors: tuple[SignedDescriptor, ...]
    seal_keys: SignedSealKeys | None


def encode_chain(statements: Sequence[bytes]) -> bytes:
    """The chain file of these statements. Raises Malformed as `read_papers`."""
    read_papers(statements)
    return cbor.encode({"format": FORMAT, "statements": list(statements)})


def decode_chain(data: bytes) -> tuple[bytes, ...]:
    """The statements in a chain file, unread. Raises Malformed: the codes of `wire.cbor` and
    `wire.fields`.
    """
    fields = Fields(cbor.decode(data), "chain")
    if fields.text("format", max=64) != FORMAT:
        raise Malformed("FIELD_RANGE", "chain.format")
    statements = fields.byte_strings("statements", max=statement.STATEMENT_BYTES_MAX, items=MAX_STATEMENTS)
    fields.done()
    return statements


def read_papers(statements: Sequence[bytes]) -> Papers:
    """Reads every statement of a chain, in order, and trusts none.

    Raises Malformed: CHAIN_EMPTY, CHAIN_TOO_LONG, CHAIN_KIND (a statement that has no place here),
    CHAIN_ORDER (kinds or versions out of order, a version twice), CHAIN_PARTY (papers of two parties), and
    the codes of each record.
    """
    if not statements:
        raise Malformed("CHAIN_EMPTY", "no statements")
    if len(statements) > MAX_STATEMENTS:
        raise Malformed("CHAIN_TOO_LONG", f"{len(statements)} statements")
    parsed = [statement.parse(raw) for raw in statements]
    if any(signed.kind not in _RANK for signed in parsed):
        raise Malformed("CHAIN_KIND", "not a root, descriptor or seal-keys statement")
    ranks = [_RANK[signed.kind] for signed in parsed]
    if ranks != sorted(ranks) or ranks.count(2) > 1:
        raise Malformed("CHAIN_ORDER", "roots, descriptors, one seal-keys")
    if len({signed.issuer for signed in parsed}) != 1:
        raise Malformed("CHAIN_PARTY", "papers of two parties")
    papers = Papers(
        roots=_read_roots([signed for signed in parsed if signed.kind == roots.KIND]),
        descriptors=tuple(open_descriptor(signed) for signed in parsed if signed.kind == descriptors.KIND),
        seal_keys=open_seal_keys(parsed[-1]) if parsed[-1].kind == sealing.KIND else None,
    )
    _check_ascending([signed.root.version for signed in papers.roots])
    _check_ascending([signed.descriptor.version for signed in papers.descriptors])
    return papers


def excerpt(statements: Sequence[bytes], *, known: int) -> tuple[bytes, ...]:
    """The shorter chain for a reader who holds descriptor version `known`: all roots, what is newer, the seal
    keys.

    Raises Malformed as `read_papers`.
    """
    papers = read_papers(statements)
    newer = tuple(signed for signed in papers.descriptors if signed.descriptor.version > known)
    # A reader who is up to date still gets the newest one, so that the chain says where it stands.
    return raw_statements(
        Papers(roots=papers.roots, descriptors=newer or papers.descriptors[-1:], seal_keys=papers.seal_keys)
    )


def raw_statements(papers: Papers) -> tuple[bytes, ...]:
    """The statements of `papers` in the order of a chain."""
    last = () if papers.seal_keys is None else (papers.seal_keys.statement.raw,)
    return (
        *(signed.raw for root in papers.roots for signed in root.statements),
        *(signed.statement.raw for signed in papers.descriptors),
        *last,
    )


def _read_roots(parsed: Sequence[Statement]) -> tuple[SignedRoot, ...]:
    # Neighbours over the same bytes are one root that was signed in several places.
    groups: list[list[Statement]] = []
    for signed in parsed:
        if groups and groups[-1][0].payload == signed.payload:
            groups[-1].append(signed)
        else:
            groups.append([signed])
    return tuple(open_root(*group) for group in groups)


def _check_ascending(versions: Sequence[int]) -> None:
    if any(later <= earlier for earlier, later in pairwise(versions)):
        raise Malformed("CHAIN_ORDER", "versions do not ascend")
