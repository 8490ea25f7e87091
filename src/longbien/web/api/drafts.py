"""Routes about drafts: written with a token, approved with passkeys, sent with a token.

What it knows: what the desk takes and gives. What it must never do: let a token stand for a person.
"""

import base64
import binascii

from longbien.exchange import Draft, Standing
from longbien.law import from_json, to_json
from longbien.node import Assertion
from longbien.store import Transaction
from longbien.store.desk_rows import DraftRow
from longbien.web.api import shapes, told
from longbien.web.api.answers import Answer, Call, Refused, granted


def drafts(call: Call) -> Answer:
    """What waits for approval or for sending, oldest first; of the token's office, where it has one."""
    office = "" if call.token is None else call.token.office
    with call.api.node.store.transaction() as tx:
        rows = [row for row in tx.desk.open_drafts() if office in {"", row.office}]
        items = tuple(_draft(call, tx, row) for row in rows)
    return Answer(given=shapes.DraftList(items=items))


def draft(call: Call) -> Answer:
    """One draft, with what its officers sign."""
    with call.api.node.store.transaction() as tx:
        row = tx.desk.draft(call.bytes("draft"))
        if row is None:
            raise Refused("DRAFT_UNKNOWN", call.path["draft"])
        return Answer(given=_draft(call, tx, row))


def write(call: Call) -> Answer:
    """An act is drafted; it was judged by the same rules as at the other side, and nothing leaves the node with it."""
    wanted: shapes.DraftWanted = call.body
    _own_office(call, wanted.office)
    body = from_json(wanted.body)
    if not isinstance(body, dict):
        raise Refused("BODY_INVALID", "body is not an object of fields")
    desk = call.api.node.desk
    if (wanted.exchange is None) == (wanted.procedure is None):
        raise Refused("BODY_INVALID", "either exchange or procedure")
    if wanted.exchange is not None:
        row = desk.draft_act(
            exchange=bytes.fromhex(wanted.exchange), name=wanted.act, office=wanted.office, body=body
        )
    else:
        row = desk.draft_opening(
            procedure=wanted.procedure or "", to=wanted.to, office=wanted.office, body=body, name=wanted.act
        )
    made = granted(row)
    with call.api.node.store.transaction() as tx:
        given = _draft(call, tx, made)
    return Answer(given=given, status=201, headers={"Location": f"/api/v1/drafts/{made.id.hex()}"})


def approve(call: Call) -> Answer:
    """One more person approved exactly this draft: the passkey says who, and no token does."""
    approval = granted(call.api.node.desk.approve(call.bytes("draft"), assertion(call.body)))
    return Answer(
        given=shapes.Approved(person=approval.person.hex(), at=told.moment(approval.at)), status=201
    )


def send(call: Call) -> Answer:
    """The draft becomes a signed act, once its procedure's persons have approved; sending twice sends once."""
    identifier = call.bytes("draft")
    with call.api.node.store.transaction() as tx:
        row = tx.desk.draft(identifier)
    if row is None:
        raise Refused("DRAFT_UNKNOWN", call.path["draft"])
    _own_office(call, row.office)
    sent = granted(call.api.node.desk.send(identifier))
    return Answer(
        given=shapes.Sent(exchange=sent.exchange.hex(), statement=sent.digest.hex(), placed=sent.placed)
    )


def assertion(given: shapes.PasskeyAssertion) -> Assertion:
    """What a browser gave; raises `Refused` PASSKEY_INVALID for what no passkey makes."""
    values = [
        _bytes(text)
        for text in (
            given.id,
            given.response.client_data,
            given.response.authenticator_data,
            given.response.signature,
        )
    ]
    if not all(values) or len(values[2]) < 37:
        raise Refused("PASSKEY_INVALID", "a part of the assertion is missing")
    credential, client_data, authenticator_data, signature = values
    return Assertion(
        credential=credential,
        client_data=client_data,
        authenticator_data=authenticator_data,
        signature=signature,
    )


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise Refused("PASSKEY_INVALID", "not base64url") from error


def _own_office(call: Call, office: str) -> None:
    if call.token is not None and call.token.office not in {"", office}:
        raise Refused("OFFICE_OTHER", call.token.office)


def _draft(call: Call, tx: Transaction, row: DraftRow) -> shapes.Draft:
    draft = Draft.decode(row.draft)
    known = tx.exchanges.find([row.exchange]).get(row.exchange)
    named = draft.opening or (None if known is None else Standing.decode(known.standing))
    rules = None if named is None else call.api.node.world.lawbook.rules(named.procedure, named.version)
    return shapes.Draft(
        draft=row.id.hex(),
        exchange=row.exchange.hex(),
        act=row.act,
        office=row.office,
        procedure="" if named is None else named.procedure,
        challenge=row.digest.hex(),
        created_at=told.moment(row.created_at),
        needed=0 if rules is None else rules.acts[row.act].persons,
        approvals=tuple(
            shapes.Approved(person=item.person.hex(), at=told.moment(item.at))
            for item in tx.desk.approvals(row.id)
        ),
        statement=None if row.statement is None else row.statement.hex(),
        body=to_json(draft.body),
    )
