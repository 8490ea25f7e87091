"""The queue made again from the signed bytes: for a store that has none yet, and for one whose lines an audit found to differ.

What it knows: chains, and in which order exchanges came here. What it must never do: touch what people noted; that is put back beside
the new lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from longbien.exchange import Followed, Link, retrace
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.records import Entry, Rejection
from longbien.node import finding, queueing
from longbien.node.node import Node
from longbien.node.ports import Broken
from longbien.node.queueing import Moment
from longbien.store import Transaction
from longbien.store.exchange_rows import ExchangeRow
from longbien.store.queue_rows import QueueRow

FACT = "queue"
EDITION = b"3"


def ensure(node: Node) -> None:
    """The store has its queue in the edition that this program makes."""
    with node.store.transaction() as tx:
        if tx.ledger.fact(FACT) != EDITION:
            rebuild(node, tx)


def rebuild(node: Node, tx: Transaction) -> int:
    """Every line is made again, in this transaction; how many there are."""
    tx.queue.empty()
    known = sorted(
        (tx.exchanges.outcomes_of(exchange)[0].leaf, exchange) for exchange in tx.exchanges.all_ids()
    )
    lines = [_known(node, tx, exchange, number) for number, (_, exchange) in enumerate(known, start=1)]
    lines += _unplaced(node, tx, len(lines))
    for line in lines:
        _write(tx, line)
    finding.complete(tx)
    tx.ledger.set_fact(FACT, EDITION)
    return len(lines)


def line_of(node: Node, chain: Sequence[Link], at: Moment) -> QueueRow | None:
    """The line to which a chain leads, as far as it can be followed."""
    line: QueueRow | None = None
    rules = node.rules_of(chain[0][0]) if chain else None
    for (act, _, author, _), result in zip(chain, retrace(node.rules_of, chain), strict=False):
        if rules is None or not isinstance(result, Followed):
            break
        line = queueing.placed(line, result.standing, act, author, rules, own=node.party, at=at)
    return line


def chain_of(node: Node, tx: Transaction, row: ExchangeRow) -> tuple[Link, ...]:
    """The chain of an exchange as far as it is applied here."""
    entries = [entry for entry in tx.exchanges.chain(row.id) if entry.position <= row.position]
    raw = tx.ledger.statements([entry.act for entry in entries])
    links: list[Link] = []
    for entry in entries:
        act, author = node.read_act(raw[entry.act])
        record = records.decode(entry.record)
        assert isinstance(record, Entry)
        links.append((act, entry.act, author, record))
    return tuple(links)


def _write(tx: Transaction, line: QueueRow) -> None:
    """A line, with what people noted beside it."""
    noted = tx.queue.handled([line.exchange]).get(line.exchange)
    if noted is None:
        tx.queue.save(new=[line], changed=())
    else:
        tx.queue.save(new=[replace(line, owner=noted.owner, snoozed_until=noted.snoozed_until)], changed=())


def _known(node: Node, tx: Transaction, exchange: bytes, number: int) -> QueueRow:
    row = tx.exchanges.find([exchange])[exchange]
    chain = chain_of(node, tx, row)
    line = line_of(node, chain, Moment(number=number, now=row.changed_at))
    if line is None:
        raise Broken("LINE_IMPOSSIBLE", exchange.hex())
    ours = [act.made_at for act, _, author, _ in chain if author.party == node.party]
    line = replace(line, sent_key=max(ours, default=None))
    if row.quarantine is not None:
        return queueing.troubled(line, row.quarantine, now=row.changed_at)
    acted = max((entry.position for _, _, author, entry in chain if author.party == node.party), default=0)
    for record in _refusals(tx, exchange):
        if record.position >= acted:
            line = queueing.refused(line, record.code, now=row.changed_at)
    return line


def _refusals(tx: Transaction, exchange: bytes) -> Iterator[Rejection]:
    """What the host refused of us in an exchange, in the order in which we heard of it."""
    for item in tx.exchanges.receipts_of(exchange):
        if item.kind == Rejection.kind:
            record = records.decode(receipts.decode(item.receipt).record)
            assert isinstance(record, Rejection)
            yield record


def _unplaced(node: Node, tx: Transaction, count: int) -> Iterator[QueueRow]:
    """Openings of ours that no host has given a place: on their way, or refused."""
    for outcome in tx.exchanges.unplaced():
        raw = tx.ledger.statement(outcome.subject)
        if raw is None:
            raise Broken("STATEMENT_MISSING", outcome.subject.hex())
        act, _ = node.read_act(raw)
        moment = Moment(number=count + 1, now=act.made_at)
        line = queueing.sent(None, act, node.rules_of(act), own=node.party, at=moment)
        if line is None:
            continue
        count += 1
        for record in _refusals(tx, outcome.exchange):
            line = queueing.refused(line, record.code, now=record.at)
        yield line
