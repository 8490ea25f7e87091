"""docs/reference/json.md is what `--json` prints, command by command."""

import json
import re
from pathlib import Path

import pytest

from .land import OFFICE, credentials, done, say
from .running import copies

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/json.md"


def documented() -> dict[str, list[str]]:
    rows = re.findall(r"^\| `([^`]+)` \| (.*) \|$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return {command: re.findall(r"`([^`]+)`", fields) for command, fields in rows}


def holds(command: str, found: dict) -> None:
    """Every field that came is on the page, and every one on the page came, but for rows of an empty list."""
    told = documented()[command]
    seen: set[str] = set()
    for name, value in found.items():
        rows = value if isinstance(value, list) and value and isinstance(value[0], dict) else None
        seen |= {name} if rows is None else {f"{name}[].{column}" for column in rows[0]}
    empty = {name for name, value in found.items() if value == []}
    assert seen - empty <= set(told), command
    missing = set(told) - seen
    assert {path.partition("[]")[0] for path in missing} <= empty, (command, missing)


@pytest.fixture(scope="module")
def lands(tmp_path_factory):
    place = tmp_path_factory.mktemp("json")
    with pytest.MonkeyPatch.context() as patch:
        credentials(place, patch)
        yield copies(place)


def test_programs_are_let_in_and_told_from_the_command_line(lands):
    vn, _ = lands
    token = vn.do("token", "new", "board", "--scope", "cases:read", "--scope", "events:read", "--days", "7")
    holds("token new", token)
    assert token["scopes"] == ["cases:read", "events:read"]
    holds("token list", vn.do("token", "list"))
    assert token["text"] not in say("token", "list", "--json", "--folder", vn.folder).out
    holds("token revoke", vn.do("token", "revoke", token["token"]))
    wrong = say("token", "new", "board", "--scope", "cases:approve", "--folder", vn.folder)
    assert wrong.error == "SCOPE_UNKNOWN"
    hook = vn.do("hook", "add", "https://board.example/told", "--kind", "exchange.opened")
    holds("hook add", hook)
    holds("hook list", vn.do("hook", "list"))
    holds("hook test", sent := vn.do("hook", "test", hook["hook"]))
    holds("hook log", vn.do("hook", "log", hook["hook"]))
    holds("hook replay", vn.do("hook", "replay", hook["hook"], sent["event"]))
    holds("hook remove", vn.do("hook", "remove", hook["hook"]))


def test_every_command_prints_the_fields_that_the_page_names(lands):
    vn, ru = lands
    body = vn.body("open", {"from_state": "VN", "to_state": "RU"})
    new = ("request", "new", "preservation", "--to", "RU", "--office", OFFICE, "--body", body)
    lacking = vn.place / "lacking.json"
    lacking.write_text("{}")
    asked = ("request", "check", "preservation", "--body", lacking, "--json")
    holds("request check", json.loads(say(*asked).out))
    holds("request new", draft := vn.do(*new))
    holds("act drafts", vn.do("act", "drafts"))
    for passkey in vn.passkeys:
        holds("act approve", vn.do("act", "approve", draft["draft"], "--passkey", passkey))
    holds("act send", sent := vn.do("act", "send", draft["draft"]))
    holds("act where", vn.do("act", "where", sent["act"]))
    holds("pouch pack", vn.do("pouch", "pack", "RU", "--out", vn.place / "there"))
    holds("pouch show", done("pouch", "show", vn.place / "there"))
    holds("pouch answer", ru.do("pouch", "answer", vn.place / "there", "--out", vn.place / "back"))
    holds("pouch settle", vn.do("pouch", "settle", vn.place / "back"))
    holds("act where", vn.do("act", "where", sent["act"]))
    exchange = sent["exchange"]
    words = (
        "act",
        "draft",
        exchange,
        "acknowledge",
        "--office",
        OFFICE,
        "--body",
        ru.body("acknowledge", {}),
    )
    holds("act draft", ru.do(*words))
    holds("request list", ru.do("request", "list"))
    holds("request show", ru.do("request", "show", exchange))
    holds("request export", ru.do("request", "export", exchange, "--out", ru.place / "record.lb"))
    court = ("evidence", "export", exchange, "--out", ru.place / "exchange.asice", "--languages", "en,vi")
    holds("evidence export", ru.do(*court, "--bag", ru.place / "bag"))
    holds("request print", ru.do("request", "print", exchange, "--out", ru.place / "form.pdf"))
    holds("request calendar", ru.do("request", "calendar", "--out", ru.place / "clocks.ics"))
    form = vn.place / "form.txt"
    form.write_text("Custodian: A provider\nCostodian: Another")
    taken = ("request", "import", form, "--procedure", "preservation", "--out", vn.place / "draft.json")
    holds("request import", done(*taken))
    holds("request form", vn.do("request", "form"))
    holds("request form preservation", vn.do("request", "form", "preservation"))
    for command in ("node status", "node verify", "node doctor", "peer list"):
        holds(command, vn.do(*command.split()))
    holds("node papers", vn.do("node", "papers", "--out", vn.place / "again.papers"))
    holds("peer pin", vn.pin(ru))
    more = ("officer", "add", "Third (invented)", "--office", OFFICE, "--passkey", vn.place / "third.json")
    holds("officer add", vn.do(*more))
    holds("explain", done("explain", "PEER_TLS"))
    holds("exercise simulate", done("exercise", "simulate", "--seeds", "2"))
    holds("exercise simulate --replay", done("exercise", "simulate", "--replay", "5"))
    holds("law list", done("law", "list"))
    holds("law show", done("law", "show", "preservation"))
    holds("law basis", done("law", "basis", "VN", "RU", "preservation"))
    holds("law check", done("law", "check"))


def test_the_page_names_every_command_that_can_print_json():
    from longbien.cli.main import app

    known = set()
    for group in ("node", "peer", "officer", "request", "act", "pouch", "exercise", "law", "evidence"):
        known |= {f"{group} {name}" for name in app[group] if not name.startswith("-")}
    told = {" ".join(command.split()[:2]) for command in documented()}
    # A node that serves prints nothing of its own; a schema is JSON by itself, whatever is asked.
    assert known - told == {"node serve", "law schema"}
