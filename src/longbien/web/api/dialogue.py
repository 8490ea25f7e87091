"""Routes about meetings between States: the board, minutes, what is to be done, the calendar.

What it knows: `node.meetings`. What it must never do: take a step in a meeting; only acts do.
"""

from longbien.node import meetings
from longbien.web.api import meeting_shapes, shapes, told
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.minutes import public_minutes

HTML = "text/html"
TO_DO = "To do after a meeting"


def every(call: Call) -> Answer:
    """The meetings, the youngest first."""
    query: shapes.LanguageQuery = call.query
    found = meetings.meetings(call.api.node, language=query.language)
    return Answer(given=meeting_shapes.MeetingList(items=tuple(map(shown, found))))


def one(call: Call) -> Answer:
    """One meeting."""
    return Answer(given=shown(_meeting(call)))


def calendar(call: Call) -> Answer:
    """The meetings, and what this State has to do after them, as iCalendar."""
    query: shapes.LanguageQuery = call.query
    node = call.api.node
    found = meetings.meetings(node, language=query.language)
    raw = call.api.agenda(meetings.appointments(found, own=node.party, label=TO_DO), node.world.now())
    return Answer(raw=raw, media="text/calendar")


def keep_minutes(call: Call) -> Answer:
    """This is the text of the minutes."""
    wanted: meeting_shapes.MinutesWanted = call.body
    kept = granted(meetings.keep_minutes(call.api.node, call.bytes("exchange"), wanted.text, by=_by(call)))
    return Answer(given=shown(kept))


def mark(call: Call) -> Answer:
    """An action is done, or open again."""
    wanted: meeting_shapes.ActionWanted = call.body
    marked = granted(
        meetings.mark_action(
            call.api.node, call.bytes("exchange"), int(call.path["place"]), done=wanted.done, by=_by(call)
        )
    )
    return Answer(given=shown(marked))


def public(call: Call) -> Answer:
    """The minutes as a page for the public."""
    query: shapes.LanguageQuery = call.query
    found = _meeting(call)
    code = meetings.not_public(found)
    if code:
        raise Refused(code, call.path["exchange"])
    node = call.api.node
    mode = node.directory.own.descriptor.mode
    return Answer(raw=public_minutes(node, found, query.language, mode), media=HTML)


def shown(found: meetings.Meeting) -> meeting_shapes.Meeting:
    """A meeting as the API gives it."""
    return meeting_shapes.Meeting(
        exchange=found.item.line.exchange.hex(),
        procedure=found.procedure,
        title=found.title,
        kind=found.kind,
        stage=found.stage,
        turn=found.item.line.turn,  # type: ignore[arg-type]  # one of the four, by the room that made it
        host=found.host,
        practice=found.practice,
        handling=found.handling,
        begins_at=told.moment_or_none(found.begins_at),
        ends_at=told.moment_or_none(found.ends_at),
        reply_by=told.moment_or_none(found.reply_by),
        place=found.place,
        language=found.language,
        interpretation=found.interpretation,
        agenda=found.agenda,
        minutes_rule=found.minutes_rule,
        answers=tuple(
            meeting_shapes.MeetingAnswer(
                party=item.party,
                answer=item.answer,  # type: ignore[arg-type]  # the law's values
                participants=item.participants,
                needs=item.needs,
            )
            for item in found.answers
        ),
        papers=tuple(
            meeting_shapes.MeetingFile(
                party=item.party, name=item.name, sha256=item.sha256.hex(), language=item.language
            )
            for item in found.papers
        ),
        positions=tuple(
            meeting_shapes.MeetingPosition(
                party=item.party, label=item.label, text=item.text, at=told.moment(item.at)
            )
            for item in found.positions
        ),
        present=found.present,
        report=found.report.hex() or None,
        lessons=found.lessons,
        actions=tuple(
            meeting_shapes.MeetingAction(
                place=item.place,
                what=item.what,
                owner=item.owner,
                due_on=item.due_on,
                done_at=told.moment_or_none(item.done_at),
            )
            for item in found.actions
        ),
        agreed=found.agreed,
        asked=found.asked,
        text=found.text,
        proved=found.proved,
        not_public=meetings.not_public(found),
    )


def _meeting(call: Call) -> meetings.Meeting:
    query: shapes.LanguageQuery = call.query
    found = meetings.meeting(call.api.node, call.bytes("exchange"), language=query.language)
    if found is None:
        raise Refused("MEETING_UNKNOWN", call.path["exchange"])
    return found


def _by(call: Call) -> bytes:
    return b"" if call.token is None else call.token.id.encode()
