"""Which manifests an act names, and whether they may go to whom the act goes to.

What it knows: bodies of acts, manifests of this node, consent to onward transfer. What it must never know: keys. A manifest is
named by the digest of its statement, wherever in a body a digest stands: in the fields of answers and contents, and in the
attachments of a request. Naming one of our own sends it; what came from another State goes to a third one only with consent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from longbien.evidence import manifest as manifests
from longbien.exchange import Act, Standing
from longbien.law import Refusal, facts
from longbien.law.instants import DAY
from longbien.store import Transaction
from longbien.store.evidence_rows import ManifestRow
from longbien.wire import statement
from longbien.wire.cbor import Value

_DIGEST_BYTES: Final = 32
_CONSENT: Final = "use-and-onward-consent"
# To these uses by another State or organisation its owner consents; of exculpatory disclosure the owner is only told.
_ONWARD: Final = frozenset({"third_state", "organisation"})
_NOBODY_STOPS: Final = "exculpatory_disclosure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A manifest of this node that an act sends, and to whom."""

    digest: bytes
    peers: tuple[str, ...]


def digests_in(value: Value) -> frozenset[bytes]:
    """Every byte string of 32 bytes in a body: whatever may name a manifest."""
    found: set[bytes] = set()
    _gather(value, found)
    return frozenset(found)


def _gather(value: Value, found: set[bytes]) -> None:
    if isinstance(value, bytes):
        if len(value) == _DIGEST_BYTES:
            found.add(value)
    elif isinstance(value, (dict, Mapping, list, tuple)):
        for item in value.values() if isinstance(value, (dict, Mapping)) else value:
            # Most of a body is text, in which nothing is named.
            if type(item) is not str:
                _gather(item, found)


def exchange_for(tx: Transaction, party: str, body: Mapping[str, Value]) -> bytes | None:
    """The exchange that evidence in the body of an opening was prepared for; None where there is none."""
    own = [row for row in tx.evidence.find(digests_in(body)).values() if row.issuer == party]
    fresh = {row.exchange for row in own} - tx.exchanges.find({row.exchange for row in own}).keys()
    return min(fresh, default=None)


def judge(
    tx: Transaction,
    *,
    party: str,
    exchange: bytes,
    recipients: Iterable[str],
    body: Mapping[str, Value],
    now: int,
) -> tuple[Named, ...] | Refusal:
    """What an act of `party` in `exchange` sends to its recipients.

    Codes: EVIDENCE_OTHER_EXCHANGE (prepared for another exchange, whose parties are not these), EVIDENCE_OTHER_ADDRESSEE
    (sealed for nobody who takes part), ONWARD_CONSENT_MISSING (it, or the same content, came from another State).
    """
    others = frozenset(recipients)
    found = tx.evidence.find(digests_in(body))
    named: list[Named] = []
    for digest, row in sorted(found.items()):
        if row.issuer != party:
            refused = _onward(tx, party, _Origin.of(row), others, now)
        elif row.exchange == exchange:
            peers = tuple(sorted(others & set(_audience(tx, digest))))
            if not peers:
                return Refusal(code="EVIDENCE_OTHER_ADDRESSEE", detail=digest.hex())
            named.append(Named(digest=digest, peers=peers))
            refused = _content(tx, party, digest, frozenset(peers), now)
        else:
            refused = None if others <= _parties(tx, row.exchange) else _elsewhere(digest)
        if refused is not None:
            return refused
    return tuple(named)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Where something came from."""

    owner: str
    exchange: bytes
    digest: bytes

    @classmethod
    def of(cls, row: ManifestRow) -> "_Origin":
        return cls(owner=row.issuer, exchange=row.exchange, digest=row.digest)


def _elsewhere(digest: bytes) -> Refusal:
    return Refusal(code="EVIDENCE_OTHER_EXCHANGE", detail=digest.hex())


def _content(tx: Transaction, party: str, digest: bytes, peers: frozenset[str], now: int) -> Refusal | None:
    """Content that came from another State stays that State's, under whatever manifest it goes on."""
    items = tx.evidence.items_of_part(digest)
    contents = {item.sha256 for item in items} | {item.original for item in items if item.original}
    for owner, exchange, part in tx.evidence.with_content(contents):
        if owner != party:
            origin = _Origin(owner=owner, exchange=exchange, digest=part)
            refused = _onward(tx, party, origin, peers, now)
            if refused is not None:
                return refused
    return None


def _onward(tx: Transaction, party: str, origin: _Origin, peers: frozenset[str], now: int) -> Refusal | None:
    """None where everybody who would get it has it already, or its owner has consented."""
    for peer in sorted(peers - _parties(tx, origin.exchange) - {origin.owner}):
        if not any(
            _consents(tx, row.id, Standing.decode(row.standing), party, origin, peer, now)
            for row in tx.exchanges.with_procedure(_CONSENT)
        ):
            return Refusal(code="ONWARD_CONSENT_MISSING", detail=f"{origin.owner} {peer}")
    return None


def _consents(
    tx: Transaction, exchange: bytes, standing: Standing, party: str, origin: _Origin, peer: str, now: int
) -> bool:
    """Whether an exchange about consent lets `party` pass it on to `peer` now."""
    data = standing.data
    if (standing.opener, standing.host) != (party, origin.owner) or data.get(
        "evidence_ref"
    ) != origin.exchange:
        return False
    asked = _opening(tx, exchange).body
    parts = facts.items(asked, "evidence")
    if (parts and origin.digest not in parts) or asked.get("recipient_state") != peer:
        return False
    use = facts.text(data, "new_use")
    if use == _NOBODY_STOPS:
        return True
    until = facts.number(data, "until")
    return (
        use in _ONWARD
        and "consent_at" in data
        and (until is None or now < until + DAY)
        and not conditions_open(standing)
    )


def conditions_open(standing: Standing) -> bool:
    """Whether conditions of use wait for the other side's signed acceptance (invariant 12)."""
    return bool(facts.items(standing.data, "use_conditions")) and "use_accepted_at" not in standing.data


def _opening(tx: Transaction, exchange: bytes) -> Act:
    first = tx.exchanges.entry(exchange, 1)
    assert first is not None, "an exchange has a first entry"
    raw = tx.ledger.statement(first.act)
    assert raw is not None, "an entry's act is kept"
    return Act.decode(statement.parse(raw).payload)


def _audience(tx: Transaction, digest: bytes) -> tuple[str, ...]:
    raw = tx.ledger.statement(digest)
    assert raw is not None, "a manifest's statement is kept"
    return statement.parse(raw).audience


def _parties(tx: Transaction, exchange: bytes) -> frozenset[str]:
    row = tx.exchanges.find([exchange]).get(exchange)
    return frozenset() if row is None else frozenset(Standing.decode(row.standing).parties)


def read_part(tx: Transaction, digest: bytes) -> manifests.Manifest:
    """The part of a manifest whose statement has this digest, which is here."""
    raw = tx.ledger.statement(digest)
    assert raw is not None, "a manifest's statement is kept"
    return manifests.read(statement.parse(raw).payload)
