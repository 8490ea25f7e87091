"""One django-pyas2 node, run by the interpreter of the rival's own environment: settings, set-up,
receiving, sending.

This file imports nothing of this repository. It is configuration around the published interface of
django-pyas2: its models for the set-up, its URL for receiving, its command `sendas2message` for sending.

oscrypto 1.3.0, which django-pyas2 pins through pyas2lib and which has no newer release on PyPI, does not
understand the version of an OpenSSL with two digits at the end ("3.0.19", Debian 12) and refuses to be
imported. `_openssl_of_today` widens that one pattern while the module is being loaded and changes nothing
else.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NARROW = r"\b(\d\.\d\.\d[a-z]*)\b"
WIDE = r"\b(\d+\.\d+\.\d+[a-z]*)\b"


@contextmanager
def _openssl_of_today() -> Iterator[None]:
    search = re.search

    def widened(pattern: str, text: str, flags: int = 0) -> re.Match[str] | None:
        return search(WIDE if pattern == NARROW else pattern, text, flags)

    setattr(re, "search", widened)  # noqa: B010  a type checker rightly refuses the plain assignment
    try:
        yield
    finally:
        setattr(re, "search", search)  # noqa: B010


def _start(folder: str) -> None:
    """Makes Django of this process the node that lives in the folder."""
    with _openssl_of_today():
        importlib.import_module("oscrypto.asymmetric")
    home = Path(folder)
    importlib.import_module("django.conf").settings.configure(
        SECRET_KEY="a benchmark on the loopback keeps no secret",
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "pyas2"],
        MIDDLEWARE=[],
        ROOT_URLCONF="pyas2.urls",
        MEDIA_ROOT=str(home),
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(home / "node.sqlite3"),
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "timeout": 20,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                },
            }
        },
        LOGGING_CONFIG=None,
        USE_TZ=True,
    )
    importlib.import_module("django").setup()


def application(folder: str) -> Callable[..., object]:
    """The receiving node as a WSGI application."""
    _start(folder)
    wsgi: Callable[..., object] = importlib.import_module("django.core.wsgi").get_wsgi_application()
    return wsgi


def set_up(folder: str) -> None:
    """Makes the tables, the own organisation and its one partner, as `node.json` in the folder describes
    them.
    """
    _start(folder)
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    models = importlib.import_module("pyas2.models")
    wish = json.loads((Path(folder) / "node.json").read_text())
    key = models.PrivateKey.objects.create(
        name=wish["name"], key=(wish["key"] + wish["certificate"]).encode(), key_pass=""
    )
    certificate = models.PublicCertificate.objects.create(
        name=wish["partner"], certificate=wish["partner_certificate"].encode()
    )
    models.Organization.objects.create(
        name=wish["name"], as2_name=wish["name"], signature_key=key, encryption_key=key
    )
    models.Partner.objects.create(
        name=wish["partner"],
        as2_name=wish["partner"],
        target_url=wish["partner_url"],
        content_type="application/octet-stream",
        signature="sha256",
        signature_cert=certificate,
        encryption="aes_256_cbc",
        encryption_cert=certificate,
        mdn=True,
        mdn_mode="SYNC",
        mdn_sign="sha256",
    )


def send(folder: str) -> None:
    """Sends for as long as each line of standard input says (seconds); answers with a line of latencies."""
    _start(folder)
    command = importlib.import_module("django.core.management").call_command
    wish = json.loads((Path(folder) / "node.json").read_text())
    print("ready", flush=True)
    for line in sys.stdin:
        latencies = []
        until = time.monotonic() + float(line)
        while (begin := time.monotonic()) < until:
            command("sendas2message", wish["name"], wish["partner"], "payload.bin")
            latencies.append(time.monotonic() - begin)
        print(json.dumps(latencies), flush=True)


if __name__ == "__main__":
    {"set-up": set_up, "send": send}[sys.argv[1]](sys.argv[2])
