"""Bundles: evidence being made ready, file by file, until it is sealed and its manifest is signed.

What it knows: files, where they come from, and what is noted of each. What it must never know: who will be allowed to read
them. A bundle belongs to an exchange that is there, or to one that a request will open; nothing of it leaves this node before
an act names its manifest, which two persons approve (promise P9).
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from longbien.carry import CarryFault, FileSource
from longbien.carry import seal as seal_object
from longbien.carry.digesting import digests_of, first_bytes
from longbien.carry.place import Place
from longbien.evidence import digests as known_digests
from longbien.evidence import manifest as manifests
from longbien.evidence.custody import Touch
from longbien.evidence.look import Facts, look
from longbien.evidence.manifest import Acquisition, Condition, Item, Manifest, Source
from longbien.evidence.sealed import COMMITMENT_BYTES, KEY_BYTES, OBJECT_BYTES, SALT_BYTES, ObjectSeal
from longbien.exchange import Standing
from longbien.node.book import notice
from longbien.node.directory import Directory
from longbien.node.evidence.arrival import item_row, keep_part
from longbien.node.evidence.begun import Begun
from longbien.node.evidence.custody import Custodian, Deed
from longbien.node.evidence.vault import ObjectKey, Vault
from longbien.node.jobs import Touch as Job
from longbien.node.ports import Broken, Denied, Entropy, Now, Say, Tell, untold
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.evidence_rows import BundleItemRow, BundleRow, EvidenceRow
from longbien.wire.statement import Statement

# What one commit covers: enough for small files to share its cost, little enough to lose when the node is killed.
_ITEMS_TOGETHER: Final = 64
_BYTES_TOGETHER: Final = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file as somebody brings it.

    `source` says where it comes from, its number is given here. `said` are digests that were taken before, by the tool
    that acquired it; with SHA-256 among them the file is not read until it is sealed, and must be the same then.
    `original` is the SHA-256 of what a redacted or partial copy was made from.
    """

    path: Path
    name: bytes = b""
    declared: str = ""
    description: str = ""
    source: Source | None = None
    acquisition: Acquisition | None = None
    said: Mapping[str, bytes] = field(default_factory=dict)
    further: Sequence[str] = ()
    original: bytes = b""
    redacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A file of a bundle, and what can be said of it without opening it."""

    manifest: bytes
    number: int
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A manifest: `digests` are those of its parts, which acts name."""

    manifest: bytes
    exchange: bytes
    digests: tuple[bytes, ...]
    items: int
    size: int


