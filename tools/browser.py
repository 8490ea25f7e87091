"""A real browser, Debian's Chromium, and somebody before it who has a security key: tests and the benchmark share it.

What it knows: how to start the browser, what line and screen it has, and what it noted on the way. What it must never know: which pages
there are.
"""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CHROMIUM = shutil.which("chromium")
# The line of a ship or a village: 64 kbit/s, 600 ms.
SLOW = {"offline": False, "latency": 600, "downloadThroughput": 8000, "uploadThroughput": 8000}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
TABS_MAX = 400
_STEPS = """value => [...document.activeElement.options].findIndex(option => option.value === value)
- document.activeElement.selectedIndex"""


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


@dataclass
class Person:
    """Somebody at a browser, who has a security key of the own."""

    page: Any
    context: Any
    origin: str
    strangers: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    activations: int = 0

    def press(self, target: Any) -> None:
        """A click or a tap, counted."""
        self.activations += 1
        target.click()

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def enter(self, code: str) -> None:
        """The way in with a code of one's own other browser, which brings no passkey."""
        self.go(f"/code/{code}")
        self.page.get_by_role("button", name="Go in").click()

    def enrol(self, code: str) -> None:
        """The way of a new officer: a code, a passkey."""
        self.enter(code)
        self.page.get_by_role("button", name="Make a passkey").click()
        self.page.wait_for_url(lambda url: url.endswith(("/watch", "/records", "/node")))

    def reach(self, target: Any) -> None:
        """The focus gets there by the tabulator alone, or this fails: no mouse, no script that moves it."""
        wanted = target.element_handle()
        for _ in range(TABS_MAX):
            if wanted.evaluate("item => item === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(
            f"the tabulator does not lead to {wanted.evaluate('item => item.outerHTML')[:200]}"
        )

    def fill(self, values: Mapping[str, str]) -> None:
        """A form is filled in; a choice is made by its first letters, with no click."""
        for name, value in values.items():
            target = self.page.locator(f'[name="{name}"]')
            kind = target.evaluate("item => item.type")
            if kind == "checkbox":
                target.focus()
                self.page.keyboard.press("Space")
            elif kind == "select-one":
                target.select_option(value)
            else:
                target.fill(value)

    def write(self, values: Mapping[str, str]) -> None:
        """A form is filled in with the keyboard alone, field by field in the order of the page."""
        names = self.page.evaluate("() => [...document.querySelectorAll('[name]')].map(item => item.name)")
        for name in (name for name in dict.fromkeys(names) if name in values):
            target = self.page.locator(f'[name="{name}"]')
            self.reach(target)
            self._typed(target.evaluate("item => item.type"), values[name])
            if target.evaluate("item => item.type") not in {"checkbox", "select-one"}:
                # A moment without seconds is told without them.
                found, meant = target.input_value(), values[name]
                assert meant in {found, f"{found}:00"}, f"{name}: {found}, not {meant}"

    def _typed(self, kind: str, value: str) -> None:
        keys = self.page.keyboard
        if kind == "checkbox":
            keys.press("Space")
        elif kind == "select-one":
            # As many steps down as the choice has choices before it.
            for _ in range(self.page.evaluate(_STEPS, value)):
                keys.press("ArrowDown")
        elif kind in {"date", "datetime-local"}:
            day, _, moment = value.partition("T")
            year, month, date = day.split("-")
            keys.type(month + date + year)
            if moment:
                hour = int(moment[:2])
                keys.press("Tab")
                keys.type(
                    f"{(hour + 11) % 12 + 1:02d}{moment[3:5]}{moment[6:8] or '00'}{'PM' if hour > 11 else 'AM'}"
                )
        else:
            # A field that holds something is marked as a whole when the tabulator gets there.
            keys.press("Control+A")
            keys.insert_text(value)

    def slow(self) -> None:
        session = self.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)


def person(browser: Any, origin: str, *, scripts: bool = True, phone: bool = False, **more: Any) -> Person:
    """Somebody new, in a browser that knows nothing yet."""
    context = browser.new_context(
        viewport=PHONE if phone else DESK,
        java_script_enabled=scripts,
        is_mobile=phone,
        has_touch=phone,
        locale=more.pop("locale", "en"),
        **more,
    )
    # A ceiling and no measure: a busy machine is no fault of a page.
    context.set_default_timeout(120_000)
    page = context.new_page()
    made = Person(page=page, context=context, origin=origin)
    page.on("request", lambda request: request.url.startswith(origin) or made.strangers.append(request.url))
    page.on("console", lambda said: _noted(made, said))
    page.on("pageerror", lambda error: made.reports.append(str(error)))
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return made


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """The browser, for as long as the block lasts. Raises `NoBrowser`."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        raise NoBrowser("chromium is not installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def _noted(made: Person, said: Any) -> None:
    if said.type in {"error", "warning"}:
        made.reports.append(said.text)
