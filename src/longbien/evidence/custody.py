"""A custody event: one touch of one evidence item, signed by whoever touched it.

Knows which touches there are and how an event becomes bytes and comes back (docs/wire/10-manifest.md). It must never
know whether the touch was allowed. An event is one record with one encoding: as a leaf of the toucher's ledger it is
signed by the head above it, and as the payload of a statement of kind "custody" it goes to the other side.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from longbien.evidence.manifest import DIGEST_BYTES, ID_BYTES
from longbien.ledger import records
from longbien.ledger.records import Notice, Scalar, notice
from longbien.wire.cbor import digest
from longbien.wire.fields import Fields
from longbien.wire.statement import PARTY, PARTY_CHARACTERS_MAX, Statement
from longbien.wire.wellformed import Malformed

KIND: Final = "custody"
NO_EVENT: Final = bytes(DIGEST_BYTES)
"""What the first event of a chain names as the one before."""

PERSON_BYTES: Final = 16
OFFICE_MAX: Final = 64
TEXT_MAX: Final = 256


class Touch(StrEnum):
    """What was done with the item."""

    COLLECTED = "collected"
    SEALED = "sealed"
    SENT = "sent"
    RECEIVED = "received"
    VERIFIED = "verified"
    OPENED = "opened"
    COPIED = "copied"
    REDACTED = "redacted"
    HANDED_TO_COURT = "handed-to-court"
    DELETED = "deleted"


_TOUCH: Final = re.compile("|".join(Touch))
_OTHER: Final = re.compile(f"(?:{PARTY.pattern})?")
# Touches between two parties name the other one; those that make a new item of an old one name the old one's SHA-256.
WITH_OTHER: Final = frozenset({Touch.SENT, Touch.RECEIVED})
WITH_ORIGINAL: Final = frozenset({Touch.COPIED, Touch.REDACTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One touch.

    `manifest` (16 bytes), `item` (its number) and `sha256` (of the plaintext) say of what; `party`, `office` and
    `person` (pseudonym, 16 bytes, or empty for a machine) say by whom; `at` (ms) is the toucher's own clock, a claim.
    `previous` is the digest of the event before as the toucher knew it. `other` is the party that it was sent to or
    received from. `original` is the SHA-256 of what a copy or redaction was made from.
    """

    touch: Touch
    manifest: bytes
    item: int
    sha256: bytes
    party: str
    office: str
    person: bytes
    at: int
    previous: bytes
    other: str = ""
    original: bytes = b""
    place: str = ""
    tool: str = ""
    note: str = ""

    def record(self) -> Notice:
        """The event as a record of a ledger."""
        fields: dict[str, Scalar] = {name: getattr(self, name) for name in self.__slots__}
        return notice(KIND, **{**fields, "touch": str(self.touch)})

    def encode(self) -> bytes:
        """The bytes: of the ledger's record, and of the statement's payload. They are read back first. Codes: those
        of `read`.
        """
        raw = records.encode(self.record())
        read(raw)
        return raw

    @property
    def digest(self) -> bytes:
        """SHA-256 of the bytes: how the next event names this one."""
        return digest(self.encode())


def read(raw: bytes) -> Event:
    """Reads an event. Raises `Malformed`: CBOR_…, FIELD_…, RECORD_…, CUSTODY_KIND, and the codes of `of_record`."""
    record = records.decode(raw)
    if not isinstance(record, Notice) or record.kind != KIND:
        raise Malformed("CUSTODY_KIND", record.kind)
    return of_record(record)


def of_record(record: Notice) -> Event:
    """The event that a record of a ledger is.

    Raises `Malformed`: FIELD_…, CUSTODY_OTHER (another party where none belongs, or none), CUSTODY_ORIGINAL (the same
    of an original).
    """
    fields = Fields(dict(record.fields), KIND)
    event = Event(
        touch=Touch(fields.text("touch", max=TEXT_MAX, form=_TOUCH)),
        manifest=fields.bytes("manifest", size=ID_BYTES),
        item=fields.int("item", min=1),
        sha256=fields.bytes("sha256", size=DIGEST_BYTES),
        party=fields.text("party", max=PARTY_CHARACTERS_MAX, form=PARTY),
        office=fields.text("office", max=OFFICE_MAX),
        person=fields.bytes("person", max=PERSON_BYTES),
        at=fields.int("at"),
        previous=fields.bytes("previous", size=DIGEST_BYTES),
        other=fields.text("other", min=0, max=PARTY_CHARACTERS_MAX, form=_OTHER),
        original=fields.bytes("original", max=DIGEST_BYTES),
        place=fields.text("place", min=0, max=TEXT_MAX),
        tool=fields.text("tool", min=0, max=TEXT_MAX),
        note=fields.text("note", min=0, max=records.MAX_NOTICE_TEXT),
    )
    fields.done()
    if len(event.person) not in {0, PERSON_BYTES}:
        raise Malformed("FIELD_RANGE", "custody.person")
    if (event.touch in WITH_OTHER) != bool(event.other) or event.other == event.party:
        raise Malformed("CUSTODY_OTHER", event.touch)
    if len(event.original) != (DIGEST_BYTES if event.touch in WITH_ORIGINAL else 0):
        raise Malformed("CUSTODY_ORIGINAL", event.touch)
    return event


def of_statement(statement: Statement) -> Event:
    """The event that a verified statement tells; nobody speaks for another: `Malformed` CUSTODY_KIND, CUSTODY_ISSUER."""
    if statement.kind != KIND:
        raise Malformed("CUSTODY_KIND", statement.kind)
    event = read(statement.payload)
    if event.party != statement.issuer:
        raise Malformed("CUSTODY_ISSUER", event.party)
    return event
