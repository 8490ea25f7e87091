"""Checks everything that the store holds against the signed bytes in it.

What it knows: how each projection follows from statements, leaves and entries. What it must never do: repair. The database is
not trusted (whoever administers it could edit it), so the ledger is computed again from its leaves, every head and every
statement is verified again, and every exchange is folded again from its chain (promises P5, P7, P13).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from longbien.exchange import Diverged, Link, Standing, replay
from longbien.keys import Place
from longbien.keys.peer import verify_keys_for
from longbien.ledger import checkpoint as checkpoints
from longbien.ledger import merkle, records
from longbien.ledger.leaf import leaf_hash
from longbien.ledger.records import Entry
from longbien.node.admission import read_act
from longbien.node.audit_rows import inspect_rows
from longbien.node.batch import lane_of
from longbien.node.due_rows import due_rows
from longbien.node.evidence.inspection import inspect
from longbien.node.node import Node
from longbien.node.ports import Tell, untold
from longbien.node.queueing import OF_THIS_NODE, Moment, troubled, words
from longbien.node.relining import line_of
from longbien.store import Transaction
from longbien.store.exchange_rows import EntryRow, ExchangeRow
from longbien.store.ledger_rows import LeafRow
from longbien.wire import statement
from longbien.wire.cbor import Malformed, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """How much was checked, and a line "CODE where" for everything that does not hold."""

    leaves: int
    checkpoints: int
    statements: int
    exchanges: int
    findings: tuple[str, ...]


def audit(node: Node, tell: Tell = untold) -> Audit:
    """The whole store, checked; `tell` hears how far it is. Findings: LEAF_DIFFERS, ROOT_DIFFERS, HEAD_…, STATEMENT_…, CHAIN_…, STANDING_DIFFERS, LINE_…, and those of `inspect` and `inspect_rows`."""
    findings: list[str] = []
    with node.store.transaction() as tx:
        sizes = tuple(tx.ledger.checkpoints())
        ids = tx.exchanges.all_ids()
        whole = tx.ledger.size() + len(ids)
        leaves = _ledger(node, tx, dict(sizes), findings, lambda done: tell(done, whole))
        due = due_rows(tx)
        statements = inspect(node.evidence, node.directory, node.world.suites, tx, due, findings)
        authors: dict[bytes, str] = {}
        for done, exchange in enumerate(ids, start=1):
            statements += _exchange(node, tx, exchange, authors, findings)
            tell(leaves + done, whole)
        findings += inspect_rows(node, tx, due, authors)
    return Audit(
        leaves=leaves,
        checkpoints=len(sizes),
        statements=statements,
        exchanges=len(ids),
        findings=tuple(findings),
    )


def _ledger(
    node: Node,
    tx: Transaction,
    heads: dict[int, bytes],
    findings: list[str],
    tell: Callable[[int], None],
) -> int:
    """Every leaf from its record, every subtree from its leaves, every signed head from both."""
    nodes: dict[tuple[int, int], bytes] = {}
    size = 0
    for row in tx.ledger.walk():
        if row.position != size or not _is_its_hash(row):
            findings.append(f"LEAF_DIFFERS {row.position}")
        for level, place, value in merkle.append(size, [row.hash], lambda level, place: nodes[level, place]):
            nodes[level, place] = value
        size += 1
        tell(size)
        if size in heads:
            root = merkle.root(size, lambda level, place: nodes[level, place])
            findings += _head(node, size, heads[size], root)
    held = tx.ledger.all_subtrees()
    due = {place: value for place, value in nodes.items() if place[0]}
    findings += [
        f"SUBTREE_DIFFERS {level}/{place}"
        for level, place in sorted(held.keys() | due.keys())
        if held.get((level, place)) != due.get((level, place))
    ]
    if size not in heads:
        findings.append(f"HEAD_MISSING {size}")
    findings += [f"HEAD_BEYOND_LEAVES {beyond}" for beyond in heads if not 0 < beyond <= size]
    return size


def _is_its_hash(row: LeafRow) -> bool:
    try:
        return leaf_hash(row.kind, row.salt, row.record) == row.hash
    except Malformed:
        return False


def _head(node: Node, size: int, note: bytes, root: bytes) -> Iterator[str]:
    try:
        head = checkpoints.verify(note, node.directory.log_key(node.party))
    except Malformed as fault:
        yield f"HEAD_{fault.code} {size}"
        return
    if (head.size, head.root) != (size, root):
        yield f"ROOT_DIFFERS {size}"


def _exchange(
    node: Node, tx: Transaction, exchange: bytes, authors: dict[bytes, str], findings: list[str]
) -> int:
    row = tx.exchanges.find([exchange])[exchange]
    rows = [entry for entry in tx.exchanges.chain(exchange) if entry.position <= row.position]
    raw = tx.ledger.statements([entry.act for entry in rows])
    chain: list[Link] = []
    try:
        for entry in rows:
            signed = statement.parse(raw[entry.act])
            if signed.digest != entry.act:
                findings.append(f"STATEMENT_DIFFERS {entry.act.hex()}")
            place = _place(node, tx, entry)
            peer = node.directory.peer(signed.issuer)
            if peer is None:
                findings.append(f"STATEMENT_OF_STRANGER {entry.act.hex()}")
                continue
            statement.verify(signed, verify_keys_for(peer, place=place), node.world.suites)
            act = read_act(signed)
            author = node.directory.author(signed, act)
            authors[entry.act] = author.party
            record = records.decode(entry.record)
            assert isinstance(record, Entry)
            chain.append((act, entry.act, author, record))
    except (Malformed, KeyError) as fault:
        findings.append(f"STATEMENT_{getattr(fault, 'code', 'MISSING')} {exchange.hex()}")
        return len(rows)
    folded = replay(node.rules_of, chain)
    if isinstance(folded, Diverged):
        findings.append(f"CHAIN_{folded.code} {exchange.hex()}")
    elif folded is None or not _shows(row, folded, chain):
        findings.append(f"STANDING_DIFFERS {exchange.hex()}")
    else:
        findings += _line(node, tx, exchange, chain)
    return len(rows)


def _shows(row: ExchangeRow, folded: Standing, chain: list[Link]) -> bool:
    """Whether the row says what follows from the chain; when it last changed is this node's own note."""
    lane = lane_of(chain[0][0])
    due = ExchangeRow(
        id=folded.exchange,
        procedure=folded.procedure,
        host=folded.host,
        opener=folded.opener,
        stage=folded.stage,
        position=folded.position,
        standing=folded.encode(),
        lane=lane,
        changed_at=row.changed_at,
        quarantine=row.quarantine,
    )
    return row == due


