"""The shapes of the API: what is taken and what is given, as JSON.

What it knows: names, types, bounds. What it must never hold: a decision. Times are RFC 3339 in UTC; identifiers and digests are hexadecimal;
a value that is not there is null. What is taken has no names beyond these; what is given may get more of them.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from longbien.node.queue import ORDERS, PAGE_MAX, VIEWS

Id = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", min_length=32, max_length=32, description="16 bytes")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64, description="SHA-256")]
Hex = Annotated[str, Meta(pattern="^([0-9a-f]{2})*$")]
PartyCode = Annotated[str, Meta(pattern="^[A-Z][A-Z0-9-]{1,15}$", max_length=16)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Language = Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
Moment = Annotated[datetime, Meta(tz=True)]
Limit = Annotated[int, Meta(ge=1, le=PAGE_MAX)]
Base64 = Annotated[
    str, Meta(pattern="^[A-Za-z0-9_-]*$", max_length=16384, description="base64url without padding")
]
View = Literal[VIEWS]  # type: ignore[valid-type]  # the views stand in one place
Order = Literal[ORDERS]  # type: ignore[valid-type]  # and so do the orders


class Given(Struct, frozen=True, kw_only=True):
    """What the API gives."""


class Taken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the API takes; a name that it does not know is refused."""


class Problem(Given, frozen=True, kw_only=True):
    """Why something was not done (RFC 9457). `code` is stable and is what a program goes by; `detail` names fields, never content."""

    type: str
    title: str
    status: int
    code: str
    detail: str


# Questions. Those that are times are written as times; seconds since 1970 are none.
MOMENTS = frozenset({"updated_since", "start", "end", "at"})


class NoQuery(Taken, frozen=True, kw_only=True):
    """Nothing is asked beyond the path."""


class QueueQuery(Taken, frozen=True, kw_only=True):
    """`q` is what one writes into the search box; `updated_since` gives what changed since then, the oldest change first."""

    view: View = "everything"
    q: Annotated[str, Meta(max_length=500)] = ""
    order: Order = "view"
    updated_since: Moment | UnsetType = UNSET
    limit: Limit = 50
    cursor: Annotated[str, Meta(max_length=200)] = ""
    office: Annotated[str, Meta(max_length=64)] = ""


class MatterQuery(Taken, frozen=True, kw_only=True):
    """In whose language and for which office."""

    language: Language = "en"
    office: Annotated[str, Meta(max_length=64)] = ""


class LanguageQuery(Taken, frozen=True, kw_only=True):
    """In whose language."""

    language: Language = "en"


class PeriodQuery(Taken, frozen=True, kw_only=True):
    """From one instant to before another; `practice` counts exercises and demonstrations, and nothing else."""

    start: Moment
    end: Moment
    practice: bool = False


class EventsQuery(Taken, frozen=True, kw_only=True):
    """What happened after the event of this number."""

    after: Annotated[int, Meta(ge=0, le=(1 << 53) - 1)] = 0
    limit: Limit = 100


class LogQuery(Taken, frozen=True, kw_only=True):
    """The newest first; `before` goes on behind a page."""

    before: Annotated[int, Meta(ge=1, le=(1 << 53) - 1)] | UnsetType = UNSET
    limit: Limit = 50


# Exchanges.


class DueOf(Given, frozen=True, kw_only=True):
    """The next clock of an exchange."""

    clock: str
    at: datetime
    statutory: bool


class Line(Given, frozen=True, kw_only=True):
    """An exchange in the queue. `stage` is "" while our opening waits for its host; `draft` is set where the line stands for a draft.
    `offices` are those of this node that its acts name, by id or by name.
    """

    exchange: Id
    procedure: str
    version: int
    opener: str
    others: tuple[str, ...]
    offices: tuple[str, ...]
    stage: str
    turn: Literal["ours", "theirs", "both", "nobody"]
    subject: str
    reference: str
    their_reference: str
    urgency: str
    trouble: str | None
    due: DueOf | None
    opened_at: datetime
    changed_at: datetime
    owner: str | None
    snoozed_until: datetime | None
    tags: tuple[str, ...]
    draft: Id | None
    act: str | None
    approvals: int


