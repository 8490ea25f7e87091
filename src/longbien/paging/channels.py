"""The channels that an operator has set up.

What it knows: the section [paging] of the configuration, and where secrets lie. What it must never do: keep a secret anywhere else.
"""

from ipaddress import ip_network
from pathlib import Path

from longbien.node.config import ConfigFault, Paging
from longbien.paging.apprise import Apprise
from longbien.paging.driver import Driver, trust
from longbien.paging.mail import Mail, Server
from longbien.paging.posting import Way
from longbien.paging.push import Ntfy
from longbien.paging.webhook import Webhook


def channels(paging: Paging) -> tuple[Driver, ...]:
    """One driver for each channel; raises `ConfigFault` CONFIG_SECRET where a secret cannot be read."""
    context = trust(paging.authority)
    way = Way(context=context, inside=tuple(map(ip_network, paging.networks)))
    found: list[Driver] = []
    if paging.smtp is not None:
        host, port = paging.smtp
        found.append(
            Mail(
                Server(
                    host=host,
                    port=port,
                    tls=paging.smtp_tls,
                    sender=paging.mail_from,
                    user=paging.smtp_user,
                    password=secret(paging.smtp_password),
                    context=context,
                )
            )
        )
    if paging.ntfy:
        found.append(Ntfy(paging.ntfy, secret(paging.ntfy_token), way))
    if paging.webhook:
        found.append(Webhook(paging.webhook, secret(paging.webhook_secret).encode(), way))
    if paging.apprise:
        found.append(Apprise())
    return tuple(found)


def secret(file: Path | None) -> str:
    """The text of a file without its last line end, "" where none is named."""
    if file is None:
        return ""
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigFault("CONFIG_SECRET", f"{file.name}: {type(error).__name__}") from error
