"""Bugs of evidence, planted on purpose like those of `planted`: keys that go too soon, touches that get lost.

What it knows: the insides of a node that hand evidence over. What it must never be: part of a node.
"""

import contextlib
from collections.abc import Iterator, Sequence

from longbien.exercise.planting import Bug, bug, swapped
from longbien.node.evidence import release
from longbien.node.evidence.begun import Begun
from longbien.node.evidence.custody import Custodian
from longbien.store import Transaction
from longbien.store.evidence_rows import CustodyRow, EvidenceRows
from longbien.store.exchange_rows import ExchangeRow


def _whatever_stands(row: ExchangeRow) -> bool:
    return row.quarantine is None


def _keep_the_first(self: EvidenceRows, rows: Sequence[CustodyRow]) -> None:
    _add_events(self, rows[:1])


_add_events = EvidenceRows.add_events


def _tell_nobody(_self: Custodian, _tx: Transaction, _manifest: bytes) -> None:
    """What is done with evidence that has arrived stays here."""


@contextlib.contextmanager
def _unwritten(_self: Begun, _manifest: bytes, _objects: Sequence[bytes]) -> Iterator[None]:
    yield


EVIDENCE_BUGS: tuple[Bug, ...] = (
    bug(
        "early-keys",
        "P9",
        "keys are released before the conditions of use are accepted",
        lambda: swapped(release, "may_go", _whatever_stands),
    ),
    bug(
        "lost-touch",
        "P6",
        "of several custody events that come together only the first is kept",
        lambda: swapped(EvidenceRows, "add_events", _keep_the_first),
    ),
    bug(
        "silent-touch",
        "P6",
        "what is done with evidence that arrived is never told to who sent it",
        lambda: swapped(Custodian, "tell_all", _tell_nobody),
    ),
    bug(
        "left-over",
        "P14",
        "an object that was sealed when the node fell is never thrown away",
        lambda: swapped(Begun, "sealing", _unwritten),
    ),
)
"""Each is found by the questions of `promises_evidence`."""
