"""The page on security says what the code does."""

import re

import pytest

from longbien.cli import outward, serve
from longbien.interop import incoming, word_form
from longbien.keys.material import Purpose
from longbien.node import config, delivery, hooks, people, tokens
from longbien.paging import driver
from longbien.peer import server, tls
from longbien.store.schema import metadata
from longbien.web import app, console, crier, sessions
from longbien.web.api import app as api
from longbien.web.policy import Level
from longbien.web.screens import sheets

from .test_pages import ROOT, page

TEXT = " ".join(page("reference/security.md").split())
MINUTE = 60_000


def section(name: str) -> str:
    return " ".join(
        page("reference/security.md").partition(f"\n## {name}\n")[2].partition("\n## ")[0].split()
    )


def test_the_ways_in_are_those_that_there_are():
    text = section("Ways in")
    assert [text.count(f"level {level:d}") for level in Level] == [1, 2, 1]
    assert f"for {people.LASTS_MS['enter'] // MINUTE} minutes" in text
    assert f"for {people.LASTS_MS['enrol'] // people.HOUR_MS} hours" in text
    assert f"{people._LONG} digits of {len(people.DIGITS)} kinds ({people._LONG * 5} bits)" in text
    assert f"`{tokens.PREFIX}…` ({tokens.SECRET_BYTES * 8} bits)" in text
    assert f"for {tokens.DAYS_MAX} days at most" in text


def test_the_bounds_on_guessing_are_those_of_the_code():
    text = section("Guessing and flooding")
    assert f"{'Ten' if console.TRIES_EACH == 10 else console.TRIES_EACH} tries" in text
    assert f"{console.TRIES_ALL} from everywhere" in text
    assert f"{outward.EACH_BURST} times at once and {outward.EACH_SECOND:g} times a second" in text
    assert f"none {outward.STRANGERS_BURST} times and once a second" in text
    assert outward.STRANGERS_SECOND == 1


def test_sessions_last_as_the_page_says():
    text = section("Sessions")
    assert f"{sessions.IDLE_MS // MINUTE} minutes without a request" in text
    assert f"{sessions.LONGEST_MS // (60 * MINUTE)} hours end it" in text
    assert sessions.RENEW_MS == 60 * MINUTE


@pytest.mark.parametrize(
    "limit",
    [
        f"{app.BODY_BYTES_MAX >> 20} MiB, {app.FIELDS_MAX} fields, {app.BODY_SECONDS:g} seconds",
        f"{sheets.TYPED_MAX:,} characters",
        f"{api.BODY_MAX >> 20} MiB, papers of a peer {api.PAPERS_MAX >> 20} MiB, {api.BODY_SECONDS:g} seconds",
        f"{2 * delivery.REQUEST_BYTES_MAX:,} bytes, {server.BODY_SECONDS:g} seconds",
        f"{incoming.FILE_BYTES_MAX >> 20} MiB, unpacked {word_form.UNPACKED_MAX >> 20} MiB",
        f"{word_form.MEMBERS_MAX} members, {incoming.PARTS_MAX} parts",
        f"stream of events | {api.LISTENERS_MAX} |",
    ],
)
def test_what_is_taken_has_the_limits_of_the_code(limit):
    assert limit in section("What is taken")


def test_every_purpose_of_a_key_is_in_the_list():
    text = section("Keys")
    assert [purpose for purpose in Purpose if f"| {purpose} |" not in text] == []
    assert "37 days" in text


def test_every_place_that_a_node_goes_to_is_in_the_list():
    """A key of the configuration that names an address is told, with how it is protected."""
    text = section("Where a node goes by itself")
    places = {"url", "smtp", "ntfy", "webhook", "heartbeat", "time_stamp", "store", "hook_networks", "issuer"}
    for name, keys in config._KEYS.items():
        for key in keys:
            if key in places:
                assert f"`{name}.{key}`" in text, key
    assert tls.client_context.__doc__
    assert "no redirection" in text


def test_what_is_written_down_is_said_with_place_reader_and_time():
    text = section("What is written down")
    for table in ("looks", "hook_deliveries"):
        assert table in metadata.tables
        assert f"`{table}`" in text
    assert f"{hooks.KEPT_DAYS} days" in text
    assert set(metadata.tables["looks"].columns.keys()) >= {"at", "person", "route", "exchange", "status"}


def test_what_costs_much_has_the_bounds_of_the_code():
    text = section("What costs much")
    assert f"a pool of {serve.WORKERS} workers" in text
    assert f"{crier.TRY_SECONDS:g} seconds (hooks) or {driver.DEADLINE_SECONDS:g} seconds (calls)" in text


def test_parts_of_others_have_hashes_and_days_in_which_holes_are_closed():
    assert re.search(
        r"within \d+ days of its publication, any other within \d+", section("Parts made by others")
    )
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert locks
    for lock in locks:
        text = lock.read_text("utf-8")
        wanted = re.findall(r"^[a-z0-9][\w.\[\],-]*==", text, re.MULTILINE)
        assert wanted
        assert text.count("--hash=sha256:") >= len(wanted), lock.name
        assert "://" not in "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def test_a_release_holds_no_tests_and_no_folder_of_a_version_control():
    whole = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'packages = ["src/longbien", "src/longbien_verify"]' in whole
    assert not [path for path in (ROOT / "src").rglob("*") if path.name in {".git", ".svn", "tests"}]
    assert not [path for path in (ROOT / "src").rglob("*.py") if path.name.startswith("test_")]


def test_every_kind_of_data_says_how_it_is_kept():
    text = section("Data, and how each kind is kept")
    for kind in (
        "evidence",
        "acts and forms",
        "people, roles, looks",
        "sessions, codes, tokens",
        "secrets of keys",
    ):
        assert f"| {kind} |" in text
