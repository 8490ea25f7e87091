"""The way of every request: who asks, may they, what is the answer, and a line of who looked at what.

What it knows: sessions, policies and the routes of the table. What it must never do: let a screen run before its policy was asked. What
an exchange of another office is told of, one that does not exist is told of too.
"""

import hmac
from dataclasses import dataclass, replace
from typing import Final

from longbien.store.people_rows import LookRow
from longbien.web.asked import Asked, NotThere, Reply, refused
from longbien.web.console import Console
from longbien.web.policy import Subject, decide
from longbien.web.screens.wallboard import opened
from longbien.web.sessions import Session
from longbien.web.table import Route
from longbien.web.words import chosen

PROOF_FIELD: Final = "form"
TOKEN_BYTES: Final = 16
COMING_IN: Final = frozenset({"enter", "use-code", "come-back"})
# Whoever tried to come in and did not.
STRANGER: Final = bytes(16)
# What a page asks by itself, again and again, shows nothing that the page has not shown.
UNREMARKABLE: Final = frozenset({"fresh", "stay", "keep", "works", "lot-works"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What HTTP says of where a request comes from: `Origin`, `Sec-Fetch-Site`, the cookies of a session and of a wallboard."""

    origin: str
    site: str
    cookie: str
    board: str = ""


class Door:
    """Where every request goes in."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def answer(self, route: Route, asked: Asked, came: Came) -> tuple[Asked, Reply]:
        """The answer, and the request with what was found out about who asks."""
        sessions = self._console.sessions
        session = sessions.find(came.cookie) if came.cookie else None
        if route.policy.board:
            # A wall shows nobody's name, even where somebody is signed in at the same browser.
            session, asked = None, replace(asked, board=opened(self._console, came.board, asked.client))
        asked = self.recognised(asked, session)
        exchange = None
        try:
            code, exchange = self._refusal(route, asked, came)
            reply = refused(code, asked) if code else route.screen(self._console, asked)
        except NotThere:
            reply = refused("NOT_THERE", asked)
        if session is None and route.name in COMING_IN:
            self._came_in(route, reply)
        if session is not None:
            if reply.enter is None:
                reply = replace(reply, enter=sessions.renewed(session))
            if route.name not in UNREMARKABLE:
                self._looked(route, session, reply, reply.exchange or exchange)
        return asked, reply

    def admits(self, route: Route, came: Came) -> bool:
        """Whether whoever asks may bring a file here: by session and policy, before any of it is read. Its form is looked at afterwards."""
        session = self._console.sessions.find(came.cookie) if came.cookie else None
        if session is None or not self._sent_here(came):
            return False
        policy, roles = route.policy, session.officer.roles
        return not decide(policy, roles, None, level=self._console.level(session))

    def recognised(self, asked: Asked, session: Session | None) -> Asked:
        """The request as that of the person who asks, in the language and the zone that this person chose."""
        if session is None:
            return asked
        mine = session.chosen_values
        language = chosen(mine.get("language", ""), asked.language, live=self._console.setting.live)
        return replace(asked, session=session, language=language, zone=mine.get("zone", ""))

    def _refusal(self, route: Route, asked: Asked, came: Came) -> tuple[str, bytes | None]:
        """The code of the refusal, "" where there is none, and the exchange that the request is about."""
        if route.method == "POST" and not self._from_here(asked, came):
            return "FORM_FOREIGN", None
        session, policy = asked.session, route.policy
        if session is None:
            return decide(policy, None, None, board=asked.board is not None), None
        facts, exchange = None, None
        if policy.who.intersection(session.officer.roles) and policy.subject is not Subject.NOTHING:
            facts, exchange = self._console.subjects.about(policy.subject, asked.params, session)
        return decide(policy, session.officer.roles, facts, level=self._console.level(session)), exchange

    def _from_here(self, asked: Asked, came: Came) -> bool:
        """A form counts only when a page of this console sent it: by where it comes from, and in a session by its token."""
        session = asked.session
        if not self._sent_here(came):
            return False
        return session is None or hmac.compare_digest(unmasked(asked.written(PROOF_FIELD)), session.token)

    def _sent_here(self, came: Came) -> bool:
        if came.origin in {"", "null"}:
            # Our own pages send no referrer, and with it browsers hide the origin; they still say the site.
            return came.site == "same-origin"
        return came.origin == self._console.setting.origin

    def _came_in(self, route: Route, reply: Reply) -> None:
        """Somebody signed in, or did not: then nobody knows who it was."""
        entered = self._console.sessions.find(reply.enter) if reply.enter else None
        person = STRANGER if entered is None else entered.officer.person
        self._look(route, person, None, reply.status)

    def _looked(self, route: Route, session: Session, reply: Reply, exchange: bytes | None) -> None:
        self._look(route, session.officer.person, exchange, reply.status)

    def _look(self, route: Route, person: bytes, exchange: bytes | None, status: int) -> None:
        row = LookRow(
            at=self._console.node.world.now(),
            person=person,
            route=route.name,
            exchange=exchange,
            status=status,
        )
        with self._console.node.store.transaction() as tx:
            tx.people.look(row)


def masked(token: bytes, pad: bytes) -> str:
    """The token as a page carries it: never twice the same, so that the size of a packed page tells nothing of it."""
    return (pad + bytes(one ^ other for one, other in zip(token, pad, strict=True))).hex()


def unmasked(text: str) -> bytes:
    """The token again; nothing where the text is none."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return b""
    if len(raw) != 2 * TOKEN_BYTES:
        return b""
    return bytes(one ^ other for one, other in zip(raw[TOKEN_BYTES:], raw[:TOKEN_BYTES], strict=True))
