"""Evidence at the console: handed in, sealed, handed over, fetched, verified, held, taken away; and nothing of it shown or destroyed."""

import hashlib
import io
import re
import tarfile
from html import unescape
from pathlib import Path

import pytest

from longbien.interop.court import bag
from longbien.node import holdings
from longbien.node.evidence_work import Outside
from longbien.node.intake import HandedIn
from longbien.store.evidence_rows import CustodyRow
from node.evidence import BODIES, answer, carrier, settle

from .asgi import ORIGIN, Browser
from .land import Land, land

DISK = b"EVF\x09\x0d\x0a\xff\x00" + bytes(range(256)) * 40
HOSTILE = "../../etc/pass\u202ewd<script>.e01"


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Land:
    made = land(tmp_path_factory.mktemp("evidence"))
    yield made
    made.close()


@pytest.fixture
def world(both) -> Land:
    """Works end before anybody looks; clocks and limits are put back for whoever comes next."""
    before = {}
    for party, side in both.two.sides.items():
        side.node.works.start = lambda run: run()
        before[party] = (side.clock.now, side.node.intake.most)
    yield both
    for party, side in both.two.sides.items():
        side.clock.now, side.node.intake.most = before[party]


@pytest.fixture
def exchange(world, request) -> bytes:
    """RU is at work on what VN asked for, in other words for each test: the same words twice would be in doubt."""
    body = {**BODIES["open"], "case_ref": request.node.name[:32]}
    sent = world.two.vn.act("open", body, to="RU", procedure="stored-data-access")
    settle(world.two)
    for act in ("acknowledge", "route", "accept", "authorise"):
        world.two.ru.act(act, BODIES[act], exchange=sent.exchange)
    settle(world.two)
    return sent.exchange


def outside(world: Land, court: bytes = b"a file for a court") -> Outside:
    return Outside(
        carrier=carrier(world.two),
        court=lambda exchange, wish: court,
        bag=lambda folder, raw, files, exchange, at: bag(folder, raw, files, exchange=exchange, at=at),
    )


def way_in(page) -> str:
    """Where the form for files goes."""
    return re.search(r'action="([^"]*/files/[0-9a-f]+)"', page.text)[1]


def made_ready(who: Browser, exchange: bytes, *files, fields=()) -> str:
    """The address of a lot with these files, sealed."""
    lot = who.post(f"/x/{exchange.hex()}/evidence").to
    said = who.send(way_in(who.get(lot)), fields, files)
    assert said.to == f"{lot}?said=added", said.to
    assert who.post(f"{lot}/seal").to == f"{lot}?said=begun"
    return lot


def manifest_of(lot: str) -> bytes:
    return bytes.fromhex(lot.rpartition("/")[2])


def handed_over(world: Land, exchange: bytes, *, conditions: bool = False) -> str:
    """RU's answer names a lot of one file; its address."""
    who = world.at("RU", "lawyer")
    lot = made_ready(who, exchange, ("disk.e01", DISK))
    found = holdings.lot(world.two.ru.node, manifest_of(lot))

    class Named:
        digests = found.parts

    world.two.ru.act("answer", answer(Named, conditions=conditions), exchange=exchange)
    settle(world.two)
    return lot


@pytest.mark.promise("P10")
def test_a_file_is_handed_in_sealed_and_handed_over_and_the_other_side_fetches_and_verifies_it(
    world, exchange
):
    who = world.at("RU", "lawyer")
    lot = who.post(f"/x/{exchange.hex()}/evidence").to
    fields = [("source_kind", "device"), ("source", "A notebook (invented)"), ("by", "An officer (invented)")]
    said = who.send(way_in(who.get(lot)), fields, [(HOSTILE, DISK)])
    page = who.follow(said)
    assert "E01 forensic image" in page.words, "what the first bytes say, before it is sealed"
    assert "⟨U+202E⟩" in page.words
    assert "<script>.e01" not in page.text, "a name is data"
    assert hashlib.sha256(DISK).hexdigest() in page.words
    (lying,) = (
        path for path in (world.two.ru.node.world.intake / "in").iterdir() if path.read_bytes() == DISK
    )
    assert re.fullmatch("[0-9]{14}-[0-9a-f]{32}", lying.name), "no name that somebody gave is a path"
    sealed = who.follow(who.post(f"{lot}/seal"))
    assert "custody fits together" in sealed.words
    assert not lying.exists(), "what is sealed does not lie about in the clear"
    found = holdings.lot(world.two.ru.node, manifest_of(lot))
    who.get(lot)

    class Named:
        digests = found.parts

    world.two.ru.act("answer", answer(Named, conditions=False), exchange=exchange)
    settle(world.two)
    assert "keys sent" in who.get(lot).words

    there = world.at("VN", "investigator", outside=outside(world))
    assert "to be fetched" in there.get("/evidence").words
    assert "1 object arrived" in there.follow(there.post(f"{lot}/fetch")).words
    assert "1 object verified" in there.follow(there.post(f"{lot}/verify")).words
    settle(world.two)
    kept = holdings.lot(world.two.vn.node, manifest_of(lot))
    (item,) = kept.items
    assert item.state == holdings.HERE
    assert {who.party for who in item.verified} == {"VN"}
    assert item.verified[0].person == world.people["VN", "investigator"]
    assert "investigator (invented)" in there.get(lot).words
    assert "Viet Nam" in who.get(lot).words, "the other side sees who verified it"


