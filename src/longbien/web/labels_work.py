"""Words for codes of evidence, cases and warnings; `labels` takes them in.

What it knows: English texts by kind and code. What it must never know: what the law says of a code.
"""

from collections.abc import Mapping
from typing import Final


def _(text: str) -> str:
    """Marks a text for the catalogues."""
    return text


WORK_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "where": {
        "noted": _("noted, not sealed yet"),
        "here": _("here"),
        "fetchable": _("to be fetched"),
        "locked": _("waits for its key"),
        "gone": _("destroyed"),
    },
    "part": {
        "requesting": _("asks"),
        "requested": _("is asked"),
        "proposing": _("proposes"),
        "joining": _("joins"),
        "warning": _("warns"),
        "warned": _("is warned"),
        "consulting": _("consults"),
        "consulted": _("is consulted"),
        "informing": _("informs"),
        "receiving": _("receives"),
        "inviting": _("invites"),
        "invited": _("is invited"),
        "notifying": _("notifies"),
        "notified": _("is notified"),
    },
    "touch": {
        "collected": _("collected"),
        "sealed": _("sealed"),
        "sent": _("keys sent"),
        "received": _("received"),
        "verified": _("verified"),
        "opened": _("opened"),
        "copied": _("copied"),
        "redacted": _("redacted"),
        "handed-to-court": _("handed to a court"),
        "deleted": _("destroyed"),
    },
    "custody": {
        "LINK_MISSING": _("A gap: the event before this one is not here."),
        "FORK": _("Two events of one party follow the same one."),
        "CLOCK_BACK": _("The clocks contradict each other: it is earlier than what came before."),
        "STEP_MISSING": _("A step is missing that must come first."),
        "AFTER_DELETION": _("It was touched after it was destroyed."),
        "NO_ORIGIN": _("Nobody says where it comes from."),
        "NOT_RECEIVED": _("Sent, and the other side has not said yet that it came."),
        "NOT_SENT": _("Received, and the other side has not said that it sent it."),
        "ORIGINAL_ABSENT": _("What it was made from has no custody here."),
        "DIGEST_DIFFERS": _("It is not the file with which this chain began."),
    },
    "waits": {
        "place": _("until the act that names it has its place"),
        "conditions": _("until the other side accepts the conditions of use"),
        "stopped": _("and will not go: the request is withdrawn or set aside"),
        "soon": _("and go in a moment"),
    },
    "source": {
        "account": _("Account"),
        "capture": _("Capture of traffic"),
        "device": _("Device"),
        "document": _("Document"),
        "other": _("Other"),
        "provider": _("Provider"),
        "register": _("Register"),
    },
    "method": {
        "capture": _("Capture of traffic"),
        "cloud": _("From a cloud"),
        "copy": _("Copied"),
        "logical": _("Logical image"),
        "memory": _("Memory"),
        "other": _("Other"),
        "physical": _("Physical image"),
        "provider": _("Given by the provider"),
    },
    "because": {
        "condition": _("a condition of use says so"),
        "end": _("its exchange will have ended long ago"),
        "copy": _("the other side has verified its own copy"),
    },
    "work": {
        "seal": _("Sealing"),
        "fetch": _("Fetching"),
        "verify": _("Verifying"),
        "export": _("Making a file for a court"),
    },
    "said": {
        "added": _("Noted. It is sealed when you say so."),
        "begun": _("It has begun. You may leave this page."),
        "looked": _("Whatever may go has gone."),
        "held": _("Nothing of this exchange is destroyed until two persons lift the hold."),
        "lifted": _("The hold is lifted. What is due may be destroyed again."),
        "kept": _("Kept."),
        "linked": _("Linked. Nothing of the exchange changed, and nobody else hears of it."),
        "unlinked": _("It belongs there no more. That it did stays in the ledger."),
    },
    "trouble": {
        "CASE_TEXT": _("A text is missing or too long, or has more than one line."),
        "CASE_CLOSED": _("The case is closed. Open it again first."),
        "CASE_FULL": _("The case holds as much as it can."),
        "LINK_NOT_FOUND": _(
            "No exchange of your office, or more than one, is found by these words. Write its reference."
        ),
        "LINK_UNKNOWN": _("It does not belong to this case."),
        "TASK_UNKNOWN": _("There is no such task."),
        "DAY_INVALID": _("Write the day as 2026-11-24."),
        "CHANGED_MEANWHILE": _("Somebody changed this meanwhile. Look at it again."),
        "BUNDLE_SEALED": _("It is sealed and takes no more files. Begin another one."),
        "BUNDLE_EMPTY": _("There is no file in it yet."),
        "OBJECTS_NONE": _("This node has no place for evidence. Ask its operator."),
        "INTAKE_NONE": _("This node takes no files here, and makes none. Ask its operator."),
        "UPLOAD_TOO_LARGE": _("The file is larger than this node takes. Nothing was kept."),
        "FORM_UNREADABLE": _("The form could not be read: it was cut off. Nothing was kept."),
        "FILE_NONE": _("No file was chosen."),
        "TICKET_OLD": _("The page was open for too long. Open it again and choose the file once more."),
        "DIGEST_MISMATCH": _("The bytes are not those that were said. Nothing was kept of a new file."),
        "DIGEST_FORM": _("Write a digest as sha256: and its digits, for one file at a time."),
        "TIME_WITHOUT_ZONE": _("Write the time with its zone, such as 2026-11-03T06:41:18Z."),
        "FIELD_FORM": _("Something that was written has another form than it must have."),
        "SOURCE_CHANGED": _("The file was changed after it was noted. Nothing was sealed."),
        "SOURCE_ABSENT": _("The file is not where it was. Nothing was sealed."),
        "DISK_FULL": _("The disk is full. Make room and say it again; it goes on where it was."),
        "DISK_FAILED": _("The disk does not take it. Tell the operator; it goes on where it was."),
        "REMOTE_GONE": _("The other node cannot be reached. Say it again; it goes on where it was."),
        "REMOTE_REFUSED": _("The other side does not hold it any more. Ask there."),
        "STORE_GONE": _("The store of sealed objects does not answer. Tell the operator."),
        "OBJECT_ABSENT": _(
            "A sealed object is gone from its store. Tell the operator: it is in the back-up."
        ),
        "WORK_RUNNING": _("Something else is being done with it. Wait until that is over."),
        "WORKS_FULL": _("As much as this node does at once is being done. Try again in a little while."),
        "PARTIES_WRONG": _("Say for which State it is."),
        "PEER_NOT_PINNED": _("This State is not pinned here, so nothing can be sent to it."),
        "EXCHANGE_UNKNOWN": _("There is no such exchange."),
        "MANIFEST_OWN": _("It was sealed here; there is nothing to fetch."),
        "HOLD_STANDS": _("A hold stands already."),
        "HOLD_UNKNOWN": _("There is no hold to lift."),
        "HOLD_NOT_ASKED": _("Nobody has asked for it."),
        "REASON_INVALID": _("Write a reason in one line."),
        "PIN_TWO_PERSONS": _("A second, different person must sign."),
        "PAGE_FAILED": _("A paper could not be made. Tell the operator."),
        "NOTHING_VERIFIED": _(
            "Nothing was verified here, so nothing can be handed to a court. Verify it first."
        ),
        "UNEXPECTED": _("It came to nothing. The fault is on this side; tell the operator."),
        "PASSKEY_INVALID": _("The passkey's answer does not hold."),
        "PASSKEY_OTHER": _("This passkey belongs to somebody else. Whoever is signed in signs."),
    },
}
