"""Rows of the desk: officers, their passkeys, drafts and approvals.

What it knows: who belongs to which office and what was approved. What it must never know: how an assertion is checked.
Approvals stay at home; the other State sees only that so many different persons approved, and a digest of how. Statements are built once,
as in `ledger_rows`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from longbien.store.kept import columns_of
from longbien.store.many import among, change_rows
from longbien.store.schema import approvals, credentials, drafts, officers


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """An act that is not sent yet. `digest` is what officers sign; `statement` is set when it has been sent. `fits` is the digest of the
    rules that its fields were found to fit when it was kept, `None` where nobody has looked: a draft never changes, nor do rules.
    """

    id: bytes
    exchange: bytes
    act: str
    office: str
    draft: bytes
    digest: bytes
    drafter: bytes
    created_at: int
    statement: bytes | None
    fits: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """One person's passkey assertion (det CBOR) over a draft's digest."""

    draft: bytes
    person: bytes
    office: str
    assertion: bytes
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerRow:
    """A person of this State; `person` is the 16-byte pseudonym by which other States tell persons apart.

    `roles` are what the person does in the office (`node.people.Role`).
    """

    person: bytes
    name: str
    office: str
    active: bool
    enrolled_at: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRow:
    """A passkey; `software` marks one that lives in a file and not in hardware.

    `device_bound`: its authenticator says that it can never be copied. `ended_at` (ms) is set when it was lost or taken away; the row
    stays, because old approvals are checked with it.
    """

    id: bytes
    person: bytes
    public_key: bytes
    sign_count: int
    software: bool
    added_at: int
    device_bound: bool = False
    ended_at: int | None = None


_OFFICERS = select(officers).order_by(officers.c.name)
_OFFICER = select(officers).where(officers.c.person == bindparam("named"))
_CREDENTIAL = select(credentials).where(credentials.c.id == bindparam("named"))
_USED = (
    update(credentials).where(credentials.c.id == bindparam("named")).values(sign_count=bindparam("count"))
)
_ADD_DRAFT = insert(drafts)
_DRAFT = select(drafts).where(drafts.c.id == bindparam("named"))
_DRAFTS = "SELECT * FROM drafts WHERE id {among}"
_STATEMENTS_OF = "SELECT id, statement FROM drafts WHERE statement IS NOT NULL AND id {among}"
_ADD_APPROVAL = insert(approvals)
_APPROVALS = "SELECT * FROM approvals WHERE draft {among} ORDER BY at, person"


class DeskRows:
    """The desk's part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_officer(self, officer: OfficerRow) -> None:
        """A person joins."""
        self._connection.execute(insert(officers), {**columns_of(officer), "roles": " ".join(officer.roles)})

    def add_credential(self, credential: CredentialRow) -> None:
        """A person has one more passkey."""
        self._connection.execute(insert(credentials), columns_of(credential))

    def change_officer(self, person: bytes, *, active: bool, roles: Iterable[str]) -> None:
        """What a person does from now on, and whether at all."""
        self._connection.execute(
            update(officers).where(officers.c.person == person).values(active=active, roles=" ".join(roles))
        )

    def end_credentials(self, person: bytes, at: int) -> None:
        """None of the passkeys that a person has counts any more."""
        self._connection.execute(
            update(credentials)
            .where(credentials.c.person == person, credentials.c.ended_at.is_(None))
            .values(ended_at=at)
        )

    def officers(self) -> tuple[OfficerRow, ...]:
        """Everybody, by name."""
        found = self._connection.execute(_OFFICERS)
        return tuple(map(_officer, found))

    def officer(self, person: bytes) -> OfficerRow | None:
        """The person with this pseudonym."""
        row = self._connection.execute(_OFFICER, {"named": person}).first()
        return None if row is None else _officer(row)

    def credential(self, identifier: bytes) -> CredentialRow | None:
        """The passkey with this identifier."""
        row = self._connection.execute(_CREDENTIAL, {"named": identifier}).first()
        return None if row is None else _credential(row)

    def credentials_of(self, person: bytes) -> tuple[CredentialRow, ...]:
        """The passkeys of a person."""
        found = self._connection.execute(select(credentials).where(credentials.c.person == person))
        return tuple(map(_credential, found))

    def used(self, identifier: bytes, sign_count: int) -> None:
        """The passkey's own counter has moved on."""
        self._connection.execute(_USED, {"named": identifier, "count": sign_count})

    def add_draft(self, row: DraftRow) -> None:
        """A draft is kept; nothing leaves the node with it."""
        self._connection.execute(_ADD_DRAFT, columns_of(row))

    def draft(self, identifier: bytes) -> DraftRow | None:
        """The draft with this identifier."""
        row = self._connection.execute(_DRAFT, {"named": identifier}).first()
        return None if row is None else _draft(row)

    def drafts(self, identifiers: Iterable[bytes]) -> dict[bytes, DraftRow]:
        """The drafts with these identifiers, as far as they are here."""
        return {row.id: row for row in map(_draft, among(self._connection, _DRAFTS, identifiers))}

    def drafts_with_prefix(self, prefix: bytes) -> tuple[DraftRow, ...]:
        """Drafts whose identifier begins like this, two at the most."""
        query = select(drafts).where(drafts.c.id >= prefix, drafts.c.id <= prefix + b"\xff" * 16).limit(2)
        return tuple(map(_draft, self._connection.execute(query)))

    def open_drafts(self) -> tuple[DraftRow, ...]:
        """What waits for approval or for sending, oldest first."""
        query = select(drafts).where(drafts.c.statement.is_(None)).order_by(drafts.c.created_at)
        return tuple(map(_draft, self._connection.execute(query)))

    def drop_draft(self, identifier: bytes) -> None:
        """A draft that was not sent is taken back, with what was approved of it."""
        self._connection.execute(delete(approvals).where(approvals.c.draft == identifier))
        self._connection.execute(
            delete(drafts).where(drafts.c.id == identifier, drafts.c.statement.is_(None))
        )

    def count_open(self) -> int:
        """How many drafts wait for approval or for sending."""
        query = select(func.count()).select_from(drafts).where(drafts.c.statement.is_(None))
        return int(self._connection.execute(query).scalar_one())

    def statements_of(self, identifiers: Iterable[bytes]) -> dict[bytes, bytes]:
        """For those of these drafts that were sent: the digest of the statement that each became."""
        found = among(self._connection, _STATEMENTS_OF, identifiers)
        return {bytes(row.id): bytes(row.statement) for row in found}

    def sent(self, identifiers: Sequence[tuple[bytes, bytes]]) -> None:
        """These drafts (identifier, digest of the statement) have become acts."""
        became = [(statement, identifier) for identifier, statement in identifiers]
        change_rows(self._connection, drafts, "id", ("statement",), became)

    def add_approval(self, row: ApprovalRow) -> None:
        """One more person approved; the same person twice fails the transaction."""
        self._connection.execute(_ADD_APPROVAL, columns_of(row))

    def approvals(self, draft: bytes) -> tuple[ApprovalRow, ...]:
        """Who approved a draft, in order of time."""
        return tuple(self.approvals_of([draft]).get(draft, ()))

    def approvals_of(self, identifiers: Iterable[bytes]) -> dict[bytes, list[ApprovalRow]]:
        """Who approved which of these drafts, in order of time."""
        found: dict[bytes, list[ApprovalRow]] = {}
        for row in map(_approval, among(self._connection, _APPROVALS, identifiers)):
            found.setdefault(row.draft, []).append(row)
        return found


