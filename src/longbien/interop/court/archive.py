"""The archive: members in one order, stored, with one time, so that the same members are always the same bytes.

What it knows: ASiC-E (ETSI EN 319 162-1) as far as it is used, and ZIP. What it must never know: what is in a member.
"""

import io
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

MEDIA_TYPE: Final = "application/vnd.etsi.asic-e+zip"
MIMETYPE: Final = "mimetype"
README: Final = "READ-ME.txt"
RECORD: Final = "record.cbor"
CASE: Final = "case.jsonld"
CERTIFICATE: Final = "certificate.pem"
SUMS: Final = "SHA256SUMS"
LISTED: Final = "META-INF/ASiCManifest.xml"
SIGNATURE: Final = "META-INF/signature.p7s"
TIME_LISTED: Final = "META-INF/ASiCManifest-time.xml"
TIME: Final = "META-INF/timestamp.tst"
EXPORT: Final = "META-INF/export.cose"

_TYPES: Final = {
    ".cbor": "application/cbor",
    ".cose": "application/cose",
    ".jsonld": "application/ld+json",
    ".p7s": "application/pkcs7-signature",
    ".pdf": "application/pdf",
    ".pem": "application/pem-certificate-chain",
    ".tst": "application/vnd.etsi.timestamp-token",
    ".xml": "text/xml",
}
_FILE_MODE: Final = 0o100644

Members = Mapping[str, bytes]


def manifest_name(number: int) -> str:
    """The member of the n-th manifest statement, from 1."""
    return f"manifests/{number:06}.cose"


def custody_name(number: int) -> str:
    """The member of the n-th custody receipt, from 1."""
    return f"custody/{number:06}.cbor"


def paper_name(kind: str, language: str) -> str:
    """The member of a paper: `exchange` or `evidence`, in a language."""
    return f"papers/{kind}.{language.partition('-')[0]}.pdf"


def archive(members: Members, *, at: int) -> bytes:
    """The bytes of the archive; `at` (ms) becomes the time of every member, in steps of two seconds."""
    when = datetime.fromtimestamp(at // 1000, UTC).timetuple()[:6]
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as made:
        for name, data in members.items():
            entry = ZipInfo(name, when)
            entry.create_system, entry.external_attr = 3, _FILE_MODE << 16
            made.writestr(entry, data)
    return out.getvalue()


def sums(members: Members) -> bytes:
    """The list that `sha256sum -c` reads: every member but the list itself and what stands in META-INF."""
    return "".join(
        f"{sha256(data).hexdigest()}  {name}\n" for name, data in members.items() if _is_content(name)
    ).encode()


def listing(members: Members, *, covers: str) -> bytes:
    """The ASiCManifest that `covers`, the signature or the time-stamp, is over. The time-stamp is over the signature too."""
    names = [name for name in members if name != MIMETYPE and not name.startswith("META-INF/")]
    names += [LISTED, SIGNATURE] if covers == TIME else []
    objects = "".join(_object(name, members[name]) for name in names)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" '
        'xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
        f'<asic:SigReference URI="{covers}" MimeType="{_media_type(covers)}"/>\n'
        f"{objects}</asic:ASiCManifest>\n"
    ).encode()


def pem(certificate: bytes) -> bytes:
    """A certificate (DER) as PEM."""
    text = b64encode(certificate).decode()
    lines = "".join(f"{text[at : at + 64]}\n" for at in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n".encode()


def _is_content(name: str) -> bool:
    return name != SUMS and not name.startswith("META-INF/")


def _object(name: str, data: bytes) -> str:
    digest = b64encode(sha256(data).digest()).decode()
    return (
        f'<asic:DataObjectReference URI="{name}" MimeType="{_media_type(name)}">'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></asic:DataObjectReference>\n"
    )


def _media_type(name: str) -> str:
    return next((kind for ending, kind in _TYPES.items() if name.endswith(ending)), "text/plain")
