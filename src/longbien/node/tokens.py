"""Tokens: programs of this State that may ask, each for what it needs and for so long.

What it knows: scopes, ends, networks, and hashes. What it must never keep: a token; it is shown once, and only its hash stays. No token
approves anything, whatever its scopes: an approval is an officer's passkey over exactly the draft (P9).
"""

import base64
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from longbien.law.instants import DAY
from longbien.node.book import notice
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.store.program_rows import TokenRow

PREFIX = "lbt_"
SECRET_BYTES = 32
DAYS_DEFAULT, DAYS_MAX = 90, 366
NAME_MAX = 80
# The ledger need not learn of every question, nor the disk.
USED_EVERY = 60_000


class Scope(StrEnum):
    """What a token may be good for."""

    CASES_READ = "cases:read"
    CASES_NOTE = "cases:note"
    CASES_DRAFT = "cases:draft"
    CASES_SEND = "cases:send"
    RECORDS = "records:export"
    EVIDENCE = "evidence:read"
    EVIDENCE_HANDLE = "evidence:handle"
    DIRECTORY = "directory:read"
    LEDGER = "ledger:read"
    LAW = "law:read"
    STATISTICS = "statistics:read"
    EVENTS = "events:read"
    HOOKS = "hooks:manage"
    DUTY_READ = "duty:read"
    DUTY_WRITE = "duty:write"
    PAGES_ANSWER = "pages:answer"
    WALLBOARD = "wallboard:read"
    EXERCISES = "exercises:steer"


# These lie in other people's hands, on a wall or in a gateway, so they are good for nothing else.
ALONE = frozenset({Scope.PAGES_ANSWER, Scope.WALLBOARD})
# What one token may be good for at once.
TOGETHER = frozenset(Scope) - ALONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new token; `text` is the token itself, this once."""

    row: TokenRow
    text: str


def make(
    node: Node,
    *,
    name: str,
    scopes: Sequence[str],
    office: str = "",
    networks: Sequence[str] = (),
    days: int = DAYS_DEFAULT,
) -> Made | Denied:
    """A token for these scopes; with an `office`, it drafts and sends for that one alone; with `networks`, it comes from there alone.

    Codes: TOKEN_NAME, SCOPE_UNKNOWN, SCOPE_ALONE, OFFICE_UNKNOWN, NETWORK_INVALID, TOKEN_DAYS.
    """
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        return Denied(code="TOKEN_NAME", detail=f"1 to {NAME_MAX} characters in one line")
    strange = sorted(set(scopes) - set(Scope))
    if strange or not scopes:
        return Denied(code="SCOPE_UNKNOWN", detail=" ".join(strange) or "none is named")
    if ALONE.intersection(scopes) and len(set(scopes)) > 1:
        return Denied(code="SCOPE_ALONE", detail=" ".join(sorted(ALONE.intersection(scopes))))
    if office and office not in {item.id for item in node.directory.own.descriptor.offices}:
        return Denied(code="OFFICE_UNKNOWN", detail=office)
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            return Denied(code="NETWORK_INVALID", detail=network)
    if not 0 < days <= DAYS_MAX:
        return Denied(code="TOKEN_DAYS", detail=f"1 to {DAYS_MAX}")
    text = PREFIX + base64.urlsafe_b64encode(node.world.entropy(SECRET_BYTES)).decode().rstrip("=")
    now = node.world.now()
    row = TokenRow(
        id=node.world.entropy(8).hex(),
        hash=hashed(text),
        name=name,
        scopes=" ".join(sorted(set(scopes))),
        office=office,
        networks=" ".join(networks),
        made_at=now,
        expires_at=now + days * DAY,
        used_at=0,
        revoked_at=None,
    )
    leaf = notice("token", did="made", token=row.id, scopes=row.scopes, office=office, at=now)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.programs.add_token(row))])
    return Made(row=row, text=text)


def revoke(node: Node, identifier: str) -> Denied | None:
    """The token counts no more, from now on. Codes: TOKEN_UNKNOWN."""
    with node.store.transaction() as tx:
        known = {row.id for row in tx.programs.tokens()}
    if identifier not in known:
        return Denied(code="TOKEN_UNKNOWN", detail=identifier)
    now = node.world.now()
    leaf = notice("token", did="revoked", token=identifier, at=now)
    node.sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.programs.revoke(identifier, now))])
    return None


def tokens(node: Node) -> tuple[TokenRow, ...]:
    """Every token that was ever made, the newest first."""
    with node.store.transaction() as tx:
        return tx.programs.tokens()


def known(node: Node, text: str, *, address: str) -> TokenRow | Denied:
    """The token that somebody at `address` brings, if it counts. Codes: TOKEN_INVALID, TOKEN_REVOKED, TOKEN_EXPIRED, TOKEN_NETWORK."""
    now = node.world.now()
    with node.store.transaction() as tx:
        row = tx.programs.token(hashed(text))
        if row is None:
            return Denied(code="TOKEN_INVALID", detail="no token of this node")
        if row.revoked_at is not None:
            return Denied(code="TOKEN_REVOKED", detail=row.id)
        if row.expires_at <= now:
            return Denied(code="TOKEN_EXPIRED", detail=row.id)
        if row.networks and not _from(address, row.networks.split()):
            return Denied(code="TOKEN_NETWORK", detail=row.id)
        if now - row.used_at >= USED_EVERY:
            tx.programs.used(row.id, now)
    return row


def hashed(text: str) -> bytes:
    """What is kept of a token: it is random throughout, so one plain hash hides it."""
    return sha256(text.encode("utf-8", "replace")).digest()


def _from(address: str, networks: Sequence[str]) -> bool:
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(here in ipaddress.ip_network(network) for network in networks)
