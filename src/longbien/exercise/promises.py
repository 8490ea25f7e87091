"""The promises that a simulated world is held to, as questions to the durable rows of its States.

What it knows: what the outside was told (an act was sent, a receipt was given), and what the stores hold. What it must never
trust: what a node says of itself; rows and signed bytes are read here. Each finding names the promise of the architecture page.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from longbien.exchange import Act, Standing
from longbien.exercise.promises_evidence import ask_evidence
from longbien.exercise.seat import Seat
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.node import Node
from longbien.node.audit import audit
from longbien.node.sequencer import Done
from longbien.store import Transaction
from longbien.store.exchange_rows import EntryRow, ExchangeRow
from longbien.wire import statement

# Keys that were due when they left may meet conditions that have come since; whether they do, `ask_evidence` asks.
_RIGHTLY = ("keys", "CONDITIONS_NOT_ACCEPTED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A promise that did not hold."""

    promise: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An officer of `party` was told that this act is sent."""

    party: str
    exchange: bytes
    digest: bytes


class Promises:
    """What was promised in one world, and whether it holds."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self._told: list[Told] = []
        self._receipts: dict[tuple[str, int], bytes] = {}

    @property
    def acts(self) -> int:
        """How many acts were sent."""
        return len(self._told)

    def broken(self, promise: str, detail: str) -> None:
        """Something was seen that must not be."""
        self.violations.append(Violation(promise=promise, detail=detail))

    def sent(self, party: str, exchange: bytes, digest: bytes) -> None:
        """The desk said so."""
        self._told.append(Told(party=party, exchange=exchange, digest=digest))

    def answered(self, party: str, done: Sequence[Done]) -> None:
        """Receipts left the node of `party`; for one leaf it is always the same one."""
        for item in done:
            if item.receipt is None:
                continue
            place = party, receipts.decode(item.receipt).index
            if self._receipts.setdefault(place, item.receipt) != item.receipt:
                self.broken("P1", f"{party} gave two receipts for its leaf {place[1]}")

    # Questions that may be asked at any moment.

    def ask_durable(self, seat: Seat) -> None:
        """P1: everything that this State promised is in its store, the leaves of receipts with the same records."""
        with seat.store.unharmed() as tx:
            told = {item.digest for item in self._told if item.party == seat.party}
            for digest in told - tx.exchanges.outcomes(told).keys():
                self.broken("P1", f"{seat.party} lost an act that it said was sent: {_short(digest)}")
            given = {index: raw for (party, index), raw in self._receipts.items() if party == seat.party}
            held = tx.ledger.leaves(given)
        for index, raw in given.items():
            if index not in held or held[index].record != receipts.decode(raw).record:
                self.broken("P1", f"{seat.party} gave a receipt for leaf {index} and no longer holds it")

    def ask_visible(self, seats: Mapping[str, Seat]) -> None:
        """P2: every act that was sent is decided at its host, or waits where its officer can see it."""
        for told in self._told:
            with seats[told.party].store.unharmed() as tx:
                row = tx.exchanges.find([told.exchange]).get(told.exchange)
                proofs = tx.exchanges.receipts_for(told.digest)
                waiting = [
                    item for item in tx.outbox.all(peer=None, limit=100_000) if item.subject == told.digest
                ]
            hosted = row is not None and row.host == told.party
            if not (hosted or proofs or any(item.kind == "propose" for item in waiting)):
                self.broken("P2", f"an act of {told.party} neither arrived nor waits: {_short(told.digest)}")

    def ask_agreement(self, seats: Mapping[str, Seat]) -> None:
        """P4 and P5: of any two chains of an exchange one begins the other; equal places have equal standings."""
        self._ask_agreement([_Chains(seat) for seat in seats.values()])

    def _ask_agreement(self, views: Iterable["_Chains"]) -> None:
        for one, other in combinations(views, 2):
            for exchange in one.chains.keys() & other.chains.keys():
                mine, theirs = one.chains[exchange], other.chains[exchange]
                common = min(len(mine), len(theirs))
                if mine[:common] != theirs[:common]:
                    self.broken(
                        "P4", f"{one.party} and {other.party} hold two histories of {_short(exchange)}"
                    )
                elif len(mine) == len(theirs) and one.standings[exchange] != other.standings[exchange]:
                    self.broken(
                        "P5", f"{one.party} and {other.party} stand differently in {_short(exchange)}"
                    )

    # Questions for the end, when faults have stopped, everybody reaches everybody, and nothing moves any more.

    def ask_everything(self, seats: Mapping[str, Seat]) -> None:
        """Every promise, once the world is calm."""
        told = {item.digest for item in self._told}
        views = {party: _View(seat, told) for party, seat in seats.items()}
        for party, seat in seats.items():
            self.ask_durable(seat)
            self._ask_once(views[party])
            self._ask_ledger(views[party])
            if seat.node is None:
                self.broken("P13", f"{party} does not stay up although nothing is wrong any more")
            else:
                self._ask_node(seat, seat.node)
            for exchange, code in views[party].quarantined.items():
                self.broken("P4", f"{party} quarantined {_short(exchange)}: {code}")
            for kind, peer, reason in views[party].waiting:
                if (kind, reason) == _RIGHTLY:
                    continue
                self.broken("P2", f"{kind} for {peer} still waits at {party}: {reason or 'never tried'}")
        self._ask_agreement(views.values())
        self._ask_decided(views)
        self._ask_complete(views)
        ask_evidence(seats, self.broken)

    def _ask_node(self, seat: Seat, node: Node) -> None:
        """P13 and P1: the audit finds nothing, and every receipt that was given is given again, byte for byte."""
        for finding in audit(node).findings:
            self.broken("P13", f"the audit of {seat.party}: {finding}")
        with seat.store.unharmed() as tx:
            for (party, index), raw in self._receipts.items():
                if party == seat.party and receipts.encode(node.book.receipt(tx, index)) != raw:
                    self.broken("P1", f"{party} gives another receipt for its leaf {index} than before")

    def _ask_once(self, view: "_View") -> None:
        """P3: no statement, and no draft under whatever statement, has two places."""
        for exchange, acts in view.acts.items():
            for count in Counter(acts).values():
                if count > 1:
                    self.broken(
                        "P3", f"an act took effect {count} times at {view.party} in {_short(exchange)}"
                    )

    def _ask_ledger(self, view: "_View") -> None:
        """P14: what the ledger says was ordered is what the chains hold, neither more nor less."""
        placed = {entry for chain in view.hosted.values() for entry in chain}
        logged = Counter(view.entry_leaves)
        for record in placed ^ logged.keys():
            missing = "has no leaf" if record in placed else "has a leaf and no effect"
            self.broken("P3", f"an entry of {view.party} {missing}: {_short(record)}")
        for record, count in logged.items():
            if count > 1:
                self.broken("P3", f"an entry of {view.party} has {count} leaves: {_short(record)}")

    def _ask_decided(self, views: Mapping[str, "_View"]) -> None:
        """P2: every act is on the host's chain or has the host's signed rejection, at the host and at its author."""
        for told in self._told:
            deciding = [party for party, view in views.items() if told.digest in view.decisions]
            if len(deciding) != 1:
                self.broken(
                    "P2", f"{len(deciding)} decided about an act of {told.party}: {_short(told.digest)}"
                )
            elif deciding != [told.party] and told.digest not in views[told.party].proofs:
                self.broken("P2", f"{told.party} never got the proof for {_short(told.digest)}")

    def _ask_complete(self, views: Mapping[str, "_View"]) -> None:
        """P4: every party of an exchange holds the whole chain."""
        for host in views.values():
            for exchange, chain in host.hosted.items():
                for party in host.parties[exchange]:
                    if views[party].chains.get(exchange) != chain:
                        self.broken("P4", f"{party} does not hold the whole chain of {_short(exchange)}")


