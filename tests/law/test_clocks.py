"""Clocks count in UTC, round the clock, whatever the calendar does; and a target is never taken for the law."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.exchange import Standing
from longbien.law import ClockRule, Move, Rules, decide, read_instant, write_instant
from longbien.law.clocks import due, running
from longbien.law.instants import DAY, HOUR

from .sample import AT, BODIES, authorisation, book, facts, situation

BOOK = book()
RULES = BOOK.rules("preservation")
YEAR_2000, YEAR_2100 = 946_684_800_000, 4_102_444_800_000
MOMENTS = st.integers(min_value=YEAR_2000, max_value=YEAR_2100)
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Ho_Chi_Minh",
    "Europe/Moscow",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
]
# The nights in which Berlin, New York, Lord Howe and Casablanca change their clocks, and a day that Samoa left out.
CHANGES = [1_774_746_000_000, 1_772_953_200_000, 1_775_314_800_000, 1_771_120_800_000, 1_325_239_200_000]


def rule(**changes: object) -> ClockRule:
    plain: dict[str, object] = {
        "id": "IT",
        "start": "stage_since",
        "minutes": 0,
        "hours": 0,
        "days": 0,
        "working_days": 0,
        "min_days": 0,
        "statutory": False,
        "acts": None,
        "remind_hours": (),
        "article": "",
        "article_checked": None,
        "labels": {"en": "It"},
    }
    return ClockRule(**{**plain, **changes})


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)


@given(at=MOMENTS, hours=st.integers(0, 5000), days=st.integers(0, 4000))
def test_hours_and_days_run_round_the_clock_through_weekends_and_leap_days(
    at: int, hours: int, days: int
) -> None:
    assert due(rule(hours=hours), at) == at + hours * HOUR
    assert due(rule(days=days), at) == at + days * DAY
    assert moment(due(rule(days=days), at)) == moment(at) + timedelta(days=days)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2028-02-28T12:00:00Z", 1, "2028-02-29T12:00:00Z"),
        ("2028-02-29T12:00:00Z", 365, "2029-02-28T12:00:00Z"),
        ("2027-12-31T23:59:59Z", 60, "2028-02-29T23:59:59Z"),
        ("2026-12-31T23:59:59Z", 60, "2027-03-01T23:59:59Z"),
        ("2100-02-28T00:00:00Z", 1, "2100-03-01T00:00:00Z"),
    ],
)
def test_sixty_days_are_sixty_days_in_a_leap_year_and_out_of_it(start: str, days: int, end: str) -> None:
    began = read_instant(start)
    assert isinstance(began, int)
    assert write_instant(due(rule(days=days), began)) == end


@given(at=MOMENTS | st.sampled_from(CHANGES), zone=st.sampled_from(ZONES), hours=st.integers(1, 72))
def test_a_change_of_the_local_clock_makes_no_hour_longer(at: int, zone: str, hours: int) -> None:
    local = moment(at).astimezone(ZoneInfo(zone))
    read = read_instant(local.isoformat(timespec="seconds"))
    if local.utcoffset() is not None and local.utcoffset().total_seconds() % 60 == 0:
        assert read == at // 1000 * 1000
        assert due(rule(hours=hours), read) - read == hours * HOUR


@given(at=MOMENTS, minutes=st.integers(-14 * 60, 14 * 60).filter(bool))
def test_a_deadline_is_one_instant_in_whatever_zone_it_is_written(at: int, minutes: int) -> None:
    written = moment(at).astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    body = {**BODIES["preservation"]()["open"], "deadline": written}
    answer = decide(RULES, situation("open", body=body))
    assert isinstance(answer, Move)
    assert {clock.due_at for clock in answer.clocks if clock.id == "DEADLINE"} == {at // 1000 * 1000}


@given(at=MOMENTS, count=st.integers(1, 260))
def test_working_days_end_on_a_working_day_and_never_run_backwards(at: int, count: int) -> None:
    end = due(rule(working_days=count), at)
    assert moment(end).weekday() < 5
    assert end % DAY == at % DAY
    assert due(rule(working_days=count), at + 7 * DAY) == end + 7 * DAY
    assert due(rule(working_days=count), at + 1) >= end
    assert due(rule(working_days=count + 1), at) > end
    assert due(rule(working_days=count), at) >= due(rule(days=count), at) - 2 * DAY


@given(at=MOMENTS, years=st.sampled_from([-10, 10]), span=st.integers(1, 500))
def test_a_host_whose_clock_jumps_ten_years_moves_the_end_by_just_that(
    at: int, years: int, span: int
) -> None:
    jump = years * 3652 * DAY
    for kind in ("hours", "days"):
        known = rule(**{kind: span})
        assert due(known, at + jump) - due(known, at) == jump


@pytest.mark.promise("P13")
@given(jump=st.sampled_from([-3652, -1, 1, 59, 3652]))
def test_a_preservation_ends_when_its_time_has_come_however_the_clock_jumps(jump: int) -> None:
    ends = AT + 60 * DAY
    data = {**facts("expire"), "expires_at": ends}
    answer = decide(
        RULES, situation("expire", role="machine", stage="preserved", data=data, at=AT + jump * DAY)
    )
    assert isinstance(answer, Move) is (AT + jump * DAY >= ends)


FACTS = sorted({clock.start for rules in BOOK.procedures.values() for clock in rules.clocks.values()})


@given(st.data())
def test_every_clock_runs_from_its_own_fact_and_keeps_its_kind(data: st.DataObject) -> None:
    rules: Rules = data.draw(st.sampled_from(list(BOOK.procedures.values())))
    stage = data.draw(st.sampled_from(sorted(rules.flow.stages)))
    known = data.draw(st.dictionaries(st.sampled_from(FACTS), MOMENTS))
    found = running(rules, stage, known)
    expected = {name for name in rules.flow.stages[stage].clocks if rules.clocks[name].start in known}
    assert {clock.id for clock in found} == expected
    for clock in found:
        law = rules.clocks[clock.id]
        assert clock.statutory is law.statutory
        assert clock.due_at == due(law, known[law.start])
        assert all(before > 0 for before in clock.reminders)
        assert list(clock.reminders) == sorted(clock.reminders, reverse=True)


def test_a_clock_of_the_law_counts_every_day_and_names_its_article() -> None:
    for rules in BOOK.procedures.values():
        for clock in rules.clocks.values():
            if clock.statutory:
                assert clock.working_days == 0, clock.id
                assert clock.article, clock.id


def test_a_clock_keeps_its_kind_on_its_way_through_the_store() -> None:
    stage, known = "preserved", {"expires_at": AT, "risk_at": AT, "deadline": AT, "status_asked_at": AT}
    clocks = running(RULES, stage, known)
    assert {clock.statutory for clock in clocks} == {True, False}
    standing = Standing(
        exchange=bytes(16),
        procedure="preservation",
        version=1,
        rules=RULES.digest,
        host="RU",
        opener="VN",
        roles=(("RU", "requested"), ("VN", "requesting")),
        stage=stage,
        position=3,
        head=bytes(32),
        data=known,
        latest={},
        clocks=clocks,
    )
    assert Standing.decode(standing.encode()).clocks == clocks


@given(asked=st.integers(0, 50), span=st.integers(1, 180))
def test_an_extension_moves_the_end_by_its_days_however_long_it_was_asked_for(asked: int, span: int) -> None:
    data = {**facts("extend"), "expires_at": AT + 60 * DAY, "extension_days": asked}
    at = AT + asked * DAY
    body = {"days": span, "authorisation": authorisation(at)}
    answer = decide(
        RULES, situation("extend", role="requested", stage="extension_asked", body=body, data=data, at=at)
    )
    assert isinstance(answer, Move)
    (clock,) = (clock for clock in answer.clocks if clock.id == "PRES-60")
    assert clock.due_at == AT + (60 + span) * DAY


@given(wait=st.integers(0, 400))
def test_a_held_preservation_has_no_end_of_its_own_until_the_follow_up_is_decided(wait: int) -> None:
    held = decide(RULES, situation("follow_up", stage="preserved", data=facts("follow_up")))
    assert isinstance(held, Move)
    assert not {clock.id for clock in held.clocks} & {"PRES-60"}
    at = AT + wait * DAY
    decided = situation("follow_up_decided", role="requested", stage="held", data=held.data, at=at)
    answer = decide(RULES, decided)
    assert isinstance(answer, Move)
    assert answer.clocks == ()


@given(wait=st.integers(0, 400))
def test_a_postponed_request_that_is_taken_up_again_has_its_whole_time_again(wait: int) -> None:
    rules = BOOK.rules("stored-data-access")
    at = AT + wait * DAY
    resumed = situation(
        "resume",
        role="requested",
        stage="postponed",
        data=facts("resume"),
        at=at,
        procedure="stored-data-access",
    )
    answer = decide(rules, resumed)
    assert isinstance(answer, Move)
    (clock,) = (clock for clock in answer.clocks if clock.id == "CHECK")
    assert clock.due_at == due(rules.clocks["CHECK"], at)
    assert not {clock.id for clock in answer.clocks} & {"REVIEW"}
