"""Rows about acts between two nodes: a second, and how long one takes; beside the raw cost and the rivals, in the same run."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from tools.postgresql import NoServer, cluster

from bench import acts, flow, pair, raw
from bench.report import Bar, Row
from bench.rivals.figure import MeasurementFailed, NotInstalled
from bench.rivals.run import RIVALS
from longbien.node.lawbook import shipped
from longbien.node.opening import machine_now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.pair import Running, Side
    from longbien.cli.control import Control

OFFERED = 25.0
ROUNDS = 3
RAW_BAR = Bar(value=0.5, at_least=True)
LATENCY_BAR = Bar(value=25.0, at_least=False)
RIVAL_BARS = {"pyas2": Bar(value=20.0, at_least=True), "synapse": Bar(value=5.0, at_least=True)}
HOW = (
    "4,096 B acts, half of them from each side, 64 drafts a call, two calls under way on each side; two processes of "
    "`longbien node serve`, TLS on the loopback"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured: acts of each side in a round, seconds of the raw cost, seconds of a rival."""

    acts: int
    raw_seconds: float
    rival_seconds: float
    alone: int


def rows(size: Size, rivals: Sequence[str] = tuple(RIVALS)) -> list[Row]:
    """Every row of this theme."""
    found = _on("SQLite", {}, size, rivals)
    try:
        with cluster() as server:
            urls = {party: server.database(f"node_{party.lower()}") for party in pair.PARTIES}
            raw_urls = [server.database(f"raw_{number}") for number in range(2)]
            found += _on("PostgreSQL", urls, size, (), raw_urls)
    except NoServer as missing:
        found.append(Row(name="acts delivered, PostgreSQL", value=None, unit="acts/s", note=str(missing)))
    return found


def _on(
    engine: str,
    urls: Mapping[str, str],
    size: Size,
    rivals: Sequence[str],
    raw_urls: Sequence[str] = ("", ""),
) -> list[Row]:
    with pair.founded(urls) as sides, ExitStack() as stack:
        work = _Work(sides, size)
        bare = stack.enter_context(raw.processes(raw_urls))
        return asyncio.run(_measured(engine, work, bare, rivals))


class _Work:
    """Drafts for every round, put into the stores before the nodes run."""

    def __init__(self, sides: Mapping[str, Side], size: Size) -> None:
        self.sides = sides
        self.size = size
        rules = shipped().rules("preservation")
        assert rules is not None
        self._requests: dict[str, list[bytes]] = {}
        self._notices: dict[str, list[bytes]] = {}
        count = size.acts * (2 * ROUNDS + 2) + size.alone
        for party, side in sides.items():
            now = machine_now()
            made = acts.requests(side.sender, rules, count, now)
            # A notice is written in an exchange that this side opens in the first round.
            later = acts.notices([draft.exchange for draft in made[: size.acts]] * ROUNDS)
            with pair.opened(side) as node, node.store.transaction() as tx:
                self._requests[party] = acts.put(tx, side.sender, made, now)
                self._notices[party] = acts.put(tx, side.sender, later, now)

    def requests(self, count: int) -> dict[str, list[bytes]]:
        """The next so many requests of each side."""
        return {party: _taken(drafts, count) for party, drafts in self._requests.items()}

    def notices(self, count: int) -> dict[str, list[bytes]]:
        """The next so many notices of each side."""
        return {party: _taken(drafts, count) for party, drafts in self._notices.items()}


def _taken(drafts: list[bytes], count: int) -> list[bytes]:
    taken, drafts[:] = drafts[:count], drafts[count:]
    return taken


