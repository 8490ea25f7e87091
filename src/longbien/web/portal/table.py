"""Every route of the portal, each with how sure a visit must be: the one place where a provider's page becomes reachable.

What it knows: addresses and pages. What it must never have: a route without a policy, or a page of officers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from longbien.node.providers import ENROL, INSIDE
from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.portal import screens


class Access(IntEnum):
    """Who may ask: everybody, who came by a first code, who is inside."""

    PUBLIC = -1
    FIRST = ENROL
    INSIDE = INSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalRoute:
    """A method and a path, who may ask, and what answers. `upload`: a file is read while it comes."""

    name: str
    method: str
    path: str
    access: Access
    screen: Callable[[Console, Asked], Reply]
    upload: bool = False


def _route(
    name: str,
    method: str,
    path: str,
    access: Access,
    screen: Callable[[Console, Asked], Reply],
    *,
    upload: bool = False,
) -> PortalRoute:
    return PortalRoute(
        name=f"provider-{name}",
        method=method,
        path=f"/provider{path}",
        access=access,
        screen=screen,
        upload=upload,
    )


_ORDER: Final = "/orders/{order}"

ROUTES: Final = (
    _route("sign-in", "GET", "/sign-in", Access.PUBLIC, screens.door),
    _route("enter", "POST", "/sign-in", Access.PUBLIC, screens.enter),
    _route("type-code", "GET", "/code", Access.PUBLIC, screens.show_code),
    _route("code", "GET", "/code/{code}", Access.PUBLIC, screens.show_code),
    _route("use-code", "POST", "/code", Access.PUBLIC, screens.use_code),
    _route("passkey", "GET", "/passkey", Access.FIRST, screens.ask_passkey),
    _route("bring-passkey", "POST", "/passkey", Access.FIRST, screens.bring_passkey),
    _route("sign-out", "POST", "/sign-out", Access.FIRST, screens.leave),
    _route("orders", "GET", "", Access.INSIDE, screens.every),
    _route("other-browser", "POST", "/other-browser", Access.INSIDE, screens.other_browser),
    _route("order", "GET", _ORDER, Access.INSIDE, screens.order),
    _route("heard", "POST", f"{_ORDER}/heard", Access.INSIDE, screens.heard),
    _route("ask", "POST", f"{_ORDER}/ask", Access.INSIDE, screens.ask),
    _route("upload", "POST", f"{_ORDER}/files", Access.INSIDE, screens.upload, upload=True),
    _route("answer", "POST", f"{_ORDER}/answer", Access.INSIDE, screens.answer),
    _route("statement", "GET", f"{_ORDER}/order.cose", Access.INSIDE, screens.statement),
    _route("receipt", "GET", f"{_ORDER}/receipt.cose", Access.INSIDE, screens.receipt),
)
