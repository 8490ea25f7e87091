"""Random walks of several people through one console and its API, each step held against what the walker knows itself.

Everything between the socket and the store is real: routes, policies, sessions, sheets, drafts, approvals, programs with tokens. Only the
signatures are those of the simulated world (`stub_suites`), so that a walk takes a few hundredths of a second. The walker never asks the
application whether something was right: who may ask for what stands in a table of its own (`test_authorisation`), whose key is whose it
remembers from the enrolment, and what may leave with one signature is a list (`walk_ground`).
"""

import asyncio
import json
import random
from dataclasses import replace
from functools import cache
from hashlib import sha256
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import urlencode

from longbien.exchange import Draft
from longbien.exercise.cast import STUB, surroundings
from longbien.exercise.stub_suites import StubPasskey, stub_maker
from longbien.keys import MemoryKeyStore
from longbien.node import Assertion, Node
from longbien.store import Store
from longbien.web import app, render
from longbien.web.api.api import Api
from longbien.web.api.app import routes as api_routes
from longbien.web.api.pace import Pace
from longbien.web.console import Console, Setting
from longbien.web.door import masked
from longbien.web.policy import Level
from longbien.web.table import ROUTES, Route

from .asgi import ORIGIN, Answer, Fatal, SameThread, as_browser, called
from .walk_ground import (
    ACTS,
    ELSEWHERE,
    MINUTE,
    NAMES,
    OFFICE,
    ROLES,
    RULES,
    STAFF,
    START,
    STEPS,
    ground,
    typed,
)
from .walk_judge import Browser, Judge, Walk

SETTING = Setting(origin=ORIGIN, relying_party="node.example", mode="exercise")
MANY = Pace(burst=1 << 40, each_second=1000.0)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@cache
def _store() -> Store:
    return Store("sqlite://")


class _Present:
    """Whatever stands for it in the walk that is under way."""

    now: object

    def __getattr__(self, name: str):
        return getattr(self.now, name)


class _Standing:
    """One application for all walks, as its routes never change: what is behind it does."""

    def __init__(self) -> None:
        self.walker, self.console, self.api = _Present(), _Present(), _Present()
        self.console.now = SimpleNamespace(setting=SETTING)
        watched = tuple(replace(route, screen=self._watched(route)) for route in ROUTES)
        with patch.object(app, "ROUTES", watched):
            self.app = app.application(
                self.console, SameThread(), Fatal(), beside=api_routes(self.api, SameThread(), Fatal())
            )

    def before(self, walker: "_Walker", api: Api):
        """The application before this walk's node."""
        self.walker.now, self.console.now, self.api.now = walker, walker.console, api
        return self.app

    def _watched(self, route: Route):
        def screen(console, asked):
            self.walker.let(route, asked)
            return route.screen(console, asked)

        return screen


@cache
def _standing() -> _Standing:
    return _Standing()


def walk(seed: str, steps: int = STEPS, *, shown: bool = True) -> Walk:
    """One walk from the common ground; raises `Wrong`. Where pages are not `shown`, they are not laid out: a page decides nothing."""
    made = _Walker(Walk(seed))
    page = render.page if shown else lambda *_: ""
    with patch.object(render, "page", page):
        for step in range(steps):
            made.step(step)
    return made.walk


