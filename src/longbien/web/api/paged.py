"""Routes about pages: what calls people, what a person says to it through a program, and tests.

What it knows: `node.pages` and `node.replies`. What it must never do: show the code of a call, or say a word to another State.
"""

from collections.abc import Callable

from msgspec import UNSET

from longbien.node import Denied, pages, replies
from longbien.node.node import Node
from longbien.store.page_rows import PageRow
from longbien.web.api import duty_shapes as shapes
from longbien.web.api import told
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.shifts import office_of, own, people

Say = Callable[[Node, bytes, bytes], PageRow | Denied]


def every(call: Call) -> Answer:
    """What an office is called for."""
    node, office, query = call.api.node, office_of(call), call.query
    kind = "" if query.kind is UNSET else query.kind
    found = pages.all_pages(node, kind=kind) if query.ended else pages.open_pages(node)
    return Answer(
        given=shapes.PageList(
            items=tuple(
                _told(call, item)
                for item in found
                if item.page.office in {"", office} and kind in {"", item.page.kind}
            )
        )
    )


def test(call: Call) -> Answer:
    """A test calls as a real page does."""
    row = granted(pages.call_test(call.api.node, office_of(call)))
    return Answer(given=_found(call, row.id), status=202)


def reply(call: Call) -> Answer:
    """A person is awake who wrote the code of a call back. Few are heard from one gateway: a code is short, and not to be found by trying."""
    wanted: shapes.Reply = call.body
    assert call.token is not None, "the route takes a token"
    left = call.api.replies.ask(call.token.id, call.api.node.world.now())
    if not left.allowed:
        raise Refused("RATE_EXCEEDED", f"again in {left.seconds} s", **{"Retry-After": str(left.seconds)})
    row = granted(replies.answer(call.api.node, wanted.text))
    return Answer(given=shapes.Heard(stage=row.stage))


def awake(call: Call) -> Answer:
    """A person is awake; nothing is acknowledged."""
    return _said(call, lambda node, page, person: replies.awake(node, page, by=person))


def acknowledge(call: Call) -> Answer:
    """A person sees to it; nobody else is called."""
    return _said(call, lambda node, page, person: replies.acknowledge(node, page, by=person))


def close(call: Call) -> Answer:
    """A person ends it with a reason."""
    wanted: shapes.Closing = call.body
    return _said(call, lambda node, page, person: replies.close(node, page, by=person, why=wanted.why))


def _said(call: Call, say: Say) -> Answer:
    wanted: shapes.Said | shapes.Closing = call.body
    node, identifier = call.api.node, call.bytes("page")
    person = bytes.fromhex(wanted.person)
    with node.store.transaction() as tx:
        officer = tx.desk.officer(person)
    if officer is None or not officer.active or not own(call, officer.office):
        raise Refused("OFFICER_UNKNOWN", wanted.person)
    return Answer(given=_found(call, granted(say(node, identifier, person)).id))


def _found(call: Call, identifier: bytes) -> shapes.Page:
    found = pages.one_page(call.api.node, identifier)
    assert found is not None, "a page is never deleted"
    return _told(call, found)


def _told(call: Call, found: pages.Open) -> shapes.Page:
    row = found.page
    with call.api.node.store.transaction() as tx:
        names = people(tx)
    return shapes.Page(
        page=row.id.hex(),
        kind=row.kind,
        urgency=row.urgency,
        office=row.office,
        exchange=None if row.exchange is None else row.exchange.hex(),
        stage=row.stage,  # type: ignore[arg-type]  # one of the four, by the room that writes it
        raised_at=told.moment(row.raised_at),
        steps=row.step,
        count=found.count,
        storm=None if row.storm is None else row.storm.hex(),
        awake=names.get(row.awake_by or b""),
        awake_at=told.moment_or_none(row.awake_at),
        ended=names.get(row.ended_by or b""),
        ended_at=told.moment_or_none(row.ended_at),
        why=row.why,
        calls=tuple(
            shapes.PageCall(
                person=item.person.hex(),
                channel=item.channel,
                step=item.step,
                made_at=told.moment(item.made_at),
                sent_at=told.moment_or_none(item.sent_at),
                tries=item.tries,
                reason=item.reason,
            )
            for item in found.calls
        ),
    )
