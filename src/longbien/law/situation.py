"""What the engine is asked and what it answers: four records.

Knows the shapes that travel between the law and the exchange. It must never know a procedure, a treaty or a
clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from longbien.wire.cbor import Value

# Facts of an exchange, or the body of an act: names to values that CBOR can carry.
Facts: TypeAlias = Mapping[str, Value]
NewFacts: TypeAlias = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One act before its decision.

    `party` is the State or organisation that acts, `parties` are all of the exchange. `stage` is None before the opening act. `role` is a role of the flow ("requesting", "requested") or
    "machine". `data` holds the facts so far. `at` is the host's order time, in ms since the epoch, UTC.
    `persons` counts the distinct people who approved. `offices` are the roles of the acting office ("poc",
    "ca" …). `saw_latest` says that the author had seen everything that the other parties had put on the
    chain. `opening` may hold `from_state` and `to_states`, the true issuer and addressees; where it does, the
    body of an opening act must agree with them. `passed` are the digests of the rules whose fields this very body has
    been found to fit: the same question is not asked twice of one act.
    """

    party: str
    parties: tuple[str, ...]
    stage: str | None
    role: str
    act: str
    body: Facts
    data: Facts
    at: int
    persons: int
    offices: tuple[str, ...]
    saw_latest: bool
    opening: Facts = field(default_factory=dict)
    passed: set[bytes] = field(default_factory=set, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock that runs: when it is due, whether the law or only the product set it, what the machine then
    does.

    `acts` names the machine act that the clock triggers. `reminders` are spans in ms before `due_at`, longest
    first.
    """

    id: str
    due_at: int
    statutory: bool
    acts: str | None = None
    reminders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The act is not in order. `detail` holds machine words (field paths, ids), never what a person wrote."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The act is in order: the row that allowed it, the new stage, all facts, all running clocks, what to
    announce.

    `doubts` hold what guards over dated facts say of an act that the host has ordered; they change nothing.
    """

    row: str
    to: str
    data: Facts
    clocks: tuple[Clock, ...]
    notices: tuple[str, ...]
    doubts: tuple[Refusal, ...] = ()
