"""The one place where a node decides: jobs go in, one by one, in batches; durable, sealed answers come out.

What it knows: transactions and their order. What it must never know: where jobs come from. One commit for the batch, then
one signature for the batch, then the receipts: group commit is what makes a receipt cost almost nothing.

Callers of several threads share batches without a thread of their own: each leaves its jobs and waits for its turn; whoever
has the turn takes everything that was left meanwhile.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from longbien.law import Lawbook
from longbien.ledger import receipt as receipts
from longbien.node.batch import Batch
from longbien.node.book import Book
from longbien.node.jobs import InLedger, Job, Outcome, Own, Settled
from longbien.node.ports import Now
from longbien.node.readers import ActReader, Reading
from longbien.store import Store, Transaction

# Enough to make the cost of a commit vanish, few enough to keep a batch well below a second.
BATCH_MAX = 256
# Own acts that are kept as they were read, and the largest that is worth it.
RECENT_MAX = 1024
RECENT_BYTES_MAX = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a job, and the encoded receipt that its sender is owed, if any; `head` is the size it stands under."""

    outcome: Outcome
    receipt: bytes | None
    head: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class _Ticket:
    """The jobs of one caller, and their results once somebody has run them."""

    jobs: tuple[Job, ...]
    done: tuple[Done, ...] | None = None


class Sequencer:
    """Runs batches, one at a time, whoever calls. `listener` is told after each commit, on the thread that made it."""

    def __init__(
        self, store: Store, book: Book, *, party: str, lawbook: Lawbook, reader: ActReader, now: Now
    ) -> None:
        self._store = store
        self._book = book
        self._party = party
        self._lawbook = lawbook
        self._reader = reader
        self._now = now
        self._recent: OrderedDict[bytes, Reading] = OrderedDict()
        self._turn = threading.Lock()
        self._left: list[_Ticket] = []
        self._leave = threading.Lock()
        self._failure: Exception | None = None
        self.listener: Callable[[], None] = _nobody

    def run(self, jobs: Sequence[Job]) -> tuple[Done, ...]:
        """Every job is durable, or will never have happened, when this returns (P1, P3).

        Raises:
            StoreFault: the disk failed; the node must stop (P13).
            Broken: an invariant does not hold; likewise.
        """
        ticket = _Ticket(jobs=tuple(jobs))
        with self._leave:
            self._left.append(ticket)
        with self._turn:
            while ticket.done is None:
                self._serve_or_stop(self._take())
        self.listener()
        return ticket.done

    def _take(self) -> list[_Ticket]:
        with self._leave:
            taken: list[_Ticket] = []
            size = 0
            while self._left and (not taken or size + len(self._left[0].jobs) <= BATCH_MAX):
                taken.append(self._left.pop(0))
                size += len(taken[-1].jobs)
            return taken

    def _serve_or_stop(self, tickets: Sequence[_Ticket]) -> None:
        """After one failure nothing is decided any more: what memory holds may be ahead of what is durable (P13).

        Another caller whose commit succeeded now would put its leaves behind a hole that no restart could close.
        """
        if self._failure is not None:
            raise self._failure
        try:
            self._serve(tickets)
        except Exception as failure:
            self._failure = failure
            raise

    def _serve(self, tickets: Sequence[_Ticket]) -> None:
        # Between the leaves and their head nobody looks: a courier would find an entry that no head covers yet.
        with self._store.held():
            done = iter(self._commit([job for ticket in tickets for job in ticket.jobs]))
        for ticket in tickets:
            ticket.done = tuple(next(done) for _ in ticket.jobs)

    def _commit(self, jobs: Sequence[Job]) -> tuple[Done, ...]:
        with self._store.transaction() as tx:
            batch = self._batch(tx)
            batch.load(jobs)
            outcomes = [batch.run(job) for job in jobs]
            if batch.pending.leaves:
                self._book.append(tx, batch.pending.leaves)
            batch.pending.write(tx)
        self._remember(jobs)
        # A crash here leaves leaves without a head. Nobody was promised anything yet.
        if not any(isinstance(outcome, InLedger) for outcome in outcomes):
            return tuple(Done(outcome=outcome, receipt=None) for outcome in outcomes)
        with self._store.transaction() as tx:
            self._book.seal(tx, self._now())
            # Made here to spare a third transaction; handed out only when the commit below has returned.
            done = [self._done(tx, job, outcome) for job, outcome in zip(jobs, outcomes, strict=True)]
        # A crash here loses the answers only: asked again, the same bytes are given.
        return tuple(done)

    def _batch(self, tx: Transaction) -> Batch:
        return Batch(
            tx,
            party=self._party,
            lawbook=self._lawbook,
            recent=self._recent,
            reader=self._reader,
            size=self._book.size,
            now=self._now(),
        )

    def _remember(self, jobs: Sequence[Job]) -> None:
        """Own acts come back soon, with the place that their host gave them; they need not be read again then."""
        for job in jobs:
            if isinstance(job, Own) and len(job.statement.raw) <= RECENT_BYTES_MAX:
                self._recent[job.statement.digest] = job.act, job.author
        while len(self._recent) > RECENT_MAX:
            self._recent.popitem(last=False)

    def _done(self, tx: Transaction, job: Job, outcome: Outcome) -> Done:
        """Only those who sent something are owed a receipt."""
        if not isinstance(outcome, InLedger) or isinstance(job, Own | Settled):
            return Done(outcome=outcome, receipt=None)
        receipt = self._book.receipt(tx, outcome.position)
        return Done(outcome=outcome, receipt=receipts.encode(receipt), head=receipt.size)


def _nobody() -> None:
    """Nobody listens."""
