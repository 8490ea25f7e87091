"""Who may ask for what: every route, role, kind of session, owner and stage, each asked over HTTP and held against a second table.

The first table is `longbien.web.table`; the second stands here, written by hand. A change of rights needs both.
"""

import os
from dataclasses import replace
from itertools import product

import pytest

from longbien.node.roles import Role
from longbien.store.case_rows import CaseRow
from longbien.store.order_rows import OrderRow
from longbien.store.people_rows import SheetRow
from longbien.store.queue_rows import HandlingRow
from longbien.store.schema import exchanges
from longbien.store.training_rows import TrainingRow
from longbien.web import table
from longbien.web.app import application
from longbien.web.asked import Reply
from longbien.web.door import masked
from longbien.web.policy import Level, Ownership, Policy, Where
from longbien.web.table import ROUTES

from .asgi import Fatal, SameThread
from .land import OFFICE, Land, land

CASE = {"duty", "lawyer", "approver", "investigator", "analyst", "privacy"}
WRITE = CASE - {"privacy"}
SIGN = {"duty", "lawyer", "approver"}
AUDIT = {"auditor", "privacy"}
ALL = CASE | {"auditor", "operator"}
CODE, PASSKEY, ENROL = Level.CODE, Level.PASSKEY, Level.ENROL
PUBLIC = {
    *("sign-in", "enter", "code", "use-code", "ask-provider", "come-back"),
    *("wallboard-door", "wallboard-enter"),
}
# For the token of a wallboard and for no person: `test_shift` brings one.
BOARD = {"wallboard"}
HERE = {Ownership.MINE, Ownership.COLLEAGUE, Ownership.FREE}
OWN, OWN_OR_FREE = {Ownership.MINE}, {Ownership.MINE, Ownership.FREE}
ANY_STAGE, OPEN = set(Where), {Where.OPEN}