class LinePage(Given, frozen=True, kw_only=True):
    """Some lines; `cursor` goes on behind them, null at the end."""

    items: tuple[Line, ...]
    cursor: str | None


class ViewCount(Given, frozen=True, kw_only=True):
    """How many lines a view has; with `more`, that many and more."""

    view: str
    count: int
    more: bool


class Views(Given, frozen=True, kw_only=True):
    """The built-in views in their order."""

    items: tuple[ViewCount, ...]


class Handling(Given, frozen=True, kw_only=True):
    """Who sees to an exchange here."""

    owner: str | None
    snoozed_until: datetime | None
    reference: str
    tags: tuple[str, ...]


class HandlingWanted(Taken, frozen=True, kw_only=True):
    """What is to be noted, whole; what is left out is not there afterwards."""

    owner: Id | None = None
    snoozed_until: Moment | None = None
    reference: Annotated[str, Meta(max_length=120)] = ""
    tags: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(max_length=20)] = ()


class FieldRead(Given, frozen=True, kw_only=True):
    """A field of a body, read in one language; `value` is what was signed."""

    name: str
    label: str
    kind: str
    value: Any
    text: str
    written: bool
    missing: bool
    parts: tuple["FieldRead", ...]
    items: tuple["FieldRead", ...]


class Proof(Given, frozen=True, kw_only=True):
    """What a node proved about an act."""

    by: str
    kind: str
    code: str
    leaf: int
    at: datetime


class Waits(Given, frozen=True, kw_only=True):
    """Why an act has not arrived yet."""

    party: str
    reason: str
    tries: int
    next_try_at: datetime | None


class HappenedInMatter(Given, frozen=True, kw_only=True):
    """An act with what became of it."""

    kind: Literal["act", "waiting", "refused"]
    place: int
    at: datetime
    party: str
    office: str
    act: str
    label: str
    persons: int
    statement: Digest
    code: str
    body: tuple[FieldRead, ...]
    proofs: tuple[Proof, ...]
    waiting: tuple[Waits, ...]
    doubts: tuple[str, ...]


class Provenance(Given, frozen=True, kw_only=True):
    """Who stands behind an act; with a fault it is not what it says."""

    party: str
    node: str
    mode: str
    office: str
    office_name: str
    roles: tuple[str, ...]
    illustrative: bool
    call_back: str
    descriptor: int
    descriptor_ends_at: datetime | None
    known_since: datetime | None
    signed_at: datetime
    persons: int
    needed: int
    faults: tuple[str, ...]


class Yes(Given, frozen=True, kw_only=True):
    """The four yes, each with the time when it was first said."""

    delivered: datetime | None
    acknowledged: datetime | None
    accepted: datetime | None
    done: datetime | None


class Clock(Given, frozen=True, kw_only=True):
    """A running clock of an exchange."""

    clock: str
    label: str
    set_by: Literal["law", "asked", "target"]
    due_at: datetime
    article: str
    article_checked: bool


class NextAct(Given, frozen=True, kw_only=True):
    """An act of this side: open, or closed with a code."""

    act: str
    label: str
    help: str
    persons: int
    open: bool
    code: str
    detail: str
    stages: tuple[str, ...]


class Matter(Given, frozen=True, kw_only=True):
    """Everything about one exchange."""

    line: Line
    title: str
    article: str
    article_checked: bool
    stage_label: str
    stage_help: str
    terminal: bool
    roles: dict[str, str]
    host: str
    practice: bool
    quarantine: str | None
    opening: Provenance | None
    yes: Yes
    clocks: tuple[Clock, ...]
    events: tuple[HappenedInMatter, ...]
    next: tuple[NextAct, ...]
    drafts: tuple[Id, ...]


class ProvenanceList(Given, frozen=True, kw_only=True):
    """Who stands behind each act, in the order of the chain."""

    items: tuple[Provenance, ...]


# Drafts.


