"""The shapes of cases in the API.

What it knows: names, types, bounds. What it must never hold: a decision.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from longbien.web.api.shapes import Digest, Given, Id, Moment, Name, Taken

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Short = Annotated[str, Meta(max_length=120)]
Line = Annotated[str, Meta(max_length=400)]


class CaseWanted(Taken, frozen=True, kw_only=True):
    """A new case of an office."""

    office: Name
    title: Title
    reference: Short = ""
    note: Annotated[str, Meta(max_length=8000)] = ""


class CaseChange(Taken, frozen=True, kw_only=True):
    """A case as it is to be, whole."""

    title: Title
    reference: Short = ""
    note: Annotated[str, Meta(max_length=8000)] = ""
    closed: bool = False


class LinkWanted(Taken, frozen=True, kw_only=True):
    """An exchange, and why it belongs to a case."""

    exchange: Id
    why: Line = ""


class TaskWanted(Taken, frozen=True, kw_only=True):
    """Something to do."""

    text: Annotated[str, Meta(min_length=1, max_length=400)]
    person: Id | None = None
    due_at: Moment | None = None


class TaskMark(Taken, frozen=True, kw_only=True):
    """Whether it is done."""

    done: bool


class CaseLine(Given, frozen=True, kw_only=True):
    """A case in one line."""

    case: Id
    office: str
    title: str
    reference: str
    made_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    links: int
    open_tasks: int


class CaseList(Given, frozen=True, kw_only=True):
    """Cases, the newest change first."""

    items: tuple[CaseLine, ...]


class CaseLink(Given, frozen=True, kw_only=True):
    """An exchange of a case."""

    exchange: Id
    procedure: str
    stage: str
    why: str
    linked_at: datetime


class CaseRight(Given, frozen=True, kw_only=True):
    """What a party is in one exchange."""

    exchange: Id
    role: str


class CaseMember(Given, frozen=True, kw_only=True):
    """A party that takes part."""

    party: str
    rights: tuple[CaseRight, ...]


class CaseParty(Given, frozen=True, kw_only=True):
    """A party of an agreement."""

    party: str
    agreed_at: datetime | None
    signed_at: datetime | None
    left: bool


class CaseAgreement(Given, frozen=True, kw_only=True):
    """An agreement among the exchanges of a case."""

    exchange: Id
    in_force: bool
    text_version: int
    ends_on: datetime | None
    parties: tuple[CaseParty, ...]


class CaseTask(Given, frozen=True, kw_only=True):
    """Something to do, or done."""

    task: int
    text: str
    person: str | None
    due_at: datetime | None
    done_at: datetime | None


class CaseEvent(Given, frozen=True, kw_only=True):
    """Something that happened in one of the exchanges; `kind` is act, waiting or refused."""

    exchange: Id
    at: datetime
    party: str
    office: str
    act: str
    kind: str
    statement: Digest


class CaseEntity(Given, frozen=True, kw_only=True):
    """Something that is named, and where."""

    kind: str
    value: str
    exchanges: tuple[Id, ...]


class Case(Given, frozen=True, kw_only=True):
    """Everything about a case. `evidence` are the manifests that belong to its exchanges."""

    line: CaseLine
    note: str
    exchanges: tuple[CaseLink, ...]
    members: tuple[CaseMember, ...]
    agreements: tuple[CaseAgreement, ...]
    tasks: tuple[CaseTask, ...]
    timeline: tuple[CaseEvent, ...]
    entities: tuple[CaseEntity, ...]
    evidence: tuple[Id, ...]
