"""Checks everything that the store holds against the signed bytes in it.

What it knows: how each projection follows from statements, leaves and entries. What it must never do: repair. The database is
not trusted (whoever administers it could edit it), so the ledger is computed again from its leaves, every head and every
statement is verified again, and every exchange is folded again from its chain (promises P5, P7, P13).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from longbien.exchange import Diverged, Link, replay
from longbien.keys import Place
from longbien.keys.peer import verify_keys_for
from longbien.ledger import checkpoint as checkpoints
from longbien.ledger import merkle, records
from longbien.ledger.leaf import leaf_hash
from longbien.ledger.records import Entry
from longbien.node.evidence.inspection import inspect
from longbien.node.node import Node
from longbien.node.ports import Tell, untold
from longbien.node.queueing import OF_THIS_NODE, Moment, troubled, words
from longbien.node.relining import line_of
from longbien.store import Transaction
from longbien.store.exchange_rows import EntryRow
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
    """The whole store, checked; `tell` hears how far it is. Findings: LEAF_DIFFERS, ROOT_DIFFERS, HEAD_…, STATEMENT_…, CHAIN_…, STANDING_DIFFERS, LINE_…."""
    findings: list[str] = []
    with node.store.transaction() as tx:
        sizes = tuple(tx.ledger.checkpoints())
        ids = tx.exchanges.all_ids()
        whole = tx.ledger.size() + len(ids)
        leaves = _ledger(node, tx, dict(sizes), findings, lambda done: tell(done, whole))
        statements = inspect(node.evidence, node.directory, node.world.suites, tx, findings)
        for done, exchange in enumerate(ids, start=1):
            statements += _exchange(node, tx, exchange, findings)
            tell(leaves + done, whole)
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
        if row.position != size or leaf_hash(row.kind, row.salt, row.record) != row.hash:
            findings.append(f"LEAF_DIFFERS {row.position}")
        fresh = merkle.append(size, [row.hash], lambda level, place: nodes[level, place])
        for level, place, value in fresh:
            nodes[level, place] = value
            if level and tx.ledger.read(level, place) != value:
                findings.append(f"SUBTREE_DIFFERS {level}/{place}")
        size += 1
        tell(size)
        if size in heads:
            root = merkle.root(size, lambda level, place: nodes[level, place])
            findings += _head(node, size, heads[size], root)
    findings += [f"HEAD_BEYOND_LEAVES {beyond}" for beyond in heads if beyond > size]
    return size


def _head(node: Node, size: int, note: bytes, root: bytes) -> Iterator[str]:
    try:
        head = checkpoints.verify(note, node.directory.log_key(node.party))
    except Malformed as fault:
        yield f"HEAD_{fault.code} {size}"
        return
    if (head.size, head.root) != (size, root):
        yield f"ROOT_DIFFERS {size}"


def _exchange(node: Node, tx: Transaction, exchange: bytes, findings: list[str]) -> int:
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
            act, author = node.read_act(raw[entry.act])
            record = records.decode(entry.record)
            assert isinstance(record, Entry)
            chain.append((act, entry.act, author, record))
    except (Malformed, KeyError) as fault:
        findings.append(f"STATEMENT_{getattr(fault, 'code', 'MISSING')} {exchange.hex()}")
        return len(rows)
    folded = replay(node.rules_of, chain)
    if isinstance(folded, Diverged):
        findings.append(f"CHAIN_{folded.code} {exchange.hex()}")
    elif folded is None or folded.encode() != row.standing:
        findings.append(f"STANDING_DIFFERS {exchange.hex()}")
    else:
        findings += _line(node, tx, exchange, chain)
    return len(rows)


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
