"""The way of every request of the portal: which visit, is the form from here, may it, what is the answer, and a line of who looked.

What it knows: visits and the portal's own table. What it must never do: look at an officer's cookie.
"""

import hmac
from dataclasses import replace
from typing import Final

from longbien.node import orders
from longbien.store.people_rows import LookRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes, refused
from longbien.web.console import Console
from longbien.web.door import PROOF_FIELD, Came, unmasked
from longbien.web.portal.table import Access, PortalRoute
from longbien.web.portal.visits import Visit, Visits
from longbien.web.words import chosen

SIGN_IN: Final = "/provider/sign-in"


class PortalDoor:
    """Where every request of a provider goes in."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @property
    def _visits(self) -> Visits:
        return Visits(self._console.node)

    def recognised(self, asked: Asked, came: Came) -> Asked:
        """The request as that of the person who asks, in the language that this person reads."""
        live = self._console.setting.live
        wanted = asked.wish("language")
        wanted = wanted if wanted and chosen(wanted, "", live=live) == wanted else ""
        visit = self._visits.find(came.cookie, wanted) if came.cookie else None
        if visit is None:
            return asked
        language = wanted or chosen(visit.row.language, asked.language, live=live)
        return replace(asked, visit=visit, language=language)

    def admits(self, route: PortalRoute, asked: Asked, came: Came) -> bool:
        """Whether a file may come at all, before a byte of it is read."""
        asked = self.recognised(asked, came)
        if asked.visit is None or asked.visit.row.level < route.access or not self._origin(came):
            return False
        try:
            row = orders.for_provider(
                self._console.node, asked.visit.person, hex_bytes(asked.params["order"], 16)
            )
        except NotThere:
            return False
        return row is not None and orders.stage(row) == "issued"

    def answer(self, route: PortalRoute, asked: Asked, came: Came) -> tuple[Asked, Reply]:
        """The answer, and the request with what was found out about who asks."""
        asked = self.recognised(asked, came)
        visit = asked.visit
        try:
            reply = self._reply(route, asked, came, visit)
        except NotThere:
            reply = refused("NOT_THERE", asked)
        if visit is not None:
            row = LookRow(
                at=self._console.node.world.now(),
                person=visit.person.person,
                route=route.name,
                exchange=None,
                status=reply.status,
            )
            with self._console.node.store.transaction() as tx:
                tx.people.look(row)
        return asked, reply

    def _reply(self, route: PortalRoute, asked: Asked, came: Came, visit: Visit | None) -> Reply:
        if route.method == "POST" and not self._from_here(asked, came):
            return refused("FORM_FOREIGN", asked)
        if route.access is not Access.PUBLIC:
            if visit is None:
                return go(SIGN_IN)
            if visit.row.level < route.access:
                return refused("PASSKEY_WANTED", asked)
        return route.screen(self._console, asked)

    def _origin(self, came: Came) -> bool:
        if came.origin in {"", "null"}:
            return came.site == "same-origin"
        return came.origin == self._console.setting.origin

    def _from_here(self, asked: Asked, came: Came) -> bool:
        if not self._origin(came):
            return False
        visit = asked.visit
        return visit is None or hmac.compare_digest(unmasked(asked.written(PROOF_FIELD)), visit.token)
