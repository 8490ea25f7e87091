"""Drafts continue what they follow, and are accepted when the right people signed them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.keys import lifetimes
from longbien.keys.drafting import first_root, listed, next_descriptor, next_root, next_seal_keys
from longbien.keys.forms import NOTHING_BEFORE
from longbien.keys.material import KeyEntry, Purpose, Wanted
from longbien.keys.root import encode_root
from longbien.keys.seal_keys import encode_seal_keys
from longbien.wire.wellformed import Malformed

from .states import DAY, NOW, House, StubSigner, keys_of, stub_maker

HOUSE = House()
OTHERS = keys_of([StubSigner(f"other-{number}") for number in range(5)])


def made(purpose: Purpose, since: int, until: int) -> KeyEntry:
    return stub_maker(Wanted(purpose=purpose, suite=0, label="", made_at=NOW, since=since, until=until)).entry


def test_a_first_root_has_nothing_before_it_and_lives_five_years() -> None:
    root = first_root("VN", OTHERS, 3, NOW)
    assert (root.version, root.previous) == (1, NOTHING_BEFORE)
    assert root.expires_at - root.issued_at == lifetimes.ROOT_LONGEST
    assert encode_root(root)


def test_a_next_root_names_the_one_before() -> None:
    before = HOUSE.roots[-1]
    root = next_root(before, OTHERS, 3, NOW + DAY)
    assert (root.party, root.version) == (before.root.party, before.root.version + 1)
    assert root.previous == before.fingerprint
    assert root.keys == tuple(OTHERS)


def test_a_draft_is_not_sound_by_itself() -> None:
    with pytest.raises(Malformed) as refused:
        encode_root(first_root("VN", OTHERS, 2, NOW))
    assert refused.value.code == "ROOT_THRESHOLD_LOW"


def test_a_next_descriptor_changes_only_version_link_root_and_dates() -> None:
    own = HOUSE.pinned()
    draft = next_descriptor(own, NOW + DAY)
    assert (draft.version, draft.previous) == (own.descriptor.version + 1, own.digest)
    assert draft.expires_at - draft.issued_at == lifetimes.DESCRIPTOR_LONGEST
    assert draft.root_version == own.root.version
    same = ("party", "name", "floor", "suites", "offices", "statement_keys", "log_key", "revoked", "mode")
    assert all(getattr(draft, name) == getattr(own.descriptor, name) for name in same)


def test_a_descriptor_signed_in_the_ceremony_of_a_new_root_names_that_root() -> None:
    assert next_descriptor(HOUSE.pinned(), NOW, root_version=2).root_version == 2


@given(ends=st.lists(st.integers(min_value=1, max_value=13), min_size=1, max_size=6, unique=True))
def test_a_list_of_seal_keys_names_all_that_have_not_ended_oldest_first(ends: list[int]) -> None:
    entries = [made(Purpose.SEAL, NOW + (end - 7) * DAY, NOW + end * DAY) for end in ends]
    entries.append(made(Purpose.SEAL, NOW - 7 * DAY, NOW))
    entries.append(made(Purpose.STATEMENT, NOW, NOW + 365 * DAY))
    draft = next_seal_keys("VN", None, entries, NOW)
    assert [key.until for key in draft.keys] == [NOW + end * DAY for end in sorted(ends)]
    assert (draft.version, draft.previous) == (1, NOTHING_BEFORE)
    assert encode_seal_keys(draft)


def test_a_next_list_of_seal_keys_names_the_one_before() -> None:
    held = HOUSE.pinned().seal_keys
    assert held is not None
    draft = next_seal_keys("VN", held, [made(Purpose.SEAL, NOW, NOW + 7 * DAY)], NOW)
    assert (draft.version, draft.previous) == (held.seal_keys.version + 1, held.digest)


def test_a_key_is_listed_with_the_window_that_it_was_made_for() -> None:
    entry = made(Purpose.STATEMENT, NOW, NOW + 365 * DAY)
    shown = listed(entry)
    assert (shown.key, shown.since, shown.until) == (entry.verify_key, entry.since, entry.until)
