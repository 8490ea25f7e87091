"""The page of a hold: one person asks for it with a reason, a second one signs the same.

What it knows: how it stands, and the ceremony. What it must never do: let one person be two.
"""

from longbien.node import Denied, hold_challenge, holding
from longbien.node.passkeys import Assertion
from longbien.web.asked import Asked, Reply, go, hex_bytes
from longbien.web.ceremony import read_assertion
from longbien.web.console import Console
from longbien.web.screens.matter import sampled
from longbien.wire.cbor import Malformed


def hold(console: Console, asked: Asked) -> Reply:
    """How it stands, and what may be signed."""
    return _page(console, asked, error="")


def ask(console: Console, asked: Asked) -> Reply:
    """The first signature. Codes: those of `holding.ask`."""
    exchange, reason = hex_bytes(asked.params["exchange"], 16), asked.written("reason").strip()
    lift = holding.stand(console.node, exchange).held is not None
    signed = _signed(console, asked, hold_challenge(exchange, reason, lift=lift))
    done = (
        signed
        if isinstance(signed, Denied)
        else holding.ask(console.node, exchange, reason, signed, lift=lift)
    )
    if isinstance(done, Denied):
        return _page(console, asked, error=done.code)
    return go(f"/x/{exchange.hex()}/hold")


def join(console: Console, asked: Asked) -> Reply:
    """The second signature. Codes: those of `holding.join`."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    waits = holding.stand(console.node, exchange).asked
    if waits is None:
        return _page(console, asked, error="HOLD_NOT_ASKED")
    signed = _signed(console, asked, hold_challenge(exchange, waits.reason, lift=waits.lift))
    done = signed if isinstance(signed, Denied) else holding.join(console.node, exchange, signed)
    if isinstance(done, Denied):
        return _page(console, asked, error=done.code)
    return go(f"/x/{exchange.hex()}/evidence?said={'lifted' if waits.lift else 'held'}")


def take_back(console: Console, asked: Asked) -> Reply:
    """What waits for a second person is wanted no more."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    holding.take_back(console.node, exchange)
    return go(f"/x/{exchange.hex()}/evidence")


def _signed(console: Console, asked: Asked, challenge: bytes) -> Assertion | Denied:
    """The reader's own passkey over it; a colleague's at this browser would look like two people."""
    person = asked.officer.person
    try:
        if asked.written("credential"):
            found: Assertion | None = read_assertion(asked.written("credential"))
        else:
            found = sampled(console, person, challenge)
    except Malformed as fault:
        return Denied(code=fault.code, detail=fault.detail)
    if found is None:
        return Denied(code="PASSKEY_INVALID", detail="none was used")
    with console.node.store.transaction() as tx:
        key = tx.desk.credential(found.credential)
    if key is not None and key.person != person:
        return Denied(code="PASSKEY_OTHER", detail="")
    return found


def _page(console: Console, asked: Asked, *, error: str) -> Reply:
    exchange, person = hex_bytes(asked.params["exchange"], 16), asked.officer.person
    stand = holding.stand(console.node, exchange)
    reason = (asked.wish("reason") or asked.written("reason")).strip()
    lift = stand.held is not None
    challenge = b""
    if stand.asked is not None and stand.asked.person != person:
        challenge = hold_challenge(exchange, stand.asked.reason, lift=stand.asked.lift)
    elif reason and stand.asked is None:
        challenge = hold_challenge(exchange, reason, lift=lift)
    with console.node.store.transaction() as tx:
        keys = [key for key in tx.desk.credentials_of(person) if key.ended_at is None]
        names = {each.person: each.name for each in tx.desk.officers()}
        line = tx.queue.find([exchange]).get(exchange)
    values = {
        "exchange": exchange.hex(),
        "line": line,
        "stand": stand,
        "lift": lift if stand.asked is None else stand.asked.lift,
        "reason": reason,
        "mine": stand.asked is not None and stand.asked.person == person,
        "asker": "" if stand.asked is None else names.get(stand.asked.person, ""),
        "options": console.ceremonies.options(challenge, keys) if challenge else "",
        "has_key": bool(keys),
        "sample": console.setting.samples is not None,
        "error": error,
        "scripts": ("passkey.js",),
    }
    return Reply(page="hold.html", values=values, status=422 if error else 200, exchange=exchange)
