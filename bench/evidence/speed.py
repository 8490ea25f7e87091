"""How fast files are sealed and opened, beside `cp` and the programs that encrypt today.

Every program reads the same file, which lies in the page cache, and its output is on the disk when its time ends.
Ours also takes the SHA-256; a program that does not is given the time of `sha256sum` too where its row says so.
Rounds follow each other, so that all programs meet the same neighbours; the figure is the median.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bench.evidence.rows import GIB, MIB, Row, room, row, skipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEAL = "seal + SHA-256"
OPEN = "open + verify SHA-256"

# In a process of its own, as a rival has one; prints the seconds between the start of the work and its durable end.
_SEAL = """
import sys, time; from pathlib import Path
from longbien.carry import FileSource, FolderStore, seal; from longbien.evidence import ObjectSeal
began = time.perf_counter(); folder = Path(sys.argv[1])
with FileSource(folder / "plain") as source:
    made = ObjectSeal(key=bytes(32), object_id=bytes(16), size=source.size, salt=bytes(24))
    done = seal(source, FolderStore(folder).create(bytes(16), made.layout.sealed_bytes), made)
print(time.perf_counter() - began, done.commitment.hex(), done.digests["sha256"].hex())
"""
_OPEN = """
import sys, time; from pathlib import Path
from longbien.carry import FolderStore, UnfinishedFile, Wanted, read_seal, unseal
began = time.perf_counter(); folder, size = Path(sys.argv[1]), int(sys.argv[2])
commitment, sha256 = map(bytes.fromhex, sys.argv[3:])
wanted = Wanted(object_id=bytes(16), size=size, commitment=commitment, key=bytes(32), digests={"sha256": sha256})
with FolderStore(folder).open(bytes(16)) as reader:
    unseal(reader, read_seal(reader, wanted), said=wanted.digests, sink=UnfinishedFile(folder / "out", size))
print(time.perf_counter() - began)
"""


def speed(gib: float = 4, rounds: int = 3, where: Path | None = None) -> list[Row]:
    """Rows for a file of `gib` GiB; takes about three times as much disk."""
    size = int(gib * GIB) // MIB * MIB
    with room(3 * size, where) as folder:
        if folder is None:
            return [skipped(SEAL, "the disk is too full")]
        plain = folder / "plain"
        with plain.open("wb") as file:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))
            os.fsync(file.fileno())
        rivals, missing = _rivals(folder)
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, run in rivals.items():
                times.setdefault(name, []).append(_timed(run, folder))
            _ours(folder, size, times)
        return _rows(size, {name: statistics.median(each) for name, each in times.items()}) + missing


def _ours(folder: Path, size: int, times: dict[str, list[float]]) -> None:
    _settle(folder)
    seconds, *named = _python(_SEAL, folder)
    times.setdefault(SEAL, []).append(float(seconds))
    _settle(folder)
    # The seal went past the page cache; rivals find their input there.
    _run("cat", folder / bytes(16).hex())
    (seconds,) = _python(_OPEN, folder, size, *named)
    times.setdefault(OPEN, []).append(float(seconds))
    (folder / bytes(16).hex()).unlink()
    _settle(folder)


def _rows(size: int, seconds: dict[str, float]) -> list[Row]:
    def rate(name: str) -> float:
        return size / seconds[name] / 1e9

    rows = [row(name, rate(name), "GB/s") for name in seconds if name not in {SEAL, OPEN}]
    bars = {"cp": 0.7, "age": 1.5, "gpg -z0": 3.0}
    for ours in (SEAL, OPEN):
        for name, other_seconds in seconds.items():
            if name in {SEAL, OPEN, "sha256sum"}:
                continue
            compared, other = name, other_seconds
            if name == "openssl enc":
                compared, other = "openssl enc, then sha256sum", other + seconds["sha256sum"]
            bar = bars.get(name) if ours == SEAL or name == "cp" else None
            rows.append(
                row(ours, rate(ours), "GB/s", against=compared, ratio=other / seconds[ours], least=bar)
            )
    return rows


def _rivals(folder: Path) -> tuple[dict[str, Callable[[], None]], list[Row]]:
    plain, out = folder / "plain", folder / "out"
    found: dict[str, Callable[[], None]] = {
        "cp": lambda: _run("cp", "--reflink=never", plain, out),
        "sha256sum": lambda: _run("sha256sum", plain),
    }
    missing = []
    if shutil.which("age") and shutil.which("age-keygen"):
        _run("age-keygen", "-o", folder / "age.key")
        recipient = subprocess.run(
            ["age-keygen", "-y", folder / "age.key"], check=True, capture_output=True, text=True
        ).stdout.strip()
        found["age"] = lambda: _run("age", "-r", recipient, "-o", out, plain)
    else:
        missing.append(skipped("age", "it is not installed"))
    if shutil.which("gpg"):
        home = folder / "gpg"
        home.mkdir(mode=0o700)
        options = ("gpg", "--homedir", home, "--batch", "--quiet", "--trust-model", "always")
        _run(
            *options,
            "--passphrase",
            "",
            "--quick-generate-key",
            "bench",
            "future-default",
            "default",
            "never",
        )
        found["gpg -z0"] = lambda: _run(*options, "-z0", "-r", "bench", "-o", out, "--encrypt", plain)
    else:
        missing.append(skipped("gpg -z0", "it is not installed"))
    if shutil.which("openssl"):
        key = ("-K", "00" * 32, "-iv", "00" * 16)
        found["openssl enc"] = lambda: _run("openssl", "enc", "-aes-256-ctr", *key, "-in", plain, "-out", out)
    else:
        missing.append(skipped("openssl enc", "it is not installed"))
    return found, missing


def _timed(run: Callable[[], None], folder: Path) -> float:
    _settle(folder)
    began = time.perf_counter()
    run()
    out = folder / "out"
    if out.exists():
        _sync(out)
    seconds = time.perf_counter() - began
    _settle(folder)
    return seconds


def _settle(folder: Path) -> None:
    """No output of the last program, and none of its writing under way."""
    (folder / "out").unlink(missing_ok=True)
    _sync(folder)
    with (folder / "plain").open("rb") as file:
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _python(script: str, *arguments: object) -> list[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
