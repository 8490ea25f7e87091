"""Fixtures of the keys room."""

from pathlib import Path

import pytest

from longbien.keys.filestore import FileKeyStore

from .stores import created


@pytest.fixture
def store(tmp_path: Path) -> FileKeyStore:
    return created(tmp_path / "keys")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys"
