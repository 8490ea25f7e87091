"""Routes about exchanges: the queue, one matter, who sees to it, its record, running clocks, the report.

What it knows: which reading model answers which question. What it must never do: change an exchange; only acts do.
"""

import re

from msgspec import UNSET

from longbien.law import worded
from longbien.node import statistics, telling
from longbien.node.handling import Handled, handle, handled
from longbien.node.matter import behind, delivery, matter
from longbien.node.queue import Wish, page
from longbien.node.record import export
from longbien.store.exchange_rows import ExchangeRow
from longbien.web.api import shapes, told
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.looking import reader

_TAG = re.compile(r'\*|(?:W/)?"([!#-~]*)"')
RECORD = "application/vnd.longbien.record+cbor"
CALENDAR = "text/calendar"


def exchanges(call: Call) -> Answer:
    """One page of a view, of a search, or of what changed since."""
    query: shapes.QueueQuery = call.query
    since = None if query.updated_since is UNSET else told.milliseconds(query.updated_since)
    wish = Wish(
        view=query.view,
        search=query.q,
        order=query.order,
        changed_since=since,
        limit=query.limit,
        cursor=query.cursor,
    )
    found = page(call.api.node, reader(call, query.office), wish)
    items = tuple(map(told.line, found.items))
    return Answer(given=shapes.LinePage(items=items, cursor=found.cursor or None))


def one(call: Call) -> Answer:
    """Everything about an exchange."""
    query: shapes.MatterQuery = call.query
    found = matter(
        call.api.node, call.bytes("exchange"), language=query.language, office=query.office or _office(call)
    )
    if found is None:
        raise Refused("EXCHANGE_UNKNOWN", call.path["exchange"])
    return Answer(given=told.matter(found))


def provenance(call: Call) -> Answer:
    """Who stands behind each act."""
    found = behind(call.api.node, _row(call))
    return Answer(given=shapes.ProvenanceList(items=tuple(map(told.provenance, found))))


def record(call: Call) -> Answer:
    """The record of an exchange, for whoever trusts nobody in it."""
    row, node = _row(call), call.api.node
    raw = export(node.store, node.book, node.directory, row.id, exported_at=node.world.now())
    name = f'attachment; filename="{row.id.hex()}.lb"'
    return Answer(raw=raw, media=RECORD, headers={"Content-Disposition": name})


def see_handling(call: Call) -> Answer:
    """Who sees to an exchange."""
    _line(call)
    found = handled(call.api.node, call.bytes("exchange"))
    return Answer(given=told.handling(found), version=str(found.changed_at))


def set_handling(call: Call) -> Answer:
    """Who sees to an exchange from now on."""
    wanted: shapes.HandlingWanted = call.body
    found = granted(
        handle(
            call.api.node,
            call.bytes("exchange"),
            Handled(
                owner=None if wanted.owner is None else bytes.fromhex(wanted.owner),
                snoozed_until=None
                if wanted.snoozed_until is None
                else told.milliseconds(wanted.snoozed_until),
                reference=wanted.reference,
                tags=wanted.tags,
            ),
            by=b"" if call.token is None else call.token.id.encode(),
            seen=seen(call),
        )
    )
    return Answer(given=told.handling(found), version=str(found.changed_at))


def where(call: Call) -> Answer:
    """Where one act is: proofs, and what it waits for."""
    found = delivery(call.api.node, call.bytes("statement"))
    if found is None:
        raise Refused("STATEMENT_UNKNOWN", call.path["statement"])
    return Answer(
        given=shapes.Delivery(
            statement=call.path["statement"],
            leaf=found.leaf,
            proofs=tuple(map(told.proof, found.proofs)),
            waiting=tuple(map(told.waits, found.waiting)),
        )
    )


def clocks(call: Call) -> Answer:
    """Every running clock."""
    return Answer(given=shapes.ClockList(items=_clocks(call)))


def calendar(call: Call) -> Answer:
    """Every running clock as iCalendar, with nothing of a case."""
    query: shapes.LanguageQuery = call.query
    raw = call.api.calendar(_clocks(call), call.api.node.world.now(), query.language)
    return Answer(raw=raw, media=CALENDAR)


def report(call: Call) -> Answer:
    """The transparency report of the exchanges opened in a period; small counts are hidden."""
    query: shapes.PeriodQuery = call.query
    start, end = told.milliseconds(query.start), told.milliseconds(query.end)
    if start >= end:
        raise Refused("PERIOD_ORDER", "start is not before end")
    found = statistics.report(call.api.node, start=start, end=end, practice=query.practice)
    return Answer(given=call.api.figures(found))


def _clocks(call: Call) -> tuple[shapes.RunningClock, ...]:
    node, query = call.api.node, call.query
    found = []
    for row, clock in telling.running(node):
        version = telling.version(row)
        rules = node.world.lawbook.rules(row.procedure, version)
        labels = {} if rules is None else rules.clocks[clock.id].labels
        found.append(
            shapes.RunningClock(
                exchange=row.id.hex(),
                procedure=row.procedure,
                clock=clock.id,
                label=worded(labels, query.language) or clock.id,
                due_at=told.moment(clock.due_at),
                statutory=clock.statutory,
                reminders=clock.reminders,
                practice=not telling.is_live(node, row),
            )
        )
    return tuple(found)


def _office(call: Call) -> str:
    return "" if call.token is None else call.token.office


def _row(call: Call) -> ExchangeRow:
    identifier = call.bytes("exchange")
    with call.api.node.store.transaction() as tx:
        row = tx.exchanges.find([identifier]).get(identifier)
    if row is None:
        raise Refused("EXCHANGE_UNKNOWN", call.path["exchange"])
    return row


def _line(call: Call) -> None:
    identifier = call.bytes("exchange")
    with call.api.node.store.transaction() as tx:
        if identifier not in tx.queue.find([identifier]):
            raise Refused("EXCHANGE_UNKNOWN", call.path["exchange"])


def seen(call: Call) -> int | None:
    """The version that the asker looked at; "*" is any."""
    found = _TAG.fullmatch((call.if_match or "").strip())
    if found is None:
        raise Refused("PARAMETER_INVALID", "If-Match")
    if found[0] == "*":
        return None
    digits = found[1] or ""
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise Refused("CHANGED_MEANWHILE", "If-Match is not an ETag of this resource")
    return int(digits)
