"""Each safeguard holds twice: at the sender, and again at the receiver when the sender cheats.

A cheating node runs the same rules under the same digest with every guard taken out, so it signs and sends what nobody may.
"""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from longbien.exercise.cast import OFFICE, lawbook
from longbien.law import Flow, Lawbook
from longbien.node import Denied, Sent

from .land import Land
from .playbook import Line, Play, read_line
from .test_playbooks import BOOK, body


@cache
def lax() -> Lawbook:
    """The law as a cheat would have it."""
    book = lawbook()
    return replace(
        book,
        procedures={key: replace(rules, flow=_open(rules.flow)) for key, rules in book.procedures.items()},
    )


def _open(flow: Flow) -> Flow:
    table = {key: tuple(replace(row, guards=()) for row in rows) for key, rows in flow.table.items()}
    return replace(flow, table=table)


@dataclass(frozen=True)
class Attempt:
    """What a cheat tries after the lines before: `changes` to the plain body, `without` some fields, by so few `persons`."""

    procedure: str
    before: str
    step: str
    code: str
    changes: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    persons: int = 2


CONDITION = [{"kind": "use_limit", "text": "In the case named only (invented)."}]
VARIANTS = {
    "answer#conditional": {"conditions": CONDITION},
    "open#exculpatory": {"new_use": "exculpatory_disclosure"},
}
ANSWERED = "VN open, RU acknowledge, RU route, RU accept, RU authorise, RU answer#conditional"

# By the side that does not host: the host answers with a signed rejection that says why.
GUESTS = [
    Attempt("preservation", "", "VN open", "TWO_PERSONS_NEEDED", persons=1),
    Attempt("preservation", "", "VN open", "FIELDS_MISSING", without=("safeguards",)),
    Attempt("preservation", "", "VN open", "BASIS_NOT_OPEN", {"legal_basis": [{"instrument": "hanoi"}]}),
    Attempt("preservation", "", "VN open", "PARTY_MISMATCH", {"from_state": "KZ"}),
    Attempt("stored-data-access", "", "VN open", "TWO_PERSONS_NEEDED", persons=1),
    Attempt("stored-data-access", ANSWERED, "VN confirm_receipt", "CONDITIONS_NOT_ACCEPTED"),
    Attempt("extradition", "", "VN open", "SCOPE_LIMB_CLOSED", {"scope_limb": "c"}),
    Attempt("emergency-disclosure", "", "VN open", "TWO_PERSONS_NEEDED", persons=1),
    Attempt("police-information-request", "", "VN open", "FIELDS_MISSING", without=("purpose",)),
    Attempt("spontaneous-information", "VN open", "RU acknowledge", "ACT_NOT_NOW"),
    Attempt("use-and-onward-consent", "VN open, RU acknowledge", "VN report_use", "CONSENT_MISSING"),
    Attempt("joint-investigation", "VN open, KZ decline", "KZ agree", "PARTY_HAS_LEFT", {"text_version": 1}),
    Attempt("joint-investigation", "VN open", "RU agree", "TEXT_OTHER_VERSION", {"text_version": 7}),
]

# By the host itself: the other side does not follow, and keeps what it was sent.
HOSTS = [
    Attempt("preservation", "VN open, RU acknowledge", "RU order", "", without=("authorisation",)),
    Attempt("preservation", "VN open, RU acknowledge", "RU order", "", {"days": 10}),
    Attempt("preservation", "VN open, RU acknowledge", "RU refuse", "", {"reason": {"code": "FISCAL", "text": "x"}}),
    Attempt("stored-data-access", "VN open, RU acknowledge, RU route, RU accept", "RU authorise", "", without=("authorisation",)),
    Attempt("stored-data-access", "VN open, RU acknowledge, RU route", "RU refuse", "", {"reason": {"code": "ESSENTIAL", "text": "x"}}),
    Attempt("stored-data-access", "VN open, RU acknowledge, RU route", "RU accept", "", persons=1),
    Attempt("stored-data-access", "VN open, RU acknowledge, RU route", "RU accept", "", without=("rights_check",)),
    Attempt("emergency-disclosure", "VN open, RU acknowledge", "RU disclose", ""),
    Attempt("use-and-onward-consent", "VN open#exculpatory, RU acknowledge", "RU decline", ""),
    Attempt("asset-trace-freeze", "VN open, RU acknowledge, RU route, RU accept, RU authorise, RU freeze, RU intend_to_lift", "RU lift", ""),
    Attempt("spontaneous-information", "VN open", "VN deliver", ""),
]  # fmt: skip


