"""What this node holds of evidence, as a screen or a program shows it: lots, their items, who touched them, what they wait for.

What it knows: manifests, bundles in the making, custody, keys, holds, how long things are kept. What it must never do: open a file; of one
that is not sealed yet it looks at the first bytes, as `evidence.look` does, and tells what they say.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from longbien.carry import CarryFault, FileSource
from longbien.carry.digesting import first_bytes
from longbien.evidence import manifest as manifests
from longbien.evidence.custody import Event, Touch
from longbien.evidence.look import Facts, look
from longbien.evidence.manifest import Acquisition, Condition, Item, Source
from longbien.evidence.names import shown
from longbien.evidence.timeline import Row, Timeline, timelines
from longbien.exchange import Standing
from longbien.node.evidence.arrival import is_placed
from longbien.node.evidence.naming import conditions_open, read_part
from longbien.node.evidence.release import may_go
from longbien.node.evidence.retention import Plan
from longbien.node.node import Node
from longbien.store import Transaction
from longbien.store.evidence_rows import BundleItemRow, BundleRow, EvidenceRow, ManifestRow

# Where an item is, seen from here.
NOTED, HERE, FETCHABLE, LOCKED, GONE = "noted", "here", "fetchable", "locked", "gone"
# Why keys that an act promises have not gone yet.
NO_PLACE, NOT_ACCEPTED, STOPPED, AT_ONCE = "place", "conditions", "stopped", "soon"
LOTS_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A lot in one line: how many items, how many of them are where, and whether their custody fits together. `looked` counts those that this
    node has verified, `looked_at` (ms) is the last time.
    """

    manifest: bytes
    exchange: bytes
    issuer: str
    office: str
    made_at: int
    sealed: bool
    items: int
    size: int
    states: Mapping[str, int]
    looked: int
    looked_at: int
    unbroken: bool
    hold: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Every byte of an item was read and compared, by whom and when (ms)."""

    party: str
    office: str
    person: bytes
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One item. `name` is harmless; `facts` are there until it is sealed; `verified` is the last time of each party; `rows` are its custody."""

    number: int
    name: str
    size: int
    declared: str
    description: str
    digests: Mapping[str, bytes]
    original: bytes
    source: Source | None
    acquisition: Acquisition | None
    state: str
    facts: Facts | None
    verified: tuple[Verified, ...]
    rows: tuple[Row, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """The codes of what does not fit in its custody, each once."""
        return tuple(dict.fromkeys(finding.code for row in self.rows for finding in row.findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """An act of ours that names a manifest for a peer: when (ms) its keys went, or what they wait for."""

    act: bytes
    peer: str
    sent_at: int
    waits_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What belongs to one manifest. `parts` are the digests that acts name, none before it is sealed; `locked_by_us`: its keys wait until we
    accept the conditions of use.
    """

    count: Count
    parts: tuple[bytes, ...]
    audience: tuple[str, ...]
    conditions: tuple[Condition, ...]
    items: tuple[Held, ...]
    going: tuple[Going, ...]
    plan: Plan | None
    locked_by_us: bool


def lots(node: Node, exchange: bytes | None = None) -> tuple[Count, ...]:
    """Every lot, or those of an exchange, the newest first; at most `LOTS_MAX`."""
    with node.store.transaction() as tx:
        parts = tx.evidence.all_manifests() if exchange is None else tx.evidence.manifests_of(exchange)
        bundles = {row.manifest: row for row in tx.evidence.bundles() if exchange in {None, row.exchange}}
        heads = {row.manifest: row for row in reversed(parts)}
        wanted = sorted(
            ((_made_at(heads.get(name), bundles.get(name)), name) for name in {*heads, *bundles}),
            reverse=True,
        )[:LOTS_MAX]
        return tuple(_count(node, tx, name, heads.get(name), bundles.get(name)) for _, name in wanted)


def lot(node: Node, manifest: bytes) -> Lot | None:
    """Everything about one manifest, or bundle in the making."""
    with node.store.transaction() as tx:
        parts, bundle = tx.evidence.parts(manifest), tx.evidence.bundle(manifest)
        if not parts and bundle is None:
            return None
        count = _count(node, tx, manifest, parts[0] if parts else None, bundle)
        lines = _lines(node, tx, manifest)
        read = [read_part(tx, part.digest) for part in parts]
        if not read and bundle is not None:
            read = [manifests.read(bundle.heading)]
        items = _items(tx, manifest, read, lines)
        row = tx.exchanges.find([count.exchange]).get(count.exchange)
        return Lot(
            count=count,
            parts=tuple(part.digest for part in parts),
            audience=() if bundle is None else tuple(bundle.audience.split()),
            conditions=read[0].conditions,
            items=items,
            going=_going(tx, parts),
            plan=node.evidence.retention.plan(tx, parts[0]) if parts else None,
            locked_by_us=bool(
                row is not None
                and count.issuer != node.party
                and count.states.get(LOCKED)
                and conditions_open(Standing.decode(row.standing))
            ),
        )


def place(node: Node, manifest: bytes) -> tuple[bytes, str] | None:
    """The exchange that a manifest or bundle belongs to, and the office that makes it ready here, "" where none does."""
    with node.store.transaction() as tx:
        bundle, parts = tx.evidence.bundle(manifest), tx.evidence.parts(manifest)
    if bundle is not None:
        return bundle.exchange, bundle.office
    return (parts[0].exchange, "") if parts else None


def _made_at(part: ManifestRow | None, bundle: BundleRow | None) -> int:
    if part is not None:
        return part.at
    assert bundle is not None, "a lot is one or the other"
    return bundle.made_at


def _count(
    node: Node, tx: Transaction, manifest: bytes, part: ManifestRow | None, bundle: BundleRow | None
) -> Count:
    rows = tx.evidence.items(manifest)
    keys = tx.evidence.secrets([row.object for row in rows])
    sizes = {row.number: row.size for row in rows}
    states = {row.number: _state(row, key=row.object in keys) for row in rows}
    if part is None:
        for item in tx.evidence.bundle_items(manifest):
            sizes.setdefault(item.number, manifests.read(item.item).items[0].size)
            states.setdefault(item.number, NOTED)
    lines = _lines(node, tx, manifest)
    looks = [
        row.event.at
        for line in lines.values()
        for row in line.rows[::-1]
        if row.event.touch is Touch.VERIFIED and row.event.party == node.party
    ]
    exchange = part.exchange if part is not None else bundle.exchange if bundle is not None else b""
    return Count(
        manifest=manifest,
        exchange=exchange,
        issuer=node.party if part is None else part.issuer,
        office="" if bundle is None else bundle.office,
        made_at=_made_at(part, bundle),
        sealed=part is not None,
        items=len(states),
        size=sum(sizes.values()),
        states={state: list(states.values()).count(state) for state in dict.fromkeys(states.values())},
        looked=sum(1 for line in lines.values() if _verified(line, node.party)),
        looked_at=max(looks, default=0),
        unbroken=all(line.unbroken for line in lines.values()),
        hold=tx.evidence.held().get(exchange),
    )


def _lines(node: Node, tx: Transaction, manifest: bytes) -> dict[int, Timeline]:
    return {line.item: line for line in timelines(node.evidence.custodian.story(tx, manifest))}


def _verified(line: Timeline, party: str = "") -> tuple[Verified, ...]:
    last: dict[str, Event] = {
        row.event.party: row.event
        for row in line.rows
        if row.event.touch is Touch.VERIFIED and party in {"", row.event.party}
    }
    return tuple(
        Verified(party=event.party, office=event.office, person=event.person, at=event.at)
        for event in last.values()
    )


def _items(
    tx: Transaction, manifest: bytes, read: Sequence[manifests.Manifest], lines: Mapping[int, Timeline]
) -> tuple[Held, ...]:
    rows = {row.number: row for row in tx.evidence.items(manifest)}
    keys = tx.evidence.secrets([row.object for row in rows.values()])
    sources = {source.number: source for part in read for source in part.sources}
    signed = [item for part in read for item in part.items]
    noted = {} if signed else {row.number: row for row in tx.evidence.bundle_items(manifest)}
    items = signed or [manifests.read(row.item).items[0] for row in noted.values()]
    return tuple(
        _held(
            item,
            state=NOTED
            if item.number not in rows
            else _state(rows[item.number], key=rows[item.number].object in keys),
            source=sources.get(item.source),
            facts=_looked(item, noted.get(item.number)),
            line=lines.get(item.number),
        )
        for item in items
    )


def _held(
    item: Item, *, state: str, source: Source | None, facts: Facts | None, line: Timeline | None
) -> Held:
    return Held(
        number=item.number,
        name=shown(item.name),
        size=item.size,
        declared=item.declared,
        description=item.description,
        digests=item.digests,
        original=item.original,
        source=source,
        acquisition=item.acquisition,
        state=state,
        facts=facts,
        verified=() if line is None else _verified(line),
        rows=() if line is None else line.rows,
    )


def _looked(item: Item, row: BundleItemRow | None) -> Facts | None:
    """What the first bytes of a file say that is not sealed yet; nothing where it is gone."""
    if row is None:
        return None
    try:
        with FileSource(Path(os.fsdecode(row.path))) as file:
            return look(
                size=item.size, declared=item.declared, first_bytes=first_bytes(file), digests=item.digests
            )
    except CarryFault:
        return None


def _state(row: EvidenceRow, *, key: bool) -> str:
    if row.gone_at:
        return GONE
    if row.here_at:
        return HERE
    return FETCHABLE if key else LOCKED


def _going(tx: Transaction, parts: Iterable[ManifestRow]) -> tuple[Going, ...]:
    found = []
    for part in parts:
        row = tx.exchanges.find([part.exchange]).get(part.exchange)
        for naming in tx.evidence.namings_of(part.exchange):
            if naming.digest != part.digest:
                continue
            waits = ""
            if not naming.sent_at:
                placed = row is not None and is_placed(tx, row, naming.act)
                open_ = row is not None and conditions_open(Standing.decode(row.standing))
                waits = (
                    NO_PLACE
                    if row is None or not placed
                    else AT_ONCE
                    if may_go(row)
                    else NOT_ACCEPTED
                    if open_
                    else STOPPED
                )
            found.append(Going(act=naming.act, peer=naming.peer, sent_at=naming.sent_at, waits_for=waits))
    return tuple(dict.fromkeys(found))
