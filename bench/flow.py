"""Acts through two running nodes: how many a second, and how long one takes.

What is timed is the whole way: an approved draft is judged, signed (Ed25519 and ML-DSA-65), written with its ledger leaf and its
outbox row; sealed, POSTed over TLS; opened, verified, judged, ordered, written and put under a signed head by the other node; the
receipt is verified, the act is applied to the sender's own copy of the chain, and the receipt is kept. An act counts when its row
has left the outbox of its sender, which happens only in the transaction that keeps the verified receipt.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from bench.rivals.figure import MeasurementFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from longbien.cli.control import Control

# Drafts that a client hands over in one call, and how many calls of one client are under way at a time.
TOGETHER = 64
CALLS = 2
# A client waits while its node has more than this in the outbox: a queue that only grows measures nothing.
WAITING_MAX = 512
LOOK_EVERY = 2
POLL_S = 0.1
LOOK_S = 0.004
PATIENCE_S = 120.0


async def throughput(controls: Mapping[str, Control], drafts: Mapping[str, Sequence[bytes]]) -> float:
    """Acts a second, both parties sending at the same time; from the first call to the last receipt."""
    begin = time.monotonic()
    await asyncio.gather(*(_send(controls[party], made) for party, made in drafts.items()))
    async with asyncio.timeout(PATIENCE_S):
        for control in controls.values():
            while await _waiting(control):
                await asyncio.sleep(POLL_S)
    return sum(map(len, drafts.values())) / (time.monotonic() - begin)


async def _send(control: Control, drafts: Sequence[bytes]) -> None:
    chunks = iter([drafts[start : start + TOGETHER] for start in range(0, len(drafts), TOGETHER)])

    async def client() -> None:
        for number, chunk in enumerate(chunks):
            while number % LOOK_EVERY == 0 and await _waiting(control) > WAITING_MAX:
                await asyncio.sleep(POLL_S)
            answer = await control.do("send-all", {"drafts": [draft.hex() for draft in chunk]})
            for item in answer["sent"]:
                if "code" in item:
                    raise MeasurementFailed(f"a draft was denied: {item['code']} {item['detail']}")

    await asyncio.gather(*(client() for _ in range(CALLS)))


async def _waiting(control: Control) -> int:
    return int((await control.do("status", {}))["waiting"])


async def latencies(
    controls: Mapping[str, Control], drafts: Mapping[str, Sequence[bytes]], rate: float
) -> list[float]:
    """Seconds from the moment when each act was due until its sender holds the receipt, at `rate` acts a second offered.

    Acts are offered by the clock, whether the ones before have arrived or not, and in turn by both parties. The sender is asked
    every few milliseconds whether the receipt is there, so the figure is never too small.
    """
    turns = [pair for both in zip(*_paired(controls, drafts), strict=True) for pair in both]
    begin = time.monotonic() + 0.1

    async def one(number: int, control: Control, draft: bytes) -> float:
        due = begin + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        sent = await control.do("send", {"draft": draft.hex()})
        async with asyncio.timeout(PATIENCE_S):
            while not (await control.do("delivery", {"act": sent["act"]}))["receipts"]:
                await asyncio.sleep(LOOK_S)
        return time.monotonic() - due

    return await asyncio.gather(
        *(one(number, control, draft) for number, (control, draft) in enumerate(turns))
    )


def _paired(
    controls: Mapping[str, Control], drafts: Mapping[str, Sequence[bytes]]
) -> list[list[tuple[Control, bytes]]]:
    shortest = min(map(len, drafts.values()))
    return [[(controls[party], draft) for draft in made[:shortest]] for party, made in drafts.items()]
