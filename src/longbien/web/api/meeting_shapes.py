"""The shapes of meetings in the API.

What it knows: names, types, bounds. What it must never hold: a decision.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from longbien.node.meetings import MINUTES_MAX
from longbien.web.api.shapes import Digest, Given, Hex, Id, Taken


class MeetingAnswer(Given, frozen=True, kw_only=True):
    """The newest reply of a party; "" while there is none."""

    party: str
    answer: Literal["yes", "no", "delegate", ""]
    participants: tuple[str, ...]
    needs: str


class MeetingPosition(Given, frozen=True, kw_only=True):
    """Something that a party said."""

    party: str
    label: str
    text: str
    at: datetime


class MeetingFile(Given, frozen=True, kw_only=True):
    """A paper, by its digest; it travels beside the acts."""

    party: str
    name: str
    sha256: Hex
    language: str


class MeetingAction(Given, frozen=True, kw_only=True):
    """What the report says is to be done; `done_at` is this State's own note, `due_on` a date or ""."""

    place: int
    what: str
    owner: str
    due_on: str
    done_at: datetime | None


class Meeting(Given, frozen=True, kw_only=True):
    """A meeting. `text` are the minutes as this State keeps them; `proved`: the report names exactly them. `report` is that digest.

    `not_public` is why the minutes may not be published, "" where they may.
    """

    exchange: Id
    procedure: str
    title: str
    kind: str
    stage: str
    turn: Literal["ours", "theirs", "both", "nobody"]
    host: str
    practice: bool
    handling: str
    begins_at: datetime | None
    ends_at: datetime | None
    reply_by: datetime | None
    place: str
    language: str
    interpretation: tuple[str, ...]
    agenda: tuple[str, ...]
    minutes_rule: str
    answers: tuple[MeetingAnswer, ...]
    papers: tuple[MeetingFile, ...]
    positions: tuple[MeetingPosition, ...]
    present: tuple[str, ...]
    report: Digest | None
    lessons: str
    actions: tuple[MeetingAction, ...]
    agreed: tuple[str, ...]
    asked: tuple[str, ...]
    text: str
    proved: bool
    not_public: str


class MeetingList(Given, frozen=True, kw_only=True):
    """Meetings, the youngest first."""

    items: tuple[Meeting, ...]


class MinutesWanted(Taken, frozen=True, kw_only=True):
    """The text of the minutes."""

    text: Annotated[str, Meta(min_length=1, max_length=MINUTES_MAX)]


class ActionWanted(Taken, frozen=True, kw_only=True):
    """Whether an action is done, as far as this State knows."""

    done: bool
