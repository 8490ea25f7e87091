"""A file for a court, as the programs of others see it: openssl, pyHanko, sha256sum, unzip, case_validate, bagit, pypdf."""

import io
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import bagit
import pypdf
import pytest
from bench.evidence.exported import members_of
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf.generic import DictionaryObject, NameObject

from interop import archivable, court_sample, tsa
from interop.court_sample import FILES
from interop.test_print import fonts
from longbien.evidence import names
from longbien.evidence.custody import of_record
from longbien.interop.court import archive, bag, court_file, export, papers, reading, signing
from longbien.interop.court.papers import Facts
from longbien.interop.faults import NotMade
from longbien.interop.words import word
from longbien_verify.court import verify
from node.pair import NOW


def tool(name: str) -> str:
    """A program of the machine, or the test is not run."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("court")
    for name, data in members_of(court_sample.made()).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return folder


def call(folder: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


# --- the archive ----------------------------------------------------------------------------------------------


def test_the_same_arguments_give_the_same_bytes():
    played = court_sample.shared()
    kept: dict[bytes, bytes] = {}
    signer = played.signing()
    # One of the two algorithms of a statement signs with chance.
    once = replace(signer, vouch=lambda payload: kept.setdefault(payload, signer.vouch(payload)))
    one, two = (court_file(played.material(("en", "ru")), once, at=NOW) for _ in range(2))
    assert one == two
    assert len(kept) == 1


def test_unzip_and_sha256sum_find_nothing(unpacked, tmp_path):
    (tmp_path / "x.asice").write_bytes(court_sample.made())
    assert "No errors" in call(tmp_path, tool("unzip"), "-t", "x.asice")
    assert "FAILED" not in call(unpacked, tool("sha256sum"), "-c", archive.SUMS)
    listed = {line.split("  ")[1] for line in (unpacked / archive.SUMS).read_text().splitlines()}
    everything = set(members_of(court_sample.made()))
    assert everything - listed == {archive.SUMS, archive.LISTED, archive.SIGNATURE, archive.EXPORT}


def test_the_type_of_the_file_stands_where_other_programs_look():
    assert court_sample.made()[30:38] == b"mimetype"
    assert court_sample.made()[38:69] == b"application/vnd.etsi.asic-e+zip"


def test_openssl_verifies_the_signature_over_the_list(unpacked):
    command = (
        tool("openssl"),
        *("cms", "-verify", "-binary", "-inform", "DER", "-in", archive.SIGNATURE),
        *("-content", archive.LISTED, "-CAfile", archive.CERTIFICATE, "-purpose", "any", "-out", os.devnull),
        # The sample's clock is not that of this machine.
        *("-attime", str(NOW // 1000)),
    )
    assert "successful" in call(unpacked, *command)
    readme = (unpacked / archive.README).read_text()
    assert "openssl cms -verify -binary -inform DER -in META-INF/signature.p7s" in readme


def test_what_the_file_says_of_itself_is_marked_as_an_exercise(unpacked):
    assert (unpacked / archive.README).read_text().startswith("DEMONSTRATION OR EXERCISE")


# --- the time-stamp -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rsa", [False, True])
def test_a_time_stamp_of_openssl_holds_for_openssl_and_for_the_verifier(tmp_path, rsa):
    tool("openssl")
    tsa.make(tmp_path, rsa=rsa)
    began = time.time() * 1000
    played = court_sample.shared()
    with tsa.serving(tmp_path) as url:
        raw = court_file(played.material(), played.signing(signing.stamper(url)), at=NOW)
    members = members_of(raw)
    (tmp_path / "token.tst").write_bytes(members[archive.TIME])
    (tmp_path / "data.xml").write_bytes(members[archive.TIME_LISTED])
    words = ("ts", "-verify", "-in", "token.tst", "-token_in", "-data", "data.xml", "-CAfile", "ca.pem")
    assert "Verification: OK" in call(tmp_path, "openssl", *words)
    report = verify(raw, list(played.roots))
    assert report.ok
    assert report.file.authority == "CN=Invented TSA"
    assert began - 1000 <= report.file.stamped_at <= time.time() * 1000 + 1000
    assert any("time-stamp authority can be trusted" in sentence for sentence in report.not_proven)
    assert "There is no time-stamp" not in members[archive.README].decode()


def test_a_time_stamp_over_something_else_is_never_handed_out(tmp_path):
    tool("openssl")
    tsa.make(tmp_path)
    played = court_sample.shared()
    with tsa.serving(tmp_path) as url:
        stamp = signing.stamper(url)
        with pytest.raises(NotMade) as refused:
            court_file(played.material(), played.signing(lambda content: stamp(content + b" ")), at=NOW)
    assert "STAMP_OF_OTHER_CONTENT" in refused.value.detail


def test_a_service_that_refuses_or_is_gone_is_told_with_its_code(tmp_path):
    tool("openssl")
    tsa.make(tmp_path)
    with tsa.serving(tmp_path, refuse=True) as url:
        with pytest.raises(NotMade) as refused:
            signing.stamper(url)(b"content")
        assert refused.value.code == "STAMP_REFUSED"
    with pytest.raises(NotMade) as gone:
        signing.stamper(url)(b"content")
    assert gone.value.code == "STAMP_UNREACHABLE"


# --- the papers -----------------------------------------------------------------------------------------------


def test_pyhanko_trusts_every_paper_when_it_trusts_the_certificate(unpacked):
    certificate = load_cert_from_pemder(str(unpacked / archive.CERTIFICATE))
    context = ValidationContext(trust_roots=[certificate], moment=_at(), best_signature_time=_at())
    found = sorted((unpacked / "papers").iterdir())
    assert [path.name for path in found] == ["evidence.en.pdf", "exchange.en.pdf"]
    for path in found:
        (signature,) = PdfFileReader(io.BytesIO(path.read_bytes())).embedded_signatures
        status = validate_pdf_signature(signature, context)
        assert status.bottom_line and status.intact and status.valid and status.trusted
        assert status.coverage.name == "ENTIRE_FILE"
        assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def _at():
    from datetime import UTC, datetime

    return datetime.fromtimestamp(NOW // 1000, UTC)


@pytest.mark.parametrize("languages", [("en", "ru", "vi"), ("en", "ar")])
def test_every_paper_is_pdf_a_3_by_what_can_be_checked_here(languages, tmp_path):
    """The rules of `archivable`, and qpdf where it is; veraPDF would check more."""
    if "ar" in languages:
        fonts("Noto Sans Arabic")
    played = court_sample.shared()
    made = members_of(court_file(played.material(languages), played.signing(), at=NOW))
    names_of_papers = [name for name in made if name.endswith(".pdf")]
    assert len(names_of_papers) == 2 * len(languages)
    for name in names_of_papers:
        assert archivable.findings(made[name]) == [], name
        if shutil.which("qpdf"):
            (tmp_path / "paper.pdf").write_bytes(made[name])
            assert "No syntax or stream encoding errors" in call(tmp_path, "qpdf", "--check", "paper.pdf")


def test_a_signature_of_a_paper_needs_no_appearance(unpacked):
    reader = pypdf.PdfReader(unpacked / "papers" / "evidence.en.pdf")
    (field,) = (item.get_object() for page in reader.pages for item in page.get("/Annots", []))
    left, bottom, right, top = map(float, field["/Rect"])
    assert (field["/FT"], left, bottom) == ("/Sig", right, top), "it has no extent"
    assert field["/F"] & 4 and not field["/F"] & 2 and left < 0, "printable, not hidden, off the page"


def _no_language(root):
    del root["/Lang"]


def _no_profile(root):
    del root["/OutputIntents"]


def _script(root):
    root[NameObject("/OpenAction")] = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})


def _no_tags(root):
    del root["/StructTreeRoot"]


def _fonts_outside(root):
    page = root["/Pages"]["/Kids"][0].get_object()
    for font in page["/Resources"]["/Font"].values():
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for name in {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
            del described[name]


@pytest.mark.parametrize(
    ("hurt", "clause"),
    [
        *((_no_language, "6.7.4"), (_no_profile, "6.2.3"), (_script, "6.5.1"), (_no_tags, "6.7.2")),
        (_fonts_outside, "6.2.11.4"),
    ],
)
def test_the_check_of_a_paper_finds_what_is_wrong(unpacked, hurt, clause):
    writer = pypdf.PdfWriter(clone_from=unpacked / "papers" / "evidence.en.pdf")
    hurt(writer.root_object)
    out = io.BytesIO()
    writer.write(out)
    assert any(each.startswith(clause) for each in archivable.findings(out.getvalue()))


def text_of(raw: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages).split())


def test_a_paper_says_what_it_is_and_what_counts(unpacked):
    for path in (unpacked / "papers").iterdir():
        text = text_of(path.read_bytes())
        assert word("mark_demo", "en") in text
        assert "What counts are the signed bytes" in text


def test_the_papers_tell_proof_custody_and_hostile_names(unpacked):
    exchange = text_of((unpacked / "papers" / "exchange.en.pdf").read_bytes())
    assert "In the ledger of VN" in exchange
    assert "by the clock of RU" in exchange
    evidence = text_of((unpacked / "papers" / "evidence.en.pdf").read_bytes())
    for fact in (
        "Handed to the court",
        "leaf 5 of its ledger",
        "Server in the third rack",
        "imei 000000000000000",
    ):
        assert fact in evidence
    assert "⟨U+202E⟩gpj.exe⟨U+0000⟩⟨0xFF⟩" in evidence
    assert word("court_unbroken", "en") in evidence


def test_a_paper_shows_what_does_not_fit():
    played = court_sample.shared()
    material = played.material(custody=played.custody[1:])
    facts = Facts(exchange="00", modes=["demo"], certificate=bytes(32), at=NOW)
    page = papers.of_evidence(material, reading.read(material.manifests, material.custody), facts, "en")
    missing = [line for section in page.sections for line in section.lines if line.missing]
    assert [line.code for line in missing] == ["LINK_MISSING", "STEP_MISSING", "NO_ORIGIN"]
    assert {run.text for line in missing for run in line.runs} >= {word("gap_NO_ORIGIN", "en")}


def test_a_paper_that_cannot_show_every_item_says_how_many_are_missing(monkeypatch):
    monkeypatch.setattr(papers, "ITEMS_SHOWN", 1)
    played = court_sample.shared()
    material = played.material()
    facts = Facts(exchange="00", modes=["demo"], certificate=bytes(32), at=NOW)
    page = papers.of_evidence(material, reading.read(material.manifests, material.custody), facts, "en")
    assert page.sections[-1].title[0].text.startswith("1 more items")


def test_a_file_that_nobody_could_check_is_not_made(monkeypatch):
    monkeypatch.setattr(export, "MEMBERS_MAX", 5)
    played = court_sample.shared()
    with pytest.raises(NotMade) as refused:
        court_file(played.material(), played.signing(), at=NOW)
    assert refused.value.code == "EXPORT_TOO_LARGE"


@pytest.mark.parametrize("language", ["ar", "ru", "vi", "zh"])
def test_there_are_papers_in_the_languages_of_the_parties(language):
    fonts("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC")
    played = court_sample.shared()
    raw = court_file(played.material((language,)), played.signing(), at=NOW)
    assert verify(raw, list(played.roots)).ok
    assert {name for name in members_of(raw) if name.startswith("papers/")} == {
        f"papers/{kind}.{language}.pdf" for kind in ("evidence", "exchange")
    }


def test_without_the_optional_parts_the_refusal_says_what_to_install(monkeypatch):
    monkeypatch.setattr(signing.util, "find_spec", lambda name: None)
    played = court_sample.shared()
    with pytest.raises(NotMade) as refused:
        court_file(played.material(), played.signing(), at=NOW)
    assert (refused.value.code, refused.value.detail) == ("ENGINE_MISSING", "install longbien[documents]")


# --- for forensic tools and archives --------------------------------------------------------------------------


def test_case_validate_conforms(unpacked):
    script = Path(sys.executable).with_name("case_validate")
    assert "Conforms: True" in call(unpacked, str(script), archive.CASE)


def test_case_holds_every_item_and_every_touch(unpacked):
    graph = json.loads((unpacked / archive.CASE).read_text())["@graph"]
    actions = [node for node in graph if node["@type"] == "case-investigation:InvestigativeAction"]
    events = [of_record(_record(raw)) for raw in court_sample.shared().custody]
    assert len(actions) == len(events) + len(FILES)
    hashes = [
        one["uco-types:hashValue"]["@value"]
        for node in graph
        for facet in node.get("uco-core:hasFacet", [])
        for one in facet.get("uco-observable:hash", [])
    ]
    assert {event.sha256.hex() for event in events} <= set(hashes)


def _record(raw: bytes):
    from longbien.ledger import receipt, records

    return records.decode(receipt.decode(raw).record)


@pytest.fixture
def sources(tmp_path) -> dict[str, Path]:
    found = {}
    for number, (name, data) in FILES.items():
        path = tmp_path / f"source-{number}"
        path.write_bytes(data)
        found[names.stored(name, number)] = path
    return found


def test_bagit_validates_the_bag_and_the_file_in_it_is_checked_against_its_evidence(tmp_path, sources):
    folder = tmp_path / "bag"
    bag(folder, court_sample.made(), sources, exchange="00", at=NOW)
    assert "is valid" in call(tmp_path, sys.executable, bagit.__file__, "--validate", str(folder))
    roots = [word for root in court_sample.shared().roots for word in ("--root", root.hex())]
    checked = (str(folder / "data/exchange.asice"), *roots, "--files", str(folder / "data/evidence"))
    assert "HOLDS" in call(tmp_path, str(Path(sys.executable).with_name("longbien-verify")), *checked)


def test_a_bag_writes_over_nothing_and_follows_no_name(tmp_path, sources):
    with pytest.raises(NotMade) as refused:
        bag(tmp_path, b"", {}, exchange="00", at=NOW)
    assert refused.value.code == "FOLDER_EXISTS"
    for name in ("../x", "a/b", "", ".."):
        with pytest.raises(NotMade) as unsafe:
            bag(tmp_path / "new", b"", {name: next(iter(sources.values()))}, exchange="00", at=NOW)
        assert unsafe.value.code == "NAME_UNSAFE"
        assert not (tmp_path / "new").exists()
