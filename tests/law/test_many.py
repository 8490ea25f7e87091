"""Where several parties act on one chain: who is counted, who is not, and what each act leaves behind."""

from dataclasses import replace

import pytest

from longbien.law import Facts, Situation
from longbien.law.choices import last_of_all, last_of_others, nobody_left
from longbien.law.guards_many import once, still_in

from .sample import situation

PARTIES = ("BR", "KZ", "RU", "VN")


def asked(act: str, party: str, data: Facts) -> Situation:
    return replace(
        situation(act, stage="proposed", data={"from_state": "VN", **data}), party=party, parties=PARTIES
    )


@pytest.mark.parametrize(
    ("choice", "party", "data", "holds"),
    [
        (last_of_all, "RU", {"sign_by": {"VN": 1, "KZ": 2, "BR": 3}}, True),
        (last_of_all, "RU", {"sign_by": {"KZ": 2, "BR": 3}}, False),
        (last_of_all, "RU", {"sign_by": {"VN": 1}, "decline_by": {"KZ": 2}, "leave_by": {"BR": 3}}, True),
        (last_of_others, "RU", {"sign_by": {"KZ": 2, "BR": 3}}, True),
        (last_of_others, "RU", {"sign_by": {"KZ": 2}}, False),
        (nobody_left, "RU", {"decline_by": {"KZ": 1}, "leave_by": {"BR": 2}}, True),
        (nobody_left, "RU", {"decline_by": {"KZ": 1}}, False),
        (nobody_left, "RU", {"decline_by": "not a map"}, False),
    ],
)
def test_the_last_party_moves_an_exchange_on(choice, party: str, data: Facts, holds: bool) -> None:
    assert choice(asked("sign", party, data)) is holds


def test_a_party_acts_once_and_not_after_it_has_gone() -> None:
    refused = once(asked("sign", "RU", {"sign_by": {"RU": 1}}), None)
    assert refused is not None
    assert refused.code == "DONE_ALREADY"
    for fact in ("decline_by", "leave_by"):
        refused = still_in(asked("sign", "RU", {fact: {"RU": 1}}), None)
        assert refused is not None
        assert refused.code == "PARTY_HAS_LEFT"
    assert still_in(asked("sign", "RU", {"decline_by": {"KZ": 1}}), None) is None
