"""Providers: firms of this State that may be ordered to keep or hand over data, and the people who answer for them.

What it knows: names, one-time codes, passkeys. What it must never know: orders, and officers: a person of a provider is in no table of theirs, so
whatever asks for an officer's signature can never be content with this one's.
"""

from dataclasses import dataclass
from typing import Final

from longbien.node.book import notice
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.passkeys import Assertion
from longbien.node.people import DIGITS, code_digest
from longbien.node.ports import Denied
from longbien.store.desk_rows import CredentialRow
from longbien.store.order_rows import ProviderCodeRow, ProviderKeyRow, ProviderPersonRow, ProviderRow

HOUR: Final = 3_600_000
# How sure a session is: a code lets somebody bring the first passkey and do nothing else; a code of one's own for another browser, or a passkey.
ENROL, INSIDE = 0, 1
LASTS: Final = {ENROL: 72 * HOUR, INSIDE: HOUR // 12}
NAME_MAX: Final = 120
_LONG: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A person of a provider, and the code that this person may use once until `ends_at` (ms). Nobody can read it again."""

    person: bytes
    code: str
    ends_at: int


def add_provider(node: Node, name: str, *, by: bytes) -> ProviderRow | Denied:
    """A new provider. Codes: NAME_MISSING, NAME_TAKEN."""
    wrong = _wrong_name(name)
    with node.store.transaction() as tx:
        taken = name.strip() in {row.name for row in tx.orders.providers()}
    if wrong or taken:
        return Denied(code=wrong or "NAME_TAKEN", detail=name)
    row = ProviderRow(
        id=node.world.entropy(16), name=name.strip(), active=True, added_at=node.world.now(), by=by
    )
    leaf = notice("provider-added", provider=row.id, by=by)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.orders.add(row))])
    return row


def invite(node: Node, provider: bytes, name: str, *, by: bytes) -> Invitation | Denied:
    """A new person of a provider, who brings a passkey with the code. Codes: PROVIDER_UNKNOWN, NAME_MISSING."""
    with node.store.transaction() as tx:
        known = tx.orders.provider(provider)
    if known is None or _wrong_name(name):
        return Denied(code="PROVIDER_UNKNOWN" if known is None else "NAME_MISSING", detail=name)
    row = ProviderPersonRow(
        person=node.world.entropy(16),
        provider=provider,
        name=name.strip(),
        active=True,
        added_at=node.world.now(),
    )
    leaf = notice("provider-person-added", provider=provider, person=row.person, by=by)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.orders.add(row))])
    return code_for(node, row.person, ENROL)


def end_person(node: Node, person: bytes, *, by: bytes) -> Denied | None:
    """This person comes in no more, at once. Code: PERSON_UNKNOWN."""
    with node.store.transaction() as tx:
        row = tx.orders.person(person)
    if row is None:
        return Denied(code="PERSON_UNKNOWN", detail=person.hex())
    leaf = notice("provider-person-ended", provider=row.provider, person=person, by=by)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.orders.end_person(person))])
    return None


def code_for(node: Node, person: bytes, level: int) -> Invitation:
    """A code for this person: for the first passkey, or for another browser of the person's own."""
    number = int.from_bytes(node.world.entropy(_LONG))
    plain = "".join(DIGITS[number >> (5 * place) & 31] for place in range(_LONG))
    ends_at = node.world.now() + LASTS[level]
    with node.store.transaction() as tx:
        tx.orders.add(ProviderCodeRow(digest=code_digest(plain), person=person, level=level, ends_at=ends_at))
    shown = "-".join(plain[place : place + 4] for place in range(0, _LONG, 4))
    return Invitation(person=person, code=shown, ends_at=ends_at)


def redeem(node: Node, code: str) -> ProviderCodeRow | Denied:
    """What a code is good for; it is used up with that. Code: CODE_WRONG."""
    with node.store.transaction() as tx:
        row = tx.orders.take_code(code_digest(code))
        person = None if row is None else tx.orders.person(row.person)
    if row is None or person is None or not person.active or row.ends_at <= node.world.now():
        return Denied(code="CODE_WRONG", detail="")
    return row


def bring(
    node: Node, person: bytes, *, credential: bytes, public_key: bytes, sign_count: int
) -> ProviderKeyRow | Denied:
    """A person of a provider has one more passkey. Code: PASSKEY_KNOWN."""
    with node.store.transaction() as tx:
        if tx.orders.key(credential) is not None or tx.desk.credential(credential) is not None:
            return Denied(code="PASSKEY_KNOWN", detail=credential.hex())
    row = ProviderKeyRow(
        id=credential,
        person=person,
        public_key=public_key,
        sign_count=sign_count,
        added_at=node.world.now(),
    )
    leaf = notice("provider-passkey", person=person)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.orders.add(row))])
    return row


def entered(node: Node, assertion: Assertion, challenge: bytes) -> ProviderPersonRow | Denied:
    """Whose passkey answered. Code: PASSKEY_UNKNOWN; raises `Malformed`: those of the check."""
    with node.store.transaction() as tx:
        key = tx.orders.key(assertion.credential)
        person = None if key is None else tx.orders.person(key.person)
    if key is None or person is None or not person.active:
        return Denied(code="PASSKEY_UNKNOWN", detail="")
    held = CredentialRow(
        id=key.id,
        person=key.person,
        public_key=key.public_key,
        sign_count=key.sign_count,
        software=False,
        added_at=key.added_at,
    )
    count = node.world.passkeys.verify(assertion, challenge=challenge, credential=held)
    with node.store.transaction() as tx:
        tx.orders.used(key.id, count)
    return person


def _wrong_name(name: str) -> str:
    plain = name.strip()
    return "" if plain and plain.isprintable() and len(plain) <= NAME_MAX else "NAME_MISSING"
