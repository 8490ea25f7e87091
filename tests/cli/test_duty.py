"""Duty on the command line: a roster and a policy from files, a test page and its answer, a hand-over that two sign."""

import pytest

from .land import credentials
from .running import copies
from .test_json import holds

ROSTER = """
zone = "Asia/Ho_Chi_Minh"
[[layer]]
persons = ["{first}", "{second}"]
begin = 2026-01-05T08:00:00
turn = "12 hours"
"""
POLICY = """
[[step]]
to = ["on-duty"]
channels = ["mail"]
[[step]]
to = ["everyone"]
channels = ["mail"]
"""
PAGING = """
[paging]
smtp = "127.0.0.1:9"
smtp_tls = "none"
mail_from = "node@example.org"
"""


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    place = tmp_path_factory.mktemp("duty")
    with pytest.MonkeyPatch.context() as patch:
        credentials(place, patch)
        yield copies(place)[0]


def test_duty_from_two_files_to_a_hand_over_that_both_signed(land, tmp_path):
    first, second = "Officer 1 (invented)", "Officer 2 (invented)"
    config = land.folder / "longbien.toml"
    config.write_text(config.read_text("utf-8") + PAGING, "utf-8")
    for name, text in (
        ("roster", ROSTER.format(first=first, second=second)),
        ("policy", POLICY),
        ("wrong", POLICY.replace("channels", "chanels")),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    assert land.say("shift", "who").error == "ROSTER_NONE"
    roster = land.do("shift", "roster", "--set", tmp_path / "roster")
    holds("shift roster", roster)
    assert {row["person"] for row in roster["shifts"]} == {first, second}
    who = land.do("shift", "who")
    holds("shift who", who)
    assert {who["on_duty"], who["next"]} == {first, second}
    assert land.say("shift", "who", "--at", "2020-01-01T00:00:00Z").error == "ROSTER_NONE"
    wrong = land.say("page", "policy", "--set", tmp_path / "wrong")
    assert wrong.error == "DUTY_KEY_UNKNOWN"
    assert "did you mean channels?" in wrong.err
    policy = land.do("page", "policy", "--set", tmp_path / "policy")
    holds("page policy", policy)
    assert [found.split()[0] for found in policy["mistakes"]] == [
        "POLICY_ONE_CHANNEL",
        "POLICY_NOBODY_REACHED",
        "POLICY_NOBODY_REACHED",
    ]
    holds(
        "page contact", land.do("page", "contact", first, "--channel", "mail", "--address", "one@example.org")
    )
    holds("page test", land.do("page", "test"))
    listed = land.do("page", "list", "--kind", "test")
    holds("page list", listed)
    assert land.say("page", "ack", "ZZZZ").error == "CODE_WRONG"
    closed = land.do("page", "close", listed["pages"][0]["page"], "--name", first, "--why", "Tried out.")
    holds("page close", closed)
    keys = [word for path in land.passkeys for word in ("--passkey", path)]
    names = ("--leaves", first, "--comes", second, "--text", "Nothing waits.")
    assert land.say("shift", "handover", *names, *keys[:2]).error == "HANDOVER_TWO_PERSONS"
    signed = land.do("shift", "handover", *names, *keys)
    holds("shift handover", signed)
    assert land.do("shift", "handover")["digest"] == signed["digest"]
