"""What is due with the keys of this node, as a list of steps.

Pure: from the instant, the keys that the store holds and the papers in force follows what to make, publish,
destroy, or ask the root holders for. The caller does the steps in order, records each in the ledger, and
may ask again at any time; when everything is done, the plan is empty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from longbien.keys import lifetimes
from longbien.keys.descriptor import Descriptor
from longbien.keys.material import KeyEntry, Purpose, Wanted
from longbien.keys.peer import Peer

_DESTROYED_AFTER_END = (Purpose.SEAL, Purpose.STATEMENT, Purpose.TLS, Purpose.PAPER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """Make this key in the store."""

    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSealKeys:
    """Sign and publish a new list of seal keys (see `drafting.next_seal_keys`), after the keys of this plan
    are made.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroy:
    """Destroy this key: its end lies 30 days back, and nothing on its way can need it any more."""

    entry: KeyEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRoot:
    """The holders of the root are needed before the instant `before` (ms).

    `code` is DESCRIPTOR_ENDS, ROOT_ENDS, TLS_ENDS, STATEMENT_KEY_ENDS (a new one must be listed) or
    STATEMENT_KEY_UNLISTED (it is made and waits to be listed).
    """

    code: str
    before: int


Step = Make | PublishSealKeys | Destroy | AskRoot


def plan(now: int, *, own: Peer, entries: Sequence[KeyEntry]) -> tuple[Step, ...]:
    """What is due at `now` (ms) for the node whose own chain is `own` and whose store holds `entries`.

    Outside the life of the node's own descriptor nothing is made, published or destroyed: either the clock is wrong, or the
    holders of the root are overdue. People have to look first, because a key that is destroyed does not come back.
    """
    if not own.descriptor.issued_at - lifetimes.EARLY <= now < own.descriptor.expires_at:
        return _questions(now, own, entries)
    makes = (*_missing_seal_keys(now, own.descriptor, entries), *_missing_statement_key(now, own, entries))
    publish = _publish_is_due(now, own, entries) or any(make.wanted.purpose is Purpose.SEAL for make in makes)
    return (
        *makes,
        *((PublishSealKeys(),) if publish else ()),
        *_destructions(now, entries),
        *_questions(now, own, entries),
    )


def signing_key(now: int, *, own: Peer, entries: Iterable[KeyEntry]) -> KeyEntry | None:
    """The key to sign statements with at `now`: listed, current, not revoked, in the store; the newest of
    several.
    """
    usable = [entry for entry in _usable_statement_keys(own, entries) if _covers(own, entry, now)]
    return max(usable, key=lambda entry: (own.statement_keys[entry.kid].since, entry.kid), default=None)


def current_seal_entries(now: int, entries: Iterable[KeyEntry]) -> tuple[KeyEntry, ...]:
    """The seal keys that a list made at `now` names: all that have not ended, oldest first.

    A key that ends beyond what others accept was made under a clock that ran ahead; it waits until its time has come.
    """
    chosen = [
        entry
        for entry in entries
        if entry.purpose is Purpose.SEAL and now < entry.until <= now + lifetimes.SEAL_KEY_REACH
    ]
    return tuple(sorted(chosen, key=lambda entry: (entry.since, entry.suite, entry.kid)))


def _missing_seal_keys(now: int, descriptor: Descriptor, entries: Sequence[KeyEntry]) -> tuple[Make, ...]:
    makes = []
    for suite in descriptor.suites:
        # Without a current key (a node slept, or its clock was wrong) all begins anew a little in the past: some clocks
        # run behind.
        since = _covered(now, suite, entries) or now - lifetimes.SKEW
        while since < now + lifetimes.SEAL_KEY_AHEAD:
            until = since + lifetimes.SEAL_KEY_LONGEST
            makes.append(Make(wanted=_wanted(Purpose.SEAL, suite, now, since, until)))
            since = until
    return tuple(makes)


