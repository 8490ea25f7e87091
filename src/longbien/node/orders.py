"""Orders to providers of one's own State: written by one officer, signed by another, answered through the portal, with a receipt.

What it knows: the words of an order, who signed it, what came back. What it must never do: tell a provider which request an order serves, or that
there is another provider. An order is no act: it goes to nobody outside this State, and no exchange changes with it.

An order is a statement of the node over exactly its words. Its code is the beginning of the digest of that statement, so an officer who reads
it out over the telephone has the same order on the screen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO, Final

from longbien.carry.sealing import Wanted as WantedObject
from longbien.carry.sealing import open_range, read_seal, seal
from longbien.evidence.digests import SHA256
from longbien.evidence.sealed import KEY_BYTES, OBJECT_BYTES, SALT_BYTES, ObjectSeal
from longbien.node.book import notice
from longbien.node.evidence.vault import ObjectKey
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.origin import IN_DOUBT, doubts
from longbien.node.passkeys import Assertion
from longbien.node.people import DIGITS
from longbien.node.ports import Denied
from longbien.node.roles import SIGNING
from longbien.store import Transaction
from longbien.store.desk_rows import CredentialRow
from longbien.store.evidence_rows import SecretRow
from longbien.store.order_rows import OrderFileRow, OrderRow, OrderWordRow, ProviderPersonRow
from longbien.wire import cbor

KINDS: Final = ("preserve", "produce")
SHOWN_MAX: Final = 500
TEXT_MAX: Final = 20_000
WORDS_MAX: Final = 4_000
REFERENCE_MAX: Final = 120
FILES_MAX: Final = 50
FILE_BYTES_MAX: Final = 1 << 30
NAME_MAX: Final = 200
CODE_DIGITS: Final = 10
PIECE: Final = 1 << 20
# A signed order or receipt as a file (RFC 9052).
MEDIA: Final = "application/cose; cose-type=cose-sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An order as an officer writes it. `due_at` in ms."""

    provider: bytes
    kind: str
    reference: str
    basis: str
    text: str
    due_at: int
    exchange: bytes | None = None


def stage(row: OrderRow) -> str:
    """Where an order stands: draft, issued, answered, closed."""
    if row.closed_at is not None:
        return "closed"
    if row.answered_at is not None:
        return "answered"
    return "draft" if row.statement is None else "issued"


def code(row: OrderRow) -> str:
    """What an officer reads out over the telephone, in two groups; "" before the order was issued."""
    if row.statement is None:
        return ""
    number = int.from_bytes(cbor.digest(row.statement)[:8])
    plain = "".join(DIGITS[number >> (59 - 5 * place) & 31] for place in range(CODE_DIGITS))
    return f"{plain[:5]}-{plain[5:]}"


def draft(node: Node, wish: Wish, *, office: str, by: bytes) -> OrderRow | Denied:
    """An order that waits for a second person. Codes: PROVIDER_UNKNOWN, ORDER_KIND, ORDER_TEXT, ORDER_DUE, EXCHANGE_UNKNOWN,
    ORIGIN_IN_DOUBT (whoever asked for it is in doubt, so nobody is ordered anything for them).
    """
    now = node.world.now()
    with node.store.transaction() as tx:
        provider = tx.orders.provider(wish.provider)
        known = wish.exchange is None or wish.exchange in tx.queue.find([wish.exchange])
    if provider is None:
        return Denied(code="PROVIDER_UNKNOWN", detail=wish.provider.hex())
    if wish.kind not in KINDS:
        return Denied(code="ORDER_KIND", detail=wish.kind)
    texts = ((wish.text, TEXT_MAX), (wish.basis, WORDS_MAX), (wish.reference, REFERENCE_MAX))
    if any(not text.strip() or len(text) > most or "\0" in text for text, most in texts):
        return Denied(code="ORDER_TEXT", detail="text, basis, reference")
    if wish.due_at <= now:
        return Denied(code="ORDER_DUE", detail="")
    if not known:
        return Denied(code="EXCHANGE_UNKNOWN", detail="" if wish.exchange is None else wish.exchange.hex())
    doubted = _doubted(node, wish.exchange)
    if doubted is not None:
        return doubted
    row = OrderRow(
        id=node.world.entropy(16),
        provider=wish.provider,
        office=office,
        exchange=wish.exchange,
        reference=wish.reference.strip(),
        kind=wish.kind,
        basis=wish.basis.strip(),
        text=wish.text.strip(),
        due_at=wish.due_at,
        made_at=now,
        made_by=by,
    )
    with node.store.transaction() as tx:
        tx.orders.add(row)
    return row


