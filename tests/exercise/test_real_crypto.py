"""The same worlds with the signatures, seals and passkeys of production."""

import pytest

from longbien.exercise.cast import REAL
from longbien.exercise.world import play


@pytest.mark.parametrize("seed", range(6))
def test_every_promise_holds_with_real_cryptography(seed):
    outcome = play(seed, nodes=2, crypto=REAL)
    assert outcome.violations == ()
