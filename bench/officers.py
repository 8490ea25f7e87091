"""How long two officers take: a request for preservation is written at a desk in one State and acknowledged at night in the other.

Two processes of `longbien node serve` with their consoles, and Chromium before them. What the machine does is timed on the clock, from a
press until the next page stands; what the person does meanwhile (unlock, read, think, type, look for the key) takes the fixed times
below, which are added and not waited. A browser without scripts has no passkeys, so there the officer signs on another device, which is
one more press. The line of whoever acknowledges is that of a ship or a village: 64 kbit/s, 600 ms, with an empty cache.
"""

from __future__ import annotations

import re
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.browser import NoBrowser, Person, chromium, person

from bench import acts, pair
from bench.report import Bar, Row
from longbien.node.lawbook import shipped
from longbien.node.opening import machine_now
from longbien.web.questions import typed_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Locator

# Seconds of a person. At night: unlock the phone, read the call; touch a button; show finger or face; read who, what and until when.
CALLED, TOUCH, PASSKEY, READ, OTHER_DEVICE = 7.0, 2.0, 4.0, 15.0, 3.0
# At a desk: begin, to whom, items, data and period, why it may be lost, facts, what follows, check, sign.
WRITING = (5.0, 8.0, 25.0, 12.0, 30.0, 35.0, 7.0, 25.0, 10.0)
NIGHT_S, DESK_S = 60.0, 180.0
NIGHT_PRESSES, DESK_PRESSES = 3, 9
AT_MOST = Bar(value=1.0, at_least=False)
ARRIVAL_S = 60.0
ASKING, ASKED = "VN", "RU"
WAYS = ("with mouse and thumb", "without scripts", "by keyboard alone")
_PEOPLE = {"lawyer": ["lawyer"], "approver": ["approver"], "duty": ["duty"], "analyst": ["analyst"]}
# What the form knows already, and what nobody has to say.
_SETTLED = {"from_state", "from_office", "to_state", "created_at"}
_LEFT_OUT = {"deadline", "deadline_reason", "requested_days", "no_user_notice", "secrecy_review_on"}


