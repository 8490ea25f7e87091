"""The file for a court: an ASiC-E archive, read so strictly that one content has one sequence of bytes (docs/wire/12-court-file.md).

Members are stored, in one order, with one time, and nothing stands before, between or behind them. So nothing of the archive
is interpreted: it is written anew from what was read, and the two must be equal.
"""

import base64
import hashlib
import re
import struct
import zlib
from datetime import UTC, datetime

from longbien_verify.proof import Fails

FIRST, TYPE = "mimetype", b"application/vnd.etsi.asic-e+zip"
RECORD, SUMS, CERTIFICATE = "record.cbor", "SHA256SUMS", "certificate.pem"
LISTED, SIGNATURE = "META-INF/ASiCManifest.xml", "META-INF/signature.p7s"
TIME_LISTED, TIME = "META-INF/ASiCManifest-time.xml", "META-INF/timestamp.tst"
EXPORT = "META-INF/export.cose"
BYTES_MAX = 512 << 20
# In the order of the archive; a star may come any number of times, a question mark once or not at all.
ORDER = (
    ("", FIRST),
    ("", r"READ-ME\.txt"),
    ("", RECORD),
    ("*", r"manifests/[0-9]{6}\.cose"),
    ("*", r"custody/[0-9]{6}\.cbor"),
    ("", r"case\.jsonld"),
    ("*", r"papers/(evidence|exchange)\.[a-z]{2}\.pdf"),
    ("", CERTIFICATE),
    ("", SUMS),
    ("", re.escape(LISTED)),
    ("", re.escape(SIGNATURE)),
    ("?", re.escape(TIME_LISTED)),
    ("?", re.escape(TIME)),
    ("", re.escape(EXPORT)),
)
_TYPES = {
    "cbor": "application/cbor",
    "cose": "application/cose",
    "jsonld": "application/ld+json",
    "p7s": "application/pkcs7-signature",
    "pdf": "application/pdf",
    "pem": "application/pem-certificate-chain",
    "tst": "application/vnd.etsi.timestamp-token",
}
_LOCAL, _END = "<4sHHHHHIIIHH", "<4sHHHHIIH"
_MODE = 0o100644 << 16


def is_container(raw: bytes) -> bool:
    """Whether these bytes want to be an archive, and not a bare record."""
    return raw[:2] == b"PK"


def read(raw: bytes) -> tuple[dict[str, bytes], bytes]:
    """The members in their order, and the time of the archive (DOS, 4 bytes); raises `Fails` CONTAINER_…."""
    members: dict[str, bytes] = {}
    at, moment = 0, raw[10:14]
    while raw[at : at + 4] == b"PK\x03\x04":
        where = f"at byte {at}"
        head = raw[at : at + 30]
        if len(head) < 30:
            raise Fails("CONTAINER_CUT", where)
        *_, check, size, _, named, extra = struct.unpack(_LOCAL, head)
        start = at + 30 + named
        name = raw[at + 30 : start].decode("ascii", "replace")
        if extra or start + size > len(raw):
            raise Fails("CONTAINER_CUT", f"{name} {where}")
        if name in members:
            raise Fails("CONTAINER_DOUBLED", name)
        members[name] = raw[start : start + size]
        if zlib.crc32(members[name]) != check:
            raise Fails("CONTAINER_MEMBER_CHANGED", name)
        at = start + size
    _check_order(list(members))
    if members[FIRST] != TYPE:
        raise Fails("CONTAINER_TYPE", FIRST)
    written = write(members, moment)
    if written != raw:
        raise Fails("CONTAINER_BYTES", f"from byte {_differ(written, raw)}")
    return members, moment


def write(members: dict[str, bytes], moment: bytes) -> bytes:
    """The one archive of these members."""
    body, index = [], []
    at = 0
    for name, data in members.items():
        label = name.encode("ascii")
        checked = struct.pack("<III", zlib.crc32(data), len(data), len(data))
        common = b"\x00\x00\x00\x00" + moment + checked + struct.pack("<HH", len(label), 0)
        head = b"PK\x03\x04" + struct.pack("<H", 20) + common + label
        central = b"PK\x01\x02" + struct.pack("<HH", 0x0314, 20) + common
        index.append(central + struct.pack("<HHHII", 0, 0, 0, _MODE, at) + label)
        body += [head, data]
        at += len(head) + len(data)
    listed = b"".join(index)
    end = struct.pack(_END, b"PK\x05\x06", 0, 0, len(members), len(members), len(listed), at, 0)
    return b"".join([*body, listed, end])


def moment_of(at: int) -> bytes:
    """A time (ms) as the archive writes it: two-second steps, UTC."""
    when = datetime.fromtimestamp(at // 1000, UTC)
    clock = when.hour << 11 | when.minute << 5 | when.second // 2
    return struct.pack("<HH", clock, when.year - 1980 << 9 | when.month << 5 | when.day)


def sums(members: dict[str, bytes]) -> bytes:
    """What `SHA256SUMS` has to say: every member that is not about the list itself."""
    named = [name for name in members if name != SUMS and not name.startswith("META-INF/")]
    return "".join(f"{hashlib.sha256(members[name]).hexdigest()}  {name}\n" for name in named).encode()


def listing(members: dict[str, bytes], *, covers: str) -> bytes:
    """The list that the signature, or the time-stamp, `covers`: ASiCManifest of ETSI EN 319 162-1, in one form."""
    named = [name for name in members if name != FIRST and not name.startswith("META-INF/")]
    named += [LISTED, SIGNATURE] if covers == TIME else []
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
        f'<asic:SigReference URI="{covers}" MimeType="{_type(covers)}"/>',
    ]
    lines += [_object(name, members[name]) for name in named]
    return ("\n".join([*lines, "</asic:ASiCManifest>"]) + "\n").encode()


def _object(name: str, data: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return (
        f'<asic:DataObjectReference URI="{name}" MimeType="{_type(name)}">'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></asic:DataObjectReference>"
    )


def _type(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2], "text/xml" if name.endswith(".xml") else "text/plain")


def _check_order(names: list[str]) -> None:
    """Every member that must be there is, in its place, and no other is."""
    at = 0
    for times, form in ORDER:
        before = at
        while at < len(names) and re.fullmatch(form, names[at]) and (times == "*" or at == before):
            at += 1
        if not times and at == before:
            raise Fails("CONTAINER_MEMBER_MISSING", form.replace("\\", ""))
    if at < len(names):
        raise Fails("CONTAINER_MEMBER_STRANGE", names[at])
    if (TIME in names) != (TIME_LISTED in names):
        raise Fails("CONTAINER_MEMBER_MISSING", TIME)


def _differ(one: bytes, other: bytes) -> int:
    """The first place where two different byte strings part."""
    low, high = 0, min(len(one), len(other)) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle
    return low
