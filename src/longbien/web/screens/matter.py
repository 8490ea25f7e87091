"""The request page: who stands behind it, whose turn it is and until when, what may be done, what it says, what happened.

What it knows: how `node.matter` is laid out for a reader, and the shortest way to acknowledge. What it must never do: put anything before
who stands behind it, or decide what may be done.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from longbien.exchange import Draft
from longbien.law import Read
from longbien.law.instants import DAY, HOUR
from longbien.node import Assertion, Denied
from longbien.node.handling import Handled, handle, handled
from longbien.node.matter import Matter
from longbien.node.matter import matter as tell
from longbien.node.origin import NEVER_IN_DOUBT
from longbien.node.roles import SIGNING
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes, refused
from longbien.web.ceremony import read_assertion
from longbien.web.console import Console
from longbien.web.words import law_language
from longbien.wire.cbor import Malformed

ACKNOWLEDGE: Final = "acknowledge"
REST_MS: Final = {"4h": 4 * HOUR, "1d": DAY, "3d": 3 * DAY, "7d": 7 * DAY}
# Acts that take something from a person or end something stand apart from the rest.
GRAVE: Final = frozenset({"refuse", "withdraw", "release", "not_found", "wrong_state", "decline", "postpone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """An acknowledgement that only wants a touch: the draft as it would be signed, and what the authenticator is asked."""

    draft: Draft
    options: str
    reference: str


def matter(console: Console, asked: Asked) -> Reply:
    """The page."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    officer = asked.officer
    found = tell(console.node, exchange, language=law_language(asked.language), office=officer.office)
    if found is None:
        raise NotThere
    opening = found.events[0] if found.events else None
    written_in = _language(opening.body) if opening else ""
    second = _second(console, exchange, asked, written_in)
    with console.node.store.transaction() as tx:
        names = {person.person: person.name for person in tx.desk.officers()}
    other = next((party for party, _ in found.roles if party != console.node.party), "")
    doubt = bool(found.quarantine or (found.opening and found.opening.faults))
    values = {
        "matter": found,
        "doubt": doubt,
        "exchange": exchange.hex(),
        "short": exchange.hex()[:8],
        "other": other or found.item.line.others.split()[0],
        "ours": found.item.line.opener == console.node.party,
        "body": opening.body if opening else (),
        "second": second,
        "written_in": written_in,
        "open_acts": [
            item for item in found.next if item.open and not (doubt and item.act in NEVER_IN_DOUBT)
        ],
        "closed_acts": [item for item in found.next if not item.open],
        "grave": GRAVE,
        "sample": console.setting.samples is not None,
        "quick": _quick(console, asked, found),
        "may_sign": bool(SIGNING.intersection(officer.roles)),
        "owner": "" if found.handled.owner is None else names.get(found.handled.owner, ""),
        "mine": found.handled.owner == officer.person,
        "rests": tuple(REST_MS),
        "basis": _basis(console, found, asked),
        "said": asked.wish("said"),
        "scripts": ("passkey.js",),
    }
    return Reply(page="matter.html", values=values, exchange=exchange)


def acknowledge(console: Console, asked: Asked) -> Reply:
    """The acknowledgement that the page showed, signed by one touch. Codes: PASSKEY_OTHER, those of the desk and of the passkey."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    identifier = hex_bytes(asked.written("draft"), 16)
    try:
        assertion = read_assertion(asked.written("credential")) if asked.written("credential") else None
    except Malformed as fault:
        return refused(fault.code, asked)
    if assertion is not None and of_another(console, asked, assertion):
        return refused("PASSKEY_OTHER", asked)
    drafted = console.node.desk.draft_act(
        exchange=exchange,
        name=ACKNOWLEDGE,
        office=asked.officer.office,
        body={"own_reference": asked.written("own_reference")},
        drafter=asked.officer.person,
        identifier=identifier,
    )
    if isinstance(drafted, Denied):
        return refused(drafted.code, asked, drafted.detail)
    _take(console, exchange, asked.officer.person)
    if assertion is None:
        assertion = sampled(console, asked.officer.person, drafted.digest)
    if assertion is None:
        # Without a script nothing can be signed here: it waits for the own passkey at another device.
        return go(f"/drafts/{drafted.id.hex()}")
    for step in (
        lambda: console.node.desk.approve(drafted.id, assertion),
        lambda: console.node.desk.send(drafted.id),
    ):
        done = step()
        if isinstance(done, Denied):
            return refused(done.code, asked, done.detail)
    return go(f"/x/{exchange.hex()}?said=acknowledged")


def sampled(console: Console, person: bytes, challenge: bytes) -> Assertion | None:
    """What the sample key of this person signs, in a demonstration; nothing anywhere else."""
    samples = console.setting.samples
    return None if samples is None else samples.sign(person, challenge)


def of_another(console: Console, asked: Asked, assertion: Assertion) -> bool:
    """Whoever is signed in signs: a colleague's key at this browser would look like two people."""
    with console.node.store.transaction() as tx:
        key = tx.desk.credential(assertion.credential)
    return key is not None and key.person != asked.officer.person