@dataclass(slots=True, kw_only=True)
class Time:
    """Seconds so far, those of the machine and those of the person."""

    machine: float = 0.0
    person: float = 0.0

    @contextmanager
    def loading(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.machine += time.perf_counter() - began


@dataclass(frozen=True, slots=True, kw_only=True)
class _Land:
    """The consoles' addresses, the codes of their people by party and name, and the words of a request."""

    browser: Any
    origins: Mapping[str, str]
    codes: Mapping[tuple[str, str], list[str]]
    words: Mapping[str, str]

    def enrolled(self, party: str, name: str, *, phone: bool = False) -> Person:
        """Somebody with a passkey and an open session."""
        made = person(self.browser, self.origins[party], phone=phone)
        made.enrol(self.codes[party, name].pop())
        made.activations = 0
        return made


def rows() -> list[Row]:
    """Four rows for each way: the time and the presses of the one who writes, and of the one who acknowledges."""
    try:
        with ExitStack() as stack:
            browser = stack.enter_context(chromium())
            sides = stack.enter_context(pair.founded({}, consoles=True))
            codes = {party: _people(side) for party, side in sides.items()}
            stack.enter_context(pair.started(sides))
            land = _Land(
                browser=browser,
                origins={party: side.config.origin for party, side in sides.items()},
                codes={(party, name): made for party, known in codes.items() for name, made in known.items()},
                words=_words(),
            )
            return [row for way in WAYS for row in _both(land, way)]
    except NoBrowser as missing:
        return [Row(name="officers at their consoles", value=None, unit="s", bar=AT_MOST, note=str(missing))]


def _people(side: pair.Side) -> dict[str, list[str]]:
    """Codes for every way: a new person for each, who brings a passkey, and one to come in without."""
    found: dict[str, list[str]] = {name: [] for name in (*_PEOPLE, "bare lawyer", "bare duty")}
    with pair.opened(side) as node:
        for way in WAYS:
            for name, roles in _PEOPLE.items():
                made = node.people.add(
                    name=f"{name}, {way} (invented)", office=acts.OFFICE, roles=roles, by=bytes(16)
                )
                found[name].insert(0, made.code)
                if way == WAYS[1] and f"bare {name}" in found:
                    found[f"bare {name}"].append(node.people.invite(made.person, "enter").code)
    return found


def _words() -> dict[str, str]:
    """What is typed into the form, by the name of its field."""
    rules = shipped().rules("preservation")
    assert rules is not None
    body = acts.preservation(ASKING, ASKED, machine_now()) | {"handling": "normal"}
    typed = typed_of(rules.acts[rules.flow.opening_act].fields, rules.types, body)
    return {
        name: value if name.endswith(".zone") else value.removesuffix("Z")
        for name, value in typed.items()
        # One of each thing that there may be several of, as the form has it.
        if name.partition(".")[0] not in _SETTLED | _LEFT_OUT and not re.search(r"\[[1-9]", name)
    }


def _both(land: _Land, way: str) -> list[Row]:
    writing, presses = _written(land, way)
    night, touches = _acknowledged(land, way, _arrived(land))
    return [
        _timed(f"a request written, signed by two and sent, {way}", writing, DESK_S),
        _counted(f"its presses, {way}", presses, DESK_PRESSES, way),
        _timed(f"from the call at night to the acknowledgement, {way}", night, NIGHT_S),
        _counted(f"its touches, {way}", touches, NIGHT_PRESSES, way),
    ]


def _timed(name: str, spent: Time, most: float) -> Row:
    value = spent.machine + spent.person
    note = f"{spent.machine:.1f} s of the machine, measured; {spent.person:.1f} s of the person, added"
    return Row(
        name=name, value=value, unit="s", against=f"{most:g} s", ratio=value / most, bar=AT_MOST, note=note
    )


def _counted(name: str, presses: int, most: int, way: str) -> Row:
    # The press on the other device comes on top where the browser has no passkeys.
    bar = None if way == WAYS[1] and most == NIGHT_PRESSES else AT_MOST
    return Row(name=name, value=presses, unit="presses", against=str(most), ratio=presses / most, bar=bar)


def _written(land: _Land, way: str) -> tuple[Time, int]:
    """A lawyer writes and signs, an approver signs, and it leaves."""
    lawyer, approver = land.enrolled(ASKING, "lawyer"), land.enrolled(ASKING, "approver")
    who, spent = lawyer, Time(person=sum(WRITING))
    if way == WAYS[1]:
        who = person(land.browser, land.origins[ASKING], scripts=False)
        who.enter(land.codes[ASKING, "bare lawyer"].pop())
    press = _by_key if way == WAYS[2] else _by_hand
    _begin(who, way, spent)
    # What helps and is not asked for stays closed.
    seen = {
        name: value for name, value in land.words.items() if who.page.locator(f'[name="{name}"]').is_visible()
    }
    (who.write if way == WAYS[2] else who.fill)(seen)
    with spent.loading():
        press(who, "button", "Check")
        who.page.wait_for_load_state()
    said = who.page.inner_text("main")
    assert "Who will be able to read it" in said, said[:800]
    with spent.loading():
        press(who, "button", "Go on to sign")
        who.page.wait_for_url("**/drafts/**")
    draft = who.page.url.removeprefix(who.origin)
    with spent.loading():
        if who is not lawyer:
            lawyer.go(draft)
        press(lawyer, "button", "Sign")
        lawyer.page.wait_for_url("**said=signed")
    with spent.loading():
        approver.go("/approvals")
        link = approver.page.locator(f'a[href="{draft}"]')
        (_key_on if way == WAYS[2] else Person.press)(approver, link)
        press(approver, "button", "Sign and send")
        approver.page.wait_for_url("**said=sent")
    # By keys, only those that do something count; the tabulator only moves.
    return spent, sum(each.activations for each in {id(one): one for one in (who, lawyer, approver)}.values())


def _begin(who: Person, way: str, spent: Time) -> None:
    """As far as the empty form."""
    with spent.loading():
        if way == WAYS[2]:
            who.activations += 2
            who.page.keyboard.press("c")
            who.page.wait_for_url("**/new")
            who.page.keyboard.press("p")
        else:
            _by_hand(who, "link", "New request")
            _by_hand(who, "link", "Preservation of stored data")
        who.page.wait_for_url("**procedure=preservation")
        (_by_key if way == WAYS[2] else _by_hand)(who, "button", "Go on")
        who.page.wait_for_url("**/sheets/**")


def _arrived(land: _Land) -> str:
    """The address of the request that waits to be acknowledged in the other State."""
    scout = land.enrolled(ASKED, "analyst")
    until = time.monotonic() + ARRIVAL_S
    while time.monotonic() < until:
        scout.go("/queue?view=acknowledge")
        found = scout.page.locator("tr[data-urgent] a")
        if found.count():
            return str(found.get_attribute("href"))
        scout.page.wait_for_timeout(200)
    raise AssertionError("the request did not arrive")


def _acknowledged(land: _Land, way: str, where: str) -> tuple[Time, int]:
    if way == WAYS[1]:
        return _on_two_devices(land, where)
    who = land.enrolled(ASKED, "duty", phone=way == WAYS[0])
    spent = Time(person=CALLED + TOUCH + PASSKEY + READ + TOUCH + PASSKEY)
    if way == WAYS[0]:
        who.context.clear_cookies()
    _cold(who)
    with spent.loading():
        who.activations += 1
        who.go(where if way == WAYS[0] else "/queue?view=acknowledge")
    with spent.loading():
        if way == WAYS[0]:
            _by_hand(who, "button", "Sign in with a passkey")
        else:
            who.activations += 1
            who.page.keyboard.press("u")
        who.page.wait_for_url(f"**{where}")
    with spent.loading():
        if way == WAYS[0]:
            _by_hand(who, "button", "Acknowledge receipt")
        else:
            who.page.keyboard.press("a")
            who.activations += 1
            who.page.keyboard.press("Enter")
        who.page.wait_for_url("**said=acknowledged")
    return spent, who.activations


def _on_two_devices(land: _Land, where: str) -> tuple[Time, int]:
    """Read and asked for without scripts; signed on the own phone, where the list of what waits is open."""
    phone = land.enrolled(ASKED, "duty", phone=True)
    who = person(land.browser, land.origins[ASKED], scripts=False)
    who.enter(land.codes[ASKED, "bare duty"].pop())
    spent = Time(person=CALLED + TOUCH + READ + TOUCH + OTHER_DEVICE + TOUCH + TOUCH + PASSKEY)
    _cold(who)
    _cold(phone)
    with spent.loading():
        who.activations += 1
        who.go(where)
    with spent.loading():
        _by_hand(who, "button", "Acknowledge, and sign on another device")
        who.page.wait_for_url("**/drafts/**")
    draft = who.page.url.removeprefix(who.origin)
    with spent.loading():
        phone.go("/approvals")
        phone.press(phone.page.locator(f'a[href="{draft}"]'))
        _by_hand(phone, "button", "Sign and send")
        phone.page.wait_for_url("**said=sent")
    return spent, who.activations + phone.activations


def _cold(who: Person) -> None:
    """A bad line, and nothing of the console in the browser's memory."""
    session = who.context.new_cdp_session(who.page)
    session.send("Network.clearBrowserCache")
    who.slow()


def _by_hand(who: Person, role: str, name: str) -> None:
    who.press(_named(who, role, name))


def _by_key(who: Person, role: str, name: str) -> None:
    _key_on(who, _named(who, role, name))


def _key_on(who: Person, target: Locator) -> None:
    who.reach(target)
    who.activations += 1
    who.page.keyboard.press("Enter")


def _named(who: Person, role: str, name: str) -> Locator:
    return who.page.get_by_role(role, name=name, exact=name == "Sign").first
