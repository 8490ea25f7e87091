"""Following the host: taking over an entry only if the rules give the same result here.

What it knows: entries, acts and standings. What it must never know: receipts and networks. A host that orders what the
rules forbid, or whose result differs, is caught at the first entry (promises P4, P5); the exchange is then quarantined,
and nothing else is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from longbien.exchange.act import Act
from longbien.exchange.standing import Standing
from longbien.exchange.step import Accepted, Author, Rejected, step
from longbien.law import Refusal, Rules
from longbien.ledger import records
from longbien.ledger.records import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The entry was taken over; the exchange stands here now.

    `doubts` are for the officers of this node: by its own treaty data, something in the act was not open (decision 0009).
    """

    standing: Standing
    doubts: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diverged:
    """The host ordered what this node cannot derive. Codes: ENTRY_OUT_OF_PLACE, ENTRY_OTHER_HEAD, ENTRY_OTHER_ACT,
    ENTRY_NOT_PERMITTED, ENTRY_OTHER_STATE.
    """

    code: str
    detail: str


def place(accepted: Accepted, act_digest: bytes, at: int) -> tuple[Standing, Entry]:
    """The host's entry for an accepted act, and the standing whose head it is."""
    standing = accepted.standing
    entry = Entry(
        exchange=standing.exchange,
        position=standing.position,
        previous=standing.head,
        act=act_digest,
        at=at,
        state=standing.digest,
    )
    return standing.under(records.head(entry)), entry


def follow(
    rules: Rules | None,
    standing: Standing | None,
    act: Act,
    entry: Entry,
    *,
    act_digest: bytes,
    author: Author,
) -> Followed | Diverged:
    """The standing after the host's `entry` about `act`, if this node derives the same.

    Source: architecture §1.2; promises P4, P5.
    """
    position, head = (0, records.NO_HEAD) if standing is None else (standing.position, standing.head)
    if entry.position != position + 1:
        return Diverged(code="ENTRY_OUT_OF_PLACE", detail=str(entry.position))
    if entry.previous != head:
        return Diverged(code="ENTRY_OTHER_HEAD", detail=str(entry.position))
    if entry.act != act_digest or entry.exchange != act.exchange:
        return Diverged(code="ENTRY_OTHER_ACT", detail=str(entry.position))
    result = step(rules, standing, act, author=author, at=entry.at, ordered=True)
    if isinstance(result, Rejected):
        return Diverged(code="ENTRY_NOT_PERMITTED", detail=result.code)
    after, own = place(result, act_digest, entry.at)
    if own != entry:
        return Diverged(code="ENTRY_OTHER_STATE", detail=str(entry.position))
    return Followed(standing=after, doubts=result.move.doubts)


Link = tuple[Act, bytes, Author, Entry]
"""One place of a chain: the act, the digest of its statement, its author, the host's entry."""


def retrace(rules_for: Callable[[Act], Rules | None], chain: Iterable[Link]) -> Iterator[Followed | Diverged]:
    """What following gives at every place of a chain; the first divergence is the end."""
    standing: Standing | None = None
    rules: Rules | None = None
    for act, act_digest, author, entry in chain:
        rules = rules_for(act) if standing is None else rules
        result = follow(rules, standing, act, entry, act_digest=act_digest, author=author)
        yield result
        if isinstance(result, Diverged):
            return
        standing = result.standing


def replay(rules_for: Callable[[Act], Rules | None], chain: Iterable[Link]) -> Standing | Diverged | None:
    """Where a whole chain leads; `None` for an empty one."""
    last: Followed | Diverged | None = None
    for result in retrace(rules_for, chain):
        last = result
    return last.standing if isinstance(last, Followed) else last
