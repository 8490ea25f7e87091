"""Servers that listen on this machine: one for mail, one for HTTP, and a certificate that nobody but the test believes."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from longbien.paging.driver import trust
from longbien.paging.posting import Way

HERE = Way(context=trust(None), inside=(ipaddress.ip_network("127.0.0.0/8"),))
"""The way to servers of this machine, which a test names as an operator does."""


def certificate(folder: Path) -> Path:
    """A PEM file with a certificate of 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2040, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class MailServer:
    """Speaks as much of RFC 5321 as a submission needs. `mute`: it takes connections and says nothing; `refuses`: no such mailbox."""

    def __init__(self, pem: Path | None, *, mute: bool = False, refuses: bool = False) -> None:
        self._context: ssl.SSLContext | None = None
        if pem is not None:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._context.load_cert_chain(pem)
        self._mute = mute
        self._refuses = refuses
        self.came = asyncio.Event()
        self.connected = asyncio.Event()
        self.mails: list[Message] = []
        self.port = 0

    @contextlib.asynccontextmanager
    async def running(self, *, implicit: bool = False) -> AsyncIterator["MailServer"]:
        server = await asyncio.start_server(
            self._talk, "127.0.0.1", 0, ssl=self._context if implicit else None
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected.set()
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            if self._mute:
                await reader.read()
                writer.close()
                return
            writer.write(b"220 here\r\n")
            while line := await reader.readline():
                await self._answer(line.decode().strip().upper(), reader, writer)
        writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if line.startswith("EHLO"):
            writer.write(b"250-here\r\n250 STARTTLS\r\n" if self._context else b"250 here\r\n")
        elif line == "STARTTLS":
            writer.write(b"220 go\r\n")
            await writer.drain()
            await writer.start_tls(self._context)
        elif line.startswith("RCPT") and self._refuses:
            writer.write(b"550 nobody\r\n")
        elif line == "DATA":
            writer.write(b"354 go\r\n")
            raw = await reader.readuntil(b"\r\n.\r\n")
            self.mails.append(message_from_bytes(raw[:-3], policy=default))
            writer.write(b"250 taken\r\n")
            self.came.set()
        else:
            writer.write(b"250 yes\r\n")
        await writer.drain()


class Posted:
    """An HTTP server that keeps what it is sent."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.came = asyncio.Event()
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Posted"]:
        async def take(request: web.Request) -> web.Response:
            self.bodies.append(await request.read())
            self.headers.append({name.lower(): value for name, value in request.headers.items()})
            self.came.set()
            return web.Response(status=self.status, headers={"Location": "/elsewhere"})

        app = web.Application()
        app.router.add_post("/{rest:.*}", take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        try:
            yield self
        finally:
            await runner.cleanup()


def names() -> Iterator[str]:
    """Identifiers, one after the other."""
    number = 0
    while True:
        yield f"{number:032x}"
        number += 1
