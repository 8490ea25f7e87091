"""Routes for those who read along: events by number, and the hooks that are told of them.

What it knows: numbers and addresses. What it must never hold: anything of a case.
"""

from msgspec import UNSET

from longbien.node import hooks
from longbien.web.api import shapes, told
from longbien.web.api.answers import Answer, Call, Refused, granted


def events(call: Call) -> Answer:
    """What happened after an event, in order."""
    query: shapes.EventsQuery = call.query
    with call.api.node.store.transaction() as tx:
        first, last = tx.events.bounds()
        found = tx.events.after(query.after, limit=query.limit)
    if 0 < query.after < first - 1:
        raise Refused("EVENTS_GONE", f"the first event that is kept is {first}")
    reached = found[-1].number if found else max(query.after, 0) if query.after <= last else last
    return Answer(given=shapes.EventPage(items=tuple(map(told.event, found)), next=reached))


def all_hooks(call: Call) -> Answer:
    """Every hook."""
    with call.api.node.store.transaction() as tx:
        found = tx.events.hooks()
    return Answer(given=shapes.HookList(items=tuple(map(told.hook, found))))


def add_hook(call: Call) -> Answer:
    """An address is told from now on."""
    wanted: shapes.HookWanted = call.body
    made = granted(hooks.add(call.api.node, url=wanted.url, kinds=wanted.kinds))
    given = shapes.HookMade(hook=told.hook(made), secret=hooks.shown_secret(made.secret))
    return Answer(given=given, status=201, headers={"Location": f"/api/v1/hooks/{made.id}"})


def remove_hook(call: Call) -> Answer:
    """An address is told nothing more."""
    granted(hooks.remove(call.api.node, call.path["hook"]))
    return Answer(status=204)


def try_hook(call: Call) -> Answer:
    """A trial event goes to a hook."""
    return Answer(
        given=shapes.Queued(event=granted(hooks.try_out(call.api.node, call.path["hook"]))), status=202
    )


def log(call: Call) -> Answer:
    """What a hook was told, and what waits."""
    query: shapes.LogQuery = call.query
    with call.api.node.store.transaction() as tx:
        if tx.events.hook(call.path["hook"]) is None:
            raise Refused("HOOK_UNKNOWN", call.path["hook"])
        found = tx.events.log(
            call.path["hook"], before=None if query.before is UNSET else query.before, limit=query.limit
        )
    return Answer(given=shapes.HookLog(items=tuple(map(told.hook_delivery, found))))


def replay(call: Call) -> Answer:
    """A hook is told of an event again."""
    event = int(call.path["event"])
    granted(hooks.replay(call.api.node, call.path["hook"], event))
    return Answer(given=shapes.Queued(event=event), status=202)
