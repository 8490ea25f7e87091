"""One database, one writer, durable transactions, for SQLite and PostgreSQL.

What it knows: how to open either engine with settings that survive a power cut, how to prove that the settings hold, and
how to keep a second process out. What it must never know: what the rows mean.

Durable settings (`trust.md` 0.2-0.3): SQLite before 3.51.3 can corrupt a write-ahead log that several connections use, so
there the rollback journal with `synchronous=EXTRA` serves; newer ones use WAL with `synchronous=FULL`. Every PRAGMA is
read back, because an engine that silently ignores one would break promise P1. PostgreSQL must answer `on` (or stricter)
to `fsync`, `full_page_writes` and `synchronous_commit`.
"""

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import sqlalchemy
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import StaticPool

from longbien.store.case_rows import CaseRows
from longbien.store.desk_rows import DeskRows
from longbien.store.duty_rows import DutyRows
from longbien.store.event_rows import EventRows
from longbien.store.evidence_rows import EvidenceRows
from longbien.store.exchange_rows import ExchangeRows
from longbien.store.exercise_rows import ExerciseRows
from longbien.store.hold_rows import HoldRows
from longbien.store.ledger_rows import LedgerRows
from longbien.store.meeting_rows import MeetingRows
from longbien.store.order_rows import OrderRows
from longbien.store.outbox_rows import OutboxRows
from longbien.store.page_rows import PageRows
from longbien.store.peer_rows import PeerRows
from longbien.store.people_rows import PeopleRows
from longbien.store.program_rows import ProgramRows
from longbien.store.queue_rows import QueueRows
from longbien.store.room import Room
from longbien.store.sealing_rows import SealingRows
from longbien.store.shift_rows import ShiftRows
from longbien.store.training_rows import TrainingRows
from longbien.store.upgrade import upgrade
from longbien.store.view_rows import ViewRows

WAL_SAFE_SINCE = (3, 51, 3)
# More than the rooms of the store have statements: the driver's own 128 would have some prepared again and again.
STATEMENTS_KEPT = 512
# "longbien" as a number: the advisory lock that the one sequencer of a PostgreSQL node holds.
_SEQUENCER_LOCK = int.from_bytes(b"longbien")


