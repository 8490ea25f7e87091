"""Words for codes: what a role, a view, a link or a refusal is called on a page.

What it knows: English texts by kind and code; catalogues translate them. What it must never know: what the law says of a code; the law
brings its own words.
"""

from collections.abc import Mapping
from typing import Final

from longbien.web.labels_training import EXERCISE, TRAINING_REFUSALS
from longbien.web.labels_work import WORK_LABELS
from longbien.web.words import Say


def _(text: str) -> str:
    """Marks a text for the catalogues."""
    return text


LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    **WORK_LABELS,
    "role": {
        "duty": _("Duty officer"),
        "lawyer": _("Lawyer"),
        "approver": _("Approver"),
        "investigator": _("Investigator"),
        "analyst": _("Analyst"),
        "privacy": _("Data-protection reviewer"),
        "auditor": _("Auditor"),
        "operator": _("Operator"),
    },
    "mode": {"live": _("Live"), "exercise": _("Exercise"), "demo": _("Demonstration")},
    "column": {
        "clock": _("Clock"),
        "reference": _("Reference"),
        "what": _("What"),
        "state": _("State"),
        "stage": _("Stage"),
        "owner": _("Who sees to it"),
        "office": _("Office"),
        "subject": _("Subject"),
        "opened": _("Opened"),
        "changed": _("Changed"),
    },
    "order": {
        "view": _("By its clocks"),
        "changed": _("Last change first"),
        "opened": _("Youngest first"),
    },
    "many": {
        "assign": _("Who sees to them"),
        "free": _("Put down"),
        "rest": _("Put aside"),
        "tag": _("Tag added"),
        "untag": _("Tag taken off"),
    },
    "view": {
        "acknowledge": _("To acknowledge"),
        "mine": _("Mine"),
        "approval": _("Waiting for my approval"),
        "ours": _("Our turn"),
        "theirs": _("Their turn"),
        "due": _("Due in 24 hours"),
        "expiring": _("Expiring preservations"),
        "snoozed": _("Snoozed until today"),
        "sent": _("Sent today"),
        "everything": _("Everything"),
    },
    "nothing": {
        "acknowledge": _("Everything that arrived has been acknowledged."),
        "mine": _("You see to nothing at the moment. Open a request and take it."),
        "approval": _("Nothing waits for your signature."),
        "ours": _("It is our turn nowhere."),
        "theirs": _("No other State owes us an answer."),
        "due": _("No clock ends within 24 hours."),
        "expiring": _("No preservation ends within 14 days."),
        "snoozed": _("Nothing that was put aside comes back today."),
        "sent": _("Nothing was sent today."),
        "everything": _("There is no request yet. Begin one with New request."),
    },
    "turn": {
        "ours": _("Our turn"),
        "theirs": _("Their turn"),
        "both": _("Both sides"),
        "nobody": _("Nobody's turn"),
    },
    "menu": {
        "watch": _("Watch"),
        "shift": _("Shift"),
        "queue": _("Queue"),
        "new": _("New request"),
        "approvals": _("To sign"),
        "evidence": _("Evidence"),
        "cases": _("Cases"),
        "warnings": _("Warnings"),
        "deadlines": _("Deadlines"),
        "dialogue": _("Dialogue"),
        "training": _("Training"),
        "exercise": _("Exercises"),
        "orders": _("Orders"),
        "providers": _("Providers"),
        "directory": _("Directory"),
        "statistics": _("Statistics"),
        "records": _("Ledger and audit"),
        "node": _("Node"),
        "people": _("People"),
        "profile": _("Profile"),
    },
    "ordered": {
        "preserve": _("Keep data"),
        "produce": _("Hand over data"),
        "draft": _("Waits for a second signature"),
        "issued": _("With the provider"),
        "answered": _("Answered"),
        "closed": _("Closed"),
    },
    "page": {
        "arrival": _("A request has arrived"),
        "approval": _("A signature is missing"),
        "clock": _("A time limit is near or over"),
        "peer": _("An urgent act cannot be delivered"),
        "health": _("The node needs its operator"),
        "storm": _("Many pages at once"),
        "test": _("Test of the pager"),
    },
    "page-stage": {
        "raised": _("called"),
        "awake": _("awake"),
        "acknowledged": _("acknowledged"),
        "closed": _("closed"),
    },
    "urgency": {"routine": _("Routine"), "urgent": _("Urgent"), "emergency": _("Emergency")},
    "target": {
        "on-duty": _("whoever is on duty"),
        "next": _("whoever is next"),
        "everyone": _("everybody of the office"),
    },
    "roster": {
        "ROSTER_GAP": _("Nobody is on duty:"),
        "ROSTER_PERSON_GONE": _("Somebody on the roster may not be called any more:"),
        "ROSTER_ALONE": _("One person has every shift of the next 14 days."),
    },
    "handover": {
        "open": _("Our turn"),
        "acknowledge": _("To acknowledge"),
        "due": _("Due on the next watch, and words that were promised"),
        "snoozed": _("Put aside until the next watch"),
        "peers": _("States that cannot be reached"),
        "pages": _("Open pages"),
    },
    "shift-said": {
        "kept": _("Kept. The roster shows it."),
        "called": _("The test is calling."),
        "awake": _("You are awake; the others are told. Nothing is acknowledged yet."),
        "seen-to": _("You see to it; nobody else is called."),
        "closed": _("Closed; nobody is called for it any more."),
        "signed": _("Signed. The person who comes signs at an own screen now."),
        "handed-over": _("Both have signed: it is handed over."),
    },
    "exercise": EXERCISE,
    "theme": {"system": _("As the system"), "light": _("Light"), "dark": _("Dark")},
    "refusal": {
        **TRAINING_REFUSALS,
        "ROLE_OTHER": _("Your role does not open this page."),
        "NOTHING_TICKED": _("No line was ticked."),
        "CHOICE_MISSING": _("The form does not say what is to be done."),
        "VIEW_INVALID": _("A view needs a name of at most 60 letters."),
        "VIEWS_TOO_MANY": _("Twelve views are kept already. Drop one first."),
        "PASSKEY_WANTED": _("This needs a session that began with your passkey."),
        "NOT_THERE": _("There is no such page, or it belongs to another office."),
        "METHOD_OTHER": _("This address does not take what was sent to it."),
        "ORIGIN_IN_DOUBT": _(
            "Who stands behind the request is in doubt, so it is neither accepted nor answered."
        ),
        "OWNER_OTHER": _("A colleague sees to this request."),
        "STAGE_OTHER": _("The request has ended or is set aside, so nothing more can be done in it."),
        "FORM_FOREIGN": _(
            "The form did not come from an open page of this console, or the session changed meanwhile."
        ),
        "FORM_UNREADABLE": _("The form could not be read: it was cut off or is too large."),
        "TOO_OFTEN": _("There were too many tries. Wait a minute."),
        "UNEXPECTED": _("The page could not be made. The fault is on this side."),
        "CODE_WRONG": _("This code does not work: it is wrong, used or too old."),
        "OIDC_REFUSED": _("Your office's sign-in service let nobody in."),
        "OIDC_OLD": _(
            "The way back from your office's sign-in service does not belong to this browser, or took too long."
        ),
        "OIDC_UNREACHABLE": _("Your office's sign-in service does not answer. Use your passkey."),
        "OIDC_ANSWER": _("Your office's sign-in service answered something that does not hold."),
        "OIDC_TOKEN": _("What your office's sign-in service says of you does not hold."),
        "OIDC_NOBODY": _("Your office's account belongs to nobody who may sign in here. Ask an operator."),
        "OFFICER_INACTIVE": _("This person may not sign in."),
        "PASSKEY_INVALID": _("The passkey's answer does not hold."),
        "PASSKEY_UNKNOWN": _("This passkey belongs to nobody here."),
        "PASSKEY_ENDED": _("This passkey was ended. Ask an operator for a new beginning."),
        "PASSKEY_SOFTWARE": _("This node takes hardware passkeys only."),
        "PASSKEY_KNOWN": _("This passkey is enrolled already."),
        "PASSKEY_COPIABLE": _("An approver needs a passkey that cannot be copied, such as a security key."),
        "CEREMONY_OLD": _("The page was open for too long. Try again."),
        "CALENDAR_MISSING": _("The calendar needs the optional part longbien[documents]."),
        "MINUTES_EMPTY": _("The minutes have no text yet."),
        "MINUTES_LONG": _("The text is too long."),
        "MINUTES_OTHER": _("This is not the text that the report names. Paste it exactly as it was sent."),
        "MINUTES_NONE": _("This meeting has no minutes that a report names."),
        "MINUTES_NOT_HERE": _("The text of the minutes is not here yet."),
        "MINUTES_NOT_AGREED": _("Not everybody has agreed to the minutes yet."),
        "MEETING_CONFIDENTIAL": _("The meeting is confidential, so its minutes are not for the public."),
        "ACTION_UNKNOWN": _("The report does not say this, or a corrected one has replaced it."),
        "PROVIDER_UNKNOWN": _("There is no such provider."),
        "ORDER_KIND": _("Choose what is ordered."),
        "ORDER_TEXT": _("Say what is ordered, on which ground, and under which reference."),
        "ORDER_DUE": _("Give a time that is still to come."),
        "ORDER_ISSUED": _("It was signed already."),
        "ORDER_OVER": _("The order takes this no more."),
        "WORDS_EMPTY": _("Write something first, and not too much."),
        "FILE_NONE": _("Choose a file that is not empty and not larger than allowed."),
        "FILES_MANY": _("There are too many files. Put them together into one archive."),
        "UPLOAD_LARGE": _("The file is larger than allowed, or did not come whole."),
        "OBJECTS_NONE": _("This node has no place for files."),
        "DISK_FULL": _("There is no room for the file at the moment. Tell the office."),
        "PERSON_SELF": _("Nobody changes the own roles."),
        "PERSON_UNKNOWN": _("There is no such person."),
        "ROLES_UNKNOWN": _("Choose at least one role."),
        "NAME_TAKEN": _("Somebody has this name already. Add something that tells them apart."),
        "NAME_MISSING": _("Write a name."),
        "OFFICE_UNKNOWN": _("The node has no such office."),
        "RECOVERY_NOT_ASKED": _("Nobody asked for this, or it was more than a day ago."),
        "RECOVERY_TWO_PERSONS": _("A second person must agree: neither who asked nor the person concerned."),
        "APPROVED_ALREADY": _("You have signed this already. A different person must sign now."),
        "ROLE_MISSING": _(
            "The signature that completes this must be an approver's, or an approver must have signed before."
        ),
        "PASSKEY_OTHER": _("This passkey belongs to somebody else. Whoever is signed in signs."),
        "DRAFT_KNOWN": _("The page was open for too long: the words changed meanwhile."),
        "OFFICE_OTHER": _("Only the office that wrote this signs it."),
        "DRAFT_SENT": _("It was sent already."),
        "TWO_PERSONS_NEEDED": _("One more person must sign before it can be sent."),
        "CHANGED_MEANWHILE": _("Somebody changed this meanwhile. Look at it again."),
        "EXCHANGE_UNKNOWN": _("There is no such request."),
        "QUARANTINED": _("The request is set aside until people have looked at it."),
        "PEER_NOT_PINNED": _("This State is not pinned here, so nothing can be sent to it."),
        "ACT_NOT_NOW": _("This step is not open now: something happened meanwhile."),
        "PAGE_OVER": _("The page has ended meanwhile."),
        "PAGE_BY_ACT": _(
            "This page ends with the acknowledgement or the signature itself, and with no word."
        ),
        "REASON_MISSING": _("Say in a sentence why nobody need be called."),
        "ROSTER_NONE": _("The office has no roster yet."),
        "POLICY_NONE": _("The office has no policy, so nobody can be called."),
        "SPAN_INVALID": _("Write two times, the second one later than the first."),
        "OVERRIDE_NONE": _(
            "This stands in the roster as an operator wrote it, and only an operator changes it."
        ),
        "SHIFT_NONE": _("Nobody is on duty then."),
        "SHIFT_SAME": _("Both shifts are yours."),
        "SHIFT_OTHER": _("You can offer a shift of your own only."),
        "SHIFT_OVER": _("One of the shifts is over."),
        "SHIFT_CHANGED": _("The roster has changed meanwhile. Propose the swap again."),
        "SWAP_UNKNOWN": _("There is no such swap."),
        "SWAP_OVER": _("The swap was answered already."),
        "SWAP_OTHER": _("Only the colleague who was asked answers it."),
        "OFFICER_UNKNOWN": _("This person is not in your office."),
        "TEXT_LONG": _("Say it in fewer words."),
        "HANDOVER_TWO_PERSONS": _("Nobody hands over to the own person."),
        "HANDOVER_UNKNOWN": _("It has waited for more than an hour. Make the lists again."),
        "HANDOVER_OTHER": _("Only the two persons whom it names sign it."),
        "HANDOVER_SIGNED": _("You have signed. Now the other person signs."),
        "HANDOVER_NOT_YET": _("The person who leaves signs first."),
        "BOARD_TOKEN": _("This token opens no wallboard."),
        "CALL_BACK_OTHER": _("Call back under a number of the directory; this one does not stand in it."),
    },
    "fault": {
        "STATEMENT_MISSING": _("The signed text is missing."),
        "STATEMENT_DIFFERS": _("The signed text was changed after it was signed."),
        "PEER_NOT_PINNED": _("No two persons here have ever compared this State's key."),
        "DESCRIPTOR_UNKNOWN": _("The papers that the signature names are not known here."),
        "DESCRIPTOR_OVER": _("The papers of the node had run out when it was signed."),
        "OFFICE_UNKNOWN": _("The node has no such office."),
        "OFFICE_NOT_ALLOWED": _("A valid node, but the wrong office: this office may not ask for this."),
        "TWO_PERSONS_NEEDED": _("Only one person approved it there; the law asks for two."),
        "MODE_DIFFERS": _("One node practises and the other is live."),
        "KEY_REVOKED": _("It was signed with a key that its State has revoked."),
        "NAME_OF_ANOTHER": _("The node calls itself by the name of another State."),
        "SAID_BEFORE": _("The same request, word for word, was sent here before under another number."),
        "SIGNATURE_INVALID": _("The signature does not hold."),
    },
    "closed": {
        "ACT_NOT_NOW": _("Not at this stage."),
        "OFFICE_NOT_ALLOWED": _("Your office may not do this."),
        "ROLE_NOT_ALLOWED": _("Only the other side may do this."),
        "NOTHING_ASKED": _("Nothing was asked."),
    },
    "check": {
        "papers": _("The State's papers are valid until"),
        "statement-key": _("The signing key is current until"),
        "links": _("Links to other States"),
        "approvers": _("Approvers with a passkey"),
        "operators": _("Operators with a passkey"),
        "passkeys": _("Passkeys that lie in files"),
    },
    "next": {
        "papers": _("The holders of the root sign a new descriptor: docs/howto/keys.md."),
        "statement-key": _("The holders of the root list a new key: docs/howto/keys.md."),
        "links": _("Look at the directory; what waits is tried again by itself."),
        "approvers": _("Without two approvers nothing leaves that needs one of each. Add some under People."),
        "operators": _("With one operator alone, a lost passkey locks everybody out. Add a second one."),
        "passkeys": _("They are for demonstrations and exercises. A live node refuses them."),
    },
    "kind": {"all": _("All clocks"), "law": _("Set by law"), "target": _("Targets and wishes")},
    "direction": {"sent": _("What this State asked"), "received": _("What this State was asked")},
    "remedy": {
        "EXERCISE_LIVE": _(
            "Ask an operator for a node that is for exercises. It has a database and keys of its own."
        ),
        "ROLE_OTHER": _("Ask an operator if this should be one of your tasks."),
        "PASSKEY_WANTED": _("Sign out, and sign in with your passkey."),
        "ORIGIN_IN_DOUBT": _(
            "Call the office back by the number in the directory; ask for information, or refuse."
        ),
        "OWNER_OTHER": _("Talk to the colleague, or take it over on its page."),
        "FORM_FOREIGN": _(
            "Go back, load the page again and send the form once more. What you wrote is still in the page."
        ),
        "UNEXPECTED": _("Try again. If it happens again, tell the operator this reference:"),
    },
}


def label(say: Say, kind: str, code: str) -> str:
    """What a code of this kind is called; the code itself where nobody gave it a name."""
    text = LABELS[kind].get(code)
    return code if text is None else say(text)


def has_label(kind: str, code: str) -> bool:
    """Whether there are words for this code."""
    return code in LABELS[kind]
