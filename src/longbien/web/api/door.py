"""What every question passes on its way in and every answer on its way out.

What it knows: tokens, scopes, pace, shapes, keys that make a question happen once, versions. What it must never know: sockets, or what a
route does. The order never changes: who asks, how fast, whether they may, what exactly, whether it was asked before; only then the route.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

import msgspec

from longbien.law.instants import DAY
from longbien.node import Denied
from longbien.node.intake import HandedIn
from longbien.node.tokens import Scope, known
from longbien.store.people_rows import LookRow
from longbien.store.program_rows import AnswerRow, TokenRow
from longbien.web.api.answers import Answer, Call, Refused, problem
from longbien.web.api.api import Api
from longbien.web.api.pace import Left
from longbien.web.api.shapes import MOMENTS
from longbien.web.api.table import PARTS, UPLOAD, Door, Route
from longbien.wire.cbor import Malformed

# How long the same question with the same key gets the same answer.
REMEMBERED: Final = DAY
KEY_MAX: Final = 200
# What shows something of a case, so that it is kept who looked.
LOOKS: Final = frozenset(
    {
        Scope.CASES_READ,
        Scope.CASES_NOTE,
        Scope.CASES_DRAFT,
        Scope.CASES_SEND,
        Scope.RECORDS,
        Scope.EVIDENCE,
        Scope.EVIDENCE_HANDLE,
        Scope.DUTY_READ,
        Scope.DUTY_WRITE,
    }
)
BEARER: Final = "bearer "

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]")
_AT = re.compile(r"at `\$\.?([^`]*)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A question as it came: parts of the path, pairs of the query, the body, and the headers that count here, "" where there is none.
    `handed` is the file that came as the body of a route that takes one.
    """

    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: bytes
    media: str
    authorization: str
    address: str
    if_match: str
    if_none_match: str
    key: str | None
    handed: HandedIn | None = None