class _Chains:
    """The chains of one store and where they stand, read once."""

    def __init__(self, seat: Seat) -> None:
        self.party = seat.party
        self.chains: dict[bytes, tuple[bytes, ...]] = {}
        self.standings: dict[bytes, tuple[bytes, bytes]] = {}
        with seat.store.unharmed() as tx:
            for row in tx.exchanges.find(tx.exchanges.all_ids()).values():
                entries = tx.exchanges.chain(row.id)
                self._take(row, [entry for entry in entries if entry.position <= row.position])

    def _take(self, row: ExchangeRow, entries: Sequence[EntryRow]) -> None:
        standing = Standing.decode(row.standing)
        self.chains[row.id] = tuple(entry.record for entry in entries)
        self.standings[row.id] = (standing.digest, standing.head)


class _View(_Chains):
    """Everything that one store holds and that is asked about in the end, read once."""

    def __init__(self, seat: Seat, told: Set[bytes]) -> None:
        self.hosted: dict[bytes, tuple[bytes, ...]] = {}
        self.parties: dict[bytes, tuple[str, ...]] = {}
        self._placed: dict[bytes, Sequence[EntryRow]] = {}
        self.quarantined: dict[bytes, str] = {}
        super().__init__(seat)
        with seat.store.unharmed() as tx:
            self.acts = {exchange: tuple(_identities(tx, rows)) for exchange, rows in self._placed.items()}
            decided = {records.Entry.kind, records.Rejection.kind}
            known = tx.exchanges.outcomes(told)
            self.decisions = {digest for digest, outcome in known.items() if outcome.kind in decided}
            self.proofs = {digest for digest in told if tx.exchanges.receipts_for(digest)}
            self.waiting = tuple((row.kind, row.peer, row.reason) for row in tx.outbox.all(limit=100_000))
            self.entry_leaves = tuple(
                row.record for row in tx.ledger.walk() if row.kind == records.Entry.kind
            )

    def _take(self, row: ExchangeRow, entries: Sequence[EntryRow]) -> None:
        super()._take(row, entries)
        self.parties[row.id] = Standing.decode(row.standing).parties
        if row.host == self.party:
            self.hosted[row.id] = self.chains[row.id]
            self._placed[row.id] = entries
        if row.quarantine is not None:
            self.quarantined[row.id] = row.quarantine


def _identities(tx: Transaction, entries: Sequence[EntryRow]) -> Iterator[bytes]:
    """The identifier of each act: that of its draft, which no second statement may use again."""
    raw = tx.ledger.statements([entry.act for entry in entries])
    for entry in entries:
        yield Act.decode(statement.parse(raw[entry.act]).payload).id


def _short(value: bytes) -> str:
    return value.hex()[:8]
