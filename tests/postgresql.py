"""A PostgreSQL cluster of its own for tests; without a server they are skipped, unless the run forbids that."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tools.postgresql import Cluster, NoServer
from tools.postgresql import cluster as own_cluster

__all__ = ["Cluster", "cluster"]


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster."""
    try:
        with own_cluster() as running:
            yield running
    except NoServer as missing:
        if os.environ.get("LONGBIEN_REQUIRE_POSTGRESQL"):
            pytest.fail(f"{missing}, and this run may not skip")
        pytest.skip(str(missing))
