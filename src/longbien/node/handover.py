"""A hand-over: what the person who leaves the watch tells the one who comes, listed by the node and signed by both.

What it knows: what waits, what falls due on the next watch, what is out of reach. What it must never do: hand over without both. Each
signs with a passkey over the digest of the whole, which is kept and has a leaf in the ledger.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from longbien.law.instants import HOUR
from longbien.node.book import notice
from longbien.node.duty import watch
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.passkeys import Assertion
from longbien.node.ports import Denied
from longbien.store import Transaction
from longbien.store.duty_rows import HandoverRow
from longbien.store.queue_rows import Listed, QueueRow
from longbien.wire import cbor
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields

NEXT_WATCH = 12 * HOUR
TEXT_MAX = 8_000
LIST_MAX = 200
LISTS = ("open", "acknowledge", "due", "snoozed", "peers", "pages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """One thing on a list: what it is (an exchange, a party, a page), what about it (a clock, a reason, a kind), and when (ms, or 0)."""

    what: str
    about: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Everything that is handed over, in the order in which a person reads it. `until`: the end of the next watch, as it is planned.

    `lists` by name: open (our turn), acknowledge (nobody has yet), due (on the next watch: clocks of the law, and the next words that were promised),
    snoozed (back on the next watch), peers (out of reach), pages (open). `text` is what the person who leaves adds.
    """

    office: str
    at: int
    until: int
    leaves: bytes
    comes: bytes
    text: str
    lists: tuple[tuple[str, tuple[Waits, ...]], ...]

    def encode(self) -> bytes:
        """The bytes whose digest both sign."""
        return cbor.encode(
            {
                "office": self.office,
                "at": self.at,
                "until": self.until,
                "leaves": self.leaves,
                "comes": self.comes,
                "text": self.text,
                "lists": {name: [[row.what, row.about, row.at] for row in rows] for name, rows in self.lists},
            }
        )

    @property
    def digest(self) -> bytes:
        """What each of the two signs with a passkey."""
        return cbor.digest(self.encode())

    @classmethod
    def decode(cls, raw: bytes) -> "Handover":
        """The hand-over in these bytes; raises `Malformed`."""
        fields = Fields(cbor.decode(raw), "handover")
        lists = fields.map("lists")
        read = tuple((name, tuple(map(_waits, lists.array(name, max=LIST_MAX)))) for name in LISTS)
        lists.done()
        made = cls(
            office=fields.text("office", max=64),
            at=fields.int("at"),
            until=fields.int("until"),
            leaves=fields.bytes("leaves", max=16, min=16),
            comes=fields.bytes("comes", max=16, min=16),
            text=fields.text("text", max=4 * TEXT_MAX),
            lists=read,
        )
        fields.done()
        return made


def waiting(node: Node, office: str, *, leaves: bytes, comes: bytes, text: str = "") -> Handover | Denied:
    """What would be handed over now. Codes: OFFICER_UNKNOWN, HANDOVER_TWO_PERSONS, TEXT_LONG."""
    now = node.world.now()
    on = watch(node, office)
    end = now + NEXT_WATCH
    if on is not None and on.until is not None:
        end = (
            max(end, on.until)
            if on.person is not None and on.person.person == comes
            else on.until + NEXT_WATCH
        )
    with node.store.transaction() as tx:
        for person in (leaves, comes):
            officer = tx.desk.officer(person)
            if officer is None or officer.office != office or not officer.active:
                return Denied(code="OFFICER_UNKNOWN", detail=person.hex())
        if leaves == comes:
            return Denied(code="HANDOVER_TWO_PERSONS", detail="")
        if len(text) > TEXT_MAX:
            return Denied(code="TEXT_LONG", detail=f"at most {TEXT_MAX} characters")
        lists = tuple((name, make(tx, now, end)[:LIST_MAX]) for name, make in _LISTS.items())
    return Handover(office=office, at=now, until=end, leaves=leaves, comes=comes, text=text, lists=lists)


def hand_over(node: Node, given: Handover, assertions: Sequence[Assertion]) -> HandoverRow | Denied:
    """It is signed by both, first who leaves, then who comes, and kept. The same one twice is kept once.

    Codes: HANDOVER_TWO_PERSONS, HANDOVER_OLD (the lists were made long ago), OFFICER_INACTIVE, PASSKEY_UNKNOWN, PASSKEY_ENDED, PASSKEY_INVALID,
    PASSKEY_SOFTWARE.
    """
    now = node.world.now()
    if not now - HOUR <= given.at <= now:
        return Denied(code="HANDOVER_OLD", detail=str(given.at))
    signed: dict[bytes, bytes] = {}
    counts: dict[bytes, int] = {}
    for assertion in assertions:
        found = read_signer(node, given.digest, assertion)
        if isinstance(found, Denied):
            return found
        person, count = found
        signed[person] = assertion.encode()
        counts[assertion.credential] = count
    if signed.keys() != {given.leaves, given.comes}:
        return Denied(code="HANDOVER_TWO_PERSONS", detail=str(len(signed)))
    return keep(node, given, signed[given.leaves], signed[given.comes], counts)


