"""What Python can bring over TLS at all: two processes, blocking sockets, the same size over as many lines, and nothing else. No disk, no
check, no digest, no HTTP.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

LINES = 4
_BLOCK_BYTES = 1 << 20
_YEAR = dt.timedelta(days=365)

_SEND = """
import socket, ssl, sys; from threading import Thread
pem, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(pem)
listener = socket.create_server(("127.0.0.1", port)); print("ready", flush=True)
def send(connection):
    with context.wrap_socket(connection, server_side=True) as line:
        for _ in range(count): line.sendall(bytes(1 << 20))
threads = [Thread(target=send, args=(listener.accept()[0],)) for _ in range(int(sys.argv[4]))]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """Seconds on the clock, and of processors."""

    seconds: float
    processor: float


def ceiling(size: int, port: int) -> Ceiling:
    """For `size` bytes."""
    count = size // _BLOCK_BYTES // LINES
    with tempfile.TemporaryDirectory(prefix="longbien-bench-") as folder:
        pem = Path(folder) / "pem"
        pem.write_bytes(certificate())
        command = [sys.executable, "-c", _SEND, str(pem), str(port), str(count), str(LINES)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.load_verify_locations(pem)
            before, began = _spent(), time.perf_counter()
            threads = [Thread(target=_receive, args=(context, port)) for _ in range(LINES)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            seconds = time.perf_counter() - began
            process.wait()
            return Ceiling(seconds=seconds, processor=_spent() - before)


def _receive(context: ssl.SSLContext, port: int) -> None:
    view = memoryview(bytearray(_BLOCK_BYTES))
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port))) as line:
        line.settimeout(60)
        while line.recv_into(view):
            pass


def _spent() -> float:
    """Of this process and of those of its children that ended."""
    found = os.times()
    return found.user + found.system + found.children_user + found.children_system


def certificate() -> bytes:
    """A new key and a certificate for it that signs itself, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + _YEAR
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.sign(
        key, SHA256()
    ).public_bytes(Encoding.PEM)
