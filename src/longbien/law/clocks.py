"""When a clock is due.

Knows how a time rule and a fact make a due time. It must never know which stage an exchange is in, nor what
time it is.
"""

from functools import lru_cache

from longbien.law import facts
from longbien.law.instants import DAY, HOUR, MINUTE, after_working_days
from longbien.law.rules import ClockRule, Rules
from longbien.law.situation import Clock, Facts


def due(rule: ClockRule, start: int) -> int:
    """The ms at which `rule` is due when it starts at `start` (ms)."""
    span = rule.days * DAY + rule.hours * HOUR + rule.minutes * MINUTE
    return after_working_days(start, rule.working_days) + span


def running(rules: Rules, stage: str, data: Facts) -> tuple[Clock, ...]:
    """All clocks that run in `stage` with the facts `data`, soonest first; a clock without its fact does not
    run.
    """
    clocks = []
    for name in rules.flow.stages[stage].clocks:
        rule = rules.clocks[name]
        start = facts.number(data, rule.start)
        if start is not None:
            clocks.append(
                Clock(
                    id=rule.id,
                    due_at=due(rule, start),
                    statutory=rule.statutory,
                    acts=rule.acts,
                    reminders=_before(rule.remind_hours),
                )
            )
    if len(clocks) > 1:
        clocks.sort(key=lambda clock: (clock.due_at, clock.id))
    return tuple(clocks)


@lru_cache
def _before(hours: tuple[int, ...]) -> tuple[int, ...]:
    """The same spans in ms; the rules know a handful of them."""
    return tuple(span * HOUR for span in hours)
