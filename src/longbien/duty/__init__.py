"""Who is on duty, and whom to call next: rosters, policies, and the stages of a page.

What it knows: local time, turns, steps, waits. What it must never know: a clock of its own, a store, a channel. Persons are 16-byte
pseudonyms; times are milliseconds since 1970 in UTC unless they are named local.
"""

from longbien.duty.escalation import Move, Paged, Stage, advance, storming
from longbien.duty.policy import Policy, Quiet, Step, Target, lint, read_policy
from longbien.duty.reading import DutyFault
from longbien.duty.roster import Layer, Override, Roster, Shift, gaps, next_after, on_duty, shift_at, shifts
from longbien.duty.written import read_roster, with_override, without_override

__all__ = [
    "DutyFault",
    "Layer",
    "Move",
    "Override",
    "Paged",
    "Policy",
    "Quiet",
    "Roster",
    "Shift",
    "Stage",
    "Step",
    "Target",
    "advance",
    "gaps",
    "lint",
    "next_after",
    "on_duty",
    "read_policy",
    "read_roster",
    "shift_at",
    "shifts",
    "storming",
    "with_override",
    "without_override",
]
