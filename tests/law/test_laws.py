"""Laws that hold for every situation: the engine is total, its facts are wire values, and time only ever protects."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.law import Facts, Move, Refusal, Rules, Situation, decide
from longbien.law.instants import DAY, HOUR, write_instant
from longbien.wire.cbor import Value, decode, encode

from .sample import AT, BODIES, COURSES, authorisation, book, facts, situation
from .test_validate import VALUES

BOOK = book()
FACTS = st.dictionaries(st.sampled_from(sorted(facts("order"))) | st.text(max_size=8), VALUES, max_size=6)
DAYS = st.integers(min_value=-10, max_value=400)
TIMES = st.integers(min_value=0, max_value=1 << 60)


def rules(procedure: str = "preservation") -> Rules:
    found = BOOK.rules(procedure)
    assert found is not None
    return found


@settings(max_examples=300)
@given(st.data())
def test_the_engine_answers_whatever_it_is_asked(data: st.DataObject) -> None:
    procedure = data.draw(st.sampled_from(sorted(BODIES)))
    held = rules(procedure)
    row = data.draw(st.sampled_from(held.flow.rows))
    body: dict[str, Value] = dict(data.draw(st.sampled_from([BODIES[procedure]().get(row.act, {}), {}])))
    names = [field.name for field in held.acts[row.act].fields] + ["noise"]
    body.update(data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=2)))
    known: Facts = data.draw(st.sampled_from([facts(row.act), {}]))
    answer = decide(
        held,
        Situation(
            party="VN",
            parties=("RU", "VN"),
            stage=row.stage,
            role=row.by,
            act=row.act,
            body=body,
            data={**known, **data.draw(FACTS)},
            at=data.draw(TIMES | st.just(AT)),
            persons=2,
            offices=("ca",),
            saw_latest=True,
            opening=data.draw(FACTS),
        ),
    )
    assert isinstance(answer, Move | Refusal)


@settings(max_examples=100)
@given(stage=st.none() | st.text(max_size=8), role=st.text(max_size=8), act=st.text(max_size=8), at=TIMES)
def test_the_engine_answers_acts_that_nobody_wrote(stage: str | None, role: str, act: str, at: int) -> None:
    answer = decide(rules(), situation(act, role=role, stage=stage, body={}, at=at))
    assert isinstance(answer, Refusal)


def _course(procedure: str) -> list[Move]:
    moves: list[Move] = []
    stage: str | None = None
    data: Facts = {}
    for role, act in COURSES[procedure]:
        answer = decide(
            rules(procedure), situation(act, role=role, stage=stage, data=data, procedure=procedure)
        )
        assert isinstance(answer, Move)
        moves.append(answer)
        stage, data = answer.to, answer.data
    return moves


@pytest.mark.promise("P5")
@pytest.mark.parametrize("procedure", COURSES)
def test_facts_that_went_over_the_wire_lead_to_the_same_facts(procedure: str) -> None:
    stage: str | None = None
    data: Value = {}
    for (role, act), expected in zip(COURSES[procedure], _course(procedure), strict=True):
        assert isinstance(data, dict)
        body = decode(encode(BODIES[procedure]()[act]))
        assert isinstance(body, dict)
        asked = situation(act, role=role, stage=stage, body=body, data=data, procedure=procedure)
        answer = decide(rules(procedure), asked)
        assert isinstance(answer, Move)
        assert encode(answer.data) == encode(expected.data)
        stage, data = answer.to, decode(encode(answer.data))


@pytest.mark.promise("P5")
def test_a_decision_changes_nothing_that_it_was_given() -> None:
    before, body = facts("order"), dict(BODIES["preservation"]()["order"])
    copies = (encode(before), encode(body))
    decide(rules(), situation("order", role="requested", stage="acknowledged", body=body, data=before))
    assert (encode(before), encode(body)) == copies


@given(days=DAYS, ago=st.integers(min_value=-2 * HOUR, max_value=40 * DAY))
def test_expiry_is_never_earlier_than_sixty_days_from_effect(days: int, ago: int) -> None:
    body: dict[str, Value] = {
        **BODIES["preservation"]()["order"],
        "days": days,
        "effective_at": write_instant(AT - ago),
    }
    data = {**facts("order"), "opened_at": AT - 40 * DAY}
    answer = decide(rules(), situation("order", role="requested", stage="acknowledged", body=body, data=data))
    if isinstance(answer, Move):
        assert answer.data["expires_at"] == AT - ago + days * DAY
        assert 60 <= days <= 180
        assert answer.clocks[-1].id == "PRES-60"
        assert answer.clocks[-1].statutory
        assert answer.clocks[-1].acts == "expire"
        assert answer.clocks[-1].reminders == (14 * DAY, 7 * DAY, 2 * DAY)
    else:
        assert days < 60 or days > 180 or ago < -HOUR


@given(days=DAYS, left=st.integers(min_value=-DAY, max_value=200 * DAY))
def test_an_extension_never_moves_the_end_backwards(days: int, left: int) -> None:
    body: dict[str, Value] = {"days": days, "authorisation": authorisation()}
    data = {**facts("extend"), "expires_at": AT + left}
    answer = decide(
        rules(), situation("extend", role="requested", stage="extension_asked", body=body, data=data)
    )
    if isinstance(answer, Move):
        assert answer.data["expires_at"] == AT + left + days * DAY
        assert days >= 1
        assert left > 0
    else:
        assert days < 1 or days > 180 or left <= 0


def test_a_declined_extension_leaves_the_end_where_it_was() -> None:
    data = {**facts("decline_extension"), "extension_days": 60}
    asked = situation("decline_extension", role="requested", stage="extension_asked", data=data)
    answer = decide(rules(), asked)
    assert isinstance(answer, Move)
    assert answer.data["expires_at"] == data["expires_at"]
    assert "extension_days" not in answer.data


@given(later=st.integers(min_value=0, max_value=10_000 * DAY))
def test_a_follow_up_freezes_the_end(later: int) -> None:
    answer = decide(rules(), situation("follow_up", stage="preserved", data=facts("follow_up")))
    assert isinstance(answer, Move)
    assert "expires_at" not in answer.data
    assert all(clock.acts is None for clock in answer.clocks)
    then = decide(
        rules(), situation("expire", role="machine", stage=answer.to, data=answer.data, at=AT + later)
    )
    assert then == Refusal(code="ACT_NOT_NOW", detail="held")


def test_an_unconfirmed_oral_request_falls_due_in_a_day() -> None:
    answer = decide(rules("stored-data-access"), situation("open_oral", procedure="stored-data-access"))
    assert isinstance(answer, Move)
    assert [(clock.id, clock.due_at - AT, clock.statutory) for clock in answer.clocks] == [
        ("ORAL", DAY, False)
    ]


def test_status_is_due_from_the_question_to_the_answer() -> None:
    answer = decide(rules(), situation("ask_status", stage="held", data=facts("ask_status")))
    assert isinstance(answer, Move)
    assert "STATUS" in [clock.id for clock in answer.clocks]
    then = decide(rules(), situation("report_status", role="requested", stage="held", data=answer.data))
    assert isinstance(then, Move)
    assert "STATUS" not in [clock.id for clock in then.clocks]


def test_clocks_come_soonest_first() -> None:
    answer = decide(rules(), situation("ask_status", stage="preserved", data=facts("ask_status")))
    assert isinstance(answer, Move)
    assert [clock.due_at for clock in answer.clocks] == sorted(clock.due_at for clock in answer.clocks)