def words_of(row: OrderRow, provider: str) -> bytes:
    """What is signed of an order: everything that the provider reads, and nothing else."""
    return cbor.encode(
        {
            "order": row.id,
            "provider": provider,
            "reference": row.reference,
            "kind": row.kind,
            "basis": row.basis,
            "text": row.text,
            "due_at": row.due_at,
        }
    )


def challenge(node: Node, row: OrderRow) -> bytes:
    """What the second officer signs with a passkey."""
    with node.store.transaction() as tx:
        provider = tx.orders.provider(row.provider)
    assert provider is not None, "an order names a provider that is here"
    return cbor.digest(words_of(row, provider.name))


def issue(node: Node, order: bytes, assertion: Assertion) -> OrderRow | Denied:
    """A second officer signed: the provider sees the order from now on. Nobody stands behind an order that a program wrote, so the first
    officer who signs it takes it as an own one, and it still waits for the second (P9).

    Codes: ORIGIN_IN_DOUBT, ORDER_UNKNOWN, ORDER_ISSUED, PASSKEY_UNKNOWN, PASSKEY_ENDED, ROLE_MISSING, APPROVED_ALREADY (who wrote it cannot sign it),
    STATEMENT_KEY_NONE. Raises `Malformed`: those of the passkey check.
    """
    with node.store.transaction() as tx:
        row = tx.orders.order(order)
        key = tx.desk.credential(assertion.credential)
        officer = None if key is None else tx.desk.officer(key.person)
        provider = None if row is None else tx.orders.provider(row.provider)
        author = None if row is None else tx.desk.officer(row.made_by)
    if row is None or provider is None:
        return Denied(code="ORDER_UNKNOWN", detail=order.hex())
    if stage(row) != "draft":
        return Denied(code="ORDER_ISSUED", detail=order.hex())
    if key is None or officer is None or not officer.active or key.ended_at is not None:
        return Denied(code="PASSKEY_UNKNOWN", detail="")
    if not SIGNING.intersection(officer.roles) or officer.office != row.office:
        return Denied(code="ROLE_MISSING", detail=officer.office)
    if officer.person == row.made_by:
        return Denied(code="APPROVED_ALREADY", detail="")
    doubted = _doubted(node, row.exchange)
    if doubted is not None:
        return doubted
    count = node.world.passkeys.verify(assertion, challenge=challenge(node, row), credential=key)
    if author is None:
        return _taken_on(node, row, key, officer.person, count, assertion)
    payload = words_of(row, provider.name)
    signed = node.say(payload, kind="provider.order", exchange=order, audience=[node.party])
    if isinstance(signed, Denied):
        return signed
    now = node.world.now()
    issued = replace(
        row,
        statement=signed.raw,
        issued_at=now,
        issued_by=officer.person,
        assertion=assertion.encode(),
    )
    leaf = notice(
        "order-issued", order=order, statement=signed.digest, first=row.made_by, second=officer.person
    )

    def write(tx: Transaction) -> None:
        tx.desk.used(key.id, count)
        tx.orders.note(
            order,
            statement=issued.statement,
            issued_at=now,
            issued_by=issued.issued_by,
            assertion=issued.assertion,
        )

    node.sequencer.run([Touch(leaf=leaf, write=write)])
    return issued


