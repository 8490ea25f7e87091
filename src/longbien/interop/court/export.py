"""From material to the finished file, in the order in which the parts depend on each other.

What it knows: that order. What it must never do: hand out a file that the court's own verifier would refuse.

 1. what is signed already: record, manifests, custody;
 2. what is made from it: CASE, papers with their signatures, the list of all digests;
 3. the signature over that list, and the time-stamp over list and signature;
 4. the node's statement over the list, the signature, the time-stamp and the certificate: it vouches for every byte.
"""

from hashlib import sha256
from typing import Final

from longbien.interop.court import archive, papers, signing
from longbien.interop.court.archive import archive as archived
from longbien.interop.court.case import case
from longbien.interop.court.material import Material, Signing
from longbien.interop.court.papers import Facts
from longbien.interop.court.reading import Evidence, read
from longbien.interop.faults import NotMade
from longbien.interop.pdf import pdf
from longbien.wire import cbor
from longbien_verify.court import verify
from longbien_verify.record import Report

FORMAT: Final = "longbien-court-file/1"
# What a verifier reads at once, and what an archive without ZIP64 can count.
BYTES_MAX: Final = 512 << 20
MEMBERS_MAX: Final = 60_000


def court_file(material: Material, signer: Signing, *, at: int) -> bytes:
    """The file for a court, made at `at` (ms). The same arguments and the same signatures give the same bytes.

    Raises:
        NotMade: ENGINE_MISSING, FONT_MISSING, PAGE_FAILED for papers; STAMP_UNREACHABLE, STAMP_REFUSED for the
            time-stamp; EXPORT_TOO_LARGE; EXPORT_DOES_NOT_HOLD when the verifier finds that something in the file does not hold.
        Malformed: a manifest or a receipt is none.
    """
    signing.check_ready()
    proven = verify(material.record, list(material.roots))
    _refuse(proven)
    evidence = read(material.manifests, material.custody)
    exchange = bytes.fromhex(proven.exchange)
    members = {
        archive.MIMETYPE: archive.MEDIA_TYPE.encode(),
        archive.README: _about(proven, stamped=signer.stamp is not None).encode(),
        archive.RECORD: material.record,
        **{archive.manifest_name(n): raw for n, raw in enumerate(material.manifests, 1)},
        **{archive.custody_name(n): raw for n, raw in enumerate(material.custody, 1)},
        archive.CASE: case(exchange, evidence),
        **_papers(material, evidence, proven, signer, at),
        archive.CERTIFICATE: archive.pem(signer.paper.certificate),
    }
    size = sum(map(len, members.values()))
    if size > BYTES_MAX or len(members) > MEMBERS_MAX:
        raise NotMade("EXPORT_TOO_LARGE", f"{len(members)} members of {size} bytes")
    members[archive.SUMS] = archive.sums(members)
    members[archive.LISTED] = archive.listing(members, covers=archive.SIGNATURE)
    members[archive.SIGNATURE] = signing.beside(members[archive.LISTED], signer.paper, at=at)
    if signer.stamp is not None:
        members[archive.TIME_LISTED] = archive.listing(members, covers=archive.TIME)
        members[archive.TIME] = signer.stamp(members[archive.TIME_LISTED])
    members[archive.EXPORT] = signer.vouch(_statement(members, exchange, signer.paper.certificate, at))
    made = archived(members, at=at)
    _refuse(verify(made, list(material.roots)))
    return made


def _papers(
    material: Material, evidence: Evidence, proven: Report, signer: Signing, at: int
) -> dict[str, bytes]:
    facts = Facts(
        exchange=proven.exchange,
        modes=material.told["modes"],
        certificate=sha256(signer.paper.certificate).digest(),
        at=at,
    )
    made = {}
    for language in material.languages:
        pages = {"exchange": papers.of_exchange(material, proven, facts, language)}
        if evidence.manifests:
            pages["evidence"] = papers.of_evidence(material, evidence, facts, language)
        for kind, page in pages.items():
            name = archive.paper_name(kind, language)
            made[name] = signing.inside(pdf(page, at=at), signer.paper, at=at)
    return dict(sorted(made.items()))


def _statement(members: archive.Members, exchange: bytes, certificate: bytes, at: int) -> bytes:
    stamp = members.get(archive.TIME)
    return cbor.encode(
        {
            "format": FORMAT,
            "exchange": exchange,
            "made_at": at,
            "certificate": sha256(certificate).digest(),
            "list": sha256(members[archive.SUMS]).digest(),
            "signature": sha256(members[archive.SIGNATURE]).digest(),
            "timestamp": b"" if stamp is None else sha256(stamp).digest(),
        }
    )


def _refuse(report: Report) -> None:
    """Gaps in custody are shown in the file; what does not hold stops it."""
    if report.findings:
        raise NotMade("EXPORT_DOES_NOT_HOLD", "; ".join(report.findings))


def _about(proven: Report, *, stamped: bool) -> str:
    practice = "DEMONSTRATION OR EXERCISE: not a live matter.\n\n" if proven.demonstration else ""
    time = (
        "META-INF/timestamp.tst is a time-stamp (RFC 3161) over META-INF/ASiCManifest-time.xml."
        if stamped
        else "There is no time-stamp (RFC 3161): no service was configured where this file was made."
    )
    return (
        f"{practice}Exchange {proven.exchange} between {', '.join(sorted(proven.parties))}.\n\n"
        "What counts are the signed bytes: record.cbor, manifests, custody. The papers (PDF) and case.jsonld are made from\n"
        "them for people and for forensic tools.\n\n"
        "Everything at once, offline, from the root fingerprints of the States, which come to you by another way:\n"
        "  longbien-verify FILE --root FINGERPRINT --root FINGERPRINT\n\n"
        "With common tools, after unpacking:\n"
        "  sha256sum -c SHA256SUMS\n"
        "  openssl cms -verify -binary -inform DER -in META-INF/signature.p7s -content META-INF/ASiCManifest.xml \\\n"
        "    -CAfile certificate.pem -purpose any -out /dev/null\n"
        "These show that nothing changed since somebody with this certificate signed. That the certificate is the State's\n"
        "is said by META-INF/export.cose, which longbien-verify checks.\n\n"
        f"{time}\n"
    )
