"""Whatever several people try at a console in whatever order, nothing leaves that too few of them signed.

`LONGBIEN_WALKS` is how many walks are made: 2,000 where nothing is said, the 100,000 of a release by
`LONGBIEN_WALKS=100000 pytest tests/web/test_walks.py -k random -n 0`. A walk is named by its number, so that what one machine finds
every machine finds.
"""

import gc
import os
from collections import Counter

import pytest

from longbien.node import desk
from longbien.web import door, sessions
from longbien.web.screens import drafts, matter

from .walk_judge import Wrong
from .walks import walk

WALKS = int(os.environ.get("LONGBIEN_WALKS", "2000"))
PARTS = 4


@pytest.fixture(scope="module", autouse=True)
def unhindered():
    """As a node that runs: what is loaded stays, and the collector need not look at it with every walk."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.promise("P9")
@pytest.mark.parametrize("part", range(PARTS))
def test_no_random_walk_of_several_people_gets_past_the_policies_or_past_two_signatures(part):
    passed, left = Counter(), Counter()
    for number in range(part, WALKS, PARTS):
        made = walk(str(number), shown=number % 20 == 0)
        passed += made.passed
        left += made.left
    # A walk that never got anywhere would prove nothing.
    each = WALKS / PARTS
    assert passed["sign"] > each / 10, passed
    assert left[1] > each / 50, left
    assert left[2] > each / 50, left


def _of_another_office(*given, **named):
    """The policies, but for what belongs to another office."""
    code = _DECIDE(*given, **named)
    return "" if code == "NOT_YOURS" and given[2] else code


_DECIDE = door.decide
HOLES = {
    "every policy says yes": (
        (door, "decide", lambda _policy, roles, *_, **__: "" if roles else "SIGN_IN"),
        "was let in",
    ),
    "another office is as good": ((door, "decide", _of_another_office), "other-office"),
    "a session never ends": ((sessions, "IDLE_MS", 1 << 40), "the session was over"),
    "a form may come from anywhere": ((door.Door, "_from_here", lambda *_: True), "a foreign form"),
    "anybody may sign": ((desk, "may_sign", lambda *_, **__: True), "signed as|without an approver"),
    "a colleague's key signs": ((drafts, "of_another", lambda *_: False), "sat there"),
    "a colleague's key acknowledges": ((matter, "of_another", lambda *_: False), "sat there"),
    "nobody counts the signatures": ((desk.Desk, "_judge", lambda *_: None), "of 2 persons"),
}


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_that_is_planted_is_found_by_a_walk(hole, monkeypatch):
    planted, said = HOLES[hole]
    monkeypatch.setattr(*planted)
    with pytest.raises(Wrong, match=said):
        for number in range(300):
            walk(f"hole {number}", shown=False)
