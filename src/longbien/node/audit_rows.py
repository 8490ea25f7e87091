"""Checks the rows beside the chains: answers, entries, statements, proofs of others, and what is still to be delivered.

What it knows: which leaf, signature or receipt each row has to have, and which row each of them has to have. What it must never do:
repair. It is a part of `audit`, which folds the chains themselves.
"""

from collections.abc import Iterator

from longbien.exchange import Standing
from longbien.ledger import checkpoint as checkpoints
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.records import Notice
from longbien.node.due_rows import Due
from longbien.node.node import Node
from longbien.node.ports import Broken
from longbien.store import Transaction
from longbien.store.exchange_rows import EntryRow, ExchangeRow, OutcomeRow, ReceiptRow
from longbien.wire import cbor
from longbien.wire.cbor import Malformed

_BY_LEAF = frozenset({"proposed", "entry", "rejection", "received", "custody", "took"})


def inspect_rows(node: Node, tx: Transaction, due: Due, authors: dict[bytes, str]) -> Iterator[str]:
    """`authors` says whose each act of a chain is. Findings: RECORD_UNREADABLE, ANSWER_…, ENTRY_…, EXCHANGE_MISSING, QUARANTINE_DIFFERS, STATEMENT_…, PROOF_…, DELIVERY_MISSING, PEER_…."""
    yield from (f"RECORD_UNREADABLE {position}" for position in due.unreadable)
    yield from _answers(tx, due)
    rows = tx.exchanges.find(tx.exchanges.all_ids())
    entries = {exchange: tx.exchanges.chain(exchange, after=-1) for exchange in tx.exchanges.with_entries()}
    yield from _entries(node, rows, entries, due)
    yield from _statements(tx, due)
    yield from _proofs(node, tx)
    yield from _delivered(node, tx, rows, entries, due, authors)
    yield from _peers(node, tx, due)


def _answers(tx: Transaction, due: Due) -> Iterator[str]:
    held = {row.subject: row for row in tx.exchanges.all_outcomes()}
    for subject, answer in due.answers.items():
        found = held.get(subject)
        if found is None:
            yield f"ANSWER_MISSING {subject.hex()}"
        elif found != answer:
            yield f"ANSWER_DIFFERS {subject.hex()}"
    for subject in held.keys() - due.answers.keys():
        if not _is_a_touch(held[subject], due):
            yield f"ANSWER_WITHOUT_LEAF {subject.hex()}"


def _is_a_touch(row: OutcomeRow, due: Due) -> bool:
    """Whether it may stand for a touch whose leaf does not name it."""
    return row.kind not in _BY_LEAF and due.kinds.get(row.leaf) == row.kind and not any(row.exchange)


def _entries(
    node: Node, rows: dict[bytes, ExchangeRow], entries: dict[bytes, tuple[EntryRow, ...]], due: Due
) -> Iterator[str]:
    found = {entry.act: entry.record for chain in entries.values() for entry in chain}
    taken = {cbor.digest(record) for record in found.values()}
    for act, record in due.entries.items():
        if found.get(act) != record:
            yield f"ENTRY_MISSING {act.hex()}"
    for head, act in due.received.items():
        if head not in taken:
            yield f"ENTRY_MISSING {act.hex()}"
    for exchange, chain in entries.items():
        row = rows.get(exchange)
        if row is None:
            yield f"EXCHANGE_MISSING {exchange.hex()}"
            continue
        for entry in chain:
            yield from _entry(node, row, entry, due)
    codes = {said["exchange"]: said["code"] for said in due.said("quarantine")}
    for exchange, row in rows.items():
        if row.quarantine != codes.get(exchange):
            yield f"QUARANTINE_DIFFERS {exchange.hex()}"


def _entry(node: Node, row: ExchangeRow, entry: EntryRow, due: Due) -> Iterator[str]:
    """An own entry has its leaf; one of another host has that host's receipt."""
    where = f"{entry.exchange.hex()} {entry.position}"
    try:
        record = records.decode(entry.record)
        if not isinstance(record, records.Entry):
            raise Malformed("RECORD_KIND", record.kind)
        if (record.exchange, record.position, record.act) != (entry.exchange, entry.position, entry.act):
            yield f"ENTRY_DIFFERS {where}"
        if row.host == node.party:
            if due.entries.get(entry.act) != entry.record or entry.receipt is not None:
                yield f"ENTRY_WITHOUT_LEAF {where}"
            return
        if entry.receipt is None:
            yield f"ENTRY_WITHOUT_RECEIPT {where}"
            return
        proof = receipts.decode(entry.receipt)
        node.directory.receipt(row.host, proof)
        if proof.record != entry.record:
            yield f"ENTRY_WITHOUT_RECEIPT {where}"
    except Malformed as fault:
        yield f"ENTRY_{fault.code} {where}"