def _covered(now: int, suite: int, entries: Sequence[KeyEntry]) -> int:
    """Until when the seal keys of a suite follow each other from `now` on without a gap; 0 when none is current."""
    reached = now
    keys = [entry for entry in entries if entry.purpose is Purpose.SEAL and entry.suite == suite]
    for entry in sorted(keys, key=lambda entry: entry.since):
        if entry.since <= reached < entry.until:
            reached = entry.until
    return reached if reached > now else 0


def _missing_statement_key(now: int, own: Peer, entries: Sequence[KeyEntry]) -> tuple[Make, ...]:
    held = [entry for entry in entries if entry.purpose is Purpose.STATEMENT and entry.kid not in own.revoked]
    last = max((_end(own, entry) for entry in held), default=None)
    if last is not None and now < last - lifetimes.STATEMENT_KEY_LEAD:
        return ()
    since = now - lifetimes.SKEW
    if last is not None:
        since = max(since, last - lifetimes.STATEMENT_KEY_OVERLAP)
    suite = own.descriptor.suites[0] if not held else held[-1].suite
    wanted = _wanted(
        Purpose.STATEMENT, max(suite, own.descriptor.floor), now, since, since + lifetimes.STATEMENT_KEY_LIFE
    )
    return (Make(wanted=wanted),)


def _publish_is_due(now: int, own: Peer, entries: Sequence[KeyEntry]) -> bool:
    if own.seal_keys is None:
        return True
    published = {listed.key.kid for listed in own.seal_keys.seal_keys.keys if listed.until > now}
    return published != {entry.kid for entry in current_seal_entries(now, entries)}


def _destructions(now: int, entries: Sequence[KeyEntry]) -> tuple[Destroy, ...]:
    return tuple(
        Destroy(entry=entry)
        for entry in entries
        if entry.purpose in _DESTROYED_AFTER_END and entry.until + lifetimes.SEAL_KEY_GRACE <= now
    )


def _questions(now: int, own: Peer, entries: Sequence[KeyEntry]) -> tuple[AskRoot, ...]:
    asked = []
    if now >= own.descriptor.expires_at - lifetimes.DESCRIPTOR_WARNING:
        asked.append(AskRoot(code="DESCRIPTOR_ENDS", before=own.descriptor.expires_at))
    if now >= own.root.expires_at - lifetimes.ROOT_WARNING:
        asked.append(AskRoot(code="ROOT_ENDS", before=own.root.expires_at))
    served = [entry.until for entry in entries if entry.purpose is Purpose.TLS]
    if served and now >= max(served) - lifetimes.TLS_WARNING:
        asked.append(AskRoot(code="TLS_ENDS", before=max(served)))
    return (*asked, *_statement_key_question(now, own, entries))


def _statement_key_question(now: int, own: Peer, entries: Sequence[KeyEntry]) -> tuple[AskRoot, ...]:
    usable = [own.statement_keys[entry.kid].until for entry in _usable_statement_keys(own, entries)]
    last = max(usable, default=now)
    if now < last - lifetimes.STATEMENT_KEY_LEAD:
        return ()
    waiting = any(
        entry.purpose is Purpose.STATEMENT and entry.kid not in own.statement_keys and entry.until > last
        for entry in entries
    )
    return (AskRoot(code="STATEMENT_KEY_UNLISTED" if waiting else "STATEMENT_KEY_ENDS", before=last),)


def _usable_statement_keys(own: Peer, entries: Iterable[KeyEntry]) -> list[KeyEntry]:
    listed = {entry.key.kid for entry in own.descriptor.statement_keys} - own.revoked.keys()
    return [entry for entry in entries if entry.purpose is Purpose.STATEMENT and entry.kid in listed]


def _covers(own: Peer, entry: KeyEntry, now: int) -> bool:
    return own.statement_keys[entry.kid].covers(now)


def _end(own: Peer, entry: KeyEntry) -> int:
    """What the root listed decides; a key that waits to be listed ends when it was made to end."""
    listed = own.statement_keys.get(entry.kid)
    return entry.until if listed is None else listed.until


def _wanted(purpose: Purpose, suite: int, now: int, since: int, until: int) -> Wanted:
    return Wanted(purpose=purpose, suite=suite, label="", made_at=now, since=since, until=until)
