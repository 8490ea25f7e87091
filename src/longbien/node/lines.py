"""The lines of the queue while a batch works on them: read once, moved by each act, written with everything else.

What it knows: which line follows from which (that is `queueing`) and when its names change. What it must never know: why an act took
its place.
"""

from collections.abc import Iterable

from longbien.duty import Stage
from longbien.exchange import Act, Author, Standing
from longbien.law import Rules
from longbien.node import events, queueing
from longbien.node.pending import Pending
from longbien.node.queueing import Moment
from longbien.node.raising import arrival, wakes
from longbien.store import Transaction
from longbien.store.queue_rows import QueueRow


class Lines:
    """The lines that the exchanges of one batch have."""

    def __init__(self, tx: Transaction, pending: Pending, own: str) -> None:
        self._tx = tx
        self._pending = pending
        self._own = own
        self._rows: dict[bytes, QueueRow] = {}
        self._last: int | None = None

    def load(self, exchanges: Iterable[bytes]) -> None:
        """The lines of these exchanges are at hand."""
        self._rows = self._tx.queue.find(exchanges)

    def placed(
        self, standing: Standing, act: Act, author: Author, rules: Rules | None, digest: bytes
    ) -> None:
        """An act took its place; `digest` names its statement."""
        assert rules is not None, "an act that took a place was judged by them"
        before = self._rows.get(act.exchange)
        at = self._moment(before)
        self._put(before, queueing.placed(before, standing, act, author, rules, own=self._own, at=at))
        self._pending.happened(
            events.OPENED if standing.position == 1 else events.PLACED, act.exchange, digest
        )

    def sent(self, act: Act, rules: Rules | None, digest: bytes) -> None:
        """An act of ours left for its host."""
        before = self._rows.get(act.exchange)
        row = queueing.sent(before, act, rules, own=self._own, at=self._moment(before))
        if row is not None:
            self._put(before, row)
            if wakes(before, self._own):
                self._pending.heard(act.exchange, Stage.ACKNOWLEDGED)
        self._pending.happened(events.SENT, act.exchange, digest)

    def refused(self, exchange: bytes, code: str, digest: bytes) -> None:
        """The host refused an act of ours."""
        before = self._rows.get(exchange)
        if before is not None:
            self._put(before, queueing.refused(before, code, now=self._pending.now))
        self._pending.happened(events.REFUSED, exchange, digest)

    def troubled(self, exchange: bytes, code: str) -> None:
        """Nothing goes on in an exchange."""
        before = self._rows.get(exchange)
        if before is not None:
            self._put(before, queueing.troubled(before, code, now=self._pending.now))
        self._pending.happened(events.STOPPED, exchange, b"")

    def _moment(self, before: QueueRow | None) -> Moment:
        """The next number is looked for only where a line begins."""
        if before is not None:
            return Moment(number=before.number, now=self._pending.now)
        if self._last is None:
            self._last = self._tx.queue.last_number()
        return Moment(number=self._last + 1, now=self._pending.now)

    def _put(self, before: QueueRow | None, row: QueueRow) -> None:
        if before is None:
            self._last = row.number
        self._rows[row.exchange] = row
        self._wake(before, row)
        renamed = before is not None and _named(before) != _named(row)
        self._pending.line(row, new=before is None, renamed=renamed)

    def _wake(self, before: QueueRow | None, row: QueueRow) -> None:
        """An urgent exchange that nobody of ours has seen wakes somebody, from its arrival to our first act or its end."""
        if wakes(row, self._own) and not wakes(before, self._own):
            self._pending.wakes(arrival(row, self._pending.now))
        elif before is not None and wakes(before, self._own) and not wakes(row, self._own):
            ours = row.open_key is not None or row.sent_key != before.sent_key
            self._pending.heard(row.exchange, Stage.ACKNOWLEDGED if ours else Stage.CLOSED)


def _named(row: QueueRow) -> tuple[str, ...]:
    """What a line is found by and can still change."""
    return row.our_reference, row.their_reference
