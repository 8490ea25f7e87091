"""The timeline: custody events of an item in order, with everything that does not fit shown beside them.

Knows what an unbroken chain looks like; must never hide a gap, choose between two clocks, or judge whether a break
matters: that is for the court. Order comes from the links between events; times are claims, and order only what no
link orders.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from longbien.evidence.custody import NO_EVENT, WITH_ORIGINAL, Event, Touch

ORIGINS: Final = frozenset({Touch.COLLECTED, Touch.COPIED, Touch.REDACTED})
_HOLDING: Final = ORIGINS | {Touch.RECEIVED}

# What the same party must have done with the item before: one of these.
NEEDS: Final[Mapping[Touch, frozenset[Touch]]] = {
    Touch.SEALED: _HOLDING,
    Touch.SENT: frozenset({Touch.SEALED}),
    Touch.VERIFIED: _HOLDING,
    Touch.OPENED: frozenset({Touch.VERIFIED}),
    Touch.HANDED_TO_COURT: frozenset({Touch.VERIFIED}),
    Touch.DELETED: _HOLDING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not fit. `code` is one of

    LINK_MISSING (the event before is not here), FORK (one party has two events after the same one), CLOCK_BACK
    (earlier than an event that must have been before; `detail` tells by how many ms), STEP_MISSING (the party did
    nothing that had to come first), AFTER_DELETION, NO_ORIGIN (the chain does not begin with collecting, copying or
    redacting), NOT_RECEIVED, NOT_SENT, ORIGINAL_ABSENT (what a copy was made from has no event here), DIGEST_DIFFERS
    (not the SHA-256 that the chain began with).
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event in its place, its digest, and what does not fit about it."""

    event: Event
    digest: bytes
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The rows of one item."""

    manifest: bytes
    item: int
    rows: tuple[Row, ...]

    @property
    def unbroken(self) -> bool:
        """Whether nothing was found. It says that the events fit each other, not that they are true."""
        return not any(row.findings for row in self.rows)


def timelines(events: Iterable[Event]) -> tuple[Timeline, ...]:
    """The timelines of all items that the events are about, in order of manifest and number. An event given twice
    counts once.
    """
    items: dict[tuple[bytes, int], dict[bytes, Event]] = defaultdict(dict)
    originals: set[bytes] = set()
    for event in events:
        items[event.manifest, event.item][event.digest] = event
        originals.add(event.sha256)
    return tuple(
        Timeline(manifest=manifest, item=item, rows=_rows(found, originals))
        for (manifest, item), found in sorted(items.items(), key=lambda pair: pair[0])
    )


def _rows(events: Mapping[bytes, Event], originals: set[bytes]) -> tuple[Row, ...]:
    ordered = _ordered(events)
    rows = []
    for place, name in enumerate(ordered):
        before = [events[each] for each in ordered[:place]]
        findings = (
            *_link_findings(name, events),
            *_party_findings(events[name], before),
            *_transfer_findings(events[name], events.values()),
            *_item_findings(events[name], before, events[ordered[0]], originals),
        )
        # A clock that contradicts link and transfer alike is one finding.
        rows.append(Row(event=events[name], digest=name, findings=tuple(dict.fromkeys(findings))))
    return tuple(rows)


def _ordered(events: Mapping[bytes, Event]) -> list[bytes]:
    """Digests in an order that no link contradicts; among those that no link orders, by time, then by digest."""
    after: dict[bytes, list[bytes]] = defaultdict(list)
    free: list[tuple[int, bytes]] = []
    for name, event in events.items():
        if event.previous in events:
            after[event.previous].append(name)
        else:
            free.append((event.at, name))
    heapq.heapify(free)
    ordered: list[bytes] = []
    while free:
        _, name = heapq.heappop(free)
        ordered.append(name)
        for each in after[name]:
            heapq.heappush(free, (events[each].at, each))
    # A digest cannot stand in what it is taken of, so there are no circles.
    assert len(ordered) == len(events)
    return ordered


def _link_findings(name: bytes, events: Mapping[bytes, Event]) -> Iterable[Finding]:
    event = events[name]
    before = events.get(event.previous)
    if before is not None and event.at < before.at:
        yield Finding(code="CLOCK_BACK", detail=str(before.at - event.at))
    if before is None and event.previous != NO_EVENT:
        yield Finding(code="LINK_MISSING", detail=event.previous.hex())
    for other, each in events.items():
        if other != name and each.previous == event.previous and each.party == event.party:
            yield Finding(code="FORK", detail=other.hex())


def _party_findings(event: Event, before: Sequence[Event]) -> Iterable[Finding]:
    own = [each for each in before if each.party == event.party]
    needed = NEEDS.get(event.touch)
    if needed is not None and not any(each.touch in needed for each in own):
        yield Finding(code="STEP_MISSING", detail=" or ".join(sorted(needed)))
    if own and event.touch not in _HOLDING:
        holds = [each.touch for each in own if each.touch in _HOLDING or each.touch == Touch.DELETED]
        if holds and holds[-1] == Touch.DELETED:
            yield Finding(code="AFTER_DELETION", detail=event.party)


def _transfer_findings(event: Event, events: Iterable[Event]) -> Iterable[Finding]:
    if event.touch == Touch.SENT:
        arrivals = [each for each in events if _is_transfer(event, each)]
        if not arrivals:
            yield Finding(code="NOT_RECEIVED", detail=event.other)
    if event.touch == Touch.RECEIVED:
        departures = [each.at for each in events if _is_transfer(each, event)]
        if not departures:
            yield Finding(code="NOT_SENT", detail=event.other)
        elif event.at < min(departures):
            yield Finding(code="CLOCK_BACK", detail=str(min(departures) - event.at))


def _is_transfer(sent: Event, received: Event) -> bool:
    return (
        sent.touch == Touch.SENT
        and received.touch == Touch.RECEIVED
        and (sent.party, sent.other) == (received.other, received.party)
    )


def _item_findings(
    event: Event, before: Sequence[Event], first: Event, originals: set[bytes]
) -> Iterable[Finding]:
    if not before and event.touch not in ORIGINS:
        yield Finding(code="NO_ORIGIN", detail=event.touch)
    if event.touch in WITH_ORIGINAL and event.original not in originals:
        yield Finding(code="ORIGINAL_ABSENT", detail=event.original.hex())
    if event.sha256 != first.sha256:
        yield Finding(code="DIGEST_DIFFERS", detail=event.sha256.hex())
