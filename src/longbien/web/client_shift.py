"""The client's calls about the shift: who is on duty, rosters, swaps, pages, hand-overs, the numbers of a wall.

What it knows: paths and shapes. What it must never know: a connection; how to ask is handed in.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import msgspec

from longbien.web.api import duty_shapes as shapes
from longbien.web.api.shapes import PasskeyAssertion, Taken

_Shape = TypeVar("_Shape")


class _Get(Protocol):
    def __call__(self, path: str, shape: type[_Shape], **query: Any) -> _Shape: ...  # noqa: ANN401


class _Post(Protocol):
    def __call__(self, path: str, shape: type[_Shape], body: Taken | None = None) -> _Shape: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """`get`, `post` and `ask` are those of the client."""

    get: _Get
    post: _Post
    ask: Callable[..., Any]

    def shifts(self, office: str, *, at: datetime | None = None, days: int = 14) -> shapes.Shifts:
        """Who is on duty now, or was at an instant, and the shifts of so many days from now."""
        return self.get(f"/offices/{_part(office)}/shifts", shapes.Shifts, at=at, days=days)

    def roster(self, office: str) -> tuple[shapes.Plan, str]:
        """The roster as it was written, and the version of it that a change must name."""
        body, headers = self.ask("GET", f"/offices/{_part(office)}/roster")
        return msgspec.json.decode(body, type=shapes.Plan), headers["ETag"]

    def set_roster(self, office: str, text: str, version: str = "*") -> tuple[shapes.Plan, str]:
        """A roster that is in force from now on, if nobody changed it since `version`; `*` is any version, or none."""
        return self._rostered("PUT", office, "", shapes.PlanWanted(text=text), version)

    def override(self, office: str, wanted: shapes.OverrideWanted, version: str) -> tuple[shapes.Plan, str]:
        """A person is on duty instead of everybody else, if nobody changed the roster since `version`."""
        return self._rostered("POST", office, "/overrides", wanted, version)

    def drop_override(
        self, office: str, wanted: shapes.OverrideWanted, version: str
    ) -> tuple[shapes.Plan, str]:
        """Such an exception is taken back."""
        return self._rostered("POST", office, "/overrides/drop", wanted, version)

    def policy(self, office: str) -> shapes.Plan:
        """Whom a page calls, as it was written."""
        return self.get(f"/offices/{_part(office)}/policy", shapes.Plan)

    def swaps(self, office: str) -> tuple[shapes.Swap, ...]:
        """Swaps that wait for an answer."""
        return self.get(f"/offices/{_part(office)}/swaps", shapes.SwapList).items

    def propose_swap(self, office: str, wanted: shapes.SwapWanted) -> shapes.Swap:
        """A person offers a shift for one of a colleague."""
        return self.post(f"/offices/{_part(office)}/swaps", shapes.Swap, wanted)

    def accept_swap(self, swap: str, assertion: PasskeyAssertion) -> shapes.Swap:
        """The person who was asked says yes, by a passkey over the swap's challenge; the token stays at home."""
        body, _ = self.ask("POST", f"/swaps/{_part(swap)}/acceptance", assertion, token=False)
        return msgspec.json.decode(body, type=shapes.Swap)

    def decline_swap(self, swap: str) -> shapes.Swap:
        """The person who was asked says no."""
        return self.post(f"/swaps/{_part(swap)}/decline", shapes.Swap)

    def withdraw_swap(self, swap: str) -> shapes.Swap:
        """The person who proposed takes it back."""
        return self.post(f"/swaps/{_part(swap)}/withdraw", shapes.Swap)

    def pages(self, office: str, *, kind: str = "", ended: bool = False) -> tuple[shapes.Page, ...]:
        """What an office is called for; with `ended` the newest pages, ended ones too."""
        path = f"/offices/{_part(office)}/pages"
        return self.get(path, shapes.PageList, kind=kind, ended=ended).items

    def test_page(self, office: str) -> shapes.Page:
        """A test calls as a real page does; the first answer ends it."""
        return self.post(f"/offices/{_part(office)}/pages/test", shapes.Page)

    def reply_page(self, text: str) -> shapes.Heard:
        """What a person wrote back to a call, from a gateway: the person is awake."""
        return self.post("/pages/replies", shapes.Heard, shapes.Reply(text=text))

    def awake(self, page: str, person: str) -> shapes.Page:
        """A person is awake; nothing is acknowledged. In a storm the page that calls for all of them is given."""
        return self.post(f"/pages/{_part(page)}/awake", shapes.Page, shapes.Said(person=person))

    def see_to(self, page: str, person: str) -> shapes.Page:
        """A person sees to it; nobody else is called."""
        path = f"/pages/{_part(page)}/acknowledge"
        return self.post(path, shapes.Page, shapes.Said(person=person))

    def close_page(self, page: str, person: str, why: str) -> shapes.Page:
        """A person ends a page with a reason."""
        wanted = shapes.Closing(person=person, why=why)
        return self.post(f"/pages/{_part(page)}/close", shapes.Page, wanted)

    def handovers(self, office: str) -> tuple[shapes.Handover, ...]:
        """Hand-overs, on their way and done."""
        return self.get(f"/offices/{_part(office)}/handovers", shapes.HandoverList).items

    def handover(self, handover: str) -> shapes.Handover:
        """One hand-over."""
        return self.get(f"/handovers/{_part(handover)}", shapes.Handover)

    def prepare_handover(self, office: str, wanted: shapes.HandoverWanted) -> shapes.Handover:
        """The lists of now, as both will sign them."""
        return self.post(f"/offices/{_part(office)}/handovers", shapes.Handover, wanted)

    def sign_handover(self, handover: str, assertion: PasskeyAssertion) -> shapes.Handover:
        """One of the two signs, by a passkey over its name, who leaves first; the token stays at home."""
        body, _ = self.ask("POST", f"/handovers/{_part(handover)}/signatures", assertion, token=False)
        return msgspec.json.decode(body, type=shapes.Handover)

    def drop_handover(self, handover: str) -> None:
        """A hand-over is taken back that both have not signed yet."""
        self.ask("DELETE", f"/handovers/{_part(handover)}")

    def wallboard(self) -> shapes.Wallboard:
        """The numbers of a wall."""
        return self.get("/wallboard", shapes.Wallboard)

    def _rostered(
        self, method: str, office: str, way: str, wanted: Taken, version: str
    ) -> tuple[shapes.Plan, str]:
        key = {"Idempotency-Key": secrets.token_urlsafe(16)} if method == "POST" else {}
        path = f"/offices/{_part(office)}/roster{way}"
        body, headers = self.ask(method, path, wanted, {"If-Match": version, **key})
        return msgspec.json.decode(body, type=shapes.Plan), headers["ETag"]


def _part(text: str) -> str:
    return quote(text, safe="")
