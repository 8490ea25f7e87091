"""The API as an OpenAPI 3.1 document, drawn from the table of routes.

What it knows: how a route, a shape and a policy look in OpenAPI. What it must never hold: a route of its own.
"""

from functools import cache
from typing import Any, Final

import msgspec

from longbien.web.api.answers import JSON, PROBLEM
from longbien.web.api.shapes import NoQuery, Problem
from longbien.web.api.table import PARTS, ROUTES, UPLOAD, Door, Route

VERSION: Final = "1.0.0"
BASE: Final = "/api/v1"
_REF: Final = "#/components/schemas/{name}"
_TOLD: Final = {
    400: "A parameter, a cursor or the body cannot be read",
    401: "No token, or none that counts",
    403: "The token is not good for this",
    404: "There is no such thing here",
    409: "Not now: it was done already, or stands still",
    410: "What happened so long ago is told no more",
    412: "Somebody changed it meanwhile",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "Understood, and not in order",
    428: "Name the version that you looked at with If-Match",
    429: "Too fast; Retry-After says when to come again",
    501: "A writer is not installed on this node",
    503: "The node has stopped",
}


@cache
def document() -> bytes:
    """The document as JSON."""
    named = [shape for route in ROUTES for shape in (route.body, route.gives)]
    shapes: set[type] = {Problem, *(shape for shape in named if shape is not None and shape is not dict)}
    _, components = msgspec.json.schema_components(sorted(shapes, key=str), ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Longbien, the JSON API of a State's own node",
            "version": VERSION,
            "description": "Programs of this State bring a token of this node. An approval is an officer's passkey and never a token.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": BASE}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`longbien token new` makes one"}
            },
        },
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=1)


def _operation(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.about,
        "tags": [route.path.split("/")[1]],
        "parameters": [*_parts(route), *_asked(route), *_headers(route)],
        "responses": {str(status): answer for status, answer in sorted(_answers(route).items())},
    }
    if route.upload:
        file = {"schema": {"type": "string", "format": "binary"}}
        found["requestBody"] = {"required": True, "content": {UPLOAD: file}}
    if route.body is not None:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(route.body)}}}
    if route.policy not in {Door.PUBLIC, Door.PASSKEY}:
        scopes = [] if route.policy is Door.TOKEN else [str(route.policy)]
        found["security"] = [{"token": scopes}]
    found["x-policy"] = str(route.policy)
    return found


def _parts(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{PARTS[name]}$"},
        }
        for name in route.parts
    ]


def _asked(route: Route) -> list[dict[str, Any]]:
    if route.query is NoQuery:
        return []
    (_,), components = msgspec.json.schema_components([route.query], ref_template=_REF)
    shape = components[route.query.__name__]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in shape["required"],
            "schema": schema,
        }
        for name, schema in shape["properties"].items()
    ]


def _headers(route: Route) -> list[dict[str, Any]]:
    found = []
    if route.versioned:
        found.append(_header("If-Match", "The ETag of what you looked at, or *", required=True))
    if route.repeats:
        found.append(_header("Idempotency-Key", "The same key and question get the same answer for a day"))
    if route.stream:
        found.append(_header("Last-Event-ID", "Goes on behind this event"))
    return found


def _header(name: str, about: str, *, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
    return {"name": name, "in": "header", "required": required, "description": about, "schema": schema}


def _answers(route: Route) -> dict[int, dict[str, Any]]:
    if route.status == 204:
        good: dict[str, Any] = {"description": "Done"}
    elif route.gives is None:
        good = {"description": route.about, "content": {route.media: {}}}
    else:
        schema = {"type": "object"} if route.gives is dict else _ref(route.gives)
        good = {"description": route.about, "content": {route.media: {"schema": schema}}}
    found = {route.status: good}
    if route.method == "GET" and not route.stream:
        found[304] = {"description": "You have it already"}
    for status in _problems(route):
        found[status] = {
            "description": _TOLD[status],
            "content": {PROBLEM: {"schema": _ref(Problem)}},
        }
    return found


def _problems(route: Route) -> set[int]:
    found = {400, 429, 503}
    if route.policy is not Door.PUBLIC:
        found |= {401, 403}
    if route.parts:
        found.add(404)
    if route.method in {"POST", "PUT"} or route.name in {"statistics", "public-minutes"}:
        found.add(422)
    if route.method == "POST":
        # An exchange or an office is named in bodies too.
        found |= {404, 409}
    if route.name == "unlink-case":
        found.add(409)
    if route.body is not None or route.upload:
        found |= {413, 415}
    if route.versioned:
        found |= {412, 428}
    if route.name in {"events", "stream"}:
        found.add(410)
    if route.name in {"calendar", "meetings-calendar"}:
        found.add(501)
    return found


def _ref(shape: type) -> dict[str, str]:
    return {"$ref": _REF.format(name=shape.__name__)}
