"""A small identity provider over real TLS, which can be told to lie."""

import base64
import hashlib
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

CLIENT, SECRET = "longbien", "a secret: of +the client"


@dataclass
class Told:
    """What the provider answers next; each test bends one thing."""

    now: int
    claims: dict = field(default_factory=dict)
    header: dict = field(default_factory=dict)
    issuer: str | None = None
    key: object = None
    drop: tuple[str, ...] = ()
    status: int = 200
    redirect: str = ""
    large: bool = False


class IdentityProvider:
    """Serves until it is closed; `asked` are the forms that came to the token endpoint."""

    def __init__(self, pem: Path, now: int) -> None:
        self.told = Told(now=now)
        self.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.issuer = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def visited(self, address: str) -> str:
        """A person signs in there; the query with which the browser comes back."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == CLIENT
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"code={code}&state={query['state']}&iss={self.issuer}"

    def token(self, query: dict[str, str]) -> str:
        seconds = self.told.now // 1000
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "subject-1",
            "nonce": query["nonce"],
            "iat": seconds,
            "exp": seconds + 300,
            **self.told.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.told.drop}
        header = {"alg": "ES256", "kid": "one", **self.told.header}
        key = self.told.key or (OctKey.import_key(SECRET) if header["alg"].startswith("HS") else self.key)
        if header["alg"] == "none":
            parts = [json.dumps(part).encode() for part in (header, claims)]
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def _handler(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                if provider.told.redirect:
                    self.send_response(302)
                    self.send_header("Location", provider.told.redirect)
                    self.end_headers()
                    return
                if self.path == "/.well-known/openid-configuration":
                    issuer = provider.told.issuer or provider.issuer
                    self._say(
                        {
                            "issuer": issuer,
                            "authorization_endpoint": f"{provider.issuer}/authorize",
                            "token_endpoint": f"{provider.issuer}/token",
                            "jwks_uri": f"{provider.issuer}/keys",
                        }
                    )
                elif self.path == "/keys":
                    self._say({"keys": [provider.key.as_dict(private=False)]})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                form["authorization"] = self.headers.get("authorization", "")
                provider.asked.append(form)
                query = provider.codes.pop(form["code"], None)
                challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
                good = query and query["code_challenge"] == base64.urlsafe_b64encode(
                    challenge
                ).decode().rstrip("=")
                if not good or query["redirect_uri"] != form["redirect_uri"]:
                    self._say({"error": "invalid_grant"}, 400)
                    return
                self._say({"id_token": provider.token(query)}, provider.told.status)

            def _say(self, what, status=200):
                raw = json.dumps(what).encode() + (b" " * (1 << 20) if provider.told.large else b"")
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

        return Handler
