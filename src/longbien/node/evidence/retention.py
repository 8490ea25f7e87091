"""How long evidence is kept, and how it is destroyed: the key first of all, and written down.

What it knows: clocks, holds, and who has verified a copy of its own. What it must never do: destroy what is on hold, or the only
copy that anybody has verified. What is deleted leaves its manifest, its custody and a last event; nobody can read it again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from longbien.carry import CarryFault, abandon
from longbien.carry.place import Place
from longbien.evidence.custody import Touch
from longbien.exchange import Standing
from longbien.law import facts, read_instant
from longbien.law.instants import DAY, HOUR
from longbien.node.book import notice
from longbien.node.evidence.custody import Custodian, Deed
from longbien.node.evidence.reading import Reading
from longbien.node.jobs import Touch as Job
from longbien.node.ports import Denied, Now
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.evidence_rows import EvidenceRow, ManifestRow

# Nothing here is due to the minute, and looking costs a walk over all manifests.
_EVERY: Final = HOUR
_TOGETHER: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """What an operator has decided (days).

    `grace`: how long a sealed copy stays after every other side has verified its own. `keep`: how long evidence stays after
    its exchange has ended, where no condition of use says more; 0 is until somebody deletes it.
    """

    grace: int = 30
    keep: int = 0


AS_SHIPPED: Final = Spans()

# Why something is destroyed when its time has come: a condition of use says so, the exchange ended long ago, the other side holds its own.
BY_CONDITION, BY_END, BY_COPY = "condition", "end", "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will become of a manifest's items: `until` (ms) and `because`, `None` and "" where nothing is due by itself; `hold` is the reason of a
    hold, which stops it.
    """

    until: int | None
    because: str
    hold: str | None


