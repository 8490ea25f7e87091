"""Several lines of the queue at once: who sees to them, tags, rest. Nothing here is an act; no other State hears of it.

What it knows: the three things that can be noted of many lines, each under the policy that holds for one line. What it must never offer:
anything that signs, refuses or answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from longbien.law import Labels
from longbien.node import Denied
from longbien.node import queue as queues
from longbien.node.handling import Handled, handle, handled
from longbien.web.asked import Asked, Reply, hex_bytes, refused
from longbien.web.console import Console
from longbien.web.lines import Line, lines
from longbien.web.policy import HELD, NOTING, TAKING, Policy, Subject, decide
from longbien.web.screens.matter import REST_MS

MANY_MAX: Final = 200
POLICIES: Final[Mapping[str, Policy]] = {
    "assign": TAKING,
    "free": HELD,
    "rest": HELD,
    "tag": NOTING,
    "untag": NOTING,
}

Change = Callable[[Handled], Handled]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one line; `code` is "" where it was done."""

    exchange: bytes
    reference: str
    procedure: Labels
    code: str


def many(console: Console, asked: Asked) -> Reply:
    """Every line that was ticked, and what became of each."""
    do = asked.written("do")
    change = _change(console, asked, do)
    if change is None:
        return refused("CHOICE_MISSING", asked)
    ticked = tuple(dict.fromkeys(hex_bytes(item, 16) for item in asked.all_written("x")))[:MANY_MAX]
    if not ticked:
        return refused("NOTHING_TICKED", asked)
    with console.node.store.transaction() as tx:
        held = tx.queue.find(ticked)
        items = queues.items(tx, tuple(held[exchange] for exchange in ticked if exchange in held))
    outcomes = [_outcome(console, asked, line, POLICIES[do], change) for line in lines(console, asked, items)]
    back = asked.written("back")
    values = {"do": do, "outcomes": outcomes, "back": back if back.startswith("/queue?") else "/queue"}
    return Reply(page="many.html", values=values)


def colleagues(console: Console, asked: Asked) -> list[tuple[str, str]]:
    """Who can see to something in the reader's office: pseudonym and name."""
    with console.node.store.transaction() as tx:
        people = tx.desk.officers()
    return [
        (one.person.hex(), one.name)
        for one in people
        if one.active and one.office == asked.officer.office and TAKING.who.intersection(one.roles)
    ]


def _change(console: Console, asked: Asked, do: str) -> Change | None:
    """What is noted of each line, `None` where the form does not say it whole."""
    tag, span, to = asked.written("tag").strip(), REST_MS.get(asked.written("span")), asked.written("to")
    if do == "assign" and to in dict(colleagues(console, asked)):
        return lambda now: replace(now, owner=bytes.fromhex(to), snoozed_until=None)
    if do == "free":
        return lambda now: replace(now, owner=None)
    if do == "rest" and span is not None:
        until = console.node.world.now() + span
        return lambda now: replace(now, snoozed_until=until)
    if do == "tag" and tag:
        return lambda now: replace(now, tags=tuple(dict.fromkeys((*now.tags, tag))))
    if do == "untag" and tag:
        return lambda now: replace(now, tags=tuple(held for held in now.tags if held != tag))
    return None


def _outcome(console: Console, asked: Asked, line: Line, policy: Policy, change: Change) -> Outcome:
    """Under the policy of one line alone: whoever may not do it to one may not do it to many."""
    session, exchange = asked.session, line.item.line.exchange
    assert session is not None
    facts, _ = console.subjects.about(Subject.EXCHANGE, {"exchange": exchange.hex()}, session)
    code = decide(policy, session.officer.roles, facts, level=console.level(session))
    if not code:
        now = handled(console.node, exchange)
        done = handle(console.node, exchange, change(now), by=asked.officer.person, seen=now.changed_at)
        code = done.code if isinstance(done, Denied) else ""
    return Outcome(exchange=exchange, reference=line.item.reference, procedure=line.procedure, code=code)
