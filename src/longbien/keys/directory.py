"""How a node comes to know another party, and keeps up with it without a central service.

Pure decisions over signed papers: `pin` once, by a fingerprint that four eyes compared; `advance` whenever
newer papers come, from wherever; `restore` from what was kept. Nobody who carries papers can make them say
more: an older paper, a second truth, a gap, a lowered floor or a missing signature is refused with a code and
the old knowledge stays.

An expired paper is refused, because whoever withholds the newer one would otherwise freeze our knowledge; a
date in the future is refused, because it would stretch a life. These are the only uses of `now`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from longbien.keys.chain import Papers, read_papers
from longbien.keys.descriptor import SignedDescriptor
from longbien.keys.faults import Refused
from longbien.keys.lifetimes import EARLY
from longbien.keys.listing import Revocation, StatementKey
from longbien.keys.peer import Learned, Peer
from longbien.keys.root import SignedRoot, verify_by_root, verify_first, verify_next
from longbien.keys.seal_keys import SignedSealKeys
from longbien.wire import statement
from longbien.wire.cbor import Malformed
from longbien.wire.suites import Suites

NOTHING_LEARNED: Learned = MappingProxyType({})


def pin(
    statements: Sequence[bytes],
    fingerprint: bytes,
    now: int,
    *,
    suites: Suites,
    ledger: tuple[str, int] | None = None,
) -> Peer | Refused:
    """The party whose root has that fingerprint, as its chain shows it at `now` (ms).

    The root with the fingerprint must be in the chain; older ones are passed over. `ledger` is the origin and
    size of this node's own ledger now: a revocation that does not name it takes effect at that size. Refuses:
    ROOT_NOT_PINNED, DESCRIPTOR_MISSING, every code of `advance` except those that compare with earlier
    knowledge, and every code of `chain.read_papers`.
    """
    made = _begin(statements, fingerprint, suites, NOTHING_LEARNED)
    return made if isinstance(made, Refused) else _finish(made, now, ledger)


def restore(
    statements: Sequence[bytes], fingerprint: bytes, *, suites: Suites, learned: Learned = NOTHING_LEARNED
) -> Peer | Refused:
    """The peer again from `Peer.statements`, its pin and what was `learned`; expiry plays no part. Refuses
    as `pin`.
    """
    return _begin(statements, fingerprint, suites, learned)


def advance(
    peer: Peer,
    statements: Sequence[bytes],
    now: int,
    *,
    suites: Suites,
    ledger: tuple[str, int] | None = None,
    floor_may_fall: bool = False,
) -> Peer | Refused:
    """What the node knows of `peer` after these papers; the same record when they say nothing new.

    The papers may reach back as far as they like, but from the held descriptor version on none may be
    missing. `floor_may_fall` is set when two people here accepted a lower floor.

    Refuses, in this order of checks: codes of `chain.read_papers` · CHAIN_PARTY · ROOT_ROLLBACK · ROOT_FORK ·
    ROOT_CHAIN_BROKEN · ROOT_SUITE_LOWERED · ROOT_THRESHOLD · DESCRIPTOR_FORK · DESCRIPTOR_ROLLBACK ·
    DESCRIPTOR_GAP · DESCRIPTOR_CHAIN_BROKEN · FLOOR_LOWERED · MODE_CHANGED · REVOCATION_WEAKENED ·
    ROOT_UNKNOWN · KEY_INVALID · ROOT_SUPERSEDED · SEAL_KEYS_ROLLBACK · SEAL_KEYS_FORK ·
    SEAL_KEYS_CHAIN_BROKEN · DESCRIPTOR_UNKNOWN · KEY_REVOKED · KEY_UNKNOWN · KEY_WINDOW · KEY_BELOW_FLOOR ·
    KEY_INVALID · ROOT_EXPIRED · ROOT_EARLY · DESCRIPTOR_EXPIRED · DESCRIPTOR_EARLY · SEAL_KEYS_EARLY. The
    signature codes of `statement.verify` come where signatures are checked.
    """
    try:
        papers = read_papers(statements)
        _check_party(peer, papers)
        moved = _take_roots(peer, papers.roots, suites)
        moved = _take_descriptors(moved, papers.descriptors, suites, floor_may_fall=floor_may_fall)
        moved = _take_seal_keys(moved, papers.seal_keys, suites)
    except Malformed as fault:
        return Refused(code=fault.code, detail=fault.detail)
    if moved.statements == peer.statements:
        return peer
    return _finish(moved, now, ledger)


def _begin(
    statements: Sequence[bytes], fingerprint: bytes, suites: Suites, learned: Learned
) -> Peer | Refused:
    try:
        papers = read_papers(statements)
        first, before = _find_pinned(papers.roots, fingerprint)
        verify_first(first, fingerprint, suites, before=before)
        if not papers.descriptors:
            raise Malformed("DESCRIPTOR_MISSING", first.root.party)
        bare = Peer(
            party=first.root.party,
            pinned=fingerprint,
            roots=(first,),
            descriptors=(),
            seal_keys=None,
            statement_keys={},
            revoked={},
            learned=learned,
        )
        rooted = _take_roots(bare, papers.roots, suites)
        # Here every floor was accepted before, or is the first that this node hears of.
        described = _take_descriptors(rooted, papers.descriptors, suites, floor_may_fall=True)
        return _take_seal_keys(described, papers.seal_keys, suites)
    except Malformed as fault:
        return Refused(code=fault.code, detail=fault.detail)


def _finish(peer: Peer, now: int, ledger: tuple[str, int] | None) -> Peer | Refused:
    newest = peer.seal_keys
    checks = (
        ("ROOT_EXPIRED", now >= peer.root.expires_at),
        ("ROOT_EARLY", peer.root.issued_at > now + EARLY),
        ("DESCRIPTOR_EXPIRED", now >= peer.descriptor.expires_at),
        ("DESCRIPTOR_EARLY", peer.descriptor.issued_at > now + EARLY),
        ("SEAL_KEYS_EARLY", newest is not None and newest.seal_keys.issued_at > now + EARLY),
    )
    for code, wrong in checks:
        if wrong:
            return Refused(code=code, detail=peer.party)
    return peer if ledger is None else _learn(peer, ledger)


def _check_party(peer: Peer, papers: Papers) -> None:
    issuers = {signed.root.party for signed in papers.roots}
    issuers |= {signed.descriptor.party for signed in papers.descriptors}
    if papers.seal_keys is not None:
        issuers.add(papers.seal_keys.seal_keys.party)
    if issuers != {peer.party}:
        raise Malformed("CHAIN_PARTY", f"not {peer.party}")


def _find_pinned(offered: Sequence[SignedRoot], fingerprint: bytes) -> tuple[SignedRoot, SignedRoot | None]:
    for index, signed in enumerate(offered):
        if signed.fingerprint == fingerprint:
            return signed, offered[index - 1] if index else None
    raise Malformed("ROOT_NOT_PINNED", "the chain has no root with the pinned fingerprint")


def _take_roots(peer: Peer, offered: Sequence[SignedRoot], suites: Suites) -> Peer:
    held = {signed.root.version: signed for signed in peer.roots}
    if offered and offered[-1].root.version < peer.root.version:
        raise Malformed("ROOT_ROLLBACK", f"{offered[-1].root.version} after {peer.root.version}")
    taken = list(peer.roots)
    for signed in offered:
        known = held.get(signed.root.version)
        if known is not None and known.fingerprint != signed.fingerprint:
            raise Malformed("ROOT_FORK", f"version {signed.root.version}")
        # What is older than the pin cannot be judged and is not needed; what is held was judged before.
        if signed.root.version > taken[-1].root.version:
            verify_next(taken[-1], signed, suites)
            taken.append(signed)
    return replace(peer, roots=tuple(taken))


def _take_descriptors(
    peer: Peer, offered: Sequence[SignedDescriptor], suites: Suites, *, floor_may_fall: bool
) -> Peer:
    held = {signed.descriptor.version: signed.digest for signed in peer.descriptors}
    for signed in offered:
        if held.get(signed.descriptor.version, signed.digest) != signed.digest:
            raise Malformed("DESCRIPTOR_FORK", f"version {signed.descriptor.version}")
    newest = max(held, default=0)
    if offered and offered[-1].descriptor.version < newest:
        raise Malformed("DESCRIPTOR_ROLLBACK", f"{offered[-1].descriptor.version} after {newest}")
    moved = peer
    for signed in offered:
        if signed.descriptor.version > newest:
            moved = _take_descriptor(moved, signed, suites, floor_may_fall=floor_may_fall)
    # A new root comes together with a descriptor under it; holders who were voted out no longer speak.
    if moved.descriptor.root_version != moved.root.version:
        raise Malformed(
            "ROOT_SUPERSEDED", f"root {moved.descriptor.root_version}, newest {moved.root.version}"
        )
    return moved


def _take_descriptor(peer: Peer, signed: SignedDescriptor, suites: Suites, *, floor_may_fall: bool) -> Peer:
    following = signed.descriptor
    if peer.descriptors:
        _check_step(peer.descriptors[-1], signed, floor_may_fall=floor_may_fall)
    root = next((one.root for one in peer.roots if one.root.version == following.root_version), None)
    if root is None:
        raise Malformed("ROOT_UNKNOWN", f"version {following.root_version}")
    verify_by_root(signed.statement, root, suites)
    for listed in following.statement_keys:
        # A suite that this node lacks is the party's own affair; a key that is no key of a known suite is a
        # fault.
        if listed.key.suite in suites:
            suites.get(listed.key.suite).check_verify_key(listed.key.public)
    return replace(
        peer,
        descriptors=(*peer.descriptors, signed),
        statement_keys=_merge_keys(peer.statement_keys, following.statement_keys),
        revoked=_merge_revoked(peer.revoked, following.revoked, peer.learned),
        seal_keys=peer.seal_keys if _still_vouched(peer.seal_keys, signed) else None,
    )


def _check_step(current: SignedDescriptor, signed: SignedDescriptor, *, floor_may_fall: bool) -> None:
    old, new = current.descriptor, signed.descriptor
    if new.version != old.version + 1:
        raise Malformed("DESCRIPTOR_GAP", f"{new.version} after {old.version}")
    if new.previous != current.digest or new.root_version < old.root_version:
        raise Malformed("DESCRIPTOR_CHAIN_BROKEN", f"version {new.version}")
    if new.floor < old.floor and not floor_may_fall:
        raise Malformed("FLOOR_LOWERED", f"{old.floor} to {new.floor}")
    if new.mode != old.mode:
        raise Malformed("MODE_CHANGED", f"{old.mode} to {new.mode}")
    after = {revocation.kid: dict(revocation.sizes) for revocation in new.revoked}
    for revocation in old.revoked:
        sizes = after.get(revocation.kid, {})
        if revocation.kid not in after or any(
            sizes.get(origin, size + 1) > size for origin, size in revocation.sizes
        ):
            raise Malformed("REVOCATION_WEAKENED", revocation.kid.hex())


def _take_seal_keys(peer: Peer, offered: SignedSealKeys | None, suites: Suites) -> Peer:
    if offered is None:
        return peer
    if peer.seal_keys is not None:
        if offered.digest == peer.seal_keys.digest:
            return peer
        _check_seal_step(peer.seal_keys, offered)
    speakers = _seal_speakers(peer, offered)
    statement.verify(offered.statement, {kid: listed.key for kid, listed in speakers.items()}, suites)
    for listed in offered.seal_keys.keys:
        if listed.key.suite not in peer.descriptor.suites:
            raise Malformed("KEY_BELOW_FLOOR", f"suite {listed.key.suite}")
        if listed.key.suite in suites:
            suites.get(listed.key.suite).check_seal_key(listed.key.public)
    return replace(peer, seal_keys=offered)


def _check_seal_step(current: SignedSealKeys, offered: SignedSealKeys) -> None:
    old, new = current.seal_keys, offered.seal_keys
    if new.version < old.version:
        raise Malformed("SEAL_KEYS_ROLLBACK", f"{new.version} after {old.version}")
    if new.version == old.version:
        raise Malformed("SEAL_KEYS_FORK", f"version {new.version}")
    # Weeks may be missed; only the direct successor can show that it continues what is held.
    if new.version == old.version + 1 and new.previous != current.digest:
        raise Malformed("SEAL_KEYS_CHAIN_BROKEN", f"version {new.version}")


def _seal_speakers(peer: Peer, offered: SignedSealKeys) -> Mapping[bytes, StatementKey]:
    if offered.statement.descriptor not in {signed.digest for signed in peer.descriptors}:
        raise Malformed("DESCRIPTOR_UNKNOWN", "seal-keys")
    listed = {entry.key.kid: entry for entry in peer.descriptor.statement_keys}
    for kid in offered.statement.signers:
        if kid in peer.revoked:
            raise Malformed("KEY_REVOKED", kid.hex())
        if kid not in listed:
            raise Malformed("KEY_UNKNOWN", kid.hex())
        if not listed[kid].covers(offered.seal_keys.issued_at):
            raise Malformed("KEY_WINDOW", kid.hex())
    return listed


def _still_vouched(held: SignedSealKeys | None, signed: SignedDescriptor) -> bool:
    """Whether those who signed the held list are still listed and believed, and its suites still offered."""
    if held is None:
        return False
    listed = {entry.key.kid for entry in signed.descriptor.statement_keys}
    listed -= {revocation.kid for revocation in signed.descriptor.revoked}
    offered = set(signed.descriptor.suites)
    return listed.issuperset(held.statement.signers) and offered.issuperset(
        entry.key.suite for entry in held.seal_keys.keys
    )


def _merge_keys(
    known: Mapping[bytes, StatementKey], listed: Sequence[StatementKey]
) -> Mapping[bytes, StatementKey]:
    return MappingProxyType({**known, **{entry.key.kid: entry for entry in listed}})


def _merge_revoked(known: Learned, listed: Sequence[Revocation], learned: Learned) -> Learned:
    merged = {kid: dict(sizes) for kid, sizes in known.items()}
    for revocation in listed:
        # What the State names decides; what this node saw fills in for its own ledgers.
        named = dict(revocation.sizes)
        merged[revocation.kid] = {
            **learned.get(revocation.kid, {}),
            **merged.get(revocation.kid, {}),
            **named,
        }
    return MappingProxyType({kid: MappingProxyType(sizes) for kid, sizes in merged.items()})


def _learn(peer: Peer, ledger: tuple[str, int]) -> Peer:
    """Fixes, for revocations that are silent about this node's ledger, that what is in it now stays valid."""
    origin, size = ledger
    new = {
        kid: MappingProxyType({**peer.learned.get(kid, {}), origin: size})
        for kid, sizes in peer.revoked.items()
        if origin not in sizes
    }
    if not new:
        return peer
    learned = MappingProxyType({**peer.learned, **new})
    return replace(
        peer, learned=learned, revoked=_merge_revoked(peer.revoked, peer.descriptor.revoked, learned)
    )