class DraftWanted(Taken, frozen=True, kw_only=True):
    """An act to be written: in an `exchange`, or opening one under a `procedure` with the parties `to`. The body is JSON as its schema has
    it; bytes are {"$hex": "…"}.
    """

    office: Name
    body: dict[str, Any]
    act: Annotated[str, Meta(max_length=64)] = ""
    exchange: Id | None = None
    procedure: Annotated[str, Meta(max_length=64)] | None = None
    to: Annotated[tuple[PartyCode, ...], Meta(max_length=255)] = ()


class Approved(Given, frozen=True, kw_only=True):
    """Somebody approved."""

    person: str
    at: datetime


class Draft(Given, frozen=True, kw_only=True):
    """A draft; `challenge` is what each officer's passkey signs. `statement` is set once it was sent."""

    draft: Id
    exchange: Id
    act: str
    office: str
    procedure: str
    challenge: Digest
    created_at: datetime
    needed: int
    approvals: tuple[Approved, ...]
    statement: Digest | None
    body: Any


class DraftList(Given, frozen=True, kw_only=True):
    """Drafts that wait for approval or for sending."""

    items: tuple[Draft, ...]


class AssertionResponse(
    Struct,
    frozen=True,
    kw_only=True,
    rename={"client_data": "clientDataJSON", "authenticator_data": "authenticatorData"},
):
    """As a browser gives it (Web Authentication, AuthenticatorAssertionResponseJSON)."""

    client_data: Base64
    authenticator_data: Base64
    signature: Base64


class PasskeyAssertion(Struct, frozen=True, kw_only=True):
    """As a browser gives it (Web Authentication, AuthenticationResponseJSON); other members are passed over."""

    id: Base64
    response: AssertionResponse


class Sent(Given, frozen=True, kw_only=True):
    """The act is signed and durable here; `placed` when this node keeps the order of the exchange."""

    exchange: Id
    statement: Digest
    placed: bool


class Delivery(Given, frozen=True, kw_only=True):
    """Where one act is."""

    statement: Digest
    leaf: int | None
    proofs: tuple[Proof, ...]
    waiting: tuple[Waits, ...]


# Law.


class ProcedureName(Given, frozen=True, kw_only=True):
    """A procedure in its newest version."""

    procedure: str
    version: int
    label: str
    article: str
    article_checked: bool
    rules: Digest


class ProcedureList(Given, frozen=True, kw_only=True):
    """Every procedure."""

    items: tuple[ProcedureName, ...]


class ActName(Given, frozen=True, kw_only=True):
    """An act of a procedure: who takes it, and how many approve it."""

    act: str
    label: str
    help: str
    persons: int
    by: tuple[str, ...]


class StageName(Given, frozen=True, kw_only=True):
    """A stage of a flow."""

    stage: str
    label: str
    waits_for: str
    terminal: bool


class ClockName(Given, frozen=True, kw_only=True):
    """A time rule of a procedure."""

    clock: str
    label: str
    statutory: bool
    article: str
    article_checked: bool


class Procedure(Given, frozen=True, kw_only=True):
    """A procedure with its acts, stages and clocks."""

    procedure: ProcedureName
    help: str
    opening_act: str
    from_roles: tuple[str, ...]
    to_roles: tuple[str, ...]
    acts: tuple[ActName, ...]
    stages: tuple[StageName, ...]
    clocks: tuple[ClockName, ...]


class BodyToCheck(Taken, frozen=True, kw_only=True):
    """A body that is not sent yet."""

    body: dict[str, Any]


class Gap(Given, frozen=True, kw_only=True):
    """What a body lacks, and how to mend it."""

    code: str
    path: str
    label: str
    mend: str


class Checked(Given, frozen=True, kw_only=True):
    """What a body lacks; nothing when it is complete."""

    complete: bool
    gaps: tuple[Gap, ...]


# Clocks, directory, ledger, node.


class RunningClock(Given, frozen=True, kw_only=True):
    """A clock that runs in some exchange; `reminders` are ms before it is due."""

    exchange: Id
    procedure: str
    clock: str
    label: str
    due_at: datetime
    statutory: bool
    reminders: tuple[int, ...]
    practice: bool


