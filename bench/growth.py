"""What an act costs when a node has had 1,000, 10,000 or 100,000 exchanges.

Each store is filled through the store's own rows: one exchange is really opened between the two nodes, and every further one is its
likeness with identifiers, digests and signed bytes of its own, leaf by leaf in the ledger. Only their signatures are not real, and
nobody reads them again. All pairs of nodes then run side by side and take turns, and what is compared is the processor time of
both nodes together for one delivered act, so that a busy machine troubles each of them alike.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from bench import acts, flow, pair
from bench.report import Bar, Row
from longbien.exchange import Standing
from longbien.node.book import Leaf
from longbien.node.lawbook import shipped
from longbien.node.opening import machine_now
from longbien.store.exchange_rows import ClockRow, EntryRow, ExchangeRow, OutcomeRow, ReceiptRow
from longbien.store.ledger_rows import StatementRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.pair import Side
    from longbien.node import Node, Sent

GROWTH_BAR = Bar(value=1.2, at_least=False)
ROUNDS = 5
STEP = 1000


def rows(sizes: Sequence[int], acts_each: int) -> list[Row]:
    """A row for each number of exchanges, compared with the smallest; `acts_each` is how many each side sends in a round."""
    with ExitStack() as stack:
        pairs = [stack.enter_context(pair.founded({})) for _ in sizes]
        for size, sides in zip(sizes, pairs, strict=True):
            _fill(sides, size)
            _draft(sides, acts_each * (ROUNDS + 1))
        costs = asyncio.run(_turns(pairs, acts_each))
    least = costs[0]
    return [
        Row(
            name=f"cost of an act with {size:,} exchanges",
            value=cost * 1000,
            unit="ms CPU",
            against="" if number == 0 else f"{sizes[0]:,} exchanges",
            ratio=None if number == 0 else cost / least,
            bar=GROWTH_BAR if number == len(sizes) - 1 and number else None,
        )
        for number, (size, cost) in enumerate(zip(sizes, costs, strict=True))
    ]


async def _turns(pairs: Sequence[dict[str, Side]], acts_each: int) -> list[float]:
    """Seconds of processor time for an act, by pair: the median of some rounds."""
    async with AsyncExitStack() as stack:
        running = [await stack.enter_async_context(pair.serving(sides)) for sides in pairs]
        spent: list[list[float]] = [[] for _ in pairs]
        for round_number in range(ROUNDS + 1):
            for number, (sides, nodes) in enumerate(zip(pairs, running, strict=True)):
                drafts = {}
                for party, side in sides.items():
                    drafts[party], side.drafts[:] = side.drafts[:acts_each], side.drafts[acts_each:]
                before = nodes.processor_seconds()
                await flow.throughput(nodes.ways, drafts)
                if round_number:
                    seconds = nodes.processor_seconds() - before
                    spent[number].append(seconds / (2 * acts_each))
    return [median(each) for each in spent]


def _draft(sides: dict[str, Side], count: int) -> None:
    rules = shipped().rules("preservation")
    assert rules is not None
    for side in sides.values():
        now = machine_now()
        made = acts.requests(side.sender, rules, count, now)
        with pair.opened(side) as node, node.store.transaction() as tx:
            side.drafts = acts.put(tx, side.sender, made, now)


def _fill(sides: dict[str, Side], count: int) -> None:
    """Both stores hold so many exchanges more: half opened by each side."""
    _draft(sides, 1)
    asking, asked = sides.values()
    with pair.opened(asking) as sender, pair.opened(asked) as host:
        sent = sender.desk.send(asking.drafts[0])
        assert not hasattr(sent, "code"), sent
        _deliver(sender, host)
        for node in (sender, host):
            for _ in range(0, count, STEP):
                _copies(node, sent, STEP)


def _deliver(sender: Node, host: Node) -> None:
    for lane in (0, 1):
        consignment = sender.delivery.collect(host.party, lane)
        if consignment is not None:
            done = sender.delivery.settle(consignment, host.reception.receive(consignment.body))
            assert done.receipted, done


def _copies(node: Node, sent: Sent, count: int) -> None:
    """So many likenesses of one exchange, in one transaction, under one signed head."""
    with node.store.transaction() as tx:
        like = tx.exchanges.find([sent.exchange])[sent.exchange]
        (entry,) = tx.exchanges.chain(sent.exchange)
        raw = tx.ledger.statements([sent.digest])[sent.digest]
        receipt = next(iter(tx.exchanges.receipts_of(sent.exchange)), None)
        clocks = tx.exchanges.clocks_of(sent.exchange)
        leaf = tx.ledger.leaf(tx.exchanges.outcomes([sent.digest])[sent.digest].leaf)
        standing = Standing.decode(like.standing)
        ids = [(os.urandom(16), os.urandom(32)) for _ in range(count)]
        start = node.book.append(tx, [Leaf(kind=leaf.kind, record=leaf.record)] * count)
        tx.exchanges.save(new=[_exchange(like, standing, exchange) for exchange, _ in ids], changed=[])
        tx.exchanges.add_entries([_entry(entry, exchange, act) for exchange, act in ids])
        tx.ledger.add_statements([_statement(raw, act, node.party) for _, act in ids])
        tx.exchanges.add_outcomes(
            [
                OutcomeRow(subject=act, exchange=exchange, kind=leaf.kind, code="", leaf=start + place)
                for place, (exchange, act) in enumerate(ids)
            ]
        )
        if receipt is not None:
            tx.exchanges.add_receipts([_receipt(receipt, exchange, act) for exchange, act in ids])
        tx.exchanges.set_clocks({exchange: [_clock(row, exchange) for row in clocks] for exchange, _ in ids})
    with node.store.transaction() as tx:
        node.book.seal(tx, node.world.now())


def _exchange(like: ExchangeRow, standing: Standing, exchange: bytes) -> ExchangeRow:
    return replace(like, id=exchange, standing=replace(standing, exchange=exchange).encode())


def _entry(like: EntryRow, exchange: bytes, act: bytes) -> EntryRow:
    return replace(like, exchange=exchange, act=act)


def _statement(raw: bytes, act: bytes, issuer: str) -> StatementRow:
    return StatementRow(digest=act, kind="act", issuer=issuer, raw=raw[:-32] + act)


def _receipt(like: ReceiptRow, exchange: bytes, act: bytes) -> ReceiptRow:
    return replace(like, subject=act, exchange=exchange)


def _clock(like: ClockRow, exchange: bytes) -> ClockRow:
    return replace(like, exchange=exchange)
