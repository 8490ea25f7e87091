"""Rotation drills: weeks and years of plans, carried out step by step."""

from dataclasses import replace
from itertools import pairwise

import pytest

from longbien.keys import lifetimes
from longbien.keys.drafting import listed, next_descriptor, next_seal_keys
from longbien.keys.keystore import MemoryKeyStore
from longbien.keys.listing import Revocation
from longbien.keys.material import KeyEntry, Purpose, Wanted
from longbien.keys.peer import Peer, seal_key_for, statement_key_state
from longbien.keys.rotation import AskRoot, Destroy, Make, PublishSealKeys, Step, plan, signing_key
from longbien.keys.seal_keys import sign_seal_keys
from longbien.wire.suites import SealKey

from .states import DAY, NOW, SUITES, House, accepted, moved, stub_maker


class Node:
    """A node that does what its plan says; `ceremony` is the day on which the root holders meet."""

    def __init__(self) -> None:
        self.store = MemoryKeyStore(stub_maker)
        self.house = House()
        self.destroyed: list[KeyEntry] = []
        first = self.store.make(
            Wanted(
                purpose=Purpose.STATEMENT,
                suite=0,
                label="",
                made_at=NOW,
                since=NOW - DAY,
                until=NOW + lifetimes.STATEMENT_KEY_LIFE,
            )
        )
        descriptor = replace(self.house.first_descriptor(0), statement_keys=(listed(first),))
        self.house.descriptors = [self.house.described(descriptor)]
        self.house.seal_keys = [
            self.house.sealed(self.house.first_seal_keys(0), self.store.signer(first.kid))
        ]
        self.own = self.house.pinned()

    def plan(self, now: int) -> tuple[Step, ...]:
        return plan(now, own=self.own, entries=self.store.entries())

    def work(self, now: int) -> list[AskRoot]:
        """Does everything due at `now` and returns what only the root holders can do."""
        asked = []
        for step in self.plan(now):
            match step:
                case Make(wanted=wanted):
                    self.store.make(wanted)
                case PublishSealKeys():
                    self.publish(now)
                case Destroy(entry=entry):
                    self.store.destroy(entry.kid)
                    self.destroyed.append(entry)
                case AskRoot():
                    asked.append(step)
        return asked

    def publish(self, now: int) -> None:
        signer = signing_key(now, own=self.own, entries=self.store.entries())
        assert signer is not None
        made = next_seal_keys("VN", self.own.seal_keys, self.store.entries(), now)
        raw = sign_seal_keys(
            made, descriptor=self.own.digest, signer=self.store.signer(signer.kid), suites=SUITES
        )
        self.own = accepted(moved(self.own, [raw], now))

    def ceremony(self, now: int) -> None:
        keys = [listed(entry) for entry in self.store.entries() if entry.purpose is Purpose.STATEMENT]
        made = replace(next_descriptor(self.own, now), statement_keys=tuple(keys))
        self.own = accepted(moved(self.own, [self.house.described(made)], now))


def test_a_plan_that_was_carried_out_is_empty() -> None:
    node = Node()
    assert [type(step) for step in node.plan(NOW)].count(PublishSealKeys) == 1
    assert node.work(NOW) == []
    assert node.plan(NOW) == ()
    assert node.plan(NOW + DAY - 1) == ()


def test_weekly_keys_follow_each_other_without_a_gap_for_four_weeks_ahead() -> None:
    node = Node()
    node.work(NOW)
    keys = [entry for entry in node.store.entries() if entry.purpose is Purpose.SEAL]
    assert keys[0].since == NOW - lifetimes.SKEW
    assert all(one.until == two.since for one, two in pairwise(keys))
    assert keys[-1].until >= NOW + lifetimes.SEAL_KEY_AHEAD


def test_a_peer_that_hears_nothing_for_four_weeks_can_still_seal() -> None:
    node = Node()
    node.work(NOW)
    for day in range(28):
        assert isinstance(seal_key_for(node.own, NOW + day * DAY), SealKey)


@pytest.mark.promise("P8")
def test_no_key_older_than_37_days_is_ever_held() -> None:
    node = Node()
    for day in range(120):
        now = NOW + day * DAY
        node.work(now)
        for entry in node.store.entries():
            assert entry.purpose is not Purpose.SEAL or now < entry.since + 37 * DAY
    assert len(node.destroyed) >= 11
    assert len({entry.kid for entry in node.destroyed}) == len(node.destroyed)


@pytest.mark.promise("P8")
def test_no_letter_on_its_way_loses_its_key_within_thirty_days() -> None:
    node = Node()
    sealed: list[tuple[int, bytes]] = []
    for day in range(90):
        now = NOW + day * DAY
        node.work(now)
        key = seal_key_for(node.own, now)
        assert isinstance(key, SealKey)
        sealed.append((now, key.kid))
        held = {entry.kid for entry in node.store.entries()}
        assert all(kid in held for at, kid in sealed if now - at < 30 * DAY)


def test_a_node_that_slept_for_two_months_begins_again() -> None:
    node = Node()
    node.work(NOW)
    later = NOW + 60 * DAY
    node.work(later)
    assert isinstance(seal_key_for(node.own, later), SealKey)
    assert node.plan(later) == ()


