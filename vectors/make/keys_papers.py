"""The signed papers of the State VN that the chain vectors are made of.

Keys grow from their names. Signatures hold randomness; a paper that stands in the file already is kept when
its signatures, put into a new statement over today's bytes, give exactly the same bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

from wire_keys import grown, open_key, signer

from longbien.keys.ceremony import RecordedSigner
from longbien.keys.descriptor import Descriptor, sign_descriptor
from longbien.keys.drafting import first_root
from longbien.keys.faults import KeyFault
from longbien.keys.lifetimes import DAY
from longbien.keys.listing import ListedSealKey, Revocation, StatementKey
from longbien.keys.office import Office
from longbien.keys.root import Root, encode_root, fingerprint_of, sign_root
from longbien.keys.seal_keys import SealKeys, sign_seal_keys
from longbien.ledger import SoftLogSigner
from longbien.wire import statement
from longbien.wire.suites import PRODUCTION, Signer
from longbien.wire.wellformed import Malformed

NOW = 1_800_000_000_000
SUITE = 1

HOLDERS = tuple(signer(f"VN-root-{name}", SUITE) for name in "abc")
NEXT_HOLDERS = tuple(signer(f"VN-root-{name}", SUITE) for name in "def")
STRANGERS = tuple(signer(f"stranger-{name}", SUITE) for name in "xy")
KEYHOLDER = signer("VN-statement", SUITE)
SPARE = signer("VN-spare", SUITE)
LOG = SoftLogSigner(
    origin="longbien/VN/0a1b2c3d", ed25519_seed=grown("VN log 1", 32), mldsa44_seed=grown("VN log 2", 32)
)

Sign = Callable[[Sequence[Signer]], bytes]

ROOT_1 = first_root("VN", [holder.verify_key for holder in HOLDERS], 2, NOW)
ROOT_2 = replace(
    first_root("VN", [holder.verify_key for holder in NEXT_HOLDERS], 2, NOW + DAY),
    version=2,
    previous=fingerprint_of(encode_root(ROOT_1)),
)
DESCRIPTOR_1 = Descriptor(
    party="VN",
    name="Viet Nam",
    version=1,
    root_version=1,
    issued_at=NOW,
    expires_at=NOW + 365 * DAY,
    floor=1,
    suites=(1, 2),
    endpoints=("https://node.example:8443/",),
    tls=(sha256(b"a certificate").digest(),),
    certificates=(b"a certificate",),
    offices=(
        Office(
            id="vn-poc",
            name="24/7 contact point (illustrative)",
            roles=("poc",),
            languages=("vi", "en"),
            hours="24/7",
            call_back="+84 24 0000 0000",
            illustrative=True,
        ),
    ),
    statement_keys=(StatementKey(key=KEYHOLDER.verify_key, since=NOW - DAY, until=NOW + 365 * DAY),),
    log_key=LOG.log_key,
    revoked=(),
    reservations=("42-5",),
    declarations={"electronic": True, "languages": ("vi", "en")},
    mode="demo",
    previous=bytes(32),
)
SEAL_KEYS_1 = SealKeys(
    party="VN",
    version=1,
    keys=tuple(
        ListedSealKey(
            key=open_key(f"VN-week-{week}", SUITE).seal_key,
            since=NOW + 7 * DAY * week,
            until=NOW + 7 * DAY * (week + 1),
        )
        for week in range(2)
    ),
    issued_at=NOW,
    previous=bytes(32),
)


def papers(old: dict[str, bytes]) -> dict[str, bytes]:
    """Every paper by name; what is in `old` is kept where it still says the same."""
    made: dict[str, bytes] = {}

    def keep(name: str, by: Sequence[Signer], sign: Sign) -> None:
        made[name] = _kept(old.get(name), by, sign) or sign(by)

    _roots(keep)
    _descriptors(keep, made)
    _seal_keys(keep, made)
    return made


def _roots(keep: Callable[[str, Sequence[Signer], Sign], None]) -> None:
    def of(root: Root) -> Sign:
        return lambda by: sign_root(root, by)

    keep("root-1", HOLDERS[:2], of(ROOT_1))
    keep("root-1-by-others-of-the-holders", HOLDERS[1:], of(ROOT_1))
    keep("root-1-one-signer", HOLDERS[:1], of(ROOT_1))
    keep("root-2-by-the-old", HOLDERS[:2], of(ROOT_2))
    keep("root-2-by-the-new", NEXT_HOLDERS[:2], of(ROOT_2))
    keep("root-2-together", (*HOLDERS[:2], *NEXT_HOLDERS[:2]), of(ROOT_2))


def _descriptors(keep: Callable[[str, Sequence[Signer], Sign], None], made: dict[str, bytes]) -> None:
    def of(descriptor: Descriptor) -> Sign:
        return lambda by: sign_descriptor(descriptor, by)

    keep("descriptor-1", HOLDERS[:2], of(DESCRIPTOR_1))
    second = _after(DESCRIPTOR_1, made["descriptor-1"])
    keep("descriptor-2", HOLDERS[:2], of(second))
    keep("descriptor-2-other", HOLDERS[1:], of(replace(second, name="Other")))
    keep("descriptor-2-one-signer", HOLDERS[:1], of(second))
    keep("descriptor-2-strangers", STRANGERS, of(second))
    keep("descriptor-2-and-a-stranger", (*HOLDERS[:2], STRANGERS[0]), of(second))
    keep("descriptor-2-floor-lowered", HOLDERS[:2], of(replace(second, floor=0)))
    keep("descriptor-2-live", HOLDERS[:2], of(_live(second)))
    keep("descriptor-2-expired", HOLDERS[:2], of(replace(second, expires_at=NOW + 2 * DAY)))
    keep("descriptor-2-under-root-2", NEXT_HOLDERS[1:], of(replace(second, root_version=2)))
    keep("descriptor-3", HOLDERS[:2], of(_after(second, made["descriptor-2"])))
    broken = replace(_after(second, made["descriptor-2"]), previous=b"\x01" * 32)
    keep("descriptor-3-unconnected", HOLDERS[:2], of(broken))
    revoking = _revoking(second, 100)
    keep("descriptor-2-revokes", HOLDERS[:2], of(revoking))
    after = _after(revoking, made["descriptor-2-revokes"])
    keep("descriptor-3-takes-it-back", HOLDERS[:2], of(replace(after, revoked=())))
    keep("descriptor-3-raises-the-size", HOLDERS[:2], of(_revoking(after, 101)))
    keep("descriptor-3-lowers-the-size", HOLDERS[:2], of(_revoking(after, 50)))


def _seal_keys(keep: Callable[[str, Sequence[Signer], Sign], None], made: dict[str, bytes]) -> None:
    def of(seal_keys: SealKeys, descriptor: str) -> Sign:
        under = sha256(made[descriptor]).digest()
        return lambda by: sign_seal_keys(seal_keys, descriptor=under, signer=by[0])

    keep("seal-keys-1", (KEYHOLDER,), of(SEAL_KEYS_1, "descriptor-1"))
    second = replace(
        SEAL_KEYS_1, version=2, previous=sha256(made["seal-keys-1"]).digest(), issued_at=NOW + DAY
    )
    keep("seal-keys-2", (KEYHOLDER,), of(second, "descriptor-1"))
    keep("seal-keys-2-other", (KEYHOLDER,), of(replace(second, issued_at=NOW), "descriptor-1"))
    keep("seal-keys-2-unconnected", (KEYHOLDER,), of(replace(second, previous=b"\x01" * 32), "descriptor-1"))
    keep("seal-keys-2-by-a-stranger", STRANGERS[:1], of(second, "descriptor-1"))
    keep("seal-keys-2-by-a-root-holder", HOLDERS[:1], of(second, "descriptor-1"))
    keep("seal-keys-2-by-the-revoked-key", (KEYHOLDER,), of(second, "descriptor-2-revokes"))
    keep("seal-keys-2-by-the-spare-key", (SPARE,), of(second, "descriptor-2-revokes"))


def _after(descriptor: Descriptor, signed: bytes) -> Descriptor:
    return replace(descriptor, version=descriptor.version + 1, previous=sha256(signed).digest())


def _live(descriptor: Descriptor) -> Descriptor:
    offices = tuple(replace(office, illustrative=False) for office in descriptor.offices)
    return replace(descriptor, mode="live", offices=offices)


def _revoking(descriptor: Descriptor, size: int) -> Descriptor:
    spare = StatementKey(key=SPARE.verify_key, since=NOW - DAY, until=NOW + 365 * DAY)
    stolen = Revocation(kid=KEYHOLDER.verify_key.kid, sizes=(("longbien/RU/11111111", size),))
    return replace(descriptor, revoked=(stolen,), statement_keys=(*DESCRIPTOR_1.statement_keys, spare))


def _kept(old: bytes | None, by: Sequence[Signer], sign: Sign) -> bytes | None:
    if old is None:
        return None
    try:
        before = statement.parse(old)
        keys = {one.verify_key.kid: one.verify_key for one in by}
        statement.verify(before, keys, PRODUCTION)
        recorded = [
            RecordedSigner(
                one.verify_key,
                {each.algorithm: each.value for each in before.signatures if each.kid == one.verify_key.kid},
            )
            for one in by
        ]
        return old if sign(recorded) == old else None
    except (Malformed, KeyFault):
        return None
