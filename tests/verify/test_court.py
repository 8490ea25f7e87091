"""The file for a court: accepted as it was made, refused after any change, and never more believed than it is proven."""

import json
import random
import subprocess
import sys
from pathlib import Path

import cbor2
import pytest
from bench.evidence.exported import ROUND, Files, changed, members_of
from hypothesis import given
from hypothesis import strategies as st

from interop import court_sample
from interop.court_sample import FILES
from longbien.evidence import Event, Touch, manifest, timelines
from longbien.evidence.custody import NO_EVENT, WITH_ORIGINAL, WITH_OTHER
from longbien.interop.court import archive, court_file, export, signing
from longbien.interop.faults import NotMade
from longbien.keys.generate import make_key, paper_wanted
from longbien.node.court import vouch
from longbien.wire import cbor
from longbien_verify import page
from longbien_verify.cms import check_signature
from longbien_verify.command import run
from longbien_verify.court import verify
from longbien_verify.custody import _Story
from longbien_verify.ledger import Head, Proven
from longbien_verify.proof import Fails
from longbien_verify.told import lines
from node.pair import NOW

CHANGES = 2_000


@pytest.fixture(scope="module")
def files() -> Files:
    other = court_sample.played("Two weeks.")
    return Files(court_sample.made(), court_file(other.material(), other.signing(), at=NOW), NOW)


def roots() -> list[bytes]:
    return list(court_sample.shared().roots)


def words(path: Path, *more: str) -> list[str]:
    return [str(path), *(word for root in roots() for word in ("--root", root.hex())), *more]


def forged(members: dict[str, bytes], *, beside: bytes = b"", **said) -> bytes:
    """What an exporter could make who owns the keys and lies: every list, signature and statement is its own and new."""
    played = court_sample.shared()
    signer = played.signing()
    made = {name: data for name, data in members.items() if name != archive.SUMS and "META-INF" not in name}
    made[archive.SUMS] = archive.sums(made)
    made[archive.LISTED] = archive.listing(made, covers=archive.SIGNATURE)
    made[archive.SIGNATURE] = beside or signing.beside(made[archive.LISTED], signer.paper, at=NOW)
    payload = cbor.decode(export._statement(made, played.exchange, signer.paper.certificate, NOW))
    made[archive.EXPORT] = signer.vouch(cbor.encode({**payload, **said}))
    return archive.archive(made, at=NOW)


def found(raw: bytes) -> list[str]:
    report = verify(raw, roots())
    assert not report.ok
    return report.findings


# --- as it was made -------------------------------------------------------------------------------------------


@pytest.mark.promise("P6")
def test_the_file_holds_and_tells_who_made_it_and_who_touched_what():
    report = verify(court_sample.made(), roots())
    assert (report.ok, report.findings, report.gaps) == (True, [], [])
    assert report.file is not None
    assert (report.file.party, report.file.made_at, report.file.stamped_at) == ("VN", NOW, None)
    assert [(item.number, item.entry, item.party) for item in report.items] == [(1, 6, "RU"), (2, 6, "RU")]
    for item in report.items:
        assert [event.touch for event in item.custody] == [
            "collected",
            "sealed",
            "sent",
            "received",
            "verified",
            "handed-to-court",
        ]
    assert any("no time-stamp service" in sentence for sentence in report.not_proven)


def test_a_bare_record_is_still_read():
    report = verify(court_sample.shared().material().record, roots())
    assert report.ok
    assert report.file is None


def test_the_report_shows_no_character_that_could_hide_something():
    text = "\n".join(line.text for line in lines(verify(court_sample.made(), roots())))
    assert "⟨U+202E⟩gpj.exe" in text
    assert "\u202e" not in text and "\x00" not in text


# --- as it was changed ----------------------------------------------------------------------------------------


@pytest.mark.promise("P7")
@pytest.mark.promise("P10")
def test_every_one_of_two_thousand_random_changes_is_refused_with_what_and_where(files):
    chance = random.Random(20261124)
    tried = 0
    while tried < CHANGES:
        kind = ROUND[tried % len(ROUND)]
        raw = changed(kind, files, chance)
        if raw is None:
            continue
        tried += 1
        report = verify(raw, roots())
        assert not report.ok, kind
        assert all(len(finding.split(" ", 1)) == 2 for finding in report.findings), (kind, report.findings)


