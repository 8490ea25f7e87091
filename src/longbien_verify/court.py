"""The file for a court, checked from its bytes to the custody of each item (docs/wire/12-court-file.md).

(1) the archive has the one form that it may have, and its lists are those of its members;
(2) the record in it holds (docs/wire/08-record.md), so the State that made the file is known by its root;
(3) that State signed the digests of the list, of the signature beside it and of its certificate: no byte can change;
(4) the signature, and the time-stamp if there is one, are over these lists;
(5) every manifest is signed and named by an act; every touch is in the ledger of who touched it.
"""

import base64
import hashlib
import struct
from typing import Any

from longbien_verify import container
from longbien_verify.cbor import Unreadable, decode
from longbien_verify.cms import Stamped, check_signature, check_stamp
from longbien_verify.cose import read as read_statement
from longbien_verify.cose import verify as verify_statement
from longbien_verify.custody import check_items
from longbien_verify.files import NOT_COMPARED
from longbien_verify.proof import Fails, sha256
from longbien_verify.record import Check, File, Report, check
from longbien_verify.record import verify as verify_record

FORMAT = "longbien-court-file/1"
NOT_PROVEN = (
    "That a paper (PDF) or the CASE file says what the signed bytes say; it is as the State made it, and the bytes count.",
    NOT_COMPARED,
    "That nothing happened to an item of which nobody wrote, nor after the last event shown.",
    "The signatures inside the papers: a reader of PDF checks them; their certificate is the one named above.",
)
NO_STAMP = "That the file is as old as it says: no time-stamp service was configured when it was made."
STAMP = "That the time-stamp authority can be trusted: compare its certificate with one that the court knows."
_UNREADABLE = (
    *(Unreadable, KeyError, TypeError, ValueError, AttributeError, RecursionError),
    *(OverflowError, OSError, struct.error),
)


def verify(raw: bytes, fingerprints: list[bytes]) -> Report:
    """What the file proves to somebody who has only these root fingerprints; a bare record is one too. Never raises."""
    if not container.is_container(raw):
        return verify_record(raw, fingerprints)
    report = Report()
    report.not_proven = (*report.not_proven, *NOT_PROVEN)
    try:
        members, moment = container.read(raw)
        _check_lists(members, report)
        record = None if report.findings else check(members[container.RECORD], fingerprints, report)
        if record is not None:
            _check_file(members, moment, record, report)
            check_items(members, record, report)
    except Fails as fault:
        report.findings.append(str(fault))
    except _UNREADABLE as error:
        report.findings.append(f"FILE_UNREADABLE {type(error).__name__}")
    report.ok = not report.findings and not report.gaps
    return report


def _check_lists(members: dict[str, bytes], report: Report) -> None:
    """The lists in the file are those of its members; a line that is not names the member that changed."""
    told, due = (
        text.decode("utf-8", "replace").split("\n")
        for text in (members[container.SUMS], container.sums(members))
    )
    for line in sorted(set(due) - set(told)):
        report.findings.append(f"MEMBER_CHANGED {line.partition('  ')[2]}")
    if told != due and set(due) <= set(told):
        report.findings.append(f"LIST_DIFFERS {container.SUMS}")
    if members[container.LISTED] != container.listing(members, covers=container.SIGNATURE):
        report.findings.append(f"LIST_DIFFERS {container.LISTED}")
    if container.TIME in members and members[container.TIME_LISTED] != container.listing(
        members, covers=container.TIME
    ):
        report.findings.append(f"LIST_DIFFERS {container.TIME_LISTED}")


def _check_file(members: dict[str, bytes], moment: bytes, record: Check, report: Report) -> None:
    """The State's own statement about this file, and the signatures beside it."""
    signed = read_statement(members[container.EXPORT])
    told: dict[str, Any] = decode(signed.payload)
    party = record.parties.get(signed.issuer)
    if signed.kind != "export" or party is None or signed.subject != record.exchange:
        raise Fails("EXPORT_OF_OTHER_EXCHANGE", container.EXPORT)
    if signed.descriptor not in party.offices or set(signed.signers) & set(party.revoked):
        raise Fails("EXPORT_KEY", container.EXPORT)
    verify_statement(signed, party.keys, container.EXPORT)
    if set(told) != {"format", "exchange", "made_at", "certificate", "list", "signature", "timestamp"}:
        raise Fails("EXPORT_FORMAT", container.EXPORT)
    if told["format"] != FORMAT or told["exchange"] != record.exchange:
        raise Fails("EXPORT_FORMAT", container.EXPORT)
    if container.moment_of(told["made_at"]) != moment:
        raise Fails("EXPORT_TIME", container.EXPORT)
    certificate = _certificate(members[container.CERTIFICATE])
    stamp = members.get(container.TIME)
    for name, found in (
        ("certificate", sha256(certificate)),
        ("list", sha256(members[container.SUMS])),
        ("signature", sha256(members[container.SIGNATURE])),
        ("timestamp", b"" if stamp is None else sha256(stamp)),
    ):
        if told[name] != found:
            raise Fails("EXPORT_DIFFERS", name)
    check_signature(members[container.SIGNATURE], members[container.LISTED], certificate, container.SIGNATURE)
    stamped: Stamped | None = None
    if stamp is not None:
        stamped = check_stamp(stamp, members[container.TIME_LISTED], container.TIME)
    report.not_proven = (*report.not_proven, NO_STAMP if stamped is None else STAMP)
    report.file = File(
        party=party.code,
        made_at=told["made_at"],
        certificate=hashlib.sha256(certificate).hexdigest(),
        members=len(members),
        stamped_at=None if stamped is None else stamped.at,
        authority="" if stamped is None else stamped.authority,
        authority_certificate="" if stamped is None else stamped.certificate,
    )


def _certificate(pem: bytes) -> bytes:
    """The certificate in the one spelling of PEM: lines of 64 characters."""
    head, tail = b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n"
    raw = base64.b64decode(pem.removeprefix(head).removesuffix(tail))
    encoded = base64.b64encode(raw)
    lines = [encoded[at : at + 64] + b"\n" for at in range(0, len(encoded), 64)]
    if b"".join((head, *lines, tail)) != pem:
        raise Fails("CERTIFICATE_FORM", container.CERTIFICATE)
    return raw
