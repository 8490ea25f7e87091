"""The configuration of one node: a strict TOML file, no key too many, none misspelt.

What it knows: the file `longbien.toml` in the node's folder. What it must never hold: a secret (passphrases come from the
environment's credentials, docs/reference/configuration.md).
"""

import difflib
import ipaddress
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FILE = "longbien.toml"
SOCKET = "control.sock"
# What the system takes as the name of a socket (sun_path of unix(7), without its closing zero).
SOCKET_BYTES_MAX = 107
MODES = ("live", "exercise", "demo")

_KEYS: dict[str, dict[str, type]] = {
    "node": {"party": str, "mode": str},
    "storage": {"url": str},
    "peer": {"listen": str},
    "approval": {"relying_party": str, "origin": str, "software_passkeys": bool},
    "web": {
        "listen": str,
        "certificate": str,
        "key": str,
        "sample_keys": str,
        "hook_networks": list,
        "hook_authorities": str,
        "files_listen": str,
        "files_origin": str,
    },
    "oidc": {
        "issuer": str,
        "client": str,
        "secret_file": str,
        "claim": str,
        "people_file": str,
        "networks": list,
        "authorities": str,
    },
    "clock": {"witness_seconds": int},
    "law": {"extra": str},
    "paging": {
        "smtp": str,
        "smtp_tls": str,
        "smtp_user": str,
        "smtp_password_file": str,
        "mail_from": str,
        "ntfy": str,
        "ntfy_token_file": str,
        "webhook": str,
        "webhook_secret_file": str,
        "apprise": bool,
        "authority": str,
        "heartbeat": str,
        "heartbeat_seconds": int,
        "networks": list,
    },
    "court": {"time_stamp": str},
    "evidence": {
        "store": str,
        "mbit_per_second": int,
        "grace_days": int,
        "keep_days": int,
        "upload_gib": int,
    },
}


