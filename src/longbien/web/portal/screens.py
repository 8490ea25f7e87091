"""The pages of the portal: come in, the orders, one order, the answer and its receipt.

What it knows: one visit and its provider's orders. What it must never show: another provider, a request, a State that asked.
"""

from collections.abc import Mapping
from typing import Any

from longbien.carry import CarryFault
from longbien.node import Denied, orders, providers
from longbien.store.desk_rows import OfficerRow
from longbien.store.order_rows import OrderRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes
from longbien.web.console import Console
from longbien.web.door import masked
from longbien.web.portal.visits import Visit, Visits
from longbien.wire.cbor import Malformed


def door(console: Console, asked: Asked) -> Reply:
    """The page at which one comes in."""
    return go("/provider") if asked.visit is not None else _door(console, asked)


def enter(console: Console, asked: Asked) -> Reply:
    """By passkey. Codes: TOO_OFTEN, PASSKEY_UNKNOWN, and those of the ceremony."""
    if not console.pace.allows(asked.client, console.node.world.now()):
        return _door(console, asked, error="TOO_OFTEN")
    try:
        assertion, challenge = console.ceremonies.entered(asked.written("credential"))
        person = providers.entered(console.node, assertion, challenge)
    except Malformed as fault:
        return _door(console, asked, error=fault.code)
    if isinstance(person, Denied):
        return _door(console, asked, error=person.code)
    visit = Visits(console.node).begin(person.person, level=providers.INSIDE, language=asked.language)
    return go("/provider", enter=visit)


def show_code(console: Console, asked: Asked) -> Reply:
    """The page of a link that holds a code; looking at it uses nothing up."""
    return _page(console, asked, "portal_code.html", {"code": asked.params.get("code", ""), "error": ""})


def use_code(console: Console, asked: Asked) -> Reply:
    """By a code. Codes: TOO_OFTEN, CODE_WRONG."""
    if not console.pace.allows(asked.client, console.node.world.now()):
        return _page(console, asked, "portal_code.html", {"code": "", "error": "TOO_OFTEN"}, 429)
    found = providers.redeem(console.node, asked.written("code"))
    if isinstance(found, Denied):
        return _page(console, asked, "portal_code.html", {"code": "", "error": found.code}, 422)
    visit = Visits(console.node).begin(found.person, level=found.level, language=asked.language)
    return go("/provider/passkey" if found.level == providers.ENROL else "/provider", enter=visit)


def ask_passkey(console: Console, asked: Asked) -> Reply:
    """The page on which a person makes a passkey."""
    return _passkey(console, asked)


def bring_passkey(console: Console, asked: Asked) -> Reply:
    """The passkey that was made. Codes: those of the ceremony, PASSKEY_KNOWN."""
    visit = _visit(asked)
    try:
        made = console.ceremonies.made(_named(visit), asked.written("credential"))
    except Malformed as fault:
        return _passkey(console, asked, error=fault.code)
    brought = providers.bring(
        console.node,
        visit.person.person,
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
    )
    if isinstance(brought, Denied):
        return _passkey(console, asked, error=brought.code)
    visits = Visits(console.node)
    visits.end(visit)
    begun = visits.begin(visit.person.person, level=providers.INSIDE, language=asked.language)
    return go("/provider", enter=begun)


def other_browser(console: Console, asked: Asked) -> Reply:
    """A code for another browser of the same person, such as one without scripts."""
    invited = providers.code_for(console.node, _visit(asked).person.person, providers.INSIDE)
    return _list(console, asked, code=invited.code)


def leave(console: Console, asked: Asked) -> Reply:
    """The person signs out."""
    Visits(console.node).end(_visit(asked))
    return go("/provider/sign-in", enter="")


def every(console: Console, asked: Asked) -> Reply:
    """The orders of the own firm."""
    return _list(console, asked)


def order(console: Console, asked: Asked) -> Reply:
    """One order."""
    row = _order(console, asked)
    orders.seen(console.node, row)
    return _show(console, asked, row)


def heard(console: Console, asked: Asked) -> Reply:
    """An officer has read out the same code."""
    row = _order(console, asked)
    return _then(console, asked, row, orders.heard(console.node, row), "heard")


def ask(console: Console, asked: Asked) -> Reply:
    """A question about the order."""
    row, text = _order(console, asked), asked.written("text")
    said = orders.say(console.node, row, text, by=_visit(asked).person.person, ours=False)
    return _then(console, asked, row, said, "asked")


