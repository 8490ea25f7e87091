"""What officers of a simulated world decide to do next: mostly what the law allows, sometimes what it does not.

What it knows: the table of moves, and how an officer reads it from a screen that may be out of date. What it must never do: act.
"""

import random
from dataclasses import dataclass

from longbien.exchange import Standing
from longbien.exercise.bodies import WRITTEN, Body, opening
from longbien.exercise.cast import lawbook
from longbien.law import MACHINE, Row
from longbien.store.exchange_rows import ExchangeRow

PROCEDURES = ("preservation", "preservation", "stored-data-access")

# Acts that end a matter at once are rarer than in a fair throw, and acts that move it on are likelier, so that exchanges grow.
_ENDINGS = frozenset({"withdraw", "wrong_state", "refuse", "not_found", "cannot", "redirect", "release"})
# They leave a matter in its stage, and the next step waits for them all the same.
_OPENS_THE_WAY = frozenset({"accept_use_conditions"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What an officer is about to draft: an opening `to` somebody under `procedure`, or `act` in `exchange`."""

    act: str
    body: Body
    persons: int
    exchange: bytes = b""
    procedure: str = ""
    to: str = ""


def begin(chance: random.Random, *, party: str, others: list[str], at: int, serial: int) -> Intent:
    """A new request to one of the others."""
    procedure, to = chance.choice(PROCEDURES), chance.choice(others)
    body = opening(procedure, party=party, to=to, at=at, urgent=chance.random() < 0.5, serial=serial)
    return Intent(act="open", body=body, persons=2, procedure=procedure, to=to)


def go_on(chance: random.Random, row: ExchangeRow, *, party: str, at: int) -> Intent | None:
    """A further act in an exchange; `None` when this officer finds nothing to do."""
    standing = Standing.decode(row.standing)
    rules = lawbook().rules(standing.procedure, standing.version)
    role = standing.role_of(party)
    assert rules is not None and role is not None, "the exchange is in the store of a party to it"
    if chance.random() < 0.1:
        # An officer who does not look: any act of the flow, whosever it is and whenever it is due.
        weights = {move.act: 1 for move in rules.flow.rows if move.by != MACHINE}
    else:
        open_now = [row for row in rules.flow.rows if (row.stage, row.by) == (standing.stage, role)]
        weights = {move.act: _weight(move) for move in open_now}
    if not weights:
        return None
    act = chance.choices(list(weights), list(weights.values()))[0]
    if act not in WRITTEN:
        return None
    persons = rules.acts[act].persons
    if persons and chance.random() < 0.05:
        persons -= 1
    return Intent(act=act, body=WRITTEN[act](at), persons=persons, exchange=row.id)


def _weight(move: Row) -> int:
    if move.act in _ENDINGS:
        return 1
    return 2 if move.to == move.stage and move.act not in _OPENS_THE_WAY else 8
