"""The pouch: requests and answers carried as a file, when there is no network or none that anybody trusts.

What it knows: the file. What it must never know: what is inside. A pouch holds the same requests that HTTPS would carry, and
the pouch that comes back holds the same sealed answers with the same receipts. Every step may be done twice, in any order with
the network: an act takes effect once, and the same question gets the same receipt (promise P3).
"""

from dataclasses import dataclass

from longbien.keys import Refused
from longbien.node import Node, NotAdmitted, Tell, untold
from longbien.node.carried import recall, remember, tidy
from longbien.node.delivery import REQUEST_BYTES_MAX, read_request
from longbien.wire import cbor
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields

FORMAT = "longbien-pouch/1"
# What a person can still send by mail; more goes into the next pouch.
POUCH_BYTES_MAX = 64 << 20
REQUESTS_MAX = 256
# The header of the file and of one item in it, generously.
_FRAME_BYTES = 256
REQUESTS, ANSWERS = "requests", "answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pouch:
    """`kind` is "requests" or "answers"; `sender` and `to` are parties; `items` are sealed, in order."""

    kind: str
    sender: str
    to: str
    items: tuple[bytes, ...]

    def encode(self) -> bytes:
        """The bytes of the file."""
        return cbor.encode(
            {
                "format": FORMAT,
                "kind": self.kind,
                "from": self.sender,
                "to": self.to,
                "items": list(self.items),
            },
            limit=POUCH_BYTES_MAX,
        )

    @classmethod
    def decode(cls, raw: bytes) -> "Pouch":
        """The pouch in these bytes; raises `Malformed`, POUCH_FORMAT for another kind of file."""
        fields = Fields(cbor.decode(raw, limit=POUCH_BYTES_MAX), "pouch")
        if fields.text("format", max=32) != FORMAT:
            raise Malformed("POUCH_FORMAT", "format")
        if fields.text("kind", max=16) not in {REQUESTS, ANSWERS}:
            raise Malformed("POUCH_KIND", "kind")
        pouch = cls(
            kind=fields.text("kind", max=16),
            sender=fields.text("from", max=16),
            to=fields.text("to", max=16),
            items=fields.byte_strings("items", max=2 * REQUEST_BYTES_MAX, items=REQUESTS_MAX),
        )
        fields.done()
        return pouch


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A pouch of requests: how many acts and other things are in it, and how many must wait for the next one."""

    pouch: Pouch
    items: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The pouch that goes back; `refused` are the codes of requests that no answer can be sealed for."""

    pouch: Pouch
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a pouch of answers was worth.

    `receipted` items have their receipts now, `known` had them before, `waiting` still wait; `reasons` are codes of what waits
    and of answers that are about no request of this node.
    """

    receipted: int
    known: int
    waiting: int
    reasons: tuple[str, ...]


def pack(node: Node, peer: str, tell: Tell = untold) -> Packed:
    """Everything that waits for a peer, as far as it fits. The outbox keeps all of it until receipts come.

    Raises:
        Malformed: why nothing can be sealed for this peer: PEER_NOT_PINNED and the codes of `keys.seal_key_for`.
    """
    now = node.world.now()
    key = node.directory.seal_key(peer, now)
    if isinstance(key, Refused):
        raise Malformed(key.code, key.detail)
    # Keys and custody that may go by now are queued first: this may be the only way for weeks.
    node.evidence.tend()
    with node.store.transaction() as tx:
        tidy(tx, peer)
        whole = tx.outbox.count(peer=peer)
    items: list[bytes] = []
    size = packed = 0
    for sent in node.delivery.collect_all(peer, key):
        size += len(sent.body) + _FRAME_BYTES
        if len(items) == REQUESTS_MAX or size > POUCH_BYTES_MAX:
            break
        with node.store.transaction() as tx:
            remember(tx, sent, at=now)
        items.append(sent.body)
        packed += len(sent.rows)
        tell(packed, whole)
    pouch = Pouch(kind=REQUESTS, sender=node.party, to=peer, items=tuple(items))
    return Packed(pouch=pouch, items=packed, left=max(0, whole - packed))


def answer(node: Node, pouch: Pouch, tell: Tell = untold) -> Answered:
    """The pouch that goes back; a request that makes no sense holds up none of the others (P11).

    Raises:
        Malformed: POUCH_OTHER_ADDRESSEE, POUCH_KIND, PEER_NOT_PINNED.
    """
    _check(node, pouch, REQUESTS)
    if pouch.sender not in node.directory.parties:
        raise Malformed("PEER_NOT_PINNED", pouch.sender)
    answers: list[bytes] = []
    refused: list[str] = []
    for done, item in enumerate(pouch.items, start=1):
        try:
            answers.append(node.reception.receive(item))
        except NotAdmitted as refusal:
            refused.append(refusal.code)
        tell(done, len(pouch.items))
    back = Pouch(kind=ANSWERS, sender=node.party, to=pouch.sender, items=tuple(answers))
    return Answered(pouch=back, refused=tuple(refused))


def settle(node: Node, pouch: Pouch, tell: Tell = untold) -> Settled:
    """Every receipt in a pouch of answers is believed as one over the network would be, and no other.

    Raises:
        Malformed: POUCH_OTHER_ADDRESSEE, POUCH_KIND.
    """
    _check(node, pouch, ANSWERS)
    receipted = known = waiting = 0
    reasons: list[str] = []
    for done, item in enumerate(pouch.items, start=1):
        try:
            about = node.delivery.open_answer(item).request
        except Malformed as fault:
            reasons.append(fault.code)
            continue
        with node.store.transaction() as tx:
            sent = recall(tx, about)
            here = frozenset() if sent is None else tx.outbox.here(row.id for row in sent.rows)
        if sent is None or sent.peer != pouch.sender:
            reasons.append("POUCH_UNKNOWN")
            continue
        delivered = node.delivery.settle(sent, item)
        with node.store.transaction() as tx:
            left = tx.outbox.here(here)
        receipted += len(here - left)
        known += len(sent.rows) - len(here)
        waiting += len(left)
        reasons += [delivered.reason] if left and delivered.reason else []
        tell(done, len(pouch.items))
    return Settled(receipted=receipted, known=known, waiting=waiting, reasons=tuple(dict.fromkeys(reasons)))


def contents(pouch: Pouch) -> tuple[int, int]:
    """How many envelopes a pouch holds and how many bytes they have, without opening one.

    An answer is one envelope; a request that cannot be read counts as one.
    """
    envelopes = 0
    for item in pouch.items:
        try:
            envelopes += len(read_request(item).envelopes) if pouch.kind == REQUESTS else 1
        except Malformed:
            envelopes += 1
    return envelopes, sum(map(len, pouch.items))


def _check(node: Node, pouch: Pouch, kind: str) -> None:
    if pouch.kind != kind:
        raise Malformed("POUCH_KIND", pouch.kind)
    if pouch.to != node.party:
        raise Malformed("POUCH_OTHER_ADDRESSEE", pouch.to)
