"""Evidence between two running nodes on the loopback: how fast beside `cp`, in how much memory, and what acts notice of it.

Both nodes are started as their operators start them. The fetch is the whole of it: ranges over TLS 1.3 with pinned certificates,
every chunk verified before it is written, the SHA-256 of the whole object, all of it and the custody events durable.
Preservation requests of both States are offered by the clock during the fetch, and as many while nothing else happens, half of them
before and half of them after it; what counts is when the sender holds the receipt.
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
from bench.evidence.ceiling import Ceiling, ceiling
from bench.evidence.rows import GIB, MIB, Row, room, row, skipped
from bench.flow import latencies
from bench.pair import Running, Side, beside, founded, opened, serving
from bench.rivals.processes import free_ports
from longbien.node.evidence.bundles import Brought, Signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from longbien.cli.control import Control
    from longbien.node import Node

AGAINST_CP = 0.6
AGAINST_IDLE = 1.5
MIB_MAX = 256
HOLDER, GETTER = "RU", "VN"
RATE = 6.0
# The same file again and several times, so that there is time for as many acts as a percentile needs.
COPIES = 2
_POLL_S = 0.05
_LOOK_S = 0.5
_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """What was prepared: the manifests, the drafts of the acts that name them, and drafts to offer before and during a fetch."""

    alone: str
    busy: str
    naming: list[bytes]
    idle: Mapping[str, list[bytes]]
    during: Mapping[str, list[bytes]]


def between(gib: float = 4, acts: int = 60, where: Path | None = None) -> list[Row]:
    """Rows for one object of `gib` GiB and so many acts of each State before and during its way."""
    size = int(gib * GIB)
    with room((2 * COPIES + 4) * size, where) as folder:
        if folder is None:
            return [skipped("between two nodes", "the disk is too full")]
        plain = folder / "plain"
        _fill(plain, size)
        with founded({}) as sides:
            ready = _prepare(sides, plain, acts)
            copied = _copy(plain, folder / "copy")
            (port,) = free_ports(1)
            reachable = ceiling(size, port)
            return asyncio.run(_measure(sides, ready, size, copied, reachable))


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
    manifests: list[str] = []
    for party, side in sides.items():
        with opened(side) as node:
            now = node.world.now()
            rules = node.world.lawbook.rules("preservation")
            assert rules is not None
            made = requests(side.sender, rules, 2 * acts + 2, now)
            if party == HOLDER:
                for number, copies in enumerate((1, COPIES)):
                    signed = _sealed(node, plain, copies)
                    named = [
                        {"name": "Manifest", "sha256": each, "size": 1, "media_type": "application/cose"}
                        for each in signed.digests
                    ]
                    body = {**made[number].body, "attachments": named}
                    made[number] = replace(made[number], exchange=signed.exchange, body=body)
                    manifests.append(signed.manifest.hex())
            with node.store.transaction() as tx:
                drafts[party] = put(tx, side.sender, made, now)
    return _Ready(
        alone=manifests[0],
        busy=manifests[1],
        naming=drafts[HOLDER][:2],
        idle={party: made[2 : acts + 2] for party, made in drafts.items()},
        during={party: made[acts + 2 :] for party, made in drafts.items()},
    )


def _sealed(node: Node, plain: Path, copies: int) -> Signed:
    bundles = node.evidence.bundles
    bundle = bundles.begin(office=OFFICE, to=[GETTER])
    assert isinstance(bundle, bytes)
    for _ in range(copies):
        bundles.add(bundle, Brought(path=plain))
    signed = bundles.seal(bundle)
    assert isinstance(signed, Signed)
    return signed


async def _measure(
    sides: Mapping[str, Side], ready: _Ready, size: int, copied: float, reachable: Ceiling
) -> list[Row]:
    async with serving(sides) as running:
        ways = running.ways
        for naming in ready.naming:
            await ways[HOLDER].do("send", {"draft": naming.hex()})
        for manifest in (ready.alone, ready.busy):
            await _may_be_fetched(ways, manifest)
        peaks = _Peaks(running)
        watching = asyncio.create_task(peaks.watch())
        spent = running.processor_seconds()
        seconds = await _fetch(ways[GETTER], ready.alone, 1)
        spent = running.processor_seconds() - spent
        idle = await latencies(ways, _half(ready.idle, 0), RATE)
        fetching = asyncio.create_task(_fetch(ways[GETTER], ready.busy, COPIES))
        offering = asyncio.create_task(latencies(ways, ready.during, RATE))
        busy = await fetching
        # What was offered when the fetch was over says nothing.
        during = (await offering)[: int(busy * RATE)]
        idle += await latencies(ways, _half(ready.idle, 1), RATE)
        watching.cancel()
    way = f"between two nodes, {size / GIB:g} GiB fetched, verified and durable ({size / MIB / seconds:.0f} MiB/s)"
    each = GIB / size
    return [
        row(way, seconds, "s", against="cp and fsync", ratio=copied / seconds, least=AGAINST_CP),
        row(way, seconds, "s", against="TLS and nothing else", ratio=reachable.seconds / seconds),
        row(
            "processor time of both nodes and of those beside them meanwhile, for each GiB",
            spent * each,
            "s",
            against="TLS and nothing else",
            ratio=spent / reachable.processor,
        ),
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
            if any(each["keys"] for each in listed if each["manifest"] == manifest):
                return
            await asyncio.sleep(_POLL_S)


async def _fetch(way: Control, manifest: str, objects: int) -> float:
    """Seconds until all of it was there."""
    began = time.perf_counter()
    done = await way.do("evidence-fetch", {"manifest": manifest})
    assert done["arrived"] == objects
    return time.perf_counter() - began


def _half(drafts: Mapping[str, list[bytes]], number: int) -> dict[str, list[bytes]]:
    """Every second draft of each party, from the first or from the second on."""
    return {party: made[number::2] for party, made in drafts.items()}


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
