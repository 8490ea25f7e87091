"""Drafts of the next paper: version, link to the one before, dates; everything that a ceremony could get
wrong by hand.

Pure and without keys. What is drafted here is signed with `sign_root`, `sign_descriptor` and
`sign_seal_keys`, and is accepted by `directory` when the right people signed it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from longbien.keys import lifetimes
from longbien.keys.descriptor import Descriptor
from longbien.keys.forms import NOTHING_BEFORE
from longbien.keys.listing import ListedSealKey, StatementKey
from longbien.keys.material import KeyEntry
from longbien.keys.peer import Peer
from longbien.keys.root import Root, SignedRoot
from longbien.keys.rotation import current_seal_entries
from longbien.keys.seal_keys import SealKeys, SignedSealKeys
from longbien.wire.suites import VerifyKey


def first_root(party: str, keys: Sequence[VerifyKey], threshold: int, now: int) -> Root:
    """Version 1 of a root, for five years from `now` (ms)."""
    return Root(
        party=party,
        version=1,
        threshold=threshold,
        keys=tuple(keys),
        issued_at=now,
        expires_at=now + lifetimes.ROOT_LONGEST,
        previous=NOTHING_BEFORE,
    )


def next_root(current: SignedRoot, keys: Sequence[VerifyKey], threshold: int, now: int) -> Root:
    """The version after `current`, with these keys, for five years from `now` (ms)."""
    return replace(
        first_root(current.root.party, keys, threshold, now),
        version=current.root.version + 1,
        previous=current.fingerprint,
    )


def next_descriptor(own: Peer, now: int, *, root_version: int | None = None) -> Descriptor:
    """The descriptor in force again as the next version, for thirteen months from `now` (ms).

    The caller puts in what changes (`dataclasses.replace`). `root_version` is that of a new root signed in
    the same ceremony, and otherwise the newest.
    """
    return replace(
        own.descriptor,
        version=own.descriptor.version + 1,
        root_version=own.root.version if root_version is None else root_version,
        issued_at=now,
        expires_at=now + lifetimes.DESCRIPTOR_LONGEST,
        previous=own.digest,
    )


def next_seal_keys(
    party: str, current: SignedSealKeys | None, entries: Iterable[KeyEntry], now: int
) -> SealKeys:
    """The next list of seal keys: every seal key of the store that has not ended at `now` (ms)."""
    return SealKeys(
        party=party,
        version=1 if current is None else current.seal_keys.version + 1,
        keys=tuple(
            ListedSealKey(key=entry.seal_key, since=entry.since, until=entry.until)
            for entry in current_seal_entries(now, entries)
        ),
        issued_at=now,
        previous=NOTHING_BEFORE if current is None else current.digest,
    )


def listed(entry: KeyEntry) -> StatementKey:
    """A statement key of the store as a descriptor lists it."""
    return StatementKey(key=entry.verify_key, since=entry.since, until=entry.until)