async def _measured(engine: str, work: _Work, bare: list, rivals: Sequence[str]) -> list[Row]:
    async with pair.serving(work.sides) as nodes:
        await flow.throughput(nodes.ways, work.requests(work.size.acts))
        rounds: dict[str, list[_Round]] = {"requests": [], "notices": []}
        for _ in range(ROUNDS):
            for kind, take in (("requests", work.requests), ("notices", work.notices)):
                rounds[kind].append(await _round(nodes, take(work.size.acts), bare, work.size))
        found = [row for kind, each in rounds.items() for row in _throughput_rows(engine, kind, each)]
        found += await _latency(engine, nodes.ways, work, bare)
        for name in rivals:
            found.append(await _rival(name, nodes.ways, work))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One round of ours between two of the raw cost: acts a second, and seconds of processor time for an act."""

    rate: float
    raw_rate: float
    processor: float
    raw_processor: float


async def _round(nodes: Running, drafts: Mapping[str, list[bytes]], bare: list, size: Size) -> _Round:
    before = await asyncio.to_thread(raw.throughput, bare, size.raw_seconds)
    spent = nodes.processor_seconds()
    rate = await flow.throughput(nodes.ways, drafts)
    spent = nodes.processor_seconds() - spent
    after = await asyncio.to_thread(raw.throughput, bare, size.raw_seconds)
    return _Round(
        rate=rate,
        raw_rate=(before[0] + after[0]) / 2,
        processor=spent / sum(map(len, drafts.values())),
        raw_processor=(before[1] + after[1]) / 2,
    )


def _throughput_rows(engine: str, kind: str, rounds: Sequence[_Round]) -> tuple[Row, Row]:
    raw_rate = median(each.raw_rate for each in rounds)
    raw_processor = median(each.raw_processor for each in rounds) * 1000
    # The database server's own processor time is not seen here.
    also = "" if engine == "SQLite" else ", without the server's"
    return (
        Row(
            name=f"acts delivered, {kind}, {engine}",
            value=median(each.rate for each in rounds),
            unit="acts/s",
            against=f"raw cost, {raw_rate:.0f} acts/s",
            ratio=median(each.rate / each.raw_rate for each in rounds),
            bar=RAW_BAR,
            note=HOW,
        ),
        Row(
            name=f"processor time of an act, {kind}, {engine}",
            value=median(each.processor for each in rounds) * 1000,
            unit="ms",
            against=f"raw cost, {raw_processor:.2f} ms{also}",
            ratio=median(each.processor / each.raw_processor for each in rounds),
        ),
    )


async def _latency(engine: str, controls: Mapping[str, Control], work: _Work, bare: list) -> list[Row]:
    one = await asyncio.to_thread(raw.one_act, bare, work.size.alone)
    taken = sorted(await flow.latencies(controls, work.requests(work.size.alone), OFFERED))
    p50, p99 = (taken[min(len(taken) - 1, int(share * len(taken)))] * 1000 for share in (0.50, 0.99))
    against = f"raw cost of one act, {one:.1f} ms"
    return [
        Row(
            name=f"latency p50 at {OFFERED:g}/s, {engine}",
            value=p50,
            unit="ms",
            against=against,
            ratio=p50 / one,
        ),
        Row(
            name=f"latency p99 at {OFFERED:g}/s, {engine}",
            value=p99,
            unit="ms",
            against=against,
            ratio=p99 / one,
            bar=LATENCY_BAR,
        ),
    ]


async def _rival(name: str, controls: Mapping[str, Control], work: _Work) -> Row:
    """One rival between two rounds of ours, so that both meet the same machine."""
    before = await flow.throughput(controls, work.requests(work.size.acts // 2))
    try:
        figure = await asyncio.to_thread(RIVALS[name], work.size.rival_seconds)
    except (NotInstalled, MeasurementFailed) as reason:
        return Row(name=f"against {name}", value=None, unit="acts/s", note=str(reason))
    after = await flow.throughput(controls, work.requests(work.size.acts // 2))
    ours = (before + after) / 2
    return Row(
        name=f"against {figure.name} {figure.version}",
        value=ours,
        unit="acts/s",
        against=f"{figure.value:.1f} {figure.unit}",
        ratio=ours / figure.value,
        bar=RIVAL_BARS.get(name),
        note=figure.conditions,
    )
