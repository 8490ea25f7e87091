"""Whatever keeps a request from being sent is named with its field, in the reader's language, with its remedy."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longbien.law import problems
from longbien.law.bodies import from_json
from longbien.law.completeness import gaps
from longbien.law.remedies import REMEDIES
from longbien.law.tables import LANGUAGES
from longbien.wire.cbor import Malformed

from .sample import BODIES, book
from .written import body_of

BOOK = book()
RULES = BOOK.rules("preservation")
ACTS = [(rules, act) for rules in BOOK.procedures.values() for act in rules.acts]


def opening(**changes: object) -> dict:
    body = {**BODIES["preservation"]()["open"], **changes}
    return {name: value for name, value in body.items() if value is not None}


def test_a_complete_body_has_no_gap() -> None:
    for procedure, bodies in BODIES.items():
        for act, body in bodies().items():
            assert gaps(BOOK.rules(procedure), act, body) == ()


def period(start: str, end: str) -> list:
    return [{"category": "traffic", "description": "Connections", "period": {"from": start, "to": end}}]


def account(value: str, **more: str) -> list:
    whole = {"kind": "ip_port", "value": value, **more}
    return [{**period("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")[0], "accounts": [whole]}]


SEEN = {"observed_at": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("changes", "code", "path", "label", "remedy"),
    [
        ({"necessity": None}, "FIELDS_MISSING", "necessity", "Why it is necessary", "FILL_IN"),
        ({"custodian": None}, "FIELDS_MISSING", "custodian", "Custodian", "FILL_IN_EITHER"),
        ({"deadline_reason": None}, "FIELDS_MISSING", "deadline_reason", "Why this deadline", "FILL_IN_BESIDE"),
        ({"costodian": "x"}, "FIELD_UNKNOWN", "?custodian", "", "TAKE_OUT"),
        ({"qqqqqq": "x"}, "FIELD_UNKNOWN", "?", "", "TAKE_OUT_UNKNOWN"),
        ({"created_at": "2026-11-14T18:57:03"}, "TIME_WITHOUT_ZONE", "created_at", "Written at", "ADD_ZONE"),
        ({"created_at": "today"}, "FIELD_INVALID", "created_at", "Written at", "WRITE_TIME"),
        ({"follow_up_intent": False}, "FIELD_INVALID", "follow_up_intent", "A request for the data will follow", "CONFIRM"),
        ({"no_user_notice": 1}, "FIELD_INVALID", "no_user_notice", "The user must not be told", "SAY_YES_OR_NO"),
        ({"requested_days": 59}, "FIELD_INVALID", "requested_days", "Days wished", "WRITE_NUMBER"),
        ({"volatility": "soon"}, "FIELD_INVALID", "volatility", "Why the data may be lost", "CHOOSE"),
        ({"items": []}, "FIELD_INVALID", "items", "Data to preserve", "COUNT"),
        ({"proceeding": "x"}, "FIELD_INVALID", "proceeding", "Proceeding", "FILL_IN_PARTS"),
        ({"to_state": "Viet Nam"}, "FIELD_INVALID", "to_state", "To State", "WRITE_CODE"),
        ({"linked_requests": ["ab"]}, "FIELD_INVALID", "linked_requests[0]", "Linked exchanges 1", "WRITE_CODE"),
        ({"case_ref": "a\nb"}, "FIELD_INVALID", "case_ref", "Your case number", "WRITE_TEXT"),
        ({"facts": " "}, "FIELD_INVALID", "facts", "Facts", "WRITE_TEXT"),
        ({"items": period("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z")}, "FIELD_INVALID", "items[0].period.to", "Data to preserve 1 / Period / To", "END_AFTER_BEGIN"),
        ({"items": account("198.51.100.7", **SEEN)}, "FIELD_INVALID", "items[0].accounts[0].value", "Data to preserve 1 / Accounts and addresses 1 / Value", "ADD_PORT"),
        ({"items": account("198.51.100.7:1")}, "FIELDS_MISSING", "items[0].accounts[0].observed_at", "Data to preserve 1 / Accounts and addresses 1 / Seen at", "FILL_IN_BESIDE"),
        ({"items": account("", **SEEN)}, "FIELD_INVALID", "items[0].accounts[0].value", "Data to preserve 1 / Accounts and addresses 1 / Value", "WRITE_TEXT"),
        ({"offence": [{"code": "SC", "domestic": "Art. 1", "max_years": 3, "mode": "principal"}]}, "SERIOUS_CRIME_THRESHOLD", "offence[0].max_years", "Offences 1 / Maximum penalty in years", "FOUR_YEARS"),
    ],
)  # fmt: skip
def test_a_gap_is_named_with_its_field_and_its_remedy(
    changes: dict, code: str, path: str, label: str, remedy: str
) -> None:
    (gap,) = gaps(RULES, "open", opening(**changes))
    assert (gap.code, gap.path, gap.label, gap.remedy) == (code, path, label, remedy)
    assert gap.article == "42"
    assert not gap.article_checked


def test_a_body_that_is_no_object_is_one_gap() -> None:
    (gap,) = gaps(RULES, "open", "a text")
    assert (gap.code, gap.remedy) == ("FIELD_INVALID", "WRITE_ANEW")


def test_every_remedy_is_there_in_seven_languages_with_the_same_blanks() -> None:
    for sentences in REMEDIES.values():
        assert set(sentences) == set(LANGUAGES)
        blanks = {
            tuple(sorted(name for _, name, _, _ in string.Formatter().parse(text) if name))
            for text in sentences.values()
        }
        assert len(blanks) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reader_is_addressed_in_the_language_asked_for(language: str) -> None:
    (gap,) = gaps(RULES, "open", opening(created_at="2026-11-14T18:57:03"), language)
    assert gap.mend.startswith(REMEDIES["ADD_ZONE"][language].split("{")[0])


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_there_is_a_gap_for_every_problem_and_none_else(data: st.DataObject) -> None:
    rules, act = data.draw(st.sampled_from(ACTS))
    try:
        body = from_json(data.draw(body_of(rules.acts[act].fields, dict(rules.types))))
    except Malformed:
        return
    found = gaps(rules, act, body, data.draw(st.sampled_from(LANGUAGES)))
    assert [(gap.code, gap.path) for gap in found] == [
        (problem.code, problem.path) for problem in problems(rules.acts[act].fields, body, rules.types)
    ]
    assert all(gap.mend and "{" not in gap.mend.replace('{"$hex"', "") for gap in found)
