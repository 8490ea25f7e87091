"""Safeguards of measures on evidence, persons and property: each step is refused, with its code, when what protects is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from longbien.exchange import Accepted, Author, Rejected, step
from longbien.law import MACHINE
from longbien.law.instants import DAY

from .playbook import read_line as line
from .test_playbooks import BOOK, OFFICES, PLAYS, TWO, Table

COLLECTIONS = ("traffic-data-realtime", "content-interception")
EVIDENCE = (*COLLECTIONS, "mla-evidence", "service-of-documents", "video-hearing")
PERSONS = ("person-appearance", "provisional-arrest", "extradition")
PROPERTY = ("asset-trace-freeze", "asset-confiscation")
ALL = (*EVIDENCE, *PERSONS, *PROPERTY)
WITHOUT_LIMB_C = ("service-of-documents", "person-appearance", "provisional-arrest", "extradition", *PROPERTY)

CHECKING = ("VN open", "RU acknowledge", "RU route")
ACCEPTED = (*CHECKING, "RU accept")
EXECUTING = (*ACCEPTED, "RU authorise")
COLLECTING = (*EXECUTING, "RU start")
AWAY = (
    *(*ACCEPTED, "RU ask_consent", "RU consent_given", "RU authorise"),
    *("RU transfer", "VN confirm_arrival +1d"),
)
DETAINED = ("VN open#detained", *AWAY[1:])
ARRESTED = (*EXECUTING, "RU arrest#days")
FROZEN = (*EXECUTING, "RU freeze")

Changes = Mapping[str, Any]


def played(procedure: str, steps: Sequence[str], changes: Changes | None = None) -> Table:
    """The exchange after `steps`; `changes` maps an act to what differs in its body."""
    play = next(play for play in PLAYS if play.procedure == procedure)
    bodies = dict(play.bodies)
    for act, body in (changes or {}).items():
        bodies[act] = {**bodies.get(act, {}), **body}
    table = Table(replace(play, bodies=bodies, lines=()))
    for written in steps:
        table.take(line(written))
    return table


def code(
    procedure: str,
    steps: Sequence[str],
    last: str,
    body: Changes | None = None,
    *,
    persons: int = 2,
    offices: tuple[str, ...] = OFFICES,
    earlier: Changes | None = None,
) -> str:
    """What the last step meets after `steps`: the code of its refusal, or the stage that it reaches."""
    written = line(last)
    name = f"{written.act}#{written.variant}" if written.variant else written.act
    table = played(procedure, steps, {**(earlier or {}), **({name: body} if body else {})})
    table.at += written.later
    act = replace(table.act(written), approvals=() if written.who == MACHINE else TWO[:persons])
    author = Author(party=table.host if written.who == MACHINE else written.who, offices=offices)
    result = step(table.rules, table.standing, act, author=author, at=table.at)
    if isinstance(result, Accepted):
        return result.move.to
    assert isinstance(result, Rejected)
    return result.code


def reason(code: str, **more: str) -> Changes:
    return {
        "reason": {"code": code, "text": "Reasons (invented)", "law": "Code, Art. 1 (illustrative)", **more}
    }


# ------------------------------------------------------------------ what holds for all of them


@pytest.mark.parametrize("procedure", ALL)
def test_only_the_office_that_the_convention_names_asks(procedure: str) -> None:
    """Invariant 2."""
    assert code(procedure, (), "VN open", offices=("poc", "csirt")) == "OFFICE_NOT_ALLOWED"
    named = "ea" if procedure in ("provisional-arrest", "extradition") else "ca"
    assert code(procedure, (), "VN open", offices=(named,)) == "received"


@pytest.mark.promise("P9")
@pytest.mark.parametrize("procedure", ALL)
def test_nothing_is_asked_accepted_or_refused_by_one_person(procedure: str) -> None:
    assert code(procedure, (), "VN open", persons=1) == "TWO_PERSONS_NEEDED"
    assert code(procedure, CHECKING, "RU accept", persons=1) == "TWO_PERSONS_NEEDED"
    assert code(procedure, CHECKING, "RU refuse#discrim", persons=1) == "TWO_PERSONS_NEEDED"


@pytest.mark.parametrize("procedure", ALL)
def test_without_the_answers_to_the_safeguards_questions_nothing_goes_out(procedure: str) -> None:
    assert code(procedure, (), "VN open", {"safeguards": {}}) == "FIELDS_MISSING"
    unasked = {"rights_check": {"asked": False, "concern": False}}
    assert code(procedure, CHECKING, "RU accept", unasked) == "FIELD_INVALID"


@pytest.mark.parametrize("procedure", ALL)
def test_secrecy_without_a_day_of_review_is_refused(procedure: str) -> None:
    """The filler gives the day; without it the header does not stand."""
    rules = BOOK.rules(procedure)
    assert rules is not None
    field = {field.name: field for field in rules.acts["open"].fields}["secrecy_review_on"]
    assert field.needed_when == (("handling", ("confidential", "no_user_notice")),)


@pytest.mark.parametrize("procedure", WITHOUT_LIMB_C)
def test_electronic_evidence_of_another_serious_crime_opens_neither_persons_nor_property(
    procedure: str,
) -> None:
    """Requirement 1: limb c opens evidence only."""
    serious = [{"code": "SC", "domestic": "Penal Code (invented)", "max_years": 8, "mode": "principal"}]
    assert code(procedure, (), "VN open", {"scope_limb": "c", "offence": serious}) == "SCOPE_LIMB_CLOSED"


@pytest.mark.parametrize("procedure", sorted(set(ALL) - set(WITHOUT_LIMB_C)))
def test_a_serious_crime_has_four_years_at_least(procedure: str) -> None:
    """Invariant 4."""
    for years, found in ((3, "SERIOUS_CRIME_THRESHOLD"), (4, "received")):
        serious = [
            {"code": "SC", "domestic": "Penal Code (invented)", "max_years": years, "mode": "principal"}
        ]
        assert code(procedure, (), "VN open", {"scope_limb": "c", "offence": serious}) == found


@pytest.mark.parametrize("procedure", ALL)
def test_a_refusal_waits_for_a_consultation_but_for_discrimination_and_scope(procedure: str) -> None:
    """Invariant 5."""
    ground = "EXT-COND" if procedure in ("provisional-arrest", "extradition") else "OWN-LAW"
    assert code(procedure, CHECKING, "RU refuse", reason(ground)) == "CONSULTATION_NEEDED"
    opened = (*CHECKING, "RU consult")
    assert code(procedure, opened, "RU refuse", reason(ground)) == "CONSULTATION_OPEN"
    assert code(procedure, (*opened, "VN reply"), "RU refuse", reason(ground)) == "refused"
    assert code(procedure, opened, "RU refuse +25d", reason(ground)) == "refused"
    assert code(procedure, CHECKING, "RU refuse", reason("DISCRIM", subcode="religion")) == "refused"
    assert code(procedure, CHECKING, "RU refuse", reason("SCOPE")) == "refused"


@pytest.mark.parametrize("procedure", ALL)
def test_a_refusal_says_its_law(procedure: str) -> None:
    """Invariant 5: code, text and law."""
    assert (
        code(procedure, CHECKING, "RU refuse", {"reason": {"code": "SCOPE", "text": "No."}})
        == "LAW_NOT_CITED"
    )


@pytest.mark.parametrize("procedure", ALL)
def test_a_fiscal_matter_alone_is_no_ground(procedure: str) -> None:
    """Invariant 6, Arts 37(16), 40(23)."""
    asked = (*CHECKING, "RU consult", "VN reply")
    assert code(procedure, asked, "RU refuse", reason("FISCAL")) == "FISCAL_BARRED"


@pytest.mark.parametrize("procedure", [*EVIDENCE, "person-appearance", *PROPERTY])
def test_bank_secrecy_is_no_ground(procedure: str) -> None:
    """Invariant 6, Art. 40(24)."""
    asked = (*CHECKING, "RU consult", "VN reply")
    assert code(procedure, asked, "RU refuse", reason("BANK_SECRECY")) == "BANK_SECRECY_BARRED"


@pytest.mark.parametrize("procedure", ALL)
def test_what_cannot_be_done_is_counted_apart_from_refusals(procedure: str) -> None:
    """Invariant 23."""
    assert code(procedure, CHECKING, "RU cannot") == "not_executable"
    assert code(procedure, CHECKING, "RU cannot", reason("DUAL")) == "GROUND_NOT_OPEN"
    assert code(procedure, CHECKING, "RU refuse", reason("CANNOT", subcode="no-data")) == "GROUND_NOT_OPEN"


@pytest.mark.parametrize("procedure", ALL)
def test_information_is_asked_for_by_the_name_of_its_field(procedure: str) -> None:
    """Invariant 24."""
    for field, found in (("the_rest", "FIELD_UNKNOWN"), ("proceeding", "info_required")):
        asked = {"missing": [{"field": field, "question": "Which? (invented)"}]}
        assert code(procedure, CHECKING, "RU ask", asked) == found


@pytest.mark.parametrize(
    "procedure", ["traffic-data-realtime", "content-interception", "mla-evidence", *PROPERTY]
)
def test_no_coercive_measure_begins_without_an_authorisation_that_holds(procedure: str) -> None:
    """Invariant 10."""
    table = played(procedure, ACCEPTED)
    whole = dict(table.act(line("RU authorise")).body)
    block = dict(whole["authorisation"])
    assert code(procedure, ACCEPTED, "RU authorise", {"authorisation": {}}) in (
        "AUTHORISATION_MISSING",
        "FIELDS_MISSING",
    )
    late = {"authorisation": {**block, "expires": "2026-11-01"}}
    assert code(procedure, ACCEPTED, "RU authorise", late) == "AUTHORISATION_LAPSED"
    early = {"authorisation": {**block, "date": "2026-12-24"}}
    assert code(procedure, ACCEPTED, "RU authorise", early) == "AUTHORISATION_NOT_YET"


@pytest.mark.parametrize("procedure", ALL)
def test_after_a_withdrawal_nothing_moves(procedure: str) -> None:
    """Invariant 17."""
    for act in ("accept", "refuse", "cannot", "authorise"):
        rules = BOOK.rules(procedure)
        assert rules is not None
        if act in rules.acts:
            assert code(procedure, (*CHECKING, "VN withdraw"), f"RU {act}") == "ACT_NOT_NOW"


@pytest.mark.parametrize("procedure", [*COLLECTIONS, "mla-evidence", "provisional-arrest", *PROPERTY])
def test_an_oral_request_waits_for_its_writing_and_is_overdue_after_a_day(procedure: str) -> None:
    """Invariant 16."""
    urgent = {"open_oral": {"urgency": "urgent"}}
    table = played(procedure, ["VN open_oral"], urgent)
    assert table.standing is not None
    assert [(clock.id, clock.due_at - table.at) for clock in table.standing.clocks] == [("ORAL", DAY)]
    assert code(procedure, ["VN open_oral"], "RU acknowledge", earlier=urgent) == "ACT_NOT_NOW"
    assert code(procedure, (), "VN open_oral", {"urgency": "routine"}) == "ORAL_NOT_URGENT"


@pytest.mark.parametrize(
    "procedure", ["service-of-documents", "video-hearing", "person-appearance", "extradition"]
)
def test_what_needs_papers_never_begins_by_word_of_mouth(procedure: str) -> None:
    rules = BOOK.rules(procedure)
    assert rules is not None
    assert [row.act for row in rules.flow.rows if row.stage is None] == ["open"]


@pytest.mark.parametrize(
    ("procedure", "steps", "last"),
    [
        ("traffic-data-realtime", (*COLLECTING, "RU stop +2d", "RU answer#conditions"), "VN confirm_receipt"),
        ("content-interception", (*COLLECTING, "RU stop +2d", "RU answer#conditions"), "VN confirm_receipt"),
        ("service-of-documents", (*EXECUTING, "RU answer#conditions"), "VN confirm_receipt"),
        ("mla-evidence", (*EXECUTING, "RU partial"), "VN confirm_part"),
        ("asset-trace-freeze", (*EXECUTING, "RU answer#conditions"), "VN confirm_receipt"),
    ],
)
def test_evidence_is_received_only_after_its_conditions_were_signed(
    procedure: str, steps: Sequence[str], last: str
) -> None:
    """Invariant 12."""
    assert code(procedure, steps, last) == "CONDITIONS_NOT_ACCEPTED"
    assert code(procedure, steps, "VN accept_use_conditions", persons=1) == "TWO_PERSONS_NEEDED"
    assert code(procedure, (*steps, "VN accept_use_conditions"), last) != "CONDITIONS_NOT_ACCEPTED"


# ------------------------------------------------------------------ collection over time


@pytest.mark.parametrize("procedure", COLLECTIONS)
def test_a_measure_over_time_has_an_end(procedure: str) -> None:
    """Invariant 11."""
    endless = {"collect_period": {"from": "2026-11-23T00:00:00Z"}}
    assert code(procedure, (), "VN open", endless) == "FIELDS_MISSING"
    past = {"collect_period": {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}}
    assert code(procedure, (), "VN open", past) == "END_PAST"
    assert code(procedure, EXECUTING, "RU start", {"until": "2026-11-01T00:00:00Z"}) == "END_PAST"


@pytest.mark.parametrize("procedure", COLLECTIONS)
def test_a_collection_ends_within_what_was_asked_and_authorised(procedure: str) -> None:
    assert code(procedure, EXECUTING, "RU start", {"until": "2027-02-01T00:00:00Z"}) == "END_BEYOND_ASKED"
    table = played(procedure, ACCEPTED)
    block = {**dict(table.act(line("RU authorise")).body)["authorisation"], "expires": "2026-12-10"}
    short = {"authorise": {"authorisation": block}}
    assert (
        code(procedure, EXECUTING, "RU start", {"until": "2026-12-20T00:00:00Z"}, earlier=short)
        == "END_BEYOND_AUTHORISATION"
    )
    assert (
        code(procedure, EXECUTING, "RU start", {"until": "2026-12-09T00:00:00Z"}, earlier=short)
        == "collecting"
    )
    assert code(procedure, EXECUTING, "RU start +30d", earlier=short) == "AUTHORISATION_LAPSED"


@pytest.mark.parametrize("procedure", COLLECTIONS)
def test_the_machine_ends_a_collection_when_its_time_is_over_and_not_before(procedure: str) -> None:
    assert code(procedure, COLLECTING, "machine end_of_period +29d") == "CLOCK_NOT_DUE"
    assert code(procedure, COLLECTING, "machine end_of_period +30d") == "collected"


@pytest.mark.parametrize("procedure", COLLECTIONS)
def test_a_collection_that_has_ended_never_begins_again(procedure: str) -> None:
    """Renewal is a new request."""
    ended = (*COLLECTING, "RU stop +2d")
    for act in ("start", "resume"):
        assert code(procedure, ended, f"RU {act}") == "ACT_NOT_NOW"


@pytest.mark.parametrize("procedure", COLLECTIONS)
def test_nothing_from_outside_the_period_is_handed_over(procedure: str) -> None:
    late = {"taken": {"from": "2026-12-20T00:00:00Z", "to": "2026-12-30T00:00:00Z"}}
    assert (
        code(procedure, (*COLLECTING, "machine end_of_period +30d"), "RU batch", late)
        == "BATCH_OUTSIDE_PERIOD"
    )
    stopped = {"taken": {"from": "2026-11-23T00:00:00Z", "to": "2026-11-26T00:00:00Z"}}
    assert code(procedure, (*COLLECTING, "RU stop +2d"), "RU batch +5d", stopped) == "BATCH_OUTSIDE_PERIOD"
    early = {"taken": {"from": "2026-11-01T00:00:00Z", "to": "2026-11-24T00:00:00Z"}}
    assert code(procedure, COLLECTING, "RU batch +3d", early) == "BATCH_OUTSIDE_PERIOD"


@pytest.mark.parametrize("procedure", COLLECTIONS)
def test_every_batch_names_its_manifests(procedure: str) -> None:
    nameless = {"answers": [{"item": 0, "outcome": "provided"}]}
    assert code(procedure, COLLECTING, "RU batch +3d", nameless) == "FIELDS_MISSING"


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("serious_offence", False, "FIELD_INVALID"),
        ("less_intrusive_tried", " ", "FIELD_INVALID"),
        ("privileged_contacts_filter", " ", "FIELD_INVALID"),
        ("own_court_order", {}, "FIELDS_MISSING"),
    ],
)
def test_interception_needs_a_serious_offence_and_an_own_court_order(
    field: str, value: Any, found: str
) -> None:
    assert code("content-interception", (), "VN open", {field: value}) == found


def test_intercepted_content_is_destroyed_before_the_matter_is_closed() -> None:
    answered = (*COLLECTING, "RU stop +2d", "RU answer")
    assert code("content-interception", answered, "VN confirm_receipt") == "to_destroy"
    assert code("content-interception", answered, "VN withdraw") == "ACT_NOT_NOW"
    received = (*answered, "VN confirm_receipt")
    assert code("content-interception", received, "VN withdraw") == "ACT_NOT_NOW"
    assert code("content-interception", received, "VN confirm_destruction", persons=1) == "TWO_PERSONS_NEEDED"
    assert code("content-interception", received, "VN confirm_destruction") == "closed"


# ------------------------------------------------------------------ service and hearings


def test_a_service_needs_no_facts_but_a_day() -> None:
    rules = BOOK.rules("service-of-documents")
    assert rules is not None
    fields = {field.name: field for field in rules.acts["open"].fields}
    assert not fields["facts"].required
    assert fields["serve_before"].required
    table = played("service-of-documents", ["VN open"])
    assert table.standing is not None
    serve = next(clock for clock in table.standing.clocks if clock.id == "SERVE")
    assert not serve.statutory
    assert serve.reminders[0] == 45 * DAY


def test_a_failed_service_says_why_and_a_done_one_proves_it() -> None:
    served = {"outcome": "served", "content": []}
    assert code("service-of-documents", EXECUTING, "RU answer", served) == "FIELD_INVALID"
    failed = {"outcome": "not_served", "failure": " "}
    assert code("service-of-documents", EXECUTING, "RU answer", failed) == "FIELD_INVALID"


@pytest.mark.parametrize("text", ["https://meet.example/abc", "Dial in at www.meet.example"])
def test_a_link_to_a_session_never_goes_in_clear(text: str) -> None:
    assert code("video-hearing", ACCEPTED, "RU schedule", {"note": text}) == "LINK_IN_CLEAR"
    scheduled = (*ACCEPTED, "RU schedule")
    assert code("video-hearing", scheduled, "VN confirm_session", {"note": text}) == "LINK_IN_CLEAR"


def test_an_accused_is_heard_only_where_both_laws_allow_it() -> None:
    ours = {"capacity": "accused", "own_law_allows_accused": False}
    assert code("video-hearing", (), "VN open", ours) == "FIELD_INVALID"
    steps = ("VN open#accused", *ACCEPTED[1:])
    assert code("video-hearing", steps, "RU schedule") == "ACCUSED_NOT_ALLOWED"
    assert code("video-hearing", steps, "RU schedule", {"law_allows_accused": False}) == "ACCUSED_NOT_ALLOWED"
    assert code("video-hearing", steps, "RU schedule#accused") == "scheduled"


def test_nobody_is_heard_without_being_told_of_the_rights() -> None:
    confirmed = (*ACCEPTED, "RU schedule", "VN confirm_session")
    assert code("video-hearing", confirmed, "RU hold", {"rights_told": False}) == "FIELD_INVALID"
    assert code("video-hearing", (), "VN open", {"rights_notice": {}}) == "FIELDS_MISSING"


def test_a_session_is_confirmed_before_it_is_held_and_lies_ahead() -> None:
    assert code("video-hearing", (*ACCEPTED, "RU schedule"), "RU hold") == "ACT_NOT_NOW"
    assert (
        code("video-hearing", ACCEPTED, "RU schedule", {"session_at": "2026-11-01T09:00:00Z"})
        == "SESSION_PAST"
    )


# ------------------------------------------------------------------ persons


def test_nobody_is_transferred_without_consent() -> None:
    asked = (*ACCEPTED, "RU ask_consent")
    for steps in (ACCEPTED, asked):
        assert code("person-appearance", steps, "RU authorise") == "ACT_NOT_NOW"
        assert code("person-appearance", steps, "RU transfer") == "ACT_NOT_NOW"
    for promise in ("free", "informed", "counsel_offered", "safe_conduct_explained"):
        assert code("person-appearance", asked, "RU consent_given", {promise: False}) == "FIELD_INVALID"
    assert code("person-appearance", asked, "RU no_consent") == "not_executable"


def test_the_other_state_promises_credit_and_safe_conduct_before_a_person_is_asked() -> None:
    for promise in ("credit_for_time", "safe_conduct"):
        assert code("person-appearance", (), "VN open", {promise: False}) == "FIELD_INVALID"


def test_safe_conduct_lasts_fifteen_days_from_the_word_that_the_person_is_no_longer_needed() -> None:
    free = (*AWAY, "VN no_longer_needed +3d")
    table = played("person-appearance", free)
    assert table.standing is not None
    clock = next(clock for clock in table.standing.clocks if clock.id == "SAFE-15")
    assert (clock.due_at - table.at, clock.statutory) == (15 * DAY, True)
    assert code("person-appearance", free, "machine end_safe_conduct +14d") == "CLOCK_NOT_DUE"
    assert code("person-appearance", free, "machine end_safe_conduct +15d") == "safe_conduct_over"


def test_safe_conduct_counts_anew_when_the_way_back_was_closed() -> None:
    closed = (*AWAY, "VN no_longer_needed +3d", "VN cannot_leave +14d")
    assert code("person-appearance", closed, "machine end_safe_conduct +30d") == "ROLE_NOT_ALLOWED"
    opened = (*closed, "VN no_longer_needed +5d")
    assert code("person-appearance", opened, "machine end_safe_conduct +14d") == "CLOCK_NOT_DUE"


def test_a_person_in_custody_goes_back_and_every_day_counts() -> None:
    done = (*DETAINED, "VN no_longer_needed +10d")
    assert code("person-appearance", done, "machine end_safe_conduct +20d") == "ROLE_NOT_ALLOWED"
    assert (
        code("person-appearance", done, "RU confirm_return +1d", {"days_credited": 11}) == "CREDIT_TOO_SHORT"
    )
    assert code("person-appearance", done, "RU confirm_return +1d", {"days_credited": 12}) == "returned"


def test_nobody_withdraws_from_bringing_a_person_back() -> None:
    assert code("person-appearance", DETAINED, "VN withdraw") == "ACT_NOT_NOW"
    assert code("person-appearance", (*DETAINED, "VN no_longer_needed"), "VN withdraw") == "ACT_NOT_NOW"


def test_no_arrest_without_a_promise_to_ask_for_extradition() -> None:
    assert code("provisional-arrest", (), "VN open", {"extradition_will_follow": False}) == "FIELD_INVALID"
    assert code("provisional-arrest", ACCEPTED, "RU arrest") == "ACT_NOT_NOW"
    assert code("provisional-arrest", EXECUTING, "RU arrest", {"rights_told": False}) == "FIELD_INVALID"


def test_custody_counts_from_the_arrest_and_ends_by_the_law_that_is_named() -> None:
    table = played("provisional-arrest", ARRESTED)
    assert table.standing is not None
    custody = next(clock for clock in table.standing.clocks if clock.id == "CUSTODY")
    assert custody.statutory
    assert custody.due_at == table.standing.data["effective_at"] + 40 * DAY
    assert custody.reminders == (10 * DAY, 3 * DAY)
    unnamed = {"custody_days": 40, "custody_law": " "}
    assert code("provisional-arrest", EXECUTING, "RU arrest", unnamed) == "FIELD_INVALID"
    assert code("provisional-arrest", ARRESTED, "machine end_of_custody +39d") == "CLOCK_NOT_DUE"
    assert code("provisional-arrest", ARRESTED, "machine end_of_custody +40d") == "release_due"
    assert code("provisional-arrest", ARRESTED, "VN extradition_follows +41d") == "CUSTODY_OVER"


def test_unknown_days_of_custody_are_asked_for_at_once() -> None:
    table = played("provisional-arrest", (*EXECUTING, "RU arrest"))
    assert table.standing is not None
    running = {clock.id for clock in table.standing.clocks}
    assert "CUSTODY-DAYS" in running
    assert "CUSTODY" not in running
    told = played("provisional-arrest", (*EXECUTING, "RU arrest", "RU state_custody"))
    assert told.standing is not None
    running = {clock.id for clock in told.standing.clocks}
    assert "CUSTODY" in running
    assert "CUSTODY-DAYS" not in running


@pytest.mark.parametrize(
    ("procedure", "steps"),
    [("provisional-arrest", ARRESTED), ("extradition", (*ACCEPTED, "RU grant"))],
)
def test_a_withdrawal_leads_a_person_in_custody_to_the_release(procedure: str, steps: Sequence[str]) -> None:
    assert code(procedure, steps, "VN withdraw") == "release_due"
    assert code(procedure, (*steps, "VN withdraw"), "RU release") == "released"


def test_extradition_is_granted_by_an_authority_with_reasons() -> None:
    assert code("extradition", CHECKING, "RU grant") == "ACT_NOT_NOW"
    assert code("extradition", ACCEPTED, "RU grant", {"authorisation": {}}) == "FIELDS_MISSING"
    assert code("extradition", ACCEPTED, "RU grant", {"reasons": " "}) == "FIELD_INVALID"
    assert code("extradition", ACCEPTED, "RU grant", persons=1) == "TWO_PERSONS_NEEDED"


def test_a_surrender_on_condition_of_return_needs_the_condition_accepted() -> None:
    assert code("extradition", ACCEPTED, "RU grant#return") == "RETURN_NOT_AGREED"
    offered = (*CHECKING, "RU offer_conditions", "VN accept_conditions")
    assert code("extradition", offered, "RU grant#return") == "granted"


def test_prosecution_and_enforcement_here_come_after_a_consultation_and_fit_what_was_sought() -> None:
    opened = (*CHECKING, "RU consult")
    held = (*opened, "VN reply")
    assert code("extradition", opened, "RU prosecute_here") == "CONSULTATION_OPEN"
    assert code("extradition", held, "RU prosecute_here") == "prosecuting_here"
    assert code("extradition", held, "RU prosecute_here", reason("FISCAL")) == "FISCAL_BARRED"
    assert code("extradition", held, "RU enforce_here") == "NO_SENTENCE"
    sentence = ("VN open#sentence", *held[1:])
    assert code("extradition", sentence, "RU enforce_here") == "enforcing_here"
    assert code("extradition", sentence, "RU prosecute_here") == "NO_TRIAL_SOUGHT"


# ------------------------------------------------------------------ property


@pytest.mark.parametrize("procedure", PROPERTY)
def test_frozen_property_is_lifted_only_after_the_chance_to_answer(procedure: str) -> None:
    """Art. 50(8)."""
    ground = reason("ASSET-TRIFLING")
    assert code(procedure, FROZEN, "RU lift", ground) == "ACT_NOT_NOW"
    meant = (*FROZEN, "RU intend_to_lift +20d")
    assert code(procedure, meant, "RU lift +9d", ground) == "CONSULTATION_OPEN"
    assert code(procedure, meant, "RU lift +9d", reason("DISCRIM", subcode="race")) == "CONSULTATION_OPEN"
    assert code(procedure, meant, "RU lift +14d", ground) == "lifted"
    assert code(procedure, (*meant, "VN answer_lifting"), "RU lift", ground) == "lifted"
    again = (*meant, "VN answer_lifting", "RU keep_frozen", "RU intend_to_lift")
    assert code(procedure, again, "RU lift", ground) == "CONSULTATION_OPEN"


@pytest.mark.parametrize("procedure", PROPERTY)
def test_nothing_stays_frozen_without_a_day_of_review(procedure: str) -> None:
    past = {"review_on": "2026-11-01"}
    assert code(procedure, EXECUTING, "RU freeze", past) == "REVIEW_PAST"
    assert code(procedure, FROZEN, "RU prolong", past) == "REVIEW_PAST"
    assert code(procedure, FROZEN, "RU prolong", {"authorisation": {}}) == "FIELDS_MISSING"


@pytest.mark.parametrize("procedure", PROPERTY)
def test_property_is_frozen_under_an_authorisation_only_and_what_was_named(procedure: str) -> None:
    assert code(procedure, ACCEPTED, "RU freeze") == "ACT_NOT_NOW"
    assert code(procedure, EXECUTING, "RU freeze", {"items": [7]}) == "ITEM_UNKNOWN"
    assert code(procedure, EXECUTING, "RU freeze", {"third_parties": " "}) == "FIELD_INVALID"


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("final", False, "FIELD_INVALID"),
        ("order", {}, "FIELDS_MISSING"),
        ("third_party_notice", " ", "FIELD_INVALID"),
        ("due_process", " ", "FIELD_INVALID"),
    ],
)
def test_only_a_final_order_with_due_process_is_enforced(field: str, value: Any, found: str) -> None:
    body = {"action": "enforce_order", field: value}
    assert code("asset-confiscation", (), "VN open#enforce", body) == found


def test_nothing_is_confiscated_before_third_parties_were_heard() -> None:
    unheard = {"third_parties_heard": False}
    assert code("asset-confiscation", FROZEN, "RU confiscate", unheard) == "FIELD_INVALID"
    assert code("asset-confiscation", FROZEN, "RU answer") == "ACT_NOT_NOW"
