"""The command that makes a file for a court, at nodes with real evidence: what is in it, and every way in which it says no."""

import socket

import pytest
from bench.evidence.exported import members_of

from longbien.cli import courting
from longbien.cli.asked import CommandRefused
from longbien.cli.commands import perform
from longbien.evidence import Touch
from longbien.evidence.digests import sha256
from longbien.interop.court import signing
from longbien.node import Sent
from longbien.node.evidence.custody import Deed
from longbien_verify.court import verify
from node.evidence import OFFICE, answer, asked, files, made_ready, settle


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    """VN asked, RU answered with evidence, and VN accepted the conditions; one more bundle waits at RU."""
    folder = tmp_path_factory.mktemp("evidence")
    two, exchange = asked(folder)
    signed = made_ready(two.ru, *files(folder, log=b"a line\n", disk=bytes(1 << 20)), exchange=exchange)
    made_ready(two.ru, *files(folder, unsent=b"not for you"), exchange=exchange)
    assert isinstance(two.ru.act("answer", answer(signed), exchange=exchange), Sent)
    settle(two)
    assert isinstance(two.vn.act("accept_use_conditions", {}, exchange=exchange), Sent)
    settle(two)
    return two, exchange


def made(two, party: str, exchange: bytes, **arguments) -> dict:
    return perform(two.sides[party].node, "court", {"exchange": exchange.hex(), **arguments})


@pytest.mark.promise("P6")
@pytest.mark.parametrize("party", ["VN", "RU"])
def test_either_side_exports_the_evidence_and_shows_what_the_story_lacks(delivered, party):
    two, exchange = delivered
    found = made(two, party, exchange)
    roots = [side.node.directory.own.pinned for side in two.sides.values()]
    report = verify(bytes.fromhex(found["file"]), roots)
    assert report.findings == []
    assert [(item.name, item.party) for item in report.items] == [("log", "RU"), ("disk", "RU")]
    assert all(
        [event.touch for event in item.custody][:2] == ["collected", "sealed"] for item in report.items
    )
    assert (found["manifests"], found["time_stamp"]) == (1, False)
    assert found["gaps"] == report.gaps
    # Nobody has fetched anything yet, and the file says so.
    assert {gap.split()[0] for gap in report.gaps} == {"NOT_RECEIVED"}


def test_the_papers_are_in_the_languages_of_the_offices_or_in_those_that_were_named(delivered):
    two, exchange = delivered
    assert made(two, "VN", exchange)["languages"] == ["en"]
    found = made(two, "VN", exchange, languages=["ru", "vi", "ru"])
    names = members_of(bytes.fromhex(found["file"]))
    assert [name for name in names if name.startswith("papers/")] == [
        "papers/evidence.ru.pdf",
        "papers/evidence.vi.pdf",
        "papers/exchange.ru.pdf",
        "papers/exchange.vi.pdf",
    ]


def test_the_paper_key_is_made_once_and_its_making_is_in_the_ledger(delivered):
    two, exchange = delivered
    before = perform(two.vn.node, "status", {})["ledger_size"]
    one, other = (members_of(bytes.fromhex(made(two, "VN", exchange)["file"])) for _ in range(2))
    assert one["certificate.pem"] == other["certificate.pem"]
    assert perform(two.vn.node, "status", {})["ledger_size"] <= before + 1
    assert perform(two.vn.node, "verify", {})["ok"]


@pytest.mark.promise("P10")
def test_what_was_verified_is_written_down_as_handed_to_the_court_before_the_file_is_made(tmp_path):
    two, exchange = asked(tmp_path)
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), exchange=exchange)
    assert isinstance(two.ru.act("answer", answer(signed), exchange=exchange), Sent)
    settle(two)
    assert refused(two, exchange, handed_to="A court (invented)") == "NOTHING_VERIFIED"
    assert isinstance(two.vn.act("accept_use_conditions", {}, exchange=exchange), Sent)
    settle(two)
    digest = sha256(b"a line\n")
    touched = [
        Deed(touch=touch, manifest=signed.manifest, number=1, sha256=digest, other=other)
        for touch, other in ((Touch.RECEIVED, "RU"), (Touch.VERIFIED, ""))
    ]
    two.vn.node.evidence.custodian.record(touched, office=OFFICE)
    found = made(two, "VN", exchange, handed_to="A court (invented)")
    assert (found["handed_over"], found["gaps"]) == (1, [])
    report = verify(bytes.fromhex(found["file"]), [s.node.directory.own.pinned for s in two.sides.values()])
    assert report.ok
    last = report.items[0].custody[-1]
    assert (last.touch, last.party, last.place) == ("handed-to-court", "VN", "A court (invented)")


def test_nothing_is_handed_over_where_no_file_can_be_made(delivered, monkeypatch):
    two, exchange = delivered
    before = len(two.vn.node.evidence.dossier(exchange).custody)
    monkeypatch.setattr(signing.util, "find_spec", lambda _: None)
    assert refused(two, exchange, handed_to="A court (invented)") == "ENGINE_MISSING"
    assert refused(two, exchange, handed_to="A court (invented)", office="none") == "OFFICE_UNKNOWN"
    assert refused(two, exchange, handed_to="x" * 300) == "ARGUMENT_INVALID"
    assert len(two.vn.node.evidence.dossier(exchange).custody) == before


def refused(two, exchange, **arguments) -> str:
    with pytest.raises(CommandRefused) as no:
        made(two, "VN", exchange, **arguments)
    return no.value.code


def test_every_no_has_its_code_and_none_stops_the_node(delivered, monkeypatch):
    two, exchange = delivered
    assert refused(two, bytes(16)) == "EXCHANGE_UNKNOWN"
    assert refused(two, exchange, languages=["xx"]) == "LANGUAGES"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert refused(two, exchange, stamp=address) == "STAMP_UNREACHABLE"
    monkeypatch.setattr(courting, "court_file", lambda *_, **__: 1 // 0)
    assert refused(two, exchange) == "PAGE_FAILED"
    monkeypatch.undo()
    monkeypatch.setattr(signing.util, "find_spec", lambda _: None)
    assert refused(two, exchange) == "ENGINE_MISSING"