def _line(node: Node, tx: Transaction, exchange: bytes, chain: list[Link]) -> Iterator[str]:
    """The line of the queue and its words, made again; what only this node knows is left as it is."""
    held = tx.queue.find([exchange]).get(exchange)
    made = line_of(node, chain, Moment(number=0, now=0))
    if held is None or made is None:
        yield f"LINE_MISSING {exchange.hex()}"
        return
    own = {name: getattr(held, name) for name in OF_THIS_NODE}
    likely = [made] if held.trouble is None else [made, troubled(made, held.trouble, now=0)]
    if held not in [replace(line, **own) for line in likely]:
        yield f"LINE_DIFFERS {exchange.hex()}"
    handled = tx.queue.handled([exchange]).get(exchange)
    if handled is not None and (handled.owner, handled.snoozed_until) != (held.owner, held.snoozed_until):
        yield f"LINE_OWNER_DIFFERS {exchange.hex()}"
    reference = "" if handled is None else handled.reference
    found = words(held, reference=reference, tags=tx.queue.tags_of([exchange]).get(exchange, ()))
    if held.number <= tx.queue.last_worded() and found != tx.queue.words_of(held.number):
        yield f"LINE_WORDS_DIFFER {exchange.hex()}"


def _place(node: Node, tx: Transaction, entry: EntryRow) -> Place | None:
    """Where our own ledger shows the act or its entry, so that a key revoked later still counts for it."""
    found = tx.exchanges.outcomes([entry.act, digest(entry.record)])
    origin = node.directory.own.descriptor.log_key.origin
    return min((Place(origin=origin, index=item.leaf) for item in found.values()), key=_index, default=None)


def _index(place: Place) -> int:
    return place.index
