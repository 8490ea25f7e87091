"""What a node can tell about its exchanges: every step of a chain, read again from the signed bytes.

What it knows: chains, acts, and who the parties said that they are. What it must never know: who asks, or in which form it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from longbien.exchange import Act, Author, Standing
from longbien.ledger import records
from longbien.ledger.records import Entry

if TYPE_CHECKING:
    from longbien.keys import Descriptor, Office
    from longbien.law import Clock
    from longbien.node.node import Node
    from longbien.store import Transaction
    from longbien.store.exchange_rows import ExchangeRow

# Later than any due time that fits a row.
_FOR_EVER = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One step that the host gave a place: the host's entry, who, what; `digest` of the statement."""

    entry: Entry
    digest: bytes
    act: Act
    author: Author

    @property
    def place(self) -> int:
        """The position in the chain, from 1."""
        return self.entry.position

    @property
    def at(self) -> int:
        """When it got its place, by the host's clock (ms)."""
        return self.entry.at


def taken(node: Node, row: ExchangeRow) -> tuple[Taken, ...]:
    """Every step of an exchange so far, in order; entries that came early wait and are not told."""
    with node.store.transaction() as tx:
        chain = [entry for entry in tx.exchanges.chain(row.id) if entry.position <= row.position]
        raw = tx.ledger.statements([entry.act for entry in chain])
    steps = []
    for entry in chain:
        act, author = node.read_act(raw[entry.act])
        record = records.decode(entry.record)
        assert isinstance(record, Entry)
        steps.append(Taken(entry=record, digest=entry.act, act=act, author=author))
    return tuple(steps)


def opened(node: Node, tx: Transaction, row: ExchangeRow) -> Taken | None:
    """The first step of an exchange; None while it has no place here, or where the bytes of its act are gone."""
    entry = tx.exchanges.entry(row.id, 1)
    raw = None if entry is None else tx.ledger.statement(entry.act)
    if entry is None or raw is None:
        return None
    act, author = node.read_act(raw)
    record = records.decode(entry.record)
    assert isinstance(record, Entry)
    return Taken(entry=record, digest=entry.act, act=act, author=author)


def modes(node: Node, row: ExchangeRow) -> tuple[str, ...]:
    """In which modes the nodes of an exchange say that they run (live, exercise, demo), each once, in order."""
    return tuple(sorted({described.mode for described in _described(node, row)}))


def is_live(node: Node, row: ExchangeRow) -> bool:
    """Whether every node of an exchange is a live one; what a single practising node touches counts as practice."""
    return modes(node, row) == ("live",)


def office(node: Node, party: str, identifier: str) -> Office | None:
    """An office of a party by the newest descriptor."""
    offices = node.directory.descriptor(party).offices
    return next((item for item in offices if item.id == identifier), None)


def illustrative(node: Node, row: ExchangeRow) -> bool:
    """Whether a party of an exchange has offices that do not exist."""
    return any(item.illustrative for described in _described(node, row) for item in described.offices)


def version(row: ExchangeRow) -> int:
    """The version of the procedure that an exchange runs under."""
    return Standing.decode(row.standing).version


def running(node: Node) -> tuple[tuple[ExchangeRow, Clock], ...]:
    """Every clock that runs in an exchange of this node, with its reminders, the next one first."""
    with node.store.transaction() as tx:
        due = tx.exchanges.clocks_due(_FOR_EVER)
        rows = tx.exchanges.find({clock.exchange for clock in due})
    clocks = {
        key: {clock.id: clock for clock in Standing.decode(row.standing).clocks} for key, row in rows.items()
    }
    return tuple((rows[item.exchange], clocks[item.exchange][item.clock]) for item in due)


def _described(node: Node, row: ExchangeRow) -> tuple[Descriptor, ...]:
    return tuple(
        node.directory.descriptor(party)
        for party in Standing.decode(row.standing).parties
        if node.directory.peer(party) is not None
    )
