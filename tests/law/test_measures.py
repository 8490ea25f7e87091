"""Guards and effects of measures stay total: what is missing or of another kind is refused or left out, never a fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.law import Refusal
from longbien.law.choices import destruction_due, detained, return_due
from longbien.law.effects_measures import EFFECTS, custody_counted, period_asked, property_frozen, took_effect
from longbien.law.grounds import heard
from longbien.law.guards_measures import (
    GUARDS,
    asked_end_ahead,
    authorisation_covers,
    batch_within,
    no_link_in_clear,
    time_credited,
    within_asked,
)
from longbien.law.instants import DAY, write_instant

from .sample import AT, book, situation
from .test_validate import VALUES

RULES = book().rules("asset-trace-freeze")
NAMES = (
    *(
        "collect_period",
        "until",
        "taken",
        "session_at",
        "effective_at",
        "days_credited",
        "review_on",
        "items",
    ),
    *("outcome", "custody_days", "exchange", "asked_until", "asked_from", "stop_at", "authorisation"),
    *("custody_ends_at", "capacity", "sought_for", "detained", "destroy_by", "consultation"),
)
FACTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)


@given(body=FACTS, data=FACTS)
def test_nothing_that_an_act_holds_makes_a_measure_fail(body: dict, data: dict) -> None:
    asked = situation("start", stage="executing", body=body, data=data)
    assert RULES is not None
    for guard in (*GUARDS, heard):
        assert guard(asked, RULES) is None or isinstance(guard(asked, RULES), Refusal)
    for effect in EFFECTS:
        assert all(isinstance(name, str) for name in effect(asked, RULES).write)
    for choice in (detained, return_due, destruction_due):
        assert isinstance(choice(asked), bool)


@pytest.mark.parametrize(
    ("guard", "body", "data", "found"),
    [
        (asked_end_ahead, {}, {}, "END_MISSING"),
        (within_asked, {}, {"asked_until": AT}, "FACT_MISSING"),
        (authorisation_covers, {}, {}, "AUTHORISATION_MISSING"),
        (batch_within, {"taken": {}}, {"until": AT}, "FACT_MISSING"),
        (time_credited, {"effective_at": write_instant(AT)}, {}, "FACT_MISSING"),
        (
            time_credited,
            {"effective_at": write_instant(AT)},
            {"effective_at": AT + DAY},
            "EFFECT_IMPLAUSIBLE",
        ),
        (no_link_in_clear, {"rights_check": {"explained": ["see https://x.example"]}}, {}, "LINK_IN_CLEAR"),
    ],
)
def test_a_missing_fact_is_a_no(guard, body: dict, data: dict, found: str) -> None:
    refused = guard(situation("start", stage="executing", body=body, data=data), RULES)
    assert refused is not None
    assert refused.code == found


def test_a_link_that_is_found_is_named_by_its_field_and_not_repeated() -> None:
    body = {"note": "at https://meet.example/secret"}
    assert no_link_in_clear(situation("start", body=body), RULES) == Refusal(
        code="LINK_IN_CLEAR", detail="note"
    )


def test_where_no_time_can_be_read_the_order_time_counts() -> None:
    empty = situation("arrest", stage="executing", body={}, data={})
    assert took_effect(empty, RULES).write == {"effective_at": AT}
    assert custody_counted(empty, RULES).write == {"effective_at": AT, "custody_asked_at": AT}
    assert property_frozen(empty, RULES).write["effective_at"] == AT
    assert period_asked(empty, RULES).write == {}