class _Walker(Judge):
    """Several people at one console, and a program at its API."""

    def __init__(self, walk: Walk) -> None:
        here = ground()
        self.chance = random.Random(walk.seed)
        self.now = START + MINUTE
        self.store = _store()
        self.store.restore(here.image)
        keystore = MemoryKeyStore(stub_maker(self.chance.randbytes(8)))
        for key in here.keys:
            keystore.keep(key)
        node = Node(self.store, keystore, surroundings(STUB, lambda: self.now, self.chance))
        super().__init__(walk, here, node)
        self.console = Console(self.node, SETTING)
        self.app = _standing().before(
            self, Api(node=self.node, figures=dict, calendar=bytes, agenda=bytes, each=MANY, strangers=MANY)
        )
        self.browsers: dict[str, Browser] = {}
        self.cookies = dict(self.ground.cookies)
        self.uses = 1000
        self.seen: list[Assertion] = []
        self.things = {
            "exchange": [exchange.hex() for exchange in self.ground.exchanges],
            "draft": list(self.ground.drafts),
            "sheet": list(self.ground.sheets),
        }

    # What somebody does.

    def step(self, number: int) -> None:
        """One thing that somebody does, and a look at what came of it."""
        person = self._somebody()
        what = self.chance.choices(tuple(_WAYS), tuple(_WAYS.values()))[0]
        self.walk.story.append(f"{number} {person} {what}")
        getattr(self, f"_{what}")(person)
        self.look()

    def _begin(self, person: str) -> None:
        """A sheet for a request, filled, read through and handed in; one step of it may be somebody else's."""
        said = self._post(person, "/new", {"procedure": RULES, "to": "XA"})
        self._through(person, said, "open")

    def _answer(self, person: str) -> None:
        act = self.chance.choice(ACTS)
        exchange = self.chance.choice(self.things["exchange"])
        self._through(person, self._post(person, f"/x/{exchange}/act/{act}"), act)

    def _through(self, person: str, said: Answer, act: str) -> None:
        if not said.to.startswith("/sheets/"):
            return
        self._note("sheet", said.to.removeprefix("/sheets/"))
        self._post(person, said.to, {**typed(act), "do": "check"})
        self._hand_in(person if self.chance.random() < 0.8 else self._somebody())

    def _hand_in(self, person: str) -> None:
        """A sheet becomes a draft."""
        done = self._post(person, f"/sheets/{self.chance.choice(self.things['sheet'][-4:])}/hand-in")
        if done.to.startswith("/drafts/"):
            self._note("draft", done.to.removeprefix("/drafts/"))

    def _sign(self, person: str) -> None:
        """With the own key, mostly; with a colleague's, with an old answer, with one over something else, with none."""
        draft = self._a_draft()
        how = self.chance.choices(("own", "colleague", "old", "other", "none"), (8, 2, 1, 1, 1))[0]
        self.walk.story[-1] += f" {how} {draft[:6]}"
        self._post(person, f"/drafts/{draft}/sign", {"credential": self._credential(person, draft, how)})

    def _sign_all(self, person: str) -> None:
        """Several people sign one draft, one after the other: often those who may, or just anybody."""
        draft = self._a_draft()
        likely = ("duty", "lawyer", "approver", "second")
        for name in self.chance.sample(self.chance.choice((likely, NAMES)), 3):
            self._post(name, f"/drafts/{draft}/sign", {"credential": self._credential(name, draft, "own")})

    def _approve(self, person: str) -> None:
        """The same by the API, where the key alone says who it is."""
        draft = self._a_draft()
        how = self.chance.choice(("own", "own", "old", "other"))
        headers = {"content-type": "application/json"}
        if self.chance.random() < 0.2:
            headers["authorization"] = f"Bearer {self.ground.token}"
        body = self._credential(person, draft, how).encode()
        self._ask("POST", f"/api/v1/drafts/{draft}/approvals", body, headers)

    def _program(self, person: str) -> None:
        """A program drafts or sends."""
        headers = {"authorization": f"Bearer {self.ground.token}", "content-type": "application/json"}
        if self.chance.random() < 0.5:
            self._ask("POST", f"/api/v1/drafts/{self._a_draft()}/send", b"", headers)
            return
        act = self.chance.choice(ACTS)
        wanted = {
            "office": self.chance.choice((OFFICE, ELSEWHERE)),
            "act": act,
            "exchange": self.chance.choice(self.ground.exchanges).hex(),
            "body": {"text": "Exercise."} if act == "report_status" else {},
        }
        said = self._ask("POST", "/api/v1/drafts", json.dumps(wanted).encode(), headers)
        if said.status == 201:
            self._note("draft", json.loads(said.body)["draft"])

    def _send(self, person: str) -> None:
        self._post(
            person, f"/drafts/{self._a_draft()}/{self.chance.choice(('send', 'send', 'send', 'drop'))}"
        )

    def _acknowledge(self, person: str) -> None:
        """The one touch of the request page, over a draft that the page only proposes."""
        exchange = self.chance.choice(self.things["exchange"])
        identifier = self.chance.randbytes(16)
        office = STAFF[person][0]
        draft = Draft(
            id=identifier,
            exchange=bytes.fromhex(exchange),
            name="acknowledge",
            office=office,
            body={"own_reference": "XB-1"},
            opening=None,
        )
        key = self._key(person if self.chance.random() < 0.7 else self._somebody())
        signed = draft.digest if self.chance.random() < 0.8 else self.chance.randbytes(32)
        form = {
            "draft": identifier.hex(),
            "own_reference": "XB-1",
            "credential": as_browser(self._signed(key, signed)),
        }
        self._post(person, f"/x/{exchange}/acknowledge", form)

    def _handle(self, person: str) -> None:
        exchange = self.chance.choice(self.things["exchange"])
        self._post(person, f"/x/{exchange}/{self.chance.choice(('take', 'put-down', 'rest', 'note'))}")

    def _staff(self, person: str) -> None:
        """Roles change, people leave, somebody begins anew."""
        who = self._somebody() if self.chance.random() < 0.8 else person
        path = f"/people/{self.ground.people[who].hex()}"
        what = self.chance.choice(("", "", "/recover", "/recover/allow"))
        form = [("role", role) for role in self.chance.sample(ROLES, self.chance.randint(1, 2))]
        by = person if self.chance.random() < 0.4 else self.chance.choice(("operator", "colleague"))
        self._post(by, path + what, [*form, *([("active", "yes")] if self.chance.random() < 0.8 else [])])

    def _anything(self, person: str) -> None:
        """Any route at all, with whatever the walk has names for."""
        route = self.chance.choice(ROUTES)
        path = route.path
        for part in [item[1:-1] for item in path.split("/") if item.startswith("{")]:
            known = self.things.get(part) or ["00" * 16]
            name = self.ground.people[self._somebody()].hex()
            given = {"person": name, "party": "XA", "act": self.chance.choice(ACTS), "code": "AAAA"}
            path = path.replace(f"{{{part}}}", given.get(part, self.chance.choice(known)))
        self.walk.story[-1] += f" {route.method} {path}"
        self._post(person, path) if route.method == "POST" else self._asked_by(person, "GET", path, b"", {})

    def _foreign(self, person: str) -> None:
        """A form that no page of this console sent: of another site, or without the token of its session."""
        draft = self._a_draft()
        form = {"credential": self._credential(person, draft, "own")}
        if self.chance.random() < 0.5:
            said = self._post(person, f"/drafts/{draft}/sign", form, origin="https://other.example")
        else:
            said = self._post(person, f"/drafts/{draft}/sign", form, token="00" * 32)
        if said.status not in {303, 403} or (said.to and not said.to.startswith("/sign-in")):
            raise self.walk.wrong(f"a foreign form was answered {said.status} {said.to}")

    def _time(self, person: str) -> None:
        self.now += self.chance.choice((1, 10, 14, 16, 61)) * MINUTE
        self.node.clockwork.tick()

    def _leave(self, person: str) -> None:
        browser = self._browser(person)
        self._post(person, "/sign-out")
        if self.chance.random() < 0.5:
            # The identifier that is over is tried again.
            browser.over = True
        else:
            self.browsers.pop(person, None)

    # How it is asked.

    def _browser(self, person: str) -> Browser:
        found = self.browsers.get(person)
        if found is None:
            level = self.chance.choices(tuple(Level), (1, 2, 9))[0]
            found = self.browsers[person] = self._new(person, level)
        elif (found.over or self.now - found.last > 20 * MINUTE) and self.chance.random() < 0.5:
            del self.browsers[person]
            return self._browser(person)
        return found

    def _new(self, person: str, level: int) -> Browser:
        """A session that a ceremony has begun: at first one from the common ground, then a fresh one."""
        cookie, began = self.cookies.pop((person, level), ""), START
        if not cookie:
            cookie, began = self.console.sessions.begin(self.ground.people[person], level=level), self.now
        return Browser(person, cookie, _token(cookie), level, began, began)

    def _post(self, person: str, path: str, form=(), *, token: str | None = None, origin: str = ORIGIN):
        pairs = list(form.items() if isinstance(form, dict) else form)
        browser = self._browser(person)
        pairs.append(("form", browser.token if token is None else token))
        return self._asked_by(person, "POST", path, urlencode(pairs).encode(), {"origin": origin})

    def _asked_by(self, person: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        browser = self._browser(person)
        self.asking = browser
        said = self._ask(method, path, body, {**headers, "cookie": f"__Host-longbien={browser.cookie}"})
        self.asking = None
        browser.last = self.now
        self._take_cookie(browser, said)
        return said

    def _take_cookie(self, browser: Browser, said: Answer) -> None:
        given = said.headers.get("set-cookie")
        if given is None:
            return
        browser.cookie = given.partition(";")[0].partition("=")[2].strip('"')
        browser.token = _token(browser.cookie)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.walk.story[-1] += f"\n   {method} {path}"
        said = _loop().run_until_complete(called(self.app, method, path, body, headers))
        self.walk.story[-1] += f" {said.status} {said.to}"
        self.look_at_signatures()
        if self.let_in:
            # A console tells its reader of no fault in words, so that it is told here.
            raise self.walk.wrong(f"{method} {path} was let in: {self.let_in}")
        if said.status >= 500:
            raise self.walk.wrong(f"{method} {path} was answered {said.status}: {said.body[-600:]!r}")
        return said

    # What is named and what is signed.

    def _note(self, kind: str, name: str) -> None:
        if name not in self.things[kind]:
            self.things[kind].append(name)

    def _a_draft(self) -> str:
        return self.chance.choice(self.things["draft"])

    def _somebody(self) -> str:
        return self.chance.choice(NAMES)

    def _key(self, person: str) -> StubPasskey:
        return self.ground.passkeys[person]

    def _signed(self, key: StubPasskey, challenge: bytes) -> Assertion:
        self.uses += 1
        made = key.sign(challenge, self.uses)
        self.seen.append(made)
        return made

    def _credential(self, person: str, draft: str, how: str) -> str:
        if how == "none":
            return ""
        if how == "old" and self.seen:
            return as_browser(self.chance.choice(self.seen))
        owner = self._somebody() if how == "colleague" else person
        with self.store.transaction() as tx:
            row = tx.desk.draft(bytes.fromhex(draft))
        known = row is not None and how != "other"
        return as_browser(self._signed(self._key(owner), row.digest if known else self.chance.randbytes(32)))


# What somebody does, and how often.
_WAYS = {
    "begin": 1,
    "answer": 2,
    "hand_in": 3,
    "sign": 12,
    "sign_all": 5,
    "approve": 4,
    "program": 4,
    "send": 5,
    "acknowledge": 5,
    "handle": 4,
    "staff": 4,
    "anything": 10,
    "foreign": 2,
    "time": 3,
    "leave": 1,
}


def _token(cookie: str) -> str:
    """What a page of this session puts into its forms."""
    return masked(sha256(b"form " + cookie.encode()).digest()[:16], bytes(16)) if cookie else ""
