"""The record of one exchange as a file: everything that somebody needs who trusts nobody in it.

What it knows: which bytes of the store belong to an exchange. What it must never do: interpret or leave out. The file is checked
by `longbien-verify` with the two root fingerprints and nothing else (docs/wire/08-record.md, promise P6). It is made of signed
bytes only; whoever edits it can make it fail, and cannot make it say something else.
"""

from collections.abc import Sequence

from longbien.exchange import Standing
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.receipt import Receipt
from longbien.node.book import Book
from longbien.node.directory import Directory
from longbien.node.ports import Broken
from longbien.store import Store, Transaction
from longbien.store.exchange_rows import EntryRow
from longbien.wire import cbor
from longbien.wire.cbor import Value

FORMAT = "longbien-record/1"
# A thousand acts with their receipts and the papers of some States.
RECORD_BYTES_MAX = 64 << 20


def export(store: Store, book: Book, directory: Directory, exchange: bytes, *, exported_at: int) -> bytes:
    """The record of an exchange that this node holds; `exported_at` (ms) is this node's claim.

    Raises:
        Broken: EXCHANGE_UNKNOWN, or a part that must be there is missing.
    """
    with store.transaction() as tx:
        row = tx.exchanges.find([exchange]).get(exchange)
        if row is None:
            raise Broken("EXCHANGE_UNKNOWN", exchange.hex())
        standing = Standing.decode(row.standing)
        chain = [entry for entry in tx.exchanges.chain(exchange) if entry.position <= row.position]
        value: dict[str, Value] = {
            "format": FORMAT,
            "exchange": exchange,
            "exporter": directory.own.party,
            "exported_at": exported_at,
            "papers": _papers(directory, standing.parties),
            "chain": [_link(tx, book, entry) for entry in chain],
            "rejections": _rejections(tx, book, exchange),
            "received": _received(tx, book, exchange),
            "cosigned": _cosigned(tx, book, directory, chain),
        }
    return cbor.encode(value, limit=RECORD_BYTES_MAX)


def _papers(directory: Directory, parties: Sequence[str]) -> dict[str, Value]:
    """The signed papers of every party since the pin that say who may sign: roots and descriptors."""
    found: dict[str, Value] = {}
    for party in parties:
        peer = directory.peer(party)
        if peer is not None:
            found[party] = list(peer.statements[: -1 if peer.seal_keys else None])
    return found


def _link(tx: Transaction, book: Book, entry: EntryRow) -> Value:
    """An act and the host's proof of its place."""
    receipt = entry.receipt or receipts.encode(_own_receipt(tx, book, entry.act))
    return {"act": _statement(tx, entry.act), "receipt": receipt}


def _rejections(tx: Transaction, book: Book, exchange: bytes) -> list[Value]:
    """Acts that the host refused, with its signed reason: given by this node, or got by it."""
    given = [item for item in tx.exchanges.outcomes_of(exchange) if item.kind == "rejection"]
    got = [item for item in tx.exchanges.receipts_of(exchange) if item.kind == "rejection"]
    found: list[Value] = [
        {"act": _statement(tx, item.subject), "receipt": receipts.encode(book.receipt(tx, item.leaf))}
        for item in given
    ]
    return found + [{"act": _statement(tx, item.subject), "receipt": item.receipt} for item in got]


def _received(tx: Transaction, book: Book, exchange: bytes) -> list[Value]:
    """What the parties that follow proved to have received: given by this node, or got by it."""
    given = [item for item in tx.exchanges.outcomes_of(exchange) if item.kind == "received"]
    got = [item for item in tx.exchanges.receipts_of(exchange) if item.kind == "received"]
    found: list[Value] = [receipts.encode(book.receipt(tx, item.leaf)) for item in given]
    return found + [item.receipt for item in got]


def _cosigned(tx: Transaction, book: Book, directory: Directory, chain: Sequence[EntryRow]) -> list[Value]:
    """Own leaves of this exchange under heads that a counterpart cosigned: its clock, beside ours, on the same bytes."""
    subjects = {entry.act for entry in chain} | {cbor.digest(entry.record) for entry in chain}
    found: list[Value] = []
    for outcome in tx.exchanges.outcomes(subjects).values():
        for witness in directory.parties:
            covering = tx.ledger.cosignature_covering(witness, outcome.leaf)
            if covering is None:
                continue
            size, cosignature = covering
            note = tx.ledger.checkpoint_at(size)
            if note is None:
                raise Broken("COSIGNED_HEAD_MISSING", str(size))
            receipt = book.receipt_under(tx, outcome.leaf, note)
            found.append(
                {"receipt": receipts.encode(receipt), "witness": witness, "cosignature": cosignature}
            )
    return found


def _own_receipt(tx: Transaction, book: Book, act: bytes) -> Receipt:
    outcome = tx.exchanges.outcomes([act]).get(act)
    if outcome is None or outcome.kind != records.Entry.kind:
        raise Broken("ENTRY_WITHOUT_LEAF", act.hex())
    return book.receipt(tx, outcome.leaf)


def _statement(tx: Transaction, digest: bytes) -> bytes:
    raw = tx.ledger.statement(digest)
    if raw is None:
        raise Broken("STATEMENT_MISSING", digest.hex())
    return raw