# route: who, from which kind of session on
PLAIN = {
    **dict.fromkeys(("passkey", "bring-passkey", "sign-out", "stay"), (ALL, ENROL)),
    **dict.fromkeys(
        ("home", "help", "commands", "profile", "choose", "directory", "state", "statistics"), (ALL, CODE)
    ),
    **dict.fromkeys(("other-browser", "end-others"), (ALL, PASSKEY)),
    **dict.fromkeys(
        (
            "watch",
            "fresh",
            "queue",
            "queue-csv",
            "keep-view",
            "drop-view",
            "approvals",
            "deadlines",
            "calendar",
            "dialogue",
            "orders",
            "meetings-calendar",
            "training",
            "course",
            "course-material",
            "course-file",
        ),
        (CASE, CODE),
    ),
    **dict.fromkeys(("evidence", "cases", "warnings"), (CASE, CODE)),
    "new-case": (WRITE, CODE),
    **dict.fromkeys(("new-course", "import-course", "change-course", "plan-training"), (WRITE, CODE)),
    **dict.fromkeys(("add-material", "drop-material"), (WRITE, CODE)),
    **dict.fromkeys(("new", "begin", "begin-lot", "many", "draft-order"), (WRITE, CODE)),
    **dict.fromkeys(("shift", "handover"), (CASE, CODE)),
    **dict.fromkeys(
        ("override", "drop-override", "propose-swap", "accept-swap", "decline-swap", "withdraw-swap"),
        ({"duty"}, CODE),
    ),
    **dict.fromkeys(("test-page", "prepare-handover", "sign-handover", "drop-handover"), ({"duty"}, CODE)),
    **dict.fromkeys(("awake", "see-to", "close-page"), (SIGN, CODE)),
    **dict.fromkeys(("records", "verify"), (AUDIT, CODE)),
    "node": ({"operator"}, CODE),
    **dict.fromkeys(
        ("exercise", "exercise-report", "exercise-csv", "add-lesson"), (CASE | {"operator"}, CODE)
    ),
    **dict.fromkeys(("play", "respond"), (CASE, CODE)),
    **dict.fromkeys(
        ("new-exercise", "steer", "import-injects", "add-inject", "steer-exercise", "fire-inject"),
        ({"operator"}, CODE),
    ),
    **dict.fromkeys(
        (
            "people",
            "add-person",
            "change-person",
            "ask-recovery",
            "allow-recovery",
            "providers",
            "add-provider",
            "invite-provider",
            "end-provider-person",
        ),
        ({"operator"}, PASSKEY),
    ),
}
# route: who, whose, where it stands, and from which kind of session on where that is not any
EXCHANGE = {
    **dict.fromkeys(("evidence-of", "works", "hold"), (CASE, HERE, ANY_STAGE)),
    "begin-lot-for": (WRITE, HERE, OPEN),
    **dict.fromkeys(("export", "court-file"), (WRITE, HERE, ANY_STAGE)),
    **dict.fromkeys(("ask-hold", "join-hold", "take-back-hold"), (SIGN, HERE, ANY_STAGE, PASSKEY)),
    "matter": (CASE, HERE, ANY_STAGE),
    "acknowledge": (SIGN, OWN_OR_FREE, OPEN),
    "begin-act": (WRITE, OWN_OR_FREE, OPEN),
    "take": (WRITE, HERE, OPEN),
    "put-down": (WRITE, OWN, ANY_STAGE),
    "rest": (WRITE, OWN, ANY_STAGE),
    "note": (WRITE, HERE, ANY_STAGE),
    "meeting": (CASE, HERE, ANY_STAGE),
    "keep-minutes": (WRITE, HERE, ANY_STAGE),
    "mark-action": (WRITE, HERE, ANY_STAGE),
    "from-minutes": (WRITE, OWN_OR_FREE, OPEN),
    "public-minutes": (WRITE, HERE, ANY_STAGE),
}
DRAFT = {
    "draft": (CASE, HERE, ANY_STAGE),
    "sign": (SIGN, HERE, OPEN),
    "send": (SIGN, HERE, OPEN),
    "drop": (WRITE, OWN, OPEN),
}
EVIDENCE = {
    **dict.fromkeys(("lot", "lot-works"), (CASE, HERE, ANY_STAGE)),
    **dict.fromkeys(("fetch", "verify-lot", "release"), (WRITE, HERE, ANY_STAGE)),
    "seal": (WRITE, HERE, OPEN),
}
ORDER = {
    **dict.fromkeys(("order", "order-file", "order-statement"), (CASE, HERE, ANY_STAGE)),
    **dict.fromkeys(("say-order", "close-order"), (WRITE, HERE, OPEN)),
    "issue-order": (SIGN, HERE, OPEN),
}
SHEET = dict.fromkeys(("sheet", "write", "keep", "discard", "hand-in"), (WRITE, OWN))
CASES = {
    **dict.fromkeys(("case", "case-csv"), (CASE, HERE, ANY_STAGE)),
    "change-case": (WRITE, HERE, ANY_STAGE),
    **dict.fromkeys(("link-case", "unlink-case", "add-task", "mark-task"), (WRITE, HERE, OPEN)),
}
TRAINING = {
    "training-session": (CASE, HERE, ANY_STAGE),
    **dict.fromkeys(("add-trainee", "mark-trainee", "add-measure", "mark-measure"), (WRITE, HERE, ANY_STAGE)),
}
ABOUT = {
    "exchange": EXCHANGE,
    "draft": DRAFT,
    "sheet": SHEET,
    "manifest": EVIDENCE,
    "case": CASES,
    "order": ORDER,
    "training": TRAINING,
}
DONE = 299


@pytest.fixture(scope="module")
def world() -> Land:
    made = land()
    yield made
    made.close()


@pytest.fixture
def asked(world, monkeypatch):
    """A browser at RU's console whose screens do nothing but say that they were reached; everything before them is real."""
    reached = tuple(replace(route, screen=lambda _console, _asked: Reply(status=DONE)) for route in ROUTES)
    monkeypatch.setattr("longbien.web.app.ROUTES", reached)
    browser = world.at("RU", "duty", samples=False)
    browser.app = application(browser.console, SameThread(), Fatal())
    return browser


def sessions(browser, person):
    """A cookie and a form token for each kind of session, and for none."""
    found = {None: ("", "")}
    for level in Level:
        cookie = browser.console.sessions.begin(person, level=level)
        session = browser.console.sessions.find(cookie)
        found[level] = (cookie, masked(session.token, bytes(16)))
    return found


def ask(browser, route, path) -> bool:
    answer = browser.post(path) if route.method == "POST" else browser.get(path)
    if answer.status == DONE:
        return True
    assert answer.status in {303, 403, 404, 409}, (route.name, answer.status)
    return False


