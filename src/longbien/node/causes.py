"""What the passing of time finds that somebody must hear of: clocks of the law that nobody owns, peers out of reach, a test that is due.

What it knows: rows. What it must never know: who is called.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from longbien.duty import Policy
from longbien.node.raising import CLOCK, PEER, TEST, cause
from longbien.store import Transaction
from longbien.store.page_rows import PageRow


def found(tx: Transaction, policy: Policy, office: str, now: int) -> Iterator[PageRow]:
    """Pages for everything that is so now; whoever raises them raises each once."""
    yield from _clocks(tx, policy, office, now)
    yield from _peers(tx, policy, office, now)
    yield from _test(policy, office, now)


def _clocks(tx: Transaction, policy: Policy, office: str, now: int) -> Iterator[PageRow]:
    """A clock of the law is near or over, no machine will act on it, it is our turn, and nobody of ours has taken the exchange."""
    due = [row for row in tx.exchanges.clocks_due(now + policy.clock) if row.statutory and row.act is None]
    lines = tx.queue.find({row.exchange for row in due}) if due else {}
    for row in due:
        line = lines.get(row.exchange)
        if line is not None and line.owner is None and line.ours_key is not None:
            yield cause(
                CLOCK,
                f"clock {row.exchange.hex()} {row.clock} {row.due_at} {'over' if row.due_at <= now else 'near'}",
                now,
                exchange=row.exchange,
                urgency="urgent",
                office=office,
            )


def _peers(tx: Transaction, policy: Policy, office: str, now: int) -> Iterator[PageRow]:
    """An urgent act has waited too long for its peer. The oldest such act names the cause, so that it is one page for each silence."""
    for peer, lane, _ in tx.outbox.lanes():
        if lane != 0:
            continue
        oldest = tx.outbox.after(peer, lane, 0, limit=1)
        if oldest and oldest[0].queued_at + policy.peer <= now:
            yield cause(PEER, f"peer {peer} {oldest[0].id}", now, urgency="urgent", office=office)


def _test(policy: Policy, office: str, now: int) -> Iterator[PageRow]:
    """Each month's test page, on its day or as soon after it as the node runs."""
    if policy.test_day is None:
        return
    today = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now)
    if (today.day, today.hour) >= (policy.test_day, policy.test_hour):
        yield cause(TEST, f"test {office} {today:%Y-%m}", now, urgency="routine", office=office)
