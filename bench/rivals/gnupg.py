"""GnuPG: what sealed mail between two contact points costs before any mail server is involved.

Alpha signs and encrypts, beta decrypts and verifies, beta signs a receipt over the digest of what it read,
alpha verifies the receipt: four runs of `gpg`, as a mail program makes them. Nothing travels and nothing is
made durable, so the figure is an upper bound for OpenPGP mail.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rivals.figure import PAYLOAD_BYTES, Figure, MeasurementFailed, NotInstalled, percentile_ms
from bench.rivals.processes import finished

if TYPE_CHECKING:
    from collections.abc import Iterator

LANES = 4
RUN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One keyring with the secret keys of its owner and the public keys of the other side."""

    name: str
    home: Path

    def run(self, *arguments: str, given: bytes = b"", expect: bytes = b"") -> bytes:
        """The output of one `gpg` process; MeasurementFailed when it fails or does not report the expected
        status.
        """
        always = ("--no-options", "--homedir", self.home, "--batch", "--quiet", "--status-fd", "2")
        try:
            done = subprocess.run(
                ["gpg", *always, *arguments], input=given, capture_output=True, timeout=RUN_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise MeasurementFailed(
                f"gpg {arguments[-1]} of {self.name} did not end in {RUN_S:.0f} s"
            ) from None
        if done.returncode or expect not in done.stderr:
            raise MeasurementFailed(
                f"gpg {arguments[-1]} of {self.name}: {done.stderr[-300:].decode(errors='replace')}"
            )
        return done.stdout


def measure(seconds: float) -> Figure:
    """Messages a second, delivered and receipted; about `seconds` of work and one of preparation."""
    version = _version()
    with _two_sides() as (alpha, beta):
        _one_message(alpha, beta)
        alone = _lane(alpha, beta, seconds / 4)
        begin = time.monotonic()
        with ThreadPoolExecutor(LANES) as pool:
            lanes = list(pool.map(lambda _: _lane(alpha, beta, seconds * 3 / 4), range(LANES)))
        rate = sum(len(lane) for lane in lanes) / (time.monotonic() - begin)
    return Figure(
        name="GnuPG",
        value=round(rate, 2),
        unit="messages/s",
        conditions=(
            f"{PAYLOAD_BYTES} B payload; ed25519 signature, cv25519 encryption, no compression; signed "
            f"receipt returned and verified; four gpg processes a message, {LANES} messages in flight, two "
            f"keyrings; no transport, no database, nothing made durable; {os.cpu_count()} CPUs; latency with "
            "one message in flight"
        ),
        version=version,
        p50_ms=percentile_ms(alone, 0.50),
        p99_ms=percentile_ms(alone, 0.99),
    )


def _version() -> str:
    if shutil.which("gpg") is None or shutil.which("gpgconf") is None:
        raise NotInstalled("GnuPG is not installed: `apt install gnupg`")
    return finished(["gpg", "--version"], seconds=RUN_S).split("\n", 1)[0].rsplit(" ", 1)[-1]


def _lane(alpha: Side, beta: Side, seconds: float) -> list[float]:
    """Sends one message after the other for so long; the latency of each in seconds."""
    latencies = []
    until = time.monotonic() + seconds
    while (begin := time.monotonic()) < until:
        _one_message(alpha, beta)
        latencies.append(time.monotonic() - begin)
    return latencies


def _one_message(alpha: Side, beta: Side) -> None:
    """There and back, everything checked as the two sides would."""
    payload = os.urandom(PAYLOAD_BYTES)
    seal = (
        "--trust-model",
        "always",
        "--compress-algo",
        "none",
        "--recipient",
        beta.name,
        "--sign",
        "--encrypt",
    )
    sealed = alpha.run(*seal, given=payload, expect=b"END_ENCRYPTION")
    opened = beta.run("--trust-model", "always", "--decrypt", given=sealed, expect=b"VALIDSIG")
    digest = hashlib.sha256(opened).digest()
    receipt = beta.run("--compress-algo", "none", "--sign", given=digest, expect=b"SIG_CREATED")
    answer = alpha.run("--trust-model", "always", "--decrypt", given=receipt, expect=b"VALIDSIG")
    if answer != hashlib.sha256(payload).digest():
        raise MeasurementFailed("the receipt of GnuPG is for another message")


@contextmanager
def _two_sides() -> Iterator[tuple[Side, Side]]:
    """Two fresh keyrings that know each other; their agents end with the block.

    They live in the folder for temporary files: the path of an agent's socket may have 107 characters at
    most.
    """
    with tempfile.TemporaryDirectory(prefix="longbien-gpg-") as folder:
        sides = []
        try:
            for name in ("alpha", "beta"):
                home = Path(folder) / name
                home.mkdir(mode=0o700)
                sides.append(Side(name=name, home=home))
                _keys(sides[-1])
            alpha, beta = sides
            alpha.run("--import", given=beta.run("--export", beta.name))
            beta.run("--import", given=alpha.run("--export", alpha.name))
            yield alpha, beta
        finally:
            for side in sides:
                subprocess.run(
                    ["gpgconf", "--homedir", side.home, "--kill", "all"], timeout=RUN_S, check=False
                )


def _keys(side: Side) -> None:
    """A signing key and an encryption key without passphrase."""
    made = side.run(
        "--passphrase",
        "",
        "--quick-generate-key",
        side.name,
        "ed25519",
        "sign",
        "never",
        expect=b"KEY_CREATED",
    )
    assert made == b""
    listed = side.run("--with-colons", "--list-keys").decode()
    fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))
    side.run(
        "--passphrase", "", "--quick-add-key", fingerprint, "cv25519", "encr", "never", expect=b"KEY_CREATED"
    )
