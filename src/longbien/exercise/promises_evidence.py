"""The promises about evidence, as questions to the ledgers and rows of the States of a simulated world.

What it knows: what each ledger says, leaf after leaf, and what the other side holds. What it must never trust: a node, or a standing
that it computed; whether a key was due is read here from the signed acts alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from longbien.evidence import custody
from longbien.exchange import Act
from longbien.exercise.seat import Seat
from longbien.ledger import records
from longbien.store import Transaction
from longbien.wire import statement

if TYPE_CHECKING:
    from longbien.store.evidence_rows import CustodyRow, EvidenceRow, ManifestRow, NamingRow

Broken = Callable[[str, str], None]

# The acts that can bring conditions of use, and the one that accepts them.
_ANSWERS = frozenset({"answer", "partial"})
_ACCEPTS = "accept_use_conditions"
_STOPS = "withdraw"
_NOWHERE = -1


def ask_evidence(seats: Mapping[str, Seat], broken: Broken) -> None:
    """Keys went to a signed acceptance and no earlier; whatever was due arrived; no touch is missing on either side; no object is left over."""
    views = {party: _Held(seat) for party, seat in seats.items()}
    for party, seat in seats.items():
        for name in seat.shelf.objects() - views[party].objects:
            broken("P14", f"{party} keeps an object that nobody names: {_short(name)}")
    for view in views.values():
        _ask_early_keys(view, broken)
        _ask_arrived(view, views, broken)
        _ask_custody(view, views, broken)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """An act of a chain: the leaf of this ledger that shows its place, its name, whose it is, and whether it brings conditions."""

    leaf: int
    name: str
    by: str
    digest: bytes
    conditions: bool


@dataclass(slots=True)
class _Keys:
    """What stands against keys after so many acts of a chain."""

    conditions: bool = False
    stopped: bool = False

    def after(self, act: _Placed, host: str) -> None:
        if act.name in _ANSWERS and act.conditions:
            self.conditions = True
        elif act.name == _ACCEPTS and act.by != host:
            self.conditions = False
        elif act.name == _STOPS:
            self.stopped = True

    @property
    def due(self) -> bool:
        return not (self.conditions or self.stopped)


@dataclass(slots=True)
class _Ledger:
    """What one ledger says of evidence: keys that were released (leaf, manifest, act, to), and custody events by digest."""

    released: list[tuple[int, bytes, bytes, str]] = field(default_factory=list)
    places: dict[bytes, int] = field(default_factory=dict)
    events: Counter[bytes] = field(default_factory=Counter)


class _Held:
    """What one State holds of evidence, read once; nothing is read where there is none."""

    def __init__(self, seat: Seat) -> None:
        self.party = seat.party
        self.parts: dict[bytes, ManifestRow] = {}
        self.items: dict[bytes, tuple[EvidenceRow, ...]] = {}
        self.keys: set[bytes] = set()
        self.events: dict[bytes, tuple[CustodyRow, ...]] = {}
        self.namings: list[NamingRow] = []
        self.chains: dict[bytes, tuple[str, tuple[_Placed, ...]]] = {}
        self.ledger = _Ledger()
        self.objects: set[bytes] = set()
        with seat.store.unharmed() as tx:
            self.objects = set(tx.sealings.all())
            for manifest in tx.evidence.with_items():
                self.objects |= {item.object for item in tx.evidence.items(manifest)}
            self.parts = {row.digest: row for row in tx.evidence.all_manifests()}
            if not self.parts:
                return
            self.ledger = _read(tx)
            for part in self.parts.values():
                self.items[part.digest] = tx.evidence.items_of_part(part.digest)
                self.events[part.manifest] = tx.evidence.events(part.manifest)
                self.keys |= tx.evidence.secrets(item.object for item in self.items[part.digest]).keys()
            for exchange in {part.exchange for part in self.parts.values()}:
                self.namings += tx.evidence.namings_of(exchange)
                row = tx.exchanges.find([exchange]).get(exchange)
                if row is not None:
                    self.chains[exchange] = row.host, tuple(_chain(tx, exchange, self.ledger))

    def gone(self, digest: bytes) -> bool:
        """Whether an item of this part was destroyed here."""
        return any(item.gone_at for item in self.items.get(digest, ()))


def _read(tx: Transaction) -> _Ledger:
    found = _Ledger()
    for row in tx.ledger.walk():
        record = records.decode(row.record)
        match record:
            case records.Entry():
                found.places[record.act] = row.position
            case records.Notice(kind="released"):
                said = dict(record.fields)
                found.released.append((row.position, said["manifest"], said["act"], said["to"]))  # type: ignore[arg-type]
            case records.Notice(kind=custody.KIND):
                found.events[custody.of_record(record).digest] += 1
            case _:
                pass
    return found


def _chain(tx: Transaction, exchange: bytes, ledger: _Ledger) -> Iterator[_Placed]:
    entries = tx.exchanges.chain(exchange)
    raw = tx.ledger.statements([entry.act for entry in entries])
    for entry in entries:
        signed = statement.parse(raw[entry.act])
        act = Act.decode(signed.payload)
        yield _Placed(
            leaf=ledger.places.get(entry.act, _NOWHERE),
            name=act.name,
            by=signed.issuer,
            digest=entry.act,
            conditions=bool(act.body.get("conditions")),
        )


def _ask_early_keys(view: _Held, broken: Broken) -> None:
    """P9: when a host let keys go, the act that sends them and the acceptance of its conditions stood in its ledger already."""
    for leaf, manifest, act, to in view.ledger.released:
        host, chain = view.chains.get(view.parts[manifest].exchange, ("", ()))
        if host != view.party:
            continue
        then = _Keys()
        for each in chain:
            if each.leaf < leaf:
                then.after(each, host)
        if not then.due or leaf < view.ledger.places.get(act, leaf + 1):
            broken("P9", f"{view.party} released the keys of {_short(manifest)} to {to} too early")


def _ask_arrived(view: _Held, views: Mapping[str, _Held], broken: Broken) -> None:
    """P2: who was sent evidence by an act with a place holds its manifest, and its keys once nothing stands against them."""
    for naming in view.namings:
        host, chain = view.chains.get(naming.exchange, ("", ()))
        peer = views[naming.peer]
        if naming.act not in {each.digest for each in chain}:
            continue
        if naming.digest not in peer.parts:
            broken("P2", f"{naming.peer} never got the manifest {_short(naming.digest)} of {view.party}")
            continue
        now = _Keys()
        for each in chain:
            now.after(each, host)
        wanted = {item.object for item in peer.items[naming.digest]}
        if now.due and not (wanted <= peer.keys or view.gone(naming.digest) or peer.gone(naming.digest)):
            broken("P2", f"{naming.peer} never got the keys of {_short(naming.digest)} of {view.party}")


def _ask_custody(view: _Held, views: Mapping[str, _Held], broken: Broken) -> None:
    """P6: every touch that a ledger shows is a row of its State, and whoever has a part in it holds the same touches."""
    rows = [row for events in view.events.values() for row in events]
    own = Counter(row.digest for row in rows if row.party == view.party)
    sealed = {digest for digest in view.ledger.events if digest in own}
    for digest in own.keys() ^ sealed:
        broken("P6", f"{view.party} has a custody event without its leaf: {_short(digest)}")
    for naming in view.namings:
        if naming.sent_at:
            _ask_same(view, views[naming.peer], view.parts[naming.digest].manifest, broken)


def _ask_same(one: _Held, other: _Held, manifest: bytes, broken: Broken) -> None:
    """Both hold the same touches of a manifest that went from the one to the other."""
    mine, theirs = ({row.digest for row in view.events.get(manifest, ())} for view in (one, other))
    for lost in mine ^ theirs:
        holder = one if lost in mine else other
        broken("P6", f"only {holder.party} holds the custody event {_short(lost)} of {_short(manifest)}")


def _short(value: bytes) -> str:
    return value.hex()[:8]
