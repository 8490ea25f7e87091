"""Who may ask for what: one policy for each route, and one function that applies it.

What it knows: roles, offices, who sees to an exchange, where it stands. What it must never know: HTTP, pages. Default deny: what a
policy does not name is refused, and a route without a policy does not exist (`table`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from longbien.node.roles import SIGNING, Role

# Whoever works on cases of the own office reads them; operators and auditors do not.
CASE: Final = frozenset(
    {Role.DUTY, Role.LAWYER, Role.APPROVER, Role.INVESTIGATOR, Role.ANALYST, Role.PRIVACY}
)
WRITING: Final = CASE - {Role.PRIVACY}
SIGNERS: Final = SIGNING
AUDIT: Final = frozenset({Role.AUDITOR, Role.PRIVACY})
RUNNING: Final = frozenset({Role.OPERATOR})
EVERYBODY: Final = frozenset(Role)


class Subject(StrEnum):
    """What a route is about."""

    NOTHING = "nothing"
    EXCHANGE = "exchange"
    DRAFT = "draft"
    SHEET = "sheet"
    EVIDENCE = "evidence"
    CASE = "case"
    ORDER = "order"
    TRAINING = "training"


class Ownership(StrEnum):
    """Whose something is, for the person who asks."""

    MINE = "mine"
    COLLEAGUE = "colleague"
    FREE = "free"
    OTHER_OFFICE = "other-office"


class Where(StrEnum):
    """Where an exchange stands, as far as a policy cares."""

    OPEN = "open"
    ENDED = "ended"
    QUARANTINED = "quarantined"


class Level(IntEnum):
    """How sure a session is of who sits there: a code for a first passkey, a code from the person's own other browser, a passkey."""

    ENROL = 0
    CODE = 1
    PASSKEY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What has to hold before a route answers.

    `who`: one of these roles; empty only with `public`, and with `board` (the token of a wallboard, and no person at all). `owners`:
    whose it may be. `stages`: where it may stand. `level`: how sure the session must be.
    """

    who: frozenset[Role] = frozenset()
    public: bool = False
    board: bool = False
    subject: Subject = Subject.NOTHING
    owners: frozenset[Ownership] = frozenset(Ownership)
    stages: frozenset[Where] = frozenset(Where)
    level: Level = Level.CODE

    def __post_init__(self) -> None:
        if (bool(self.who), self.public, self.board).count(True) != 1:
            raise ValueError("a policy is for named roles, for everybody or for a wallboard, and says which")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a route is about, as it stands now."""

    ownership: Ownership
    where: Where


IN_OFFICE: Final = frozenset({Ownership.MINE, Ownership.COLLEAGUE, Ownership.FREE})
MINE: Final = frozenset({Ownership.MINE})
MINE_OR_FREE: Final = frozenset({Ownership.MINE, Ownership.FREE})
OPEN: Final = frozenset({Where.OPEN})


def reading(who: frozenset[Role], subject: Subject = Subject.EXCHANGE) -> Policy:
    """Looking at something of the own office, wherever it stands."""
    return Policy(who=who, subject=subject, owners=IN_OFFICE)


# What is noted of an exchange here: no act, and nothing that another State hears of.
NOTING: Final = Policy(who=WRITING, subject=Subject.EXCHANGE, owners=IN_OFFICE)
TAKING: Final = Policy(who=WRITING, subject=Subject.EXCHANGE, owners=IN_OFFICE, stages=OPEN)
HELD: Final = Policy(who=WRITING, subject=Subject.EXCHANGE, owners=MINE)


def decide(
    policy: Policy,
    roles: Collection[str] | None,
    facts: Facts | None,
    *,
    level: int = Level.PASSKEY,
    board: bool = False,
) -> str:
    """The code of the refusal, "" where the policy allows it.

    `roles` is `None` while nobody is signed in; `board`: the token of a wallboard was brought. Codes: SIGN_IN, BOARD_WANTED, ROLE_OTHER,
    PASSKEY_WANTED, NOT_YOURS (of another office: as if it did not exist), OWNER_OTHER, STAGE_OTHER.
    """
    if policy.public:
        return ""
    if policy.board:
        return "" if board else "BOARD_WANTED"
    if roles is None:
        return "SIGN_IN"
    if level < policy.level:
        return "PASSKEY_WANTED"
    if not policy.who.intersection(roles):
        return "ROLE_OTHER"
    return "" if policy.subject is Subject.NOTHING else _about(policy, facts)


def _about(policy: Policy, facts: Facts | None) -> str:
    if facts is None or facts.ownership is Ownership.OTHER_OFFICE:
        return "NOT_YOURS"
    if facts.ownership not in policy.owners:
        return "OWNER_OTHER"
    if facts.where not in policy.stages:
        return "STAGE_OTHER"
    return ""