class ClockList(Given, frozen=True, kw_only=True):
    """Every running clock, the next one first."""

    items: tuple[RunningClock, ...]


class Office(Given, frozen=True, kw_only=True):
    """An office of a party, by its newest descriptor."""

    office: str
    name: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    hours: str
    call_back: str
    illustrative: bool


class Party(Given, frozen=True, kw_only=True):
    """A party that this node has pinned, or this node itself (`own`)."""

    party: str
    name: str
    node: str
    own: bool
    mode: str
    fingerprint: str
    descriptor: int
    descriptor_ends_at: datetime
    offices: tuple[Office, ...]
    last_reached_at: datetime | None
    waiting: int
    next_try_at: datetime | None
    reason: str


class PartyList(Given, frozen=True, kw_only=True):
    """The directory."""

    items: tuple[Party, ...]


class Papers(Given, frozen=True, kw_only=True):
    """What another State needs to pin this node; the fingerprint is compared by voice."""

    party: str
    fingerprint: str
    chain: Hex


class PinWanted(Taken, frozen=True, kw_only=True):
    """A party to be known from now on: its papers, the fingerprint that two officers compared, and the passkey of each of them."""

    chain: Annotated[str, Meta(pattern="^([0-9a-f]{2})*$", max_length=4_000_000)]
    fingerprint: Digest
    assertions: Annotated[tuple[PasskeyAssertion, ...], Meta(max_length=8)] = ()


class Pinned(Given, frozen=True, kw_only=True):
    """The party is known."""

    party: str
    node: str


class LedgerHead(Given, frozen=True, kw_only=True):
    """The newest signed head of this node's ledger, as a C2SP signed note; `cosigned` by party: up to which size."""

    size: int
    note: str
    cosigned: dict[str, int]


class Health(Given, frozen=True, kw_only=True):
    """The node answers."""

    status: Literal["ok"]


class Node(Given, frozen=True, kw_only=True):
    """This node."""

    party: str
    name: str
    mode: str
    now: datetime
    offices: tuple[str, ...]
    ledger_size: int
    peers: int
    waiting: int
    drafts: int


class Token(Given, frozen=True, kw_only=True):
    """The token that asks; never its text."""

    token: str
    name: str
    scopes: tuple[str, ...]
    office: str
    made_at: datetime
    expires_at: datetime


# Events and hooks.


class Event(Given, frozen=True, kw_only=True):
    """Something that happened: a kind and identifiers (CloudEvents names it `org.longbien.` and the kind)."""

    number: int
    kind: str
    at: datetime
    exchange: Id | None
    subject: str | None


class EventPage(Given, frozen=True, kw_only=True):
    """Events in order; ask again `after` the number of `next`."""

    items: tuple[Event, ...]
    next: int


class HookWanted(Taken, frozen=True, kw_only=True):
    """An address that is to be told; of these kinds, or of all."""

    url: Annotated[str, Meta(min_length=9, max_length=2000)]
    kinds: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=32)] = ()


class Hook(Given, frozen=True, kw_only=True):
    """An address that is told. `stopped` is why it is told no more."""

    hook: str
    url: str
    kinds: tuple[str, ...]
    made_at: datetime
    stopped: str | None


class HookMade(Given, frozen=True, kw_only=True):
    """A new hook with the secret by which it knows our letters; it is shown this once."""

    hook: Hook
    secret: str


class HookList(Given, frozen=True, kw_only=True):
    """Every hook."""

    items: tuple[Hook, ...]


class HookDelivery(Given, frozen=True, kw_only=True):
    """What a hook was told of one event."""

    event: int
    kind: str
    state: Literal["waiting", "told", "given_up"]
    tries: int
    status: int
    reason: str
    tried_at: datetime | None
    next_try_at: datetime | None


class HookLog(Given, frozen=True, kw_only=True):
    """What a hook was told, the newest event first."""

    items: tuple[HookDelivery, ...]


class Queued(Given, frozen=True, kw_only=True):
    """A hook will be told of this event."""

    event: int
