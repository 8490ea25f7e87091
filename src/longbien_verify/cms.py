"""CMS (RFC 5652), as far as a court's file uses it: one signature beside a content, and a time-stamp (RFC 3161).

DER is read strictly, and only its skeleton: what is compared is compared as bytes. No certificate is believed here: that of
the signature is named by a statement of the State, that of a time-stamp has to be known by the court.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from longbien_verify.proof import Fails

_DATA, _SIGNED = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
_CONTENT_TYPE, _DIGEST = bytes.fromhex("06092a864886f70d010903"), bytes.fromhex("06092a864886f70d010904")
_HASHES = {
    bytes.fromhex("0609608648016503040201"): ("sha256", hashes.SHA256()),
    bytes.fromhex("0609608648016503040202"): ("sha384", hashes.SHA384()),
    bytes.fromhex("0609608648016503040203"): ("sha512", hashes.SHA512()),
}
_SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """That the holder of a certificate says a content was there at a time (ms)."""

    at: int
    authority: str
    certificate: str


@dataclass(frozen=True, slots=True)
class _Node:
    """One DER element: its tag, its content, and all of its bytes."""

    tag: int
    content: bytes
    raw: bytes

    def parts(self, tag: int | None = None) -> list["_Node"]:
        if tag is not None and self.tag != tag:
            raise ValueError(f"tag {self.tag:#x} for {tag:#x}")
        found, at = [], 0
        while at < len(self.content):
            item, at = _element(self.content, at)
            found.append(item)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """A SignedData with one signer; `attributes` are the signed ones by their type."""

    kind: bytes
    content: bytes | None
    certificate: x509.Certificate
    attributes: dict[bytes, _Node]
    digest: str


def check_signature(raw: bytes, content: bytes, certificate: bytes, where: str) -> None:
    """The CMS is a signature over exactly `content` by the holder of `certificate` (DER); raises `Fails`."""
    signed = _open(raw, where)
    if signed.kind != _DATA or signed.content is not None:
        raise Fails("CMS_FORM", where)
    if signed.certificate.public_bytes(Encoding.DER) != certificate:
        raise Fails("CMS_CERTIFICATE", where)
    named = signed.attributes.get(_SIGNING_CERTIFICATE)
    if named is None or hashlib.sha256(certificate).digest() not in named.raw:
        raise Fails("CMS_CERTIFICATE", where)
    _check_digest(signed, content, where)


def check_stamp(raw: bytes, content: bytes, where: str) -> Stamped:
    """What the time-stamp says about exactly `content`; raises `Fails`."""
    signed = _open(raw, where)
    try:
        if signed.kind != _TST_INFO or signed.content is None:
            raise ValueError("no TSTInfo")
        _check_digest(signed, signed.content, where)
        _, _, imprint, _, moment, *_ = _whole(signed.content).parts(0x30)
        algorithm, hashed = imprint.parts(0x30)
        name, _ = _HASHES[algorithm.parts(0x30)[0].raw]
        usage = signed.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        at = _instant(moment)
    except (ValueError, KeyError, x509.ExtensionNotFound) as error:
        raise Fails("STAMP_FORM", where) from error
    if hashlib.new(name, content).digest() != hashed.content:
        raise Fails("STAMP_OF_OTHER_CONTENT", where)
    if ExtendedKeyUsageOID.TIME_STAMPING not in usage:
        raise Fails("STAMP_CERTIFICATE", where)
    known = signed.certificate.public_bytes(Encoding.DER)
    return Stamped(
        at=at,
        authority=signed.certificate.subject.rfc4514_string(),
        certificate=hashlib.sha256(known).hexdigest(),
    )


def _open(raw: bytes, where: str) -> _Signed:
    """A SignedData whose one signature holds; raises `Fails` CMS_FORM, CMS_SIGNATURE."""
    try:
        kind, wrapped = _whole(raw).parts(0x30)
        (data,) = wrapped.parts(0xA0)
        _, _, inside, certificates, *_, signers = data.parts(0x30)
        (signer,) = signers.parts(0x31)
        _, name, digest, attributes, _, signature, *_ = signer.parts(0x30)
        if kind.raw != _SIGNED or attributes.tag != 0xA0 or signature.tag != 0x04:
            raise ValueError("SignedData")
        algorithm, chosen = _HASHES[digest.parts(0x30)[0].raw]
        certificate = _named(certificates, name)
        content_kind, *content = inside.parts(0x30)
        found = [item.parts(0x30) for item in attributes.parts()]
        # What is signed is the set itself, under its own tag.
        message = b"\x31" + attributes.raw[1:]
        _verify(certificate, signature.content, message, chosen)
    except InvalidSignature as error:
        raise Fails("CMS_SIGNATURE", where) from error
    except (ValueError, KeyError, TypeError, UnsupportedAlgorithm) as error:
        raise Fails("CMS_FORM", where) from error
    return _Signed(
        kind=content_kind.raw,
        content=content[0].parts(0xA0)[0].content if content else None,
        certificate=certificate,
        attributes={kind.raw: values for kind, values in found},
        digest=algorithm,
    )


def _check_digest(signed: _Signed, content: bytes, where: str) -> None:
    kind, digest = signed.attributes.get(_CONTENT_TYPE), signed.attributes.get(_DIGEST)
    if kind is None or digest is None or [item.raw for item in kind.parts(0x31)] != [signed.kind]:
        raise Fails("CMS_FORM", where)
    if [item.content for item in digest.parts(0x31)] != [hashlib.new(signed.digest, content).digest()]:
        raise Fails("CMS_OF_OTHER_CONTENT", where)


def _verify(
    certificate: x509.Certificate, signature: bytes, message: bytes, chosen: hashes.HashAlgorithm
) -> None:
    match certificate.public_key():
        case ec.EllipticCurvePublicKey() as key:
            key.verify(signature, message, ec.ECDSA(chosen))
        case rsa.RSAPublicKey() as key:
            key.verify(signature, message, padding.PKCS1v15(), chosen)
        case _:
            raise ValueError("another kind of key")


def _named(certificates: _Node, name: _Node) -> x509.Certificate:
    """The certificate that issuer and number name."""
    issuer, number = name.parts(0x30)
    for item in certificates.parts(0xA0):
        found = x509.load_der_x509_certificate(item.raw)
        if found.issuer.public_bytes() == issuer.raw and found.serial_number == int.from_bytes(
            number.content
        ):
            return found
    raise ValueError("the signer's certificate is not here")


def _instant(moment: _Node) -> int:
    if moment.tag != 0x18:
        raise ValueError("time")
    text = moment.content.decode("ascii")
    form = "%Y%m%d%H%M%S.%fZ" if "." in text else "%Y%m%d%H%M%SZ"
    return round(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp() * 1000)


def _whole(raw: bytes) -> _Node:
    item, end = _element(raw, 0)
    if end != len(raw):
        raise ValueError("bytes follow")
    return item


def _element(data: bytes, at: int) -> tuple[_Node, int]:
    """The DER element at a place, and where it ends; raises `ValueError` for any other form than the shortest."""
    head = data[at : at + 2]
    if len(head) < 2 or head[0] & 31 == 31:
        raise ValueError("no element")
    size, start = head[1], at + 2
    if size >= 128:
        count = size - 128
        size = int.from_bytes(data[start : start + count])
        start += count
        if not 1 <= count <= 4 or size < 128 or size >> 8 * (count - 1) == 0:
            raise ValueError("length")
    if start + size > len(data):
        raise ValueError("cut")
    return _Node(head[0], data[start : start + size], data[at : start + size]), start + size
