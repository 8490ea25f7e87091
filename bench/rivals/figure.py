"""What a measurement of a rival says, and the two ways in which it can say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PAYLOAD_BYTES = 4096
"""Every rival carries the same payload as an act of the benchmark."""


class NotInstalled(Exception):
    """The rival is not on this machine; the text says what is missing and what would bring it."""


class MeasurementFailed(Exception):
    """The rival is installed, yet the run did not end as it should; the text says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number with everything needed to judge it.

    `p50_ms` and `p99_ms` are latencies of one message at a time on idle nodes, from the call of the sender
    until the answer is in its hands; `value` is the rate with as many messages in flight as `conditions`
    says.
    """

    name: str
    value: float
    unit: str
    conditions: str
    version: str
    p50_ms: float | None = None
    p99_ms: float | None = None


def percentile_ms(seconds: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile of latencies in seconds, as milliseconds; None of an empty sequence."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 2)
