"""Commands about programs of this State: tokens with which they ask, hooks that are told what happens.

What it knows: arguments, and what the node's rooms give. What it must never do: print a token or a secret a second time.
"""

from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.node import Denied, Node, hooks, tokens
from longbien.store.event_rows import HookDeliveryRow, HookRow
from longbien.store.program_rows import TokenRow

LOG_MAX = 1000
EVENT_MAX = 1 << 53


def token_new(node: Node, given: Arguments) -> Result:
    """A new token; its text is told this once."""
    made = tokens.make(
        node,
        name=given.text("name"),
        scopes=given.texts("scopes"),
        office=given.text("office"),
        networks=given.texts("networks"),
        days=given.number("days", tokens.DAYS_DEFAULT, highest=tokens.DAYS_MAX),
    )
    if isinstance(made, Denied):
        raise CommandRefused(made.code, made.detail)
    return {**_token(made.row), "text": made.text}


def token_list(node: Node, _: Arguments) -> Result:
    """Every token, without its text."""
    return {"tokens": [_token(row) for row in tokens.tokens(node)]}


def token_revoke(node: Node, given: Arguments) -> Result:
    """A token counts no more."""
    _refuse(tokens.revoke(node, given.text("token")))
    return {"token": given["token"]}


def hook_add(node: Node, given: Arguments) -> Result:
    """A new hook, and the secret by which it knows our letters, this once."""
    made = hooks.add(node, url=given.text("url"), kinds=tuple(given.texts("kinds")))
    if isinstance(made, Denied):
        raise CommandRefused(made.code, made.detail)
    return {**_hook(made), "secret": hooks.shown_secret(made.secret)}


def hook_list(node: Node, _: Arguments) -> Result:
    """Every hook."""
    with node.store.transaction() as tx:
        return {"hooks": [_hook(row) for row in tx.events.hooks()]}


def hook_remove(node: Node, given: Arguments) -> Result:
    """A hook is told nothing more."""
    _refuse(hooks.remove(node, given.text("hook")))
    return {"hook": given["hook"]}


def hook_test(node: Node, given: Arguments) -> Result:
    """A trial event goes to a hook."""
    event = hooks.try_out(node, given.text("hook"))
    if isinstance(event, Denied):
        raise CommandRefused(event.code, event.detail)
    return {"hook": given["hook"], "event": event}


def hook_replay(node: Node, given: Arguments) -> Result:
    """A hook is told of an event again."""
    event = given.number("event", 0, highest=EVENT_MAX)
    _refuse(hooks.replay(node, given.text("hook"), event))
    return {"hook": given["hook"], "event": event}


def hook_log(node: Node, given: Arguments) -> Result:
    """What a hook was told, the newest event first."""
    with node.store.transaction() as tx:
        if tx.events.hook(given.text("hook")) is None:
            raise CommandRefused("HOOK_UNKNOWN", given.text("hook"))
        rows = tx.events.log(given.text("hook"), limit=given.number("limit", 50, highest=LOG_MAX))
    return {"hook": given["hook"], "deliveries": [_delivery(row) for row in rows]}


def _refuse(answer: Denied | None) -> None:
    if answer is not None:
        raise CommandRefused(answer.code, answer.detail)


def _token(row: TokenRow) -> Result:
    return {
        "token": row.id,
        "name": row.name,
        "scopes": row.scopes.split(),
        "office": row.office,
        "networks": row.networks.split(),
        "made_at": row.made_at,
        "ends_at": row.expires_at,
        "used_at": row.used_at,
        "revoked_at": row.revoked_at or 0,
    }


def _hook(row: HookRow) -> Result:
    return {
        "hook": row.id,
        "url": row.url,
        "kinds": row.kinds.split(),
        "made_at": row.made_at,
        "reason": row.stopped or "",
    }


def _delivery(row: HookDeliveryRow) -> Result:
    return {
        "event": row.event,
        "kind": row.kind,
        "tries": row.tries,
        "status": row.status,
        "reason": row.reason,
        "tried_at": row.tried_at,
        "next_try_at": row.next_at or 0,
    }
