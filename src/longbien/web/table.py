"""Every route of the console, each with its policy: the one place where a page becomes reachable.

What it knows: addresses, screens, policies. What it must never have: a route without a policy; `Route` cannot be made without one, and a
policy names its roles.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from longbien.node.course_file import FILE_MAX, PACKED_MAX
from longbien.node.roles import Role
from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.policy import (
    AUDIT,
    CASE,
    EVERYBODY,
    HELD,
    IN_OFFICE,
    MINE,
    MINE_OR_FREE,
    NOTING,
    OPEN,
    RUNNING,
    SIGNERS,
    TAKING,
    WRITING,
    Level,
    Policy,
    Subject,
    reading,
)
from longbien.web.screens import (
    cases,
    commands,
    deadlines,
    dialogue,
    directory,
    drafts,
    evidence,
    exercises,
    handovers,
    holds,
    home,
    many,
    matter,
    node,
    numbers,
    orders,
    paging,
    people,
    profile,
    queue,
    records,
    sheets,
    shift,
    sign_in,
    training,
    training_sessions,
    wallboard,
    warnings,
    watch,
)
from longbien.web.screens import help as help_screen

Screen = Callable[[Console, Asked], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and a path (`{name}` is a part that varies), who may ask for it, and what answers.

    `upload`: its form may bring a file of at most so many bytes; 0 where it brings none.
    """

    name: str
    method: str
    path: str
    screen: Screen
    policy: Policy
    upload: int = 0


def _get(name: str, path: str, screen: Screen, policy: Policy) -> Route:
    return Route(name=name, method="GET", path=path, screen=screen, policy=policy)


def _post(name: str, path: str, screen: Screen, policy: Policy, *, upload: int = 0) -> Route:
    return Route(name=name, method="POST", path=path, screen=screen, policy=policy, upload=upload)


_PUBLIC = Policy(public=True)
_ANYBODY = Policy(who=EVERYBODY)
_FIRST = Policy(who=EVERYBODY, level=Level.ENROL)
_SURE = Policy(who=EVERYBODY, level=Level.PASSKEY)
_CASES = Policy(who=CASE)
_PEOPLE = Policy(who=RUNNING, level=Level.PASSKEY)
_NOTING, _TAKING, _HELD = NOTING, TAKING, HELD
_ACTING = Policy(who=WRITING, subject=Subject.EXCHANGE, owners=MINE_OR_FREE, stages=OPEN)
_ACKNOWLEDGING = Policy(who=SIGNERS, subject=Subject.EXCHANGE, owners=MINE_OR_FREE, stages=OPEN)
_SIGNING = Policy(who=SIGNERS, subject=Subject.DRAFT, owners=IN_OFFICE, stages=OPEN)
_OWN_DRAFT = Policy(who=WRITING, subject=Subject.DRAFT, owners=MINE, stages=OPEN)
_AUDITORS = Policy(who=AUDIT)
_WRITERS = Policy(who=WRITING)
_MANIFEST = reading(CASE, Subject.EVIDENCE)
_HANDLING = Policy(who=WRITING, subject=Subject.EVIDENCE, owners=IN_OFFICE)
_MAKING_READY = Policy(who=WRITING, subject=Subject.EVIDENCE, owners=IN_OFFICE, stages=OPEN)
_HOLDING = Policy(who=SIGNERS, subject=Subject.EXCHANGE, owners=IN_OFFICE, level=Level.PASSKEY)
_CASE = reading(CASE, Subject.CASE)
_CASEWORK = Policy(who=WRITING, subject=Subject.CASE, owners=IN_OFFICE)
_OPEN_CASE = Policy(who=WRITING, subject=Subject.CASE, owners=IN_OFFICE, stages=OPEN)
_ORDER = reading(CASE, Subject.ORDER)
_ORDERING = Policy(who=WRITING, subject=Subject.ORDER, owners=IN_OFFICE, stages=OPEN)
_ISSUING = Policy(who=SIGNERS, subject=Subject.ORDER, owners=IN_OFFICE, stages=OPEN)
# Who steers an exercise sees what is still to come, so it is nobody who plays by the same role.
_STEERING = Policy(who=RUNNING)
_PLAYING = Policy(who=CASE | RUNNING)
_TRAINING = reading(CASE, Subject.TRAINING)
_TRAINING_NOTES = Policy(who=WRITING, subject=Subject.TRAINING, owners=IN_OFFICE)
_ON_CALL = Policy(who=frozenset({Role.DUTY}))
_CALLED = Policy(who=SIGNERS)
_WALL = Policy(board=True)
_SHEET = Policy(who=WRITING, subject=Subject.SHEET, owners=MINE)

