"""Orders to providers, for officers: written by one, signed by another, what came back, and who may answer for a firm.

What it knows: orders of the own office, and providers. What it must never do: let one person alone order anything.
"""

from typing import Final

from longbien.law.instants import read_instant
from longbien.node import Assertion, Denied, orders, providers
from longbien.node.providers import Invitation
from longbien.store.order_rows import OrderRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes
from longbien.web.ceremony import read_assertion
from longbien.web.console import Console
from longbien.web.policy import SIGNERS, WRITING
from longbien.web.screens.matter import sampled
from longbien.wire.cbor import Malformed

# What the form of a new order asks.
ASKED: Final = ("provider", "kind", "reference", "basis", "text", "due", "exchange")


def every(console: Console, asked: Asked) -> Reply:
    """The orders of the own office, and a form for a new one."""
    return _list(console, asked)


def draft(console: Console, asked: Asked) -> Reply:
    """A new order. Codes: those of `orders.draft`."""
    due = read_instant(f"{asked.written('due')}:00Z")
    try:
        exchange = bytes.fromhex(asked.written("exchange").strip()) or None
        provider = bytes.fromhex(asked.written("provider"))
    except ValueError:
        return _list(console, asked, error="EXCHANGE_UNKNOWN")
    wish = orders.Wish(
        provider=provider,
        kind=asked.written("kind"),
        reference=asked.written("reference"),
        basis=asked.written("basis"),
        text=asked.written("text").replace("\r\n", "\n"),
        due_at=due if isinstance(due, int) else 0,
        exchange=exchange,
    )
    row = orders.draft(console.node, wish, office=asked.officer.office, by=asked.officer.person)
    if isinstance(row, Denied):
        return _list(console, asked, error=row.code)
    return go(f"/orders/{row.id.hex()}")


def order(console: Console, asked: Asked) -> Reply:
    """One order."""
    return _show(console, asked)


def issue(console: Console, asked: Asked) -> Reply:
    """The second signature. Codes: those of `orders.issue`, PASSKEY_OTHER."""
    row = _order(console, asked)
    try:
        assertion = _assertion(console, asked, row)
        if isinstance(assertion, str):
            return _show(console, asked, error=assertion)
        issued = orders.issue(console.node, row.id, assertion)
    except Malformed as fault:
        return _show(console, asked, error=fault.code)
    if isinstance(issued, Denied):
        return _show(console, asked, error=issued.code)
    return go(f"/orders/{row.id.hex()}?said=issued")


def say(console: Console, asked: Asked) -> Reply:
    """A word to the provider. Codes: those of `orders.say`."""
    row = _order(console, asked)
    said = orders.say(console.node, row, asked.written("text"), by=asked.officer.person, ours=True)
    return _show(console, asked, error=said.code) if said else go(f"/orders/{row.id.hex()}#words")


def close(console: Console, asked: Asked) -> Reply:
    """The order is over. Codes: those of `orders.close`."""
    row = _order(console, asked)
    closed = orders.close(console.node, row, asked.written("why"), by=asked.officer.person)
    return _show(console, asked, error=closed.code) if closed else go(f"/orders/{row.id.hex()}")


def file(console: Console, asked: Asked) -> Reply:
    """A file of the answer."""
    row = _order(console, asked)
    with console.node.store.transaction() as tx:
        files = {str(item.number): item for item in tx.orders.files(row.id)}
    found = files.get(asked.params["number"])
    if found is None:
        raise NotThere
    return Reply(
        pieces=orders.read_file(console.node, found),
        media="application/octet-stream",
        name=plain_ascii(found.name),
    )


def plain_ascii(name: str) -> str:
    """A name that fits every header; the page shows the whole one."""
    return name.encode("ascii", "replace").decode().replace("?", "_")


def statement(console: Console, asked: Asked) -> Reply:
    """The order as it was signed."""
    row = _order(console, asked)
    if row.statement is None:
        raise NotThere
    return Reply(raw=row.statement, media=orders.MEDIA, name=f"order-{row.id.hex()[:8]}.cose")


def all_providers(console: Console, _asked: Asked) -> Reply:
    """The providers and their people."""
    return _providers(console)


def add_provider(console: Console, asked: Asked) -> Reply:
    """A new provider. Codes: those of `providers.add_provider`."""
    added = providers.add_provider(console.node, asked.written("name"), by=asked.officer.person)
    return _providers(console, error=added.code) if isinstance(added, Denied) else go("/providers")


