"""Running clocks as a calendar: in UTC, the law apart from targets, and nothing of a case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from law import sample
from longbien.cli.commands import perform
from longbien.interop.calendar import Due, calendar
from longbien.interop.words import word
from longbien.law.instants import HOUR
from longbien.law.tables import LANGUAGES
from node.pair import pair

AT = sample.AT
CLOCKS = st.builds(
    Due,
    exchange=st.binary(min_size=16, max_size=16).map(bytes.hex),
    clock=st.sampled_from(["PRES-60", "ACK", "DEADLINE"]),
    labels=st.just({"en": "Preservation ends; really, \\n", "vi": "Hết hạn"}),
    due_at=st.integers(min_value=0, max_value=253_370_764_799).map(lambda seconds: seconds * 1000),
    statutory=st.booleans(),
    reminders=st.lists(
        st.integers(min_value=1, max_value=400).map(lambda hours: hours * HOUR), max_size=3
    ).map(tuple),
    practice=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(CLOCKS, max_size=5, unique_by=lambda clock: (clock.exchange, clock.clock)),
    st.sampled_from(LANGUAGES),
)
def test_every_clock_is_an_event_in_utc_with_its_alarms_and_its_kind(
    clocks: list[Due], language: str
) -> None:
    raw = calendar(clocks, at=AT, language=language)
    events = Calendar.from_ical(raw).walk("VEVENT")
    assert len(events) == len({str(event["uid"]) for event in events}) == len(clocks)
    for event, clock in zip(events, clocks, strict=True):
        assert event.decoded("dtstart") == datetime.fromtimestamp(clock.due_at / 1000, UTC)
        assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [
            timedelta(milliseconds=-before) for before in clock.reminders
        ]
        categories = [str(item) for item in event["categories"].cats]
        assert categories == ["STATUTORY" if clock.statutory else "TARGET"]
        law, target = (
            f"[{word(name, language)}]" in event["summary"] for name in ("clock_law", "clock_target")
        )
        assert (law, target) == (clock.statutory, not clock.statutory)
        assert event["summary"].startswith("EXERCISE") is clock.practice
        assert clock.exchange not in raw.decode()


def test_a_running_exchange_gives_its_clocks_and_nothing_of_its_case() -> None:
    two = pair()
    sent = two.vn.act("open", sample.preservation()["open"], to="RU", procedure="preservation")
    two.deliver()
    for act in ("acknowledge", "order"):
        two.ru.act(act, sample.preservation()[act], exchange=sent.exchange)
        two.deliver()
    told = perform(two.vn.node, "clocks", {})
    found = {item["clock"]: item for item in told["clocks"]}
    assert set(found) == {"PRES-60"}
    assert found["PRES-60"]["statutory"]
    assert found["PRES-60"]["practice"]
    assert found["PRES-60"]["reminders"] == [336 * HOUR, 168 * HOUR, 48 * HOUR]
    due = Due(
        exchange=sent.exchange.hex(),
        clock="PRES-60",
        labels={"en": "Preservation ends"},
        due_at=found["PRES-60"]["due_at"],
        statutory=True,
        reminders=tuple(found["PRES-60"]["reminders"]),
        practice=True,
    )
    raw = calendar([due], at=AT, language="en").decode()
    for secret in ("VN", "RU", "hospital", "198.51.100", "Moscow", sent.exchange.hex()):
        assert secret not in raw.replace("VEVENT", "").replace("VALARM", "")
    assert calendar([replace(due)], at=AT, language="en").decode() == raw
    for side in two.sides.values():
        side.store.close()