ROUTES: Final = (
    _get("sign-in", "/sign-in", sign_in.door, _PUBLIC),
    _post("enter", "/sign-in", sign_in.enter, _PUBLIC),
    _get("ask-provider", "/sign-in/provider", sign_in.ask_provider, _PUBLIC),
    _get("come-back", "/sign-in/back", sign_in.come_back, _PUBLIC),
    _get("code", "/code/{code}", sign_in.show_code, _PUBLIC),
    _post("use-code", "/code", sign_in.use_code, _PUBLIC),
    _get("passkey", "/passkey", sign_in.ask_passkey, _FIRST),
    _post("bring-passkey", "/passkey", sign_in.bring_passkey, _FIRST),
    _post("sign-out", "/sign-out", sign_in.leave, _FIRST),
    _post("stay", "/stay", sign_in.stay, _FIRST),
    _get("home", "/", home.home, _ANYBODY),
    _get("help", "/help", help_screen.help_page, _ANYBODY),
    _get("commands", "/commands", commands.commands, _ANYBODY),
    _get("profile", "/profile", profile.profile, _ANYBODY),
    _post("choose", "/profile", profile.choose, _ANYBODY),
    _post("other-browser", "/profile/code", profile.other_browser, _SURE),
    _post("end-others", "/profile/sessions", profile.end_others, _SURE),
    _get("watch", "/watch", watch.watch, _CASES),
    _get("fresh", "/fresh", watch.fresh, _CASES),
    _get("queue", "/queue", queue.queue, _CASES),
    _get("queue-csv", "/queue.csv", queue.as_csv, _CASES),
    _post("keep-view", "/views", queue.keep_view, _CASES),
    _post("drop-view", "/views/{view}/drop", queue.drop_view, _CASES),
    _post("many", "/queue/many", many.many, _WRITERS),
    _get("matter", "/x/{exchange}", matter.matter, reading(CASE)),
    _post("acknowledge", "/x/{exchange}/acknowledge", matter.acknowledge, _ACKNOWLEDGING),
    _post("begin-act", "/x/{exchange}/act/{act}", sheets.begin_act, _ACTING),
    _post("take", "/x/{exchange}/take", matter.take, _TAKING),
    _post("put-down", "/x/{exchange}/put-down", matter.put_down, _HELD),
    _post("rest", "/x/{exchange}/rest", matter.rest, _HELD),
    _post("note", "/x/{exchange}/note", matter.note, _NOTING),
    _get("new", "/new", sheets.choose, _WRITERS),
    _post("begin", "/new", sheets.begin, _WRITERS),
    _get("sheet", "/sheets/{sheet}", sheets.sheet, _SHEET),
    _post("write", "/sheets/{sheet}", sheets.write, _SHEET),
    _post("keep", "/sheets/{sheet}/keep", sheets.keep, _SHEET),
    _post("discard", "/sheets/{sheet}/discard", sheets.discard, _SHEET),
    _post("hand-in", "/sheets/{sheet}/hand-in", sheets.hand_in, _SHEET),
    _get("approvals", "/approvals", drafts.approvals, _CASES),
    _get("draft", "/drafts/{draft}", drafts.draft, reading(CASE, Subject.DRAFT)),
    _post("sign", "/drafts/{draft}/sign", drafts.sign, _SIGNING),
    _post("send", "/drafts/{draft}/send", drafts.send, _SIGNING),
    _post("drop", "/drafts/{draft}/drop", drafts.drop, _OWN_DRAFT),
    _get("evidence", "/evidence", evidence.evidence, _CASES),
    _post("begin-lot", "/evidence", evidence.begin, _WRITERS),
    _get("lot", "/evidence/{manifest}", evidence.lot, _MANIFEST),
    _get("lot-works", "/evidence/{manifest}/works", evidence.works_of_lot, _MANIFEST),
    _post("seal", "/evidence/{manifest}/seal", evidence.seal, _MAKING_READY),
    _post("fetch", "/evidence/{manifest}/fetch", evidence.fetch, _HANDLING),
    _post("verify-lot", "/evidence/{manifest}/verify", evidence.verify, _HANDLING),
    _post("release", "/evidence/{manifest}/release", evidence.release, _HANDLING),
    _get("evidence-of", "/x/{exchange}/evidence", evidence.of_exchange, reading(CASE)),
    _get("works", "/x/{exchange}/works", evidence.works_of_exchange, reading(CASE)),
    _post("begin-lot-for", "/x/{exchange}/evidence", evidence.begin_for, _TAKING),
    _post("export", "/x/{exchange}/export", evidence.export, _NOTING),
    _get("court-file", "/x/{exchange}/export/{work}", evidence.take_away, _NOTING),
    _get("hold", "/x/{exchange}/hold", holds.hold, reading(CASE)),
    _post("ask-hold", "/x/{exchange}/hold", holds.ask, _HOLDING),
    _post("join-hold", "/x/{exchange}/hold/join", holds.join, _HOLDING),
    _post("take-back-hold", "/x/{exchange}/hold/take-back", holds.take_back, _HOLDING),
    _get("cases", "/cases", cases.cases, _CASES),
    _post("new-case", "/cases", cases.new, _WRITERS),
    _get("case", "/cases/{case}", cases.case, _CASE),
    _get("case-csv", "/cases/{case}/timeline.csv", cases.as_csv, _CASE),
    _post("change-case", "/cases/{case}", cases.change, _CASEWORK),
    _post("link-case", "/cases/{case}/link", cases.link, _OPEN_CASE),
    _post("unlink-case", "/cases/{case}/unlink", cases.unlink, _OPEN_CASE),
    _post("add-task", "/cases/{case}/tasks", cases.add_task, _OPEN_CASE),
    _post("mark-task", "/cases/{case}/tasks/mark", cases.mark_task, _OPEN_CASE),
    _get("warnings", "/warnings", warnings.board, _CASES),
    _get("deadlines", "/deadlines", deadlines.deadlines, _CASES),
    _get("calendar", "/deadlines.ics", deadlines.calendar, _CASES),
    _get("dialogue", "/dialogue", dialogue.dialogue, _CASES),
    _get("meetings-calendar", "/dialogue.ics", dialogue.calendar, _CASES),
    _get("meeting", "/dialogue/{exchange}", dialogue.meeting, reading(CASE)),
    _post("keep-minutes", "/dialogue/{exchange}/minutes", dialogue.keep_minutes, _NOTING),
    _post("mark-action", "/dialogue/{exchange}/actions", dialogue.mark, _NOTING),
    _post("from-minutes", "/dialogue/{exchange}/step", dialogue.from_minutes, _ACTING),
    _get("public-minutes", "/dialogue/{exchange}/minutes.html", dialogue.public, reading(WRITING)),
    _get("training", "/training", training.board, _CASES),
    _post("new-course", "/training/courses", training.new, _WRITERS),
    _post("import-course", "/training/import", training.take_in, _WRITERS, upload=PACKED_MAX),
    _get("course", "/training/courses/{course}", training.course, _CASES),
    _post("change-course", "/training/courses/{course}", training.change, _WRITERS),
    _post(
        "add-material",
        "/training/courses/{course}/materials",
        training.add_material,
        _WRITERS,
        upload=FILE_MAX,
    ),
    _post("drop-material", "/training/courses/{course}/materials/drop", training.drop_material, _WRITERS),
    _get("course-material", "/training/courses/{course}/files/{number}", training.material, _CASES),
    _get("course-file", "/training/courses/{course}/course.zip", training.export, _CASES),
    _post("plan-training", "/training/sessions", training_sessions.plan, _WRITERS),
    _get("training-session", "/training/sessions/{training}", training_sessions.session, _TRAINING),
    *(
        _post(name, f"/training/sessions/{{training}}/{way}", screen, _TRAINING_NOTES)
        for name, way, screen in (
            ("add-trainee", "people", training_sessions.add_trainee),
            ("mark-trainee", "people/mark", training_sessions.mark_trainee),
            ("add-measure", "measures", training_sessions.add_measure),
            ("mark-measure", "measures/mark", training_sessions.mark_measure),
        )
    ),
    _get("exercise", "/exercise", exercises.every, _PLAYING),
    _post("new-exercise", "/exercise", exercises.new, _STEERING),
    _get("steer", "/exercise/{exercise}", exercises.control, _STEERING),
    _post(
        "import-injects",
        "/exercise/{exercise}/injects",
        exercises.import_injects,
        _STEERING,
        upload=exercises.TABLE_MAX,
    ),
    _post("add-inject", "/exercise/{exercise}/inject", exercises.add_inject, _STEERING),
    _post("steer-exercise", "/exercise/{exercise}/steer", exercises.steer, _STEERING),
    _post("fire-inject", "/exercise/{exercise}/fire", exercises.fire, _STEERING),
    _get("play", "/exercise/{exercise}/player", exercises.play, _CASES),
    _post("respond", "/exercise/{exercise}/respond", exercises.respond, _CASES),
    _get("exercise-report", "/exercise/{exercise}/report", exercises.report, _PLAYING),
    _get("exercise-csv", "/exercise/{exercise}/report.csv", exercises.as_csv, _PLAYING),
    _post("add-lesson", "/exercise/{exercise}/lessons", exercises.add_lesson, _PLAYING),
    _get("orders", "/orders", orders.every, _CASES),
    _post("draft-order", "/orders", orders.draft, _WRITERS),
    _get("order", "/orders/{order}", orders.order, _ORDER),
    _post("issue-order", "/orders/{order}/issue", orders.issue, _ISSUING),
    _post("say-order", "/orders/{order}/say", orders.say, _ORDERING),
    _post("close-order", "/orders/{order}/close", orders.close, _ORDERING),
    _get("order-file", "/orders/{order}/files/{number}", orders.file, _ORDER),
    _get("order-statement", "/orders/{order}/order.cose", orders.statement, _ORDER),
    _get("providers", "/providers", orders.all_providers, _PEOPLE),
    _post("add-provider", "/providers", orders.add_provider, _PEOPLE),
    _post("invite-provider", "/providers/{provider}/people", orders.invite, _PEOPLE),
    _post("end-provider-person", "/providers/people/{person}/end", orders.end_person, _PEOPLE),
    _get("shift", "/shift", shift.shift, _CASES),
    _post("override", "/shift/override", shift.override, _ON_CALL),
    _post("drop-override", "/shift/override/drop", shift.drop_override, _ON_CALL),
    _post("propose-swap", "/shift/swaps", shift.propose, _ON_CALL),
    _post("accept-swap", "/shift/swaps/{swap}/accept", shift.accept, _ON_CALL),
    _post("decline-swap", "/shift/swaps/{swap}/decline", shift.decline, _ON_CALL),
    _post("withdraw-swap", "/shift/swaps/{swap}/withdraw", shift.withdraw, _ON_CALL),
    _post("test-page", "/shift/test", shift.test, _ON_CALL),
    _post("awake", "/pages/{page}/awake", paging.awake, _CALLED),
    _post("see-to", "/pages/{page}/acknowledge", paging.acknowledge, _CALLED),
    _post("close-page", "/pages/{page}/close", paging.close, _CALLED),
    _post("prepare-handover", "/handovers", handovers.prepare, _ON_CALL),
    _get("handover", "/handovers/{handover}", handovers.handover, _CASES),
    _post("sign-handover", "/handovers/{handover}/sign", handovers.sign, _ON_CALL),
    _post("drop-handover", "/handovers/{handover}/drop", handovers.drop, _ON_CALL),
    _get("wallboard", "/wallboard", wallboard.board, _WALL),
    _get("wallboard-door", "/wallboard/enter", wallboard.door, _PUBLIC),
    _post("wallboard-enter", "/wallboard", wallboard.enter, _PUBLIC),
    _get("directory", "/directory", directory.directory, _ANYBODY),
    _get("state", "/directory/{party}", directory.state, _ANYBODY),
    _get("statistics", "/statistics", numbers.statistics, _ANYBODY),
    _get("records", "/records", records.records, _AUDITORS),
    _post("verify", "/records/verify", records.verify, _AUDITORS),
    _get("node", "/node", node.node, Policy(who=RUNNING)),
    _get("people", "/people", people.people, _PEOPLE),
    _post("add-person", "/people", people.add, _PEOPLE),
    _post("change-person", "/people/{person}", people.change, _PEOPLE),
    _post("ask-recovery", "/people/{person}/recover", people.ask_recovery, _PEOPLE),
    _post("allow-recovery", "/people/{person}/recover/allow", people.allow_recovery, _PEOPLE),
)

_MENU: Final = (
    "watch",
    "shift",
    "queue",
    "new",
    "approvals",
    "evidence",
    "cases",
    "warnings",
    "deadlines",
    "dialogue",
    "training",
    "exercise",
    "orders",
    "directory",
    "statistics",
    "records",
    "node",
    "people",
    "providers",
)
_BY_NAME: Final = {route.name: route for route in ROUTES}


def menu(roles: Collection[str], *, live: bool) -> list[Route]:
    """The pages that a person with these roles finds at the top of every page; nothing is practised on a live node."""
    shown = (_BY_NAME[name] for name in _MENU if not (live and name == "exercise"))
    return [route for route in shown if route.policy.who.intersection(roles)]
