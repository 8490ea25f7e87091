"""What a person reads when something is wrong: what happened, whether anything was sent, what to do. Every code has its words."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import longbien
from longbien.cli import remedies
from longbien.cli.failing import Exit

from .land import OFFICE, Land, credentials, say
from .running import copies

SOURCE = Path(longbien.__file__).parent
PAGES = SOURCE.parents[1] / "docs"

# How the sources name a code that reaches a person.
NAMED = re.compile(
    r"(?:CommandRefused|ConfigFault|StoreFault|KeyFault|CaseFault|FileFault|NotMade|ListenFault|Denied|Refusal|Rejected|NotYet)"
    r'\(\s*(?:code=)?"([A-Z0-9_]+)"'
)
POUCH = re.compile(r'"((?:POUCH|PEER)_[A-Z_]+)"')


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    place = tmp_path_factory.mktemp("land")
    with pytest.MonkeyPatch.context() as patch:
        credentials(place, patch)
        yield copies(place)[0]


def codes() -> set[str]:
    """Every code that the command line can show to a person."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        found |= set(NAMED.findall(text))
        if path.parent.name in {"peer", "cli"}:
            found |= set(POUCH.findall(text))
    return found


def test_every_code_that_a_person_can_meet_has_its_own_remedy():
    missing = codes() - remedies.REMEDIES.keys()
    assert missing == set()
    assert len(codes()) > 90


def test_every_remedy_is_a_sentence_and_every_command_in_it_exists():
    for code, words in {**remedies.REMEDIES, **remedies.FAMILIES}.items():
        assert words.strip() == words, code
        assert words.endswith((".", '".')), code
        for command in re.findall(r"`longbien ([a-z]+(?: [a-z]+)?)", words):
            said = say(*command.split(), "--help")
            assert said.code == 0, (code, command)
        for page in re.findall(r"docs/\S+\.md", words):
            assert (PAGES.parent / page).exists(), (code, page)


def test_a_code_can_be_looked_up_and_an_unknown_one_gets_an_answer_too():
    assert remedies.REMEDIES["PEER_TLS"] in say("explain", "PEER_TLS").out
    assert remedies.OTHERWISE in say("explain", "NOT_A_CODE_OF_OURS").out


def body(land: Land, text: str) -> Path:
    path = land.place / "body.json"
    path.write_text(text)
    return path


def new(land: Land, path: Path, **more: str):
    to = more.get("to", "RU")
    return land.say(
        "request",
        "new",
        more.get("procedure", "preservation"),
        "--to",
        to,
        "--office",
        OFFICE,
        "--body",
        path,
    )


