"""Training on its screens: needs meet offers, courses are made and carried, sessions are noted, and nothing of it leaves by itself."""

import pytest

from longbien.node import courses, trainings

from . import teach
from .asgi import ORIGIN
from .land import land


@pytest.fixture(scope="module")
def world():
    made = land()
    yield made
    made.close()


def test_an_offer_is_found_for_a_need_and_ended_ones_are_not(world):
    need = teach.wish(world.two, "VN", "request")
    teach.wish(world.two, "RU", "offer", language="ru")
    teach.wish(world.two, "RU", "offer", area="law")
    over = teach.wish(world.two, "RU", "offer")
    world.two.ru.act("withdraw", {}, exchange=over)
    world.two.deliver()
    page = world.at("RU", "lawyer").get("/training")
    assert page.words.count("needs an interpreter") == 1
    assert page.text.count(f'href="/x/{need.hex()}"') == 2, "in what fits, and among the needs"
    assert "Reports that a court took" in page.words
    assert "Ask for help, or offer it" in page.words
    assert "Ask for help" not in world.at("RU", "privacy").get("/training").words


def test_a_course_is_written_packed_and_taken_in_by_hand(world):
    writer, reader = world.at("RU", "lawyer"), world.at("RU", "privacy")
    here = writer.post("/training/courses", {"title": "Custody", "language": "en", "about": "For all"}).to
    said = {"kind": "text", "title": "One", "body": "Words\r\nof two lines"}
    assert writer.post(f"{here}/materials", said).status == 303
    wrong = writer.post(f"{here}/materials", {"kind": "link", "title": "Two", "body": "javascript:x"})
    assert wrong.status == 422
    assert "javascript:x" in wrong.text
    assert 'href="javascript' not in wrong.text
    sent = writer.send(
        f"{here}/materials",
        [("form", writer.token), ("kind", "file")],
        [("a/../b.pdf", b"%PDF")],
        origin=ORIGIN,
    )
    assert sent.status == 303, sent.words
    page = reader.get(here)
    assert "b.pdf" in page.text
    assert "Add a file" not in page.words, "who only reads has no form"
    file = reader.get(f"{here}/files/2")
    assert (file.body, file.headers["content-disposition"]) == (b"%PDF", 'attachment; filename="b.pdf"')
    raw = reader.get(f"{here}/course.zip").body
    taken = world.at("VN", "lawyer")
    back = taken.send("/training/import", [("form", taken.token)], [("c.zip", raw)], origin=ORIGIN)
    assert taken.get(back.to).words.count("Words of two lines") == 1
    damaged = taken.send("/training/import", [("form", taken.token)], [("c.zip", raw[:-30])], origin=ORIGIN)
    assert damaged.status == 422
    assert "no course file, or it did not come whole" in damaged.words
    nothing = taken.send("/training/import", [("form", taken.token)], [], origin=ORIGIN)
    assert nothing.status == 422
    assert writer.post(f"{here}/materials/drop", {"number": "1"}).status == 303
    assert writer.post(f"{here}/materials/drop", {"number": "1"}).status == 422
    renamed = {"title": "Custody, again", "language": "fr", "about": ""}
    assert "Custody, again" in writer.follow(writer.post(here, renamed)).words


def test_a_file_is_read_only_from_somebody_who_may_send_one(world):
    person = world.at("RU", "privacy")
    refused = person.send("/training/import", [("form", person.token)], [("c.zip", b"x")], origin=ORIGIN)
    assert refused.status == 403
    foreign = world.at("RU", "lawyer")
    elsewhere = foreign.send(
        "/training/import", [("form", foreign.token)], [("c.zip", b"x")], origin="https://evil.example"
    )
    assert elsewhere.status == 403
    forged = foreign.send("/training/import", [("form", "00" * 32)], [("c.zip", b"x")], origin=ORIGIN)
    assert forged.status == 403
    assert not any(row.title == "x" for row in courses.courses(world.two.ru.node))


def test_an_own_session_is_planned_noted_and_measured_afterwards(world):
    writer = world.at("RU", "investigator")
    plan = {
        "title": "At the desk",
        "kind": "course",
        "begins": "2026-12-01T09:00",
        "ends": "2026-12-01T08:00",
        "place": "Room",
        "language": "en",
    }
    assert "must end after it begins" in writer.post("/training/sessions", plan).words
    here = writer.post("/training/sessions", plan | {"ends": "2026-12-01T12:00"}).to
    assert writer.post(f"{here}/people", {"name": "A. Invented"}).status == 303
    assert writer.post(f"{here}/people/mark", {"number": "1", "attended": "yes"}).status == 303
    assert writer.post(f"{here}/people/mark", {"number": "7", "attended": "yes"}).status == 422
    assert writer.post(f"{here}/measures", {"what": "Gaps", "before": "5", "wanted": "1"}).status == 303
    found = {"number": "1", "found": "2", "measured_on": "2027-02-30"}
    assert "Write the day as" in writer.post(f"{here}/measures/mark", found).words
    assert writer.post(f"{here}/measures/mark", found | {"measured_on": "2027-02-28"}).status == 303
    assert "2 · 2027-02-28" in writer.get(here).words
    assert "1 of 1" in writer.get("/training").words


def test_an_invitation_is_a_session_and_what_is_noted_beside_it_stays_here(world):
    exchange = teach.invited(world.two)
    guest, here = world.at("RU", "duty"), f"/training/sessions/{exchange.hex()}"
    assert "Chain of custody" in guest.get("/training").words
    page = guest.get(here)
    assert "Seats for each State" in page.words
    assert "Duty officers" in page.words
    guest.post(f"{here}/people", {"name": "Nobody Else (invented)"})
    assert "Nobody Else" in guest.get(here).words
    world.two.deliver()
    assert "Nobody Else" not in world.at("VN", "duty").get(here).text
    assert trainings.training(world.two.vn.node, exchange).trainees == ()
    assert guest.get(f"/training/sessions/{world.opened().hex()}").status == 404
    assert guest.get(f"/training/sessions/{'00' * 16}").status == 404
