"""Two thousand worlds in which everything goes wrong, and every promise holds in each."""

import os
from collections import Counter

import pytest

from longbien.exercise.world import SimulatedWorld, play

# The run of every day; LONGBIEN_SEEDS=100000 is the long one.
SEEDS = int(os.environ.get("LONGBIEN_SEEDS", "2000"))
CHUNK = 50


@pytest.mark.promise("P1")
@pytest.mark.promise("P2")
@pytest.mark.promise("P3")
@pytest.mark.promise("P4")
@pytest.mark.promise("P5")
@pytest.mark.promise("P6")
@pytest.mark.promise("P9")
@pytest.mark.promise("P13")
@pytest.mark.promise("P14")
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_promise_holds_in_every_seed(first):
    for seed in range(first, min(first + CHUNK, SEEDS)):
        outcome = play(seed)
        assert outcome.violations == (), f"longbien exercise simulate --replay {seed}"


def test_every_kind_of_fault_happens_and_acts_are_sent_denied_and_rejected():
    """A world in which nothing went wrong would keep every promise too."""
    happened: Counter[str] = Counter()
    said: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for seed in range(100):
        with SimulatedWorld(seed) as world:
            outcome = world.play()
            happened += world.faults.happened
            said += Counter(
                word for _, _, what in outcome.log for word in ("sends", "denied") if word in what
            )
            for seat in world.seats.values():
                with seat.store.unharmed() as tx:
                    for exchange in tx.exchanges.all_ids():
                        kinds += Counter(item.kind for item in tx.exchanges.outcomes_of(exchange))
    assert {"crash", "disk", "rot", "lost", "doubled", "garbled", "late", "split", "clock"} <= happened.keys()
    assert said["sends"] > 150
    assert said["denied"] > 0
    assert kinds["entry"] > 100
    assert kinds["received"] > 0
    assert kinds["rejection"] > 0


def test_evidence_is_sealed_answered_with_fetched_and_its_keys_wait_for_conditions():
    """Otherwise nothing that is asked about evidence could ever be broken."""
    said: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for seed in range(200):
        with SimulatedWorld(seed) as world:
            said += Counter(what for _, _, what in world.play().log if what.startswith("sends"))
            for seat in world.seats.values():
                with seat.store.unharmed() as tx:
                    kinds += Counter(row.kind for row in tx.ledger.walk())
                    for part in tx.evidence.all_manifests():
                        kinds += Counter(
                            f"{event.touch} {event.party == seat.party}"
                            for event in tx.evidence.events(part.manifest)
                        )
    assert said["sends answer"] > 0 and said["sends accept_use_conditions"] > 0
    assert kinds["released"] > 0 and kinds["took"] > 0
    assert {"sealed False", "sent False", "received True", "received False"} <= kinds.keys()