def becomes(world, person, role) -> None:
    with world.two.ru.store.transaction() as tx:
        tx.desk.change_officer(person, active=True, roles=[role])


def test_the_second_table_names_every_route_and_no_other():
    named = PUBLIC | BOARD | set(PLAIN) | {name for names in ABOUT.values() for name in names}
    assert {route.name for route in ROUTES} == named


def test_a_route_without_a_policy_does_not_come_into_being():
    with pytest.raises(TypeError):
        table.Route(name="x", method="GET", path="/x", screen=lambda c, a: Reply())
    with pytest.raises(ValueError, match="named roles"):
        Policy()
    with pytest.raises(ValueError, match="named roles"):
        Policy(public=True, who=frozenset(Role))


def test_every_cell_of_the_matrix_is_as_the_second_table_says(world, asked):
    """Promise of the console: default deny, and nothing is allowed that is not written down twice."""
    person, cells, wrong = world.people["RU", "duty"], 0, []
    kinds = sessions(asked, person)
    things = grid(world, asked, person)

    def cell(route, path, expected, *what):
        nonlocal cells
        cells += 1
        if ask(asked, route, path) is not expected:
            wrong.append((route.name, *what))

    for role, level in product((*Role, None), (None, *Level)):
        if (role is None) is not (level is None):
            continue
        if role is not None:
            becomes(world, person, role)
        asked.cookie, asked.token = kinds[level]
        for route in ROUTES:
            if route.name in PUBLIC:
                path = route.path.replace("{code}", "AAAA")
                cell(route, path, True, role, level)
            elif route.name in BOARD:
                cell(route, route.path, False, role, level)
            elif route.name in PLAIN:
                who, least = PLAIN[route.name]
                path = route.path.replace("{party}", "VN").replace("{number}", "1")
                for part in ("person", "view", "provider", "course", "exercise", "swap", "page", "handover"):
                    path = path.replace(f"{{{part}}}", "00" * 16)
                cell(route, path, role in who and level is not None and level >= least, role, level)
            else:
                kind = next(kind for kind, names in ABOUT.items() if route.name in names)
                who, owners, *rest = ABOUT[kind][route.name]
                stages, least = (*rest, CODE)[:2] if rest else (ANY_STAGE, CODE)
                for (ownership, where), identifier in things[kind].items():
                    path = route.path.replace(f"{{{kind}}}", identifier.hex()).replace("{act}", "redirect")
                    path = path.replace("{work}", "00" * 16).replace("{number}", "1")
                    fits = ownership in owners and where in stages and ownership is not Ownership.OTHER_OFFICE
                    may = role in who and level is not None and level >= least and fits
                    cell(route, path, may, role, level, ownership, where)
    becomes(world, person, "duty")
    assert wrong == []
    assert cells >= 3000, cells


