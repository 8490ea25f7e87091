"""The draft: what officers approve, before their node turns it into an act.

What it knows: exactly what an approval covers. What it must never know: who approved.

A passkey signs the digest of the draft. The draft is the act without the approvals themselves and without what the
officers do not decide: the end of the chain and the moment of sending. So an approval stays good when the other side
writes in between, and covers every word that is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from longbien.exchange.act import Act, Approval, Opening, named, opening_value, read_opening
from longbien.wire.cbor import Value, decode, digest, encode
from longbien.wire.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An act in the making; the fields mean what they mean in `Act`."""

    id: bytes
    exchange: bytes
    name: str
    office: str
    body: Mapping[str, Value]
    opening: Opening | None

    def encode(self) -> bytes:
        """The bytes whose SHA-256 the passkeys sign."""
        value: dict[str, Value] = {
            "id": self.id,
            "exchange": self.exchange,
            "act": self.name,
            "office": self.office,
            "body": self.body,
        }
        if self.opening is not None:
            value["opening"] = opening_value(self.opening)
        return encode(value)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the encoded draft: the challenge of every approval."""
        return digest(self.encode())

    @classmethod
    def decode(cls, raw: bytes) -> "Draft":
        """The draft that `encode` made.

        Raises:
            Malformed: with the code of the first field that is wrong.
        """
        fields = Fields(decode(raw), "draft")
        draft = cls(
            id=fields.bytes("id", size=16),
            exchange=fields.bytes("exchange", size=16),
            name=fields.text("act", max=64),
            office=fields.text("office", max=64, min=0),
            body=named(fields.value("body"), "draft.body"),
            opening=read_opening(fields.map("opening")) if fields.has("opening") else None,
        )
        fields.done()
        return draft

    @classmethod
    def of(cls, act: Act) -> "Draft":
        """The draft that an act came from."""
        return cls(
            id=act.id,
            exchange=act.exchange,
            name=act.name,
            office=act.office,
            body=act.body,
            opening=act.opening,
        )

    def act(
        self, *, seen_position: int, seen_head: bytes, made_at: int, approvals: tuple[Approval, ...]
    ) -> Act:
        """The act that is sent with these approvals at this moment."""
        return Act(
            id=self.id,
            exchange=self.exchange,
            name=self.name,
            office=self.office,
            seen_position=seen_position,
            seen_head=seen_head,
            made_at=made_at,
            body=self.body,
            approvals=approvals,
            opening=self.opening,
        )
