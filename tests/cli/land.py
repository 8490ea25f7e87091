"""One State at the command line: its folder, its officers, and the words that an operator types."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from law import sample
from longbien.cli import main

PASSPHRASE = "a good long passphrase"
OFFICE = "p247"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The stable code of a failure."""
        return self.err.splitlines()[0].partition(": ")[2]


def say(*words: str) -> Said:
    """Runs the command in this process; whatever it is, no traceback comes out of it."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main.run([str(word) for word in words])
    assert "Traceback" not in out.getvalue() + err.getvalue()
    return Said(code=code, out=out.getvalue(), err=err.getvalue())


def done(*words: str) -> Any:
    """The JSON of a command that must work."""
    said = say(*words, "--json")
    assert said.code == 0, said.out + said.err
    return said.json


def credentials(place: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str = PASSPHRASE) -> None:
    kept = place / "credentials"
    kept.mkdir(mode=0o700, exist_ok=True)
    file = kept / "longbien.passphrase"
    file.touch(mode=0o600)
    file.write_text(passphrase)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(kept))


@dataclass
class Land:
    code: str
    place: Path
    fingerprint: str = ""
    passkeys: list[Path] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.place / self.code.lower()

    def do(self, *words: str) -> Any:
        return done(*words, "--folder", self.folder)

    def say(self, *words: str) -> Said:
        return say(*words, "--folder", self.folder)

    def found(self, *more: str) -> None:
        """A new node with two officers, and its papers in a file."""
        self.fingerprint = self.do(
            *("node", "init", self.code, "--name", f"{self.code} (test)", "--mode", "demo"),
            *("--office", f"{OFFICE}:Contact point (illustrative):poc,ca,comp:en"),
            *(more or ("--listen", "127.0.0.1:1")),
        )["fingerprint"]
        for number in (1, 2):
            passkey = self.place / f"{self.code}-{number}.json"
            self.do(
                "officer", "add", f"Officer {number} (invented)", "--office", OFFICE, "--passkey", passkey
            )
            self.passkeys.append(passkey)
        self.do("node", "papers", "--out", self.papers)

    @property
    def papers(self) -> Path:
        return self.place / f"{self.code}.papers"

    def pin(self, other: "Land") -> Any:
        keys = [word for path in self.passkeys for word in ("--passkey", path)]
        return self.do(
            *("peer", "pin", other.papers, "--party", other.code, "--fingerprint", other.fingerprint), *keys
        )

    def send(self, draft: Any) -> Any:
        """Both officers approve, and it goes."""
        for passkey in self.passkeys:
            self.do("act", "approve", draft["draft"], "--passkey", passkey)
        return self.do("act", "send", draft["draft"])

    def open(self, to: "Land") -> Any:
        body = self.body("open", {"from_state": self.code, "to_state": to.code})
        return self.send(
            self.do("request", "new", "preservation", "--to", to.code, "--office", OFFICE, "--body", body)
        )

    def act(self, exchange: str, act: str) -> Any:
        body = self.body(act, {})
        return self.send(self.do("act", "draft", exchange, act, "--office", OFFICE, "--body", body))

    def body(self, act: str, changes: dict[str, Any]) -> Path:
        """The sample body of an act, in a file."""
        path = self.place / f"{self.code}-{act}.json"
        path.write_text(json.dumps({**sample.preservation(now())[act], **changes}))
        return path


def now() -> int:
    from longbien.node.opening import machine_now

    return machine_now()