@pytest.mark.promise("P7")
def test_a_changed_member_is_named(files):
    for name in files.members():
        data = bytearray(files.members()[name])
        data[len(data) // 2] ^= 1
        findings = found(archive.archive({**files.members(), name: bytes(data)}, at=NOW))
        where = "META-INF" if name.startswith("META-INF") or name == archive.SUMS else name
        # A changed list, signature or statement shows where it is compared.
        assert any(where in one for one in findings) or name.startswith("META-INF"), (name, findings)
        assert findings


@given(st.binary(max_size=200))
def test_whatever_the_bytes_behind_the_mark_of_an_archive_there_is_an_answer(data):
    assert not verify(b"PK\x03\x04" + data, [bytes(32)]).ok


def test_a_root_that_was_not_given_proves_nothing():
    assert verify(court_sample.made(), [roots()[0]]).findings[0].startswith("ROOT_NOT_GIVEN")


# --- as a liar with keys would make it ------------------------------------------------------------------------


def test_the_way_to_forge_gives_a_good_file_when_nothing_is_forged(files):
    assert verify(forged(files.members()), roots()).ok


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: m.pop("custody/000001.cbor"), "CONTAINER_MEMBER"),
        (lambda m: m.update({"manifests/000002.cose": m["manifests/000001.cose"]}), "CONTAINER_MEMBER"),
    ],
)
def test_a_member_out_of_its_place_is_refused(files, change, code):
    members = files.members()
    change(members)
    report = verify(forged(members), roots())
    assert not report.ok
    assert report.gaps or report.findings[0].startswith(code)


def test_a_manifest_and_a_receipt_of_another_exchange_do_not_pass(files):
    other = files.others()
    manifests = {**files.members(), "manifests/000001.cose": other["manifests/000001.cose"]}
    assert found(forged(manifests)) == ["MANIFEST_NOT_NAMED manifests/000001.cose"]
    custody = {**files.members(), "custody/000001.cbor": other["custody/000001.cbor"]}
    assert found(forged(custody)) == ["CUSTODY_OF_OTHER_ITEM custody/000001.cbor"]


def test_a_ledger_that_shows_two_histories_proves_nothing(files):
    """The same keys, the same size, another root: as after a store was put back to an older state."""
    other = court_sample.played("Three weeks.")
    mixed = Files(files.raw, court_file(other.material(), other.signing(), at=NOW), NOW)
    assert other.exchange != court_sample.shared().exchange
    members = mixed.members()
    ours, theirs = (cbor2.loads(each[archive.RECORD]) for each in (members, mixed.others()))
    ours["received"] += theirs["received"]
    members[archive.RECORD] = cbor.encode(ours, limit=1 << 26)
    assert found(forged(members))[0].split()[0] == "LEDGER_FORKED"


def test_a_manifest_that_no_act_names_does_not_pass(files):
    played = court_sample.shared()
    again = played.two.ru.node.say(
        manifest.read(
            cbor.decode(played.manifests[0])[2]  # the payload of the statement
        ).encode(),
        kind=manifest.KIND,
        exchange=played.exchange,
        audience=["VN"],
    )
    members = {**files.members(), "manifests/000001.cose": again.raw}
    assert found(forged(members)) == ["MANIFEST_NOT_NAMED manifests/000001.cose"]


def test_what_the_statement_says_of_the_file_has_to_be_so(files):
    for said, finding in (
        ({"list": bytes(32)}, "EXPORT_DIFFERS list"),
        ({"signature": bytes(32)}, "EXPORT_DIFFERS signature"),
        ({"certificate": bytes(32)}, "EXPORT_DIFFERS certificate"),
        ({"timestamp": bytes(32)}, "EXPORT_DIFFERS timestamp"),
        ({"made_at": NOW + 60_000}, "EXPORT_TIME META-INF/export.cose"),
        ({"format": "longbien-court-file/2"}, "EXPORT_FORMAT META-INF/export.cose"),
        ({"more": 1}, "EXPORT_FORMAT META-INF/export.cose"),
    ):
        assert found(forged(files.members(), **said)) == [finding]


def test_a_signature_beside_the_list_has_to_be_over_it_and_by_the_key_that_is_vouched_for(files):
    own = court_sample.shared().signing().paper
    other = make_key(paper_wanted("Longbien node of VN", NOW)).paper_signer
    good = files.members()[archive.SIGNATURE]
    wrong = good[:-1] + bytes([good[-1] ^ 1])
    for signature, code in (
        (signing.beside(b"another list", own, at=NOW), "CMS_OF_OTHER_CONTENT"),
        (signing.beside(files.members()[archive.LISTED], other, at=NOW), "CMS_CERTIFICATE"),
        (wrong, "CMS_SIGNATURE"),
        (b"0", "CMS_FORM"),
        (good[:-1], "CMS_FORM"),
    ):
        assert found(forged(files.members(), beside=signature)) == [f"{code} {archive.SIGNATURE}"]


@given(st.binary(max_size=60), st.integers(0, 1500))
def test_whatever_a_signature_file_holds_there_is_an_answer(data, place):
    good = members_of(court_sample.made())[archive.SIGNATURE]
    with pytest.raises(Fails):
        check_signature(good[:place] + data + good[place + 1 + len(data) :], b"content", b"", "here")


def test_a_statement_of_the_other_state_counts_for_its_own_file_only(files):
    played = court_sample.shared()
    members = files.members()
    payload = cbor.decode(members[archive.EXPORT])[2]
    members[archive.EXPORT] = vouch(played.two.ru.node, payload, played.exchange)
    report = verify(archive.archive(members, at=NOW), roots())
    assert report.ok, "either party may vouch for the record that both hold"
    assert report.file.party == "RU"


