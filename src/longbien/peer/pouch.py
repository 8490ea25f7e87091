"""The pouch: requests and answers carried as a file, when there is no network or none that anybody trusts.

What it knows: the file. What it must never know: what is inside. A pouch holds the same requests that HTTPS would carry, and
the pouch that comes back holds the same sealed answers with the same receipts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from longbien.node import Consignment, Delivered, Node, NotAdmitted
from longbien.node.delivery import REQUEST_BYTES_MAX
from longbien.wire import cbor
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields

FORMAT = "longbien-pouch/1"
POUCH_BYTES_MAX = 1 << 30
REQUESTS_MAX = 256


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
        pouch = cls(
            kind=fields.text("kind", max=16),
            sender=fields.text("from", max=16),
            to=fields.text("to", max=16),
            items=fields.byte_strings("items", max=2 * REQUEST_BYTES_MAX, items=REQUESTS_MAX),
        )
        fields.done()
        return pouch


def pack(node: Node, peer: str) -> tuple[Pouch, tuple[Consignment, ...]]:
    """Everything that may go to a peer now, at most one request for each lane. The outbox keeps it all until answers come."""
    found = [node.delivery.collect(peer, lane) for lane in (0, 1)]
    consignments = tuple(sent for sent in found if sent is not None)
    items = tuple(sent.body for sent in consignments)
    return Pouch(kind="requests", sender=node.party, to=peer, items=items), consignments


def answer(node: Node, pouch: Pouch) -> Pouch:
    """The pouch that goes back.

    Raises:
        Malformed: POUCH_OTHER_ADDRESSEE, POUCH_KIND, and the codes of `NotAdmitted`.
    """
    _check(node, pouch, "requests")
    try:
        items = tuple(node.reception.receive(item) for item in pouch.items)
    except NotAdmitted as refusal:
        raise Malformed(refusal.code, pouch.sender) from refusal
    return Pouch(kind="answers", sender=node.party, to=pouch.sender, items=items)


def settle(node: Node, consignments: Sequence[Consignment], pouch: Pouch) -> tuple[Delivered, ...]:
    """What the answers settled, for the requests that `pack` made; raises `Malformed` as `answer`, and POUCH_COUNT."""
    _check(node, pouch, "answers")
    if len(pouch.items) != len(consignments):
        raise Malformed("POUCH_COUNT", str(len(pouch.items)))
    return tuple(
        node.delivery.settle(sent, item) for sent, item in zip(consignments, pouch.items, strict=True)
    )


def _check(node: Node, pouch: Pouch, kind: str) -> None:
    if pouch.kind != kind:
        raise Malformed("POUCH_KIND", pouch.kind)
    if pouch.to != node.party:
        raise Malformed("POUCH_OTHER_ADDRESSEE", pouch.to)
