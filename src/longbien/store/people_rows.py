"""Rows of people at their screens: sessions, one-time codes, settings, half-filled forms, and who looked at what.

What it knows: digests, moments and JSON. What it must never know: an identifier that opens something; it is given its SHA-256. Rows
of `looks` are only ever added.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from longbien.store.kept import columns_of, record_of
from longbien.store.schema import codes, looks, recoveries, sessions, settings, sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """An open session. `level`: how sure it is who sits there (`web.policy.Level`). `began_at` stays when the identifier is changed; `made_at` is that of this
    identifier; `ends_at` is its last moment, whatever happens (ms).
    """

    digest: bytes
    person: bytes
    level: int
    began_at: int
    made_at: int
    seen_at: int
    ends_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A code that works once, until `ends_at`."""

    digest: bytes
    person: bytes
    purpose: str
    made_at: int
    ends_at: int
    used_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRow:
    """Somebody asked that `person` may begin anew."""

    person: bytes
    asked_by: bytes
    asked_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A form that is being filled in; `written` is JSON of the fields as they were typed."""

    id: bytes
    person: bytes
    procedure: str
    exchange: bytes | None
    act: str
    written: str
    changed_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    """One answer that a person was given."""

    at: int
    person: bytes
    route: str
    exchange: bytes | None
    status: int


_SESSION = select(sessions).where(sessions.c.digest == bindparam("named"))
_SEEN = update(sessions).where(sessions.c.digest == bindparam("named")).values(seen_at=bindparam("at"))
_LOOK = insert(looks)
_SETTINGS = select(settings.c.chosen).where(settings.c.person == bindparam("named"))


class PeopleRows:
    """The people's part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Sessions.

    def add_session(self, row: SessionRow) -> None:
        """A session is open."""
        self._connection.execute(insert(sessions), columns_of(row))

    def session(self, digest: bytes) -> SessionRow | None:
        """The session whose identifier has this digest."""
        row = self._connection.execute(_SESSION, {"named": digest}).first()
        return None if row is None else record_of(SessionRow, row)

    def seen(self, digest: bytes, at: int) -> None:
        """Its person did something."""
        self._connection.execute(_SEEN, {"named": digest, "at": at})

    def shorten(self, digest: bytes, ends_at: int) -> None:
        """The session ends then at the latest."""
        self._connection.execute(update(sessions).where(sessions.c.digest == digest).values(ends_at=ends_at))

    def sessions_of(self, person: bytes) -> tuple[SessionRow, ...]:
        """Every session of a person, the one that was used last first; some may be over already."""
        query = select(sessions).where(sessions.c.person == person).order_by(sessions.c.seen_at.desc())
        return tuple(record_of(SessionRow, row) for row in self._connection.execute(query))

    def end_sessions(self, person: bytes) -> None:
        """Nobody is signed in as this person any more."""
        self._connection.execute(delete(sessions).where(sessions.c.person == person))

    def end_session(self, digest: bytes) -> None:
        """This session is over."""
        self._connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def forget(self, before: int) -> None:
        """Whatever ended before this moment (ms) is dropped: sessions, codes."""
        for table in (sessions, codes):
            self._connection.execute(delete(table).where(table.c.ends_at < before))

    # Codes.

    def add_code(self, row: CodeRow) -> None:
        """A code was made."""
        self._connection.execute(insert(codes), columns_of(row))

    def code(self, digest: bytes) -> CodeRow | None:
        """The code with this digest, used or not."""
        row = self._connection.execute(select(codes).where(codes.c.digest == digest)).first()
        return None if row is None else record_of(CodeRow, row)

    def use_code(self, digest: bytes, at: int) -> bool:
        """The code is used now; false when it was used before."""
        done = self._connection.execute(
            update(codes).where(codes.c.digest == digest, codes.c.used_at.is_(None)).values(used_at=at)
        )
        return done.rowcount == 1

    def drop_codes(self, person: bytes) -> None:
        """No code of this person works any more."""
        self._connection.execute(delete(codes).where(codes.c.person == person))

    # A lost passkey.

    def ask_recovery(self, row: RecoveryRow) -> None:
        """A new beginning is asked for; an older question about the same person is replaced."""
        self.end_recovery(row.person)
        self._connection.execute(insert(recoveries), columns_of(row))

    def recoveries(self) -> dict[bytes, RecoveryRow]:
        """What is asked, by person."""
        found = self._connection.execute(select(recoveries))
        return {row.person: row for row in (record_of(RecoveryRow, item) for item in found)}

    def end_recovery(self, person: bytes) -> None:
        """It is granted or dropped."""
        self._connection.execute(delete(recoveries).where(recoveries.c.person == person))

    # The own screen.

    def chosen(self, person: bytes) -> str:
        """What a person chose (JSON), "{}" where nothing."""
        return str(self._connection.execute(_SETTINGS, {"named": person}).scalar_one_or_none() or "{}")

    def choose(self, person: bytes, chosen: str) -> None:
        """From now on it is this."""
        self._connection.execute(delete(settings).where(settings.c.person == person))
        self._connection.execute(insert(settings), {"person": person, "chosen": chosen})

    def keep_sheet(self, row: SheetRow) -> None:
        """The form as it is now."""
        self.drop_sheet(row.id)
        self._connection.execute(insert(sheets), columns_of(row))

    def sheet(self, identifier: bytes) -> SheetRow | None:
        """A form that is being filled in."""
        row = self._connection.execute(select(sheets).where(sheets.c.id == identifier)).first()
        return None if row is None else record_of(SheetRow, row)

    def sheets_of(self, person: bytes) -> tuple[SheetRow, ...]:
        """What a person is filling in, the newest first."""
        query = select(sheets).where(sheets.c.person == person).order_by(sheets.c.changed_at.desc())
        return tuple(record_of(SheetRow, row) for row in self._connection.execute(query))

    def drop_sheet(self, identifier: bytes) -> None:
        """The form is done with."""
        self._connection.execute(delete(sheets).where(sheets.c.id == identifier))

    # Who looked.

    def look(self, row: LookRow) -> None:
        """Somebody was shown something, or was told no."""
        self._connection.execute(_LOOK, columns_of(row))

    def looks(
        self, *, exchange: bytes | None = None, person: bytes | None = None, limit: int = 100
    ) -> Sequence[LookRow]:
        """The newest looks, at an exchange or by a person where one is named."""
        query = select(looks).order_by(looks.c.id.desc()).limit(limit)
        if exchange is not None:
            query = query.where(looks.c.exchange == exchange)
        if person is not None:
            query = query.where(looks.c.person == person)
        return [record_of(LookRow, row) for row in self._connection.execute(query)]


TABLES: tuple[Table, ...] = (sessions, codes, recoveries, settings, sheets, looks)
"""What the migration that brought people to screens creates."""
