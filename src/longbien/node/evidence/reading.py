"""Sealed objects at this node: fetched from elsewhere, verified, opened into a file, handed to who shows a ticket.

What it knows: items, their keys while they are held, and where objects lie. What it must never do: interpret what is inside.
Every use leaves a custody event; a fetch that was interrupted goes on where it was.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from longbien.carry import CarryFault, UnfinishedFile, Wanted, read_seal, unseal
from longbien.carry.place import Place
from longbien.evidence.custody import Touch
from longbien.evidence.manifest import Item
from longbien.evidence.ticket import TICKET_BYTES, kept, opens
from longbien.node.evidence.custody import Custodian, Deed
from longbien.node.evidence.naming import read_part
from longbien.node.evidence.vault import Vault
from longbien.node.ports import Denied, Now, Tell, untold
from longbien.store import Store, Transaction
from longbien.store.evidence_rows import EvidenceRow

_NOBODY: Final = kept(bytes(TICKET_BYTES))


class Carrier(Protocol):
    """What brings sealed objects from elsewhere into the place where they arrive."""

    def bring(self, wanted: Wanted, told: Tell) -> None:
        """The object is here, whole, verified and durable. `told` hears of the bytes that have come, and of all.

        Can be called again after any end. Raises `Malformed` and CarryFault as `carry.fetch`; FETCH_KILLED.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a fetch brought: items that arrived now, that were here before, and whose key is not held."""

    arrived: int
    before: int
    locked: int
    size: int


class Reading:
    """The doors to sealed objects. `place` is None at a node that has no place for evidence."""

    def __init__(
        self, store: Store, custodian: Custodian, vault: Vault, *, place: Place | None, party: str, now: Now
    ) -> None:
        self._store = store
        self._custodian = custodian
        self._vault = vault
        self._place = place
        self._party = party
        self._now = now
        # Tickets that opened once, so that a long transfer asks the database once for each object.
        self._known: dict[bytes, bytes] = {}

    def fetch(
        self,
        manifest: bytes,
        carrier: Callable[[str], AbstractContextManager[Carrier]],
        *,
        office: str,
        person: bytes = b"",
        tell: Tell = untold,
    ) -> Fetched | Denied:
        """Every item whose key is held and that is not here. `carrier` brings objects from a party.

        Codes: MANIFEST_UNKNOWN, MANIFEST_OWN, OBJECTS_NONE. Raises `Malformed` and CarryFault as `Carrier.bring`; what has
        arrived whole by then is kept and written down.
        """
        with self._store.transaction() as tx:
            parts = tx.evidence.parts(manifest)
            rows = tx.evidence.items(manifest)
            secrets = tx.evidence.secrets([row.object for row in rows])
        if not parts:
            return Denied(code="MANIFEST_UNKNOWN", detail=manifest.hex())
        if parts[0].issuer == self._party:
            return Denied(code="MANIFEST_OWN", detail=manifest.hex())
        if self._place is None:
            return Denied(code="OBJECTS_NONE", detail="no place for evidence is configured")
        due = [row for row in rows if not row.here_at and not row.gone_at and row.object in secrets]
        whole, done = sum(row.size for row in due), 0
        with carrier(parts[0].issuer) as brings:
            for row in due:
                self._fetch(row, brings, _within(tell, done, whole))
                self._arrived(row, parts[0].issuer, office, person)
                done += row.size
        return Fetched(
            arrived=len(due),
            before=sum(1 for row in rows if row.here_at),
            locked=sum(1 for row in rows if not row.here_at and not row.gone_at) - len(due),
            size=whole,
        )

    def _fetch(self, row: EvidenceRow, carrier: Carrier, told: Tell) -> None:
        wanted = self._wanted(row)
        try:
            carrier.bring(wanted, told)
        except CarryFault as fault:
            if fault.code != "OBJECT_EXISTS":
                raise
            # It had arrived when the node was killed before it wrote that down.
            self._checked(row, wanted, told)

    def _arrived(self, row: EvidenceRow, issuer: str, office: str, person: bytes) -> None:
        def write(tx: Transaction) -> None:
            tx.evidence.here(row.object, self._now())
            self._custodian.tell_all(tx, row.manifest)

        received = _deed(row, Touch.RECEIVED, other=issuer)
        self._custodian.record(
            [received, _deed(row, Touch.VERIFIED)], office=office, person=person, write=write
        )

    def verify(
        self, manifest: bytes, *, office: str, person: bytes = b"", tell: Tell = untold
    ) -> int | Denied:
        """How many objects of a manifest are here and were verified again, every byte of them.

        Codes: MANIFEST_UNKNOWN, OBJECTS_NONE. Raises `Malformed` (what is wrong with which), CarryFault.
        """
        with self._store.transaction() as tx:
            rows = [row for row in tx.evidence.items(manifest) if row.here_at and not row.gone_at]
            known = bool(tx.evidence.parts(manifest))
        if not known:
            return Denied(code="MANIFEST_UNKNOWN", detail=manifest.hex())
        if self._place is None:
            return Denied(code="OBJECTS_NONE", detail="no place for evidence is configured")
        whole, done = sum(row.size for row in rows), 0
        for row in rows:
            self._checked(row, self._wanted(row), _within(tell, done, whole))
            done += row.size
        self._told([_deed(row, Touch.VERIFIED) for row in rows], office, person)
        return len(rows)

    def open(
        self,
        manifest: bytes,
        number: int,
        path: Path,
        *,
        office: str,
        person: bytes = b"",
        tell: Tell = untold,
    ) -> EvidenceRow | Denied:
        """The plaintext of one item in a new file, which appears only when all of it is verified.

        Codes: ITEM_UNKNOWN, ITEM_NOT_HERE, OBJECTS_NONE. Raises `Malformed`, CarryFault, KeyFault.
        """
        with self._store.transaction() as tx:
            row = next((row for row in tx.evidence.items(manifest) if row.number == number), None)
        if row is None:
            return Denied(code="ITEM_UNKNOWN", detail=f"{manifest.hex()} {number}")
        if self._place is None:
            return Denied(code="OBJECTS_NONE", detail="no place for evidence is configured")
        if not row.here_at or row.gone_at:
            return Denied(code="ITEM_NOT_HERE", detail=f"{manifest.hex()} {number}")
        wanted = self._wanted(row)
        with self._place.open(row.object) as reader:
            unseal(
                reader,
                read_seal(reader, wanted),
                said=wanted.digests,
                sink=UnfinishedFile(path, row.size),
                moved=_counted(tell, row.size),
            )
        # Who opens has verified: the one is impossible without the other.
        deeds = [_deed(row, Touch.VERIFIED), _deed(row, Touch.OPENED, place=str(path)[:256])]
        self._told(deeds, office, person)
        return row

    def _told(self, deeds: Sequence[Deed], office: str, person: bytes) -> None:
        """Written down, and told to everybody who has heard of the manifest."""
        if deeds:
            manifest = deeds[0].manifest
            self._custodian.record(
                deeds,
                office=office,
                person=person,
                write=lambda tx: self._custodian.tell_all(tx, manifest),
            )

    def opens_to(self, object_id: bytes, ticket: bytes) -> bool:
        """Whether an object is here for who shows this ticket; no for everybody else, whatever the reason."""
        known = self._known.get(object_id)
        if known is None:
            with self._store.transaction() as tx:
                row = tx.evidence.object(object_id)
            known = (
                _NOBODY if row is None or row.ticket is None or not row.here_at or row.gone_at else row.ticket
            )
        if self._place is None or not opens(ticket, known) or known == _NOBODY:
            return False
        self._known[object_id] = known
        return True

    def forget(self, object_id: bytes) -> None:
        """The object is about to be destroyed: its ticket opens nothing any more."""
        self._known.pop(object_id, None)

    def _checked(self, row: EvidenceRow, wanted: Wanted, tell: Tell) -> None:
        assert self._place is not None
        with self._place.open(row.object) as reader:
            seal = read_seal(reader, wanted)
            unseal(reader, seal, said=wanted.digests, moved=_counted(tell, row.size))

    def _wanted(self, row: EvidenceRow) -> Wanted:
        with self._store.transaction() as tx:
            secret = tx.evidence.secrets([row.object])[row.object]
            assert row.digest is not None, "what is fetched or opened has its manifest"
            item = _item(tx, row)
        return Wanted(
            object_id=row.object,
            size=row.size,
            commitment=row.commitment,
            key=self._vault.open(secret).key,
            digests=item.digests,
        )


def _item(tx: Transaction, row: EvidenceRow) -> Item:
    assert row.digest is not None
    return next(item for item in read_part(tx, row.digest).items if item.number == row.number)


def _deed(row: EvidenceRow, touch: Touch, *, other: str = "", place: str = "") -> Deed:
    return Deed(
        touch=touch, manifest=row.manifest, number=row.number, sha256=row.sha256, other=other, place=place
    )


def _counted(tell: Tell, whole: int) -> Callable[[int], None]:
    """`tell` for who says only how many bytes more are done."""
    done = 0

    def moved(size: int) -> None:
        nonlocal done
        done += size
        tell(done, whole)

    return moved


def _within(tell: Tell, before: int, whole: int) -> Tell:
    """Progress of one object as progress of all; a sealed object is a little larger than what is in it."""
    return lambda done, _total: tell(min(before + done, whole), whole)
