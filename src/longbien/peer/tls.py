"""TLS between two nodes: each side shows the certificate that its descriptor lists, and believes no other.

What it knows: certificates of pinned descriptors. What it must never do: believe anything else (`pins`). The content is sealed and
signed without TLS; TLS keeps strangers out and hides who writes to whom (decision 0004).
"""

import ssl
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from longbien.keys import Purpose
from longbien.node import Broken, Node
from longbien.peer.pins import Pins, client_side, server_side


def pins(node: Node, parties: Sequence[str]) -> Pins:
    """What this node shows, and the certificates of these parties."""
    return Pins(
        own=_own(node),
        believed=tuple(
            certificate for party in parties for certificate in node.directory.descriptor(party).certificates
        ),
    )


def server_context(node: Node) -> ssl.SSLContext:
    """Accepts only the peers that are pinned now; `pins.believe` adds one later."""
    return server_side(pins(node, node.directory.parties))


def client_context(node: Node, party: str) -> ssl.SSLContext:
    """Reaches `party` and nobody else."""
    return client_side(pins(node, [party]))


def _own(node: Node) -> bytes:
    descriptor = node.directory.own.descriptor
    for entry in node.keystore.entries():
        if entry.purpose is Purpose.TLS and entry.certificate in descriptor.certificates:
            key = load_der_private_key(node.keystore.tls_private(entry.kid), None)
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            return pem + x509.load_der_x509_certificate(entry.certificate).public_bytes(Encoding.PEM)
    raise Broken("TLS_KEY_MISSING", descriptor.party)
