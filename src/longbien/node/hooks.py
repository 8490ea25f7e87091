"""Hooks: addresses that are told what happens, by Standard Webhooks, with CloudEvents as bodies.

What it knows: which event goes to which hook, when a try is repeated, and how a body is signed. What it must never know: the network;
`longbien.web.crier` goes out. A body holds identifiers alone.
"""

import base64
import hmac
import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from longbien.law import write_instant
from longbien.law.instants import DAY
from longbien.node.book import notice
from longbien.node.events import KINDS, TEST, happened
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.store import Transaction
from longbien.store.event_rows import EventRow, HookDeliveryRow, HookRow

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark that the convention puts before a secret
URL_MAX = 2000
# Pauses between tries (ms), as Standard Webhooks proposes them; after the last one a try is given up, and can be replayed by hand.
PAUSES = (5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000)
AT_ONCE = 64
KEPT_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One POST: where to, with which headers, and what it is about."""

    hook: HookRow
    row: HookDeliveryRow
    headers: dict[str, str]
    body: bytes


def add(node: Node, *, url: str, kinds: tuple[str, ...] = ()) -> HookRow | Denied:
    """This address is told of these kinds from now on, of all where none is named. Codes: HOOK_URL, EVENT_KIND_UNKNOWN."""
    refused = _refused(url, kinds)
    if refused is not None:
        return refused
    now = node.world.now()
    with node.store.transaction() as tx:
        _, last = tx.events.bounds()
    row = HookRow(
        id=node.world.entropy(8).hex(),
        url=url,
        secret=node.world.entropy(SECRET_BYTES),
        kinds=" ".join(sorted(set(kinds))),
        made_at=now,
        reached=last,
        stopped=None,
    )
    leaf = notice("hook", did="added", hook=row.id, host=urlsplit(url).hostname or "", at=now)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.events.add_hook(row))])
    return row


def remove(node: Node, identifier: str) -> Denied | None:
    """This address is told nothing more. Codes: HOOK_UNKNOWN."""
    with node.store.transaction() as tx:
        if tx.events.hook(identifier) is None:
            return Denied(code="HOOK_UNKNOWN", detail=identifier)
    leaf = notice("hook", did="removed", hook=identifier, at=node.world.now())
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.events.drop_hook(identifier))])
    return None


def try_out(node: Node, identifier: str) -> int | Denied:
    """A trial event goes to this hook alone; its number. Codes: HOOK_UNKNOWN."""
    now = node.world.now()
    with node.store.transaction() as tx:
        hook = tx.events.hook(identifier)
        if hook is None:
            return Denied(code="HOOK_UNKNOWN", detail=identifier)
        tx.events.add([happened(TEST, b"", b"", now)])
        _, last = tx.events.bounds()
        tx.events.stop_hook(identifier, None)
        event = tx.events.after(last - 1, limit=1)
        tx.events.queue_up(hook, event, reached=hook.reached, at=now)
    return last


def replay(node: Node, identifier: str, event: int) -> Denied | None:
    """A hook is told of an event again, as if for the first time. Codes: HOOK_UNKNOWN, EVENT_UNKNOWN."""
    with node.store.transaction() as tx:
        if tx.events.hook(identifier) is None:
            return Denied(code="HOOK_UNKNOWN", detail=identifier)
        row = tx.events.logged(identifier, event)
        if row is None:
            return Denied(code="EVENT_UNKNOWN", detail=str(event))
        tx.events.stop_hook(identifier, None)
        tx.events.told(replace(row, tries=0, next_at=node.world.now(), status=0, reason=""))
    return None


def letters(node: Node) -> tuple[Letter, ...]:
    """What is to go out now, signed; new events are queued for every hook first."""
    now = node.world.now()
    with node.store.transaction() as tx:
        for hook in tx.events.hooks():
            _queue(tx, hook, now)
        known = {hook.id: hook for hook in tx.events.hooks()}
        due = tx.events.due(now, limit=AT_ONCE)
    return tuple(letter(known[row.hook], row, party=node.party, now=now) for row in due)


def settle(node: Node, row: HookDeliveryRow, *, status: int, reason: str) -> None:
    """What became of one try: told, to be tried again, or given up. A hook that answers 410 wants no more (Standard Webhooks)."""
    now = node.world.now()
    done = not reason and 200 <= status < 300
    tries = row.tries + 1
    left = None if done or tries > len(PAUSES) else now + PAUSES[tries - 1]
    why = "" if done else reason or "HOOK_STATUS"
    with node.store.transaction() as tx:
        if status == 410:
            tx.events.stop_hook(row.hook, "HOOK_GONE")
            left = None
        tx.events.told(replace(row, tries=tries, next_at=left, status=status, reason=why, tried_at=now))


def tidy(node: Node) -> None:
    """What happened long ago is told no more."""
    with node.store.transaction() as tx:
        tx.events.forget(node.world.now() - KEPT_DAYS * DAY)


def letter(hook: HookRow, row: HookDeliveryRow, *, party: str, now: int) -> Letter:
    """The POST for one event, signed by Standard Webhooks: HMAC-SHA256 over identifier, time (s) and body."""
    body = json.dumps(cloud_event(row, party=party), separators=(",", ":"), ensure_ascii=False).encode()
    identifier, seconds = f"{party}-{row.event}", str(now // 1000)
    return Letter(
        hook=hook,
        row=row,
        headers={
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "webhook-id": identifier,
            "webhook-timestamp": seconds,
            "webhook-signature": signature(hook.secret, identifier, seconds, body),
        },
        body=body,
    )


def signature(secret: bytes, identifier: str, seconds: str, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = hmac.digest(secret, f"{identifier}.{seconds}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(signed).decode()}"


def shown_secret(secret: bytes) -> str:
    """The secret as receivers take it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def cloud_event(row: HookDeliveryRow | EventRow, *, party: str) -> dict[str, Any]:
    """The event as CloudEvents 1.0 has it: identifiers and nothing of a case."""
    number, at = (row.event, row.happened_at) if isinstance(row, HookDeliveryRow) else (row.number, row.at)
    data = {
        name: value.hex() for name, value in (("exchange", row.exchange), ("subject", row.subject)) if value
    }
    return {
        "specversion": "1.0",
        "id": f"{party}-{number}",
        "source": f"urn:longbien:{party}",
        "type": f"org.longbien.{row.kind}",
        "time": write_instant(at),
        "datacontenttype": "application/json",
        "data": data,
    }


def _queue(tx: Transaction, hook: HookRow, now: int) -> None:
    found = tx.events.after(hook.reached, limit=AT_ONCE)
    if found and hook.stopped is None:
        kinds = hook.kinds.split()
        wanted = [event for event in found if event.kind != TEST and (not kinds or event.kind in kinds)]
        tx.events.queue_up(hook, wanted, reached=found[-1].number, at=now)


def _refused(url: str, kinds: tuple[str, ...]) -> Denied | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Denied(code="HOOK_URL", detail="not an address")
    plain = all(33 <= ord(letter) < 127 for letter in url) and len(url) <= URL_MAX
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or not plain or port == 0:
        return Denied(code="HOOK_URL", detail="https://host/path, without a name or a password in it")
    strange = sorted(set(kinds) - (set(KINDS) - {TEST}))
    return Denied(code="EVENT_KIND_UNKNOWN", detail=" ".join(strange)) if strange else None
