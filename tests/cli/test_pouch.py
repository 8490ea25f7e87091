"""Two nodes that never meet on a network: everything between them is a file that somebody carries."""

import pytest

from longbien_verify.record import verify

from .land import Land, credentials, done, say
from .running import copies


@pytest.fixture(scope="module")
def lands(tmp_path_factory):
    place = tmp_path_factory.mktemp("lands")
    with pytest.MonkeyPatch.context() as patch:
        credentials(place, patch)
        yield copies(place)


def carry(sender: Land, receiver: Land, number: str) -> dict:
    """One round: pack, answer, settle."""
    there, back = (sender.place / f"{number}-{name}.pouch" for name in ("there", "back"))
    packed = sender.do("pouch", "pack", receiver.code, "--out", there)
    assert packed["left"] == 0
    looked = done("pouch", "show", there)
    assert (looked["from"], looked["to"], looked["envelopes"]) == (
        sender.code,
        receiver.code,
        packed["items"],
    )
    answered = receiver.do("pouch", "answer", there, "--out", back)
    assert answered["refused"] == []
    settled = sender.do("pouch", "settle", back)
    assert (settled["receipted"], settled["waiting"]) == (packed["items"], 0)
    return settled


@pytest.mark.promise("P1")
@pytest.mark.promise("P6")
@pytest.mark.promise("P12")
def test_a_preservation_goes_by_file_from_the_request_to_its_end_and_anyone_can_check_it(lands):
    vn, ru = lands
    sent = vn.open(ru)
    exchange = sent["exchange"]
    assert vn.do("act", "where", sent["act"])["receipts"] == []
    carry(vn, ru, "first")
    (receipt,) = vn.do("act", "where", sent["act"])["receipts"]
    assert (receipt["by"], receipt["says"], receipt["place"]) == ("RU", "accepted", 1)
    ru.act(exchange, "acknowledge")
    ru.act(exchange, "order")
    carry(ru, vn, "second")
    vn.act(exchange, "release")
    carry(vn, ru, "third")
    shown = [land.do("request", "show", exchange[:6]) for land in lands]
    assert [one["stage"] for one in shown] == ["released", "released"]
    assert shown[0]["steps"] == shown[1]["steps"]
    for land in lands:
        out = land.place / f"{land.code}.lb"
        land.do("request", "export", exchange, "--out", out)
        roots = [bytes.fromhex(each.fingerprint.replace(" ", "")) for each in lands]
        assert verify(out.read_bytes(), roots).ok
        assert land.do("node", "verify")["ok"]


def test_a_round_done_twice_says_so_and_nothing_is_written_over(lands):
    vn, ru = lands
    vn.open(ru)
    carry(vn, ru, "round")
    back = vn.place / "round-back.pouch"
    again = vn.do("pouch", "settle", back)
    assert (again["receipted"], again["known_before"], again["waiting"]) == (0, 1, 0)
    there = vn.place / "round-there.pouch"
    assert vn.say("pouch", "pack", "RU", "--out", there).error == "FILE_EXISTS"
    assert vn.say("pouch", "pack", "RU", "--out", vn.place / "new").error == "POUCH_EMPTY"
    assert vn.say("pouch", "answer", there, "--out", vn.place / "new").error == "POUCH_OTHER_ADDRESSEE"
    assert vn.say("pouch", "answer", back, "--out", vn.place / "new").error == "POUCH_KIND"
    assert ru.say("pouch", "settle", there).error == "POUCH_KIND"
    assert ru.say("pouch", "pack", "KZ", "--out", vn.place / "new").error == "PEER_NOT_PINNED"
    assert not (vn.place / "new").exists()
    torn = vn.place / "torn"
    torn.write_bytes(back.read_bytes()[:-9])
    assert say("pouch", "show", torn).error.startswith("CBOR_")
    assert say("pouch", "show", vn.place / "nowhere").error == "FILE_UNREADABLE"
