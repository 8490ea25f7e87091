"""How a node comes into being: its keys, and the first papers that the holders of the root sign.

What it knows: the order in which keys and papers depend on each other. What it must never know: where the root keys lie; it
is handed signers, which may be offline tokens (docs/howto/keys.md) or, in a demonstration, keys in the same folder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from longbien.keys import (
    Descriptor,
    KeyStore,
    Make,
    Office,
    Peer,
    Purpose,
    Refused,
    Wanted,
    encode_root,
    fingerprint_of,
    first_root,
    lifetimes,
    listed,
    next_seal_keys,
    pin,
    plan,
    sign_descriptor,
    sign_root,
    sign_seal_keys,
)
from longbien.keys.forms import NOTHING_BEFORE
from longbien.keys.generate import tls_wanted
from longbien.ledger.checkpoint import origin_of
from longbien.node.ports import Broken
from longbien.wire.suites import Signer, Suites


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What an operator decides: the party, its offices, where peers find it, and the mode (live, exercise, demo)."""

    party: str
    name: str
    mode: str
    offices: tuple[Office, ...]
    endpoints: tuple[str, ...]
    host_names: tuple[str, ...]
    suite: int


def found_papers(
    wishes: Wishes, *, keystore: KeyStore, holders: Sequence[Signer], threshold: int, now: int, suites: Suites
) -> Peer:
    """The first papers of a party, with its keys made in `keystore`; what `pin` gives for them."""
    root = first_root(wishes.party, [holder.verify_key for holder in holders], threshold, now)
    fingerprint = fingerprint_of(encode_root(root))
    since, until = now - lifetimes.SKEW, now - lifetimes.SKEW + lifetimes.STATEMENT_KEY_LIFE

    def wanted(purpose: Purpose, suite: int, label: str) -> Wanted:
        return Wanted(purpose=purpose, suite=suite, label=label, made_at=now, since=since, until=until)

    statement_key = keystore.make(wanted(Purpose.STATEMENT, wishes.suite, ""))
    log_key = keystore.make(wanted(Purpose.LOG, 0, origin_of(wishes.party, fingerprint)))
    tls = [keystore.make(tls_wanted(wishes.host_names, now))] if wishes.host_names else []
    descriptor = Descriptor(
        party=wishes.party,
        name=wishes.name,
        version=1,
        root_version=1,
        issued_at=now,
        expires_at=now + lifetimes.DESCRIPTOR_LONGEST,
        floor=wishes.suite,
        suites=(wishes.suite,),
        endpoints=wishes.endpoints,
        tls=tuple(sha256(entry.certificate).digest() for entry in tls),
        certificates=tuple(entry.certificate for entry in tls),
        offices=wishes.offices,
        statement_keys=(listed(statement_key),),
        log_key=log_key.log_key,
        revoked=(),
        reservations=(),
        declarations={},
        mode=wishes.mode,
        previous=NOTHING_BEFORE,
    )
    signing = holders[:threshold]
    papers = [sign_root(root, signing, suites=suites), sign_descriptor(descriptor, signing, suites=suites)]
    bare = _accepted(papers, fingerprint, now, suites)
    for step in plan(now, own=bare, entries=keystore.entries()):
        if isinstance(step, Make):
            keystore.make(step.wanted)
    listing = next_seal_keys(wishes.party, None, keystore.entries(), now)
    signer = keystore.signer(statement_key.kid)
    papers.append(sign_seal_keys(listing, descriptor=bare.digest, signer=signer, suites=suites))
    return _accepted(papers, fingerprint, now, suites)


def _accepted(papers: Sequence[bytes], fingerprint: bytes, now: int, suites: Suites) -> Peer:
    peer = pin(papers, fingerprint, now, suites=suites)
    if isinstance(peer, Refused):
        raise Broken("OWN_PAPERS_REFUSED", f"{peer.code} {peer.detail}")
    return peer
