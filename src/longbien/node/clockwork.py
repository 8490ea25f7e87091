"""What a node does because time passes: machine acts, reminders, keys, and telling peers about its own head.

What it knows: due times. What it must never know: why a clock runs. `tick` may be called as often as one likes, late, twice
or after a month: everything it does is judged by the same rules as an officer's act, so calling it again changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from longbien.keys import (
    AskRoot,
    Destroy,
    KeyStore,
    Make,
    PublishSealKeys,
    Refused,
    advance,
    next_seal_keys,
    plan,
    sign_seal_keys,
    signing_key,
)
from longbien.node import finding
from longbien.node.book import notice
from longbien.node.desk import Desk
from longbien.node.directory import Directory, keep
from longbien.node.events import DUE, happened
from longbien.node.evidence import Evidence
from longbien.node.jobs import Touch
from longbien.node.ports import Broken, Denied, Now
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.exchange_rows import ClockRow
from longbien.store.outbox_rows import OutboxRow
from longbien.wire.suites import Suites

# How long a head of ours may stay without the cosignatures of our peers (ms); counterparts are witnesses, not gates.
WITNESS_EVERY = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What one tick did: acts of the machine, clocks that people must hear of, questions for the holders of the root."""

    acts: tuple[tuple[bytes, str], ...]
    reminders: tuple[ClockRow, ...]
    questions: tuple[AskRoot, ...]


class Clockwork:
    """The time-driven side of one node."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        sequencer: Sequencer,
        desk: Desk,
        evidence: Evidence,
        keystore: KeyStore,
        *,
        keys_changed: Callable[[], None],
        suites: Suites,
        now: Now,
        witness_every: int = WITNESS_EVERY,
    ) -> None:
        self._store = store
        self._directory = directory
        self._sequencer = sequencer
        self._desk = desk
        self._evidence = evidence
        self._keystore = keystore
        self._keys_changed = keys_changed
        self._suites = suites
        self._now = now
        self._witness_every = witness_every
        self._witnessed: dict[str, tuple[int, int]] = {}

    def tick(self) -> Ticked:
        """Everything that is due now has been done."""
        now = self._now()
        with self._store.transaction() as tx:
            due = tx.exchanges.clocks_due(now)
            hosted = {
                row.id
                for row in tx.exchanges.find({row.exchange for row in due}).values()
                if self._hosts(row.host)
            }
        acts = [(row.exchange, row.act) for row in due if row.act is not None and row.exchange in hosted]
        done = tuple(
            (exchange, act)
            for exchange, act in acts
            if not isinstance(self._desk.machine(exchange, act), Denied)
        )
        reminders = tuple(row for row in due if row.reminded_at == 0 and row.act is None)
        with self._store.transaction() as tx:
            for row in reminders:
                tx.exchanges.reminded(row, now)
            tx.events.add([happened(DUE, row.exchange, b"", now) for row in reminders])
            finding.follow(tx)
        self._evidence.tend()
        questions = self._tend_keys(now)
        self._queue_witness(now)
        return Ticked(acts=done, reminders=reminders, questions=questions)

    def _hosts(self, host: str) -> bool:
        return host == self._directory.own.party

    def _tend_keys(self, now: int) -> tuple[AskRoot, ...]:
        """Weekly keys are made ahead and published, old ones destroyed; what only the root can do is asked for."""
        own = self._directory.own
        questions: list[AskRoot] = []
        for due in plan(now, own=own, entries=self._keystore.entries()):
            match due:
                case Make():
                    self._keystore.make(due.wanted)
                case PublishSealKeys():
                    self._publish(now)
                case Destroy():
                    self._keystore.destroy(due.entry.kid)
                    leaf = notice("key", did="destroyed", kid=due.entry.kid, purpose=str(due.entry.purpose))
                    self._sequencer.run([Touch(leaf=leaf, write=_nothing)])
                    self._keys_changed()
                case AskRoot():
                    questions.append(due)
        return tuple(questions)

    def _publish(self, now: int) -> None:
        own = self._directory.own
        entry = signing_key(now, own=own, entries=self._keystore.entries())
        if entry is None:
            # No statement key is current: `AskRoot` tells the operator, and nothing can be signed meanwhile.
            return
        listing = next_seal_keys(own.party, own.seal_keys, self._keystore.entries(), now)
        raw = sign_seal_keys(
            listing, descriptor=own.digest, signer=self._keystore.signer(entry.kid), suites=self._suites
        )
        moved = advance(
            own, (*own.statements[: -1 if own.seal_keys else None], raw), now, suites=self._suites
        )
        if isinstance(moved, Refused):
            raise Broken("OWN_PAPERS_REFUSED", f"{moved.code} {moved.detail}")

        def write(tx: Transaction) -> None:
            tx.ledger.set_fact("own", keep(moved))
            tx.outbox.add(
                [self._row(peer, "descriptor", moved.digest, now) for peer in self._directory.parties]
            )
            self._directory.learn(moved)

        self._sequencer.run(
            [Touch(leaf=notice("key", did="published", version=listing.version), write=write)]
        )
        self._keys_changed()

    def _queue_witness(self, now: int) -> None:
        """A peer gets our newest head when it or theirs has grown, and at most once in `witness_every`."""
        rows: list[OutboxRow] = []
        with self._store.transaction() as tx:
            newest = tx.ledger.newest_checkpoint()
            size = 0 if newest is None else newest[0]
            waiting = {row.peer for row in tx.outbox.of_kind("witness")}
            for peer in tx.peers.all():
                at, seen = self._witnessed.get(peer.party, (now - self._witness_every, -1))
                grown = size + peer.known_size
                # The witness parcel itself adds a leaf on each side, so growth by two is no news.
                if peer.party in waiting or now - at < self._witness_every or grown <= seen + 2:
                    continue
                self._witnessed[peer.party] = (now, grown)
                rows.append(self._row(peer.party, "witness", size.to_bytes(32), now))
            tx.outbox.add(rows)

    def _row(self, peer: str, kind: str, subject: bytes, now: int) -> OutboxRow:
        return OutboxRow(
            id=0,
            peer=peer,
            lane=1,
            kind=kind,
            exchange=bytes(16),
            subject=subject,
            queued_at=now,
            tries=0,
            next_at=0,
            reason="",
        )


def _nothing(_tx: Transaction) -> None:
    """The leaf is all there is to write."""