class Bundles:
    """What is made ready at one node. `objects` is None at a node that has no place for evidence."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        sequencer: Sequencer,
        custodian: Custodian,
        vault: Vault,
        *,
        begun: Begun,
        objects: Place | None,
        say: Say,
        now: Now,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._directory = directory
        self._sequencer = sequencer
        self._custodian = custodian
        self._vault = vault
        self._begun = begun
        self._objects = objects
        self._say = say
        self._now = now
        self._entropy = entropy

    def begin(
        self,
        *,
        office: str,
        exchange: bytes | None = None,
        to: Sequence[str] = (),
        conditions: Sequence[Condition] = (),
    ) -> bytes | Denied:
        """The identifier of a new bundle, for an exchange that is there or, with `to`, for one that a request will open.

        Codes: OFFICE_UNKNOWN, EXCHANGE_UNKNOWN, PEER_NOT_PINNED, PARTIES_WRONG.
        """
        own = self._directory.own
        if office not in {item.id for item in own.descriptor.offices}:
            return Denied(code="OFFICE_UNKNOWN", detail=office)
        audience = tuple(sorted(to))
        if exchange is not None:
            with self._store.transaction() as tx:
                row = tx.exchanges.find([exchange]).get(exchange)
            if row is None:
                return Denied(code="EXCHANGE_UNKNOWN", detail=exchange.hex())
            audience = tuple(party for party in Standing.decode(row.standing).parties if party != own.party)
        if not audience:
            return Denied(code="PARTIES_WRONG", detail="nobody is meant")
        for party in audience:
            if party not in self._directory.parties:
                return Denied(code="PEER_NOT_PINNED", detail=party)
        heading = Manifest(
            id=self._entropy(manifests.ID_BYTES),
            exchange=exchange or self._entropy(manifests.ID_BYTES),
            party=own.party,
            made_at=self._now(),
            conditions=tuple(conditions),
        )
        bundle = BundleRow(
            manifest=heading.id,
            exchange=heading.exchange,
            office=office,
            audience=" ".join(audience),
            heading=heading.encode(),
            made_at=heading.made_at,
            sealed_at=0,
        )
        with self._store.transaction() as tx:
            tx.evidence.add_bundle(bundle)
        return heading.id

    def add(
        self, manifest: bytes, brought: Brought, tell: Tell = untold, *, person: bytes = b""
    ) -> Added | Denied:
        """One more file; it is read once, unless its SHA-256 is known. Its custody begins here.

        Codes: BUNDLE_UNKNOWN, BUNDLE_SEALED. Raises `Malformed` (what was said of it has no form), CarryFault.
        """
        with self._store.transaction() as tx:
            bundle = tx.evidence.bundle(manifest)
            numbers = [row.number for row in tx.evidence.bundle_items(manifest)]
        if bundle is None or bundle.sealed_at:
            return Denied(code="BUNDLE_SEALED" if bundle else "BUNDLE_UNKNOWN", detail=manifest.hex())
        heading = manifests.read(bundle.heading)
        heading, source = _with_source(heading, brought.source)
        with FileSource(brought.path) as file:
            found = _noted(file, brought, tell)
            facts = look(
                size=file.size, declared=brought.declared, first_bytes=first_bytes(file), digests=found
            )
        item = Item(
            number=max(numbers, default=0) + 1,
            name=brought.name or os.fsencode(brought.path.name),
            size=facts.size,
            digests=found,
            object_id=bytes(OBJECT_BYTES),
            commitment=bytes(COMMITMENT_BYTES),
            declared=brought.declared,
            description=brought.description,
            source=source,
            original=brought.original,
            acquisition=brought.acquisition,
        )
        row = BundleItemRow(
            manifest=manifest,
            number=item.number,
            path=os.fsencode(brought.path.absolute()),
            item=replace(heading, items=(item,)).encode(),
        )

        def write(tx: Transaction) -> None:
            tx.evidence.set_heading(manifest, heading.encode(), sealed_at=0)
            tx.evidence.add_bundle_items([row])

        self._custodian.record(
            [_origin(manifest, item, brought)], office=bundle.office, person=person, write=write
        )
        return Added(manifest=manifest, number=item.number, facts=facts)

    def seal(self, manifest: bytes, tell: Tell = untold) -> Signed | Denied:
        """Every file sealed under a key of its own, and the manifest signed. After an interruption it goes on where it was.

        Codes: BUNDLE_UNKNOWN, BUNDLE_EMPTY, OBJECTS_NONE, STATEMENT_KEY_NONE. Raises `Malformed` DIGEST_MISMATCH (a file is
        not what was collected), CarryFault.
        """
        with self._store.transaction() as tx:
            bundle = tx.evidence.bundle(manifest)
            rows = tx.evidence.bundle_items(manifest)
            done = {item.number: item for item in tx.evidence.items(manifest)}
        if bundle is None:
            return Denied(code="BUNDLE_UNKNOWN", detail=manifest.hex())
        if bundle.sealed_at:
            return self._told(bundle)
        if not rows:
            return Denied(code="BUNDLE_EMPTY", detail=manifest.hex())
        if self._objects is None:
            return Denied(code="OBJECTS_NONE", detail="no place for evidence is configured")
        self._seal_items(bundle, [row for row in rows if row.number not in done], tell)
        return self._sign(bundle)

    def _seal_items(self, bundle: BundleRow, rows: Sequence[BundleItemRow], tell: Tell) -> None:
        items = [manifests.read(row.item).items[0] for row in rows]
        whole = sum(item.size for item in items)
        moved = 0

        def count(size: int) -> None:
            nonlocal moved
            moved += size
            tell(moved, whole)

        pairs = list(zip(rows, items, strict=True))
        for group in _groups(pairs):
            names = [self._entropy(OBJECT_BYTES) for _ in group]
            with self._begun.sealing(bundle.manifest, names):
                sealed = [
                    self._seal_item(Path(os.fsdecode(row.path)), item, name, count)
                    for (row, item), name in zip(group, names, strict=True)
                ]
                self.keep(bundle, sealed)

    def _seal_item(
        self, path: Path, item: Item, name: bytes, moved: Callable[[int], None]
    ) -> tuple[Item, ObjectKey]:
        assert self._objects is not None
        with FileSource(path) as file:
            if file.size != item.size:
                raise CarryFault(
                    "SOURCE_CHANGED", f"{path}: {item.size} bytes when collected, now {file.size}"
                )
            made = ObjectSeal(
                key=(key := self._entropy(KEY_BYTES)),
                object_id=name,
                size=file.size,
                salt=self._entropy(SALT_BYTES),
            )
            sink = self._objects.create(name, made.layout.sealed_bytes)
            found = seal_object(file, sink, made, digests=tuple(item.digests), moved=moved)
        # What was sealed is what was collected.
        known_digests.compare(item.digests, found.digests)
        sealed = replace(item, object_id=name, commitment=found.commitment)
        return sealed, ObjectKey(object_id=name, key=key, salt=made.salt)

    def keep(self, bundle: BundleRow, sealed: Sequence[tuple[Item, ObjectKey]]) -> None:
        """Sealed items are durable, with their keys and their custody."""
        now = self._now()
        rows = [item_row(bundle.manifest, None, item, here_at=now) for item, _ in sealed]
        wrapped = self._vault.wrap([key for _, key in sealed])

        def write(tx: Transaction) -> None:
            tx.evidence.add_items(rows)
            self._begun.done(tx, [row.object for row in rows])
            tx.evidence.keep_secrets(wrapped.rows, wrapped.tickets)

        deeds = [
            Deed(
                touch=Touch.SEALED,
                manifest=bundle.manifest,
                number=item.number,
                sha256=item.digests[known_digests.SHA256],
            )
            for item, _ in sealed
        ]
        self._custodian.record(deeds, office=bundle.office, write=write)

    def _sign(self, bundle: BundleRow) -> Signed | Denied:
        with self._store.transaction() as tx:
            rows = tx.evidence.bundle_items(bundle.manifest)
            sealed = {item.number: item for item in tx.evidence.items(bundle.manifest)}
        items = tuple(_sealed_item(row, sealed[row.number]) for row in rows)
        whole = replace(manifests.read(bundle.heading), items=items)
        parts: list[tuple[Manifest, Statement]] = []
        for part in manifests.split(whole):
            signed = self._say(
                part.encode(),
                kind=manifests.KIND,
                exchange=bundle.exchange,
                audience=bundle.audience.split(),
            )
            if isinstance(signed, Denied):
                return signed
            parts.append((part, signed))
        leaf = notice(
            "manifest",
            manifest=bundle.manifest,
            exchange=bundle.exchange,
            parts=len(parts),
            first=parts[0][1].digest,
            items=len(items),
            at=self._now(),
        )
        self._sequencer.run([Job(leaf=leaf, write=lambda tx: self._write_parts(tx, bundle, parts, sealed))])
        return _signed(bundle, [signed.digest for _, signed in parts], list(sealed.values()))

    def _write_parts(
        self,
        tx: Transaction,
        bundle: BundleRow,
        parts: Sequence[tuple[Manifest, Statement]],
        sealed: Mapping[int, EvidenceRow],
    ) -> None:
        for part, signed in parts:
            keep_part(tx, signed, part)
            tx.evidence.signed([(sealed[item.number].object, signed.digest) for item in part.items])
        tx.evidence.set_heading(bundle.manifest, bundle.heading, sealed_at=self._now())

    def _told(self, bundle: BundleRow) -> Signed:
        with self._store.transaction() as tx:
            parts = tx.evidence.parts(bundle.manifest)
            items = tx.evidence.items(bundle.manifest)
        if not parts:
            raise Broken("MANIFEST_MISSING", bundle.manifest.hex())
        return _signed(bundle, [row.digest for row in parts], items)


def _groups(
    pairs: Sequence[tuple[BundleItemRow, Item]],
) -> Iterator[list[tuple[BundleItemRow, Item]]]:
    """What shares a commit, in order."""
    group: list[tuple[BundleItemRow, Item]] = []
    for pair in pairs:
        group.append(pair)
        if len(group) == _ITEMS_TOGETHER or sum(item.size for _, item in group) >= _BYTES_TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _signed(bundle: BundleRow, digests: Sequence[bytes], items: Sequence[EvidenceRow]) -> Signed:
    return Signed(
        manifest=bundle.manifest,
        exchange=bundle.exchange,
        digests=tuple(digests),
        items=len(items),
        size=sum(item.size for item in items),
    )


def _with_source(heading: Manifest, source: Source | None) -> tuple[Manifest, int]:
    """The heading with this source in it, and the source's number; a source that is there already is not doubled."""
    if source is None:
        return heading, 0
    for each in heading.sources:
        if replace(source, number=each.number) == each:
            return heading, each.number
    number = len(heading.sources) + 1
    return replace(heading, sources=(*heading.sources, replace(source, number=number))), number


