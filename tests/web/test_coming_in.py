"""Coming in: by passkey, by code, never by guessing; and how long one stays."""

import json
import os
from base64 import urlsafe_b64decode

import pytest

from longbien.exercise.passkey import SoftPasskey
from longbien.node import Denied
from longbien.node.people import HOUR_MS, code_digest
from longbien.node.roles import Role, may_sign
from longbien.web.policy import Level
from longbien.web.sessions import IDLE_MS, LONGEST_MS, MINUTE, RENEW_MS
from node.pair import OFFICE, Side, side

from .asgi import ORIGIN, Browser, as_browser, browser


@pytest.fixture(scope="module")
def vn() -> Side:
    return side("VN", "sqlite://")


@pytest.fixture
def door(vn) -> Browser:
    return browser(vn.node, mode="live")


def officer(vn: Side):
    with vn.store.transaction() as tx:
        return next(item for item in tx.desk.officers() if item.name == "Officer 0 (invented)")


def answer(key: SoftPasskey, page: str, count: int) -> str:
    """What a browser sends for the options on a page."""
    options = json.loads(page.partition('data-options="')[2].partition('"')[0].replace("&#34;", '"'))
    challenge = options["challenge"]
    raw = challenge + "=" * (-len(challenge) % 4)
    return as_browser(key.sign(urlsafe_b64decode(raw), count))


def test_a_passkey_opens_a_session_whose_identifier_only_the_browser_knows(vn, door):
    page = door.get("/sign-in?next=/queue")
    said = door.post("/sign-in", {"credential": answer(vn.officers[0], page.text, 1), "next": "/queue"})
    assert (said.status, said.to) == (303, "/queue")
    cookie = said.headers["set-cookie"]
    assert cookie.startswith("__Host-longbien=")
    assert "Domain" not in cookie
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert door.get("/queue").status == 200
    with vn.store.transaction() as tx:
        assert tx.people.session(bytes.fromhex(door.cookie)) is None


def test_an_answer_counts_once_and_not_for_another_page_or_after_ten_minutes(vn, door):
    page = door.get("/sign-in")
    first = answer(vn.officers[0], page.text, 2)
    assert door.post("/sign-in", {"credential": first}).status == 303
    other = browser(vn.node, mode="live")
    assert other.post("/sign-in", {"credential": first}).status == 422
    page = other.get("/sign-in")
    vn.clock.now += 11 * MINUTE
    assert other.post("/sign-in", {"credential": answer(vn.officers[0], page.text, 3)}).status == 422


def test_a_stranger_and_a_removed_person_are_told_the_same(vn):
    stranger = SoftPasskey(
        credential=os.urandom(16), secret=os.urandom(32), relying_party="node.example", origin=ORIGIN
    )
    gone = SoftPasskey(
        credential=os.urandom(16), secret=os.urandom(32), relying_party="node.example", origin=ORIGIN
    )
    person = vn.node.desk.enrol(
        name="Gone (invented)",
        office=OFFICE,
        credential=gone.credential,
        public_key=gone.public_key,
        software=True,
    )
    vn.node.people.change(person, roles=["duty"], active=False, by=bytes(16))
    told = []
    for key in (stranger, gone):
        one = browser(vn.node, mode="live")
        page = one.get("/sign-in")
        told.append(one.post("/sign-in", {"credential": answer(key, page.text, 1)}))
    assert [item.status for item in told] == [422, 422]
    assert "belongs to nobody here" in told[0].words
    assert "belongs to nobody here" in told[1].words


def test_after_ten_tries_in_a_minute_an_address_waits(vn):
    one = browser(vn.node, mode="live")
    said = [one.post("/code", {"code": "AAAA"}).status for _ in range(11)]
    assert said == [422] * 10 + [429]
    vn.clock.now += MINUTE
    assert one.post("/code", {"code": "AAAA"}).status == 422


def test_a_code_lets_in_once_and_its_session_never_manages_people(vn, door):
    invited = vn.node.people.invite(officer(vn).person, "enter")
    plain = invited.code.replace("-", " ").lower()
    assert door.get(f"/code/{invited.code}").status == 200
    assert door.post("/code", {"code": plain}).to == "/"
    assert door.get("/watch").status == 200
    vn.node.people.change(officer(vn).person, roles=["operator", "duty"], active=True, by=bytes(16))
    second = vn.node.people.invite(officer(vn).person, "enter")
    door.post("/code", {"code": second.code})
    refused = door.get("/people")
    assert refused.status == 403
    assert "sign in with your passkey" in refused.words
    assert browser(vn.node).post("/code", {"code": second.code}).status == 422
    vn.node.people.change(officer(vn).person, roles=["duty", "lawyer", "approver"], active=True, by=bytes(16))


def test_a_code_for_a_first_passkey_shows_nothing_but_the_way_to_one(vn, door):
    invited = vn.node.people.add(name="New (invented)", office=OFFICE, roles=["duty"], by=bytes(16))
    assert door.post("/code", {"code": invited.code}).to == "/passkey"
    assert door.get("/passkey").status == 200
    for path in ("/watch", "/queue", "/people", "/profile", "/"):
        assert door.get(path).status == 403, path


def test_a_code_is_too_old_after_its_time_and_is_not_kept_in_the_clear(vn):
    invited = vn.node.people.invite(officer(vn).person, "enrol")
    with vn.store.transaction() as tx:
        kept = tx.people.code(code_digest(invited.code))
    assert invited.code.encode() not in repr(kept).encode()
    vn.clock.now += 24 * HOUR_MS
    assert vn.node.people.redeem(invited.code) == Denied(code="CODE_WRONG", detail="")


