"""The raw cost: what an act costs in signatures, seals, checks and durable commits when nothing else is done.

`python -m bench.raw STORAGE` is one process of it. It takes a line with a number of seconds and answers with a line of JSON: how
many acts it did. Two of them run side by side, as two nodes do; each does the work of both sides for its own acts, with the very
primitives of the nodes, the same sizes and the same counts for an act and for a batch:

    an act     sign (Ed25519, ML-DSA-65), seal, open, verify both; 21 rows: a row of the statement's size and seven small ones
               at each side, two of the receipt's size and three small ones when the sender keeps the answer
    a batch    two heads signed and checked (Ed25519, ML-DSA-44), an answer sealed and opened, a head verified,
               five durable commits: sender's rows and head, host's rows and head, sender's receipts

There is no HTTP, no CBOR, no rule, no ledger in it, and no chance but that of keys and names: what is signed, sealed and kept is
drawn once, for drawing it every time would be a cost that no node has. Two threads share a process, so that one computes while
the other waits for the disk. With a batch of one it tells what a single act costs.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psycopg
from sqlalchemy.engine import make_url

from bench.rivals.processes import answer, running
from longbien.ledger.logkey import SoftLogSigner
from longbien.wire.suites import PRODUCTION, SUITE_1, SoftOpenKey, SoftSigner

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence

BATCH = 64
THREADS = 2
# The payload of an act with its heading; the plaintext class of its envelope; a statement; a receipt with the head that it stands
# under; an answer to a full request; a signed head; a small row. Then what each of the three commits has for an act: how many
# large rows, and how many small ones. They are those of a notice (tests/node/test_budget.py); an opening has five more.
SIGNED_BYTES = 4096 + 256
ENVELOPE_BYTES = 8192
STATEMENT_BYTES = 7700
RECEIPT_BYTES = 4000
ANSWER_BYTES = 262_144
HEAD_BYTES = 3500
RECORD_BYTES = 250
SENT = HOSTED = (1, 7)
SETTLED = (2, 3)
START_S = 20.0


class Durable(Protocol):
    """A database that keeps rows."""

    def commit(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """The rows are durable."""


class Sqlite:
    """With the settings of a node below SQLite 3.51.3 (decision 0005)."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode=truncate", "synchronous=3"):
            self._database.execute(f"PRAGMA {setting}").fetchall()
        self._database.execute("CREATE TABLE kept (name BLOB PRIMARY KEY, value BLOB)")

    def commit(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT INTO kept VALUES (?, ?)", rows)
        self._database.execute("COMMIT")


class Postgresql:
    """With the settings that the server comes with."""

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        where = f"host={parts.query['host']} user={parts.username} dbname={parts.database}"
        self._database = psycopg.connect(where)
        self._database.execute("CREATE TABLE IF NOT EXISTS kept (name BYTEA PRIMARY KEY, value BYTEA)")
        self._database.commit()

    def commit(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        with self._database.cursor() as cursor:
            cursor.executemany("INSERT INTO kept VALUES (%s, %s)", rows)
        self._database.commit()


class Bare:
    """The primitives with keys, and a database."""

    def __init__(self, database: Durable) -> None:
        self._database = database
        self._signer = SoftSigner(1, (os.urandom(32), os.urandom(32)))
        self._opener = SoftOpenKey(1, os.urandom(32))
        self._log = SoftLogSigner(
            origin="longbien/RAW/00000000", ed25519_seed=os.urandom(32), mldsa44_seed=os.urandom(32)
        )
        self._turn = threading.Lock()
        self._drawn = os.urandom(ANSWER_BYTES)

    def batch(self, size: int) -> None:
        """So many acts, from signing to the kept receipt."""
        sent = [self._sign(self._drawn[:SIGNED_BYTES]) for _ in range(size)]
        self._keep(size, SENT, STATEMENT_BYTES)
        self._head()
        sealed = [self._seal(self._drawn[:ENVELOPE_BYTES]) for _ in sent]
        for item in sealed:
            self._open(item)
        for message, signatures in sent:
            self._verify(message, signatures)
        self._keep(size, HOSTED, STATEMENT_BYTES)
        text, lines = self._head()
        self._open(self._seal(self._drawn[: max(4096, ANSWER_BYTES * size // BATCH)]))
        self._log.log_key.verify_lines(text, lines)
        self._keep(size, SETTLED, RECEIPT_BYTES)

    def _sign(self, message: bytes) -> tuple[bytes, list[bytes]]:
        return message, [self._signer.sign(algorithm, message) for algorithm in SUITE_1.algorithms]

    def _verify(self, message: bytes, signatures: list[bytes]) -> None:
        public = self._signer.verify_key.public
        for algorithm, signature in zip(SUITE_1.algorithms, signatures, strict=True):
            SUITE_1.verify(algorithm, public, message, signature)

    def _seal(self, plaintext: bytes) -> bytes:
        key = self._opener.seal_key
        return PRODUCTION.get(key.suite).seal(key.public, b"raw", plaintext)

    def _open(self, sealed: bytes) -> None:
        self._opener.open(b"raw", sealed)

    def _head(self) -> tuple[str, tuple]:
        """A signed head, checked before it is kept, in a commit of its own."""
        text = f"longbien/RAW/00000000\n1\n{'A' * 43}=\n"
        lines = self._log.sign_checkpoint(text)
        self._log.log_key.verify_lines(text, lines)
        with self._turn:
            self._database.commit([(os.urandom(32), self._drawn[:HEAD_BYTES])])
        return text, lines

    def _keep(self, acts: int, each: tuple[int, int], large: int) -> None:
        rows = [(os.urandom(32), self._drawn[:large]) for _ in range(acts * each[0])]
        rows += [(os.urandom(32), self._drawn[:RECORD_BYTES]) for _ in range(acts * each[1])]
        for _, value in rows:
            sha256(value).digest()
        with self._turn:
            self._database.commit(rows)


@contextmanager
def processes(urls: Sequence[str]) -> Iterator[list[subprocess.Popen[str]]]:
    """One process of the raw cost for each database, waiting for its first line."""
    with tempfile.TemporaryDirectory(prefix="longbien-raw-") as name:
        log = Path(name) / "log"
        folders = [url or f"sqlite:///{name}/{number}.db" for number, url in enumerate(urls)]
        commands = [[sys.executable, "-m", "bench.raw", url] for url in folders]
        with (
            running(commands[0], log=log, talk=True) as first,
            running(commands[1], log=log, talk=True) as second,
        ):
            for process in (first, second):
                answer(process, seconds=START_S, log=log)
            yield [first, second]


def throughput(pair: Sequence[subprocess.Popen[str]], seconds: float) -> tuple[float, float]:
    """Acts a second of both together, and the seconds of processor time for one act."""
    for process in pair:
        assert process.stdin is not None
        print(f"{seconds}", file=process.stdin, flush=True)
    said = [_said(process) for process in pair]
    return sum(each["rate"] for each in said), sum(each["processor"] for each in said) / len(said)


def one_act(pair: Sequence[subprocess.Popen[str]], count: int) -> float:
    """The median time in ms of one act alone, `count` of them one after the other, on one process."""
    first = pair[0]
    assert first.stdin is not None
    print(f"-{count}", file=first.stdin, flush=True)
    return _said(first)["median_ms"]


def _said(process: subprocess.Popen[str]) -> dict[str, float]:
    assert process.stdout is not None
    found: dict[str, float] = json.loads(process.stdout.readline())
    return found


def _run(bare: Bare, seconds: float) -> dict[str, float]:
    done = [0] * THREADS
    begin, spent = time.monotonic(), time.process_time()

    def work(number: int) -> None:
        while time.monotonic() - begin < seconds:
            bare.batch(BATCH)
            done[number] += BATCH

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "rate": sum(done) / (time.monotonic() - begin),
        "processor": (time.process_time() - spent) / sum(done),
    }


def _alone(bare: Bare, count: int) -> dict[str, float]:
    times = []
    for _ in range(count):
        begin = time.monotonic()
        bare.batch(1)
        times.append(time.monotonic() - begin)
    return {"median_ms": sorted(times)[len(times) // 2] * 1000}


def main() -> None:
    """One process: a line in, a line out."""
    url = make_url(sys.argv[1])
    database = Sqlite(url.database or "") if url.get_backend_name() == "sqlite" else Postgresql(sys.argv[1])
    bare = Bare(database)
    bare.batch(1)
    print("ready", flush=True)
    for line in sys.stdin:
        wish = float(line)
        print(json.dumps(_run(bare, wish) if wish > 0 else _alone(bare, int(-wish))), flush=True)


if __name__ == "__main__":
    main()
