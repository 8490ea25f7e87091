"""Every route of the console, each with its policy: the one place where a page becomes reachable.

What it knows: addresses, screens, policies. What it must never have: a route without a policy; `Route` cannot be made without one, and a
policy names its roles.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.policy import (
    CASE,
    EVERYBODY,
    RUNNING,
    Level,
    Policy,
)
from longbien.web.screens import help as help_screen
from longbien.web.screens import home, people, profile, queue, sign_in, watch

Screen = Callable[[Console, Asked], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and a path (`{name}` is a part that varies), who may ask for it, and what answers."""

    name: str
    method: str
    path: str
    screen: Screen
    policy: Policy


def _get(name: str, path: str, screen: Screen, policy: Policy) -> Route:
    return Route(name=name, method="GET", path=path, screen=screen, policy=policy)


def _post(name: str, path: str, screen: Screen, policy: Policy) -> Route:
    return Route(name=name, method="POST", path=path, screen=screen, policy=policy)


_PUBLIC = Policy(public=True)
_ANYBODY = Policy(who=EVERYBODY)
_FIRST = Policy(who=EVERYBODY, level=Level.ENROL)
_SURE = Policy(who=EVERYBODY, level=Level.PASSKEY)
_CASES = Policy(who=CASE)
_PEOPLE = Policy(who=RUNNING, level=Level.PASSKEY)

ROUTES: Final = (
    _get("sign-in", "/sign-in", sign_in.door, _PUBLIC),
    _post("enter", "/sign-in", sign_in.enter, _PUBLIC),
    _get("code", "/code/{code}", sign_in.show_code, _PUBLIC),
    _post("use-code", "/code", sign_in.use_code, _PUBLIC),
    _get("passkey", "/passkey", sign_in.ask_passkey, _FIRST),
    _post("bring-passkey", "/passkey", sign_in.bring_passkey, _FIRST),
    _post("sign-out", "/sign-out", sign_in.leave, _FIRST),
    _post("stay", "/stay", sign_in.stay, _FIRST),
    _get("home", "/", home.home, _ANYBODY),
    _get("help", "/help", help_screen.help_page, _ANYBODY),
    _get("profile", "/profile", profile.profile, _ANYBODY),
    _post("choose", "/profile", profile.choose, _ANYBODY),
    _post("other-browser", "/profile/code", profile.other_browser, _SURE),
    _get("watch", "/watch", watch.watch, _CASES),
    _get("fresh", "/fresh", watch.fresh, _CASES),
    _get("queue", "/queue", queue.queue, _CASES),
    _get("queue-csv", "/queue.csv", queue.as_csv, _CASES),
    _get("people", "/people", people.people, _PEOPLE),
    _post("add-person", "/people", people.add, _PEOPLE),
    _post("change-person", "/people/{person}", people.change, _PEOPLE),
    _post("ask-recovery", "/people/{person}/recover", people.ask_recovery, _PEOPLE),
    _post("allow-recovery", "/people/{person}/recover/allow", people.allow_recovery, _PEOPLE),
)

_MENU: Final = (
    "watch",
    "queue",
    "new",
    "approvals",
    "deadlines",
    "directory",
    "statistics",
    "records",
    "node",
    "people",
)
_BY_NAME: Final = {route.name: route for route in ROUTES}


def menu(roles: Collection[str]) -> list[Route]:
    """The pages that a person with these roles finds at the top of every page."""
    shown = (_BY_NAME[name] for name in _MENU if name in _BY_NAME)
    return [route for route in shown if route.policy.who.intersection(roles)]