def invite(console: Console, asked: Asked) -> Reply:
    """A new person of a provider, with a code that is shown once. Codes: those of `providers.invite`."""
    provider = hex_bytes(asked.params["provider"], 16)
    invited = providers.invite(console.node, provider, asked.written("name"), by=asked.officer.person)
    if isinstance(invited, Denied):
        return _providers(console, error=invited.code)
    return _providers(console, invited=invited)


def end_person(console: Console, asked: Asked) -> Reply:
    """Somebody answers for a provider no more. Code: PERSON_UNKNOWN."""
    person = hex_bytes(asked.params["person"], 16)
    ended = providers.end_person(console.node, person, by=asked.officer.person)
    return _providers(console, error=ended.code) if ended else go("/providers")


def _assertion(console: Console, asked: Asked, row: OrderRow) -> Assertion | str:
    """The assertion of whoever is signed in, or a code."""
    if not asked.written("credential"):
        found = sampled(console, asked.officer.person, orders.challenge(console.node, row))
        return "PASSKEY_INVALID" if found is None else found
    assertion = read_assertion(asked.written("credential"))
    with console.node.store.transaction() as tx:
        key = tx.desk.credential(assertion.credential)
    return "PASSKEY_OTHER" if key is not None and key.person != asked.officer.person else assertion


def _order(console: Console, asked: Asked) -> OrderRow:
    with console.node.store.transaction() as tx:
        row = tx.orders.order(hex_bytes(asked.params["order"], 16))
    if row is None:
        raise NotThere
    return row


def _list(console: Console, asked: Asked, *, error: str = "") -> Reply:
    with console.node.store.transaction() as tx:
        found = tx.orders.of_office(asked.officer.office, limit=orders.SHOWN_MAX)
        known = tx.orders.providers()
        last = tx.orders.last_words([row.id for row in found])
    names = {row.id: row.name for row in known}
    rows = [
        {
            "order": row,
            "stage": orders.stage(row),
            "provider": names[row.provider],
            "asks": last.get(row.id) is False,
        }
        for row in found
    ]
    values = {
        "rows": rows,
        "providers": [row for row in known if row.active],
        "kinds": orders.KINDS,
        "writes": bool(WRITING.intersection(asked.officer.roles)),
        "written": {name: asked.written(name) or asked.wish(name) for name in ASKED},
        "error": error,
    }
    return Reply(page="orders.html", values=values, status=422 if error else 200)


def _show(console: Console, asked: Asked, *, error: str = "") -> Reply:
    node, officer, row = console.node, asked.officer, _order(console, asked)
    with node.store.transaction() as tx:
        provider = tx.orders.provider(row.provider)
        words, files = tx.orders.words(row.id), tx.orders.files(row.id)
        people = {item.person: item.name for item in tx.desk.officers()}
        theirs = {item.person: item.name for item in tx.orders.people(row.provider)}
        keys = [key for key in tx.desk.credentials_of(officer.person) if key.ended_at is None]
    assert provider is not None, "an order names a provider that is here"
    stage = orders.stage(row)
    digest = orders.challenge(node, row)
    values = {
        "order": row,
        "provider": provider,
        "stage": stage,
        "code": orders.code(row),
        "words": words,
        "files": files,
        "names": {**theirs, **people},
        "may_sign": stage == "draft"
        and officer.person != row.made_by
        and bool(SIGNERS.intersection(officer.roles)),
        "writes": bool(WRITING.intersection(officer.roles)),
        "options": console.ceremonies.options(digest, keys),
        "digest": digest.hex(),
        "has_key": bool(keys),
        "sample": console.setting.samples is not None,
        "error": error,
        "said": asked.wish("said"),
        "scripts": ("passkey.js",),
    }
    return Reply(page="order.html", values=values, status=422 if error else 200, exchange=row.exchange)


def _providers(console: Console, *, error: str = "", invited: Invitation | None = None) -> Reply:
    with console.node.store.transaction() as tx:
        known = tx.orders.providers()
        rows = [
            {
                "provider": row,
                "people": [(item, len(tx.orders.keys_of(item.person))) for item in tx.orders.people(row.id)],
            }
            for row in known
        ]
    values = {"rows": rows, "error": error, "invited": invited, "origin": console.setting.origin}
    return Reply(page="providers.html", values=values, status=422 if error else 200)