def _statements(tx: Transaction, due: Due) -> Iterator[str]:
    """Every act that the ledger names is here, and every statement is what its name says."""
    held = set()
    for name, raw in tx.ledger.all_statements():
        held.add(name)
        if cbor.digest(raw) != name:
            yield f"STATEMENT_DIFFERS {name.hex()}"
    yield from (f"STATEMENT_MISSING {name.hex()}" for name in due.acts - held)


def _proofs(node: Node, tx: Transaction) -> Iterator[str]:
    about = tx.evidence.subjects()
    for row in tx.exchanges.all_receipts():
        try:
            proof = receipts.decode(row.receipt)
            node.directory.receipt(row.issuer, proof)
            record = records.decode(proof.record)
        except Malformed as fault:
            yield f"PROOF_{fault.code} {row.subject.hex()} {row.issuer}"
            continue
        if not _proves(row, record, about):
            yield f"PROOF_DIFFERS {row.subject.hex()} {row.issuer}"


def _proves(row: ReceiptRow, record: records.Record, about: dict[bytes, bytes]) -> bool:
    if isinstance(record, Notice):
        # Which papers or heads a notice is about only who sent them could know; evidence is named.
        subject = dict(record.fields).get("subject", row.subject)
        exchange = about.get(row.subject, bytes(16))
        return (record.kind, subject, exchange) == (row.kind, row.subject, row.exchange)
    return (record.kind, record.act, record.exchange) == (row.kind, row.subject, row.exchange)


def _delivered(
    node: Node,
    tx: Transaction,
    rows: dict[bytes, ExchangeRow],
    entries: dict[bytes, tuple[EntryRow, ...]],
    due: Due,
    authors: dict[bytes, str],
) -> Iterator[str]:
    """Whatever had to go to somebody waits in the outbox, or there is a proof that it arrived (P2)."""
    waiting = {(row.subject, row.peer) for row in tx.outbox.all(limit=1 << 40)}
    proven = {(row.subject, row.issuer) for row in tx.exchanges.all_receipts()}
    known = waiting | proven
    subjects = {subject for subject, _ in known}
    for subject, answer in due.answers.items():
        if answer.kind == "proposed" and subject not in subjects:
            yield f"DELIVERY_MISSING {subject.hex()}"
    for subject, peer in tx.evidence.errands_due():
        if (subject, peer) not in known:
            yield f"DELIVERY_MISSING {subject.hex()} {peer}"
    for exchange, row in rows.items():
        if row.host != node.party:
            continue
        try:
            parties = Standing.decode(row.standing).parties
        except Malformed:
            # The fold of the chain has told so.
            continue
        for entry in entries.get(exchange, ()):
            for party in set(parties) - {node.party, authors.get(entry.act)}:
                if (entry.act, party) not in known:
                    yield f"DELIVERY_MISSING {entry.act.hex()} {party}"


def _peers(node: Node, tx: Transaction, due: Due) -> Iterator[str]:
    """Who is pinned is who two officers pinned, under the root that they compared."""
    pinned = {str(said["party"]): said["fingerprint"] for said in due.said("pinned")}
    rows = {row.party: row for row in tx.peers.all()}
    yield from (f"PEER_MISSING {party}" for party in pinned.keys() - rows.keys())
    for row in rows.values():
        party = row.party or "(no name)"
        try:
            peer = node.world.recall(row.peer, node.world.suites)
            if (peer.party, peer.pinned) != (row.party, pinned.get(row.party)):
                yield f"PEER_DIFFERS {party}"
            if bool(row.known_size) != bool(row.known_note):
                yield f"PEER_HEAD_DIFFERS {party}"
            elif row.known_size:
                head = checkpoints.verify(row.known_note, node.directory.log_key(row.party))
                if head.size != row.known_size:
                    yield f"PEER_HEAD_DIFFERS {party}"
        except Malformed as fault:
            yield f"PEER_{fault.code} {party}"
        except Broken:
            yield f"PEER_PAPERS {party}"
