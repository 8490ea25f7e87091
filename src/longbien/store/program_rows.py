"""Rows for programs of this State: who may ask, and what was answered to a question that named a key.

What it knows: hashes of tokens, never a token. What it must never know: what a scope permits.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from longbien.store.kept import columns_of
from longbien.store.schema import answers, tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token: `hash` is SHA-256 of it. `scopes` and `networks` with blanks between; `office` is "" for every office. Times in ms."""

    id: str
    hash: bytes
    name: str
    scopes: str
    office: str
    networks: str
    made_at: int
    expires_at: int
    used_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """What was answered to `question` (a digest of it) when it came with `key`; `headers` are encoded."""

    token: str
    key: str
    question: bytes
    status: int
    headers: bytes
    body: bytes
    at: int


class ProgramRows:
    """The programs' part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_token(self, row: TokenRow) -> None:
        """A program may ask."""
        self._connection.execute(insert(tokens), columns_of(row))

    def token(self, digest: bytes) -> TokenRow | None:
        """The token with this hash."""
        row = self._connection.execute(select(tokens).where(tokens.c.hash == digest)).first()
        return None if row is None else _token(row)

    def tokens(self) -> tuple[TokenRow, ...]:
        """Every token that was ever made, the newest first."""
        query = select(tokens).order_by(tokens.c.made_at.desc(), tokens.c.id)
        return tuple(map(_token, self._connection.execute(query)))

    def used(self, identifier: str, at: int) -> None:
        """A program asked."""
        self._connection.execute(update(tokens).where(tokens.c.id == identifier).values(used_at=at))

    def revoke(self, identifier: str, at: int) -> None:
        """A token counts no more."""
        self._connection.execute(
            update(tokens)
            .where(tokens.c.id == identifier, tokens.c.revoked_at.is_(None))
            .values(revoked_at=at)
        )

    def answer(self, token: str, key: str) -> AnswerRow | None:
        """What was answered to this key."""
        query = select(answers).where(answers.c.token == token, answers.c.key == key)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return AnswerRow(
            token=row.token,
            key=row.key,
            question=bytes(row.question),
            status=int(row.status),
            headers=bytes(row.headers),
            body=bytes(row.body),
            at=int(row.at),
        )

    def answered(self, row: AnswerRow) -> None:
        """This was answered."""
        self._connection.execute(insert(answers), columns_of(row))

    def forget_answers(self, before: int) -> None:
        """Answers older than this (ms) are given no more."""
        self._connection.execute(delete(answers).where(answers.c.at < before))


def _token(row: Any) -> TokenRow:
    return TokenRow(
        id=row.id,
        hash=bytes(row.hash),
        name=row.name,
        scopes=row.scopes,
        office=row.office,
        networks=row.networks,
        made_at=int(row.made_at),
        expires_at=int(row.expires_at),
        used_at=int(row.used_at),
        revoked_at=None if row.revoked_at is None else int(row.revoked_at),
    )
