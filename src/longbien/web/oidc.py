"""Signing in by the State's own identity provider: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9700).

What it knows: one provider, as the operator set it up. What it must never do: make a person or a role, believe an answer to a question that this
browser did not ask, or go to an address that nobody allowed. Whoever comes this way reads and writes; signing takes a passkey as ever.
State, nonce and verifier are derived from one stamp under a key of this process, so asking costs the store nothing; a stamp is answered once.
"""

import hmac
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from webauthn.helpers import bytes_to_base64url

from longbien.node.ports import Entropy, Now
from longbien.web.outgoing import Answer, NotReached, Outgoing

LASTS_MS: Final = 10 * 60_000
KEPT_MS: Final = 60 * 60_000
# Keys are asked for anew at most this often, whatever names come.
ANEW_MS: Final = 60_000
SKEW_SECONDS: Final = 60
# Signatures with keys that anybody may know; never "none", never one with the client's secret.
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
_STAMP: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What the operator decided. `people` maps what `claim` says of a person to the person's name at this node."""

    issuer: str
    client: str
    secret: str
    claim: str
    people: Mapping[str, str]


class NotSignedIn(Exception):
    """The provider signed nobody in. Codes: OIDC_REFUSED, OIDC_OLD, OIDC_UNREACHABLE, OIDC_ANSWER, OIDC_TOKEN, OIDC_NOBODY."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Where a browser goes, and what it keeps in a cookie until it comes back."""

    to: str
    kept: str