def _taken_on(
    node: Node, row: OrderRow, key: CredentialRow, person: bytes, count: int, assertion: Assertion
) -> OrderRow:
    leaf = notice("order-taken-on", order=row.id, person=person, assertion=cbor.digest(assertion.encode()))

    def write(tx: Transaction) -> None:
        tx.desk.used(key.id, count)
        tx.orders.taken_on(row.id, row.made_by, person)

    node.sequencer.run([Touch(leaf=leaf, write=write)])
    return replace(row, made_by=person)


def _doubted(node: Node, exchange: bytes | None) -> Denied | None:
    found = () if exchange is None else doubts(node, exchange)
    return Denied(code=IN_DOUBT, detail=" ".join(found)) if found else None


def for_provider(node: Node, person: ProviderPersonRow, order: bytes) -> OrderRow | None:
    """An order as its own provider may see it; `None` for everybody else's, and for one that is not issued."""
    with node.store.transaction() as tx:
        row = tx.orders.order(order)
    if row is None or row.provider != person.provider or row.statement is None:
        return None
    return row


def seen(node: Node, row: OrderRow) -> None:
    """The provider has opened it for the first time."""
    if row.seen_at is None:
        with node.store.transaction() as tx:
            tx.orders.note(row.id, seen_at=node.world.now())


def heard(node: Node, row: OrderRow) -> Denied | None:
    """The provider says that an officer read out the same code. Code: ORDER_OVER."""
    if row.heard_at is None and stage(row) in {"issued", "answered"}:
        with node.store.transaction() as tx:
            tx.orders.note(row.id, heard_at=node.world.now())
        return None
    return None if row.heard_at is not None else Denied(code="ORDER_OVER", detail=row.id.hex())


def say(node: Node, row: OrderRow, text: str, *, by: bytes, ours: bool) -> Denied | None:
    """A question or an answer to one. Codes: ORDER_OVER, WORDS_EMPTY."""
    plain = text.strip()
    if stage(row) not in {"issued", "answered"}:
        return Denied(code="ORDER_OVER", detail=row.id.hex())
    if not plain or len(plain) > WORDS_MAX or "\0" in plain:
        return Denied(code="WORDS_EMPTY", detail="")
    with node.store.transaction() as tx:
        tx.orders.add(OrderWordRow(order=row.id, ours=ours, by=by, text=plain, at=node.world.now()))
    return None


