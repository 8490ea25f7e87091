"""Every route of the API: who may ask, what is taken, what is given. The one place where something becomes reachable.

What it knows: addresses, shapes, scopes. What it must never have: a route without a policy; `Route` cannot be made without one. The OpenAPI
document and the checks at the door are read from the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from longbien.node.tokens import Scope
from longbien.web.api import (
    case_shapes,
    casefiles,
    cases,
    dialogue,
    drafts,
    evidence,
    evidence_shapes,
    following,
    law,
    looking,
    meeting_shapes,
    order_shapes,
    orders,
    shapes,
    station,
    training,
    training_shapes,
    view_shapes,
    warned,
    warning_shapes,
)
from longbien.web.api.answers import JSON, Answer, Call

Handler = Callable[[Call], Answer]


class Door(StrEnum):
    """Who may ask, where no scope says it. `PASSKEY`: whoever brings an officer's passkey in the body, and no token."""

    PUBLIC = "public"
    TOKEN = "token"  # noqa: S105 - the name of a policy
    PASSKEY = "passkey"


Policy = Scope | Door
UPLOAD: Final = "application/octet-stream"

# What the parts of a path look like.
PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "exchange": "[0-9a-f]{32}",
        "saved": "[0-9a-f]{32}",
        "draft": "[0-9a-f]{32}",
        "statement": "[0-9a-f]{64}",
        "procedure": "[a-z][a-z0-9-]{0,63}",
        "act": "[a-z][a-z0-9_]{0,63}",
        "leaf": "[0-9]{1,15}",
        "hook": "[0-9a-f]{16}",
        "event": "[0-9]{1,15}",
        "manifest": "[0-9a-f]{32}",
        "work": "[0-9a-f]{32}",
        "case": "[0-9a-f]{32}",
        "task": "[0-9]{1,6}",
        "place": "[0-9]{1,3}",
        "order": "[0-9a-f]{32}",
        "course": "[0-9a-f]{32}",
        "training": "[0-9a-f]{32}",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and a path (`{name}` is one of `PARTS`), its policy and what answers.

    `query` and `body` are what it takes; `gives` is the shape of its answer, `None` where that is `media` or nothing at all. `versioned`:
    what it changes must be named by its ETag. `stream`: the answer goes on for as long as somebody listens.
    `upload`: its body is a file, which is kept while it comes.
    """

    name: str
    method: str
    path: str
    policy: Policy
    handler: Handler
    about: str
    query: type = shapes.NoQuery
    body: type | None = None
    gives: type | None = None
    media: str = JSON
    status: int = 200
    versioned: bool = False
    stream: bool = False
    upload: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts of its path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def repeats(self) -> bool:
        """Whether a key makes it happen once: what is written with a token."""
        return self.method == "POST" and self.policy not in set(Door)


def _get(
    name: str,
    path: str,
    policy: Policy,
    handler: Handler,
    gives: type | None,
    about: str,
    *,
    query: type = shapes.NoQuery,
    media: str = JSON,
    stream: bool = False,
) -> Route:
    return Route(
        name=name,
        method="GET",
        path=path,
        policy=policy,
        handler=handler,
        about=about,
        gives=gives,
        query=query,
        media=media,
        stream=stream,
    )


def _post(
    name: str,
    path: str,
    policy: Policy,
    handler: Handler,
    gives: type,
    about: str,
    *,
    query: type = shapes.NoQuery,
    body: type | None = None,
    status: int = 200,
) -> Route:
    return Route(
        name=name,
        method="POST",
        path=path,
        policy=policy,
        handler=handler,
        about=about,
        gives=gives,
        query=query,
        body=body,
        status=status,
    )


def _put(name: str, path: str, handler: Handler, body: type, gives: type, about: str) -> Route:
    """A note of this State beside an exchange; the same note twice is the same note."""
    return Route(
        name=name,
        method="PUT",
        path=path,
        policy=Scope.CASES_NOTE,
        handler=handler,
        about=about,
        gives=gives,
        body=body,
    )


ROUTES: Final = (
    _get("health", "/health", Door.PUBLIC, station.health, shapes.Health, "Whether the node answers"),
    _get("node", "/node", Scope.DIRECTORY, station.node, shapes.Node, "How this node is"),
    _get("token", "/token", Door.TOKEN, station.token, shapes.Token, "The token that asks"),
    # The law.
    _get(
        "procedures",
        "/law/procedures",
        Scope.LAW,
        law.procedures,
        shapes.ProcedureList,
        "Every procedure",
        query=shapes.LanguageQuery,
    ),
    _get(
        "procedure",
        "/law/procedures/{procedure}",
        Scope.LAW,
        law.procedure,
        shapes.Procedure,
        "A procedure with its acts, stages and clocks",
        query=shapes.LanguageQuery,
    ),
    _get(
        "schema",
        "/law/procedures/{procedure}/acts/{act}/schema",
        Scope.LAW,
        law.schema,
        None,
        "JSON Schema of the body of an act",
        media=law.SCHEMA,
        query=shapes.LanguageQuery,
    ),
    _post(
        "check",
        "/law/procedures/{procedure}/acts/{act}/check",
        Scope.LAW,
        law.check,
        shapes.Checked,
        "What a body still lacks",
        body=shapes.BodyToCheck,
        query=shapes.LanguageQuery,
    ),
    # Exchanges.
    _get("views", "/views", Scope.CASES_READ, looking.built_in, shapes.Views, "The built-in views, counted"),
    _get(
        "saved-views",
        "/views/saved",
        Scope.CASES_READ,
        looking.saved,
        view_shapes.SavedViews,
        "The views that the token's office keeps, counted",
    ),
    _post(
        "keep-view",
        "/views/saved",
        Scope.CASES_NOTE,
        looking.keep,
        view_shapes.SavedView,
        "Keep a view for the token's office",
        body=view_shapes.ViewWanted,
        status=201,
    ),
    Route(
        name="drop-view",
        method="DELETE",
        path="/views/saved/{saved}",
        policy=Scope.CASES_NOTE,
        handler=looking.drop,
        about="Keep a view no more",
        status=204,
    ),
    _get(
        "exchanges",
        "/exchanges",
        Scope.CASES_READ,
        cases.exchanges,
        shapes.LinePage,
        "A page of a view, of a search, or of what changed since",
        query=shapes.QueueQuery,
    ),
    _get(
        "exchange",
        "/exchanges/{exchange}",
        Scope.CASES_READ,
        cases.one,
        shapes.Matter,
        "Everything about one exchange",
        query=shapes.MatterQuery,
    ),
    _get(
        "provenance",
        "/exchanges/{exchange}/provenance",
        Scope.CASES_READ,
        cases.provenance,
        shapes.ProvenanceList,
        "Who stands behind each act, verified again",
    ),
    _get(
        "record",
        "/exchanges/{exchange}/record",
        Scope.RECORDS,
        cases.record,
        None,
        "The record of an exchange for the offline verifier",
        media=cases.RECORD,
    ),
    _get(
        "handling",
        "/exchanges/{exchange}/handling",
        Scope.CASES_READ,
        cases.see_handling,
        shapes.Handling,
        "Who sees to an exchange here",
    ),
    Route(
        name="set-handling",
        method="PUT",
        path="/exchanges/{exchange}/handling",
        policy=Scope.CASES_NOTE,
        handler=cases.set_handling,
        gives=shapes.Handling,
        about="Note who sees to an exchange here",
        body=shapes.HandlingWanted,
        versioned=True,
    ),
    _get(
        "act",
        "/acts/{statement}",
        Scope.CASES_READ,
        cases.where,
        shapes.Delivery,
        "Where one act is: proofs, and what it waits for",
    ),
    # Drafts.
    _get(
        "drafts",
        "/drafts",
        Scope.CASES_READ,
        drafts.drafts,
        shapes.DraftList,
        "What waits for approval or for sending",
    ),
    _post(
        "write",
        "/drafts",
        Scope.CASES_DRAFT,
        drafts.write,
        shapes.Draft,
        "Draft an act, or an opening",
        body=shapes.DraftWanted,
        status=201,
    ),
    _get(
        "draft",
        "/drafts/{draft}",
        Scope.CASES_READ,
        drafts.draft,
        shapes.Draft,
        "One draft, with what its officers sign",
    ),
    _post(
        "approve",
        "/drafts/{draft}/approvals",
        Door.PASSKEY,
        drafts.approve,
        shapes.Approved,
        "Approve exactly this draft, with a passkey",
        body=shapes.PasskeyAssertion,
        status=201,
    ),
    _post(
        "send",
        "/drafts/{draft}/send",
        Scope.CASES_SEND,
        drafts.send,
        shapes.Sent,
        "Sign and send an approved draft, once",
    ),
    # Evidence.
    _get(
        "lots",
        "/evidence",
        Scope.EVIDENCE,
        evidence.lots,
        evidence_shapes.LotList,
        "Every lot of evidence, or those of an exchange",
        query=evidence_shapes.LotsQuery,
    ),
    _post(
        "begin-lot",
        "/evidence",
        Scope.EVIDENCE_HANDLE,
        evidence.begin,
        evidence_shapes.Lot,
        "Begin a lot",
        body=evidence_shapes.LotWanted,
        status=201,
    ),
    _get(
        "lot",
        "/evidence/{manifest}",
        Scope.EVIDENCE,
        evidence.lot,
        evidence_shapes.Lot,
        "One lot with its items, where they are and what they wait for",
    ),
    Route(
        name="hand-in-file",
        method="POST",
        path="/evidence/{manifest}/files",
        policy=Scope.EVIDENCE_HANDLE,
        handler=evidence.hand_in,
        gives=evidence_shapes.FileNoted,
        about="Hand in a file; its body is kept while it comes",
        query=evidence_shapes.FileQuery,
        status=201,
        upload=True,
    ),
    *(
        _post(
            name,
            f"/evidence/{{manifest}}/{way}",
            Scope.EVIDENCE_HANDLE,
            handler,
            evidence_shapes.Work,
            about,
            status=202,
        )
        for name, way, handler, about in (
            ("seal", "seal", evidence.seal, "Seal the files of a lot, and sign its manifest"),
            ("fetch", "fetch", evidence.fetch, "Fetch what is missing of a lot"),
            ("verify-lot", "verify", evidence.verify, "Read everything that is here again, and compare"),
        )
    ),
    _post(
        "release",
        "/evidence/{manifest}/release",
        Scope.EVIDENCE_HANDLE,
        evidence.release,
        evidence_shapes.Lot,
        "Let keys go that may go now",
    ),
    _get(
        "custody",
        "/evidence/{manifest}/custody",
        Scope.EVIDENCE,
        evidence.custody,
        evidence_shapes.Custody,
        "Who touched what, with whatever does not fit",
    ),
    _get(
        "see-hold",
        "/exchanges/{exchange}/hold",
        Scope.EVIDENCE,
        evidence.see_hold,
        evidence_shapes.Hold,
        "How a hold stands, and what two officers sign",
        query=evidence_shapes.HoldQuery,
    ),
    _post(
        "hold",
        "/exchanges/{exchange}/hold",
        Door.PASSKEY,
        evidence.hold,
        evidence_shapes.Hold,
        "Set or lift a hold, with the passkeys of two officers",
        body=evidence_shapes.HoldWanted,
        status=201,
    ),
    _post(
        "export",
        "/exchanges/{exchange}/export",
        Scope.RECORDS,
        evidence.export,
        evidence_shapes.Work,
        "Make a file for a court",
        body=evidence_shapes.ExportWanted,
        status=202,
    ),
    _get(
        "work",
        "/works/{work}",
        Scope.EVIDENCE,
        evidence.work,
        evidence_shapes.Work,
        "How far a long work is",
    ),
    _get(
        "work-file",
        "/works/{work}/file",
        Scope.RECORDS,
        evidence.file,
        None,
        "What an export made, as it goes",
        media=UPLOAD,
    ),
    # Cases and warnings.
    _get(
        "cases", "/cases", Scope.CASES_READ, casefiles.cases, case_shapes.CaseList, "The cases of the office"
    ),
    _post(
        "new-case",
        "/cases",
        Scope.CASES_NOTE,
        casefiles.new,
        case_shapes.Case,
        "Begin a case",
        body=case_shapes.CaseWanted,
        status=201,
    ),
    _get(
        "case",
        "/cases/{case}",
        Scope.CASES_READ,
        casefiles.case,
        case_shapes.Case,
        "A case with everything that belongs to it",
    ),
    Route(
        name="change-case",
        method="PUT",
        path="/cases/{case}",
        policy=Scope.CASES_NOTE,
        handler=casefiles.change,
        gives=case_shapes.Case,
        about="Change a case, close it, or open it again",
        body=case_shapes.CaseChange,
        versioned=True,
    ),
    _post(
        "link-case",
        "/cases/{case}/exchanges",
        Scope.CASES_NOTE,
        casefiles.link,
        case_shapes.Case,
        "Link an exchange to a case",
        body=case_shapes.LinkWanted,
        status=201,
    ),
    Route(
        name="unlink-case",
        method="DELETE",
        path="/cases/{case}/exchanges/{exchange}",
        policy=Scope.CASES_NOTE,
        handler=casefiles.unlink,
        about="Take a link away; that it was there stays in the ledger",
        status=204,
    ),
    _post(
        "add-task",
        "/cases/{case}/tasks",
        Scope.CASES_NOTE,
        casefiles.add_task,
        case_shapes.Case,
        "Add a task",
        body=case_shapes.TaskWanted,
        status=201,
    ),
    _post(
        "mark-task",
        "/cases/{case}/tasks/{task}",
        Scope.CASES_NOTE,
        casefiles.mark_task,
        case_shapes.Case,
        "Mark a task as done, or as to be done again",
        body=case_shapes.TaskMark,
    ),
    _get(
        "warnings",
        "/warnings",
        Scope.CASES_READ,
        warned.board,
        warning_shapes.WarningList,
        "The board of warnings, with who read and who acted",
        query=shapes.LanguageQuery,
    ),
    # Clocks and numbers.
    _get(
        "clocks",
        "/clocks",
        Scope.CASES_READ,
        cases.clocks,
        shapes.ClockList,
        "Every running clock",
        query=shapes.LanguageQuery,
    ),
    _get(
        "calendar",
        "/clocks.ics",
        Scope.CASES_READ,
        cases.calendar,
        None,
        "Every running clock as iCalendar",
        media=cases.CALENDAR,
        query=shapes.LanguageQuery,
    ),
    _get(
        "statistics",
        "/statistics",
        Scope.STATISTICS,
        cases.report,
        dict,
        "The transparency report of a period",
        query=shapes.PeriodQuery,
    ),
    # Dialogue.
    _get(
        "meetings",
        "/meetings",
        Scope.CASES_READ,
        dialogue.every,
        meeting_shapes.MeetingList,
        "Meetings between States, the youngest first",
        query=shapes.LanguageQuery,
    ),
    _get(
        "meetings-calendar",
        "/meetings.ics",
        Scope.CASES_READ,
        dialogue.calendar,
        None,
        "Meetings, and what this State has to do after them, as iCalendar",
        media=cases.CALENDAR,
        query=shapes.LanguageQuery,
    ),
    _get(
        "meeting",
        "/meetings/{exchange}",
        Scope.CASES_READ,
        dialogue.one,
        meeting_shapes.Meeting,
        "One meeting: who comes, what was said, minutes, what is to be done",
        query=shapes.LanguageQuery,
    ),
    _put(
        "keep-minutes",
        "/meetings/{exchange}/minutes",
        dialogue.keep_minutes,
        meeting_shapes.MinutesWanted,
        meeting_shapes.Meeting,
        "Keep the text of the minutes here",
    ),
    _get(
        "public-minutes",
        "/meetings/{exchange}/minutes.html",
        Scope.CASES_READ,
        dialogue.public,
        None,
        "The agreed minutes as a page for the public",
        media=dialogue.HTML,
        query=shapes.LanguageQuery,
    ),
    _put(
        "mark-action",
        "/meetings/{exchange}/actions/{place}",
        dialogue.mark,
        meeting_shapes.ActionWanted,
        meeting_shapes.Meeting,
        "Note that what was agreed is done, or open again",
    ),
    # Training.
    _get(
        "trainings",
        "/trainings",
        Scope.CASES_READ,
        training.board,
        training_shapes.TrainingBoard,
        "What States need and offer, what fits, and sessions",
        query=shapes.LanguageQuery,
    ),
    _get(
        "courses",
        "/trainings/courses",
        Scope.CASES_READ,
        training.all_courses,
        training_shapes.CourseList,
        "Every course",
    ),
    _post(
        "new-course",
        "/trainings/courses",
        Scope.CASES_NOTE,
        training.new,
        training_shapes.Course,
        "Begin a course",
        body=training_shapes.CourseWanted,
        status=201,
    ),
    _get(
        "course",
        "/trainings/courses/{course}",
        Scope.CASES_READ,
        training.course,
        training_shapes.Course,
        "A course with its parts",
    ),
    _put(
        "change-course",
        "/trainings/courses/{course}",
        training.change,
        training_shapes.CourseWanted,
        training_shapes.Course,
        "Change title, language and description of a course",
    ),
    _post(
        "add-material",
        "/trainings/courses/{course}/materials",
        Scope.CASES_NOTE,
        training.add,
        training_shapes.Course,
        "Add a text or a link to a course",
        body=training_shapes.MaterialWanted,
        status=201,
    ),
    Route(
        name="drop-material",
        method="DELETE",
        path="/trainings/courses/{course}/materials/{place}",
        policy=Scope.CASES_NOTE,
        handler=training.drop,
        about="Take a part out of a course",
        status=204,
    ),
    _get(
        "course-material",
        "/trainings/courses/{course}/files/{place}",
        Scope.CASES_READ,
        training.file,
        None,
        "A file of a course",
        media=training.FILE,
    ),
    _get(
        "course-file",
        "/trainings/courses/{course}/file",
        Scope.CASES_READ,
        training.export,
        None,
        "A course as one file that needs no network",
        media=training.ZIP,
    ),
    *(
        Route(
            name=name,
            method="POST",
            path=path,
            policy=Scope.CASES_NOTE,
            handler=handler,
            gives=training_shapes.Course,
            about=about,
            query=query,
            status=201,
            upload=True,
        )
        for name, path, handler, query, about in (
            (
                "add-course-file",
                "/trainings/courses/{course}/files",
                training.add_file,
                training_shapes.MaterialQuery,
                "Add a file to a course; its body is kept while it comes",
            ),
            (
                "import-course",
                "/trainings/files",
                training.take_in,
                shapes.NoQuery,
                "Take in a course from a file, every part compared with its digest",
            ),
        )
    ),
    _post(
        "plan-training",
        "/trainings/sessions",
        Scope.CASES_NOTE,
        training.plan,
        training_shapes.Training,
        "Plan an own session",
        body=training_shapes.TrainingWanted,
        status=201,
    ),
    _get(
        "training",
        "/trainings/sessions/{training}",
        Scope.CASES_READ,
        training.session,
        training_shapes.Training,
        "One session: who was there, and whether it helped",
        query=shapes.LanguageQuery,
    ),
    *(
        _post(
            name,
            f"/trainings/sessions/{{training}}/{way}",
            Scope.CASES_NOTE,
            handler,
            training_shapes.Training,
            about,
            body=body,
            status=201,
        )
        for name, way, handler, body, about in (
            (
                "add-trainee",
                "people",
                training.add_trainee,
                training_shapes.TraineeWanted,
                "Note who takes part",
            ),
            (
                "add-measure",
                "measures",
                training.add_measure,
                training_shapes.MeasureWanted,
                "Note what is to be measured afterwards",
            ),
        )
    ),
    _put(
        "mark-trainee",
        "/trainings/sessions/{training}/people/{place}",
        training.mark_trainee,
        training_shapes.TraineeMark,
        training_shapes.Training,
        "Note whether somebody was there",
    ),
    _put(
        "mark-measure",
        "/trainings/sessions/{training}/measures/{place}",
        training.mark_measure,
        training_shapes.MeasureMark,
        training_shapes.Training,
        "Note what was found",
    ),
    # Orders to providers.
    _get(
        "providers",
        "/providers",
        Scope.DIRECTORY,
        orders.all_providers,
        order_shapes.ProviderList,
        "Firms of this State that may be ordered something",
    ),
    _get("orders", "/orders", Scope.CASES_READ, orders.every, order_shapes.OrderList, "Orders to providers"),
    _get("order", "/orders/{order}", Scope.CASES_READ, orders.one, order_shapes.Order, "One order"),
    _post(
        "draft-order",
        "/orders",
        Scope.CASES_DRAFT,
        orders.write,
        order_shapes.Order,
        "Write an order, which waits for a second person",
        body=order_shapes.OrderWanted,
        status=201,
    ),
    _post(
        "issue-order",
        "/orders/{order}/signature",
        Door.PASSKEY,
        orders.sign,
        order_shapes.Order,
        "Sign exactly this order, with the passkey of an officer who did not write it",
        body=shapes.PasskeyAssertion,
        status=201,
    ),
    _post(
        "say-order",
        "/orders/{order}/words",
        Scope.CASES_SEND,
        orders.say,
        order_shapes.Order,
        "Say something to the provider",
        body=order_shapes.OrderSaid,
    ),
    _post(
        "close-order",
        "/orders/{order}/close",
        Scope.CASES_SEND,
        orders.close,
        order_shapes.Order,
        "Close or withdraw an order",
        body=order_shapes.OrderSaid,
    ),
    # Directory and ledger.
    _get(
        "parties",
        "/parties",
        Scope.DIRECTORY,
        station.parties,
        shapes.PartyList,
        "The directory, with the health of each link",
        query=shapes.LanguageQuery,
    ),
    _get(
        "papers",
        "/papers",
        Scope.DIRECTORY,
        station.papers,
        shapes.Papers,
        "What another State needs to pin this node",
    ),
    _post(
        "pin",
        "/parties",
        Door.PASSKEY,
        station.pin,
        shapes.Pinned,
        "Pin a party, with the passkeys of two officers",
        body=shapes.PinWanted,
        status=201,
    ),
    _get(
        "head",
        "/ledger/head",
        Scope.LEDGER,
        station.head,
        shapes.LedgerHead,
        "The newest signed head of the ledger",
    ),
    _get(
        "receipt",
        "/ledger/leaves/{leaf}/receipt",
        Scope.LEDGER,
        station.receipt,
        None,
        "The proof that a leaf is in the ledger",
        media=station.RECEIPT,
    ),
    # Reading along.
    _get(
        "events",
        "/events",
        Scope.EVENTS,
        following.events,
        shapes.EventPage,
        "What happened after an event",
        query=shapes.EventsQuery,
    ),
    _get(
        "stream",
        "/events/stream",
        Scope.EVENTS,
        following.events,
        None,
        "What happens, as server-sent events; Last-Event-ID goes on where one stopped",
        query=shapes.EventsQuery,
        media="text/event-stream",
        stream=True,
    ),
    _get("hooks", "/hooks", Scope.HOOKS, following.all_hooks, shapes.HookList, "Every hook"),
    _post(
        "add-hook",
        "/hooks",
        Scope.HOOKS,
        following.add_hook,
        shapes.HookMade,
        "Tell an address what happens",
        body=shapes.HookWanted,
        status=201,
    ),
    Route(
        name="remove-hook",
        method="DELETE",
        path="/hooks/{hook}",
        policy=Scope.HOOKS,
        handler=following.remove_hook,
        about="Tell an address nothing more",
        status=204,
    ),
    _post(
        "try-hook",
        "/hooks/{hook}/test",
        Scope.HOOKS,
        following.try_hook,
        shapes.Queued,
        "Send a trial event to a hook",
        status=202,
    ),
    _get(
        "hook-log",
        "/hooks/{hook}/deliveries",
        Scope.HOOKS,
        following.log,
        shapes.HookLog,
        "What a hook was told",
        query=shapes.LogQuery,
    ),
    _post(
        "replay",
        "/hooks/{hook}/deliveries/{event}/replay",
        Scope.HOOKS,
        following.replay,
        shapes.Queued,
        "Tell a hook of an event again",
        status=202,
    ),
)
