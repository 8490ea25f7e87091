"""Bugs planted on purpose: whoever trusts the simulated world must see it find them.

What it knows: the insides of the node, for it exchanges one part of them against a faulty one while a world is played. What it must
never be: part of a node. Nothing in production knows of this module, and no bug survives its `with` block.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from longbien.exchange import Accepted, Act, Author, Diverged, Standing, step
from longbien.exchange.chain import Followed, follow
from longbien.exercise.planted_evidence import EVIDENCE_BUGS
from longbien.exercise.planting import Bug, both, bug, swapped
from longbien.exercise.seat import Seat
from longbien.keys import Descriptor
from longbien.law import Rules
from longbien.ledger import merkle, records
from longbien.ledger import receipt as receipts
from longbien.ledger.receipt import Receipt
from longbien.ledger.records import Entry
from longbien.node import admission, batch, book, delivery, node, pending, sequencer
from longbien.node.jobs import Job, Proposal, Settled
from longbien.node.sequencer import Done
from longbien.store import StoreFault, Transaction, desk_rows, outbox_rows
from longbien.store.exchange_rows import EntryRow
from longbien.wire import parcel

# P1: what was acknowledged is durable.


@contextlib.contextmanager
def _lying_disk() -> Iterator[None]:
    """Commits return before they are durable: a crash takes the last ones back."""
    durable: dict[str, bytes] = {}
    commits = 0
    after, fall = Seat._after, Seat.fall

    def count(seat: Seat) -> None:
        nonlocal commits
        commits += 1
        if commits % 7 == 0:
            durable[seat.party] = seat.store.image()
        after(seat)

    def take_back(seat: Seat) -> None:
        fall(seat)
        if seat.party in durable:
            seat.store.restore(durable[seat.party])

    with swapped(Seat, "_after", count), swapped(Seat, "fall", take_back):
        yield


def _newest_head(self: book.Book, tx: Transaction, position: int) -> Receipt:
    newest = tx.ledger.newest_checkpoint()
    assert newest is not None, "a node that serves has sealed its first leaf"
    return self.receipt_under(tx, position, newest[1])


# P2: nothing is silently lost.


def _drop_when_full(self: outbox_rows.OutboxRows, rows: Sequence[outbox_rows.OutboxRow]) -> None:
    if rows and self.count() < 2:
        _add_rows(self, rows)


_add_rows = outbox_rows.OutboxRows.add


def _give_up(self: delivery.Delivery, sent: delivery.Consignment, reason: str) -> delivery.Delivered:
    with self._store.transaction() as tx:
        tx.outbox.done(row.id for row in sent.rows)
    return _failed(self, sent, reason)


_failed = delivery.Delivery.failed


def _without_dead_letters(
    self: outbox_rows.OutboxRows, peer: str, lane: int, now: int, **bounds: int
) -> tuple[outbox_rows.OutboxRow, ...]:
    return tuple(row for row in _waiting(self, peer, lane, now, **bounds) if row.tries < 1)


_waiting = outbox_rows.OutboxRows.waiting

# How far a careful, mistaken host lets the clock of an author be from its own (ms).
_FRESH = 5 * 60_000


def _only_fresh_acts(
    self: admission.Admission, sent: parcel.Propose
) -> admission.Admitted | admission.Turned:
    admitted = _proposal(self, sent)
    if isinstance(admitted, Proposal) and abs(admitted.act.made_at - _hosts_now(self)) > _FRESH:
        return admission.Turned(code="ACT_TOO_OLD", passing=True)
    return admitted


_proposal = admission.Admission._proposal
_clocks: dict[int, Callable[[], int]] = {}


def _hosts_now(self: admission.Admission) -> int:
    return _clocks[id(self)]()


def _with_a_clock_at_the_door(self: node.Node, descriptor: Descriptor) -> None:
    _assemble(self, descriptor)
    _clocks[id(self.reception._admission)] = self.world.now


_assemble = node.Node._assemble


# P3: every act takes effect once.


class _Forgetful(batch.Batch):
    """Knows of no answer that was given before."""

    def load(self, jobs: Sequence[Job]) -> None:  # type: ignore[override]
        super().load(jobs)
        self._before = self._known
        self._known = {}

    def _answer(self, subject: bytes, exchange: bytes, kind: str, code: str, leaf: int) -> None:
        if subject not in self._before:
            super()._answer(subject, exchange, kind, code, leaf)


@contextlib.contextmanager
def _second_click() -> Iterator[None]:
    """Sending a draft again makes another act of it."""
    drafts = desk_rows.DeskRows.drafts

    def unsent(self: desk_rows.DeskRows, identifiers: Iterable[bytes]) -> dict[bytes, desk_rows.DraftRow]:
        return {name: replace(row, statement=None) for name, row in drafts(self, identifiers).items()}

    def none_of(_self: desk_rows.DeskRows, _ids: Any) -> Mapping[bytes, bytes]:  # noqa: ANN401
        return {}

    with (
        swapped(desk_rows.DeskRows, "drafts", unsent),
        swapped(desk_rows.DeskRows, "statements_of", none_of),
    ):
        yield


class _SplitSequencer(sequencer.Sequencer):
    """Writes the leaves in one transaction and what they record in another."""

    def _commit(self, jobs: Sequence[Job]) -> tuple[Done, ...]:
        with self._store.transaction() as tx:
            running = self._batch(tx)
            running.load(jobs)
            outcomes = [running.run(job) for job in jobs]
            if running.pending.leaves:
                self._book.append(tx, running.pending.leaves)
        with self._store.transaction() as tx:
            running.pending.write(tx)
        with self._store.transaction() as tx:
            self._book.seal(tx, self._now())
            return tuple(self._done(tx, job, outcome) for job, outcome in zip(jobs, outcomes, strict=True))


# P4: both sides hold prefixes of one chain.


class _Hasty(batch.Batch):
    """Takes an own act over as soon as it has a place, whether or not the entries before it have come."""

    def _place_own(self, exchange: Any, entry: Entry, receipt: bytes) -> str:  # noqa: ANN401
        if entry.position <= exchange.position:
            return self._compare_old(entry)
        act, author = self._stored(entry.act)
        return self._follow(exchange, act, author, entry, receipt)


def _follow_anything(
    rules: Rules | None,
    standing: Standing | None,
    act: Act,
    entry: Entry,
    *,
    act_digest: bytes,
    author: Author,
) -> Followed | Diverged:
    result = follow(rules, standing, act, entry, act_digest=act_digest, author=author)
    if isinstance(result, Followed):
        return result
    stepped = step(rules, standing, act, author=author, at=entry.at)
    if isinstance(stepped, Accepted):
        after = stepped.standing
    elif standing is not None:
        after = standing
    else:
        return result
    return Followed(standing=replace(after, position=entry.position, head=records.head(entry)))


def _another_entry(self: pending.Pending, entry: Entry, receipt: bytes | None) -> EntryRow:
    return _entry(self, entry if receipt is not None else replace(entry, at=entry.at + 1), receipt)


_entry = pending.Pending.entry


def _settle_rejections(
    self: delivery.Delivery,
    row: outbox_rows.OutboxRow,
    item: parcel.Receipted,
    answer: parcel.Answer,
) -> Settled:
    settled = _settled(self, row, item, answer)
    if settled.kind != records.Rejection.kind:
        return settled
    refused = records.decode(receipts.decode(item.receipt).record)
    assert isinstance(refused, records.Rejection)
    made_up = Entry(
        exchange=refused.exchange,
        position=refused.position + 1,
        previous=refused.head,
        act=refused.act,
        at=refused.at,
        state=bytes(32),
    )
    return replace(settled, record=made_up)


_settled = delivery.Delivery._settled

# P5: equal prefixes give equal standings.


class _OwnClock(batch.Batch):
    """Writes down when an entry came here, and not when the host ordered it."""

    def _move(self, exchange: Any, standing: Standing, lane: int) -> None:  # noqa: ANN401
        if standing.host != self._party:
            standing = replace(standing, data={**standing.data, "stage_since": self.pending.now})
        super()._move(exchange, standing, lane)


# P13: fail-stop, never guess.


def _try_again(self: sequencer.Sequencer, jobs: Sequence[Job]) -> tuple[Done, ...]:
    try:
        return _commit(self, jobs)
    except StoreFault:
        with self._store.transaction() as tx:
            self._book.load(tx)
        return _commit(self, jobs)


_commit = sequencer.Sequencer._commit


def _root_from_memory(self: book.Book, tx: Transaction) -> bytes:
    return merkle.root(self._size, self._reader(tx))


BUGS: tuple[Bug, ...] = (
    bug("lying-disk", "P1", "a commit returns before it is durable", _lying_disk),
    bug(
        "changing-receipt",
        "P1",
        "a receipt is made under the newest head, so it differs from time to time",
        lambda: swapped(book.Book, "receipt", _newest_head),
    ),
    bug(
        "full-queue",
        "P2",
        "an act that finds the outbox full is dropped",
        lambda: swapped(outbox_rows.OutboxRows, "add", _drop_when_full),
    ),
    bug(
        "gives-up",
        "P2",
        "a row leaves the outbox when the peer was not reached",
        lambda: swapped(delivery.Delivery, "failed", _give_up),
    ),
    bug(
        "dead-letters",
        "P2",
        "what was put off once is never tried again",
        lambda: swapped(outbox_rows.OutboxRows, "waiting", _without_dead_letters),
    ),
    bug(
        "freshness",
        "P2",
        "a host takes only acts that are recent by its own clock",
        lambda: both(
            swapped(admission.Admission, "_proposal", _only_fresh_acts),
            swapped(node.Node, "_assemble", _with_a_clock_at_the_door),
        ),
    ),
    bug(
        "no-dedupe",
        "P3",
        "an act that comes twice is ordered twice",
        lambda: swapped(sequencer, "Batch", _Forgetful),
    ),
    bug("second-click", "P3", "a draft that is sent twice becomes two acts", _second_click),
    bug(
        "two-transactions",
        "P3",
        "leaf and effect are committed one after the other",
        lambda: swapped(node, "Sequencer", _SplitSequencer),
    ),
    bug(
        "out-of-order",
        "P4 P13",
        "an entry is taken over before the ones that precede it",
        lambda: both(swapped(sequencer, "Batch", _Hasty), swapped(batch, "follow", _follow_anything)),
    ),
    bug(
        "two-histories",
        "P4",
        "a host keeps another entry than the one it gave a receipt for",
        lambda: swapped(pending.Pending, "entry", _another_entry),
    ),
    bug(
        "takes-rejections",
        "P4",
        "an author puts an act on its chain that the host rejected",
        lambda: both(
            swapped(delivery.Delivery, "_settled", _settle_rejections),
            swapped(batch, "follow", _follow_anything),
        ),
    ),
    bug(
        "own-clock",
        "P5",
        "a follower dates the standing by its own clock",
        lambda: swapped(sequencer, "Batch", _OwnClock),
    ),
    bug(
        "tries-again",
        "P13",
        "a commit that failed is tried again, and the node goes on",
        lambda: swapped(sequencer.Sequencer, "_commit", _try_again),
    ),
    bug(
        "unread-root",
        "P13",
        "a head is signed over what was meant to be written, not over what the disk gives back",
        lambda: swapped(book.Book, "_checked_root", _root_from_memory),
    ),
    *EVIDENCE_BUGS,
)
"""Each is found by the questions of `promises` within some dozens of seeds, and without it the same seeds are clean."""