def upload(console: Console, asked: Asked) -> Reply:
    """A file of the answer. Codes: those of `orders.take_file`, UPLOAD_LARGE, UPLOAD_UNREADABLE, DISK_FULL."""
    row, came = _order(console, asked), asked.upload
    if came is None:
        return _show(console, asked, row, error="FILE_NONE")
    try:
        taken = orders.take_file(
            console.node, row, name=came.name, file=came.file, size=came.size, by=_visit(asked).person.person
        )
    except CarryFault as fault:
        return _show(console, asked, row, error=fault.code)
    return _then(console, asked, row, taken if isinstance(taken, Denied) else None, "taken")


def answer(console: Console, asked: Asked) -> Reply:
    """The answer is complete. Codes: those of `orders.answer`."""
    row = _order(console, asked)
    said = orders.answer(console.node, row, asked.written("text"), by=_visit(asked).person.person)
    return _then(console, asked, row, said if isinstance(said, Denied) else None, "answered")


def statement(console: Console, asked: Asked) -> Reply:
    """The order as it was signed."""
    row = _order(console, asked)
    assert row.statement is not None
    return Reply(raw=row.statement, media=orders.MEDIA, name=f"order-{row.id.hex()[:8]}.cose")


def receipt(console: Console, asked: Asked) -> Reply:
    """The signed receipt of the answer."""
    row = _order(console, asked)
    if row.receipt is None:
        raise NotThere
    return Reply(raw=row.receipt, media=orders.MEDIA, name=f"receipt-{row.id.hex()[:8]}.cose")


def _then(console: Console, asked: Asked, row: OrderRow, denied: Denied | None, said: str) -> Reply:
    if denied is not None:
        return _show(console, asked, row, error=denied.code)
    return go(f"/provider/orders/{row.id.hex()}?said={said}")


def _list(console: Console, asked: Asked, *, code: str = "") -> Reply:
    with console.node.store.transaction() as tx:
        found = tx.orders.of_provider(_visit(asked).provider.id, limit=orders.SHOWN_MAX)
        last = tx.orders.last_words([row.id for row in found])
    rows = [{"order": row, "stage": orders.stage(row), "new_word": last.get(row.id, False)} for row in found]
    return _page(console, asked, "portal_orders.html", {"rows": rows, "code": code})


def _show(console: Console, asked: Asked, row: OrderRow, *, error: str = "") -> Reply:
    node = console.node
    with node.store.transaction() as tx:
        found = tx.orders.order(row.id) or row
        words, files = tx.orders.words(row.id), tx.orders.files(row.id)
    office = next((item for item in node.directory.own.descriptor.offices if item.id == row.office), None)
    values = {
        "order": found,
        "stage": orders.stage(found),
        "code": orders.code(found),
        "words": words,
        "files": files,
        "office": "" if office is None else office.name,
        "takes_files": node.evidence.objects is not None,
        "limit": orders.FILE_BYTES_MAX >> 20,
        "error": error,
        "said": asked.wish("said"),
    }
    return _page(console, asked, "portal_order.html", values, 422 if error else 200)


def _door(console: Console, asked: Asked, *, error: str = "") -> Reply:
    values = {"options": console.ceremonies.ask_known(), "error": error, "scripts": ("passkey.js",)}
    return _page(console, asked, "portal_sign_in.html", values, 422 if error else 200)


def _passkey(console: Console, asked: Asked, *, error: str = "") -> Reply:
    visit = _visit(asked)
    with console.node.store.transaction() as tx:
        held = [key.id for key in tx.orders.keys_of(visit.person.person)]
    options = console.ceremonies.ask_new(_named(visit), held)
    values = {"options": options, "error": error, "scripts": ("passkey.js",)}
    return _page(console, asked, "portal_passkey.html", values, 422 if error else 200)


def _page(console: Console, asked: Asked, page: str, values: Mapping[str, Any], status: int = 200) -> Reply:
    visit = asked.visit
    token = "" if visit is None else masked(visit.token, console.node.world.entropy(16))
    return Reply(page=page, values={"token": token, "visit": visit, **values}, status=status)


def _visit(asked: Asked) -> Visit:
    assert asked.visit is not None, "a route of the portal that somebody must be known for"
    return asked.visit


def _order(console: Console, asked: Asked) -> OrderRow:
    identifier = hex_bytes(asked.params["order"], 16)
    row = orders.for_provider(console.node, _visit(asked).person, identifier)
    if row is None:
        raise NotThere
    return row


def _named(visit: Visit) -> OfficerRow:
    """The name under which an authenticator keeps the passkey; nobody becomes an officer by it."""
    person = visit.person
    return OfficerRow(
        person=person.person, name=person.name, office="", active=True, enrolled_at=person.added_at, roles=()
    )