def test_keys_wait_for_the_conditions_of_use_and_both_sides_are_told_so(world, exchange):
    lot = handed_over(world, exchange, conditions=True)
    here, there = world.at("RU", "lawyer"), world.at("VN", "lawyer", outside=outside(world))
    assert "keys wait until the other side accepts the conditions of use" in here.get(lot).words
    page = there.get(f"/x/{exchange.hex()}/evidence")
    assert "The keys come when this State has accepted the conditions of use." in page.words
    assert f"/x/{exchange.hex()}/act/accept_use_conditions" in page.text
    assert "waits for its key" in page.words
    world.two.vn.act("accept_use_conditions", {}, exchange=exchange)
    settle(world.two)
    assert "to be fetched" in there.get(lot).words
    assert "keys sent" in here.get(lot).words


def test_a_gap_in_custody_and_a_clock_that_contradicts_are_shown_where_they_are(world, exchange):
    lot = handed_over(world, exchange)
    two, manifest = world.two, manifest_of(lot)
    two.vn.clock.now -= 3_600_000
    world.at("VN", "duty", outside=outside(world)).post(f"{lot}/fetch")
    two.vn.clock.now += 3_600_000
    settle(two)
    who = world.at("RU", "duty")
    page = who.get(lot)
    assert "custody does not fit together" in page.words
    assert "The clocks contradict each other" in page.words
    with two.ru.store.transaction() as tx:
        events = tx.evidence.events(manifest)
        assert all(isinstance(row, CustodyRow) for row in events)
        tx.evidence._connection.exec_driver_sql("DELETE FROM custody WHERE number = ?", (events[1].number,))
    assert "A gap: the event before this one is not here." in who.get(lot).words


def test_what_is_too_large_cut_off_empty_or_not_what_was_said_is_not_kept(world, exchange):
    who = world.at("RU", "lawyer")
    node = world.two.ru.node
    lot = who.post(f"/x/{exchange.hex()}/evidence").to
    folder = node.world.intake / "in"
    before = set(folder.iterdir())

    def tried(*files, fields=(), **headers) -> str:
        code = who.send(way_in(who.get(lot)), fields, files, **headers).to.partition("said=")[2]
        assert set(folder.iterdir()) == before, code
        assert who.get(f"{lot}?said={code}").words.count("It was not done") == 1
        return code

    assert tried() == "FILE_NONE"
    assert tried(("", b"")) == "FILE_NONE"
    assert tried(("a", b"x"), **{"content-type": "text/plain"}) == "FORM_UNREADABLE"
    assert tried(("a", b"x"), fields=[("description", "x" * 5000)]) == "FORM_UNREADABLE"
    assert tried(("a", b"x"), fields=[("digest", "sha256:" + "00" * 32)]) == "DIGEST_MISMATCH"
    assert tried(("a", b"x"), fields=[("digest", "sha256:zz")]) == "DIGEST_FORM"
    assert (
        tried(("a", b"x"), fields=[("by", "x"), ("acquired_at", "2026-11-03T06:41")]) == "TIME_WITHOUT_ZONE"
    )
    node.intake.most = 10
    assert tried(("a", b"x" * 11)) == "UPLOAD_TOO_LARGE"
    assert tried(("a", b"x"), **{"content-length": str(1 << 40)}) == "UPLOAD_TOO_LARGE"
    assert holdings.lot(node, manifest_of(lot)).items == ()
    assert who.post(f"{lot}/seal").to == f"{lot}?said=BUNDLE_EMPTY"