def _officer(row: Any) -> OfficerRow:
    return OfficerRow(
        person=bytes(row.person),
        name=row.name,
        office=row.office,
        active=bool(row.active),
        enrolled_at=int(row.enrolled_at),
        roles=tuple(row.roles.split()),
    )


def _draft(row: Any) -> DraftRow:
    return DraftRow(
        id=bytes(row.id),
        exchange=bytes(row.exchange),
        act=row.act,
        office=row.office,
        draft=bytes(row.draft),
        digest=bytes(row.digest),
        drafter=bytes(row.drafter),
        created_at=int(row.created_at),
        statement=None if row.statement is None else bytes(row.statement),
        fits=None if row.fits is None else bytes(row.fits),
    )


def _approval(row: Any) -> ApprovalRow:
    return ApprovalRow(
        draft=bytes(row.draft),
        person=bytes(row.person),
        office=row.office,
        assertion=bytes(row.assertion),
        at=int(row.at),
    )


def _credential(row: Any) -> CredentialRow:
    return CredentialRow(
        id=bytes(row.id),
        person=bytes(row.person),
        public_key=bytes(row.public_key),
        sign_count=int(row.sign_count),
        software=bool(row.software),
        added_at=int(row.added_at),
        device_bound=bool(row.device_bound),
        ended_at=row.ended_at,
    )