def test_a_session_ends_after_fifteen_quiet_minutes_and_after_twelve_hours(vn, door):
    door.sign_in(officer(vn).person)
    vn.clock.now += IDLE_MS - 1
    assert door.get("/watch").status == 200
    vn.clock.now += IDLE_MS
    assert door.get("/watch").to == "/sign-in?next=/watch"
    door.sign_in(officer(vn).person)
    end = vn.clock.now + LONGEST_MS
    while vn.clock.now + 10 * MINUTE < end:
        vn.clock.now += 10 * MINUTE
        assert door.get("/help").status == 200
    vn.clock.now = end
    assert door.get("/help").status == 303


def test_the_identifier_changes_every_hour_and_the_old_one_dies_soon_after(vn, door):
    door.sign_in(officer(vn).person)
    first = door.cookie
    for _ in range(RENEW_MS // (10 * MINUTE)):
        vn.clock.now += 10 * MINUTE
        door.get("/help")
    assert door.cookie != first
    assert door.get("/help").status == 200
    door.cookie, newer = first, door.cookie
    assert door.get("/help").status == 200, "what was on its way still arrives"
    vn.clock.now += 2 * MINUTE
    door.cookie = first
    assert door.get("/help").status == 303
    door.cookie = newer
    assert door.get("/help").status == 200


def test_signing_out_ends_the_session_here_and_everywhere(vn, door):
    door.sign_in(officer(vn).person)
    kept = door.cookie
    assert door.post("/sign-out").to == "/sign-in"
    assert door.cookie == ""
    door.cookie = kept
    assert door.get("/help").status == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
        {"origin": ""},
        {"origin": "", "sec-fetch-site": "cross-site"},
        {"origin": "", "sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_site_does_nothing(vn, door, headers):
    door.sign_in(officer(vn).person)
    said = door.post("/sign-out", **headers)
    assert said.status == 403
    assert door.get("/help").status == 200


@pytest.mark.parametrize("token", ["", "00" * 32, "zz" * 32, "11" * 31])
def test_a_form_without_the_token_of_its_session_does_nothing(vn, door, token):
    door.sign_in(officer(vn).person)
    assert door.post("/sign-out", token=token).status == 403
    assert door.get("/help").status == 200


@pytest.mark.parametrize(
    "wish", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil", "x"]
)
def test_signing_in_never_leads_out_of_the_console(vn, door, wish):
    page = door.get("/sign-in")
    assert 'name="next" value="/"' in door.get(f"/sign-in?next={wish}").text
    vn.uses += 100
    said = door.post("/sign-in", {"credential": answer(vn.officers[0], page.text, vn.uses), "next": wish})
    assert said.to == "/"


def test_every_page_forbids_what_it_does_not_need(door):
    headers = door.get("/sign-in").headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=")
    other = door.get("/sign-in").headers["content-security-policy"]
    assert other != policy, "a nonce is used once"


def test_two_people_let_somebody_begin_anew_and_neither_of_them_alone(vn):
    people = vn.node.people
    lost, first, second = (
        people.add(name=f"{name} (invented)", office=OFFICE, roles=["operator"], by=bytes(16)).person
        for name in ("Lost", "One", "Two")
    )
    for person in (first, second, lost):
        people.bring(person, credential=os.urandom(16), public_key=b"k", sign_count=0, device_bound=True)
    assert people.allow_recovery(lost, by=second).code == "RECOVERY_NOT_ASKED"
    people.ask_recovery(lost, by=first)
    assert people.allow_recovery(lost, by=first).code == "RECOVERY_TWO_PERSONS"
    assert people.allow_recovery(lost, by=lost).code == "RECOVERY_TWO_PERSONS"
    assert people.recover_alone(lost).code == "RECOVERY_TWO_PERSONS"
    begun = people.allow_recovery(lost, by=second)
    assert people.redeem(begun.code).purpose == "enrol"
    with vn.store.transaction() as tx:
        assert all(key.ended_at is not None for key in tx.desk.credentials_of(lost))


def test_a_passkey_that_can_be_copied_is_not_an_approvers(vn):
    approver = vn.node.people.add(name="Copies (invented)", office=OFFICE, roles=["approver"], by=bytes(16))
    key = {"credential": os.urandom(16), "public_key": b"k", "sign_count": 0}
    assert vn.node.people.bring(approver.person, **key, device_bound=False).code == "PASSKEY_COPIABLE"
    duty = vn.node.people.add(name="Duty (invented)", office=OFFICE, roles=["duty"], by=bytes(16))
    vn.node.people.bring(duty.person, **key, device_bound=False)
    raised = vn.node.people.change(duty.person, roles=["approver"], active=True, by=bytes(16))
    assert raised.code == "PASSKEY_COPIABLE"


@pytest.mark.promise("P9")
def test_two_signatures_are_not_enough_without_an_approver():
    duty, approver, auditor = ("duty",), ("approver",), ("auditor",)
    assert may_sign(duty, [], needed=1)
    assert may_sign(duty, [], needed=2)
    assert not may_sign(duty, [duty], needed=2)
    assert may_sign(duty, [approver], needed=2)
    assert may_sign(approver, [duty], needed=2)
    assert not may_sign(auditor, [], needed=1)
    assert set(Role) >= {"duty", "approver"}


def test_a_session_by_code_is_lower_than_one_by_passkey():
    assert Level.ENROL < Level.CODE < Level.PASSKEY