def test_a_ticket_is_for_one_person_one_bundle_once_and_an_hour(world, exchange):
    who = world.at("RU", "lawyer")
    lot = who.post(f"/x/{exchange.hex()}/evidence").to
    door = way_in(who.get(lot))
    stranger = world.at("RU", "duty")
    stranger.cookie, stranger.app = "", who.app
    assert stranger.send(door, files=[("a", b"x")]).to == f"{lot}?said=added", "the ticket, and no cookie"
    assert who.send(door, files=[("a", b"x")]).to == "/evidence?said=TICKET_OLD"
    old = way_in(who.get(lot))
    world.two.ru.clock.now += 3_600_000
    assert who.send(old, files=[("a", b"x")]).to == "/evidence?said=TICKET_OLD"
    world.two.ru.clock.now -= 3_600_000
    for wrong in ("00" * 80, "zz", "00"):
        assert who.send(f"/files/{wrong}", files=[("a", b"x")]).to == "/evidence?said=TICKET_OLD"
    door = way_in(who.get(lot))
    with world.two.ru.store.transaction() as tx:
        tx.desk.change_officer(world.people["RU", "lawyer"], active=True, roles=["auditor"])
    assert who.send(door, files=[("a", b"x")]).to == "/evidence?said=TICKET_OLD", "who may not any more"
    with world.two.ru.store.transaction() as tx:
        tx.desk.change_officer(world.people["RU", "lawyer"], active=True, roles=["lawyer"])


def test_files_go_to_an_origin_of_their_own_where_there_is_one(world, exchange):
    who = world.at("RU", "lawyer", files_origin="https://files.example")
    lot = who.post(f"/x/{exchange.hex()}/evidence").to
    page = who.get(lot)
    door = way_in(page)
    assert door.startswith("https://files.example/files/")
    assert "form-action 'self' https://files.example;" in page.headers["content-security-policy"]
    assert who.send(door.removeprefix("https://files.example"), files=[("a", b"x")]).status == 404
    from longbien.web.files import Files, application

    from .asgi import Fatal, SameThread

    who.app = application(Files(who.console, SameThread(), Fatal()))
    assert (
        who.send(door.removeprefix("https://files.example"), files=[("a", b"x")]).to
        == f"{ORIGIN}{lot}?said=added"
    )
    assert who.get("/evidence").status == 404, "no page lives there"


def test_a_file_of_many_pieces_is_never_whole_in_memory(world, exchange, monkeypatch):
    """What the intake is given comes in pieces, however large the file is."""
    from longbien.node import intake

    pieces = []
    whole = intake.Receiving.write
    monkeypatch.setattr(
        intake.Receiving, "write", lambda self, piece: (pieces.append(len(piece)), whole(self, piece))[1]
    )
    who = world.at("RU", "lawyer")
    lot = who.post(f"/x/{exchange.hex()}/evidence").to
    content = bytes(5 << 20)
    who.send(way_in(who.get(lot)), files=[("large", content)])
    (item,) = holdings.lot(world.two.ru.node, manifest_of(lot)).items
    assert (item.size, item.digests["sha256"]) == (5 << 20, hashlib.sha256(content).digest())
    assert sum(pieces) == 5 << 20


@pytest.mark.promise("P9")
def test_a_hold_takes_two_people_one_after_the_other_and_so_does_its_end(world, exchange):
    one, two = world.at("RU", "lawyer"), world.at("RU", "approver")
    hold = f"/x/{exchange.hex()}/hold"
    asking = one.get(f"{hold}?reason=An+appeal+(invented)")
    assert "An appeal (invented)" in asking.words
    one.post(hold, {"reason": "An appeal (invented)"})
    assert "A different person must sign now." in one.get(hold).words
    again = one.post(f"{hold}/join")
    assert "A second, different person must sign." in again.words
    assert holdings.lots(world.two.ru.node, exchange) == ()
    assert "No hold stands." in one.get(f"/x/{exchange.hex()}/evidence").words
    assert two.post(f"{hold}/join").to.endswith("said=held")
    assert "An appeal (invented)" in two.get(f"/x/{exchange.hex()}/evidence").words
    two.post(hold, {"reason": "It is decided"})
    assert one.post(f"{hold}/join").to.endswith("said=lifted")
    assert one.post(f"{hold}/join").status == 422
    two.post(hold, {"reason": "x"})
    one.post(f"{hold}/take-back")
    assert "It waits for a second person" not in one.get(f"/x/{exchange.hex()}/evidence").words


