"""Forms as an officer or the writer of another program meets them on the command line."""

import json
from pathlib import Path

import pytest
from icalendar import Calendar
from jsonschema import Draft202012Validator

from law import sample
from longbien.cli.main import run
from longbien.law import to_json


def written(place: Path, **changes: object) -> Path:
    body = to_json({**sample.preservation()["open"], **changes})
    file = place / "body.json"
    file.write_text(json.dumps({name: item for name, item in body.items() if item is not None}))
    return file


def test_the_schema_of_one_act_and_of_all_is_printed_in_the_language_asked_for(capsys, tmp_path):
    assert run(["law", "schema", "preservation", "open", "--language", "ru"]) == 0
    one = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(one)
    assert Draft202012Validator(one).is_valid(json.loads(written(tmp_path).read_text()))
    assert run(["law", "schema", "preservation", "--language", "ru"]) == 0
    assert json.loads(capsys.readouterr().out)["open"] == one


def test_a_complete_body_is_said_to_be_complete(capsys, tmp_path):
    assert run(["request", "check", "preservation", "--body", str(written(tmp_path)), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gaps"] == []


def test_what_is_missing_is_said_in_the_readers_language_with_a_code_and_an_article(capsys, tmp_path):
    body = written(tmp_path, necessity=None, created_at="2026-11-14T18:57:03")
    words = ["request", "check", "preservation", "--body", str(body), "--language", "vi"]
    assert run(words) == 1
    shown = capsys.readouterr().out
    assert "Hãy điền" in shown
    assert "FIELDS_MISSING FILL_IN, Art. 42, number not compared" in shown
    assert run([*words, "--json"]) == 1
    gaps = json.loads(capsys.readouterr().out)["gaps"]
    assert [gap["code"] for gap in gaps] == ["TIME_WITHOUT_ZONE", "FIELDS_MISSING"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("law", "schema", "preservaton"), "RULES_UNKNOWN"),
        (("law", "schema", "preservation", "opn"), "ACT_UNKNOWN"),
    ],
)
def test_a_name_that_nobody_knows_is_answered_with_those_that_there_are(capsys, words, code):
    assert run(list(words)) == 1
    shown = capsys.readouterr().err
    assert code in shown
    assert "preservation" in shown or "open" in shown


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "BODY_SYNTAX"),
        ("[]", "BODY_SYNTAX"),
        ("[" * 100_000, "BODY_SYNTAX"),
        ('{"a": 1.5}', "BODY_FLOAT"),
    ],
)
def test_a_file_that_is_no_body_is_refused_with_a_code(capsys, tmp_path, text, code):
    file = tmp_path / "body.json"
    file.write_text(text)
    assert run(["request", "check", "preservation", "--body", str(file)]) == 1
    assert code in capsys.readouterr().err


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """The folder of a node that has just been founded, and the place of its passphrase."""
    place = tmp_path_factory.mktemp("node")
    secret = place / "credentials"
    secret.mkdir(mode=0o700)
    (secret / "longbien.passphrase").touch(mode=0o600)
    (secret / "longbien.passphrase").write_text("a good long passphrase")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDENTIALS_DIRECTORY", str(secret))
        office = "p247:Contact point (illustrative):poc,ca:en,vi"
        words = ["node", "init", "VN", "--name", "Viet Nam", "--listen", "127.0.0.1:1", "--mode", "demo"]
        assert run([*words, "--office", office, "--folder", str(place / "vn")]) == 0
        yield place / "vn"


def test_a_node_without_exchanges_gives_an_empty_calendar(node, tmp_path):
    out = tmp_path / "clocks.ics"
    assert run(["request", "calendar", "--out", str(out), "--folder", str(node)]) == 0
    assert Calendar.from_ical(out.read_bytes()).walk("VEVENT") == []


@pytest.mark.parametrize(
    ("format_", "sign"),
    [("json", '"longbien-statistics/1"'), ("csv", "party,from,to"), ("html", "<!doctype html>")],
)
def test_statistics_come_in_three_formats(node, capsys, tmp_path, format_, sign):
    words = [
        "statistics",
        "--from",
        "2026-01-01",
        "--to",
        "2027-01-01",
        "--format",
        format_,
        "--folder",
        str(node),
    ]
    assert run(words) == 0
    assert sign in capsys.readouterr().out
    assert run([*words, "--out", str(tmp_path / "report")]) == 0
    assert sign in (tmp_path / "report").read_text("utf-8")


@pytest.mark.parametrize(
    ("days", "code"),
    [(("2026-02-29", "2027-01-01"), "DAY_INVALID"), (("2027-01-01", "2027-01-01"), "PERIOD_ORDER")],
)
def test_a_period_that_is_none_is_refused(node, capsys, days, code):
    assert run(["statistics", "--from", days[0], "--to", days[1], "--folder", str(node)]) == 1
    assert code in capsys.readouterr().err


def test_an_exchange_that_is_not_there_is_not_printed(node, capsys, tmp_path):
    out = tmp_path / "form.pdf"
    assert run(["request", "print", "ab", "--out", str(out), "--folder", str(node)]) == 1
    assert "EXCHANGE_UNKNOWN" in capsys.readouterr().err
    assert not out.exists()