def name(attempt: Attempt) -> str:
    what = attempt.code or ", ".join((*attempt.without, *attempt.changes)) or f"{attempt.persons} persons"
    return f"{attempt.procedure}: {attempt.step}: {what}"


def staged(attempt: Attempt) -> tuple[Land, bytes | None, Line, dict]:
    """The nodes after the lines before, and the body that the cheat would send."""
    rules = BOOK.rules(attempt.procedure)
    assert rules is not None
    parties = ("VN", "RU", "KZ") if rules.flow.host == rules.flow.opener else ("VN", "RU")
    play = Play(attempt.procedure, "a cheat", parties, "", (), VARIANTS)
    land, exchange = Land(parties), None
    for written in filter(None, attempt.before.split(", ")):
        line = read_line(written)
        land.later(line.later)
        exchange = land.take(line, rules, body(rules, play, line, land.now), exchange, list(parties[1:]))
    line = read_line(attempt.step)
    land.later(line.later)
    plain = {**body(rules, play, line, land.now), **attempt.changes}
    return land, exchange, line, {key: value for key, value in plain.items() if key not in attempt.without}


def tried(land: Land, exchange: bytes | None, line: Line, written: dict, attempt: Attempt) -> Sent | Denied:
    """What the node of the acting side says."""
    place = land.places[line.who]
    desk = place.node.desk
    others = [party for party in land.places if party != line.who]
    draft = (
        desk.draft_opening(procedure=attempt.procedure, to=others, office=OFFICE, body=written, name=line.act)
        if exchange is None
        else desk.draft_act(exchange=exchange, name=line.act, office=OFFICE, body=written)
    )
    if isinstance(draft, Denied):
        return draft
    place.approve(draft.id, draft.digest, attempt.persons)
    return desk.send(draft.id)


@pytest.mark.promise("P9")
@pytest.mark.parametrize("attempt", GUESTS + HOSTS, ids=name)
def test_an_honest_node_refuses_before_anything_is_sent(attempt: Attempt) -> None:
    land, exchange, line, written = staged(attempt)
    refused = tried(land, exchange, line, written, attempt)
    assert isinstance(refused, Denied)
    assert attempt.code in ("", refused.code)


@pytest.mark.promise("P9")
@pytest.mark.parametrize("attempt", GUESTS, ids=name)
def test_a_host_rejects_what_a_cheat_sends_with_the_code_of_the_safeguard(attempt: Attempt) -> None:
    land, exchange, line, written = staged(attempt)
    before = {} if exchange is None else land.standings(exchange)
    land.corrupt(line.who, lax())
    sent = tried(land, exchange, line, written, attempt)
    if isinstance(sent, Denied):  # no row at all, so even a cheat's table has no move
        assert sent.code == attempt.code == "ACT_NOT_NOW"
        return
    land.deliver()
    assert land.rejected(line.who, sent.digest) == attempt.code
    if exchange is not None:
        assert land.standings(exchange) == before


@pytest.mark.promise("P4")
@pytest.mark.promise("P9")
@pytest.mark.parametrize("attempt", HOSTS, ids=name)
def test_nobody_follows_a_host_that_cheats(attempt: Attempt) -> None:
    land, exchange, line, written = staged(attempt)
    assert exchange is not None
    before = land.standings(exchange)
    land.corrupt(line.who, lax())
    assert isinstance(tried(land, exchange, line, written, attempt), Sent)
    land.deliver()
    for party, place in land.places.items():
        if party != line.who:
            with place.store.transaction() as tx:
                row = tx.exchanges.find([exchange])[exchange]
            assert row.quarantine == "ENTRY_NOT_PERMITTED"
            assert row.standing == before[party].encode()