def grid(world, browser, person):
    """Exchanges, drafts and sheets for every owner and stage."""
    colleague = world.people["RU", "lawyer"]
    store = world.two.ru.store
    owners = {
        Ownership.MINE: person,
        Ownership.COLLEAGUE: colleague,
        Ownership.FREE: None,
        Ownership.OTHER_OFFICE: None,
    }
    elsewhere = set()
    found = {kind: {} for kind in ABOUT}
    for ownership, where in product(Ownership, Where):
        exchange = world.opened()
        if where is Where.ENDED:
            world.two.vn.act("withdraw", {}, exchange=exchange)
            world.two.deliver()
        with store.transaction() as tx:
            tx.queue.handle(
                HandlingRow(
                    exchange=exchange,
                    owner=owners[ownership],
                    snoozed_until=None,
                    reference="",
                    changed_at=1,
                )
            )
            if where is Where.QUARANTINED:
                tx.desk._connection.execute(
                    exchanges.update().where(exchanges.c.id == exchange).values(quarantine="TEST")
                )
        if ownership is Ownership.OTHER_OFFICE:
            elsewhere.add(exchange)
        found["exchange"][ownership, where] = exchange
        found["manifest"][ownership, where] = world.two.ru.node.evidence.bundles.begin(
            office=OFFICE, exchange=exchange
        )
    for ownership, office in ((Ownership.FREE, OFFICE), (Ownership.OTHER_OFFICE, "elsewhere")):
        for where in (Where.OPEN, Where.ENDED):
            case = CaseRow(
                id=f"{ownership}{where}".encode().ljust(16)[:16]
                if where is Where.OPEN
                else person[:15] + office[:1].encode(),
                office=office,
                title="x",
                reference="",
                note="",
                made_at=1,
                made_by=person,
                changed_at=1,
                closed_at=int(where is Where.ENDED),
            )
            with store.transaction() as tx:
                tx.cases.add(case)
            found["case"][ownership, where] = case.id
    whole = browser.console.subjects.in_office
    browser.console.subjects.in_office = lambda exchange, office: (
        exchange not in elsewhere and whole(exchange, office)
    )
    exchange = found["exchange"][Ownership.FREE, Where.OPEN]
    for ownership, drafter in ((Ownership.MINE, person), (Ownership.COLLEAGUE, colleague)):
        for where in (Where.OPEN, Where.ENDED):
            row = world.two.ru.node.desk.draft_act(
                exchange=exchange, name="report_status", office=OFFICE, body={"text": "x"}, drafter=drafter
            )
            if where is Where.ENDED:
                with store.transaction() as tx:
                    tx.desk.sent([(row.id, bytes(32))])
            found["draft"][ownership, where] = row.id
    with store.transaction() as tx:
        stranger = replace(row, id=b"e" * 16, office="elsewhere", statement=None)
        tx.desk.add_draft(stranger)
    found["draft"][Ownership.OTHER_OFFICE, Where.OPEN] = stranger.id
    for ownership, writer in ((Ownership.MINE, person), (Ownership.OTHER_OFFICE, colleague)):
        sheet = SheetRow(
            id=writer,
            person=writer,
            procedure="preservation",
            exchange=None,
            act="open",
            written="{}",
            changed_at=1,
        )
        with store.transaction() as tx:
            tx.people.keep_sheet(sheet)
        found["sheet"][ownership, Where.OPEN] = sheet.id
    found["training"] = found["exchange"] | own_sessions(store, person)
    makers = {Ownership.MINE: person, Ownership.COLLEAGUE: colleague, Ownership.OTHER_OFFICE: colleague}
    for (ownership, maker), where in product(makers.items(), (Where.OPEN, Where.ENDED)):
        order = OrderRow(
            id=os.urandom(16),
            provider=bytes(16),
            office="elsewhere" if ownership is Ownership.OTHER_OFFICE else OFFICE,
            exchange=None,
            reference="x",
            kind="preserve",
            basis="x",
            text="x",
            due_at=1,
            made_at=1,
            made_by=maker,
            closed_at=1 if where is Where.ENDED else None,
        )
        with store.transaction() as tx:
            tx.orders.add(order)
        found["order"][ownership, where] = order.id
    return found


def own_sessions(store, person):
    """Sessions of training of both offices; those of an exchange stand where it does."""
    found = {}
    for ownership, office in ((Ownership.FREE, OFFICE), (Ownership.OTHER_OFFICE, "elsewhere")):
        session = TrainingRow(
            id=os.urandom(16),
            course=None,
            office=office,
            title="x",
            kind="course",
            begins_at=1,
            ends_at=2,
            place="x",
            language="en",
            made_at=1,
            made_by=person,
        )
        with store.transaction() as tx:
            tx.trainings.add_training(session)
        found[ownership, Where.OPEN] = session.id
    return found


def test_what_is_not_there_and_what_is_another_offices_are_answered_alike(world, asked):
    asked.cookie, asked.token = sessions(asked, world.people["RU", "duty"])[Level.PASSKEY]
    hidden = world.opened(case_ref="HIDDEN-1")
    whole = asked.console.subjects.in_office
    asked.console.subjects.in_office = lambda exchange, office: exchange != hidden and whole(exchange, office)
    there, nowhere = (asked.get(f"/x/{identifier}") for identifier in (hidden.hex(), "00" * 16))
    assert there.status == nowhere.status == 404
    assert there.words == nowhere.words
    assert asked.get("/x/zz").status == 404


def test_nobody_raises_the_own_roles(world):
    operator = world.at("RU", "operator")
    person = world.people["RU", "operator"]
    said = operator.post(f"/people/{person.hex()}", [("role", "approver"), ("active", "yes")])
    assert said.status == 422
    assert "Nobody changes the own roles." in said.words
