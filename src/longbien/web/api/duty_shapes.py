"""The shapes of duty in the API: rosters, swaps, pages, hand-overs, and the numbers of a wall.

What it knows: names, types, bounds. What it must never hold: a decision, or the code of a call: whoever has it is taken for the person called.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from longbien.node.duty import ROSTER_MAX
from longbien.node.handover import TEXT_MAX
from longbien.node.raising import KINDS
from longbien.node.replies import WHY_MAX
from longbien.web.api.shapes import Digest, Given, Id, Moment, Taken

DAYS_MAX = 60
# A text message of a few parts.
REPLY_MAX = 500
Kind = Literal[KINDS]  # type: ignore[valid-type]  # the kinds stand in one place


class ShiftsQuery(Taken, frozen=True, kw_only=True):
    """Who is on duty now, or was `at` an instant; and the shifts of so many days from now."""

    at: Moment | UnsetType = UNSET
    days: Annotated[int, Meta(ge=1, le=DAYS_MAX)] = 14


class PagesQuery(Taken, frozen=True, kw_only=True):
    """Open pages; with `ended` the newest, open or not. Of one kind, where it is named."""

    kind: Kind | UnsetType = UNSET
    ended: bool = False


class Person(Given, frozen=True, kw_only=True):
    """An officer."""

    person: Id
    name: str


class Turn(Given, frozen=True, kw_only=True):
    """A shift, or a gap in which everybody is called."""

    person: Person | None
    since: datetime
    until: datetime


class Shifts(Given, frozen=True, kw_only=True):
    """Who is on duty at an instant and next, what is wrong with the roster ahead (`CODE detail`), and the shifts from now on."""

    office: str
    at: datetime
    on_duty: Person | None
    until: datetime | None
    next: Person | None
    next_from: datetime | None
    warnings: tuple[str, ...]
    turns: tuple[Turn, ...]


class Plan(Given, frozen=True, kw_only=True):
    """A roster or a policy as a person wrote it (TOML); `warnings` is what is wrong with a roster ahead."""

    office: str
    text: str
    made_at: datetime
    warnings: tuple[str, ...]


class PlanWanted(Taken, frozen=True, kw_only=True):
    """A roster that is in force from now on, whole (TOML)."""

    text: Annotated[str, Meta(min_length=1, max_length=ROSTER_MAX)]


class OverrideWanted(Taken, frozen=True, kw_only=True):
    """A person who is on duty instead of everybody else."""

    person: Id
    since: Moment
    until: Moment


class Swap(Given, frozen=True, kw_only=True):
    """`proposer` gives the shift `gives` and takes `takes`, which is of `asked`. `challenge` is what `asked` signs with a passkey to accept."""

    swap: Id
    office: str
    proposer: Person
    asked: Person
    gives_since: datetime
    gives_until: datetime
    takes_since: datetime
    takes_until: datetime
    made_at: datetime
    outcome: Literal["", "accepted", "declined", "withdrawn"]
    challenge: Digest


class SwapList(Given, frozen=True, kw_only=True):
    """The swaps that wait for an answer, the oldest first."""

    items: tuple[Swap, ...]


class SwapWanted(Taken, frozen=True, kw_only=True):
    """`person` offers the own shift at the instant `gives` for the colleague's at `takes`."""

    person: Id
    gives: Moment
    takes: Moment


class Said(Taken, frozen=True, kw_only=True):
    """The person who says it, through a program of the office."""

    person: Id


class Closing(Taken, frozen=True, kw_only=True):
    """The person who says that nobody need be called any more, and why."""

    person: Id
    why: Annotated[str, Meta(min_length=1, max_length=WHY_MAX)]


class Reply(Taken, frozen=True, kw_only=True):
    """What a person wrote back to a call (`OK 7F3K`, or the code alone), as a gateway heard it."""

    text: Annotated[str, Meta(min_length=1, max_length=REPLY_MAX)]


class Heard(Given, frozen=True, kw_only=True):
    """How far the page is now; what it is about is not for a gateway."""

    stage: Literal["awake", "closed"]


class PageCall(Given, frozen=True, kw_only=True):
    """A call of a page; `reason` is the code of the last failure."""

    person: Id
    channel: str
    step: int
    made_at: datetime
    sent_at: datetime | None
    tries: int
    reason: str


class Page(Given, frozen=True, kw_only=True):
    """What calls people. `count` is how many pages it stands for; `storm` is the page that calls in its place."""

    page: Id
    kind: Kind
    urgency: str
    office: str
    exchange: Id | None
    stage: Literal["raised", "awake", "acknowledged", "closed"]
    raised_at: datetime
    steps: int
    count: int
    storm: Id | None
    awake: Person | None
    awake_at: datetime | None
    ended: Person | None
    ended_at: datetime | None
    why: str
    calls: tuple[PageCall, ...]


class PageList(Given, frozen=True, kw_only=True):
    """Open pages, the oldest first; or the newest first, where ended ones were asked for."""

    items: tuple[Page, ...]


class Handed(Given, frozen=True, kw_only=True):
    """One thing on a list: what it is (an exchange, a party, a page), what about it (a clock, a reason, a kind), and when."""

    what: str
    about: str
    at: datetime | None


class HandedList(Given, frozen=True, kw_only=True):
    """One of the lists of a hand-over."""

    name: Literal["open", "acknowledge", "due", "snoozed", "peers", "pages"]
    items: tuple[Handed, ...]


class Handover(Given, frozen=True, kw_only=True):
    """A hand-over. Its name is the SHA-256 that both sign with a passkey: first who leaves, then who comes."""

    handover: Digest
    office: str
    at: datetime
    until: datetime
    leaves: Person
    comes: Person
    text: str
    lists: tuple[HandedList, ...]
    stage: Literal["made", "half-signed", "handed-over"]


class HandoverList(Given, frozen=True, kw_only=True):
    """Those on their way, then those that both have signed, each the newest first."""

    items: tuple[Handover, ...]


class HandoverWanted(Taken, frozen=True, kw_only=True):
    """Who leaves, who comes, and what has to be said beyond the lists of the node."""

    leaves: Id
    comes: Id
    text: Annotated[str, Meta(max_length=TEXT_MAX)] = ""


class Wallboard(Given, frozen=True, kw_only=True):
    """The numbers of an office, or of every one: nothing of a case."""

    acknowledge: int
    approval: int
    due: int
    expiring: int
    pages: int
    unreached: int
    on_duty: int
    at: datetime