def take(console: Console, asked: Asked) -> Reply:
    """The person who asks sees to it from now on."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    _take(console, exchange, asked.officer.person)
    return go(f"/x/{exchange.hex()}")


def put_down(console: Console, asked: Asked) -> Reply:
    """Nobody sees to it."""
    return _note(console, asked, lambda now: replace(now, owner=None))


def rest(console: Console, asked: Asked) -> Reply:
    """It comes back by itself after a while; no clock rests."""
    span = REST_MS.get(asked.written("span"))
    until = None if span is None else console.node.world.now() + span
    return _note(console, asked, lambda now: replace(now, snoozed_until=until))


def note(console: Console, asked: Asked) -> Reply:
    """Our own reference, and tags."""
    tags = tuple(dict.fromkeys(part.strip() for part in asked.written("tags").split(",") if part.strip()))
    reference = asked.written("reference").strip()
    return _note(console, asked, lambda now: replace(now, reference=reference, tags=tags))


def _note(console: Console, asked: Asked, change: Callable[[Handled], Handled]) -> Reply:
    exchange = hex_bytes(asked.params["exchange"], 16)
    wanted = change(handled(console.node, exchange))
    found = handle(console.node, exchange, wanted, by=asked.officer.person)
    if isinstance(found, Denied):
        return refused(found.code, asked, found.detail)
    return go(f"/x/{exchange.hex()}")


def _take(console: Console, exchange: bytes, person: bytes) -> None:
    wanted = replace(handled(console.node, exchange), owner=person, snoozed_until=None)
    handle(console.node, exchange, wanted, by=person)


def _quick(console: Console, asked: Asked, found: Matter) -> Quick | None:
    """Made anew with every look and kept nowhere: what comes back is the same draft, or its signature does not hold."""
    officer = asked.officer
    open_now = any(item.act == ACKNOWLEDGE and item.open and item.persons == 1 for item in found.next)
    held = found.handled.owner in {None, officer.person}
    if not (open_now and held and SIGNING.intersection(officer.roles)):
        return None
    exchange = found.item.line.exchange
    reference = found.item.reference or _reference(console, found)
    draft = Draft(
        id=console.node.world.entropy(16),
        exchange=exchange,
        name=ACKNOWLEDGE,
        office=officer.office,
        body={"own_reference": reference},
        opening=None,
    )
    with console.node.store.transaction() as tx:
        keys = [key for key in tx.desk.credentials_of(officer.person) if key.ended_at is None]
    return Quick(draft=draft, options=console.ceremonies.options(draft.digest, keys), reference=reference)


def _reference(console: Console, found: Matter) -> str:
    """A reference of ours where nobody has given one: the State, the year by UTC, the place in the queue."""
    line = found.item.line
    year = datetime.fromtimestamp(line.opened_at / 1000, UTC).year
    return f"{console.node.party}-{year}-{line.number:05d}"


def _language(body: tuple[Read, ...]) -> str:
    return next((read.text or str(read.value) for read in body if read.name == "language"), "")


def _second(console: Console, exchange: bytes, asked: Asked, written_in: str) -> dict[str, str]:
    """The labels of the form in the language in which it was written, by name, where that is another one than the reader's."""
    if not written_in or written_in == law_language(asked.language):
        return {}
    there = tell(console.node, exchange, language=written_in, office=asked.officer.office)
    body = there.events[0].body if there is not None and there.events else ()
    found: dict[str, str] = {}
    _collect(body, "", found)
    return found


def _collect(body: tuple[Read, ...], path: str, found: dict[str, str]) -> None:
    for read in body:
        found[path + read.name] = read.label
        _collect(read.parts, f"{path}{read.name}.", found)
        for item in read.items[:1]:
            _collect(item.parts, f"{path}{read.name}.", found)


def _basis(console: Console, found: Matter, asked: Asked) -> list[tuple[str, str]]:
    """What the treaty data say of the bases that the request names: open (""), or the code of what is against it."""
    book, line = console.node.world.lawbook, found.item.line
    body = found.events[0].body if found.events else ()
    named = {
        str(part.value)
        for read in body
        if read.name == "legal_basis"
        for item in read.items
        for part in item.parts
        if part.name == "instrument"
    }
    others = line.others.split()
    parties = (line.opener, *(party for party in (console.node.party, *others) if party != line.opener))
    resolved = book.basis(line.procedure, parties, console.node.world.now())
    language = law_language(asked.language)
    return [
        (basis.code, " ".join(book.tell(said, language) for said in basis.says))
        for basis in resolved
        if basis.instrument in named
    ]
