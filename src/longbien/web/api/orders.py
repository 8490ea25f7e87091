"""Routes about orders to providers: write, have signed, follow, close.

What it knows: `node.orders`. What it must never do: let a token sign, or add who may answer for a provider.
"""

from longbien.node import orders
from longbien.store.order_rows import OrderRow
from longbien.web.api import order_shapes, told
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.drafts import assertion


def all_providers(call: Call) -> Answer:
    """The providers."""
    with call.api.node.store.transaction() as tx:
        people = [person.provider for person in tx.orders.people() if person.active]
        found = tuple(
            order_shapes.Provider(provider=row.id.hex(), name=row.name, people=people.count(row.id))
            for row in tx.orders.providers()
        )
    return Answer(given=order_shapes.ProviderList(items=found))


def every(call: Call) -> Answer:
    """The orders of the token's office, or of every office."""
    with call.api.node.store.transaction() as tx:
        rows = tx.orders.of_office(_office(call), limit=orders.SHOWN_MAX)
    return Answer(given=order_shapes.OrderList(items=tuple(shown(call, row) for row in rows)))


def one(call: Call) -> Answer:
    """One order."""
    return Answer(given=shown(call, _order(call)))


def write(call: Call) -> Answer:
    """An order that waits for a second person."""
    wanted: order_shapes.OrderWanted = call.body
    if _office(call) not in {"", wanted.office}:
        raise Refused("OFFICE_OTHER", wanted.office)
    if wanted.office not in {office.id for office in call.api.node.directory.own.descriptor.offices}:
        raise Refused("OFFICE_UNKNOWN", wanted.office)
    wish = orders.Wish(
        provider=bytes.fromhex(wanted.provider),
        kind=wanted.kind,
        reference=wanted.reference,
        basis=wanted.basis,
        text=wanted.text,
        due_at=told.milliseconds(wanted.due_at),
        exchange=None if wanted.exchange is None else bytes.fromhex(wanted.exchange),
    )
    row = granted(orders.draft(call.api.node, wish, office=wanted.office, by=_by(call)))
    return Answer(given=shown(call, row), status=201)


def sign(call: Call) -> Answer:
    """The signature of an officer who did not write it; the provider sees the order from now on."""
    row = granted(orders.issue(call.api.node, call.bytes("order"), assertion(call.body)))
    return Answer(given=shown(call, row), status=201)


def say(call: Call) -> Answer:
    """A word to the provider."""
    wanted: order_shapes.OrderSaid = call.body
    granted(orders.say(call.api.node, _order(call), wanted.text, by=_by(call), ours=True))
    return Answer(given=shown(call, _order(call)))


def close(call: Call) -> Answer:
    """The order is over."""
    wanted: order_shapes.OrderSaid = call.body
    granted(orders.close(call.api.node, _order(call), wanted.text, by=_by(call)))
    return Answer(given=shown(call, _order(call)))


def shown(call: Call, row: OrderRow) -> order_shapes.Order:
    """An order as the API gives it."""
    node = call.api.node
    with node.store.transaction() as tx:
        words, files = tx.orders.words(row.id), tx.orders.files(row.id)
    return order_shapes.Order(
        order=row.id.hex(),
        provider=row.provider.hex(),
        office=row.office,
        exchange=None if row.exchange is None else row.exchange.hex(),
        reference=row.reference,
        kind=row.kind,
        basis=row.basis,
        text=row.text,
        stage=orders.stage(row),  # type: ignore[arg-type]  # one of the four
        due_at=told.moment(row.due_at),
        made_at=told.moment(row.made_at),
        issued_at=told.moment_or_none(row.issued_at),
        seen_at=told.moment_or_none(row.seen_at),
        heard_at=told.moment_or_none(row.heard_at),
        answered_at=told.moment_or_none(row.answered_at),
        closed_at=told.moment_or_none(row.closed_at),
        code=orders.code(row),
        challenge=orders.challenge(node, row).hex(),
        answer=row.answer,
        why=row.why,
        words=tuple(
            order_shapes.OrderWord(ours=word.ours, text=word.text, at=told.moment(word.at)) for word in words
        ),
        files=tuple(
            order_shapes.OrderFile(name=file.name, size=file.size, sha256=file.sha256.hex()) for file in files
        ),
    )


def _order(call: Call) -> OrderRow:
    with call.api.node.store.transaction() as tx:
        row = tx.orders.order(call.bytes("order"))
    if row is None or _office(call) not in {"", row.office}:
        raise Refused("ORDER_UNKNOWN", call.path["order"])
    return row


def _office(call: Call) -> str:
    return "" if call.token is None else call.token.office


def _by(call: Call) -> bytes:
    return b"" if call.token is None else call.token.id.encode()