class SignIn:
    """The way of one provider."""

    def __init__(
        self, provider: Provider, outgoing: Outgoing, *, back: str, now: Now, entropy: Entropy
    ) -> None:
        self._provider = provider
        self._outgoing = outgoing
        self._back = back
        self._now = now
        self._entropy = entropy
        self._key = entropy(32)
        self._lock = threading.Lock()
        self._answered: dict[bytes, int] = {}
        self._described: tuple[int, dict[str, Any]] | None = None
        self._keys: tuple[int, KeySet] | None = None

    def ask(self) -> Asking:
        """A new question; raises `NotSignedIn`."""
        stamp = self._entropy(16) + self._now().to_bytes(8)
        query = {
            "response_type": "code",
            "client_id": self._provider.client,
            "redirect_uri": self._back,
            "scope": "openid",
            "state": (stamp + self._proof(b"state", stamp)).hex(),
            "nonce": self._proof(b"nonce", stamp).hex(),
            "code_challenge": bytes_to_base64url(sha256(self._verifier(stamp).encode()).digest()),
            "code_challenge_method": "S256",
        }
        to = self._text(self._description(), "authorization_endpoint")
        return Asking(
            to=f"{to}{'&' if '?' in to else '?'}{urlencode(query)}", kept=self._proof(b"browser", stamp).hex()
        )

    def answered(self, query: Mapping[str, str], kept: str) -> str:
        """The name of the person whom the provider signed in; raises `NotSignedIn`."""
        stamp = self._taken(query.get("state", ""), kept)
        if query.get("iss", self._provider.issuer) != self._provider.issuer:
            raise NotSignedIn("OIDC_ANSWER", "iss")
        if query.get("error") or not query.get("code"):
            raise NotSignedIn("OIDC_REFUSED", query.get("error", "")[:80])
        claims = self._claims(self._token(query["code"], stamp), stamp)
        said = claims.get(self._provider.claim)
        person = self._provider.people.get(said) if isinstance(said, str) else None
        if person is None:
            raise NotSignedIn("OIDC_NOBODY")
        return person

    # What was asked.

    def _taken(self, state: str, kept: str) -> bytes:
        """The stamp of a question of this browser, if it is fresh and was not answered before."""
        try:
            raw, browser = bytes.fromhex(state), bytes.fromhex(kept)
        except ValueError as error:
            raise NotSignedIn("OIDC_OLD", "state") from error
        stamp, proof = raw[:_STAMP], raw[_STAMP:]
        if not hmac.compare_digest(proof, self._proof(b"state", stamp)):
            raise NotSignedIn("OIDC_OLD", "state")
        if not hmac.compare_digest(browser, self._proof(b"browser", stamp)):
            raise NotSignedIn("OIDC_OLD", "browser")
        now, made = self._now(), int.from_bytes(stamp[16:])
        with self._lock:
            self._answered = {key: at for key, at in self._answered.items() if now - at < LASTS_MS}
            if not 0 <= now - made < LASTS_MS or stamp in self._answered:
                raise NotSignedIn("OIDC_OLD", "time")
            self._answered[stamp] = made
        return stamp

    def _proof(self, purpose: bytes, stamp: bytes) -> bytes:
        return hmac.digest(self._key, purpose + b"\0" + stamp, sha256)

    def _verifier(self, stamp: bytes) -> str:
        return bytes_to_base64url(self._proof(b"verifier", stamp))

    # What the provider says.

    def _token(self, code: str, stamp: bytes) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": self._verifier(stamp),
        }
        where = self._text(self._description(), "token_endpoint")
        found = self._asked(where, form=form, user=(self._provider.client, self._provider.secret))
        return self._text(found, "id_token")

    def _claims(self, token: str, stamp: bytes) -> dict[str, Any]:
        """What a token says, once its signature, issuer, audience, times and nonce hold."""
        try:
            found = jwt.decode(token, self._key_set(anew=False), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, KeyError, TypeError):
            # The provider may have a new key.
            try:
                found = jwt.decode(token, self._key_set(anew=True), algorithms=list(ALGORITHMS))
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise NotSignedIn("OIDC_TOKEN", type(error).__name__) from error
        claims = found.claims
        wrong = self._wrong(claims, stamp)
        if wrong:
            raise NotSignedIn("OIDC_TOKEN", wrong)
        return claims

    def _wrong(self, claims: Mapping[str, Any], stamp: bytes) -> str:
        """The first claim that does not hold (OpenID Connect Core §3.1.3.7)."""
        seconds = self._now() / 1000
        audience = claims.get("aud")
        several = audience if isinstance(audience, list) else [audience]
        nonce, ends, made = claims.get("nonce"), claims.get("exp"), claims.get("iat")
        if claims.get("iss") != self._provider.issuer:
            return "iss"
        if self._provider.client not in several:
            return "aud"
        if (len(several) > 1 or "azp" in claims) and claims.get("azp") != self._provider.client:
            return "azp"
        if not isinstance(ends, int) or ends <= seconds - SKEW_SECONDS:
            return "exp"
        if not isinstance(made, int) or not seconds - LASTS_MS / 1000 <= made <= seconds + SKEW_SECONDS:
            return "iat"
        expected = self._proof(b"nonce", stamp).hex()
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.encode()):
            return "nonce"
        return "" if isinstance(claims.get("sub"), str) and claims["sub"] else "sub"

    def _description(self) -> dict[str, Any]:
        """The provider's description of itself, which must be of the issuer that was set up."""
        now = self._now()
        if self._described is not None and now - self._described[0] < KEPT_MS:
            return self._described[1]
        found = self._asked(f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._provider.issuer:
            raise NotSignedIn("OIDC_ANSWER", "issuer")
        self._described = now, found
        return found

    def _key_set(self, *, anew: bool) -> KeySet:
        now = self._now()
        kept = self._keys
        if kept is not None and now - kept[0] < (ANEW_MS if anew else KEPT_MS):
            return kept[1]
        found = self._asked(self._text(self._description(), "jwks_uri"))
        keys = found.get("keys")
        if not isinstance(keys, list):
            raise NotSignedIn("OIDC_ANSWER", "keys")
        # Keys with which both sides could sign are none of a provider's public ones.
        public = [key for key in keys if isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"}]
        try:
            made = KeySet.import_key_set({"keys": public})
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotSignedIn("OIDC_ANSWER", "keys") from error
        self._keys = now, made
        return made

    def _asked(
        self, url: str, *, form: Mapping[str, str] | None = None, user: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            answer: Answer = self._outgoing.ask(url, form=form, user=user)
        except NotReached as fault:
            raise NotSignedIn("OIDC_UNREACHABLE", fault.code) from fault
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise NotSignedIn("OIDC_ANSWER", "no JSON") from error
        if answer.status != 200 or not isinstance(found, dict):
            raise NotSignedIn("OIDC_ANSWER", str(answer.status))
        return found

    def _text(self, found: Mapping[str, Any], name: str) -> str:
        said = found.get(name)
        if not isinstance(said, str) or not said:
            raise NotSignedIn("OIDC_ANSWER", name)
        return said