class ConfigFault(Exception):
    """The configuration is wrong; `code` is stable, `detail` names the key and what to write instead.

    Codes: CONFIG_MISSING, CONFIG_SYNTAX, CONFIG_SECTION_UNKNOWN, CONFIG_KEY_UNKNOWN, CONFIG_KEY_MISSING, CONFIG_TYPE,
    CONFIG_VALUE, CONFIG_PATH_LONG, CONFIG_SECRET.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The channels by which people are called; empty where one is not set up. Secrets are files. `authority` is a PEM file of an authority
    that the machine does not know. `heartbeat` is an address that hears each `heartbeat_seconds` that the node is alive. `networks` are those
    inside which the servers of ntfy, webhook and heartbeat may lie beside the public network.
    """

    smtp: tuple[str, int] | None = None
    smtp_tls: str = "starttls"
    smtp_user: str = ""
    smtp_password: Path | None = None
    mail_from: str = ""
    ntfy: str = ""
    ntfy_token: Path | None = None
    webhook: str = ""
    webhook_secret: Path | None = None
    apprise: bool = False
    authority: Path | None = None
    heartbeat: str = ""
    heartbeat_seconds: int = 60
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """The State's own identity provider. `people` is a TOML file: what `claim` says of a person = the person's name at this node. The
    provider lies in the public network or inside `networks`; `authorities` are certificates that are believed there.
    """

    issuer: str
    client: str
    secret: Path
    claim: str
    people: Path
    networks: tuple[str, ...] = ()
    authorities: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What an operator has decided. `folder` is where everything of the node lies; `listen` is host and port.

    `console` is host and port of the console, `None` where there is none; `certificate` are the files of its certificate and key, `None`
    where it is served without TLS, to this machine or to a proxy on it. `sample_keys` is a folder of keys that sign for sample officers.
    `files` is host and port of the origin of its own to which files are handed in, `None` where they come to the console's; `files_origin` is its
    address in browsers. `hook_networks` are those inside which hooks may lie; `hook_authorities` is a file of certificates that are believed there.
    """

    folder: Path
    party: str
    mode: str
    storage: str
    listen: tuple[str, int]
    relying_party: str
    origin: str
    software_passkeys: bool
    witness_seconds: int
    law: Path | None
    time_stamp: str = ""
    evidence: str = ""
    mbit_per_second: int = 0
    grace_days: int = 30
    keep_days: int = 0
    upload_gib: int = 50
    console: tuple[str, int] | None = None
    certificate: tuple[Path, Path] | None = None
    sample_keys: Path | None = None
    files: tuple[str, int] | None = None
    files_origin: str = ""
    hook_networks: tuple[str, ...] = ()
    hook_authorities: Path | None = None
    paging: Paging = Paging()
    oidc: Oidc | None = None

    @property
    def keys(self) -> Path:
        """The folder of the encrypted key files."""
        return self.folder / "keys"

    @property
    def objects(self) -> Path:
        """The folder of sealed evidence."""
        return self.folder / "evidence"

    @property
    def intake(self) -> Path:
        """The folder of files that were handed in and are not sealed yet, and of those that wait to be taken away."""
        return self.folder / "intake"

    @property
    def socket(self) -> Path:
        """The door for the command line of this machine."""
        return self.folder / SOCKET


def read_config(folder: Path) -> Config:
    """The configuration in `folder`.

    Raises:
        ConfigFault: with the nearest name where a key is misspelt.
    """
    path = folder / FILE
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigFault(
            "CONFIG_MISSING", f"{FILE} is not in this folder; `longbien node init` makes one"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigFault("CONFIG_SYNTAX", str(error)) from error
    for section, keys in found.items():
        if section not in _KEYS or not isinstance(keys, dict):
            raise ConfigFault("CONFIG_SECTION_UNKNOWN", f"[{section}]{_nearest(section, _KEYS)}")
        for key, value in keys.items():
            _check(section, key, value)
    software = _take(found, "approval", "software_passkeys", default=False)
    mode = _take(found, "node", "mode", default="live")
    if mode not in MODES:
        raise ConfigFault("CONFIG_VALUE", f"node.mode must be one of {', '.join(MODES)}")
    if software and mode == "live":
        raise ConfigFault("CONFIG_VALUE", "approval.software_passkeys is not allowed on a live node")
    socket_bytes = len(os.fsencode(folder / SOCKET))
    if socket_bytes > SOCKET_BYTES_MAX:
        raise ConfigFault("CONFIG_PATH_LONG", f"{folder / SOCKET} has {socket_bytes} bytes")
    extra = _take(found, "law", "extra", default="")
    return Config(
        folder=folder,
        party=_take(found, "node", "party"),
        mode=mode,
        storage=_take(found, "storage", "url", default=f"sqlite:///{folder.resolve() / 'node.db'}"),
        listen=listen_address(_take(found, "peer", "listen"), "peer.listen"),
        relying_party=_take(found, "approval", "relying_party"),
        origin=_take(found, "approval", "origin").rstrip("/"),
        software_passkeys=software,
        witness_seconds=_take(found, "clock", "witness_seconds", default=60),
        law=folder / extra if extra else None,
        time_stamp=_take(found, "court", "time_stamp", default=""),
        evidence=_take(found, "evidence", "store", default=""),
        mbit_per_second=_take(found, "evidence", "mbit_per_second", default=0),
        grace_days=_take(found, "evidence", "grace_days", default=30),
        keep_days=_take(found, "evidence", "keep_days", default=0),
        upload_gib=_take(found, "evidence", "upload_gib", default=50),
        **_console(folder, found, mode),
        paging=_paging(folder, found),
        oidc=_oidc(folder, found),
    )


def _check(section: str, key: str, value: object) -> None:
    wanted = _KEYS[section].get(key)
    if wanted is None:
        raise ConfigFault("CONFIG_KEY_UNKNOWN", f"{section}.{key}{_nearest(key, _KEYS[section])}")
    if type(value) is not wanted:
        raise ConfigFault("CONFIG_TYPE", f"{section}.{key} must be {wanted.__name__}")


def _take(found: dict[str, Any], section: str, key: str, default: Any = None) -> Any:  # noqa: ANN401 - checked by type above
    value = found.get(section, {}).get(key, default)
    if value is None:
        raise ConfigFault("CONFIG_KEY_MISSING", f"{section}.{key}")
    return value


def _nearest(name: str, known: dict[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"


def _console(folder: Path, found: dict[str, Any], mode: str) -> dict[str, Any]:
    """The section [web]. A live node's officers come by TLS, whoever ends it; sample keys sign on a demonstration only."""
    listen = _take(found, "web", "listen", default="")
    certificate, key = (_take(found, "web", name, default="") for name in ("certificate", "key"))
    samples = _take(found, "web", "sample_keys", default="")
    origin = _take(found, "approval", "origin")
    if bool(certificate) != bool(key):
        raise ConfigFault("CONFIG_VALUE", "web.certificate and web.key belong together")
    if samples and (mode != "demo" or not _take(found, "approval", "software_passkeys", default=False)):
        raise ConfigFault("CONFIG_VALUE", "web.sample_keys is for demonstrations only")
    if listen and mode == "live" and not origin.startswith("https://"):
        raise ConfigFault("CONFIG_VALUE", "approval.origin of a live node begins with https://")
    address = listen_address(listen, "web.listen") if listen else None
    if address and not certificate and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise ConfigFault(
            "CONFIG_VALUE",
            "web.listen without web.certificate is for this machine alone, such as 127.0.0.1:8443",
        )
    return {
        "console": address,
        "certificate": (folder / certificate, folder / key) if certificate else None,
        "sample_keys": folder / samples if samples else None,
        **_files(found, origin),
        **_hooks(folder, found),
    }


