"""Times are read strictly, always with their zone, and counted without a calendar library."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.law.instants import (
    DAY,
    HOUR,
    after_working_days,
    day,
    day_of,
    read_date,
    read_instant,
    write_day,
    write_instant,
)

LAST = 253_370_764_799_999  # 9998-12-31T23:59:59.999Z


@given(st.integers(min_value=0, max_value=LAST))
def test_what_is_written_is_read_again(at: int) -> None:
    assert read_instant(write_instant(at)) == at


@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1970 < moment.year < 9999),
    st.integers(min_value=-14 * 60, max_value=14 * 60).filter(bool),
)
def test_every_zone_on_earth_is_read_as_python_reads_it(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_instant(zoned.isoformat()) == round(zoned.timestamp() * 1000)


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    found = read_instant(text)
    assert isinstance(found, int) or found in ("FIELD_INVALID", "TIME_WITHOUT_ZONE")


@pytest.mark.parametrize(
    "text",
    ["2026-11-14T18:57:03", "2026-11-14T18:57:03.5", "2026-11-14T18:57:03-00:00"],
)
def test_a_time_without_zone_has_its_own_code(text: str) -> None:
    assert read_instant(text) == "TIME_WITHOUT_ZONE"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-14",
        "2026-11-14 18:57:03Z",
        "2026-11-14t18:57:03z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-14T24:00:00Z",
        "2026-11-14T23:60:00Z",
        "2026-06-30T23:59:60Z",
        "2026-11-14T18:57:03+15:00",
        "2026-11-14T18:57:03+05:60",
        "2026-11-14T18:57:03Z\n",
        "٢٠٢٦-11-14T18:57:03Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    assert read_instant(text) == "FIELD_INVALID"


def test_digits_beyond_milliseconds_are_cut_off() -> None:
    assert read_instant("1970-01-01T00:00:00.123999999Z") == 123
    assert read_instant("1970-01-01T00:00:00.5Z") == 500


@given(st.dates())
def test_dates_are_days_since_1970(value: date) -> None:
    assert read_date(value.isoformat()) == day(value) == (value - date(1970, 1, 1)).days
    assert write_day(day(value)) == value.isoformat()


def test_a_day_is_a_day_in_utc() -> None:
    assert day_of(DAY - 1) == 0
    assert day_of(DAY) == 1


@given(st.integers(min_value=0, max_value=LAST // 2), st.integers(min_value=1, max_value=300))
def test_working_days_are_counted_one_by_one(at: int, count: int) -> None:
    moment = datetime.fromtimestamp(at / 1000, UTC).date()
    left = count
    while left:
        moment += timedelta(days=1)
        left -= moment.weekday() < 5
    assert day_of(after_working_days(at, count)) == day(moment)
    assert after_working_days(at, count) % DAY == at % DAY


def test_no_working_day_is_no_time() -> None:
    sunday = 1_795_374_000_000
    assert after_working_days(sunday, 0) == sunday
    assert after_working_days(sunday, 1) == sunday + 24 * HOUR
