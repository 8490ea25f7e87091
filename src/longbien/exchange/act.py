"""The act: one signed step that a party proposes in an exchange.

What it knows: the fields of an act and how they become bytes and come back. What it must never know: whether the act is
permitted. The bytes are the payload of a statement of kind "act" (docs/wire/07-exchange.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from longbien.wire.cbor import Malformed, Value, decode, encode
from longbien.wire.fields import Fields, checked_bytes, checked_int, checked_text

MAX_APPROVALS = 8
MAX_PARTIES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the first act of an exchange settles for good.

    `rules` is the digest of everything that decides (P5): a node that has other rules under the same name refuses.
    `parties` are all of them, sorted, the opener included; `host` keeps the order.
    """

    procedure: str
    version: int
    rules: bytes
    host: str
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's approval as the other side sees it.

    `person` is the officer's pseudonym (16 bytes), stable within the State; `assertion` commits to the passkey assertion
    over the draft's digest (SHA-256), which stays at home and can be opened on challenge. `at` is ms.
    """

    person: bytes
    office: str
    assertion: bytes
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One step.

    `id` makes two otherwise equal acts different. `seen_position` and `seen_head` name the end of the chain as the author
    knew it, so a late act is judged against what really happened. `made_at` (ms) is the author's claim and decides nothing.
    `passed` is for the law alone (`Situation.passed`): an act that is judged when it is sent and when its place comes back
    has its fields read through once.
    """

    id: bytes
    exchange: bytes
    name: str
    office: str
    seen_position: int
    seen_head: bytes
    made_at: int
    body: Mapping[str, Value]
    approvals: tuple[Approval, ...]
    opening: Opening | None
    passed: set[bytes] = field(init=False, default_factory=set, compare=False, repr=False)

    @property
    def persons(self) -> int:
        """How many different persons approved."""
        return len({approval.person for approval in self.approvals})

    def encode(self) -> bytes:
        """The payload bytes."""
        value: dict[str, Value] = {
            "id": self.id,
            "exchange": self.exchange,
            "act": self.name,
            "office": self.office,
            "seen": [self.seen_position, self.seen_head],
            "made_at": self.made_at,
            "body": self.body,
            "approvals": [[item.person, item.office, item.assertion, item.at] for item in self.approvals],
        }
        if self.opening is not None:
            value["opening"] = opening_value(self.opening)
        return encode(value)

    @classmethod
    def decode(cls, payload: bytes) -> "Act":
        """The act in these bytes.

        Raises:
            Malformed: with the code of the first field that is wrong; nothing else, whatever the bytes.
        """
        fields = Fields(decode(payload), "act")
        seen_position, seen_head = fields.array("seen", min=2, max=2)
        act = cls(
            id=fields.bytes("id", size=16),
            exchange=fields.bytes("exchange", size=16),
            name=fields.text("act", max=64),
            office=fields.text("office", max=64, min=0),
            seen_position=checked_int(seen_position, "act.seen"),
            seen_head=checked_bytes(seen_head, "act.seen", size=32),
            made_at=fields.int("made_at"),
            body=named(fields.value("body"), "act.body"),
            approvals=tuple(_approval(item) for item in fields.array("approvals", max=MAX_APPROVALS)),
            opening=read_opening(fields.map("opening")) if fields.has("opening") else None,
        )
        fields.done()
        return act


def opening_value(opening: Opening) -> dict[str, Value]:
    """The opening as a CBOR map."""
    return {
        "procedure": opening.procedure,
        "version": opening.version,
        "rules": opening.rules,
        "host": opening.host,
        "parties": list(opening.parties),
    }


def named(value: Value, where: str) -> Mapping[str, Value]:
    """A map whose keys are all text, in the order of their encodings."""
    if not isinstance(value, (dict, Mapping)):
        raise Malformed("FIELD_TYPE", where)
    return {checked_text(key, where, max=64): item for key, item in value.items()}


def read_opening(fields: Fields) -> Opening:
    """The opening in a CBOR map; raises `Malformed`, PARTIES_NOT_SORTED beside the codes of `Fields`."""
    opening = Opening(
        procedure=fields.text("procedure", max=64),
        version=fields.int("version", min=1, max=65535),
        rules=fields.bytes("rules", size=32),
        host=fields.text("host", max=16),
        parties=fields.texts("parties", max=16, items=MAX_PARTIES),
    )
    if opening.parties != tuple(sorted(set(opening.parties))):
        raise Malformed("PARTIES_NOT_SORTED", "act.opening.parties")
    fields.done()
    return opening


def _approval(value: Value) -> Approval:
    if not isinstance(value, list) or len(value) != 4:
        raise Malformed("FIELD_TYPE", "act.approvals")
    person, office, assertion, at = value
    return Approval(
        person=checked_bytes(person, "act.approvals.person", size=16),
        office=checked_text(office, "act.approvals.office", max=64),
        assertion=checked_bytes(assertion, "act.approvals.assertion", size=32),
        at=checked_int(at, "act.approvals.at"),
    )
