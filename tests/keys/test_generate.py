"""Real keys: what comes out of generation works in production suites and in a TLS handshake."""

import ssl
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from longbien.keys import generate
from longbien.keys.descriptor import sign_descriptor
from longbien.keys.directory import pin
from longbien.keys.drafting import first_root, listed, next_seal_keys
from longbien.keys.faults import KeyFault
from longbien.keys.generate import make_material, paper_wanted, tls_wanted
from longbien.keys.keystore import MemoryKeyStore
from longbien.keys.material import KeyEntry, Purpose, Wanted, held
from longbien.keys.peer import Peer, seal_key_for
from longbien.keys.root import encode_root, fingerprint_of, sign_root
from longbien.keys.seal_keys import sign_seal_keys
from longbien.wire import PRODUCTION, Malformed, SealKey

from .states import DAY, NOW, House


def wanted(purpose: Purpose, suite: int, label: str = "") -> Wanted:
    return Wanted(purpose=purpose, suite=suite, label=label, made_at=NOW, since=NOW, until=NOW + 7 * DAY)


@pytest.mark.parametrize("suite", [1, 2])
def test_generated_keys_are_keys_of_their_suite(suite: int) -> None:
    signing = make_material(wanted(Purpose.STATEMENT, suite)).entry
    PRODUCTION.get(suite).check_verify_key(signing.verify_key.public)
    assert signing.verify_key.kid == signing.kid
    sealing = make_material(wanted(Purpose.SEAL, suite)).entry
    PRODUCTION.get(suite).check_seal_key(sealing.seal_key.public)
    assert sealing.seal_key.kid == sealing.kid


@pytest.mark.parametrize("purpose", list(Purpose))
def test_no_two_generated_keys_are_alike(purpose: Purpose) -> None:
    suite = 1 if purpose in {Purpose.ROOT, Purpose.STATEMENT, Purpose.SEAL} else 0
    made = [make_material(wanted(purpose, suite, "longbien/VN/0")) for _ in range(3)]
    assert len({one.entry.kid for one in made}) == 3
    assert len({one.private for one in made}) == 3


@pytest.mark.parametrize("purpose", [Purpose.STATEMENT, Purpose.SEAL])
def test_a_suite_that_is_not_of_production_is_refused(purpose: Purpose) -> None:
    with pytest.raises(Malformed) as error:
        make_material(wanted(purpose, 0))
    assert error.value.code == "SUITE_UNKNOWN"


@pytest.mark.parametrize("suite", [1, 2])
def test_a_whole_chain_with_real_keys_can_be_pinned(suite: int) -> None:
    store = MemoryKeyStore()
    roots = [store.make(wanted(Purpose.ROOT, 2)) for _ in range(3)]
    signing = store.make(wanted(Purpose.STATEMENT, suite))
    store.make(wanted(Purpose.SEAL, suite))
    log = store.make(wanted(Purpose.LOG, 0, "longbien/VN/0"))
    root = first_root("VN", [entry.verify_key for entry in roots], 2, NOW)
    root_statement = sign_root(root, [store.signer(entry.kid) for entry in roots[:2]])
    descriptor = replace(
        House().first_descriptor(suite), statement_keys=(listed(signing),), log_key=log.log_key
    )
    described = sign_descriptor(descriptor, [store.signer(entry.kid) for entry in roots[1:]])
    seal_keys = sign_seal_keys(
        next_seal_keys("VN", None, store.entries(), NOW),
        descriptor=sha256(described).digest(),
        signer=store.signer(signing.kid),
    )
    fingerprint = fingerprint_of(encode_root(root))
    peer = pin((root_statement, described, seal_keys), fingerprint, NOW, suites=PRODUCTION)
    assert isinstance(peer, Peer)
    assert isinstance(seal_key_for(peer, NOW), SealKey)


def certificate_of(entry: KeyEntry) -> x509.Certificate:
    return x509.load_der_x509_certificate(entry.certificate)


def test_a_certificate_names_hosts_and_addresses_and_lives_thirteen_months() -> None:
    entry = make_material(tls_wanted(["node.example", "127.0.0.1", "::1"], NOW)).entry
    certificate = certificate_of(entry)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["node.example"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert entry.until - NOW == 396 * DAY
    assert int(certificate.not_valid_after_utc.timestamp()) == entry.until // 1000
    assert entry.kid == sha256(entry.certificate).digest()[:16]


@pytest.mark.parametrize("names", [[], ["h"] * 17])
def test_a_certificate_has_one_to_sixteen_names(names: list[str]) -> None:
    with pytest.raises(Malformed) as error:
        make_material(tls_wanted(names, NOW))
    assert error.value.code == "TLS_NAMES"


def test_two_nodes_shake_hands_when_each_trusts_the_other_certificate_alone(tmp_path: Path) -> None:
    now = 1_700_000_000_000
    ends = [held(make_material(tls_wanted(["localhost"], now))) for _ in range(2)]
    # The handshake looks at the machine's clock, so these two begin long ago and end late.
    long = [replace(tls_wanted(["localhost"], now), until=now + 30 * 365 * DAY) for _ in ends]
    ends = [held(make_material(each)) for each in long]
    server, client = (context(tmp_path, own, other, n) for n, (own, other) in enumerate([ends, ends[::-1]]))
    assert shake(server, client) == "TLSv1.3"


def context(folder: Path, own: object, other: object, number: int) -> ssl.SSLContext:
    side = ssl.PROTOCOL_TLS_SERVER if number == 0 else ssl.PROTOCOL_TLS_CLIENT
    made = ssl.SSLContext(side)
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags |= ssl.VERIFY_X509_STRICT
    private = serialization.load_der_private_key(own.tls_private, None)  # type: ignore[attr-defined]
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{number}.pem"
    file.write_bytes(pem + ssl.DER_cert_to_PEM_cert(own.entry.certificate).encode())  # type: ignore[attr-defined]
    made.load_cert_chain(file)
    made.load_verify_locations(cadata=other.entry.certificate)  # type: ignore[attr-defined]
    return made


def shake(server: ssl.SSLContext, client: ssl.SSLContext) -> str | None:
    one, two = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        server.wrap_bio(one, two, server_side=True),
        client.wrap_bio(two, one, server_hostname="localhost"),
    ]
    for _ in range(6):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert ends[0].getpeercert(binary_form=True)
    return ends[1].version()


def test_a_paper_key_signs_documents_and_nothing_else() -> None:
    own = held(make_material(paper_wanted("Longbien node of VN", 1_700_000_000_000)))
    certificate = x509.load_der_x509_certificate(own.entry.certificate)
    certificate.verify_directly_issued_by(certificate)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and usage.content_commitment and not usage.key_cert_sign
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert own.paper_signer is not None
    assert own.paper_signer.sign(b"paper") == own.paper_signer.sign(b"paper")


def test_a_paper_key_beside_another_certificate_is_refused() -> None:
    one, other = (make_material(paper_wanted("Longbien node of VN", 1_700_000_000_000)) for _ in range(2))
    for private in (other.private, (b"no key",)):
        with pytest.raises(KeyFault) as fault:
            held(replace(one, private=private))
        assert fault.value.code == "KEY_MISMATCH"


def test_chance_comes_in_the_size_that_was_asked_for() -> None:
    assert len(generate.fresh(12)) == 12
    assert generate.fresh(32) != generate.fresh(32)
