"""What a browser asks and what it gets: two plain records, without a web framework in them.

What it knows: paths, fields of forms, pages and their values. What it must never know: where either comes from or goes to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from longbien.store.desk_rows import OfficerRow
from longbien.store.program_rows import TokenRow
from longbien.web.portal.visits import Visit
from longbien.web.receiving import Upload
from longbien.web.sessions import Session

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. `form` and `query` are in the order in which they came; `language` and `zone` are those of the reader;
    `asking` is what this browser keeps while another server is asked who sits there. Who asks is an officer in a `session`, or a
    person of a provider on a `visit`, and never both; or nobody at all, before a wallboard that `board` opens.
    """

    method: str
    path: str
    params: Mapping[str, str]
    query: Pairs = ()
    form: Pairs = ()
    session: Session | None = None
    language: str = "en"
    zone: str = ""
    client: str = ""
    asking: str = ""
    visit: Visit | None = None
    upload: Upload | None = None
    board: TokenRow | None = None

    @property
    def officer(self) -> OfficerRow:
        """Who asks, where the policy let nobody in who is not signed in."""
        assert self.session is not None, "a route for everybody has no officer"
        return self.session.officer

    def written(self, name: str) -> str:
        """A field of the form, "" where it is not there."""
        return next((value for key, value in self.form if key == name), "")

    def all_written(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may be ticked several times."""
        return tuple(value for key, value in self.form if key == name)

    def wish(self, name: str, otherwise: str = "") -> str:
        """A part of the query."""
        return next((value for key, value in self.query if key == name), otherwise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer: a page with its values, or somewhere else to go, or a file, whole or in `pieces`.

    `enter` is the identifier of a new session, "" to end the one there is, `None` to leave it; `asking` likewise what the browser
    keeps while it is away to be signed in, `board` the token of a wallboard. `exchange` is what was shown, for the
    record of looks.
    """

    page: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    to: str = ""
    raw: bytes = b""
    pieces: Iterator[bytes] | None = None
    media: str = ""
    name: str = ""
    enter: str | None = None
    asking: str | None = None
    board: str | None = None
    exchange: bytes | None = None


def go(to: str, *, enter: str | None = None, asking: str | None = None, board: str | None = None) -> Reply:
    """The browser asks for another page next; only ever one of this console."""
    assert to.startswith("/") and not to.startswith("//"), "a way out of the console"
    return Reply(to=to, status=303, enter=enter, asking=asking, board=board)


class NotThere(Exception):
    """What the address names does not exist, or is not for this person to know of."""


_STATUS: Final = {
    "NOT_YOURS": 404,
    "NOT_THERE": 404,
    "FORM_UNREADABLE": 400,
    "METHOD_OTHER": 405,
    "ORIGIN_IN_DOUBT": 409,
    "OWNER_OTHER": 409,
    "STAGE_OTHER": 409,
    "UPLOAD_LARGE": 413,
    "PAGE_OVER": 409,
    "PAGE_BY_ACT": 409,
    "TOO_OFTEN": 429,
    "UNEXPECTED": 500,
    "NODE_STOPPED": 503,
}


def refused(code: str, asked: Asked, detail: str = "") -> Reply:
    """The page of a refusal: what happened, that nothing was sent, what to do. Who is not signed in is asked to sign in."""
    if code == "SIGN_IN":
        back = f"?next={quote(asked.path)}" if asked.method == "GET" and asked.path != "/" else ""
        return Reply(to=f"/sign-in{back}", status=303)
    if code == "BOARD_WANTED":
        return Reply(to="/wallboard/enter", status=303)
    code = "NOT_THERE" if code == "NOT_YOURS" else code
    return Reply(page="refused.html", values={"code": code, "detail": detail}, status=_STATUS.get(code, 403))


def hex_bytes(text: str, size: int) -> bytes:
    """An identifier in an address; raises `NotThere`."""
    try:
        found = bytes.fromhex(text)
    except ValueError as error:
        raise NotThere from error
    if len(found) != size:
        raise NotThere
    return found
