"""What only who checks a whole store asks of the rows of evidence.

What it knows: which rows belong together. What it must never know: what is right.
"""

from sqlalchemy import Connection, and_, or_, select, union_all

from longbien.store.evidence_schema import errands, evidence, manifests, namings, notes, secrets

_ALL_NOTES = select(notes)
_ALL_SECRETS = select(secrets.c.object)
_ALL_ITEMS = select(evidence.c.object)
_ABOUT = union_all(
    select(manifests.c.digest, manifests.c.exchange),
    select(errands.c.subject, manifests.c.exchange).where(
        or_(
            and_(errands.c.kind == "keys", errands.c.manifest == manifests.c.digest),
            and_(errands.c.kind == "custody", errands.c.manifest == manifests.c.manifest),
        )
    ),
)
_DUE = union_all(
    select(namings.c.digest, namings.c.peer),
    select(errands.c.subject, errands.c.peer).where(
        or_(
            errands.c.kind == "custody",
            errands.c.manifest.in_(
                select(evidence.c.digest).join(secrets, secrets.c.object == evidence.c.object)
            ),
        )
    ),
)
_WITH_ITEMS = select(evidence.c.manifest).distinct().order_by(evidence.c.manifest)


class WholeEvidence:
    """Questions about all evidence at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def with_items(self) -> tuple[bytes, ...]:
        """Every manifest of which an item is here, signed or not."""
        return tuple(bytes(each) for each in self._connection.execute(_WITH_ITEMS).scalars())

    def keys_of_nothing(self) -> frozenset[bytes]:
        """Objects of which a key is held and no item is."""
        items, keys = (self._connection.execute(query).scalars() for query in (_ALL_ITEMS, _ALL_SECRETS))
        return frozenset(map(bytes, keys)) - frozenset(map(bytes, items))

    def all_notes(self) -> dict[bytes, bytes]:
        """Every head, by its digest."""
        return {bytes(row.digest): bytes(row.note) for row in self._connection.execute(_ALL_NOTES)}

    def subjects(self) -> dict[bytes, bytes]:
        """What proofs of others about evidence can be about: manifests and errands, each with its exchange."""
        return {bytes(subject): bytes(exchange) for subject, exchange in self._connection.execute(_ABOUT)}

    def errands_due(self) -> frozenset[tuple[bytes, str]]:
        """(subject, peer) of everything about evidence that was ever to be delivered; not of keys that are destroyed."""
        return frozenset((bytes(subject), peer) for subject, peer in self._connection.execute(_DUE))
