"""The timeline: custody events of an item in order, with everything that does not fit shown beside them.

Knows what an unbroken chain looks like; must never hide a gap, choose between two clocks, or judge whether a break
matters: that is for the court. Order comes from the links between events; times are claims, and order only what no
link orders.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    story = _Story(events, ordered, originals)
    # A clock that contradicts link and transfer alike is one finding.
    return tuple(
        Row(event=events[name], digest=name, findings=tuple(dict.fromkeys(story.findings(name))))
        for name in ordered
    )


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


class _Story:
    """What has been told of one item so far; every event is looked at once, in order."""

    def __init__(
        self, events: Mapping[bytes, Event], ordered: Sequence[bytes], originals: set[bytes]
    ) -> None:
        self._events = events
        self._first = events[ordered[0]]
        self._originals = originals
        self._done: dict[str, set[Touch]] = defaultdict(set)
        self._deleted: set[str] = set()
        self._followers: dict[tuple[bytes, str], list[bytes]] = defaultdict(list)
        # For each pair of parties the departures and the arrivals, in order; the n-th of one belongs to the n-th of the other.
        self._departures: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self._arrivals: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self._seen: dict[tuple[Touch, str, str], int] = defaultdict(int)
        for name in ordered:
            event = events[name]
            self._followers[event.previous, event.party].append(name)
            if event.touch == Touch.SENT:
                self._departures[event.party, event.other].append(event)
            if event.touch == Touch.RECEIVED:
                self._arrivals[event.other, event.party].append(event)

    def findings(self, name: bytes) -> Iterator[Finding]:
        """What does not fit about the next event."""
        event = self._events[name]
        yield from self._of_link(name, event)
        yield from self._of_party(event)
        yield from self._of_transfer(event)
        yield from self._of_item(event)

    def _of_link(self, name: bytes, event: Event) -> Iterator[Finding]:
        before = self._events.get(event.previous)
        if before is not None and event.at < before.at:
            yield Finding(code="CLOCK_BACK", detail=str(before.at - event.at))
        if before is None and event.previous != NO_EVENT:
            yield Finding(code="LINK_MISSING", detail=event.previous.hex())
        siblings = self._followers[event.previous, event.party]
        if len(siblings) > 1:
            other = siblings[0] if siblings[0] != name else siblings[1]
            yield Finding(code="FORK", detail=other.hex())

    def _of_party(self, event: Event) -> Iterator[Finding]:
        needed = NEEDS.get(event.touch)
        if needed is not None and not self._done[event.party] & needed:
            yield Finding(code="STEP_MISSING", detail=" or ".join(sorted(needed)))
        if event.touch in _HOLDING:
            self._deleted.discard(event.party)
        elif event.party in self._deleted:
            yield Finding(code="AFTER_DELETION", detail=event.party)
        if event.touch == Touch.DELETED:
            self._deleted.add(event.party)
        self._done[event.party].add(event.touch)

    def _of_transfer(self, event: Event) -> Iterator[Finding]:
        place = self._seen[event.touch, event.party, event.other]
        self._seen[event.touch, event.party, event.other] += 1
        if event.touch == Touch.SENT and place >= len(self._arrivals[event.party, event.other]):
            yield Finding(code="NOT_RECEIVED", detail=event.other)
        if event.touch == Touch.RECEIVED:
            departures = self._departures[event.other, event.party]
            if place >= len(departures):
                yield Finding(code="NOT_SENT", detail=event.other)
            elif event.at < departures[place].at:
                yield Finding(code="CLOCK_BACK", detail=str(departures[place].at - event.at))

    def _of_item(self, event: Event) -> Iterator[Finding]:
        if event == self._first and event.touch not in ORIGINS:
            yield Finding(code="NO_ORIGIN", detail=event.touch)
        if event.touch in WITH_ORIGINAL and event.original not in self._originals:
            yield Finding(code="ORIGINAL_ABSENT", detail=event.original.hex())
        if event.sha256 != self._first.sha256:
            yield Finding(code="DIGEST_DIFFERS", detail=event.sha256.hex())