def _files(found: dict[str, Any], console: str) -> dict[str, Any]:
    """The origin of its own for files that are handed in: both keys or none, by TLS wherever the console is."""
    listen, origin = (_take(found, "web", name, default="") for name in ("files_listen", "files_origin"))
    if bool(listen) != bool(origin):
        raise ConfigFault("CONFIG_VALUE", "web.files_listen and web.files_origin belong together")
    if origin and urlsplit(origin).scheme != urlsplit(console).scheme:
        raise ConfigFault("CONFIG_VALUE", "web.files_origin begins as approval.origin does")
    address = listen_address(listen, "web.files_listen") if listen else None
    return {"files": address, "files_origin": origin.rstrip("/")}


def _hooks(folder: Path, found: dict[str, Any]) -> dict[str, Any]:
    """Where hooks may lie beside the public network, and whose certificates they may have."""
    networks = _networks(found, "web", "hook_networks")
    authorities = _take(found, "web", "hook_authorities", default="")
    return {
        "hook_networks": networks,
        "hook_authorities": folder / authorities if authorities else None,
    }


def _networks(found: dict[str, Any], section: str, name: str) -> tuple[str, ...]:
    networks = _take(found, section, name, default=[])
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except (ValueError, TypeError) as error:
            raise ConfigFault(
                "CONFIG_VALUE", f"{section}.{name} holds networks, such as 10.1.0.0/16"
            ) from error
    return tuple(map(str, networks))


def _oidc(folder: Path, found: dict[str, Any]) -> Oidc | None:
    """The section [oidc]; whoever has it, has all that a provider needs."""
    if "oidc" not in found:
        return None
    issuer = str(_take(found, "oidc", "issuer"))
    parts = urlsplit(issuer)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ConfigFault("CONFIG_VALUE", "oidc.issuer begins with https:// and has no query")
    authorities = _take(found, "oidc", "authorities", default="")
    return Oidc(
        issuer=issuer,
        client=_take(found, "oidc", "client"),
        secret=folder / _take(found, "oidc", "secret_file"),
        claim=_take(found, "oidc", "claim", default="sub"),
        people=folder / _take(found, "oidc", "people_file"),
        networks=_networks(found, "oidc", "networks"),
        authorities=folder / authorities if authorities else None,
    )


LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


def _paging(folder: Path, found: dict[str, Any]) -> Paging:
    """The section [paging]. Nothing leaves this machine without TLS, and no secret stands in the file itself."""

    def text(name: str) -> str:
        return str(_take(found, "paging", name, default=""))

    def file(name: str) -> Path | None:
        return folder / text(name) if text(name) else None

    smtp = listen_address(text("smtp"), "paging.smtp") if text("smtp") else None
    tls = text("smtp_tls") or "starttls"
    if tls not in {"starttls", "implicit", "none"}:
        raise ConfigFault("CONFIG_VALUE", "paging.smtp_tls must be one of starttls, implicit, none")
    if smtp is not None and tls == "none" and smtp[0] not in LOCAL:
        raise ConfigFault("CONFIG_VALUE", "paging.smtp_tls may be none on this machine only")
    if smtp is not None and "@" not in text("mail_from"):
        raise ConfigFault("CONFIG_KEY_MISSING", "paging.mail_from, the address that mail comes from")
    for name in ("ntfy", "webhook", "heartbeat"):
        parts = urlsplit(text(name))
        local = parts.scheme == "http" and parts.hostname in LOCAL
        if text(name) and not (parts.hostname and (parts.scheme == "https" or local)):
            raise ConfigFault("CONFIG_VALUE", f"paging.{name} begins with https://")
    if text("webhook") and not text("webhook_secret_file"):
        raise ConfigFault(
            "CONFIG_KEY_MISSING", "paging.webhook_secret_file, by which the receiver knows this node"
        )
    seconds = _take(found, "paging", "heartbeat_seconds", default=60)
    if not 1 <= seconds <= 3600:
        raise ConfigFault("CONFIG_VALUE", "paging.heartbeat_seconds must be from 1 to 3600")
    return Paging(
        smtp=smtp,
        smtp_tls=tls,
        smtp_user=text("smtp_user"),
        smtp_password=file("smtp_password_file"),
        mail_from=text("mail_from"),
        ntfy=text("ntfy"),
        ntfy_token=file("ntfy_token_file"),
        webhook=text("webhook"),
        webhook_secret=file("webhook_secret_file"),
        apprise=_take(found, "paging", "apprise", default=False),
        authority=file("authority"),
        heartbeat=text("heartbeat"),
        heartbeat_seconds=seconds,
        networks=_networks(found, "paging", "networks"),
    )


def listen_address(text: str, name: str) -> tuple[str, int]:
    """Host and port; raises `ConfigFault` CONFIG_VALUE with the `name` of what is wrong."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigFault("CONFIG_VALUE", f"{name} must be host:port")
    return host, int(port)
