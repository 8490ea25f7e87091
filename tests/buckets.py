"""A pretended S3 (moto) as a process of its own, and ways to buckets."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Self

from obstore.store import S3Store

BUCKET = "evidence"


class Moto:
    """A server at a port of its own, with one empty bucket once it was started; what it holds is gone with it."""

    def __init__(self, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def start(self) -> None:
        words = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(self._port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log)
        for _ in range(300):
            if _answers(self.url + "/moto-api/"):
                break
            time.sleep(0.2)
        request = urllib.request.Request(
            f"{self.url}/{BUCKET}",
            method="PUT",
            headers={"Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request"},
        )
        urllib.request.urlopen(request, timeout=10).close()


def s3(endpoint: str, key: str, secret: str) -> S3Store:
    return S3Store(
        BUCKET,
        endpoint=endpoint,
        access_key_id=key,
        secret_access_key=secret,
        region="us-east-1",
        virtual_hosted_style_request=False,
        client_options={"allow_http": True, "timeout": "20s"},
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=5)},
    )


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
        return True
    return False
