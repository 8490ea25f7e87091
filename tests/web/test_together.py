"""The console and the API do the same things: each thing that a person can do has its way for a program, or a reason why it has none.

Both sides are read from their own tables, so a new action that is forgotten here fails with its name. A way for a program that no screen
has needs its reason as well.
"""

from longbien.web import table
from longbien.web.api import table as programs
from longbien.web.api.table import Door

# Where a program may do the same: the action of the console, and the routes of the API by which it is done.
SAME = {
    "keep-view": ("keep-view",),
    "drop-view": ("drop-view",),
    "many": ("set-handling",),
    "acknowledge": ("write", "approve", "send"),
    "hand-in": ("write",),
    "sign": ("approve",),
    "send": ("send",),
    "take": ("set-handling",),
    "put-down": ("set-handling",),
    "rest": ("set-handling",),
    "note": ("set-handling",),
    "keep-minutes": ("keep-minutes",),
    "mark-action": ("mark-action",),
    "from-minutes": ("write",),
    **{
        name: (name,)
        for name in (
            "new-course",
            "import-course",
            "change-course",
            "drop-material",
            "plan-training",
            "add-trainee",
            "mark-trainee",
            "add-measure",
            "mark-measure",
        )
    },
    **{name: (name,) for name in ("new-exercise", "steer-exercise", "fire-inject", "respond", "add-lesson")},
    **dict.fromkeys(("import-injects", "add-inject"), ("add-injects",)),
    "add-material": ("add-material", "add-course-file"),
    "draft-order": ("draft-order",),
    "issue-order": ("issue-order",),
    "say-order": ("say-order",),
    "close-order": ("close-order",),
    "verify": ("provenance", "head", "receipt"),
    "begin-lot": ("begin-lot", "hand-in-file"),
    "begin-lot-for": ("begin-lot", "hand-in-file"),
    "new-case": ("new-case",),
    "change-case": ("change-case",),
    "link-case": ("link-case",),
    "unlink-case": ("unlink-case",),
    "add-task": ("add-task",),
    "mark-task": ("mark-task",),
    "seal": ("seal",),
    "fetch": ("fetch",),
    "verify-lot": ("verify-lot",),
    "release": ("release",),
    "export": ("export",),
    **dict.fromkeys(("ask-hold", "join-hold"), ("hold",)),
    "override": ("override",),
    "drop-override": ("drop-override",),
    "propose-swap": ("propose-swap",),
    "accept-swap": ("accept-swap",),
    "decline-swap": ("decline-swap",),
    "withdraw-swap": ("withdraw-swap",),
    "test-page": ("test-page",),
    "awake": ("awake",),
    "see-to": ("see-to",),
    "close-page": ("close-page",),
    "prepare-handover": ("prepare-handover",),
    "sign-handover": ("sign-handover",),
    "drop-handover": ("drop-handover",),
}
_WRITING = "What is half written stays with its writer; a program hands in a body that is whole, and `check` says what it lacks."
_IN_PERSON = "A session is a person at a browser; a program has a token, which the operator makes and ends at the command line."
_PEOPLE = "Who may do what is decided by persons with passkeys; a token that could change it would be worth more than all of them."
_OWN_SCREEN = "It changes how one person's own screen looks, and nothing that a program could meet."
# Where no program may, and why.
PERSONS_ONLY = {
    **dict.fromkeys(("begin", "begin-act", "write", "keep", "discard"), _WRITING),
    **dict.fromkeys(
        ("enter", "use-code", "bring-passkey", "sign-out", "stay", "other-browser", "end-others"), _IN_PERSON
    ),
    **dict.fromkeys(("add-person", "change-person", "ask-recovery", "allow-recovery"), _PEOPLE),
    **dict.fromkeys(("add-provider", "invite-provider", "end-provider-person"), _PEOPLE),
    "choose": _OWN_SCREEN,
    "wallboard-enter": "It leaves a token at the browser of a wall; a program brings its token with every question.",
    "take-back-hold": "A program brings both signatures at once, so nothing of its hold ever waits for a second person.",
    "drop": "Only who wrote a draft takes it back. A draft that a program wrote and nobody signs never leaves.",
}
# What programs do and no screen has.
PROGRAMS_ONLY = {
    "check": "The form of the console shows the same gaps beside its fields, with every press of its button.",
    "reply-page": "A gateway hands in what came back over the telephone; at a screen the person is signed in and presses a button.",
    "set-roster": "A roster is written whole at the command line or by a planning program; an officer at a screen changes the own shifts.",
    "destroy": "No screen destroys evidence: what is due goes by the clock; whoever must be earlier has two officers and a program, or the operator.",
    "pin": "Two officers pin a party where both sit beside the fingerprint: at the command line, or through a program of the office.",
    **dict.fromkeys(
        ("add-hook", "remove-hook", "try-hook", "replay"),
        "Hooks are for programs and are set up by them or by the operator at the command line.",
    ),
}