@pytest.mark.parametrize("days", [-3650, -7, 400, 3650])
def test_outside_the_life_of_the_descriptor_nothing_is_made_published_or_destroyed(days: int) -> None:
    node = Node()
    node.work(NOW)
    assert all(isinstance(step, AskRoot) for step in node.plan(NOW + days * DAY))


def test_after_a_clock_that_ran_ahead_the_keys_of_today_are_made_and_listed_again() -> None:
    node = Node()
    node.work(NOW)
    node.work(NOW + 100 * DAY)
    node.work(NOW + DAY)
    assert isinstance(seal_key_for(node.own, NOW + DAY), SealKey)
    assert node.plan(NOW + DAY) == ()


def test_a_statement_key_is_followed_by_the_next_with_thirty_days_of_overlap() -> None:
    node = Node()
    end = NOW + lifetimes.STATEMENT_KEY_LIFE
    lead = end - lifetimes.STATEMENT_KEY_LEAD
    assert node.work(lead - 1) == []
    assert "STATEMENT_KEY_ENDS" in {ask.code for ask in node.work(lead)}
    assert AskRoot(code="STATEMENT_KEY_UNLISTED", before=end) in node.work(lead)
    node.ceremony(lead + DAY)
    assert not [ask for ask in node.work(lead + DAY) if ask.code.startswith("STATEMENT")]
    old, new = (entry for entry in node.store.entries() if entry.purpose is Purpose.STATEMENT)
    assert old.until - new.since == lifetimes.STATEMENT_KEY_OVERLAP
    for now, expected in ((new.since - 1, old), (new.since, new), (old.until, new)):
        chosen = signing_key(now, own=node.own, entries=node.store.entries())
        assert chosen == expected


@pytest.mark.promise("P15")
def test_a_key_that_was_destroyed_after_its_end_still_verifies() -> None:
    node = Node()
    (first,) = (entry for entry in node.store.entries() if entry.purpose is Purpose.STATEMENT)
    lead = first.until - lifetimes.STATEMENT_KEY_LEAD
    node.work(lead)
    node.ceremony(lead)
    node.work(first.until + lifetimes.SEAL_KEY_GRACE)
    assert first in node.destroyed
    assert statement_key_state(node.own, first.kid, at=NOW) == "current"


def test_five_years_of_weeks_and_yearly_ceremonies_leave_no_gap() -> None:
    node = Node()
    for week in range(5 * 52 - 30):
        now = NOW + week * 7 * DAY
        asked = {ask.code for ask in node.work(now)}
        if asked & {"DESCRIPTOR_ENDS", "STATEMENT_KEY_UNLISTED"}:
            node.ceremony(now)
        assert signing_key(now, own=node.own, entries=node.store.entries()) is not None
        assert isinstance(seal_key_for(node.own, now), SealKey)
    assert node.own.descriptor.version >= 4


def test_holders_are_warned_before_descriptor_root_and_certificate_end() -> None:
    node = Node()
    own: Peer = node.own
    until = NOW + 200 * DAY
    node.store.make(Wanted(purpose=Purpose.TLS, suite=0, label="h", made_at=NOW, since=NOW, until=until))

    def codes(now: int) -> set[str]:
        return {step.code for step in node.plan(now) if isinstance(step, AskRoot)}

    for code, end, warning in (
        ("DESCRIPTOR_ENDS", own.descriptor.expires_at, lifetimes.DESCRIPTOR_WARNING),
        ("ROOT_ENDS", own.root.expires_at, lifetimes.ROOT_WARNING),
        ("TLS_ENDS", until, lifetimes.TLS_WARNING),
    ):
        assert code not in codes(end - warning - 1)
        assert code in codes(end - warning)


def test_a_revoked_key_signs_nothing_and_a_new_one_is_made_at_once() -> None:
    node = Node()
    node.work(NOW)
    (first,) = (entry for entry in node.store.entries() if entry.purpose is Purpose.STATEMENT)
    made = replace(next_descriptor(node.own, NOW), revoked=(Revocation(kid=first.kid, sizes=()),))
    node.own = accepted(moved(node.own, [node.house.described(made)], NOW))
    assert signing_key(NOW, own=node.own, entries=node.store.entries()) is None
    steps = node.plan(NOW)
    assert [step.wanted.purpose for step in steps if isinstance(step, Make)] == [Purpose.STATEMENT]
    assert PublishSealKeys() in steps
    assert "STATEMENT_KEY_ENDS" in {step.code for step in steps if isinstance(step, AskRoot)}


@pytest.mark.promise("P15")
def test_new_keys_are_made_for_every_offered_suite_and_never_below_the_floor() -> None:
    node = Node()
    node.work(NOW)
    made = replace(next_descriptor(node.own, NOW), suites=(0, 7))
    node.own = accepted(moved(node.own, [node.house.described(made)], NOW))
    node.work(NOW)
    assert {entry.suite for entry in node.store.entries() if entry.purpose is Purpose.SEAL} == {0, 7}
    raised = replace(node.own.descriptor, floor=7, suites=(7,))
    own = replace(node.own, descriptors=(replace(node.own.descriptors[-1], descriptor=raised),))
    late = NOW + lifetimes.STATEMENT_KEY_LIFE
    wanted = [
        step.wanted for step in plan(late, own=own, entries=node.store.entries()) if isinstance(step, Make)
    ]
    assert {each.suite for each in wanted} == {7}
