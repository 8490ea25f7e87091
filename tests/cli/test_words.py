"""What the command line says when something is wrong: a code, a sentence, a remedy, and no traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("node")
    credentials(place, "a good long passphrase")
    done = run(
        place,
        *("node", "init", "VN", "--name", "Viet Nam", "--listen", "127.0.0.1:1", "--mode", "demo"),
        *("--office", "p247:Contact point (illustrative):poc,ca:en,vi"),
    )
    assert done.returncode == 0, done.stderr
    return place


def credentials(place: Path, passphrase: str) -> None:
    kept = place / "credentials"
    kept.mkdir(mode=0o700, exist_ok=True)
    file = kept / "longbien.passphrase"
    file.touch(mode=0o600)
    file.write_text(passphrase)


def run(place: Path, *words: str, secret: str = "credentials") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "longbien", *words, "--folder", str(place / "vn")],
        env={**os.environ, "CREDENTIALS_DIRECTORY": str(place / secret)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_a_new_node_verifies(folder):
    assert run(folder, "node", "verify").returncode == 0
    assert run(folder, "node", "doctor").returncode == 0


def test_a_folder_that_holds_a_node_is_left_alone(folder):
    done = run(
        folder, "node", "init", "RU", "--name", "x", "--listen", "127.0.0.1:1", "--office", "a:b:poc:en"
    )
    assert (done.returncode, "FOLDER_NOT_EMPTY" in done.stderr) == (3, True)


def test_a_misspelt_key_is_answered_with_the_right_one(folder):
    config = folder / "vn" / "longbien.toml"
    before = config.read_text()
    config.write_text(before.replace("listen", "lissten"))
    done = run(folder, "node", "status")
    config.write_text(before)
    assert done.returncode == 3
    assert "did you mean listen?" in done.stderr


def test_a_wrong_passphrase_is_named_as_such(folder):
    credentials(folder, "another passphrase")
    done = run(folder, "node", "status")
    credentials(folder, "a good long passphrase")
    assert done.returncode == 4
    assert "PASSPHRASE_WRONG" in done.stderr


def test_a_missing_passphrase_says_where_it_belongs(folder):
    done = run(folder, "node", "status", secret="nowhere")
    assert done.returncode == 4


def test_a_port_in_use_is_named_and_nothing_runs(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = folder / "vn" / "longbien.toml"
        before = config.read_text()
        config.write_text(before.replace("127.0.0.1:1", f"127.0.0.1:{taken.getsockname()[1]}"))
        done = run(folder, "node", "serve")
        config.write_text(before)
    assert done.returncode == 3
    assert "PORT_IN_USE" in done.stderr


def test_an_unknown_office_and_an_unknown_exchange_are_refused(folder):
    done = run(
        folder, "officer", "add", "An Officer", "--office", "nope", "--passkey", str(folder / "key.json")
    )
    assert (done.returncode, "OFFICE_UNKNOWN" in done.stderr) == (1, True)
    done = run(folder, "request", "show", "abcd")
    assert (done.returncode, "EXCHANGE_UNKNOWN" in done.stderr) == (1, True)