class Retention:
    """Deletes what is due, and what somebody asks to delete."""

    def __init__(
        self,
        store: Store,
        sequencer: Sequencer,
        custodian: Custodian,
        reading: Reading,
        *,
        place: Place | None,
        spans: Spans,
        party: str,
        now: Now,
    ) -> None:
        self._store = store
        self._sequencer = sequencer
        self._custodian = custodian
        self._reading = reading
        self._place = place
        self._spans = spans
        self._party = party
        self._now = now
        self._looked_at: int | None = None

    def delete(
        self, manifest: bytes, *, office: str, numbers: Sequence[int] = (), why: str = ""
    ) -> int | Denied:
        """How many items are destroyed now: all of a manifest, or these.

        Codes: MANIFEST_UNKNOWN, HOLD_STANDS. Raises CarryFault; what was destroyed before stays destroyed.
        """
        with self._store.transaction() as tx:
            parts = tx.evidence.parts(manifest)
            held = tx.evidence.held()
            rows = [
                row
                for row in tx.evidence.items(manifest)
                if not row.gone_at and (not numbers or row.number in numbers)
            ]
        if not parts:
            return Denied(code="MANIFEST_UNKNOWN", detail=manifest.hex())
        if parts[0].exchange in held:
            return Denied(code="HOLD_STANDS", detail=held[parts[0].exchange])
        for start in range(0, len(rows), _TOGETHER):
            self._destroy(rows[start : start + _TOGETHER], office, why)
        return len(rows)

    def _destroy(self, rows: Sequence[EvidenceRow], office: str, why: str) -> None:
        """The ciphertext, then in one transaction the keys and the record of it; an interruption is done again."""
        for row in rows:
            self._reading.forget(row.object)
            if self._place is not None:
                abandon(self._place.incoming, row.object)
                self._place.delete(row.object)

        def write(tx: Transaction) -> None:
            now = self._now()
            for row in rows:
                tx.evidence.gone(row.object, now)
            for digest in {row.digest for row in rows if row.digest is not None}:
                left = tx.evidence.items_of_part(digest)
                if not tx.evidence.secrets([row.object for row in left]):
                    tx.evidence.recall_keys(digest)
            self._custodian.tell_all(tx, rows[0].manifest)

        deeds = [
            Deed(
                touch=Touch.DELETED,
                manifest=row.manifest,
                number=row.number,
                sha256=row.sha256,
                note=why[:1024],
            )
            for row in rows
        ]
        self._custodian.record(deeds, office=office, write=write)

    def tend(self, office: str) -> tuple[bytes, ...]:
        """The manifests of which everything that was due is destroyed. Looks once an hour; a store that fails is tried again."""
        now = self._now()
        if self._looked_at is not None and 0 <= now - self._looked_at < _EVERY:
            return ()
        self._looked_at = now
        with self._store.transaction() as tx:
            due = list(self._due(tx, now))
        done = []
        for manifest, numbers, why in due:
            try:
                self.delete(manifest, office=office, numbers=numbers, why=why)
            except CarryFault:
                continue
            done.append(manifest)
        return tuple(done)

    def _due(self, tx: Transaction, now: int) -> Iterator[tuple[bytes, list[int], str]]:
        held = tx.evidence.held()
        firsts = {row.manifest: row for row in reversed(tx.evidence.all_manifests())}
        for manifest, part in firsts.items():
            live = [row for row in tx.evidence.items(manifest) if row.here_at and not row.gone_at]
            if part.exchange in held or not live:
                continue
            until, _ = self._until(tx, part)
            if until is not None and until <= now:
                yield manifest, [row.number for row in live], "the time to keep it is over"
            elif part.issuer == self._party:
                copies = [row.number for row in live if self._is_copy(tx, part, row, now)]
                if copies:
                    yield manifest, copies, "the other side has verified its own copy"

    def plan(self, tx: Transaction, part: ManifestRow) -> Plan:
        """What will become of the manifest of this part."""
        until, because = self._until(tx, part)
        if until is None and part.issuer == self._party:
            until = self._copies_until(tx, part)
            because = "" if until is None else BY_COPY
        return Plan(until=until, because=because, hold=tx.evidence.held().get(part.exchange))

    def _copies_until(self, tx: Transaction, part: ManifestRow) -> int | None:
        """When the last sealed copy here goes because every other side has verified its own; `None` while one has not."""
        peers = {row.peer for row in tx.evidence.namings_of(part.exchange) if row.digest == part.digest}
        heard: dict[tuple[int, str], int] = {
            (row.item, row.party): row.heard_at
            for row in tx.evidence.events(part.manifest)
            if row.touch == Touch.VERIFIED
        }
        live = [row.number for row in tx.evidence.items_of_part(part.digest) if not row.gone_at]
        wanted = [(number, peer) for number in live for peer in peers]
        if not wanted or not all(each in heard for each in wanted):
            return None
        return max(heard[each] for each in wanted) + self._spans.grace * DAY

    def _until(self, tx: Transaction, part: ManifestRow) -> tuple[int | None, str]:
        """When it must go, and why: the day that a condition of use names, or so long after the end of the exchange."""
        row = tx.exchanges.find([part.exchange]).get(part.exchange)
        if row is None:
            return None, ""
        data = Standing.decode(row.standing).data
        if part.issuer != self._party:
            days = [
                read_instant(f"{facts.text(each, 'until')}T00:00:00Z")
                for each in facts.records(data, "use_conditions")
                if facts.text(each, "kind") == "retention" and facts.text(each, "until")
            ]
            named = [day + DAY for day in days if isinstance(day, int)]
            if named:
                return min(named), BY_CONDITION
        ended = facts.number(data, "ended_at")
        if ended is None or not self._spans.keep:
            return None, ""
        return ended + self._spans.keep * DAY, BY_END

    def _is_copy(self, tx: Transaction, part: ManifestRow, item: EvidenceRow, now: int) -> bool:
        """Whether everybody to whom it was sent has verified it, long enough ago by our own clock."""
        peers = {row.peer for row in tx.evidence.namings_of(part.exchange) if row.digest == item.digest}
        heard = {
            row.party: row.heard_at
            for row in tx.evidence.events(part.manifest)
            if row.item == item.number and row.touch == Touch.VERIFIED
        }
        return bool(peers) and all(
            peer in heard and heard[peer] + self._spans.grace * DAY <= now for peer in peers
        )

    # Holds. Who may set and lift one is settled before (`Node.hold`).

    def hold(self, exchange: bytes, reason: str, people: tuple[bytes, bytes]) -> None:
        """Nothing of this exchange is deleted until the hold is lifted."""
        now = self._now()
        leaf = notice("hold", exchange=exchange, reason=reason, first=people[0], second=people[1], at=now)
        self._sequencer.run([Job(leaf=leaf, write=lambda tx: tx.evidence.hold(exchange, reason, now))])

    def lift(self, exchange: bytes, reason: str, people: tuple[bytes, bytes]) -> None:
        """What is due may be deleted again."""
        now = self._now()
        leaf = notice("lifted", exchange=exchange, reason=reason, first=people[0], second=people[1], at=now)
        self._sequencer.run([Job(leaf=leaf, write=lambda tx: tx.evidence.lift(exchange, now))])
