"""The State root: a few offline keys, of which some together speak for the State.

Knows the root document, its fingerprint and the rule by which one version hands over to the next (as in TUF:
version N+1 is signed by the thresholds of N and of N+1). Never sees private keys or a clock; nothing here
looks at what the root signs besides roots. Checks raise `Malformed`; `directory` turns them into answers.

One root document may be carried by several statements over the same bytes, and their signers count together.
So the holders need not meet, and a root can move to another suite: a statement has one suite, two statements
have two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longbien.keys.forms import (
    DIGEST_SIZE,
    LAST_INSTANT,
    MAX_PUBLIC,
    MAX_SUITE,
    NOTHING_BEFORE,
    PARTY_FORM,
    PARTY_LENGTH,
)
from longbien.keys.lifetimes import ROOT_LONGEST
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields, checked_bytes, checked_int
from longbien.wire.statement import EVERYONE, Statement
from longbien.wire.suites import PRODUCTION, Signer, Suites, VerifyKey

KIND = "root"
MIN_THRESHOLD = 2
MIN_KEYS = 3
MAX_KEYS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A root document. `previous` is the fingerprint of version - 1, or 32 zero bytes for version 1.

    `issued_at` and `expires_at` are milliseconds since the epoch, UTC.
    """

    party: str
    version: int
    threshold: int
    keys: tuple[VerifyKey, ...]
    issued_at: int
    expires_at: int
    previous: bytes

    @property
    def keys_by_kid(self) -> Mapping[bytes, VerifyKey]:
        """The keys under the names that signatures use."""
        return {key.kid: key for key in self.keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRoot:
    """A root document as it came: the record, the statements around the same bytes, its fingerprint. Not yet
    verified.
    """

    root: Root
    statements: tuple[Statement, ...]
    fingerprint: bytes

    @property
    def signers(self) -> frozenset[bytes]:
        """The kids of all who signed it."""
        return frozenset(kid for signed in self.statements for kid in signed.signers)


def encode_root(root: Root) -> bytes:
    """The payload bytes of a root document. Raises Malformed as `decode_root`, so nothing unsound gets
    signed.
    """
    payload = cbor.encode(
        {
            "kind": KIND,
            "party": root.party,
            "version": root.version,
            "threshold": root.threshold,
            "keys": [[key.suite, *key.public] for key in root.keys],
            "issued_at": root.issued_at,
            "expires_at": root.expires_at,
            "previous": root.previous,
        }
    )
    decode_root(payload)
    return payload


def decode_root(payload: bytes) -> Root:
    """The root document in `payload`.

    Raises Malformed: the codes of `wire.cbor` and `wire.fields`; ROOT_THRESHOLD_LOW (fewer than 2, no
    majority, or more than there are keys), ROOT_KEY_TWICE, ROOT_SUITES_MIXED, ROOT_TOO_LONG, ROOT_PREVIOUS.
    """
    fields = Fields(cbor.decode(payload), KIND)
    if fields.text("kind", max=32) != KIND:
        raise Malformed("FIELD_RANGE", "root.kind")
    root = Root(
        party=fields.text("party", max=PARTY_LENGTH, form=PARTY_FORM),
        version=fields.int("version", min=1),
        threshold=fields.int("threshold"),
        keys=tuple(_decode_key(item) for item in fields.array("keys", min=MIN_KEYS, max=MAX_KEYS)),
        issued_at=fields.int("issued_at", max=LAST_INSTANT),
        expires_at=fields.int("expires_at", max=LAST_INSTANT),
        previous=fields.bytes("previous", size=DIGEST_SIZE),
    )
    fields.done()
    _check(root)
    return root


def fingerprint_of(payload: bytes) -> bytes:
    """The fingerprint of a root: SHA-256 of its document, whoever signed it and however often."""
    return cbor.digest(payload)


def sign_root(root: Root, signers: Sequence[Signer], *, suites: Suites = PRODUCTION) -> bytes:
    """A statement of a root, signed by the holders present, who must be of one suite.

    A root holds when a threshold of its own keys and of its forerunner's have signed, in this or in further
    statements.
    """
    return statement.make(
        encode_root(root),
        kind=KIND,
        issuer=root.party,
        audience=(EVERYONE,),
        subject=b"",
        descriptor=b"",
        signers=signers,
        suites=suites,
    )


def open_root(*signed: Statement) -> SignedRoot:
    """Reads the document of parsed statements over the same bytes and binds them together; verifies no
    signature.

    Raises Malformed: as `decode_root`, and ROOT_STATEMENT when a statement's header says something else.
    """
    root = decode_root(signed[0].payload)
    for one in signed:
        heading = (one.kind, one.issuer, one.audience, one.subject, one.descriptor)
        if heading != (KIND, root.party, (EVERYONE,), b"", b"") or one.payload != signed[0].payload:
            raise Malformed("ROOT_STATEMENT", "header and document disagree")
    return SignedRoot(root=root, statements=signed, fingerprint=fingerprint_of(signed[0].payload))


def verify_first(
    first: SignedRoot, fingerprint: bytes, suites: Suites, *, before: SignedRoot | None = None
) -> None:
    """Holds when `first` is the pinned root and its own threshold signed it.

    A pinned root of a later version is signed by its forerunner's holders too. Their keys are known when
    `before` is that forerunner (the pinned bytes name it by fingerprint); otherwise statements with such
    signers are set aside.

    Raises Malformed: ROOT_NOT_PINNED, ROOT_THRESHOLD, and the codes of `statement.verify`.
    """
    if first.fingerprint != fingerprint:
        raise Malformed("ROOT_NOT_PINNED", "another fingerprint")
    known: tuple[Root, ...] = (first.root,)
    if before is not None and before.fingerprint == first.root.previous:
        known = (first.root, before.root)
    kids = {kid for root in known for kid in root.keys_by_kid}
    readable = tuple(one for one in first.statements if kids.issuperset(one.signers))
    _check_threshold(first.root, frozenset(kid for one in readable for kid in one.signers))
    _verify_all(readable, known, suites)


def verify_next(current: SignedRoot, following: SignedRoot, suites: Suites) -> None:
    """Holds when `following` is the version after `current` and both thresholds signed it.

    Raises Malformed: ROOT_CHAIN_BROKEN (another party, a gap, or `previous` is not the fingerprint of
    `current`), ROOT_SUITE_LOWERED, ROOT_THRESHOLD, and the codes of `statement.verify`.
    """
    old, new = current.root, following.root
    if new.party != old.party or new.version != old.version + 1 or new.previous != current.fingerprint:
        raise Malformed("ROOT_CHAIN_BROKEN", f"version {new.version} after {old.version}")
    if new.keys[0].suite < old.keys[0].suite:
        raise Malformed("ROOT_SUITE_LOWERED", f"{old.keys[0].suite} to {new.keys[0].suite}")
    for root in (old, new):
        _check_threshold(root, following.signers)
    _verify_all(following.statements, (old, new), suites)


def verify_by_root(signed: Statement, root: Root, suites: Suites) -> None:
    """Holds when a threshold of `root` signed the statement. Raises Malformed ROOT_THRESHOLD or as
    `statement.verify`.
    """
    _check_threshold(root, frozenset(signed.signers))
    statement.verify(signed, root.keys_by_kid, suites)


def _verify_all(statements: Sequence[Statement], roots: Sequence[Root], suites: Suites) -> None:
    keys = {kid: key for root in roots for kid, key in root.keys_by_kid.items()}
    for one in statements:
        statement.verify(one, keys, suites)


def _check(root: Root) -> None:
    # A majority is asked for, so that two disjoint groups can never both speak for one State.
    if not max(MIN_THRESHOLD, len(root.keys) // 2 + 1) <= root.threshold <= len(root.keys):
        raise Malformed("ROOT_THRESHOLD_LOW", f"{root.threshold} of {len(root.keys)}")
    # Each half is compared too: one holder must not count twice by pairing an old half with a new one.
    for half in (0, 1):
        if len({key.public[half] for key in root.keys}) != len(root.keys):
            raise Malformed("ROOT_KEY_TWICE", f"half {half}")
    if len({key.suite for key in root.keys}) != 1:
        raise Malformed("ROOT_SUITES_MIXED", "one root, one suite")
    if not 0 < root.expires_at - root.issued_at <= ROOT_LONGEST:
        raise Malformed("ROOT_TOO_LONG", "expires_at")
    if (root.version == 1) != (root.previous == NOTHING_BEFORE):
        raise Malformed("ROOT_PREVIOUS", "previous")


def _check_threshold(root: Root, signers: frozenset[bytes]) -> None:
    present = signers & set(root.keys_by_kid)
    if len(present) < root.threshold:
        raise Malformed("ROOT_THRESHOLD", f"{len(present)} of {root.threshold} in version {root.version}")


def _decode_key(item: cbor.Value) -> VerifyKey:
    if not isinstance(item, list | tuple) or len(item) != 3:
        raise Malformed("FIELD_TYPE", "root.keys: [suite, public, public]")
    suite, classical, lattice = item
    return VerifyKey(
        suite=checked_int(suite, "root.keys.suite", max=MAX_SUITE),
        public=(
            checked_bytes(classical, "root.keys.public", min=1, max=MAX_PUBLIC),
            checked_bytes(lattice, "root.keys.public", min=1, max=MAX_PUBLIC),
        ),
    )
