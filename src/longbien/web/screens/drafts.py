"""What waits for signatures: the list, and the page on which somebody signs exactly what is sent.

What it knows: drafts, approvals, the assertion of a passkey. What it must never do: show anything but the draft whose digest is signed.
When the last signature that the law asks for is there, the act leaves.
"""

from longbien.exchange import Draft, Standing
from longbien.law import Rules, reading
from longbien.node import Denied, queue
from longbien.node.origin import NEVER_IN_DOUBT, doubts
from longbien.node.roles import may_sign
from longbien.store.desk_rows import DraftRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes
from longbien.web.ceremony import read_assertion
from longbien.web.console import Console
from longbien.web.lines import lines, reader
from longbien.web.screens.matter import of_another, sampled
from longbien.web.words import law_language
from longbien.wire.cbor import Malformed


def approvals(console: Console, asked: Asked) -> Reply:
    """Everything that waits for the reader's signature, and what the reader is still writing."""
    page = queue.page(console.node, reader(asked), queue.Wish(view=queue.APPROVAL))
    with console.node.store.transaction() as tx:
        sheets = tx.people.sheets_of(asked.officer.person)
    book = console.node.world.lawbook
    values = {
        "lines": lines(console, asked, page.items),
        "sheets": [(sheet, book.rules(sheet.procedure)) for sheet in sheets],
    }
    return Reply(page="approvals.html", values=values)


def draft(console: Console, asked: Asked) -> Reply:
    """One draft."""
    return _draft(console, asked, error="")


def sign(console: Console, asked: Asked) -> Reply:
    """One more signature; with the last one it is sent. Codes: those of `Desk.approve` and `Desk.send`."""
    row = _row(console, asked)
    if row.act in NEVER_IN_DOUBT and doubts(console.node, row.exchange):
        return _draft(console, asked, error="ORIGIN_IN_DOUBT")
    try:
        if asked.written("credential"):
            assertion = read_assertion(asked.written("credential"))
        else:
            found = sampled(console, asked.officer.person, row.digest)
            if found is None:
                return _draft(console, asked, error="PASSKEY_INVALID")
            assertion = found
    except Malformed as fault:
        return _draft(console, asked, error=fault.code)
    if of_another(console, asked, assertion):
        return _draft(console, asked, error="PASSKEY_OTHER")
    approved = console.node.desk.approve(row.id, assertion)
    if isinstance(approved, Denied):
        return _draft(console, asked, error=approved.code)
    with console.node.store.transaction() as tx:
        given = len(tx.desk.approvals(row.id))
    if given < console.node.desk.persons(row):
        return go(f"/drafts/{row.id.hex()}?said=signed")
    sent = console.node.desk.send(row.id)
    if isinstance(sent, Denied):
        return _draft(console, asked, error=sent.code)
    return go(f"/x/{row.exchange.hex()}?said=sent")


def send(console: Console, asked: Asked) -> Reply:
    """Everybody has signed, and sending it was held up. Codes: those of `Desk.send`."""
    row = _row(console, asked)
    sent = console.node.desk.send(row.id)
    if isinstance(sent, Denied):
        return _draft(console, asked, error=sent.code)
    return go(f"/x/{row.exchange.hex()}?said=sent")


def drop(console: Console, asked: Asked) -> Reply:
    """Who wrote it takes it back, before it is sent."""
    row = _row(console, asked)
    console.node.desk.drop(row, by=asked.officer.person)
    return go("/approvals")


def _row(console: Console, asked: Asked) -> DraftRow:
    with console.node.store.transaction() as tx:
        row = tx.desk.draft(hex_bytes(asked.params["draft"], 16))
    if row is None:
        raise NotThere
    return row


def _draft(console: Console, asked: Asked, *, error: str) -> Reply:
    node, officer, row = console.node, asked.officer, _row(console, asked)
    found = Draft.decode(row.draft)
    with node.store.transaction() as tx:
        given = tx.desk.approvals(row.id)
        people = {person.person: person for person in tx.desk.officers()}
        keys = [key for key in tx.desk.credentials_of(officer.person) if key.ended_at is None]
        known = tx.exchanges.find([row.exchange]).get(row.exchange)
        line = tx.queue.find([row.exchange]).get(row.exchange)
    standing = None if known is None else Standing.decode(known.standing)
    rules = _rules(console, found, standing)
    needed = node.desk.persons(row)
    signed = officer.person in {approval.person for approval in given}
    signers = [people[approval.person].roles for approval in given]
    parties = () if standing is None else standing.parties
    if found.opening is not None:
        parties = found.opening.parties
    values = {
        "draft": row,
        "rules": rules,
        "act": rules.acts[row.act],
        "body": reading(rules, row.act, found.body, law_language(asked.language)),
        "line": line,
        "others": [party for party in parties if party != node.party],
        "given": [(people[approval.person].name, approval.at) for approval in given],
        "needed": needed,
        "signed": signed,
        "complete": len(given) >= needed,
        "may": not signed and may_sign(officer.roles, signers, needed=needed),
        "last": len(given) + 1 >= needed,
        "options": console.ceremonies.options(row.digest, keys),
        "has_key": bool(keys),
        "sample": console.setting.samples is not None,
        "mine": row.drafter == officer.person,
        "sent": row.statement is not None,
        "digest": row.digest.hex(),
        "drafter": people[row.drafter].name if row.drafter in people else "",
        "error": error,
        "said": asked.wish("said"),
        "scripts": ("passkey.js",),
    }
    return Reply(page="draft.html", values=values, status=422 if error else 200, exchange=row.exchange)


def _rules(console: Console, found: Draft, standing: Standing | None) -> Rules:
    named = found.opening or standing
    rules = None if named is None else console.node.world.lawbook.rules(named.procedure, named.version)
    if rules is None:
        raise NotThere
    return rules