class StoreFault(Exception):
    """The store failed or is not what it must be. `code` is stable; `detail` is for the operator.

    Codes: STORE_IN_USE, STORE_SETTING, STORE_UNREACHABLE, STORE_WRITE_FAILED, STORE_SCHEMA.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Transaction:
    """Everything that happens between BEGIN and COMMIT, room by room of the schema; most transactions enter two or three of them."""

    ledger = Room(LedgerRows)
    """Leaves, heads and statements."""
    exchanges = Room(ExchangeRows)
    """Exchanges, their entries, clocks and answers."""
    evidence = Room(EvidenceRows)
    """Manifests, items, custody, keys."""
    holds = Room(HoldRows)
    """Holds that wait for a second person."""
    sealings = Room(SealingRows)
    """Objects that are being sealed."""
    cases = Room(CaseRows)
    """Cases of an office."""
    outbox = Room(OutboxRows)
    """What waits for other nodes."""
    desk = Room(DeskRows)
    """Drafts, approvals, officers, passkeys."""
    peers = Room(PeerRows)
    """Pinned parties."""
    queue = Room(QueueRows)
    """The lines of the queue."""
    views = Room(ViewRows)
    """Views that people keep."""
    people = Room(PeopleRows)
    """Sessions, choices and looks of people."""
    duty = Room(DutyRows)
    """Rosters and policies."""
    pages = Room(PageRows)
    """Pages and their calls."""
    meetings = Room(MeetingRows)
    """Meetings between States."""
    orders = Room(OrderRows)
    """Orders to providers, and the people who answer them."""
    events = Room(EventRows)
    """What happened, for whoever follows."""
    programs = Room(ProgramRows)
    """Tokens and hooks of programs."""
    trainings = Room(TrainingRows)
    """Courses and sessions."""
    shifts = Room(ShiftRows)
    """Swaps of shifts, and hand-overs on their way."""
    exercises = Room(ExerciseRows)
    """Exercises, on a node that is for them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Store:
    """An open database that belongs to this process alone until `close`.

    Args:
        url: `sqlite:///path`, `sqlite://` (in memory, for the simulated world) or `postgresql+psycopg://…`.

    Raises:
        StoreFault: STORE_IN_USE when another process owns it, STORE_SETTING when a durable setting does not hold,
            STORE_UNREACHABLE when it cannot be opened at all.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self._lock = threading.RLock()
        self._ownership = contextlib.ExitStack()
        try:
            if self.url.get_backend_name() == "sqlite":
                self._engine = self._open_sqlite(self.url)
            else:
                self._engine = self._open_postgresql(self.url)
            self._migrate()
        except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
            self._ownership.close()
            raise StoreFault("STORE_UNREACHABLE", _first_line(error)) from error
        except BaseException:
            self._ownership.close()
            raise

    def _migrate(self) -> None:
        """The schema is the one that this program needs; the simulated world makes it once for its many stores in memory."""
        upgrade(self._engine)

    def close(self) -> None:
        """The connections are closed and the ownership is given up."""
        with self._lock:
            self._ownership.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All that the block writes is durable when it ends, or nothing of it is there.

        Concurrency: one at a time; a second caller waits. Isolation: serialisable, since there is one writer.

        Raises:
            StoreFault: STORE_WRITE_FAILED; whether the commit reached the disk is then unknown, and the caller must
                stop rather than guess (P13).
        """
        with self._lock:
            try:
                with self._begin() as connection:
                    yield Transaction(connection)
                    self._before_commit()
                self._after_commit()
            except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error) as error:
                raise StoreFault("STORE_WRITE_FAILED", _first_line(error)) from error

    def _begin(self) -> AbstractContextManager[Connection]:
        """A transaction of the engine; the simulated world has a quicker one for its stores in memory."""
        return self._engine.begin()

    def image(self) -> bytes:
        """The whole of an in-memory SQLite store as bytes, from which `restore` makes equal ones without migrating each."""
        with self._lock:
            return self._in_memory().serialize()

    def restore(self, image: bytes) -> None:
        """An in-memory SQLite store holds exactly what `image` held, whatever it held before."""
        with self._lock:
            self._in_memory().deserialize(image)

    def _in_memory(self) -> sqlite3.Connection:
        # A database that others rely on is never replaced as a whole, so a store on disk has no such door.
        assert self.url.get_backend_name() == "sqlite" and not self.url.database
        with self._engine.connect() as connection:
            raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        return raw

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else begins a transaction before the block ends, so what needs several is seen by others as one."""
        with self._lock:
            yield

    def _before_commit(self) -> None:
        """A seam for the simulated world: a crash here leaves nothing behind."""

    def _after_commit(self) -> None:
        """A seam for the simulated world: a crash here leaves everything behind, and nobody was told."""

    def _open_sqlite(self, url: URL) -> Engine:
        if url.database:
            self._own_file(Path(url.database))
        engine = sqlalchemy.create_engine(
            url,
            poolclass=StaticPool,
            connect_args={
                "check_same_thread": False,
                "timeout": 30.0,
                "isolation_level": None,
                "cached_statements": STATEMENTS_KEPT,
            },
        )
        self._ownership.callback(engine.dispose)
        wal = sqlite3.sqlite_version_info >= WAL_SAFE_SINCE
        settings = {
            "journal_mode": "memory" if not url.database else "wal" if wal else "truncate",
            "synchronous": "2" if wal else "3",
            "foreign_keys": "1",
            "trusted_schema": "0",
            # What is deleted is overwritten with zeros: a key that is destroyed is not in the file any more.
            "secure_delete": "1",
            "cell_size_check": "1",
        }
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            for name, wanted in settings.items():
                raw.execute(f"PRAGMA {name}={wanted}").fetchall()
                found = str(raw.execute(f"PRAGMA {name}").fetchone()[0])
                if found != wanted:
                    raise StoreFault("STORE_SETTING", f"{name} is {found}, must be {wanted}")
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine

    def _own_file(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock: IO[bytes] = self._ownership.enter_context(path.with_name(path.name + ".owner").open("ab"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreFault("STORE_IN_USE", f"another process works with {path.name}") from error
        if not path.exists():
            # The name itself must survive a power cut, or the first commits would hang from nowhere.
            path.touch(mode=0o600)
            _sync_folder(path.parent)

    def _open_postgresql(self, url: URL) -> Engine:
        engine = sqlalchemy.create_engine(url, isolation_level="SERIALIZABLE", pool_size=2, max_overflow=2)
        self._ownership.callback(engine.dispose)
        keeper = self._ownership.enter_context(engine.connect())
        if not keeper.execute(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": _SEQUENCER_LOCK}
        ).scalar_one():
            raise StoreFault("STORE_IN_USE", "another sequencer is elected on this database")
        keeper.commit()
        for name, wanted in {
            "fsync": {"on"},
            "full_page_writes": {"on"},
            "synchronous_commit": {"on", "remote_apply", "remote_write"},
        }.items():
            found = str(keeper.exec_driver_sql(f"SHOW {name}").scalar_one())
            if found not in wanted:
                raise StoreFault("STORE_SETTING", f"{name} is {found}, must be one of {sorted(wanted)}")
        keeper.commit()
        return engine


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