def test_gaps_in_custody_are_shown_and_not_hidden(files):
    played = court_sample.shared()
    for number, code in ((1, "LINK_MISSING"), (5, "NOT_SENT"), (7, "NOT_RECEIVED")):
        custody = played.custody[: number - 1] + played.custody[number:]
        raw = court_file(played.material(custody=custody), played.signing(), at=NOW)
        report = verify(raw, roots())
        assert (report.ok, report.findings) == (False, [])
        assert any(gap.startswith(code) for gap in report.gaps), (code, report.gaps)
        assert "GAPS" in lines(report)[0].text
    alone = verify(court_file(played.material(custody=()), played.signing(), at=NOW), roots())
    assert [gap.split()[0] for gap in alone.gaps] == ["NO_CUSTODY", "NO_CUSTODY"]


def test_the_exporter_hands_out_nothing_that_the_verifier_refuses(files):
    played = court_sample.shared()
    stranger = files.others()["manifests/000001.cose"]
    with pytest.raises(NotMade) as refused:
        court_file(played.material(manifests=(stranger,)), played.signing(), at=NOW)
    assert refused.value.code == "EXPORT_DOES_NOT_HOLD"
    assert "MANIFEST_NOT_NAMED" in refused.value.detail


# --- two readings of one page ---------------------------------------------------------------------------------

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(list(Touch)),
        st.sampled_from(["VN", "RU", "KZ"]),
        st.integers(0, 5),
        st.integers(-1, 8),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


@given(EVENTS)
def test_both_readings_of_a_timeline_find_the_same(drawn):
    """The node's own timeline and the verifier's, over any story."""
    events: list[Event] = []
    for touch, party, at, previous, same in drawn:
        other = {"VN": "RU", "RU": "VN", "KZ": "VN"}[party]
        events.append(
            Event(
                touch=touch,
                manifest=bytes(16),
                item=1,
                sha256=bytes(32) if same or not events else bytes([1]) * 32,
                party=party,
                office="p247",
                person=b"",
                at=at,
                previous=events[previous].digest if 0 <= previous < len(events) else NO_EVENT,
                other=other if touch in WITH_OTHER else "",
                original=bytes([previous + 1]) * 32 if touch in WITH_ORIGINAL else b"",
            )
        )
    (first,) = timelines(events)
    head = Head(origin="", size=1, root=b"", text="", lines=())
    proven = {
        event.digest: Proven(
            record=cbor.decode(event.encode()), digest=event.digest, party="", origin="", index=0, head=head
        )
        for event in events
    }
    second = _Story(proven, {event.sha256 for event in events}, first.rows[0].event.sha256).rows()
    assert [row.event.touch for row in first.rows] == [row.touch for row in second]
    for one, other in zip(first.rows, second, strict=True):
        assert {finding.code for finding in one.findings} == {gap.split()[0] for gap in other.gaps}


# --- the command ----------------------------------------------------------------------------------------------


@pytest.fixture
def court(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.asice"
    path.write_bytes(court_sample.made())
    return path


@pytest.mark.promise("P6")
def test_the_command_runs_where_longbien_is_not_installed(court):
    source = Path(sys.modules["longbien_verify"].__file__).parent.parent
    program = (
        "import sys, importlib.abc\n"
        "class Refuse(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'longbien': raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        f"sys.path.append({str(source)!r})\n"
        "from longbien_verify.command import run\n"
        f"sys.exit(run({words(court)!r}))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("HOLDS")
    assert "Not proven:" in done.stdout


def test_evidence_files_are_compared_whatever_their_names(court, tmp_path, capsys):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "any name").write_bytes(FILES[1][1])
    assert run(words(court, "--files", str(folder))) == 1
    assert "FILE_MISSING item 2" in capsys.readouterr().out
    (folder / "other").write_bytes(FILES[2][1])
    assert run(words(court, "--files", str(folder))) == 0
    assert "is the file any name" in capsys.readouterr().out
    (folder / "stranger").write_bytes(b"stranger")
    assert run(words(court, "--files", str(folder), "--json")) == 1
    assert json.loads(capsys.readouterr().out)["findings"] == ["FILE_OF_NO_ITEM stranger"]


def test_without_typst_the_page_is_refused_and_the_words_say_what_to_do(court, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(page.util, "find_spec", lambda _: None)
    out = tmp_path / "report.pdf"
    assert run(words(court, "--pdf", str(out))) == 2
    assert "needs the Python package `typst`" in capsys.readouterr().err
    assert not out.exists()


def test_the_report_as_a_page(court, tmp_path, capsys):
    out = tmp_path / "report.pdf"
    assert run(words(court, "--pdf", str(out))) == 0
    assert out.read_bytes().startswith(b"%PDF-1.7")
    assert run(words(court, "--pdf", str(out))) == 2, "nothing is written over"
    assert "exists" in capsys.readouterr().err