def _noted(file: FileSource, brought: Brought, tell: Tell) -> dict[str, bytes]:
    """The digests that are noted of a file: those that were said, or those that are taken now and agree with them."""
    known_digests.check(brought.said, "evidence")
    if known_digests.SHA256 in brought.said:
        return dict(brought.said)
    moved = 0

    def count(size: int) -> None:
        nonlocal moved
        moved += size
        tell(moved, file.size)

    found = digests_of(file, (*brought.said, *brought.further), moved=count)
    if brought.said:
        known_digests.compare({known_digests.SHA256: found[known_digests.SHA256], **brought.said}, found)
    return found


def _origin(manifest: bytes, item: Item, brought: Brought) -> Deed:
    """How this node came by it: collected, or made from something else."""
    made = Touch.REDACTED if brought.redacted else Touch.COPIED
    acquisition = brought.acquisition
    return Deed(
        touch=made if item.original else Touch.COLLECTED,
        manifest=manifest,
        number=item.number,
        sha256=item.digests[known_digests.SHA256],
        original=item.original,
        place="" if brought.source is None else brought.source.description[:256],
        tool="" if acquisition is None else f"{acquisition.tool} {acquisition.version}".strip()[:256],
    )


def _sealed_item(row: BundleItemRow, sealed: EvidenceRow) -> Item:
    item = manifests.read(row.item).items[0]
    return replace(item, object_id=sealed.object, commitment=sealed.commitment)
