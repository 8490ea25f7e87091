"""What a process needs to be one side of TLS between nodes: its own key and certificate, and the certificates that it believes.

What it knows: bytes that somebody else took from descriptors. What it must never do: ask a certificate authority, or a name; or
write a key anywhere but into memory.
"""

import os
import ssl
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """`own` is a private key and its certificate (PEM), `believed` are certificates (DER)."""

    own: bytes = field(repr=False)
    believed: tuple[bytes, ...]


def server_side(pins: Pins) -> ssl.SSLContext:
    """Accepts these peers and nobody else; `believe` adds one later."""
    return _context(pins, ssl.PROTOCOL_TLS_SERVER)


def client_side(pins: Pins) -> ssl.SSLContext:
    """Reaches these peers and nobody else."""
    return _context(pins, ssl.PROTOCOL_TLS_CLIENT)


def believe(context: ssl.SSLContext, certificate: bytes) -> None:
    """This certificate is believed from now on."""
    context.load_verify_locations(cadata=certificate)


def _context(pins: Pins, protocol: int) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The certificate itself is pinned by the root of the other State, which says more than a name in it.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    _show(context, pins.own)
    for certificate in pins.believed:
        believe(context, certificate)
    return context


def _show(context: ssl.SSLContext, pem: bytes) -> None:
    """The library takes keys from files only; this file exists in memory and has no name."""
    handle = os.memfd_create("longbien-tls", os.MFD_CLOEXEC)
    try:
        os.write(handle, pem)
        context.load_cert_chain(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)
