"""Software passkeys in files, for nodes that are not live."""

import json
import os
import threading
from pathlib import Path
from typing import Any

from longbien.cli.asked import CommandRefused
from longbien.cli.failing import FileFault
from longbien.cli.terminal import new_file, read_file
from longbien.exercise.passkey import SoftPasskey
from longbien.node import Assertion
from longbien.node.config import Config


def new_passkey(path: Path, config: Config) -> dict[str, str]:
    """A new key in a new file; its public side as `enrol` takes it."""
    if not config.software_passkeys:
        raise CommandRefused("PASSKEY_SOFTWARE", "a live node takes hardware passkeys only")
    key = SoftPasskey(
        credential=os.urandom(16),
        secret=os.urandom(32),
        relying_party=config.relying_party,
        origin=config.origin,
    )
    kept = {
        "credential": key.credential.hex(),
        "secret": key.secret.hex(),
        "relying_party": key.relying_party,
        "origin": key.origin,
        "count": 0,
    }
    new_file(path)
    _keep(path, kept)
    return {"credential": key.credential.hex(), "public_key": key.public_key.hex()}


def signed_by(path: Path, challenge: str) -> str:
    """The assertion (hex) of the key in a file over a challenge (hex); its counter moves on."""
    try:
        kept = json.loads(read_file(path))
        key = SoftPasskey(
            credential=bytes.fromhex(kept["credential"]),
            secret=bytes.fromhex(kept["secret"]),
            relying_party=kept["relying_party"],
            origin=kept["origin"],
        )
        kept["count"] += 1
    except (ValueError, KeyError, TypeError) as error:
        raise CommandRefused("PASSKEY_FILE", path.name) from error
    _keep(path, kept)
    return key.sign(bytes.fromhex(challenge), kept["count"]).encode().hex()


class SampleFolder:
    """Keys of sample officers, one file each, that sign in a demonstration as if the officer had touched a key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def sign(self, person: bytes, challenge: bytes) -> Assertion | None:
        """The assertion of this person's sample key, `None` where there is none."""
        path = self._folder / f"{person.hex()}.json"
        if not path.exists():
            return None
        with self._lock:
            return Assertion.decode(bytes.fromhex(signed_by(path, challenge.hex())))


def _keep(path: Path, kept: dict[str, Any]) -> None:
    """The file is the old one or the new one, whole, and nobody else can read it."""
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        part.rename(path)
    except OSError as error:
        raise FileFault("FILE_UNWRITABLE", f"{path}: {error.strerror}") from error
