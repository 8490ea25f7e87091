"""Weekly keys: who may publish them, which list is believed, and which key a sender takes."""

from dataclasses import replace
from typing import Any

import pytest

from longbien.keys.listing import StatementKey
from longbien.keys.peer import seal_key_for
from longbien.wire.suites import SealKey, VerifyKey

from .states import (
    DAY,
    NOW,
    SUITES,
    House,
    StubSigner,
    accepted,
    forger,
    listed_seal_key,
    moved,
    refused,
)


def test_newer_seal_keys_replace_older_ones_even_when_weeks_were_missed() -> None:
    house = House()
    peer = house.pinned()
    house.seal_keys.append(house.sealed(house.next_seal_keys()))
    house.seal_keys.append(house.sealed(house.next_seal_keys()))
    after = accepted(moved(peer, house.seal_keys[-1:]))
    assert after.seal_keys is not None
    assert after.seal_keys.seal_keys.version == 3


def seal_refused(**changes: Any) -> str:
    house = House()
    house.seal_keys.append(house.sealed(house.next_seal_keys()))
    peer = house.pinned()
    return refused(moved(peer, [house.sealed(replace(house.next_seal_keys(), **changes))]))


def test_old_or_second_or_unconnected_seal_keys_are_refused() -> None:
    assert seal_refused(version=1, previous=bytes(32)) == "SEAL_KEYS_ROLLBACK"
    assert seal_refused(version=2) == "SEAL_KEYS_FORK"
    assert seal_refused(previous=b"\x01" * 32) == "SEAL_KEYS_CHAIN_BROKEN"


@pytest.mark.promise("P8")
def test_only_a_listed_statement_key_vouches_for_seal_keys() -> None:
    house = House()
    peer = house.pinned()
    following = house.next_seal_keys()
    assert refused(moved(peer, [house.sealed(following, forger())])) == "KEY_UNKNOWN"
    for root in house.holders:
        assert refused(moved(peer, [house.sealed(following, root)])) == "KEY_UNKNOWN"
    late = replace(following, issued_at=NOW + 365 * DAY)
    assert refused(moved(peer, [house.sealed(late)])) == "KEY_WINDOW"
    assert refused(moved(peer, [house.sealed(following, descriptor=b"\x07" * 32)])) == "DESCRIPTOR_UNKNOWN"
    assert refused(moved(peer, [house.sealed(following, descriptor=b"")])) == "DESCRIPTOR_UNKNOWN"


@pytest.mark.promise("P8")
def test_seal_keys_signed_with_a_forged_signature_are_refused() -> None:
    class Forger(StubSigner):
        def sign(self, algorithm: int, message: bytes) -> bytes:
            return bytes(32)

    house = House()
    offered = house.sealed(house.next_seal_keys(), Forger("VN-statement"))
    assert refused(moved(house.pinned(), [offered])) == "SIGNATURE_INVALID"


def test_seal_keys_stay_when_their_signer_is_still_listed() -> None:
    house = House()
    peer = house.pinned()
    house.publish()
    assert accepted(moved(peer, house.descriptors)).seal_keys == peer.seal_keys


@pytest.mark.promise("P8")
def test_seal_keys_end_when_their_signer_is_no_longer_listed() -> None:
    house = House()
    peer = house.pinned()
    other = StatementKey(key=StubSigner("other").verify_key, since=NOW - DAY, until=NOW + 300 * DAY)
    house.publish(statement_keys=(other,))
    after = accepted(moved(peer, house.descriptors))
    assert after.seal_keys is None
    assert refused(moved(after, [house.sealed(house.next_seal_keys())])) == "KEY_UNKNOWN"
    assert accepted(moved(after, [house.sealed(house.next_seal_keys(), StubSigner("other"))])).seal_keys


def test_the_newest_current_seal_key_is_used_and_the_higher_suite_wins() -> None:
    house = House()
    peer = house.pinned()
    first, second, third = (listed.key for listed in house.first_seal_keys(0).keys)
    assert seal_key_for(peer, NOW) == first
    assert seal_key_for(peer, NOW + 7 * DAY - 1) == first
    assert seal_key_for(peer, NOW + 7 * DAY) == second
    assert seal_key_for(peer, NOW + 20 * DAY) == third
    assert refused(seal_key_for(peer, NOW + 21 * DAY)) == "SEAL_KEY_NONE"
    assert refused(seal_key_for(peer, NOW - 1)) == "SEAL_KEY_NONE"
    assert refused(seal_key_for(peer, NOW, floor=1)) == "SEAL_KEY_NONE"


@pytest.mark.promise("P15")
def test_a_sender_chooses_within_both_floors() -> None:
    house = House(suite=1)
    house.publish(suites=(1, 7))
    keys = (listed_seal_key("low", NOW, 1), listed_seal_key("high", NOW, 7))
    house.seal_keys.append(house.sealed(house.next_seal_keys(keys=keys)))
    peer = house.pinned()
    assert seal_key_for(peer, NOW) == keys[1].key
    assert seal_key_for(peer, NOW, floor=7) == keys[1].key


def test_keys_that_are_no_keys_of_their_suite_are_refused() -> None:
    house = House()
    window = house.descriptor.statement_keys[0]
    wrong = replace(window, key=VerifyKey(suite=0, public=(b"short", b"short")))
    offered = house.described(house.draft(statement_keys=(window, wrong)))
    assert refused(moved(house.pinned(), [offered])) == "KEY_INVALID"
    seal = replace(listed_seal_key("x", NOW), key=SealKey(suite=0, public=b"short"))
    assert refused(moved(house.pinned(), [house.sealed(house.next_seal_keys(keys=(seal,)))])) == "KEY_INVALID"


@pytest.mark.promise("P15")
def test_a_suite_of_the_partys_own_does_not_hinder_those_who_lack_it() -> None:
    house = House()
    window = house.descriptor.statement_keys[0]
    national = replace(window, key=VerifyKey(suite=40, public=(b"x", b"y")))
    house.publish(suites=(0, 40), statement_keys=(window, national))
    keys = (listed_seal_key("plain", NOW, 0), listed_seal_key("national", NOW, 40))
    house.seal_keys.append(house.sealed(house.next_seal_keys(keys=keys)))
    peer = house.pinned()
    assert seal_key_for(peer, NOW, suites=SUITES) == keys[0].key
    assert seal_key_for(peer, NOW) == keys[1].key
