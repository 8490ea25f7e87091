"""A policy: who is called, over which channels, how long each step waits, and what is said before it is relied on.

What it knows: steps as a person writes them, and the mistakes that leave a night without anybody. What it must never know: whether
a channel works.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from longbien.duty.reading import DutyFault, known, number, person, table, tables, taken, texts
from longbien.duty.roster import local

MINUTE = 60_000
# The target for an emergency (ms): by then everybody of the office should have been called.
EMERGENCY_TARGET = 30 * MINUTE
ON_DUTY, NEXT, EVERYONE = "on-duty", "next", "everyone"
WORDS = (ON_DUTY, NEXT, EVERYONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a step calls: one of `WORDS`, or a person."""

    word: str
    person: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Everybody named is called over every channel named, in this order; then `wait` (ms) before the next step."""

    targets: tuple[Target, ...]
    channels: tuple[str, ...]
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Local hours in which nobody is called for what is not urgent."""

    zone: str
    opens: time
    closes: time

    def holds(self, at: int) -> bool:
        """Whether it is quiet."""
        now = local(ZoneInfo(self.zone), at).time()
        if self.opens < self.closes:
            return self.opens <= now < self.closes
        return now >= self.opens or now < self.closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Steps one after the other; after the last one the first begins again, until somebody acknowledges or closes. Times in ms.

    `awake`: how long somebody who is awake may do nothing. `storm_pages` within `storm` become one page. A page is raised `clock` before
    a clock of the law is due that nobody owns, and when a peer is out of reach for an urgent act for `peer`. `test_day` and `test_hour`
    (UTC) are when each month's test page goes out, `None` for never.
    """

    steps: tuple[Step, ...]
    awake: int = 10 * MINUTE
    storm_pages: int = 5
    storm: int = 5 * MINUTE
    clock: int = 240 * MINUTE
    peer: int = 15 * MINUTE
    quiet: Quiet | None = None
    test_day: int | None = None
    test_hour: int = 9


_KEYS = (
    "step",
    "awake_minutes",
    "storm_pages",
    "storm_minutes",
    "clock_minutes",
    "peer_minutes",
    "quiet",
    "test_day",
    "test_hour",
)


def read_policy(text: str, people: Mapping[str, bytes]) -> Policy:
    """The policy in a text; `people` are the persons of the office by name.

    Raises:
        DutyFault: with its code.
    """
    found = table(text)
    known(found, _KEYS)
    steps = tuple(
        _step(item, f"step {place}: ", people) for place, item in enumerate(tables(found, "step"), start=1)
    )
    if not steps:
        raise DutyFault("DUTY_KEY_MISSING", "write at least one [[step]]")
    day = 24 * 60
    return Policy(
        steps=steps,
        awake=number(found, "awake_minutes", "", 10, highest=day) * MINUTE,
        storm_pages=number(found, "storm_pages", "", 5, highest=1000),
        storm=number(found, "storm_minutes", "", 5, highest=day) * MINUTE,
        clock=number(found, "clock_minutes", "", 240, highest=31 * day) * MINUTE,
        peer=number(found, "peer_minutes", "", 15, highest=31 * day) * MINUTE,
        quiet=_quiet(taken(found, "quiet", dict, "")) if "quiet" in found else None,
        test_day=number(found, "test_day", "", 1, highest=28) if "test_day" in found else None,
        test_hour=number(found, "test_hour", "", 9, highest=23),
    )


def lint(
    policy: Policy, *, channels: Collection[str], reach: Mapping[bytes, Collection[str]]
) -> tuple[str, ...]:
    """What is wrong with a policy that can be read, as `CODE detail`.

    `channels` are those that the node is set up for; `reach` has every person of the office, with the channels that have an address.

    Codes: POLICY_CHANNEL_UNKNOWN, POLICY_ONE_CHANNEL, POLICY_NOT_EVERYONE, POLICY_LATE, POLICY_SAME_TWICE, POLICY_NOBODY_REACHED.
    """
    return tuple(_mistakes(policy, channels, reach))


def _mistakes(
    policy: Policy, channels: Collection[str], reach: Mapping[bytes, Collection[str]]
) -> Iterator[str]:
    used = {channel for step in policy.steps for channel in step.channels}
    for channel in sorted(used - set(channels)):
        yield f"POLICY_CHANNEL_UNKNOWN {channel}"
    if len(used) == 1:
        yield f"POLICY_ONE_CHANNEL {next(iter(used))}"
    spent = 0
    for place, step in enumerate(policy.steps, start=1):
        if any(target.word == EVERYONE for target in step.targets):
            if spent > EMERGENCY_TARGET:
                yield f"POLICY_LATE step {place} begins after {spent // MINUTE} minutes"
            break
        spent += step.wait
    else:
        yield "POLICY_NOT_EVERYONE no step calls everyone"
    for place, (one, other) in enumerate(pairwise(policy.steps), start=2):
        if one.targets == other.targets and one.channels == other.channels:
            yield f"POLICY_SAME_TWICE step {place} repeats the one before it"
    for place, step in enumerate(policy.steps, start=1):
        usable = set(step.channels) & set(channels)
        named = {target.person for target in step.targets if target.person is not None}
        asked = named if len(named) == len(step.targets) else set(reach)
        lost = sorted(item.hex() for item in asked if not usable & set(reach.get(item, ())))
        if lost and (named or len(lost) == len(asked)):
            yield f"POLICY_NOBODY_REACHED step {place}: {' '.join(lost)}"


def _step(found: Mapping[str, Any], where: str, people: Mapping[str, bytes]) -> Step:
    known(found, ("to", "channels", "wait_minutes"), where)
    targets = tuple(
        Target(word=word)
        if word in WORDS
        else Target(word="person", person=person(word, {**dict.fromkeys(WORDS, b""), **people}, where))
        for word in texts(found, "to", where)
    )
    channels = texts(found, "channels", where)
    wait = number(found, "wait_minutes", where, 5, highest=24 * 60)
    return Step(targets=targets, channels=channels, wait=wait * MINUTE)


def _quiet(found: Mapping[str, Any]) -> Quiet:
    known(found, ("zone", "from", "until"), "quiet.")
    zone = taken(found, "zone", str, "quiet.")
    if zone not in available_timezones():
        raise DutyFault("DUTY_ZONE_UNKNOWN", zone)
    return Quiet(
        zone=zone, opens=taken(found, "from", time, "quiet."), closes=taken(found, "until", time, "quiet.")
    )
