"""Meetings for programs: what the console shows of them, and the notes that it takes."""

import pytest

from longbien.web.client import ApiProblem
from web import meet

from .served import served


def test_a_program_reads_meetings_keeps_minutes_and_publishes_what_was_agreed():
    with served() as api:
        exchange = meet.held(api.two).hex()
        client = api.client
        (line,) = client.meetings("ru")
        one = client.meeting(exchange)
        assert (line.exchange, one.title, one.stage) == (exchange, "Reachability at night", "reported")
        assert (one.answers[0].answer, one.present, one.not_public) == (
            "yes",
            ("RU", "VN"),
            "MINUTES_NOT_HERE",
        )
        with pytest.raises(ApiProblem, match="422 MINUTES_OTHER"):
            client.keep_minutes(exchange, "something else")
        assert client.keep_minutes(exchange, meet.TEXT).proved
        with pytest.raises(ApiProblem, match="422 MINUTES_NOT_AGREED"):
            client.public_minutes(exchange)
        meet.act(api.two, "RU", "agree_minutes", {}, bytes.fromhex(exchange))
        assert 'dir="rtl"' in client.public_minutes(exchange, "ar").decode()
        assert client.mark_action(exchange, 2, done=True).actions[1].done_at is not None
        assert client.mark_action(exchange, 2, done=False).actions[1].done_at is None
        for refused in (
            lambda: client.mark_action(exchange, 9, done=True),
            lambda: client.meeting("00" * 16),
        ):
            with pytest.raises(ApiProblem, match="404"):
                refused()
        assert client.meeting_calendar().startswith(b"2 ")
        reader = api.as_("cases:read")
        with pytest.raises(ApiProblem, match="SCOPE_MISSING"):
            reader.keep_minutes(exchange, meet.TEXT)
