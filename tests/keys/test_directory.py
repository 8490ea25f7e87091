"""What a node accepts about another party: rollback, fork, freeze, gaps, floors, and who may say it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.keys.directory import pin, restore
from longbien.keys.drafting import next_root
from longbien.keys.faults import Refused
from longbien.keys.listing import StatementKey
from longbien.keys.peer import seal_key_for
from longbien.keys.root import sign_root
from longbien.wire import statement

from .states import (
    DAY,
    NOW,
    SUITES,
    House,
    StubSigner,
    accepted,
    forger,
    keys_of,
    moved,
    raw,
    refused,
    signed_root,
)


def pin_refused(house: House, statements: tuple[bytes, ...], now: int = NOW) -> str:
    return refused(pin(statements, house.fingerprint, now, suites=SUITES))


# --- pinning ------------------------------------------------------------------------------------------------


def test_a_chain_from_the_pinned_root_gives_a_peer() -> None:
    house = House()
    peer = house.pinned()
    assert (peer.party, peer.root, peer.descriptor) == ("VN", house.root, house.descriptor)
    assert peer.statements == house.chain


def test_a_chain_without_the_pinned_root_is_refused() -> None:
    house, other = House(), House("RU")
    assert refused(pin(other.chain, house.fingerprint, NOW, suites=SUITES)) == "ROOT_NOT_PINNED"
    assert pin_refused(house, tuple(house.descriptors)) == "ROOT_NOT_PINNED"


def test_a_chain_without_a_descriptor_is_refused() -> None:
    house = House()
    assert pin_refused(house, raw(house.roots)) == "DESCRIPTOR_MISSING"


def test_a_root_of_the_same_name_by_strangers_is_refused() -> None:
    house, twin = House(), House()
    twin.holders = [forger(n) for n in range(3)]
    forged = House()
    forged.roots = [signed_root(replace(house.root, keys=keys_of(twin.holders)), twin.holders[:2])]
    assert pin_refused(house, forged.chain) == "ROOT_NOT_PINNED"


def test_a_later_root_can_be_pinned_with_or_without_its_forerunner_in_the_chain() -> None:
    house = House()
    second = house.rotate([StubSigner(f"second-{n}") for n in range(3)])
    house.seal_keys.append(house.sealed(house.next_seal_keys()))
    whole = (*raw(house.roots), *house.descriptors[1:], house.seal_keys[-1])
    alone = (*raw([second]), *house.descriptors[1:], house.seal_keys[-1])
    for chain in (whole, alone):
        peer = accepted(pin(chain, second.fingerprint, NOW, suites=SUITES))
        assert peer.root.version == 2
        assert len(peer.roots) == 1


def test_an_expired_chain_cannot_be_pinned() -> None:
    house = House()
    assert pin_refused(house, house.chain, NOW + 365 * DAY) == "DESCRIPTOR_EXPIRED"
    assert pin_refused(house, house.chain, NOW + 2000 * DAY) == "ROOT_EXPIRED"


def test_papers_dated_in_the_future_are_refused() -> None:
    house = House()
    assert pin_refused(house, house.chain, NOW - 2 * DAY) == "ROOT_EARLY"
    late = House()
    late.publish(NOW + 5 * DAY)
    assert refused(moved(house.pinned(), late.descriptors, NOW)) == "DESCRIPTOR_EARLY"
    keys = house.sealed(house.next_seal_keys(issued_at=NOW + 5 * DAY))
    assert refused(moved(house.pinned(), [keys])) == "SEAL_KEYS_EARLY"
    assert accepted(moved(house.pinned(), [keys], NOW + 5 * DAY)).seal_keys is not None


def test_restoring_needs_no_clock_and_gives_the_same_peer() -> None:
    house = House()
    house.publish(revoked=())
    house.rotate([StubSigner(f"second-{n}") for n in range(3)])
    peer = house.pinned()
    assert restore(peer.statements, peer.pinned, suites=SUITES) == peer


# --- rollback, fork, gap --------------------------------------------------------------------------------------


def test_a_newer_descriptor_advances() -> None:
    house = House()
    peer = house.pinned()
    house.publish(name="Socialist Republic of Viet Nam")
    after = accepted(moved(peer, house.chain))
    assert (after.descriptor.version, after.descriptor.name) == (2, "Socialist Republic of Viet Nam")


def test_papers_that_say_nothing_new_change_nothing() -> None:
    house = House()
    peer = house.pinned()
    assert moved(peer, house.chain) is peer
    assert moved(peer, house.descriptors) is peer
    assert moved(peer, house.seal_keys) is peer
    assert moved(peer, raw(house.roots)) is peer


@pytest.mark.promise("P15")
def test_an_older_descriptor_is_refused() -> None:
    house = House()
    old = house.chain
    house.publish()
    assert refused(moved(house.pinned(), old)) == "DESCRIPTOR_ROLLBACK"


def test_a_second_truth_of_the_same_version_is_refused() -> None:
    house, twin = House(), House()
    house.publish()
    twin.publish(name="Other")
    assert refused(moved(house.pinned(), twin.chain)) == "DESCRIPTOR_FORK"


def test_a_second_truth_about_an_earlier_version_is_refused() -> None:
    house, twin = House(), House()
    house.publish()
    house.publish()
    twin.publish(name="Other")
    peer = house.pinned()
    assert refused(moved(peer, [twin.descriptors[1], house.descriptors[2]])) == "DESCRIPTOR_FORK"


def test_the_same_descriptor_signed_again_is_a_second_truth() -> None:
    house = House()
    again = house.described(house.descriptor, house.holders[1:])
    assert refused(moved(house.pinned(), [again])) == "DESCRIPTOR_FORK"


def test_a_gap_is_accepted_only_when_the_chain_fills_it() -> None:
    house = House()
    peer = house.pinned()
    house.publish()
    house.publish()
    assert refused(moved(peer, [house.descriptors[-1]])) == "DESCRIPTOR_GAP"
    assert refused(moved(peer, [house.descriptors[0], house.descriptors[2]])) == "DESCRIPTOR_GAP"
    assert accepted(moved(peer, house.descriptors[1:])).descriptor.version == 3


def test_a_descriptor_that_continues_another_one_is_refused() -> None:
    house, twin = House(), House()
    peer = house.pinned()
    twin.publish(name="Other")
    house.publish()
    stray = house.described(replace(house.draft(), previous=b"\x01" * 32))
    assert refused(moved(peer, [house.descriptors[1], stray])) == "DESCRIPTOR_CHAIN_BROKEN"


def test_an_intermediate_descriptor_may_have_expired() -> None:
    house = House()
    peer = house.pinned()
    house.publish(NOW, expires_at=NOW + DAY)
    house.publish(NOW + 100 * DAY)
    assert accepted(moved(peer, house.descriptors, NOW + 100 * DAY)).descriptor.version == 3


def test_a_frozen_peer_is_noticed_when_its_papers_end() -> None:
    house = House()
    peer = house.pinned()
    assert refused(seal_key_for(peer, NOW + 366 * DAY)) == "DESCRIPTOR_EXPIRED"
    house.publish(NOW, expires_at=NOW + DAY)
    assert refused(moved(peer, house.chain, NOW + DAY)) == "DESCRIPTOR_EXPIRED"


def test_old_knowledge_stays_after_a_refusal() -> None:
    house = House()
    peer = house.pinned()
    before = peer.statements
    house.descriptors.append(house.described(house.draft(), house.holders[:1]))
    assert isinstance(moved(peer, house.chain), Refused)
    assert peer.statements == before


# --- who signed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        (["VN-root-0"], "ROOT_THRESHOLD"),
        (["VN-root-0", "stranger"], "ROOT_THRESHOLD"),
        (["VN-root-0", "VN-root-1", "stranger"], "SIGNER_UNKNOWN"),
        (["VN-statement"], "ROOT_THRESHOLD"),
        (["a", "b"], "ROOT_THRESHOLD"),
    ],
)
def test_a_descriptor_needs_the_threshold_and_nobody_else(signers: list[str], code: str) -> None:
    house = House()
    offered = house.described(house.draft(), [StubSigner(name) for name in signers])
    assert refused(moved(house.pinned(), [offered])) == code


def test_every_single_changed_byte_of_a_chain_is_refused() -> None:
    house = House()
    for index, original in enumerate(house.chain):
        for place in range(0, len(original), 7):
            bent = bytearray(original)
            bent[place] ^= 0x01
            chain = [bytes(bent) if n == index else one for n, one in enumerate(house.chain)]
            assert isinstance(pin(chain, house.fingerprint, NOW, suites=SUITES), Refused), (index, place)


@given(st.lists(st.binary(max_size=64), max_size=4))
def test_arbitrary_bytes_are_refused_and_nothing_else(statements: list[bytes]) -> None:
    house = House()
    assert isinstance(pin(statements, house.fingerprint, NOW, suites=SUITES), Refused)
    assert isinstance(moved(house.pinned(), statements), Refused)


# --- root rotation --------------------------------------------------------------------------------------------


def test_a_peer_follows_a_root_rotation() -> None:
    house = House()
    peer = house.pinned()
    house.rotate([StubSigner(f"second-{n}") for n in range(5)], 3)
    house.rotate([StubSigner(f"third-{n}") for n in range(3)])
    after = accepted(moved(peer, house.chain))
    assert (after.root.version, after.descriptor.root_version, after.pinned) == (3, 3, peer.pinned)
    assert moved(after, house.chain) is after


@pytest.mark.parametrize("side", ["old", "new"])
def test_a_rotation_signed_by_one_side_only_is_refused(side: str) -> None:
    house = House()
    new = [StubSigner(f"second-{n}") for n in range(3)]
    document = next_root(house.roots[0], keys_of(new), 2, NOW)
    signed = sign_root(document, house.holders[:2] if side == "old" else new[:2], suites=SUITES)
    offered = [*raw(house.roots), signed, *house.descriptors]
    assert refused(moved(house.pinned(), offered)) == "ROOT_THRESHOLD"


def test_a_skipped_root_version_is_refused() -> None:
    house = House()
    peer = house.pinned()
    house.rotate([StubSigner(f"second-{n}") for n in range(3)])
    house.rotate([StubSigner(f"third-{n}") for n in range(3)])
    offered = [*raw([house.roots[0], house.roots[2]]), *house.descriptors]
    assert refused(moved(peer, offered)) == "ROOT_CHAIN_BROKEN"


def test_an_older_root_or_a_second_root_of_one_version_is_refused() -> None:
    house, twin = House(), House()
    house.rotate([StubSigner(f"second-{n}") for n in range(3)])
    twin.rotate([StubSigner(f"other-{n}") for n in range(3)])
    peer = house.pinned()
    assert refused(moved(peer, [*raw(house.roots[:1]), *house.descriptors])) == "ROOT_ROLLBACK"
    assert refused(moved(peer, twin.chain)) == "ROOT_FORK"


def test_holders_who_were_voted_out_no_longer_speak() -> None:
    house = House()
    old = house.holders
    house.rotate([StubSigner(f"second-{n}") for n in range(3)])
    peer = house.pinned()
    late = house.described(replace(house.draft(), root_version=1), old[:2])
    assert refused(moved(peer, [late])) == "DESCRIPTOR_CHAIN_BROKEN"
    claimed = house.described(house.draft(), old[:2])
    assert refused(moved(peer, [claimed])) == "ROOT_THRESHOLD"


def test_a_new_root_comes_with_a_descriptor_under_it() -> None:
    house = House()
    peer = house.pinned()
    before = list(house.descriptors)
    house.rotate([StubSigner(f"second-{n}") for n in range(3)])
    assert refused(moved(peer, [*raw(house.roots), *before])) == "ROOT_SUPERSEDED"


def test_a_descriptor_under_an_unknown_root_is_refused() -> None:
    house = House()
    offered = house.described(house.draft(root_version=2))
    assert refused(moved(house.pinned(), [offered])) == "ROOT_UNKNOWN"


# --- what a descriptor may not change -------------------------------------------------------------------------


@pytest.mark.promise("P15")
def test_the_floor_only_rises() -> None:
    house = House(suite=1)
    peer = house.pinned()
    lowered = house.described(house.draft(floor=0, suites=(0, 1)))
    assert refused(moved(peer, [lowered])) == "FLOOR_LOWERED"
    assert accepted(moved(peer, [lowered], floor_may_fall=True)).descriptor.floor == 0


@pytest.mark.promise("P15")
def test_a_raised_floor_ends_the_seal_keys_below_it() -> None:
    house = House(suite=1)
    peer = house.pinned()
    high = StatementKey(key=StubSigner("high", 7).verify_key, since=NOW - DAY, until=NOW + 300 * DAY)
    house.publish(floor=7, suites=(7,), statement_keys=(high,))
    after = accepted(moved(peer, house.descriptors))
    assert after.seal_keys is None
    assert refused(seal_key_for(after, NOW)) == "SEAL_KEYS_MISSING"
    low = house.sealed(house.next_seal_keys(), StubSigner("high", 7))
    assert refused(moved(after, [low])) == "KEY_BELOW_FLOOR"


def test_an_identity_for_demonstration_never_becomes_a_live_one() -> None:
    house = House()
    live = house.draft(mode="live", offices=(replace(house.descriptor.offices[0], illustrative=False),))
    assert refused(moved(house.pinned(), [house.described(live)])) == "MODE_CHANGED"


def test_papers_of_another_party_are_refused() -> None:
    house, other = House(), House("RU")
    assert refused(moved(house.pinned(), other.chain)) == "CHAIN_PARTY"
    assert refused(moved(house.pinned(), other.seal_keys)) == "CHAIN_PARTY"
    assert refused(moved(house.pinned(), [*house.descriptors, *other.seal_keys])) == "CHAIN_PARTY"


def test_a_statement_that_has_no_place_in_a_chain_is_refused() -> None:
    house = House()
    act = statement.make(
        b"\xa0",
        kind="act",
        issuer="VN",
        audience=("RU",),
        subject=b"",
        descriptor=b"",
        signers=(house.keyholder,),
        suites=SUITES,
    )
    assert refused(moved(house.pinned(), [act])) == "CHAIN_KIND"