class _Spooled:
    """A file that came over the network, as a source that is sealed; nobody else has it open."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self.size = size

    def read_into(self, offset: int, view: memoryview) -> None:
        """Fills `view`."""
        self._file.seek(offset)
        found = self._file.read(len(view))
        view[: len(found)] = found

    def is_hole(self, _start: int, _end: int) -> bool:
        """What came over a network has no holes."""
        return False

    def check_unchanged(self) -> None:
        """It has no name by which anybody could write to it."""


def take_file(
    node: Node, row: OrderRow, *, name: str, file: IO[bytes], size: int, by: bytes
) -> OrderFileRow | Denied:
    """A file of the answer, sealed as it is kept. Codes: ORDER_OVER, OBJECTS_NONE, FILE_NONE, FILES_MANY; raises CarryFault."""
    place, begun = node.evidence.objects, node.evidence.begun
    with node.store.transaction() as tx:
        numbers = [item.number for item in tx.orders.files(row.id)]
    if stage(row) != "issued":
        return Denied(code="ORDER_OVER", detail=row.id.hex())
    if place is None:
        return Denied(code="OBJECTS_NONE", detail="")
    if not size or not name:
        return Denied(code="FILE_NONE", detail="")
    if len(numbers) >= FILES_MAX:
        return Denied(code="FILES_MANY", detail=str(FILES_MAX))
    entropy = node.world.entropy
    key = entropy(KEY_BYTES)
    made = ObjectSeal(key=key, object_id=entropy(OBJECT_BYTES), size=size, salt=entropy(SALT_BYTES))
    with begun.sealing(row.id, [made.object_id]):
        sealed = seal(_Spooled(file, size), place.create(made.object_id, made.layout.sealed_bytes), made)
    (secret,) = node.evidence.vault.wrap([ObjectKey(object_id=made.object_id, key=key, salt=made.salt)]).rows
    kept = OrderFileRow(
        order=row.id,
        number=max(numbers, default=0) + 1,
        name=plain_name(name),
        size=size,
        sha256=sealed.digests[SHA256],
        object=made.object_id,
        commitment=sealed.commitment,
        kid=secret.kid,
        wrapped=secret.wrapped,
        at=node.world.now(),
        by=by,
    )
    leaf = notice("order-file", order=row.id, sha256=kept.sha256, size=size, by=by)

    def write(tx: Transaction) -> None:
        now = tx.orders.order(row.id)
        if now is not None and stage(now) == "issued":
            tx.orders.add(kept)
            begun.done(tx, [made.object_id])

    node.sequencer.run([Touch(leaf=leaf, write=write)])
    with node.store.transaction() as tx:
        there = kept in tx.orders.files(row.id)
    if not there:
        # The answer was completed while the file came; its receipt does not name it, so it is not kept.
        begun.throw_away([made.object_id])
        return Denied(code="ORDER_OVER", detail=row.id.hex())
    return kept


def read_file(node: Node, file: OrderFileRow) -> Iterator[bytes]:
    """A file of an answer, piece by piece, each checked. Raises `Malformed`, CarryFault."""
    assert node.evidence.objects is not None, "a file that was taken has a place"
    held = node.evidence.vault.open(SecretRow(object=file.object, kid=file.kid, wrapped=file.wrapped))
    wanted = WantedObject(
        object_id=file.object,
        size=file.size,
        commitment=file.commitment,
        key=held.key,
        digests={SHA256: file.sha256},
    )
    with node.evidence.objects.open(file.object) as reader:
        found = read_seal(reader, wanted)
        for start in range(0, file.size, PIECE):
            yield open_range(reader, found, start, min(start + PIECE, file.size))


def answer(node: Node, row: OrderRow, text: str, *, by: bytes) -> OrderRow | Denied:
    """The provider has answered: a signed receipt names the order, the words and every file.

    Codes: ORDER_OVER, WORDS_EMPTY (neither words nor files), STATEMENT_KEY_NONE.
    """
    plain = text.strip()
    with node.store.transaction() as tx:
        files = tx.orders.files(row.id)
    if stage(row) != "issued":
        return Denied(code="ORDER_OVER", detail=row.id.hex())
    if (not plain and not files) or len(plain) > TEXT_MAX or "\0" in plain:
        return Denied(code="WORDS_EMPTY", detail="")
    assert row.statement is not None
    now = node.world.now()
    payload = cbor.encode(
        {
            "order": cbor.digest(row.statement),
            "answer": cbor.digest(plain.encode()),
            "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files],
            "at": now,
        }
    )
    signed = node.say(payload, kind="provider.receipt", exchange=row.id, audience=[node.party])
    if isinstance(signed, Denied):
        return signed
    leaf = notice("order-answered", order=row.id, receipt=signed.digest, by=by)
    node.sequencer.run(
        [
            Touch(
                leaf=leaf,
                write=lambda tx: tx.orders.note(row.id, answered_at=now, answer=plain, receipt=signed.raw),
            )
        ]
    )
    return replace(row, answered_at=now, answer=plain, receipt=signed.raw)


def close(node: Node, row: OrderRow, why: str, *, by: bytes) -> Denied | None:
    """The order is over: withdrawn, or taken as answered. Codes: ORDER_OVER, WORDS_EMPTY."""
    plain = why.strip()
    if stage(row) == "closed":
        return Denied(code="ORDER_OVER", detail=row.id.hex())
    if not plain or len(plain) > WORDS_MAX or "\0" in plain:
        return Denied(code="WORDS_EMPTY", detail="")
    now = node.world.now()
    leaf = notice("order-closed", order=row.id, by=by)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.orders.note(row.id, closed_at=now, why=plain))])
    return None


def plain_name(name: str) -> str:
    """A file name without folders and without what could pass for something else."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter if letter.isprintable() and letter not in '"<>|:*?' else "_" for letter in last)
    return kept.strip(" .")[:NAME_MAX] or "file"