class ApiDoor:
    """The door. Every call may come from a thread of its own."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._busy: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def answer(self, route: Route, came: Came) -> Answer:
        """What a route answers, or why it does nothing; never raises for what somebody asked."""
        pace: dict[str, str] = {}
        try:
            token = self._admitted(route, came, pace)
        except Refused as refused:
            return problem(refused.code, refused.detail, {**pace, **refused.headers})
        found = self._answered(route, came, token)
        if token is not None and route.policy in LOOKS:
            self._looked(route, came, token, found.status)
        return self._versioned(route, came, replace(found, headers={**pace, **found.headers}))

    def _answered(self, route: Route, came: Came, token: TokenRow | None) -> Answer:
        try:
            call = self._call(route, came, token)
            once = route.repeats and came.key is not None
            return self._once(route, came, call) if once else route.handler(call)
        except Refused as refused:
            return problem(refused.code, refused.detail, refused.headers)
        except Malformed as fault:
            return problem(fault.code, fault.detail)

    def _looked(self, route: Route, came: Came, token: TokenRow, status: int) -> None:
        """Who looked at a case, as with people at their screens: the token stands where a person does."""
        exchange = came.path.get("exchange", "")
        row = LookRow(
            at=self._api.node.world.now(),
            person=bytes.fromhex(token.id),
            route=f"api:{route.name}",
            exchange=bytes.fromhex(exchange) if re.fullmatch(PARTS["exchange"], exchange) else None,
            status=status,
        )
        with self._api.node.store.transaction() as tx:
            tx.people.look(row)

    def admitted(self, route: Route, came: Came) -> Call | Answer:
        """The call of a route whose answer goes on, or why there is none."""
        pace: dict[str, str] = {}
        try:
            return self._call(route, came, self._admitted(route, came, pace))
        except Refused as refused:
            return problem(refused.code, refused.detail, {**pace, **refused.headers})

    # Who asks, how fast, and whether they may.

    def _admitted(self, route: Route, came: Came, pace: dict[str, str]) -> TokenRow | None:
        given = came.authorization
        brought = given[len(BEARER) :].strip() if given[: len(BEARER)].lower() == BEARER else ""
        if route.policy in {Door.PUBLIC, Door.PASSKEY}:
            self._paced(self._strangers(came), pace)
            if route.policy is Door.PASSKEY and given:
                raise Refused("TOKEN_CANNOT_APPROVE", "an officer's passkey stands here, and no token")
            return None
        if not brought:
            self._paced(self._strangers(came), pace)
            raise Refused("TOKEN_MISSING", "Authorization: Bearer lbt_…")
        token = known(self._api.node, brought, address=came.address)
        if isinstance(token, Denied):
            self._paced(self._strangers(came), pace)
            raise Refused(token.code, token.detail)
        self._paced(self._api.each.ask(token.id, self._api.node.world.now()), pace)
        if route.policy is not Door.TOKEN and route.policy not in token.scopes.split():
            raise Refused("SCOPE_MISSING", str(route.policy))
        return token

    def _strangers(self, came: Came) -> Left:
        return self._api.strangers.ask(came.address, self._api.node.world.now())

    def _paced(self, left: Left, pace: dict[str, str]) -> None:
        pace["RateLimit"] = f'"default";r={left.questions};t={left.seconds}'
        if not left.allowed:
            raise Refused("RATE_EXCEEDED", f"again in {left.seconds} s", **{"Retry-After": str(left.seconds)})

    # What exactly.

    def _call(self, route: Route, came: Came, token: TokenRow | None) -> Call:
        for name in route.parts:
            if not re.fullmatch(PARTS[name], came.path[name]):
                raise Refused("PARAMETER_INVALID", name)
        if route.versioned and not came.if_match:
            raise Refused("IF_MATCH_MISSING", "name the ETag of what you looked at")
        return Call(
            api=self._api,
            path=came.path,
            query=_query(route, came),
            body=_body(route, came),
            token=token,
            if_match=came.if_match or None,
            handed=came.handed,
        )

    # Whether it was asked before.

    def _once(self, route: Route, came: Came, call: Call) -> Answer:
        assert call.token is not None, "only questions with a token are repeated"
        assert came.key is not None, "without a key nothing is repeated"
        if not 0 < len(came.key) <= KEY_MAX or not all(33 <= ord(letter) < 127 for letter in came.key):
            raise Refused("PARAMETER_INVALID", "Idempotency-Key")
        mark = (call.token.id, came.key)
        with self._lock:
            if mark in self._busy:
                raise Refused("IDEMPOTENCY_BUSY", "the same question is being answered")
            self._busy.add(mark)
        try:
            return self._answered_once(route, came, call, mark)
        finally:
            with self._lock:
                self._busy.discard(mark)

    def _answered_once(self, route: Route, came: Came, call: Call, mark: tuple[str, str]) -> Answer:
        node = self._api.node
        question = _question(route, came)
        with node.store.transaction() as tx:
            held = tx.programs.answer(*mark)
        if held is not None and held.at > node.world.now() - REMEMBERED:
            if held.question != question:
                raise Refused("IDEMPOTENCY_OTHER", "this key came with another question")
            return _again(held)
        found = _handled(route, call)
        with node.store.transaction() as tx:
            tx.programs.forget_answers(node.world.now() - REMEMBERED)
            tx.programs.answered(
                AnswerRow(
                    token=mark[0],
                    key=mark[1],
                    question=question,
                    status=found.status,
                    headers=msgspec.json.encode({"media": found.media, "headers": dict(found.headers)}),
                    body=found.body,
                    at=node.world.now(),
                )
            )
        return found

    # On the way out.

    def _versioned(self, route: Route, came: Came, answer: Answer) -> Answer:
        """What is read has an ETag, and is not sent again to whoever has it."""
        if (
            answer.status != 200
            or answer.pieces is not None
            or (route.method != "GET" and not answer.version)
        ):
            return answer
        body = answer.body
        tag = f'"{answer.version or sha256(body).hexdigest()[:32]}"'
        headers = {**answer.headers, "ETag": tag}
        asked = {item.strip().removeprefix("W/") for item in came.if_none_match.split(",")}
        if route.method == "GET" and asked & {tag, "*"}:
            return Answer(status=304, headers=headers)
        return Answer(raw=body, media=answer.media, status=answer.status, headers=headers)


def _query(route: Route, came: Came) -> Any:  # noqa: ANN401 - the shape that the route names
    names = [name for name, _ in came.query]
    if len(set(names)) != len(names):
        raise Refused("PARAMETER_INVALID", "a name stands twice")
    for name, value in came.query:
        if name in MOMENTS and not _MOMENT.match(value):
            raise Refused("PARAMETER_INVALID", name)
    try:
        return msgspec.convert(dict(came.query), route.query, strict=False)
    except msgspec.ValidationError as error:
        raise Refused("PARAMETER_INVALID", _where(error, "query")) from error


def _body(route: Route, came: Came) -> Any:  # noqa: ANN401
    if route.upload and came.media.partition(";")[0].strip().lower() != UPLOAD:
        raise Refused("MEDIA_TYPE", UPLOAD)
    if route.body is None:
        return None
    if came.media.partition(";")[0].strip().lower() != "application/json":
        raise Refused("MEDIA_TYPE", "application/json")
    try:
        return msgspec.json.decode(came.body, type=route.body)
    except msgspec.ValidationError as error:
        raise Refused("BODY_INVALID", _where(error, "body")) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("BODY_SYNTAX", "the body is one JSON object") from error


def _where(error: msgspec.ValidationError, whole: str) -> str:
    """Which field is wrong; what stands in it is not repeated."""
    found = _AT.search(str(error))
    if found is not None and found[1]:
        return found[1]
    unknown = re.search(r"unknown field `([a-z_]{1,40})`", str(error))
    missing = re.search(r"missing required field `([a-zA-Z_]{1,40})`", str(error))
    return (unknown or missing)[1] if unknown or missing else whole  # type: ignore[index]


def _handled(route: Route, call: Call) -> Answer:
    try:
        return route.handler(call)
    except Refused as refused:
        return problem(refused.code, refused.detail, refused.headers)
    except Malformed as fault:
        return problem(fault.code, fault.detail)


def _question(route: Route, came: Came) -> bytes:
    parts = [route.name, *sorted(f"{name}={value}" for name, value in came.path.items())]
    parts += [f"{name}={value}" for name, value in came.query]
    body = came.body if came.handed is None else came.handed.sha256
    return sha256("\n".join(parts).encode() + b"\n\n" + body).digest()


def _again(held: AnswerRow) -> Answer:
    told = msgspec.json.decode(held.headers)
    return Answer(
        raw=held.body,
        media=told["media"],
        status=held.status,
        headers={**told["headers"], "Idempotency-Replayed": "true"},
    )
