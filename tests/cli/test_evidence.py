"""Evidence by hand: made ready, sent along by pouch, fetched from a disc, opened, held and deleted, with documented shapes."""

import json

import pytest

from .land import OFFICE, Land, credentials
from .running import copies
from .test_json import holds

CONTENT = b"a line of an invented log\n" * 40_000


@pytest.fixture(scope="module")
def lands(tmp_path_factory):
    place = tmp_path_factory.mktemp("evidence")
    with pytest.MonkeyPatch.context() as patch:
        credentials(place, patch)
        yield copies(place)


def carried(one: Land, other: Land, name: str) -> None:
    """Everything that waits at one goes to the other, and the receipts come home."""
    there, back = one.place / f"{name}.there", one.place / f"{name}.back"
    one.do("pouch", "pack", other.code, "--out", there)
    other.do("pouch", "answer", there, "--out", back)
    one.do("pouch", "settle", back)


def test_evidence_goes_with_a_request_by_pouch_and_disc_and_every_touch_is_told(lands):
    vn, ru = lands
    log = vn.place / "log of \u202e a server.txt"
    log.write_bytes(CONTENT)
    added = vn.do(
        *(
            "evidence",
            "add",
            log,
            "--to",
            "RU",
            "--source-kind",
            "capture",
            "--source",
            "A server (invented)",
        ),
        *("--tool", "cp", "--by", "An officer (invented)", "--further", "sha512"),
    )
    holds("evidence add", added)
    assert "⟨U+202E⟩" in added["items"][0]["name"]
    holds("evidence list", vn.do("evidence", "list"))
    holds("evidence seal", sealed := vn.do("evidence", "seal", added["bundle"]))
    manifest = sealed["manifest"][:12]
    attached = {"from_state": "VN", "to_state": "RU", "attachments": sealed["attachments"]}
    new = ("request", "new", "preservation", "--to", "RU", "--office", OFFICE)
    sent = vn.send(vn.do(*new, "--body", vn.body("open", attached)))
    assert sent["exchange"] == sealed["exchange"]
    carried(vn, ru, "opening")
    assert ru.do("evidence", "show", manifest)["items"][0]["is"] == "waits for its key"
    holds("evidence send", vn.do("evidence", "send", manifest))
    carried(vn, ru, "keys")
    holds("evidence disc", vn.do("evidence", "disc", manifest, "--out", vn.place / "disc"))
    holds("evidence fetch", ru.do("evidence", "fetch", manifest, "--from", vn.place / "disc"))
    holds("evidence show", ru.do("evidence", "show", manifest))
    holds("evidence verify", ru.do("evidence", "verify", manifest))
    out = ru.place / "opened"
    holds("evidence open", ru.do("evidence", "open", manifest, "1", "--out", out))
    assert out.read_bytes() == CONTENT
    assert ru.say("evidence", "open", manifest, "1", "--out", out).error == "FILE_EXISTS"
    carried(ru, vn, "custody")
    told = vn.do("evidence", "custody", manifest)
    holds("evidence custody", told)
    assert [row["touch"] for row in told["timeline"]] == (
        ["collected", "sealed", "sent", "received", "verified", "verified", "verified", "opened"]
    )
    assert told["unbroken"]
    holding(vn, sealed["exchange"], manifest)
    assert vn.do("node", "verify")["ok"] and ru.do("node", "verify")["ok"]


def holding(vn: Land, exchange: str, manifest: str) -> None:
    """A hold of two officers stops deletion until two lift it."""
    keys = [word for path in vn.passkeys for word in ("--passkey", path)]
    why = ("--reason", "Appeal (invented)")
    holds("evidence hold", vn.do("evidence", "hold", exchange[:12], *why, *keys))
    delete = ("evidence", "delete", manifest, "--why", "It is over")
    assert vn.say(*delete).error == "HOLD_STANDS"
    vn.do("evidence", "hold", exchange[:12], *why, "--lift", *keys)
    holds("evidence delete", vn.do(*delete))
    assert vn.do("evidence", "show", manifest)["items"][0]["is"] == "deleted"
    assert vn.say("evidence", "open", manifest, "1", "--out", vn.place / "never").error == "ITEM_NOT_HERE"


def test_what_is_not_there_is_named_and_nothing_is_made(lands):
    vn, _ru = lands
    assert vn.say("evidence", "add", vn.place / "none", "--to", "RU").error == "SOURCE_ABSENT"
    assert vn.say("evidence", "seal", "ffff").error == "MANIFEST_UNKNOWN"
    assert vn.say("evidence", "fetch", "ffff", "--from", vn.place / "none").error == "MANIFEST_UNKNOWN"
    wrong = vn.place / "wrong"
    wrong.write_bytes(b"a line\n")
    digest = ("--digest", "md5:" + "00" * 16)
    assert vn.say("evidence", "add", wrong, "--to", "RU", *digest).error == "DIGEST_MISMATCH"
    assert json.loads(vn.say("evidence", "list", "--json").out)["manifests"]