def test_what_is_made_for_a_court_is_taken_away_in_pieces_and_a_bag_holds_every_item(world, exchange):
    lot = handed_over(world, exchange)
    there = world.at("VN", "lawyer", outside=outside(world))
    there.post(f"{lot}/fetch")
    there.post(f"/x/{exchange.hex()}/export", {"form_of": "court"})
    page = there.get(f"/x/{exchange.hex()}/evidence")
    way = re.search(r'href="(/x/[0-9a-f]+/export/[0-9a-f]+)"', page.text)[1]
    taken = there.get(way)
    assert taken.body == b"a file for a court"
    assert taken.headers["content-disposition"].endswith('.asice"')
    assert "sandbox" in taken.headers["content-security-policy"]
    there.post(f"/x/{exchange.hex()}/export", {"form_of": "bag"})
    page = there.get(f"/x/{exchange.hex()}/evidence")
    way = re.search(r'href="(/x/[0-9a-f]+/export/[0-9a-f]+)"', page.text)[1]
    with tarfile.open(fileobj=io.BytesIO(there.get(way).body)) as tar:
        names = tar.getnames()
        (inside,) = [name for name in names if "/data/evidence/" in name]
        assert tar.extractfile(inside).read() == DISK
    assert any(name.endswith("/bagit.txt") for name in names)
    assert "opened" in there.get(lot).words, "whoever opens is written down"
    assert "lawyer (invented)" in there.get(lot).words
    elsewhere = world.at("VN", "lawyer", outside=outside(world))
    assert elsewhere.get(way.replace(exchange.hex(), "00" * 16)).status == 404
    world.two.vn.clock.now += 10 * 86_400_000
    world.two.vn.node.intake.sweep()
    there.sign_in(world.people["VN", "lawyer"])
    assert there.get(way).status == 404, "it waits for a day and no longer"


def test_nothing_is_destroyed_or_opened_at_a_screen_and_an_office_sees_its_own(world, exchange):
    from longbien.web.table import ROUTES

    about = [route for route in ROUTES if "evidence" in route.path]
    assert not [route.name for route in about if "delete" in route.name or "open" in route.name]
    who = world.at("RU", "lawyer")
    lot = made_ready(who, exchange, ("a.txt", b"text"))
    whole = who.console.subjects.in_office
    who.console.subjects.in_office = lambda each, office: each != exchange and whole(each, office)
    assert who.get(lot).status == 404
    assert manifest_of(lot).hex()[:8] not in who.get("/evidence").words
    made = who.post("/evidence", [("to", "VN")]).to
    assert "a request still to be written" in who.get("/evidence").words
    assert who.get(made).status == 200
    assert who.post("/evidence", []).to == "/evidence?said=PARTIES_WRONG"


def test_what_was_handed_in_and_belongs_to_nothing_goes_after_a_day(world, exchange):
    node = world.two.ru.node
    with node.intake.receive() as stranded:
        stranded.write(b"x")
        handed = stranded.finish()
    assert isinstance(handed, HandedIn)
    who = world.at("RU", "lawyer")
    lot = who.post(f"/x/{exchange.hex()}/evidence").to
    who.send(way_in(who.get(lot)), files=[("kept", b"y")])
    world.two.ru.clock.now += 100 * 365 * 86_400_000
    node.intake.sweep()
    assert not Path(handed.path).exists()
    left = [path.read_bytes() for path in (node.world.intake / "in").iterdir()]
    assert b"y" in left, "what waits for its seal stays"


def test_a_work_that_fails_says_why_and_one_thing_is_done_at_a_time(world, exchange):
    lot = handed_over(world, exchange)
    node = world.two.vn.node
    cut = Outside(
        carrier=carrier(world.two, 0),
        court=lambda *_: b"",
        bag=lambda *_: None,
    )
    there = world.at("VN", "lawyer", outside=cut)
    assert "The other node cannot be reached." in there.follow(there.post(f"{lot}/fetch")).words
    held = []
    node.works.start = held.append
    there.post(f"{lot}/fetch")
    page = there.get(lot)
    assert "Fetching" in unescape(page.text)
    assert f'hx-get="{lot}/works"' in page.text
    assert there.post(f"{lot}/verify").to == f"{lot}?said=WORK_RUNNING"
    assert there.post(f"{lot}/fetch").to == f"{lot}?said=begun"
    assert len(held) == 1, "the same, asked for twice, is done once"
    assert "Fetching" in there.get(f"{lot}/works").words
