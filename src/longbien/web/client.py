"""A client of the API, typed: what a program of this State writes its own steps with.

What it knows: addresses and shapes of version 1. What it must never do: follow a redirect, or repeat a question that could happen twice;
what it writes, it writes under a key of its own, so a lost answer is asked for again and happens once.
"""

import http.client
import secrets
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final, Self, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from longbien.web.api import (
    case_shapes,
    evidence_shapes,
    meeting_shapes,
    order_shapes,
    shapes,
    view_shapes,
    warning_shapes,
)
from longbien.web.api.openapi import BASE
from longbien.web.client_exercises import Exercises
from longbien.web.client_shift import Shifts
from longbien.web.client_training import Trainings

_Shape = TypeVar("_Shape")

TRIES: Final = 3


class ApiProblem(Exception):
    """The node did nothing. `code` is stable; `detail` names fields, never content; `again_in` is in seconds, `None` where time helps nothing."""

    def __init__(self, status: int, code: str, detail: str, again_in: int | None) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.again_in = again_in


@dataclass(frozen=True, slots=True)
class Seen:
    """Who sees to an exchange, and the version of it that a change must name."""

    handling: shapes.Handling
    version: str


class Client:
    """One connection to one node. Not for several threads at once.

    `address` is the node's, such as `https://node.example`; `token` is what `longbien token new` printed.

    Raises:
        ApiProblem: with the code of the node.
        OSError, http.client.HTTPException: the node could not be reached.
    """

    def __init__(
        self, address: str, token: str, *, context: ssl.SSLContext | None = None, timeout: float = 30.0
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise ValueError("an address such as https://node.example")
        self._token = token
        if parts.scheme == "https":
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=timeout, context=context or ssl.create_default_context()
            )
        else:
            self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """The connection is closed."""
        self._connection.close()

    # The node and the law.

    def node(self) -> shapes.Node:
        """How the node is."""
        return self._get("/node", shapes.Node)

    def token(self) -> shapes.Token:
        """What this token is good for, and until when."""
        return self._get("/token", shapes.Token)

    def procedures(self, language: str = "en") -> tuple[shapes.ProcedureName, ...]:
        """Every procedure."""
        return self._get("/law/procedures", shapes.ProcedureList, language=language).items

    def procedure(self, procedure: str, language: str = "en") -> shapes.Procedure:
        """A procedure with its acts, stages and clocks."""
        return self._get(f"/law/procedures/{_part(procedure)}", shapes.Procedure, language=language)

    def schema(self, procedure: str, act: str, language: str = "en") -> dict[str, Any]:
        """JSON Schema of the body of an act."""
        path = f"/law/procedures/{_part(procedure)}/acts/{_part(act)}/schema"
        return self._get(path, dict[str, Any], language=language)

    def check(
        self, procedure: str, act: str, body: Mapping[str, Any], language: str = "en"
    ) -> shapes.Checked:
        """What a body still lacks."""
        path = f"/law/procedures/{_part(procedure)}/acts/{_part(act)}/check"
        return self._post(path, shapes.Checked, {"body": body}, language=language)

    # Exchanges.

    def views(self) -> tuple[shapes.ViewCount, ...]:
        """The built-in views, counted."""
        return self._get("/views", shapes.Views).items

    def saved_views(self) -> tuple[view_shapes.SavedView, ...]:
        """The views that the token's office keeps, counted."""
        return self._get("/views/saved", view_shapes.SavedViews).items

    def keep_view(self, wanted: view_shapes.ViewWanted) -> view_shapes.SavedView:
        """Keeps a view for the token's office."""
        return self._post("/views/saved", view_shapes.SavedView, wanted)

    def drop_view(self, saved: str) -> None:
        """Keeps a view no more."""
        self._ask("DELETE", f"/views/saved/{_part(saved)}")

    def exchanges(
        self,
        *,
        view: str = "everything",
        q: str = "",
        order: str = "view",
        updated_since: datetime | None = None,
        limit: int = 50,
        cursor: str = "",
    ) -> shapes.LinePage:
        """One page of a view, of a search, or of what changed since."""
        return self._get(
            "/exchanges",
            shapes.LinePage,
            view=view,
            q=q,
            order=order,
            updated_since=updated_since,
            limit=limit,
            cursor=cursor,
        )

    def every(
        self, *, view: str = "everything", q: str = "", updated_since: datetime | None = None
    ) -> Iterator[shapes.Line]:
        """Every line of a view, of a search, or of what changed since, page after page."""
        cursor = ""
        while True:
            found = self.exchanges(view=view, q=q, updated_since=updated_since, limit=200, cursor=cursor)
            yield from found.items
            if found.cursor is None:
                return
            cursor = found.cursor

    def exchange(self, exchange: str, *, language: str = "en", office: str = "") -> shapes.Matter:
        """Everything about one exchange."""
        return self._get(f"/exchanges/{_part(exchange)}", shapes.Matter, language=language, office=office)

    def provenance(self, exchange: str) -> tuple[shapes.Provenance, ...]:
        """Who stands behind each act."""
        return self._get(f"/exchanges/{_part(exchange)}/provenance", shapes.ProvenanceList).items

    def record(self, exchange: str) -> bytes:
        """The record of an exchange for `longbien-verify`."""
        return self._ask("GET", f"/exchanges/{_part(exchange)}/record")[0]

    def handling(self, exchange: str) -> Seen:
        """Who sees to an exchange."""
        body, headers = self._ask("GET", f"/exchanges/{_part(exchange)}/handling")
        return Seen(msgspec.json.decode(body, type=shapes.Handling), headers["ETag"])

    def set_handling(self, exchange: str, wanted: shapes.HandlingWanted, version: str) -> Seen:
        """Notes who sees to it, if nobody noted something else since `version`."""
        body, headers = self._ask(
            "PUT", f"/exchanges/{_part(exchange)}/handling", wanted, {"If-Match": version}
        )
        return Seen(msgspec.json.decode(body, type=shapes.Handling), headers["ETag"])

    def act(self, statement: str) -> shapes.Delivery:
        """Where one act is."""
        return self._get(f"/acts/{_part(statement)}", shapes.Delivery)

    # Drafts.

    def drafts(self) -> tuple[shapes.Draft, ...]:
        """What waits for approval or for sending."""
        return self._get("/drafts", shapes.DraftList).items

    def draft(self, draft: str) -> shapes.Draft:
        """One draft."""
        return self._get(f"/drafts/{_part(draft)}", shapes.Draft)

    def open(
        self, procedure: str, to: Sequence[str], body: Mapping[str, Any], *, office: str, act: str = ""
    ) -> shapes.Draft:
        """A draft that opens an exchange."""
        wanted = shapes.DraftWanted(
            procedure=procedure, to=tuple(to), body=dict(body), office=office, act=act
        )
        return self._post("/drafts", shapes.Draft, wanted)

    def write(self, exchange: str, act: str, body: Mapping[str, Any], *, office: str) -> shapes.Draft:
        """A draft of a further act."""
        wanted = shapes.DraftWanted(exchange=exchange, act=act, body=dict(body), office=office)
        return self._post("/drafts", shapes.Draft, wanted)

    def approve(self, draft: str, assertion: shapes.PasskeyAssertion) -> shapes.Approved:
        """An officer approves, by a passkey over the draft's challenge; the token stays at home."""
        body, _ = self._ask("POST", f"/drafts/{_part(draft)}/approvals", assertion, token=False)
        return msgspec.json.decode(body, type=shapes.Approved)

    def send(self, draft: str) -> shapes.Sent:
        """An approved draft becomes a signed act, once."""
        return self._post(f"/drafts/{_part(draft)}/send", shapes.Sent)

    # Evidence.

    def lots(self, exchange: str = "") -> tuple[evidence_shapes.LotLine, ...]:
        """Every lot of evidence, or those of an exchange."""
        return self._get("/evidence", evidence_shapes.LotList, exchange=exchange).items

    def lot(self, manifest: str) -> evidence_shapes.Lot:
        """One lot."""
        return self._get(f"/evidence/{_part(manifest)}", evidence_shapes.Lot)

    def begin_lot(self, wanted: evidence_shapes.LotWanted) -> evidence_shapes.Lot:
        """A new lot."""
        return self._post("/evidence", evidence_shapes.Lot, wanted)

    def hand_in(
        self, manifest: str, file: BinaryIO, said: evidence_shapes.FileQuery
    ) -> evidence_shapes.FileNoted:
        """A file belongs to a lot. It is read while it is sent, and sent once: an answer that is lost is found in the lot."""
        query = _query(
            {name: value for name, value in msgspec.to_builtins(said).items() if value is not False}
        )
        return msgspec.json.decode(
            self._once("POST", f"/evidence/{_part(manifest)}/files{query}", file),
            type=evidence_shapes.FileNoted,
        )

    def seal(self, manifest: str) -> evidence_shapes.Work:
        """A lot is being sealed."""
        return self._post(f"/evidence/{_part(manifest)}/seal", evidence_shapes.Work)

    def fetch(self, manifest: str) -> evidence_shapes.Work:
        """What is missing of a lot is being fetched."""
        return self._post(f"/evidence/{_part(manifest)}/fetch", evidence_shapes.Work)

    def verify_lot(self, manifest: str) -> evidence_shapes.Work:
        """Everything of a lot that is here is being read again."""
        return self._post(f"/evidence/{_part(manifest)}/verify", evidence_shapes.Work)

    def release(self, manifest: str) -> evidence_shapes.Lot:
        """Keys that may go now go now."""
        return self._post(f"/evidence/{_part(manifest)}/release", evidence_shapes.Lot)

    def custody(self, manifest: str) -> evidence_shapes.Custody:
        """Who touched what."""
        return self._get(f"/evidence/{_part(manifest)}/custody", evidence_shapes.Custody)

    def see_destruction(
        self, manifest: str, why: str = "", *, items: str = ""
    ) -> evidence_shapes.Destruction:
        """What would be destroyed, and what two officers sign."""
        where = f"/evidence/{_part(manifest)}/destruction"
        return self._get(where, evidence_shapes.Destruction, why=why, items=items)

    def destroy(
        self, manifest: str, wanted: evidence_shapes.DestructionWanted
    ) -> evidence_shapes.Destruction:
        """Destroys keys and objects for good, by the passkeys of two officers."""
        body, _ = self._ask("POST", f"/evidence/{_part(manifest)}/destruction", wanted, token=False)
        return msgspec.json.decode(body, type=evidence_shapes.Destruction)

    def see_hold(self, exchange: str, reason: str = "", *, lift: bool = False) -> evidence_shapes.Hold:
        """How a hold stands, and what two officers sign."""
        return self._get(f"/exchanges/{_part(exchange)}/hold", evidence_shapes.Hold, reason=reason, lift=lift)

    def hold(self, exchange: str, wanted: evidence_shapes.HoldWanted) -> evidence_shapes.Hold:
        """Sets or lifts a hold, by the passkeys of two officers."""
        body, _ = self._ask("POST", f"/exchanges/{_part(exchange)}/hold", wanted, token=False)
        return msgspec.json.decode(body, type=evidence_shapes.Hold)

    def export(self, exchange: str, wanted: evidence_shapes.ExportWanted) -> evidence_shapes.Work:
        """A file for a court is being made."""
        return self._post(f"/exchanges/{_part(exchange)}/export", evidence_shapes.Work, wanted)

    def work(self, work: str) -> evidence_shapes.Work:
        """How far a long work is."""
        return self._get(f"/works/{_part(work)}", evidence_shapes.Work)

    def take_away(self, work: str, to: BinaryIO) -> int:
        """What an export made, written piece by piece; its size."""
        return self._carry(f"/works/{_part(work)}/file", to)

    # Cases and warnings.

    def cases(self) -> tuple[case_shapes.CaseLine, ...]:
        """The cases of the token's office, or of every one."""
        return self._get("/cases", case_shapes.CaseList).items

    def case(self, case: str) -> tuple[case_shapes.Case, str]:
        """A case, and the version of it that a change must name."""
        body, headers = self._ask("GET", f"/cases/{_part(case)}")
        return msgspec.json.decode(body, type=case_shapes.Case), headers["ETag"]

    def new_case(self, wanted: case_shapes.CaseWanted) -> case_shapes.Case:
        """A case is begun."""
        return self._post("/cases", case_shapes.Case, wanted)

    def change_case(self, case: str, wanted: case_shapes.CaseChange, version: str) -> case_shapes.Case:
        """A case as it is to be, if nobody changed it since `version`."""
        body, _ = self._ask("PUT", f"/cases/{_part(case)}", wanted, {"If-Match": version})
        return msgspec.json.decode(body, type=case_shapes.Case)

    def link_case(self, case: str, exchange: str, why: str = "") -> case_shapes.Case:
        """An exchange belongs to a case."""
        wanted = case_shapes.LinkWanted(exchange=exchange, why=why)
        return self._post(f"/cases/{_part(case)}/exchanges", case_shapes.Case, wanted)

    def unlink_case(self, case: str, exchange: str) -> None:
        """It belongs there no more."""
        self._ask("DELETE", f"/cases/{_part(case)}/exchanges/{_part(exchange)}")

    def add_task(self, case: str, wanted: case_shapes.TaskWanted) -> case_shapes.Case:
        """There is something to do."""
        return self._post(f"/cases/{_part(case)}/tasks", case_shapes.Case, wanted)

    def mark_task(self, case: str, task: int, *, done: bool) -> case_shapes.Case:
        """It is done, or to be done again."""
        return self._post(
            f"/cases/{_part(case)}/tasks/{task}", case_shapes.Case, case_shapes.TaskMark(done=done)
        )

    def warnings(self, language: str = "en") -> tuple[warning_shapes.BoardedWarning, ...]:
        """The board of warnings."""
        return self._get("/warnings", warning_shapes.WarningList, language=language).items

    # Clocks, numbers, directory, ledger.

    def clocks(self, language: str = "en") -> tuple[shapes.RunningClock, ...]:
        """Every running clock."""
        return self._get("/clocks", shapes.ClockList, language=language).items

    def calendar(self, language: str = "en") -> bytes:
        """Every running clock as iCalendar."""
        return self._ask("GET", "/clocks.ics" + _query({"language": language}))[0]

    def statistics(self, start: datetime, end: datetime, *, practice: bool = False) -> dict[str, Any]:
        """The transparency report of a period."""
        return self._get("/statistics", dict[str, Any], start=start, end=end, practice=practice)

    def parties(self, language: str = "en") -> tuple[shapes.Party, ...]:
        """The directory."""
        return self._get("/parties", shapes.PartyList, language=language).items

    def papers(self) -> shapes.Papers:
        """What another State needs to pin this node."""
        return self._get("/papers", shapes.Papers)

    def pin(self, wanted: shapes.PinWanted) -> shapes.Pinned:
        """Pins a party, by the passkeys of two officers."""
        body, _ = self._ask("POST", "/parties", wanted, token=False)
        return msgspec.json.decode(body, type=shapes.Pinned)

    def head(self) -> shapes.LedgerHead:
        """The newest signed head of the ledger."""
        return self._get("/ledger/head", shapes.LedgerHead)

    def receipt(self, leaf: int) -> bytes:
        """The proof that a leaf is in the ledger."""
        return self._ask("GET", f"/ledger/leaves/{leaf}/receipt")[0]

    # Dialogue.

    def meetings(self, language: str = "en") -> tuple[meeting_shapes.Meeting, ...]:
        """Meetings between States, the youngest first."""
        return self._get("/meetings", meeting_shapes.MeetingList, language=language).items

    def meeting(self, exchange: str, language: str = "en") -> meeting_shapes.Meeting:
        """One meeting."""
        return self._get(f"/meetings/{_part(exchange)}", meeting_shapes.Meeting, language=language)

    def meeting_calendar(self, language: str = "en") -> bytes:
        """Meetings, and what this State has to do after them, as iCalendar."""
        return self._ask("GET", "/meetings.ics" + _query({"language": language}))[0]

    def keep_minutes(self, exchange: str, text: str) -> meeting_shapes.Meeting:
        """Keeps the text of the minutes at this node."""
        wanted = meeting_shapes.MinutesWanted(text=text)
        body, _ = self._ask("PUT", f"/meetings/{_part(exchange)}/minutes", wanted)
        return msgspec.json.decode(body, type=meeting_shapes.Meeting)

    def public_minutes(self, exchange: str, language: str = "en") -> bytes:
        """The agreed minutes as a page for the public (HTML)."""
        path = f"/meetings/{_part(exchange)}/minutes.html" + _query({"language": language})
        return self._ask("GET", path)[0]

    def mark_action(self, exchange: str, place: int, *, done: bool) -> meeting_shapes.Meeting:
        """Notes that what was agreed is done, or open again."""
        wanted = meeting_shapes.ActionWanted(done=done)
        body, _ = self._ask("PUT", f"/meetings/{_part(exchange)}/actions/{place}", wanted)
        return msgspec.json.decode(body, type=meeting_shapes.Meeting)

    # The shift: `client.shift` has its calls.

    @property
    def shift(self) -> Shifts:
        """Who is on duty, swaps, pages, hand-overs."""
        return Shifts(get=self._get, post=self._post, ask=self._ask)

    # Training and exercises have calls of their own.

    @property
    def training(self) -> Trainings:
        """Needs, offers, sessions and courses."""
        return Trainings(get=self._get, post=self._post, ask=self._ask, once=self._once)

    @property
    def exercises(self) -> Exercises:
        """Exercises, on a node that is for them."""
        return Exercises(get=self._get, post=self._post)

    # Orders to providers.

    def providers(self) -> tuple[order_shapes.Provider, ...]:
        """Firms of this State that may be ordered something."""
        return self._get("/providers", order_shapes.ProviderList).items

    def orders(self) -> tuple[order_shapes.Order, ...]:
        """Orders to providers, the youngest first."""
        return self._get("/orders", order_shapes.OrderList).items

    def order(self, order: str) -> order_shapes.Order:
        """One order."""
        return self._get(f"/orders/{_part(order)}", order_shapes.Order)

    def draft_order(self, wanted: order_shapes.OrderWanted) -> order_shapes.Order:
        """An order that waits for a second person."""
        return self._post("/orders", order_shapes.Order, wanted)

    def issue_order(self, order: str, assertion: shapes.PasskeyAssertion) -> order_shapes.Order:
        """An officer who did not write it signs, by a passkey over the order's challenge; the token stays at home."""
        body, _ = self._ask("POST", f"/orders/{_part(order)}/signature", assertion, token=False)
        return msgspec.json.decode(body, type=order_shapes.Order)

    def say_order(self, order: str, text: str) -> order_shapes.Order:
        """Says something to the provider."""
        return self._post(
            f"/orders/{_part(order)}/words", order_shapes.Order, order_shapes.OrderSaid(text=text)
        )

    def close_order(self, order: str, why: str) -> order_shapes.Order:
        """Closes or withdraws an order; the provider sees why."""
        return self._post(
            f"/orders/{_part(order)}/close", order_shapes.Order, order_shapes.OrderSaid(text=why)
        )

    # Reading along.

    def events(self, after: int = 0, limit: int = 100) -> shapes.EventPage:
        """What happened after an event."""
        return self._get("/events", shapes.EventPage, after=after, limit=limit)

    def hooks(self) -> tuple[shapes.Hook, ...]:
        """Every hook."""
        return self._get("/hooks", shapes.HookList).items

    def add_hook(self, url: str, kinds: Sequence[str] = ()) -> shapes.HookMade:
        """Tells an address what happens."""
        return self._post("/hooks", shapes.HookMade, shapes.HookWanted(url=url, kinds=tuple(kinds)))

    def remove_hook(self, hook: str) -> None:
        """Tells an address nothing more."""
        self._ask("DELETE", f"/hooks/{_part(hook)}")

    def try_hook(self, hook: str) -> int:
        """A trial event; its number."""
        return self._post(f"/hooks/{_part(hook)}/test", shapes.Queued).event

    def hook_log(self, hook: str, *, before: int | None = None) -> tuple[shapes.HookDelivery, ...]:
        """What a hook was told, the newest event first."""
        return self._get(f"/hooks/{_part(hook)}/deliveries", shapes.HookLog, before=before).items

    def replay(self, hook: str, event: int) -> None:
        """Tells a hook of an event again."""
        self._post(f"/hooks/{_part(hook)}/deliveries/{event}/replay", shapes.Queued)

    # How it is asked.

    def _get(self, path: str, shape: type[_Shape], **query: Any) -> _Shape:  # noqa: ANN401 - plain values
        return msgspec.json.decode(self._ask("GET", path + _query(query))[0], type=shape)

    def _post(self, path: str, shape: type[_Shape], body: Any = None, **query: Any) -> _Shape:  # noqa: ANN401
        key = {"Idempotency-Key": secrets.token_urlsafe(16)}
        return msgspec.json.decode(self._ask("POST", path + _query(query), body, key)[0], type=shape)

    def _once(self, method: str, path: str, file: BinaryIO) -> bytes:
        """What is sent piece by piece cannot be sent again."""
        sent = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/octet-stream"}
        self._connection.request(method, BASE + path, file, sent)
        reply = self._connection.getresponse()
        answer = reply.read()
        if reply.status < 300:
            return answer
        raise _problem(reply, answer)

    def _carry(self, path: str, to: BinaryIO) -> int:
        self._connection.request("GET", BASE + path, headers={"Authorization": f"Bearer {self._token}"})
        reply = self._connection.getresponse()
        if reply.status >= 300:
            raise _problem(reply, reply.read())
        size = 0
        while piece := reply.read(1 << 20):
            size += to.write(piece)
        return size

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,  # noqa: ANN401
        headers: Mapping[str, str] | None = None,
        *,
        token: bool = True,
    ) -> tuple[bytes, http.client.HTTPMessage]:
        sent = {"Accept": "application/json", **(headers or {})}
        raw = None
        if body is not None:
            raw = msgspec.json.encode(body)
            sent["Content-Type"] = "application/json"
        if token:
            sent["Authorization"] = f"Bearer {self._token}"
        safe = method == "GET" or "Idempotency-Key" in sent
        for left in reversed(range(TRIES if safe else 1)):
            try:
                self._connection.request(method, BASE + path, raw, sent)
                reply = self._connection.getresponse()
                answer = reply.read()
            except (http.client.HTTPException, ConnectionError):
                self._connection.close()
                if not left:
                    raise
                continue
            if reply.status < 300:
                return answer, reply.headers
            raise _problem(reply, answer)
        raise AssertionError("every try ends in an answer or a fault")


def _problem(reply: http.client.HTTPResponse, answer: bytes) -> ApiProblem:
    again = reply.headers.get("Retry-After", "")
    after = int(again) if again.isdigit() else None
    try:
        told = msgspec.json.decode(answer, type=shapes.Problem)
    except msgspec.MsgspecError:
        return ApiProblem(reply.status, "ANSWER_STRANGE", f"{reply.status} is no answer of a node", after)
    return ApiProblem(reply.status, told.code, told.detail, after)


def _part(text: str) -> str:
    return quote(text, safe="")


def _query(values: Mapping[str, Any]) -> str:
    pairs = {name: _said(value) for name, value in values.items() if value not in {None, ""}}
    return f"?{urlencode(pairs)}" if pairs else ""


def _said(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else str(value)
