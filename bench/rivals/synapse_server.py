"""The configuration of one Synapse homeserver for the loopback, written as JSON, which is YAML."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.rivals.certificates import tls_pair
from bench.rivals.processes import PEERS

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = PEERS / "synapse" / "bin" / "python"
NO_LIMIT = {"per_second": 1_000_000, "burst_count": 1_000_000}
LIMITS = (
    "rc_message",
    "rc_registration",
    "rc_joins_per_room",
    "rc_room_creation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A prepared homeserver: how to start it, where its users reach it, what the other server calls it."""

    name: str
    client_port: int
    command: tuple[str, ...]
    log: Path


def prepare(home: Path, *, client_port: int, federation_port: int) -> Server:
    """Writes keys, certificate and settings into the folder."""
    home.mkdir()
    key, certificate = tls_pair()
    (home / "tls.key").write_text(key)
    (home / "tls.crt").write_text(certificate)
    seed = base64.b64encode(os.urandom(32)).decode().rstrip("=")
    (home / "signing.key").write_text(f"ed25519 a_bench {seed}\n")
    (home / "log.json").write_text(json.dumps(_logging()))
    name = f"127.0.0.1:{federation_port}"
    (home / "homeserver.json").write_text(json.dumps(_settings(home, name, client_port, federation_port)))
    command = (str(PYTHON), "-m", "synapse.app.homeserver", "--config-path", str(home / "homeserver.json"))
    return Server(name=name, client_port=client_port, command=command, log=home / "output")


def _settings(home: Path, name: str, client_port: int, federation_port: int) -> dict[str, object]:
    return {
        "server_name": name,
        "report_stats": False,
        "pid_file": str(home / "pid"),
        "log_config": str(home / "log.json"),
        "media_store_path": str(home / "media"),
        "signing_key_path": str(home / "signing.key"),
        "tls_certificate_path": str(home / "tls.crt"),
        "tls_private_key_path": str(home / "tls.key"),
        "macaroon_secret_key": base64.b64encode(os.urandom(32)).decode(),
        "form_secret": base64.b64encode(os.urandom(32)).decode(),
        "database": {"name": "sqlite3", "args": {"database": str(home / "homeserver.sqlite3")}},
        "listeners": [
            _listener(client_port, "client", tls=False),
            _listener(federation_port, "federation", tls=True),
        ],
        # Two servers on one machine with certificates that nobody else knows.
        "ip_range_blacklist": [],
        "federation_ip_range_blacklist": [],
        "federation_verify_certificates": False,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "enable_registration": True,
        "enable_registration_without_verification": True,
        # What a fast server would be set to.
        "presence": {"enabled": False},
        "user_directory": {"enabled": False},
        "filter_timeline_limit": 1000,
        "rc_federation": {
            "window_size": 1000,
            "sleep_limit": 1_000_000,
            "sleep_delay": 1,
            "reject_limit": 1_000_000,
            "concurrent": 100,
        },
        "rc_joins": {"local": NO_LIMIT, "remote": NO_LIMIT},
        **dict.fromkeys(LIMITS, NO_LIMIT),
    }


def _listener(port: int, purpose: str, *, tls: bool) -> dict[str, object]:
    return {
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "type": "http",
        "tls": tls,
        "x_forwarded": False,
        "resources": [{"names": [purpose], "compress": False}],
    }


def _logging() -> dict[str, object]:
    """Errors only, into the output of the process."""
    return {
        "version": 1,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"level": "ERROR", "handlers": ["console"]},
        "disable_existing_loggers": False,
    }
