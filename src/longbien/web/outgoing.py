"""One question over HTTPS to an address that somebody wrote, for code that waits for the answer.

What it knows: TLS, and which addresses it may go to (`reach.permitted`). What it must never do: follow an answer elsewhere, use a proxy of its
surroundings, or read more than it asked for. A name is looked up once, each of its addresses is checked, and the connection goes to one of these.
"""

import http.client
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote_plus, urlencode, urlsplit

from longbien.node.reach import Network, permitted

SECONDS: Final = 10.0
BYTES_MAX: Final = 1 << 18


class NotReached(Exception):
    """There is no answer. `code` is stable: OUT_ADDRESS, OUT_UNREACHABLE, OUT_TLS, OUT_TOO_LARGE."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


class Outgoing:
    """Asks; `inside` are networks that the operator has named, `authorities` a file of certificates that are believed there."""

    def __init__(self, inside: Sequence[Network] = (), authorities: Path | None = None) -> None:
        self._inside = tuple(inside)
        self._context = ssl.create_default_context()
        if authorities is not None:
            self._context.load_verify_locations(authorities)

    def ask(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        user: tuple[str, str] | None = None,
    ) -> Answer:
        """The answer to a GET, or to a POST of a `form`; `user` is named as RFC 6749 §2.3.1 has it. Raises `NotReached`."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or 443
        except ValueError as error:
            raise NotReached("OUT_ADDRESS") from error
        if parts.scheme != "https" or not host or parts.username is not None:
            raise NotReached("OUT_ADDRESS")
        headers = {"Accept": "application/json", "Connection": "close"}
        if user is not None:
            pair = ":".join(map(quote_plus, user)).encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        body = None if form is None else urlencode(form).encode()
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        line = _Line(host, port, self._context, self._address(host, port))
        try:
            line.request("GET" if body is None else "POST", path, body=body, headers=headers)
            reply = line.getresponse()
            found = reply.read(BYTES_MAX + 1)
        except ssl.SSLError as error:
            raise NotReached("OUT_TLS") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise NotReached("OUT_UNREACHABLE") from error
        finally:
            line.close()
        if len(found) > BYTES_MAX:
            raise NotReached("OUT_TOO_LARGE")
        return Answer(status=reply.status, body=found)

    def _address(self, host: str, port: int) -> tuple[str, int]:
        """One address of a host, if all of them may be gone to."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NotReached("OUT_UNREACHABLE") from error
        addresses = [(str(item[4][0]), port) for item in found]
        if not all(permitted(address, self._inside) for address, _ in addresses):
            raise NotReached("OUT_ADDRESS")
        return addresses[0]


class _Line(http.client.HTTPSConnection):
    """A connection to an address that was checked, under the name that its certificate must have."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, address: tuple[str, int]) -> None:
        super().__init__(host, port, timeout=SECONDS, context=context)
        self._checked = address
        self._tls = context

    def connect(self) -> None:
        """See `HTTPSConnection.connect`."""
        plain = socket.create_connection(self._checked, SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
