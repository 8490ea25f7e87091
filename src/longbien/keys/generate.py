"""The only place in this room where chance comes in: new keys, nonces, certificates.

Key generation is the library's own; bytes come from the operating system. Everything else of the room takes
what is made here as an argument, so that a simulated world can bring its own.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from longbien.keys.keywrap import wrapping_kid, wrapping_name
from longbien.keys.lifetimes import EVIDENCE_KEY_LIFE, PAPER_LIFE, SKEW, TLS_LIFE
from longbien.keys.material import Held, Material, Purpose, Wanted, certificate_kid, held, log_kid
from longbien.ledger import SoftLogSigner
from longbien.wire.cbor import Malformed
from longbien.wire.suites import SoftOpenKey, SoftSigner

SEED = 32
MAX_NAMES = 16


def fresh(size: int) -> bytes:
    """That many bytes of chance from the operating system."""
    return os.urandom(size)


def make_key(wanted: Wanted) -> Held:
    """A new key, ready for use. Raises as `make_material`."""
    return held(make_material(wanted))


def make_material(wanted: Wanted) -> Material:
    """A new key with its private half. Raises Malformed SUITE_UNKNOWN for a suite that is not of
    production.
    """
    if wanted.purpose in {Purpose.ROOT, Purpose.STATEMENT}:
        return _signing(wanted)
    if wanted.purpose is Purpose.SEAL:
        private = fresh(SEED)
        seal_key = SoftOpenKey(wanted.suite, private).seal_key
        return Material(entry=wanted.entry(seal_key.kid, (seal_key.public,)), private=(private,))
    if wanted.purpose is Purpose.LOG:
        return _log(wanted)
    if wanted.purpose is Purpose.EVIDENCE:
        private = fresh(SEED)
        return Material(
            entry=wanted.entry(wrapping_kid(private), (wrapping_name(private),)), private=(private,)
        )
    return _paper(wanted) if wanted.purpose is Purpose.PAPER else _tls(wanted)


def tls_wanted(names: Sequence[str], now: int) -> Wanted:
    """A TLS key for these host names or addresses, the first being the common name, valid for 13 months
    from `now`.
    """
    return Wanted(
        purpose=Purpose.TLS,
        suite=0,
        label=" ".join(names),
        made_at=now,
        since=now - SKEW,
        until=now + TLS_LIFE,
    )


def paper_wanted(name: str, now: int) -> Wanted:
    """A paper key whose certificate bears this name (at most 64 characters), valid for a year from `now`."""
    return Wanted(
        purpose=Purpose.PAPER, suite=0, label=name, made_at=now, since=now - SKEW, until=now + PAPER_LIFE
    )


def evidence_wanted(now: int) -> Wanted:
    """The key that the keys of sealed evidence are wrapped under from `now` on."""
    return Wanted(
        purpose=Purpose.EVIDENCE,
        suite=0,
        label="",
        made_at=now,
        since=now - SKEW,
        until=now + EVIDENCE_KEY_LIFE,
    )


def _signing(wanted: Wanted) -> Material:
    private = _signing_private(wanted.suite)
    key = SoftSigner(wanted.suite, private).verify_key
    return Material(entry=wanted.entry(key.kid, key.public), private=private)


def _signing_private(suite: int) -> tuple[bytes, bytes]:
    if suite == 1:
        return ed25519.Ed25519PrivateKey.generate().private_bytes_raw(), _seed(
            mldsa.MLDSA65PrivateKey.generate()
        )
    if suite == 2:
        scalar = ec.generate_private_key(ec.SECP384R1()).private_numbers().private_value
        return scalar.to_bytes(48, "big"), _seed(mldsa.MLDSA87PrivateKey.generate())
    raise Malformed("SUITE_UNKNOWN", str(suite))


def _seed(key: mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey) -> bytes:
    return key.private_bytes_raw()


def _log(wanted: Wanted) -> Material:
    private = (
        ed25519.Ed25519PrivateKey.generate().private_bytes_raw(),
        _seed(mldsa.MLDSA44PrivateKey.generate()),
    )
    key = SoftLogSigner(origin=wanted.label, ed25519_seed=private[0], mldsa44_seed=private[1]).log_key
    return Material(entry=wanted.entry(log_kid(key), (key.ed25519, key.mldsa44)), private=private)


def _tls(wanted: Wanted) -> Material:
    names = wanted.label.split()
    if not 0 < len(names) <= MAX_NAMES:
        raise Malformed("TLS_NAMES", f"{len(names)} names")
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _certificate(key, names[0], wanted)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(_signature_only(), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False,
        )
    )
    return _certified(key, builder, wanted)


def _paper(wanted: Wanted) -> Material:
    """No extended key usage: programs then take it for signing documents and for nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _certificate(key, wanted.label, wanted).add_extension(
        _signature_only(commitment=True), critical=True
    )
    return _certified(key, builder, wanted)


def _certified(key: ec.EllipticCurvePrivateKey, builder: x509.CertificateBuilder, wanted: Wanted) -> Material:
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Material(entry=wanted.entry(certificate_kid(certificate), (certificate,)), private=(private,))


def _certificate(key: ec.EllipticCurvePrivateKey, name: str, wanted: Wanted) -> x509.CertificateBuilder:
    """Self-signed: what the State's own papers or statements say of it is trusted, so an issuer would add nothing
    but another key to lose.
    """
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_instant(wanted.since))
        .not_valid_after(_instant(wanted.until))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(own, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
    )


def _signature_only(*, commitment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _instant(at: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at // 1000)
