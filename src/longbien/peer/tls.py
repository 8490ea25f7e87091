"""TLS between two nodes: each side shows the certificate that its descriptor lists, and believes no other.

What it knows: certificates of pinned descriptors. What it must never do: ask a certificate authority, or a name. The content
is sealed and signed without TLS; TLS keeps strangers out and hides who writes to whom (decision 0004).
"""

import os
import ssl

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from longbien.keys import KeyStore, Purpose
from longbien.keys.descriptor import Descriptor
from longbien.node import Broken, Node


def server_context(node: Node) -> ssl.SSLContext:
    """Accepts only the peers that are pinned now; `believe` adds one later."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    _show(context, node.keystore, node.directory.own.descriptor)
    for party in node.directory.parties:
        believe(context, node.directory.descriptor(party))
    return context


def client_context(node: Node, party: str) -> ssl.SSLContext:
    """Reaches `party` and nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The certificate itself is pinned by the root of the other State, which says more than a name in it.
    context.check_hostname = False
    _show(context, node.keystore, node.directory.own.descriptor)
    believe(context, node.directory.descriptor(party))
    return context


def believe(context: ssl.SSLContext, descriptor: Descriptor) -> None:
    """The certificates of this descriptor are believed from now on."""
    for der in descriptor.certificates:
        context.load_verify_locations(cadata=der)


def _show(context: ssl.SSLContext, keystore: KeyStore, descriptor: Descriptor) -> None:
    for entry in keystore.entries():
        if entry.purpose is Purpose.TLS and entry.certificate in descriptor.certificates:
            key = load_der_private_key(keystore.tls_private(entry.kid), None)
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            pem += x509.load_der_x509_certificate(entry.certificate).public_bytes(Encoding.PEM)
            _load(context, pem)
            return
    raise Broken("TLS_KEY_MISSING", descriptor.party)


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    """The library takes keys from files only; this file exists in memory and has no name."""
    handle = os.memfd_create("longbien-tls", os.MFD_CLOEXEC)
    try:
        os.write(handle, pem)
        context.load_cert_chain(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)
