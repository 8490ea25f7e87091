"""A page on its way through a policy: raised, awake, acknowledged, closed.

What it knows: which step is due at an instant. What it must never know: who stands behind a target, or whether a call arrived. Being awake
is no acknowledgement: it buys a little time, and then the next step is called as if nobody had answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from longbien.duty.policy import MINUTE, Policy, Step


class Stage(StrEnum):
    """Where a page is. The last two end it."""

    RAISED = "raised"
    AWAKE = "awake"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


ENDED = frozenset({Stage.ACKNOWLEDGED, Stage.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """What decides about the next call. `step`: how many steps were called so far; `next_at`: when the next is due."""

    stage: Stage
    urgent: bool
    step: int
    next_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The page after an instant, and the step to call now, if any."""

    page: Paged
    call: Step | None


def advance(page: Paged, policy: Policy, at: int, *, failed: bool = False) -> Move:
    """What is due at an instant, called late or twice as often as one likes. `failed`: nobody of the last step could be reached at all, so
    waiting for an answer makes no sense; once every step was called, it waits all the same.
    """
    hurry = failed and page.stage is Stage.RAISED and page.step < len(policy.steps)
    early = at < page.next_at and not hurry
    # A clock that was set back must not silence a page for longer than any step waits.
    longest = max(policy.awake, *(step.wait for step in policy.steps))
    if page.stage in ENDED or (early and page.next_at - at <= longest):
        return Move(page=page, call=None)
    if policy.quiet is not None and not page.urgent and policy.quiet.holds(at):
        return Move(page=replace(page, next_at=at + MINUTE), call=None)
    step = policy.steps[page.step % len(policy.steps)]
    moved = replace(page, stage=Stage.RAISED, step=page.step + 1, next_at=at + step.wait)
    return Move(page=moved, call=step)


def storming(raised: Sequence[int], policy: Policy, at: int) -> bool:
    """Whether so many pages that were raised at these instants are a storm."""
    return sum(at - policy.storm < item <= at for item in raised) >= policy.storm_pages