@pytest.mark.parametrize(
    ("words", "code", "end"),
    [
        (("request", "show", "abcd"), "EXCHANGE_UNKNOWN", Exit.REFUSED),
        (("request", "show", "xyz"), "ARGUMENT_INVALID", Exit.REFUSED),
        (("request", "list", "--limit", "0"), "ARGUMENT_INVALID", Exit.REFUSED),
        (("request", "form", "nonsense"), "RULES_UNKNOWN", Exit.REFUSED),
        (("request", "form", "preservation", "nonsense"), "ACT_UNKNOWN", Exit.REFUSED),
        (("act", "send", "00"), "DRAFT_UNKNOWN", Exit.REFUSED),
        (("act", "where", "zz"), "ARGUMENT_INVALID", Exit.REFUSED),
        (("act", "approve", "00", "--passkey", "nowhere.json"), "DRAFT_UNKNOWN", Exit.REFUSED),
        (("node", "statsu"), "USAGE", Exit.USAGE),
        (("request", "show"), "USAGE", Exit.USAGE),
        (("officer", "add", "A", "--office", "nope", "--passkey", "x/y.json"), "FILE_UNWRITABLE", Exit.USAGE),
        (
            ("peer", "pin", "nowhere", "--party", "RU", "--fingerprint", "00", "--passkey", "x"),
            "FILE_UNREADABLE",
            Exit.USAGE,
        ),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why_and_what_to_do(land, words, code, end):
    said = land.say(*words)
    assert (said.error, said.code) == (code, end)
    kind, detail, sent, remedy = said.err.splitlines()
    assert kind
    assert detail.strip()
    assert sent.strip() == "Nothing was sent."
    assert remedy.strip() == remedies.remedy(code)
    shown = land.say(*words, "--json")
    assert shown.code == end
    assert set(shown.json) == {"error", "detail", "sent", "remedy", "exit"}
    assert (shown.json["error"], shown.json["exit"], shown.err) == (code, end, "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "BODY_SYNTAX"),
        ("[]", "BODY_SYNTAX"),
        ("[" * 100_000, "BODY_SYNTAX"),
        ('{"facts": 1.5}', "BODY_FLOAT"),
        ('{"facts": ' + "[" * 20 + "]" * 20 + "}", "BODY_DEPTH"),
        ('{"linked_requests": [{"$hex": "xyz"}]}', "BODY_HEX"),
        ('{"facts": "\\ud800"}', "FIELDS_MISSING"),
        ('{"facts": 1' + "0" * 40 + "}", "FIELDS_MISSING"),
        ('{"facts": "' + "a" * (2 << 20) + '"}', "FIELDS_MISSING"),
        ('{"fatcs": "misspelt"}', "FIELD_UNKNOWN"),
        ("{}", "FIELDS_MISSING"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_a_body_that_is_none_is_refused_with_its_code_and_nothing_is_drafted(land, text, code):
    said = new(land, body(land, text))
    assert (said.error, said.code) == (code, Exit.REFUSED)
    assert land.do("act", "drafts")["drafts"] == []


@pytest.mark.parametrize("value", ["\ud800", 10**40, "a" * (2 << 20), "a\x00b", None, [], {"$hex": "00"}])
def test_a_value_that_no_wire_carries_is_a_field_that_is_named(land, value):
    path = land.body("open", {"from_state": "VN", "to_state": "RU", "facts": value})
    said = new(land, path)
    assert (said.error, said.err.splitlines()[1].strip()) == ("FIELD_INVALID", "facts")


def test_nobody_and_strangers_and_oneself_cannot_be_asked(land):
    path = body(land, "{}")
    assert new(land, path, to="KZ").error == "PEER_NOT_PINNED"
    assert new(land, path, to="VN").error == "PARTIES_WRONG"
    assert new(land, path, procedure="nonsense").error == "RULES_UNKNOWN"


def test_a_form_that_nobody_filled_in_does_not_leave(land):
    out = land.place / "form.json"
    found = land.do("request", "form", "preservation", "--out", out)
    assert json.loads(out.read_text()) == found["body"]
    assert {row["field"] for row in found["fields"]} >= {"facts", "items[].period.from", "requested_days"}
    assert new(land, out).code == Exit.REFUSED
    everything = land.do("request", "form", "preservation", "--all")["body"]
    assert everything.keys() > found["body"].keys()
    assert "preservation" in {row["procedure"] for row in land.do("request", "form")["procedures"]}
    alone = land.say("request", "form", "preservation")
    assert json.loads(alone.out) == found["body"]
    assert "Facts" in alone.err


def test_files_are_never_written_over(land):
    assert land.say("node", "papers", "--out", land.papers).error == "FILE_EXISTS"
    assert land.say("node", "papers", "--out", land.place / "no" / "where").error == "FILE_UNWRITABLE"
    again = land.say("officer", "add", "A", "--office", OFFICE, "--passkey", land.passkeys[0])
    assert again.error == "FILE_EXISTS"


def test_a_folder_whose_socket_has_no_name_is_named(land, tmp_path):
    deep = tmp_path / ("a" * 90) / "vn"
    deep.mkdir(parents=True)
    (deep / "longbien.toml").write_bytes((land.folder / "longbien.toml").read_bytes())
    said = say("node", "status", "--folder", deep)
    assert (said.error, said.code) == ("CONFIG_PATH_LONG", Exit.CONFIGURATION)


def test_an_address_that_this_machine_does_not_have_is_named(land):
    config = land.folder / "longbien.toml"
    before = config.read_text()
    config.write_text(re.sub(r"listen = .*", 'listen = "192.0.2.1:7001"', before))
    said = land.say("node", "serve")
    config.write_text(before)
    assert (said.error, said.code) == ("LISTEN_IMPOSSIBLE", Exit.CONFIGURATION)


def test_law_that_contradicts_itself_is_not_served(land):
    config = land.folder / "longbien.toml"
    before = config.read_text()
    extra = land.folder / "law" / "instruments"
    extra.mkdir(parents=True)
    (extra / "other.toml").write_text('id = "other"\nkindd = "treaty"\n')
    config.write_text(before + '[law]\nextra = "law"\n')
    said = land.say("node", "status")
    config.write_text(before)
    assert (said.error, said.code) == ("LAW_FAULT", Exit.CONFIGURATION)
    assert "kindd" in said.err


HOLD = """
import sys
from longbien.store import Store
store = Store(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_a_store_that_somebody_else_uses_is_named(land):
    words = [sys.executable, "-c", HOLD, f"sqlite:///{land.folder / 'node.db'}"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"open\n"
        said = land.say("node", "status")
        other.communicate()
    assert (said.error, said.code) == ("STORE_IN_USE", Exit.STORE)


def test_a_key_file_that_others_can_read_is_named(land):
    path = next((land.folder / "keys").glob("*.key"))
    path.chmod(0o644)
    said = land.say("node", "status")
    path.chmod(0o600)
    assert (said.error, said.code) == ("KEYFILE_EXPOSED", Exit.KEYS)


def test_whoever_reads_no_further_gets_no_complaint(land):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "longbien", "request", "form", "preservation", "--json"],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_socket_that_was_left_behind_is_no_running_node(land):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(land.folder / "control.sock"))
    assert land.do("node", "status")["party"] == "VN"
    (land.folder / "control.sock").unlink()
