"""Stores of both engines; PostgreSQL runs for the whole session."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgresql import Cluster
from postgresql import cluster as new_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with new_cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def store_urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Addresses of two empty databases of one engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'first.db'}", f"sqlite:///{tmp_path / 'second.db'}"
    running: Cluster = request.getfixturevalue("cluster")
    name = f"t{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**8}"
    return running.database(f"{name}_a"), running.database(f"{name}_b")
