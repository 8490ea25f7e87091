"""All rivals one after the other, each with its own fate: measured, not installed, or failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.rivals import gnupg, pyas2, synapse
from bench.rivals.figure import MeasurementFailed, NotInstalled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.rivals.figure import Figure

RIVALS: Mapping[str, Callable[[float], Figure]] = {
    "pyas2": pyas2.measure,
    "gnupg": gnupg.measure,
    "synapse": synapse.measure,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of every rival: figures by rival, and the reason where there is none."""

    figures: Mapping[str, Figure]
    missing: Mapping[str, str]
    failed: Mapping[str, str]


def measure_all(seconds: float, names: tuple[str, ...] = tuple(RIVALS)) -> Outcome:
    """Measures each named rival for about so many seconds, never two at a time."""
    figures: dict[str, Figure] = {}
    missing: dict[str, str] = {}
    failed: dict[str, str] = {}
    for name in names:
        try:
            figures[name] = RIVALS[name](seconds)
        except NotInstalled as reason:
            missing[name] = str(reason)
        except MeasurementFailed as reason:
            failed[name] = str(reason)
    return Outcome(figures=figures, missing=missing, failed=failed)
