"""django-pyas2: AS2 (RFC 4130) between two Django nodes, as trading partners exchange files today.

A message counts when the sending node has stored it as successful, which it does only after it has checked
the signed synchronous receipt (MDN) of the receiving node; the count is compared with the table of the
receiving node.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rivals.certificates import RSA_BITS, rsa_pair
from bench.rivals.figure import PAYLOAD_BYTES, Figure, MeasurementFailed, percentile_ms
from bench.rivals.processes import (
    PEERS,
    answer,
    finished,
    free_ports,
    installed_version,
    running,
    wait_for_port,
)

if TYPE_CHECKING:
    import subprocess

NODES = Path(__file__).resolve().parent / "nodes"
PYTHON = PEERS / "pyas2" / "bin" / "python"
WORKERS = 2
SENDERS = 2
START_S = 20.0


def measure(seconds: float) -> Figure:
    """Messages a second, delivered and receipted; about `seconds` of sending and four of preparation."""
    version = installed_version("pyas2", "django-pyas2")
    with tempfile.TemporaryDirectory(prefix="run-pyas2-", dir=PEERS) as name, ExitStack() as stack:
        folder = Path(name)
        (port,) = free_ports(1)
        _two_nodes(folder, port)
        log = folder / "log"
        receiver = stack.enter_context(running(_receiving(folder / "beta", port), log=log))
        wait_for_port(port, receiver, seconds=START_S, log=log)
        sending = [str(PYTHON), str(NODES / "pyas2_node.py"), "send", str(folder / "alpha")]
        senders = [stack.enter_context(running(sending, log=log, talk=True)) for _ in range(SENDERS)]
        for sender in senders:
            answer(sender, seconds=START_S, log=log)
        _ask(senders[:1], 0.5, log)
        alone = _ask(senders[:1], seconds / 4, log)[0]
        begin = time.monotonic()
        together = sum(len(latencies) for latencies in _ask(senders, seconds * 3 / 4, log))
        rate = together / (time.monotonic() - begin)
        _compare(folder, at_least=len(alone) + together)
    return Figure(
        name="django-pyas2",
        value=round(rate, 2),
        unit="messages/s",
        conditions=(
            f"{PAYLOAD_BYTES} B payload; signed (RSA-{RSA_BITS}, SHA-256), encrypted (AES-256-CBC), "
            f"synchronous signed MDN; {SENDERS} sending processes, gunicorn with {WORKERS} workers; "
            f"SQLite WAL, synchronous=FULL on both sides; HTTP on the loopback; {os.cpu_count()} CPUs; "
            "latency with one sender"
        ),
        version=version,
        p50_ms=percentile_ms(alone, 0.50),
        p99_ms=percentile_ms(alone, 0.99),
    )


def _receiving(home: Path, port: int) -> list[str]:
    """The command of the receiving node; without gunicorn's control socket, which lies in the user's home."""
    server = [str(PYTHON), "-m", "gunicorn", "--no-control-socket", "--workers", str(WORKERS)]
    place = ["--chdir", str(NODES), "--bind", f"127.0.0.1:{port}"]
    return [*server, *place, f"pyas2_node:application({str(home)!r})"]


def _two_nodes(folder: Path, port: int) -> None:
    """Folders, keys and tables of `alpha`, which sends, and `beta`, which receives."""
    pairs = {"alpha": rsa_pair("alpha"), "beta": rsa_pair("beta")}
    for name, partner in (("alpha", "beta"), ("beta", "alpha")):
        home = folder / name
        home.mkdir()
        (home / "payload.bin").write_bytes(os.urandom(PAYLOAD_BYTES))
        wish = {
            "name": name,
            "key": pairs[name][0],
            "certificate": pairs[name][1],
            "partner": partner,
            "partner_certificate": pairs[partner][1],
            "partner_url": f"http://127.0.0.1:{port}/as2receive",
        }
        (home / "node.json").write_text(json.dumps(wish))
        finished([PYTHON, NODES / "pyas2_node.py", "set-up", home], seconds=START_S)


def _ask(senders: list[subprocess.Popen[str]], seconds: float, log: Path) -> list[list[float]]:
    """Lets the senders send at the same time; the latencies of each, in seconds."""
    for sender in senders:
        assert sender.stdin is not None
        print(seconds, file=sender.stdin, flush=True)
    return [json.loads(answer(sender, seconds=seconds + START_S, log=log)) for sender in senders]


def _compare(folder: Path, *, at_least: int) -> None:
    """Every message is receipted at the sender and stored by the receiver; none has any other status."""
    counts = []
    for name, direction in (("alpha", "OUT"), ("beta", "IN")):
        with closing(sqlite3.connect(folder / name / "node.sqlite3")) as database:
            every, good, receipts = database.execute(
                "SELECT count(*), sum(m.status = 'S'), count(r.id) FROM pyas2_message m"
                " LEFT JOIN pyas2_mdn r ON r.message_id = m.id AND r.signed WHERE m.direction = ?",
                (direction,),
            ).fetchone()
        counts += [every, good, receipts]
    if len(set(counts)) != 1 or counts[0] < at_least:
        raise MeasurementFailed(
            f"django-pyas2 lost messages: sent {at_least}, stored, good and receipted {counts}"
        )
