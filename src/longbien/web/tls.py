"""TLS before officers' browsers: versions and ciphers that still hold, and the certificate that the operator brought.

What it knows: an SSL context. What it must never know: who comes. Between two nodes other rules hold (`peer.tls`).
"""

import ssl
from pathlib import Path
from typing import Final

# Whoever has no TLS 1.3 yet finds forward secrecy and ciphers that prove themselves.
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


def console_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The context of the console's own port. Raises OSError or ssl.SSLError where the files are none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.load_cert_chain(certificate, key)
    return context
