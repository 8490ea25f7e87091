"""The words by which the lines of the queue are found, written a little behind the lines themselves.

What it knows: that lines are numbered, and get their words in the order of their numbers; so the highest number that has words says how
far they have come. What it must never know: which words those are (that is `queueing`), or who searches.

An opening has some thirty-five words, more rows than everything else that is written for it. No promise rests on them, so they do not
wait in the batch that orders an act but for the next tick, and a search that comes before it writes them first. A State's day has some
hundred openings; when thousands come at once, so few a tick leave the processor to them.
"""

from collections.abc import Iterable

from longbien.node import queueing
from longbien.store import Transaction
from longbien.store.queue_rows import QueueRow

AT_A_TICK = 32
AT_ONCE = 1024


def follow(tx: Transaction, *, most: int = AT_A_TICK) -> int:
    """The next lines without words get theirs; how many that were."""
    lines = tx.queue.wordless(limit=most)
    write(tx, lines)
    return len(lines)


def complete(tx: Transaction) -> None:
    """Every line has its words."""
    while follow(tx, most=AT_ONCE) == AT_ONCE:
        pass


def renew(tx: Transaction, lines: Iterable[QueueRow]) -> None:
    """The words of these lines may have changed; a line that has none yet gets them in its turn."""
    last = tx.queue.last_worded()
    write(tx, [line for line in lines if line.number <= last])


def write(tx: Transaction, lines: Iterable[QueueRow]) -> None:
    """Each of these lines is found by its words, and by what people noted beside it."""
    held = {line.exchange: line for line in lines}
    if not held:
        return
    handled, tags = tx.queue.handled(held), tx.queue.tags_of(held)
    words = {
        line.number: queueing.words(
            line,
            reference=handled[exchange].reference if exchange in handled else "",
            tags=tags.get(exchange, ()),
        )
        for exchange, line in held.items()
    }
    tx.queue.set_words(words)
