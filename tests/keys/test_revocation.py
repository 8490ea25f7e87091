"""Revocation takes effect at a ledger position: what was there before stays, what comes later does not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.keys.directory import restore
from longbien.keys.faults import Refused
from longbien.keys.listing import Revocation, StatementKey
from longbien.keys.peer import (
    KeyStanding,
    Peer,
    Place,
    log_keys_for,
    seal_key_for,
    statement_key_state,
    verify_key_for,
    verify_keys_for,
)
from longbien.ledger import LogKey
from longbien.wire.suites import VerifyKey

from .states import DAY, NOW, SUITES, House, StubSigner, accepted, moved, refused

RU_LOG = "longbien/RU/11111111"
BR_LOG = "longbien/BR/22222222"
SPARE = StubSigner("VN-spare")


def stolen(sizes: tuple[tuple[str, int], ...] = ((RU_LOG, 100),)) -> House:
    """A State whose statement key was stolen and revoked; a spare one takes over."""
    house = House()
    revoked = (Revocation(kid=house.keyholder.verify_key.kid, sizes=sizes),)
    spare = StatementKey(key=SPARE.verify_key, since=NOW - DAY, until=NOW + 300 * DAY)
    house.publish(revoked=revoked, statement_keys=(*house.descriptor.statement_keys, spare))
    return house


def known(house: House, **more: Any) -> Peer:
    first = House().pinned()
    return accepted(moved(first, house.descriptors, **more))


def standing(peer: Peer, house: House, place: Place | None) -> KeyStanding:
    return statement_key_state(peer, house.keyholder.verify_key.kid, at=NOW, place=place)


def test_a_key_is_current_in_its_window_and_known_for_ever() -> None:
    house = House()
    peer, kid = house.pinned(), house.keyholder.verify_key.kid
    assert statement_key_state(peer, kid, at=NOW) is KeyStanding.CURRENT
    assert statement_key_state(peer, kid, at=NOW - 2 * DAY) is KeyStanding.NOT_YET
    assert statement_key_state(peer, kid, at=NOW + 365 * DAY) is KeyStanding.ENDED
    assert statement_key_state(peer, bytes(16), at=NOW) is KeyStanding.UNKNOWN
    assert verify_key_for(peer, kid) == house.keyholder.verify_key
    assert refused(verify_key_for(peer, bytes(16))) == "KEY_UNKNOWN"


@pytest.mark.promise("P15")
def test_a_key_that_left_the_descriptor_still_verifies_history() -> None:
    house = House()
    spare = StatementKey(key=SPARE.verify_key, since=NOW - DAY, until=NOW + 300 * DAY)
    peer = house.pinned()
    house.publish(statement_keys=(spare,))
    after = accepted(moved(peer, house.descriptors))
    assert verify_key_for(after, house.keyholder.verify_key.kid) == house.keyholder.verify_key
    assert set(verify_keys_for(after)) == {house.keyholder.verify_key.kid, SPARE.verify_key.kid}


@pytest.mark.promise("P6")
@given(st.integers(0, 300))
def test_a_revoked_key_counts_below_the_named_size_and_not_from_there(index: int) -> None:
    house = stolen()
    peer = known(house)
    place = Place(origin=RU_LOG, index=index)
    expected = KeyStanding.CURRENT if index < 100 else KeyStanding.REVOKED
    assert standing(peer, house, place) is expected
    answer = verify_key_for(peer, house.keyholder.verify_key.kid, place=place)
    assert isinstance(answer, VerifyKey if index < 100 else Refused)


def test_a_fresh_statement_by_a_revoked_key_is_refused() -> None:
    house = stolen()
    peer = known(house)
    assert standing(peer, house, None) is KeyStanding.REVOKED
    assert refused(verify_key_for(peer, house.keyholder.verify_key.kid)) == "KEY_REVOKED"
    assert set(verify_keys_for(peer)) == {SPARE.verify_key.kid}
    assert len(verify_keys_for(peer, place=Place(origin=RU_LOG, index=1))) == 2


def test_nothing_counts_in_a_ledger_that_is_not_named() -> None:
    house = stolen()
    assert standing(known(house), house, Place(origin=BR_LOG, index=0)) is KeyStanding.REVOKED


def test_a_node_whose_ledger_is_not_named_keeps_what_it_had_when_it_heard() -> None:
    house = stolen()
    peer = known(house, ledger=(BR_LOG, 40))
    assert standing(peer, house, Place(origin=BR_LOG, index=39)) is KeyStanding.CURRENT
    assert standing(peer, house, Place(origin=BR_LOG, index=40)) is KeyStanding.REVOKED
    house.publish()
    later = accepted(moved(peer, house.descriptors, ledger=(BR_LOG, 90)))
    assert standing(later, house, Place(origin=BR_LOG, index=40)) is KeyStanding.REVOKED
    again = restore(later.statements, later.pinned, suites=SUITES, learned=later.learned)
    assert again == later


def test_what_the_state_names_decides_over_what_a_node_saw() -> None:
    house = stolen()
    peer = known(house, ledger=(RU_LOG, 500))
    assert peer.learned == {}
    assert standing(peer, house, Place(origin=RU_LOG, index=100)) is KeyStanding.REVOKED


@pytest.mark.parametrize("sizes", [None, (), ((RU_LOG, 101),), ((BR_LOG, 100),)], ids=str)
def test_a_revocation_is_never_weakened(sizes: tuple[tuple[str, int], ...] | None) -> None:
    house = stolen()
    peer = known(house)
    kid = house.keyholder.verify_key.kid
    weaker = () if sizes is None else (Revocation(kid=kid, sizes=sizes),)
    assert refused(moved(peer, [house.described(house.draft(revoked=weaker))])) == "REVOCATION_WEAKENED"


def test_a_revocation_may_become_stricter_and_name_more_ledgers() -> None:
    house = stolen()
    peer = known(house)
    kid = house.keyholder.verify_key.kid
    house.publish(revoked=(Revocation(kid=kid, sizes=((BR_LOG, 5), (RU_LOG, 60))),))
    after = accepted(moved(peer, house.descriptors))
    assert standing(after, house, Place(origin=RU_LOG, index=60)) is KeyStanding.REVOKED
    assert standing(after, house, Place(origin=BR_LOG, index=4)) is KeyStanding.CURRENT


@pytest.mark.promise("P8")
def test_seal_keys_by_a_stolen_key_end_with_its_revocation() -> None:
    house = stolen()
    peer = known(house)
    assert peer.seal_keys is None
    assert refused(seal_key_for(peer, NOW)) == "SEAL_KEYS_MISSING"
    assert refused(moved(peer, [house.sealed(house.next_seal_keys())])) == "KEY_REVOKED"
    after = accepted(moved(peer, [house.sealed(house.next_seal_keys(), SPARE)]))
    assert after.seal_keys is not None


@pytest.mark.promise("P8")
def test_a_thief_cannot_block_new_seal_keys_with_a_huge_version() -> None:
    house = House()
    theft = house.sealed(house.next_seal_keys(version=2**62))
    peer = accepted(moved(house.pinned(), [theft]))
    house = stolen()
    after = accepted(moved(peer, house.descriptors))
    assert accepted(moved(after, [house.sealed(house.next_seal_keys(), SPARE)])).seal_keys is not None


def test_log_keys_are_known_for_ever_newest_first() -> None:
    house = House()
    old = house.descriptor.log_key
    house.publish(log_key=LogKey(origin=old.origin, ed25519=b"\x01" * 32, mldsa44=bytes(1312)))
    house.publish()
    peer = house.pinned()
    assert log_keys_for(peer, old.origin) == (peer.descriptor.log_key, old)
    assert log_keys_for(peer, "longbien/VN/other") == ()
