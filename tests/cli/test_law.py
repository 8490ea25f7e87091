"""`longbien law`: what a lawyer reads, at which exit code, and that a treaty added as a file is read like any other."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from law import sample
from longbien.cli.main import run
from longbien.law.grounds import GROUND_CHECKS
from longbien.law.kinds import KINDS
from longbien.law.lint_rules import OFFICES
from longbien.node.config import read_config
from longbien.node.lawbook import shipped

ON = ("--on", "2026-11-23")


@pytest.fixture
def ask(capsys):
    """One command: its exit code, what it printed, what it complained."""

    def asked(*words: str) -> tuple[int, str, str]:
        code = run(["law", *words])
        caught = capsys.readouterr()
        assert "Traceback" not in caught.out + caught.err
        return code, caught.out, caught.err

    return asked


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments/kz-vn-invented.toml").write_text(sample.INVENTED, "utf-8")
    return tmp_path


def lines(text: str) -> str:
    """The words of a page, however they were broken into lines and columns."""
    return re.sub(r"\s+", " ", text)


def test_the_list_has_every_procedure_in_the_order_of_the_specification(ask):
    code, out, _ = ask("list", "--json")
    found = json.loads(out)
    names = [item["procedure"] for item in found["procedures"]]
    book = shipped()
    assert code == 0
    assert names == [name for name in book.foreseen if book.rules(name) is not None]
    contained = {sub for item in found["procedures"] for sub in item["contains"]}
    assert set(names) | set(found["foreseen"]) <= set(book.foreseen) <= {*names, *contained}
    code, out, _ = ask("list")
    assert re.search(
        r"^preservation +Preservation of stored data +42\* +poc ca comp → poc ca +preservation\.1 *$",
        out,
        re.MULTILINE,
    )


def test_a_procedure_is_shown_with_all_that_a_lawyer_asks_for(ask):
    code, out, _ = ask("show", "preservation")
    assert code == 0
    assert re.search(r"^required +items +Data to preserve", out, re.MULTILINE)
    assert re.search(r"^optional +requested_days +Days wished", out, re.MULTILINE)
    assert re.search(r"^this or system_location +custodian", out, re.MULTILINE)
    assert re.search(r"^with deadline +deadline_reason", out, re.MULTILINE)
    assert re.search(r"^Preserved +requesting side", out, re.MULTILINE)
    law, targets = out.split("Clocks of the law")[1].split("Targets of the product; they are not law")
    assert re.search(
        r"^PRES-60 +Preservation ends +at least 60 days +14 days, 7 days, 2 days +42\(8\)\*$",
        law,
        re.MULTILINE,
    )
    assert "DECIDE" not in law
    assert re.search(r"^DECIDE +Decide +24 hours", targets, re.MULTILINE)
    assert "DUAL" in out
    assert "where a reservation to Art. 42(5) is cited" in lines(out)
    assert "further ground: POLITICAL" in out
    assert "no, never in this procedure" in out
    assert all(line == line.rstrip() for line in out.splitlines())


def test_every_procedure_can_be_shown_in_every_language(ask):
    for procedure, _ in shipped().procedures:
        code, out, _ = ask("show", procedure, "--language", "vi", "--json")
        found = json.loads(out)
        assert code == 0
        assert found["clocks_of_the_law"] or found["targets"]
        assert all(stage["waits_for"] for stage in found["stages"] if not stage["terminal"])


def test_the_words_of_offices_kinds_and_conditions_are_there():
    words = shipped().messages.names
    keys = [f"office_{name}" for name in OFFICES]
    keys += [f"kind_{name}" for name in KINDS]
    keys += [f"role_{name}" for rules in shipped().procedures.values() for name in rules.flow.roles]
    keys += [f"check_{name}" for name in GROUND_CHECKS]
    assert [key for key in keys if key not in words] == []


def test_every_finding_of_the_lint_has_its_remedy():
    room = resources.files("longbien.law")
    sources = [room / item.name for item in room.iterdir() if item.name.endswith(".py")]
    sources.append(resources.files("longbien.node") / "lawbook.py")
    named = {
        code
        for source in sources
        for code in re.findall(r'(?:Finding|note)\(\s*"([A-Z_]+)"', source.read_text("utf-8"))
    }
    written = tomllib.loads((room / "data/messages.toml").read_text("utf-8"))["remedies"]
    assert len(named) > 60
    assert sorted(named - set(written)) == []
    assert sorted(set(written) - named) == []


def test_bases_are_told_in_words_the_first_to_be_preferred_first(ask):
    code, out, _ = ask("basis", "VN", "RU", "preservation", *ON)
    assert code == 0
    opened, closed = lines(out).split("Not open")
    assert (
        opened.index("1 Treaty on legal assistance")
        < opened.index("2 Another treaty")
        < opened.index("3 Recip")
    )
    assert "It is no basis for evidence." in closed
    assert "No source shows that it is in force" in closed
    code, out, _ = ask("basis", "vn", "ru", "preservation", *ON, "--json")
    found = json.loads(out)
    assert found["on"] == "2026-11-23"
    assert found["bases"][0]["instrument"] == "ru-vn-1998"
    assert all(item["source"] and item["checked_on"] and item["says"] for item in found["bases"])


def test_bases_speak_the_language_that_is_asked_for(ask):
    _, out, _ = ask("basis", "VN", "BR", "preservation", *ON, "--language", "ru", "--json")
    assert json.loads(out)["parties"] == {"VN": "Вьетнам", "BR": "Бразилия"}


def test_without_a_day_today_counts(ask):
    code, out, _ = ask("basis", "VN", "UNODC", "technical-assistance", "--json")
    assert code == 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", json.loads(out)["on"])


def test_a_treaty_from_a_folder_is_resolved_like_any_other(ask, folder):
    code, out, _ = ask("basis", "VN", "KZ", "preservation", *ON, "--law", str(folder), "--json")
    assert code == 0
    first = json.loads(out)["bases"][0]
    assert (first["instrument"], first["open"], first["article"]) == ("kz-vn-invented", True, "7")
    code, out, _ = ask("basis", "VN", "KZ", "preservation", *ON, "--json")
    assert "kz-vn-invented" not in out
    code, out, _ = ask("show", "preservation", "--law", str(folder))
    assert "further ground: POLITICAL no ground: ESSENTIAL required: deadline channels: central" in lines(
        out.replace("Invented treaty of Kazakhstan and Viet Nam, for tests", "")
    )
    code, out, _ = ask("check", "--law", str(folder))
    assert code == 0
    assert "Added by the folder: instruments/kz-vn-invented.toml." in out
    assert "no finding" in out


def test_a_fault_is_shown_with_its_place_and_its_remedy(ask, folder):
    file = folder / "instruments/kz-vn-invented.toml"
    file.write_text(
        sample.INVENTED.replace("in_force = 2020-05-01\nuntil", "in_froce = 2020-05-01\nuntil"), "utf-8"
    )
    code, out, _ = ask("check", "--law", str(folder))
    assert code == 7
    assert "KEY_UNKNOWN  instruments/kz-vn-invented.toml parties.KZ" in out
    assert "in_froce, nearest: in_force" in out
    assert "Correct the key, or take it away." in out
    code, out, _ = ask("check", "--law", str(folder), "--json")
    assert code == 7
    assert [item["code"] for item in json.loads(out)["findings"]] == ["KEY_UNKNOWN"]
    code, _, err = ask("list", "--law", str(folder))
    assert (code, "KEY_UNKNOWN" in err, "longbien law check" in err) == (3, True, True)


def test_what_a_folder_replaces_is_said(ask, tmp_path):
    shipped_file = resources.files("longbien.law") / "data/instruments/hanoi.toml"
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments/hanoi.toml").write_text(shipped_file.read_text("utf-8"), "utf-8")
    code, out, _ = ask("check", "--law", str(tmp_path))
    assert (code, "Replaced by the folder: instruments/hanoi.toml." in out) == (0, True)


def test_a_folder_that_is_not_there_is_a_finding(ask, tmp_path):
    code, out, _ = ask("check", "--law", str(tmp_path / "lwa"))
    assert (code, "FOLDER_MISSING" in out) == (7, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "preservasion"), "PROCEDURE_UNKNOWN\n  preservasion; did you mean preservation?"),
        (("show", "preservation-extension"), "is part of preservation: longbien law show preservation"),
        (("show", "???"), "longbien law list shows them all"),
        (("basis", "VN", "Brasil", "preservation"), "PARTY_UNKNOWN\n  Brasil; did you mean BR (Brazil)?"),
        (("basis", "VN", "???", "preservation"), "PARTY_UNKNOWN\n  ???"),
        (("basis", "VN", "vn", "preservation"), "PARTY_TWICE"),
        (("basis", "VN", "RU"), "write two parties or more, then the procedure"),
        (("basis", "VN", "RU", "preservasion"), "did you mean preservation?"),
        (("basis", "VN", "RU", "preservation", "--on", "2026-02-30"), "DATE_INVALID"),
        (("list", "--language", "tlh"), "LANGUAGE_UNKNOWN"),
    ],
)
def test_a_question_that_cannot_be_answered_names_what_is_wrong(ask, words, told):
    code, out, err = ask(*words)
    assert (code, out) == (2, "")
    assert told in err


def test_a_node_reads_the_folder_that_its_configuration_names(tmp_path, folder):
    (tmp_path / "longbien.toml").write_text(
        '[node]\nparty = "VN"\n[peer]\nlisten = "127.0.0.1:1"\n'
        '[approval]\nrelying_party = "node.example"\norigin = "https://node.example"\n'
        '[law]\nextra = "."\n',
        "utf-8",
    )
    config = read_config(tmp_path)
    (tmp_path / "longbien.toml").unlink()  # it lies in the same folder here, and is no law
    assert "kz-vn-invented" in shipped(config.law).instruments


def test_who_stops_reading_gets_no_complaint():
    done = subprocess.run(
        f"{sys.executable} -m longbien law show stored-data-access | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "Access to stored data  stored-data-access, version 1\n"
    assert done.stderr == ""
