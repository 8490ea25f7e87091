"""Mail by SMTP (RFC 5321), with TLS from the start or by STARTTLS.

What it knows: one submission server. What it must never do: send in the clear over a network. The library waits for a server as long as
each of its answers lasts, so each message has a thread that is cut off from outside when its time is over.
"""

import asyncio
import contextlib
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from longbien.paging.driver import Message, NotSent

IMPLICIT, STARTTLS, NONE = "implicit", "starttls", "none"
WAIT_SECONDS = 10.0
AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail is handed in. `user` is "" where nobody signs in."""

    host: str
    port: int
    tls: str
    sender: str
    user: str
    password: str
    context: ssl.SSLContext


class Mail:
    """The channel `mail`."""

    name = "mail"

    def __init__(self, server: Server) -> None:
        self._server = server
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")

    async def send(self, message: Message) -> None:
        """The server has taken it; raises `NotSent`."""
        line = _line(self._server)
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._hand_in, line, message)
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            _cut(line)
            work.add_done_callback(lambda done: done.cancelled() or done.exception())
            raise

    def _hand_in(self, line: smtplib.SMTP, message: Message) -> None:
        server = self._server
        # The library notes the name that a certificate must have only where it connects by itself, and then nobody could cut the line.
        line._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001
        try:
            line.connect(server.host, server.port)
            if server.tls == STARTTLS:
                line.starttls(context=server.context)
            if server.user:
                line.login(server.user, server.password)
            line.send_message(_written(message, server.sender))
        except ssl.SSLError as error:
            raise NotSent("CHANNEL_TLS", str(error.reason)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotSent("CHANNEL_TLS", "the server offers no STARTTLS or no sign-in") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise NotSent("ADDRESS_REFUSED") from error
        except smtplib.SMTPResponseException as error:
            raise NotSent("CHANNEL_REFUSED", str(error.smtp_code)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent("CHANNEL_UNREACHABLE", type(error).__name__) from error
        finally:
            # No farewell: a mail that was taken is taken, and a server that hangs afterwards must not make it look untaken.
            line.close()


def _line(server: Server) -> smtplib.SMTP:
    if server.tls == IMPLICIT:
        return smtplib.SMTP_SSL(timeout=WAIT_SECONDS, context=server.context)
    return smtplib.SMTP(timeout=WAIT_SECONDS)


def _cut(line: smtplib.SMTP) -> None:
    """Whatever the thread waits for ends now."""
    if line.sock is not None:
        with contextlib.suppress(OSError):
            line.sock.shutdown(socket.SHUT_RDWR)


def _written(message: Message, sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.address
    mail["Subject"] = message.title
    mail["Date"] = formatdate(message.at / 1000)
    mail["Message-ID"] = f"<{message.id}@longbien.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.urgent:
        mail["X-Priority"] = "1"
    mail.set_content(f"{message.text}\n\n{message.link}\n")
    return mail