def keep(
    node: Node, given: Handover, first: bytes, second: bytes, counts: Mapping[bytes, int]
) -> HandoverRow:
    """It is handed over, by two assertions that were verified; `counts` are the new counters of passkeys."""
    row = HandoverRow(
        digest=given.digest,
        office=given.office,
        at=given.at,
        written=given.encode(),
        leaves=given.leaves,
        comes=given.comes,
        first=first,
        second=second,
    )

    def write(tx: Transaction) -> None:
        tx.duty.add_handover(row)
        tx.shifts.handed(row.digest)
        for credential, count in counts.items():
            tx.desk.used(credential, count)

    leaf = notice(
        "handover", office=row.office, digest=row.digest, first=row.leaves, second=row.comes, at=row.at
    )
    node.sequencer.run([Touch(leaf=leaf, write=write, subject=row.digest)])
    return row


def handed_over(node: Node, office: str, *, limit: int = 50) -> tuple[Handover, ...]:
    """The newest hand-overs of an office, the newest first."""
    with node.store.transaction() as tx:
        return tuple(Handover.decode(row.written) for row in tx.duty.handovers(office, limit=limit))


def _lines(order: str) -> "_Make":
    def made(tx: Transaction, _now: int, _end: int) -> tuple[Waits, ...]:
        return tuple(map(_line, tx.queue.listed(Listed(order=order), limit=LIST_MAX)))

    return made


def _due(tx: Transaction, _now: int, end: int) -> tuple[Waits, ...]:
    """Each clock that ends before the next watch does and that is ours to meet: the law's, and the words that we promised."""
    clocks = tx.exchanges.clocks_due(end)
    lines = tx.queue.find({clock.exchange for clock in clocks}) if clocks else {}
    return tuple(
        Waits(what=clock.exchange.hex(), about=clock.clock, at=clock.due_at)
        for clock in clocks
        if clock.exchange in lines and lines[clock.exchange].ours_key is not None
    )


def _snoozed(tx: Transaction, _now: int, end: int) -> tuple[Waits, ...]:
    rows = tx.queue.listed(Listed(order="snoozed_until", until=end), limit=LIST_MAX)
    return tuple(
        Waits(what=row.exchange.hex(), about=row.procedure, at=row.snoozed_until or 0) for row in rows
    )


def _peers(tx: Transaction, _now: int, _end: int) -> tuple[Waits, ...]:
    return tuple(
        Waits(what=row.party, about=row.reason, at=row.last_ok_at) for row in tx.peers.all() if row.tries
    )


def _pages(tx: Transaction, _now: int, _end: int) -> tuple[Waits, ...]:
    return tuple(Waits(what=row.id.hex(), about=row.kind, at=row.raised_at) for row in tx.pages.open())


def _line(row: QueueRow) -> Waits:
    return Waits(what=row.exchange.hex(), about=row.procedure, at=row.due_at or 0)


def _waits(value: cbor.Value) -> Waits:
    """One row; raises `Malformed`."""
    match value:
        case (str(what), str(about), int(at)):
            return Waits(what=what, about=about, at=at)
        case _:
            raise Malformed("FIELD_TYPE", "handover.lists")


_Make = Callable[[Transaction, int, int], tuple[Waits, ...]]
_LISTS: dict[str, _Make] = {
    "open": _lines("ours_key"),
    "acknowledge": _lines("acknowledge_key"),
    "due": _due,
    "snoozed": _snoozed,
    "peers": _peers,
    "pages": _pages,
}


def read_signer(node: Node, digest: bytes, assertion: Assertion) -> tuple[bytes, int] | Denied:
    """Who signed these 32 bytes, and the new counter of the passkey.

    Codes: PASSKEY_UNKNOWN, PASSKEY_ENDED, OFFICER_INACTIVE, PASSKEY_INVALID, PASSKEY_SOFTWARE.
    """
    with node.store.transaction() as tx:
        credential = tx.desk.credential(assertion.credential)
        officer = None if credential is None else tx.desk.officer(credential.person)
    if credential is None or officer is None:
        return Denied(code="PASSKEY_UNKNOWN", detail=assertion.credential.hex())
    if credential.ended_at is not None:
        return Denied(code="PASSKEY_ENDED", detail=assertion.credential.hex())
    if not officer.active:
        return Denied(code="OFFICER_INACTIVE", detail=officer.name)
    try:
        count = node.world.passkeys.verify(assertion, challenge=digest, credential=credential)
    except Malformed as fault:
        return Denied(code=fault.code, detail=fault.detail)
    return credential.person, count