def test_whatever_a_person_can_do_a_program_can_do_or_a_reason_says_why_not():
    actions = {route.name for route in table.ROUTES if route.method == "POST"}
    told = {**SAME, **PERSONS_ONLY}
    assert actions - set(told) == set(), (
        "new in the console: name its route of the API in SAME, or why it has none"
    )
    assert set(told) - actions == set(), "told here, and no longer an action of the console"
    assert SAME.keys().isdisjoint(PERSONS_ONLY)


def test_each_way_of_a_program_exists_and_whatever_programs_change_has_a_screen_or_a_reason():
    routes = {route.name: route for route in programs.ROUTES}
    named = {name for names in SAME.values() for name in names}
    assert named - set(routes) == set(), "named in SAME, and no route of the API"
    changing = {name for name, route in routes.items() if route.method != "GET"}
    told = named | set(PROGRAMS_ONLY)
    assert changing - told == set(), (
        "new in the API: name its action of the console in SAME, or why it has none"
    )
    assert set(PROGRAMS_ONLY) - changing == set(), "told here, and no longer a route of the API"


def test_what_is_signed_at_a_screen_is_signed_with_a_passkey_by_a_program_too():
    """No token takes the place of a person (P9)."""
    routes = {route.name: route for route in programs.ROUTES}
    for action in ("acknowledge", "sign", "issue-order", "sign-handover", "accept-swap"):
        assert any(routes[name].policy is Door.PASSKEY for name in SAME[action]), action
    assert all(len(reason) > 40 for reason in (*PERSONS_ONLY.values(), *PROGRAMS_ONLY.values()))


def test_whatever_can_be_looked_at_can_be_read_by_a_program_or_a_reason_says_why_not():
    looks = {route.name for route in table.ROUTES if route.method == "GET"}
    assert looks - set(READ) == set(), (
        "new in the console: name its route of the API in READ, or why it has none"
    )
    assert set(READ) - looks == set(), "told here, and no longer a page of the console"
    routes = {route.name for route in programs.ROUTES}
    assert {names for names in READ.values() if " " not in names} - routes == set()


READ = {
    "cases": "cases",
    **dict.fromkeys(("case", "case-csv"), "case"),
    "warnings": "warnings",
    **dict.fromkeys(("evidence", "evidence-of"), "lots"),
    "lot": "lot",
    **dict.fromkeys(("works", "lot-works"), "work"),
    "court-file": "work-file",
    "hold": "see-hold",
    "watch": "views",
    "queue": "exchanges",
    "queue-csv": "exchanges",
    "matter": "exchange",
    "approvals": "drafts",
    "draft": "draft",
    "deadlines": "clocks",
    "calendar": "calendar",
    "dialogue": "meetings",
    "meeting": "meeting",
    "meetings-calendar": "meetings-calendar",
    "public-minutes": "public-minutes",
    "training": "trainings",
    "exercise": "exercises",
    "play": "exercise-injects",
    **dict.fromkeys(("steer", "exercise-report", "exercise-csv"), "exercise"),
    **{name: name for name in ("course", "course-material", "course-file")},
    "training-session": "training",
    "orders": "orders",
    **dict.fromkeys(("order", "order-statement"), "order"),
    "shift": "shifts",
    "handover": "handover",
    "wallboard": "wallboard",
    "order-file": "an officer opens what a provider sent, on a machine that is made for it; a program reads name, size and SHA-256",
    "providers": "providers",
    "directory": "parties",
    "state": "parties",
    "statistics": "statistics",
    "node": "node",
    "new": "procedures",
    "fresh": "events",
    "sheet": _WRITING,
    "records": "Who looked at what is for the auditor, who is a person and no program.",
    "people": _PEOPLE,
    "profile": _OWN_SCREEN,
    **dict.fromkeys(
        ("sign-in", "code", "passkey", "ask-provider", "come-back", "wallboard-door"), _IN_PERSON
    ),
    "home": "It leads on to the first page of one's role.",
    "help": "It explains screens.",
    "commands": "It leads to screens.",
}
