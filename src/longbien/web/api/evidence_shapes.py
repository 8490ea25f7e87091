"""The shapes of evidence in the API: lots, items, custody, works, holds.

What it knows: names, types, bounds. What it must never hold: a key, or a byte of evidence.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from longbien.evidence.manifest import METHODS, SOURCE_KINDS
from longbien.web.api.shapes import Digest, Given, Id, Name, PartyCode, PasskeyAssertion, Taken

Text = Annotated[str, Meta(max_length=256)]
ItemNumber = Annotated[int, Meta(ge=1, le=1 << 31)]
Reason = Annotated[str, Meta(min_length=1, max_length=400)]
Size = Annotated[int, Meta(ge=0)]
DigestSaid = Annotated[str, Meta(pattern="^(sha256:[0-9a-f]{64})?$", max_length=71)]


class LotsQuery(Taken, frozen=True, kw_only=True):
    """Those of one exchange, or every one."""

    exchange: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$", max_length=32)] = ""


class HoldQuery(Taken, frozen=True, kw_only=True):
    """Which hold is to be signed."""

    reason: Annotated[str, Meta(max_length=400)] = ""
    lift: bool = False


class FileQuery(Taken, frozen=True, kw_only=True):
    """What is said of a file; `digest` is what the tool that took it gave, and `acquired_at` has its zone."""

    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    declared: Annotated[str, Meta(max_length=129)] = ""
    description: Annotated[str, Meta(max_length=4000)] = ""
    source_kind: Literal[("", *SOURCE_KINDS)] = ""  # type: ignore[valid-type]  # the kinds stand in one place
    source: Text = ""
    make: Text = ""
    model: Text = ""
    serial: Text = ""
    tool: Text = ""
    tool_version: Text = ""
    method: Literal[METHODS] = "other"  # type: ignore[valid-type]
    acquired_at: Annotated[str, Meta(max_length=40)] = ""
    by: Text = ""
    digest: DigestSaid = ""
    copy_of: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$", max_length=64)] = ""
    redacted: bool = False


class UseCondition(Taken, frozen=True, kw_only=True):
    """A condition of use in a manifest: its kind, and its words."""

    kind: Annotated[str, Meta(pattern="^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$", max_length=64)]
    text: Annotated[str, Meta(max_length=2000)] = ""


class LotWanted(Taken, frozen=True, kw_only=True):
    """A lot for an exchange that is there or, with `to`, for one that a request will open."""

    office: Name
    exchange: Id | None = None
    to: Annotated[tuple[PartyCode, ...], Meta(max_length=250)] = ()
    conditions: Annotated[tuple[UseCondition, ...], Meta(max_length=64)] = ()


class ExportWanted(Taken, frozen=True, kw_only=True):
    """A file for a court: one signed archive, or that and the evidence itself in a bag, which opens every item."""

    form: Literal["court", "bag"] = "court"
    languages: Annotated[
        tuple[Annotated[str, Meta(pattern="^[a-z]{2,3}$", max_length=3)], ...], Meta(max_length=7)
    ] = ()
    handed_to: Text = ""
    office: Annotated[str, Meta(max_length=64)] = ""


class HoldWanted(Taken, frozen=True, kw_only=True):
    """A hold, or its end, with the passkeys of two officers over its challenge."""

    reason: Reason
    lift: bool = False
    assertions: Annotated[tuple[PasskeyAssertion, ...], Meta(max_length=8)] = ()


class Hold(Given, frozen=True, kw_only=True):
    """How it stands: `held` is the reason of a hold that stands, `challenge` what two officers sign for what was asked."""

    exchange: Id
    held: str | None
    challenge: Digest


class DestructionQuery(Taken, frozen=True, kw_only=True):
    """What is asked about: why, and the numbers of items with commas between them, none for all."""

    why: Annotated[str, Meta(max_length=400)] = ""
    items: Annotated[str, Meta(max_length=4096, pattern=r"^([0-9]{1,10}(,[0-9]{1,10})*)?$")] = ""


class DestructionWanted(Taken, frozen=True, kw_only=True):
    """Items to be destroyed for good, none named for all of them, with the passkeys of two officers over the challenge."""

    why: Reason
    items: Annotated[tuple[ItemNumber, ...], Meta(max_length=1000)] = ()
    assertions: Annotated[tuple[PasskeyAssertion, ...], Meta(max_length=8)] = ()


class Destruction(Given, frozen=True, kw_only=True):
    """How many items of a lot are not destroyed yet, what stands against it (a hold), and what two officers sign for what was asked."""

    manifest: Id
    left: int
    held: str | None
    challenge: Digest


class LotLine(Given, frozen=True, kw_only=True):
    """A lot: how many items are where (noted, here, fetchable, locked, gone), and how many this node has verified."""

    manifest: Id
    exchange: Id
    issuer: str
    office: str
    made_at: datetime
    sealed: bool
    items: int
    size: Size
    states: dict[str, int]
    verified: int
    verified_at: datetime | None
    unbroken: bool
    hold: str | None


class LotList(Given, frozen=True, kw_only=True):
    """Lots, the newest first."""

    items: tuple[LotLine, ...]


class LookedAt(Given, frozen=True, kw_only=True):
    """Every byte was read and compared."""

    party: str
    office: str
    person: str
    at: datetime


class EvidenceItem(Given, frozen=True, kw_only=True):
    """One item; its name is harmless, `looks_like` what its first bytes say until it is sealed."""

    number: int
    name: str
    size: Size
    declared: str
    description: str
    digests: dict[str, str]
    state: str
    looks_like: str
    verified: tuple[LookedAt, ...]


class Going(Given, frozen=True, kw_only=True):
    """An act of ours that names it: when its keys went, or what they wait for (place, conditions, stopped, soon)."""

    act: Digest
    to: str
    keys_sent_at: datetime | None
    waits_for: str


class Keeping(Given, frozen=True, kw_only=True):
    """How long it is kept, and why that ends."""

    until: datetime | None
    because: str
    hold: str | None


class Lot(Given, frozen=True, kw_only=True):
    """Everything about a lot; `digests` are what acts name, none before it is sealed."""

    line: LotLine
    digests: tuple[str, ...]
    audience: tuple[str, ...]
    conditions: tuple[str, ...]
    items: tuple[EvidenceItem, ...]
    going: tuple[Going, ...]
    keeping: Keeping | None


class FileNoted(Given, frozen=True, kw_only=True):
    """A file belongs to a lot; `agrees` says whether its first bytes fit its declared type, null where they say nothing."""

    manifest: Id
    number: int
    size: Size
    sha256: Digest
    looks_like: str
    agrees: bool | None


class CustodyEvent(Given, frozen=True, kw_only=True):
    """One touch, and the codes of what does not fit about it."""

    item: int
    at: datetime
    touch: str
    party: str
    office: str
    person: str
    other: str
    place: str
    tool: str
    note: str
    findings: tuple[str, ...]


class Custody(Given, frozen=True, kw_only=True):
    """Every touch of every item, in an order that no link contradicts."""

    unbroken: bool
    items: tuple[CustodyEvent, ...]


class Work(Given, frozen=True, kw_only=True):
    """Something that takes long. It is over when `ended_at` is there; `code` says why it came to nothing. A work of an export that went well has a
    file.
    """

    work: Id
    kind: Literal["seal", "fetch", "verify", "export"]
    exchange: Id
    begun_at: datetime
    done: Size
    whole: Size
    rate: int
    left: int | None
    ended_at: datetime | None
    code: str
    detail: str
    file: bool
