"""Evidence between two running nodes on the loopback: how fast beside `cp`, in how much memory, and what acts notice of it.

Both nodes are started as their operators start them. The fetch is the whole of it: ranges over TLS 1.3 with pinned certificates,
every chunk verified before it is written, the whole object read back from the disk with its SHA-256, the custody events durable.
Preservation requests of both States are offered by the clock, first while nothing else happens, then during the fetch; what
counts is when the sender holds the receipt.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.acts import OFFICE, put, requests
from bench.evidence.rows import GIB, MIB, Row, room, row, skipped
from bench.flow import latencies
from bench.pair import Running, Side, beside, founded, opened, serving
from longbien.node.evidence.bundles import Brought, Signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from longbien.cli.control import Control

AGAINST_CP = 0.6
AGAINST_IDLE = 1.5
MIB_MAX = 256
HOLDER, GETTER = "RU", "VN"
RATE = 6.0
# The same file several times, so that there is time for as many acts as a percentile needs.
COPIES = 3
_POLL_S = 0.05
_LOOK_S = 0.5
_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """What was prepared: the manifest, the draft of the act that names it, and drafts to offer beside and during the fetch."""

    manifest: str
    naming: bytes
    idle: Mapping[str, list[bytes]]
    during: Mapping[str, list[bytes]]


def between(gib: float = 4, acts: int = 60, where: Path | None = None) -> list[Row]:
    """Rows for one object of `gib` GiB and so many acts of each State before and during its way."""
    size = int(gib * GIB)
    with room((2 * COPIES + 2) * size, where) as folder:
        if folder is None:
            return [skipped("between two nodes", "the disk is too full")]
        plain = folder / "plain"
        _fill(plain, size)
        with founded({}) as sides:
            ready = _prepare(sides, plain, acts)
            copied = _copy(plain, folder / "copy")
            return asyncio.run(_measure(sides, ready, COPIES * size, COPIES * copied))


def _fill(path: Path, size: int) -> None:
    block = os.urandom(MIB)
    with path.open("wb") as file:
        for number in range(size // MIB):
            file.write(number.to_bytes(8) + block[8:])


def _copy(plain: Path, out: Path) -> float:
    """Seconds that `cp` takes, with what it wrote on the disk."""
    began = time.perf_counter()
    subprocess.run(["cp", "--reflink=never", plain, out], check=True)
    with out.open("rb") as file:
        os.fsync(file.fileno())
    seconds = time.perf_counter() - began
    out.unlink()
    return seconds


def _prepare(sides: Mapping[str, Side], plain: Path, acts: int) -> _Ready:
    drafts: dict[str, list[bytes]] = {}
    manifest, naming = "", b""
    for party, side in sides.items():
        with opened(side) as node:
            now = node.world.now()
            rules = node.world.lawbook.rules("preservation")
            assert rules is not None
            made = requests(side.sender, rules, 2 * acts + 1, now)
            if party == HOLDER:
                bundles = node.evidence.bundles
                bundle = bundles.begin(office=OFFICE, to=[GETTER])
                assert isinstance(bundle, bytes)
                for _ in range(COPIES):
                    bundles.add(bundle, Brought(path=plain))
                signed = bundles.seal(bundle)
                assert isinstance(signed, Signed)
                named = [
                    {"name": "Manifest", "sha256": each, "size": 1, "media_type": "application/cose"}
                    for each in signed.digests
                ]
                body = {**made[0].body, "attachments": named}
                made[0] = replace(made[0], exchange=signed.exchange, body=body)
                manifest = signed.manifest.hex()
            with node.store.transaction() as tx:
                drafts[party] = put(tx, side.sender, made, now)
            if party == HOLDER:
                naming = drafts[party][0]
    return _Ready(
        manifest=manifest,
        naming=naming,
        idle={party: made[1 : acts + 1] for party, made in drafts.items()},
        during={party: made[acts + 1 :] for party, made in drafts.items()},
    )


async def _measure(sides: Mapping[str, Side], ready: _Ready, size: int, copied: float) -> list[Row]:
    async with serving(sides) as running:
        ways = running.ways
        await ways[HOLDER].do("send", {"draft": ready.naming.hex()})
        await _may_be_fetched(ways, ready.manifest)
        idle = await latencies(ways, ready.idle, RATE)
        peaks = _Peaks(running)
        watching = asyncio.create_task(peaks.watch())
        spent, began = running.processor_seconds(), time.perf_counter()
        fetching = asyncio.create_task(_fetch(ways[GETTER], ready.manifest))
        offering = asyncio.create_task(latencies(ways, ready.during, RATE))
        seconds = await fetching - began
        spent = running.processor_seconds() - spent
        # What was offered when the fetch was over says nothing.
        during = (await offering)[: int(seconds * RATE)]
        watching.cancel()
    told = f"{size / MIB / seconds:.0f} MiB/s"
    return [
        row(
            f"between two nodes, {size / GIB:g} GiB fetched, verified and durable ({told})",
            seconds,
            "s",
            against="cp and fsync",
            ratio=copied / seconds,
            least=AGAINST_CP,
        ),
        row("processor time of both nodes meanwhile, for each GiB", spent * GIB / size, "s"),
        row(
            f"a preservation request during a fetch, p99 of the receipts of {len(during)}",
            1000 * _p99(during),
            "ms",
            against="p99 with nothing else to do",
            ratio=_p99(during) / _p99(idle),
            most=AGAINST_IDLE,
        ),
        *(row(f"peak memory of {what}", peak, "MiB", most=MIB_MAX) for what, peak in peaks.found.items()),
    ]


async def _may_be_fetched(ways: Mapping[str, Control], manifest: str) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            await ways[HOLDER].do("evidence-send", {"manifest": manifest})
            listed: list[dict[str, Any]] = (await ways[GETTER].do("evidence-list", {}))["manifests"]
            if any(each["keys"] for each in listed):
                return
            await asyncio.sleep(_POLL_S)


async def _fetch(way: Control, manifest: str) -> float:
    """When it was done."""
    done = await way.do("evidence-fetch", {"manifest": manifest})
    assert done["arrived"] == COPIES
    return time.perf_counter()


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[max(0, int(len(seconds) * 0.99) - 1)]


class _Peaks:
    """The largest that each process has been, in MiB (proc(5))."""

    def __init__(self, running: Running) -> None:
        self._pids = dict(zip(("holds", "fetches"), running.pids, strict=True))
        self.found: dict[str, float] = {}

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            for what, pid in self._pids.items():
                self._look(f"the node that {what}", [pid])
                self._look(f"the process beside the node that {what}", beside(pid))
            await asyncio.sleep(_LOOK_S)

    def _look(self, what: str, pids: list[int]) -> None:
        for pid in pids:
            try:
                status = Path(f"/proc/{pid}/status").read_text("utf-8")
            except OSError:
                # It ended while we looked.
                continue
            peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
            self.found[what] = max(peak, self.found.get(what, 0.0))
