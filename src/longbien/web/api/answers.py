"""What a route is asked and what it answers, and why not: the same for every route.

What it knows: HTTP's words for yes and no. What it must never know: a route. A "no" is a code with the status that goes with it; a code that
stands nowhere here is 422: what was asked is understood, and is not in order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import msgspec

from longbien.node import Denied
from longbien.node.intake import HandedIn
from longbien.store.program_rows import TokenRow
from longbien.web.api.api import Api
from longbien.web.api.shapes import Problem

PROBLEM: Final = "application/problem+json"
JSON: Final = "application/json"

STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "PARAMETER_INVALID": 400,
        "BODY_SYNTAX": 400,
        "CURSOR_INVALID": 400,
        "TOKEN_MISSING": 401,
        "TOKEN_INVALID": 401,
        "TOKEN_EXPIRED": 401,
        "TOKEN_REVOKED": 401,
        "PASSKEY_UNKNOWN": 401,
        "PASSKEY_INVALID": 401,
        "TOKEN_NETWORK": 403,
        "TOKEN_CANNOT_APPROVE": 403,
        "SCOPE_MISSING": 403,
        "OFFICE_OTHER": 403,
        "SWAP_OTHER": 403,
        "HANDOVER_OTHER": 403,
        "NOT_THERE": 404,
        "EXCHANGE_UNKNOWN": 404,
        "MEETING_UNKNOWN": 404,
        "ACTION_UNKNOWN": 404,
        "ORDER_UNKNOWN": 404,
        "EXERCISE_UNKNOWN": 404,
        "INJECT_UNKNOWN": 404,
        "COURSE_UNKNOWN": 404,
        "MATERIAL_UNKNOWN": 404,
        "TRAINING_UNKNOWN": 404,
        "TRAINING_LINE": 404,
        "PROVIDER_UNKNOWN": 404,
        "ROSTER_NONE": 404,
        "POLICY_NONE": 404,
        "OVERRIDE_NONE": 404,
        "SWAP_UNKNOWN": 404,
        "PAGE_UNKNOWN": 404,
        "HANDOVER_UNKNOWN": 404,
        "DRAFT_UNKNOWN": 404,
        "VIEW_UNKNOWN": 404,
        "STATEMENT_UNKNOWN": 404,
        "LEAF_UNKNOWN": 404,
        "PROCEDURE_UNKNOWN": 404,
        "HOOK_UNKNOWN": 404,
        "MANIFEST_UNKNOWN": 404,
        "CASE_UNKNOWN": 404,
        "LINK_UNKNOWN": 404,
        "TASK_UNKNOWN": 404,
        "BUNDLE_UNKNOWN": 404,
        "WORK_UNKNOWN": 404,
        "EVENT_UNKNOWN": 404,
        "METHOD_OTHER": 405,
        "DRAFT_SENT": 409,
        "ORDER_ISSUED": 409,
        "ORDER_OVER": 409,
        "SWAP_OVER": 409,
        "SHIFT_OVER": 409,
        "SHIFT_CHANGED": 409,
        "PAGE_OVER": 409,
        "PAGE_BY_ACT": 409,
        "HANDOVER_SIGNED": 409,
        "HANDOVER_NOT_YET": 409,
        "APPROVED_ALREADY": 409,
        "QUARANTINED": 409,
        "ORIGIN_IN_DOUBT": 409,
        "BUNDLE_SEALED": 409,
        "CASE_CLOSED": 409,
        "CASE_FULL": 409,
        "WORK_RUNNING": 409,
        "WORKS_FULL": 409,
        "HOLD_STANDS": 409,
        "HOLD_UNKNOWN": 409,
        "IDEMPOTENCY_BUSY": 409,
        "EVENTS_GONE": 410,
        "CHANGED_MEANWHILE": 412,
        "EXERCISE_LIVE": 409,
        "EXERCISE_OVER": 409,
        "EXERCISE_STAGE": 409,
        "EXERCISE_FULL": 409,
        "EXERCISES_MANY": 409,
        "INJECTS_MANY": 409,
        "COURSES_MANY": 409,
        "COURSE_FULL": 409,
        "TRAINING_FULL": 409,
        "BODY_TOO_LARGE": 413,
        "COURSE_FILE_LARGE": 413,
        "MATERIAL_LARGE": 413,
        "UPLOAD_TOO_LARGE": 413,
        "MEDIA_TYPE": 415,
        "IF_MATCH_MISSING": 428,
        "RATE_EXCEEDED": 429,
        "WRITER_MISSING": 501,
        "NODE_STOPPED": 503,
    }
)
OTHERWISE: Final = 422


class Refused(Exception):
    """A route does nothing; `code` is stable, `detail` names what is meant."""

    def __init__(self, code: str, detail: str = "", **headers: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.headers = headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question: the parts of its path, its query and body as their shapes, and who asks. `if_match` is the version looked at; `handed` is the file that came
    as the body of a route that takes one.
    """

    api: Api
    path: Mapping[str, str]
    query: Any
    body: Any
    token: TokenRow | None
    if_match: str | None = None
    handed: HandedIn | None = None

    def bytes(self, name: str) -> bytes:
        """A part of the path that is hexadecimal."""
        return bytes.fromhex(self.path[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a route answers: a shape, or bytes of a `media` type, `raw` or in `pieces`. `version` is what If-Match goes by, where that is no digest."""

    given: Any = None
    raw: bytes = b""
    pieces: Iterator[bytes] | None = None
    media: str = JSON
    status: int = 200
    version: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The bytes that are sent."""
        return self.raw if self.given is None else msgspec.json.encode(self.given)


def granted(answer: Any) -> Any:  # noqa: ANN401 - whatever the door gives, unless it is a "no"
    """What a door of the node gave; raises `Refused` for a "no"."""
    if isinstance(answer, Denied):
        raise Refused(answer.code, answer.detail)
    return answer


def problem(code: str, detail: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    """A "no" as RFC 9457 has it."""
    status = STATUS.get(code, OTHERWISE)
    told = Problem(type=f"urn:longbien:problem:{code}", title=code, status=status, code=code, detail=detail)
    more = {"WWW-Authenticate": 'Bearer realm="longbien"'} if status == 401 else {}
    return Answer(given=told, media=PROBLEM, status=status, headers={**more, **(headers or {})})
