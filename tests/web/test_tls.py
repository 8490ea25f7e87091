"""The console's own port: real handshakes with the context that a node serves with."""

import contextlib
import socket
import ssl
import threading

import pytest

from longbien.node.config import ConfigFault, read_config
from longbien.web.tls import console_context
from paging.servers import certificate


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


def shaken(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[str, str] | None:
    """Version and cipher of a handshake, `None` where there is none."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            taken, _ = listening.accept()
            with taken, contextlib.suppress(ssl.SSLError, OSError):
                server.wrap_socket(taken, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with (
                socket.create_connection(listening.getsockname()) as plain,
                client.wrap_socket(plain, server_hostname="127.0.0.1") as made,
            ):
                return made.version(), made.cipher()[0]
        except (ssl.SSLError, OSError):
            return None
        finally:
            thread.join()


def browser(pem, *, most: ssl.TLSVersion, ciphers: str = "DEFAULT:@SECLEVEL=0") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=pem)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = most
    context.set_ciphers(ciphers)
    return context


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_console_speaks_no_tls_before_1_2_and_no_cipher_without_forward_secrecy(pem):
    server = console_context(pem, pem)
    assert shaken(server, browser(pem, most=ssl.TLSVersion.TLSv1_3))[0] == "TLSv1.3"
    version, cipher = shaken(server, browser(pem, most=ssl.TLSVersion.TLSv1_2))
    assert version == "TLSv1.2"
    assert cipher.startswith("ECDHE-")
    assert "GCM" in cipher or "CHACHA20" in cipher
    for most in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        assert shaken(server, browser(pem, most=most)) is None
    for weak in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256"):
        assert (
            shaken(server, browser(pem, most=ssl.TLSVersion.TLSv1_2, ciphers=f"{weak}:@SECLEVEL=0")) is None
        )
    for offered in server.get_ciphers():
        assert offered["aead"], offered["name"]
        assert offered["protocol"] in {"TLSv1.2", "TLSv1.3"}


def test_a_live_console_without_tls_listens_to_this_machine_only(tmp_path):
    """Before a proxy on the same machine, or not at all."""
    text = """
[node]
party = "XA"
mode = "live"
[peer]
listen = "127.0.0.1:1"
[approval]
relying_party = "a.example"
origin = "https://a.example"
[web]
listen = "{}"
"""
    for listen in ("0.0.0.0:8443", "192.0.2.1:8443", "[::]:8443"):
        (tmp_path / "longbien.toml").write_text(text.format(listen))
        with pytest.raises(ConfigFault, match=r"this machine alone"):
            read_config(tmp_path)
    (tmp_path / "longbien.toml").write_text(text.format("127.0.0.1:8443"))
    assert read_config(tmp_path).console == ("127.0.0.1", 8443)
