"""File stores for tests: one cheap passphrase, one key of every purpose."""

from collections.abc import Callable
from pathlib import Path

import pytest

from longbien.keys.faults import KeyFault
from longbien.keys.filestore import FileKeyStore
from longbien.keys.keyfile import Cost
from longbien.keys.material import Purpose, Wanted

from .states import DAY, NOW

PASSPHRASE = "correct horse battery staple"
CHEAP = Cost(iterations=1, lanes=1, memory=128)


def wanted(purpose: Purpose, suite: int = 0, label: str = "") -> Wanted:
    return Wanted(purpose=purpose, suite=suite, label=label, made_at=NOW, since=NOW, until=NOW + 7 * DAY)


ALL = (
    wanted(Purpose.ROOT, 2),
    wanted(Purpose.STATEMENT, 1),
    wanted(Purpose.SEAL, 1),
    wanted(Purpose.SEAL, 2),
    wanted(Purpose.LOG, label="longbien/VN/00000000"),
    wanted(Purpose.TLS, label="node.example 127.0.0.1"),
    wanted(Purpose.PAPER, label="Longbien node of VN"),
    wanted(Purpose.EVIDENCE),
)


def created(path: Path) -> FileKeyStore:
    return FileKeyStore.create(path, PASSPHRASE, cost=CHEAP)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(KeyFault) as error:
        act()
    return error.value.code


def key_file(path: Path) -> Path:
    (found,) = path.glob("*.key")
    return found
