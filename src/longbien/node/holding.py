"""A hold by two persons, one after the other: nothing of an exchange is deleted from then on, or what is due may be deleted again.

What it knows: who has signed so far. What it must never do: take one person for two. `Node.hold` is the same with both at once.
"""

from dataclasses import dataclass

from longbien.node.book import notice
from longbien.node.jobs import Touch
from longbien.node.node import Node, hold_challenge
from longbien.node.passkeys import Assertion
from longbien.node.ports import Denied
from longbien.store import Transaction
from longbien.store.hold_rows import HoldWishRow

REASON_MAX = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How it stands with a hold: `held` is the reason of one that stands, `asked` what waits for a second person."""

    held: str | None
    asked: HoldWishRow | None


def stand(node: Node, exchange: bytes) -> Stand:
    """How it stands with the hold of an exchange."""
    with node.store.transaction() as tx:
        return Stand(held=tx.evidence.held().get(exchange), asked=tx.holds.asked(exchange))


def ask(
    node: Node, exchange: bytes, reason: str, assertion: Assertion, *, lift: bool
) -> HoldWishRow | Denied:
    """The first person has signed `hold_challenge`; it holds nothing yet.

    Codes: EXCHANGE_UNKNOWN, HOLD_STANDS, HOLD_UNKNOWN, REASON_INVALID, PASSKEY_….
    """
    refused = _refused(node, exchange, reason, lift=lift)
    if refused is not None:
        return refused
    person = node.person_of(hold_challenge(exchange, reason, lift=lift), assertion)
    if isinstance(person, Denied):
        return person
    now = node.world.now()
    row = HoldWishRow(exchange=exchange, reason=reason, lift=lift, person=person, asked_at=now)
    leaf = notice("hold-asked", exchange=exchange, reason=reason, lift=int(lift), first=person, at=now)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.holds.ask(row))])
    return row


def join(node: Node, exchange: bytes, assertion: Assertion) -> Denied | None:
    """A second person has signed the same. Codes: HOLD_NOT_ASKED, HOLD_STANDS, HOLD_UNKNOWN, PIN_TWO_PERSONS, PASSKEY_…."""
    asked = stand(node, exchange).asked
    if asked is None:
        return Denied(code="HOLD_NOT_ASKED", detail=exchange.hex())
    refused = _refused(node, exchange, asked.reason, lift=asked.lift)
    if refused is not None:
        return refused
    person = node.person_of(hold_challenge(exchange, asked.reason, lift=asked.lift), assertion)
    if isinstance(person, Denied):
        return person
    if person == asked.person:
        return Denied(code="PIN_TWO_PERSONS", detail="1")
    change = node.evidence.retention.lift if asked.lift else node.evidence.retention.hold
    change(exchange, asked.reason, (asked.person, person))
    with node.store.transaction() as tx:
        tx.holds.forget(exchange)
    return None


def take_back(node: Node, exchange: bytes) -> None:
    """Nobody wants it any more."""

    def write(tx: Transaction) -> None:
        tx.holds.forget(exchange)

    node.sequencer.run([Touch(leaf=None, write=write)])


def _refused(node: Node, exchange: bytes, reason: str, *, lift: bool) -> Denied | None:
    if not 0 < len(reason) <= REASON_MAX or not all(letter.isprintable() for letter in reason):
        return Denied(code="REASON_INVALID", detail=f"1 to {REASON_MAX} characters in one line")
    with node.store.transaction() as tx:
        if exchange not in tx.exchanges.find([exchange]):
            return Denied(code="EXCHANGE_UNKNOWN", detail=exchange.hex())
    held = stand(node, exchange).held is not None
    if held is not lift:
        return Denied(code="HOLD_STANDS" if held else "HOLD_UNKNOWN", detail=exchange.hex())
    return None
