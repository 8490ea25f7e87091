"""Where an exchange stands: what its chain has established so far.

What it knows: the stage, the facts, the clocks and the length of the chain. What it must never know: how it came to be;
`step` is the only maker. (The word "state" is kept for countries.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from longbien.exchange.act import MAX_PARTIES, named
from longbien.law import Clock
from longbien.wire.cbor import Malformed, Value, decode, digest, encode
from longbien.wire.fields import Fields, checked_int

HEAD_BYTES = 32
# The officer's node looks at an exchange when an act is written, when it is sent and when it is answered for.
_KEPT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The fold of a chain.

    `roles` are (party, role) sorted by party. `latest` gives the position of the last act of each party that acted.
    `data` are the facts that effects wrote. `head` is SHA-256 of the last entry record.
    """

    exchange: bytes
    procedure: str
    version: int
    rules: bytes
    host: str
    opener: str
    roles: tuple[tuple[str, str], ...]
    stage: str
    position: int
    head: bytes
    data: Mapping[str, Value]
    latest: Mapping[str, int]
    clocks: tuple[Clock, ...]
    _content: bytes = field(init=False, default=b"", compare=False, repr=False)

    @property
    def parties(self) -> tuple[str, ...]:
        """Every party, sorted."""
        return tuple(party for party, _ in self.roles)

    def role_of(self, party: str) -> str | None:
        """The role that a party plays here, `None` for a stranger."""
        return dict(self.roles).get(party)

    def last_by_others(self, party: str) -> int:
        """The position of the last act that somebody else put on the chain, 0 if nobody did."""
        return max((place for other, place in self.latest.items() if other != party), default=0)

    @property
    def digest(self) -> bytes:
        """SHA-256 over everything but the head: it stands in the entry, whose digest is the head (P5)."""
        return digest(self.content)

    @property
    def content(self) -> bytes:
        """Everything but the head, encoded: once, because it is digested first and kept afterwards."""
        if not self._content:
            object.__setattr__(self, "_content", encode(self._value()))
        return self._content

    def under(self, head: bytes) -> "Standing":
        """The same with the head of the entry that led here."""
        moved = replace(self, head=head)
        object.__setattr__(moved, "_content", self.content)
        return moved

    def encode(self) -> bytes:
        """The bytes that a node keeps: content and head."""
        return encode([self.content, self.head])

    def _value(self) -> dict[str, Value]:
        return {
            "exchange": self.exchange,
            "procedure": self.procedure,
            "version": self.version,
            "rules": self.rules,
            "host": self.host,
            "opener": self.opener,
            "roles": [list(pair) for pair in self.roles],
            "stage": self.stage,
            "position": self.position,
            "data": self.data,
            "latest": self.latest,
            "clocks": [
                [clock.id, clock.due_at, clock.statutory, clock.acts, list(clock.reminders)]
                for clock in self.clocks
            ],
        }

    @staticmethod
    def decode(raw: bytes) -> "Standing":
        """The standing that `encode` made.

        Raises:
            Malformed: the bytes were not made by `encode`; the store is damaged.
        """
        return _decode(raw)


@lru_cache(maxsize=_KEPT)
def _decode(raw: bytes) -> Standing:
    match decode(raw):
        case [bytes() as content, bytes() as head] if len(head) == HEAD_BYTES:
            standing = _read(content, head)
        case _:
            raise Malformed("FIELD_TYPE", "standing")
    object.__setattr__(standing, "_content", content)
    return standing


def _read(content: bytes, head: bytes) -> Standing:
    fields = Fields(decode(content), "standing")
    standing = Standing(
        exchange=fields.bytes("exchange", size=16),
        procedure=fields.text("procedure", max=64),
        version=fields.int("version"),
        rules=fields.bytes("rules", size=32),
        host=fields.text("host", max=16),
        opener=fields.text("opener", max=16),
        roles=tuple(_pair(item) for item in fields.array("roles", max=MAX_PARTIES)),
        stage=fields.text("stage", max=64),
        position=fields.int("position"),
        head=head,
        data=named(fields.value("data"), "standing.data"),
        latest={
            party: checked_int(place, "standing.latest")
            for party, place in named(fields.value("latest"), "standing.latest").items()
        },
        clocks=tuple(_clock(item) for item in fields.array("clocks", max=64)),
    )
    fields.done()
    return standing


def _pair(value: Value) -> tuple[str, str]:
    match value:
        case [str() as party, str() as role]:
            return party, role
    raise Malformed("FIELD_TYPE", "standing.roles")


def _clock(value: Value) -> Clock:
    match value:
        case [
            str() as name,
            int() as due_at,
            bool() as statutory,
            (str() | None) as acts,
            list() as reminders,
        ]:
            spans = tuple(checked_int(span, "standing.clocks") for span in reminders)
            return Clock(id=name, due_at=due_at, statutory=statutory, acts=acts, reminders=spans)
    raise Malformed("FIELD_TYPE", "standing.clocks")
