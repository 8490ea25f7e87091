"""Object stores for tests: memory, a pretended S3 (moto), and a real one (radosgw, where its packages are)."""

import os
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from buckets import Moto, s3

RADOSGW = os.environ.get("LONGBIEN_RADOSGW_UP", "")


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Moto(tmp_path_factory.mktemp("moto") / "log") as server:
        server.start()
        yield server.url


@pytest.fixture(scope="session")
def radosgw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not RADOSGW or not shutil.which("radosgw"):
        pytest.skip(
            "LONGBIEN_RADOSGW_UP names no script that starts a radosgw, or its packages are not installed"
        )
    folder = tmp_path_factory.mktemp("radosgw") / "ceph"
    started = subprocess.run(
        ["bash", RADOSGW, folder], capture_output=True, text=True, timeout=120, check=False
    )
    try:
        if "radosgw up" not in started.stdout:
            pytest.skip("radosgw did not start: " + started.stderr[-300:])
        bucket = s3("http://127.0.0.1:19010", "AKIDLONG12", "SKSKSKSKSK1234567890")
        signed = obstore.sign(bucket, "PUT", "", expires_in=timedelta(minutes=5))
        urllib.request.urlopen(urllib.request.Request(signed, method="PUT"), timeout=20).close()
        yield "http://127.0.0.1:19010"
    finally:
        subprocess.run(["bash", RADOSGW, folder, "stop"], capture_output=True, timeout=60, check=False)


@pytest.fixture
def bucket_of(request: pytest.FixtureRequest) -> Callable[[str], Any]:
    """An empty bucket of a kind."""

    def opened(kind: str) -> Any:
        found: Any = MemoryStore()
        if kind == "moto":
            found = s3(request.getfixturevalue("moto"), "key", "secret")
        if kind == "radosgw":
            found = s3(request.getfixturevalue("radosgw"), "AKIDLONG12", "SKSKSKSKSK1234567890")
        for page in obstore.list(found):
            for each in page:
                obstore.delete(found, each["path"])
        return found

    return opened


@pytest.fixture(params=["memory", "moto", "radosgw"])
def bucket(request: pytest.FixtureRequest, bucket_of: Callable[[str], Any]) -> Any:
    return bucket_of(request.param)
