"""What to do about each code that concerns evidence.

What it knows: codes and words. What it must never know: how a code came about.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_AGAIN: Final = "Ask the sender to send it again; what came is damaged or is another kind of file."
_FORM: Final = "The peer's node made it wrongly: keep this message, and call its operator."
_SOURCE: Final = (
    "Nothing was sealed. Find out who writes to the file, and begin again with a copy that nobody touches."
)

EVIDENCE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Making ready and naming
        "BUNDLE_UNKNOWN": "`longbien evidence list` shows what is being made ready.",
        "BUNDLE_SEALED": "A sealed bundle takes no more files: begin another one for the same exchange.",
        "BUNDLE_EMPTY": "Add a file first.",
        "OBJECTS_NONE": "Set evidence.store in longbien.toml; docs/reference/configuration.md.",
        "EVIDENCE_OTHER_EXCHANGE": "Seal it again for this exchange, or name it where it belongs.",
        "EVIDENCE_OTHER_ADDRESSEE": "It was sealed for another State: seal it again for one that takes part here.",
        "ONWARD_CONSENT_MISSING": "Ask the State that it came from, with use-and-onward-consent; name it again when consent is there.",
        "MANIFEST_AMBIGUOUS": "Write more digits of the identifier.",
        "MANIFEST_OWN": "It was sealed here; there is nothing to fetch.",
        "ITEM_UNKNOWN": "`longbien evidence show` lists the items of a manifest.",
        "ITEM_NOT_HERE": "Fetch it first, with `longbien evidence fetch`; what was deleted never comes back.",
        "HOLD_STANDS": "Two officers lift the hold first, with `longbien evidence hold`; the detail says why it stands.",
        "HOLD_NOT_ASKED": "Somebody else signs first, on the page of the hold.",
        "REASON_INVALID": "Write a reason in one line, of at most 400 characters.",
        "INTAKE_NONE": "This node has no folder for files that are handed in: it was opened without one.",
        "UPLOAD_TOO_LARGE": "Raise evidence.upload_gib, or add the file at the machine with `longbien evidence add`.",
        "TICKET_OLD": "Open the page of the lot again; its form is good for an hour and for one sending.",
        "FILE_NONE": "Choose a file.",
        "WORK_UNKNOWN": "The node was started again since, or its file has waited for a day: ask for the same again.",
        "WORK_RUNNING": "Wait until what is being done with it is over.",
        "WORKS_FULL": "Wait until one of the long works is over.",
        "HOLD_UNKNOWN": "There is no hold to lift.",
        # Coming in
        "MANIFEST_UNKNOWN": "It comes again by itself once the manifest is here.",
        "MANIFEST_TWICE": "Two different manifests claim the same place or object. Keep both, and call.",
        "ACT_NOT_PLACED": "It comes again by itself once the act that names it has its place.",
        "CONDITIONS_NOT_ACCEPTED": "Accept the conditions of use first: the act accept_use_conditions, by two persons.",
        "KEYS_SENDER": _FORM,
        "KEYS_MISMATCH": "These keys do not belong to this manifest; none was kept. Call the sender.",
        "KEY_WRAP": "The key store and the database do not belong together: restore both from the same back-up.",
        # Disks, stores and lines
        "DISK_FULL": "Make room and say it again; it goes on where it was.",
        "DISK_FAILED": "Look at the disk and at who may write there; it goes on where it was.",
        "OBJECT_EXISTS": "A file of this name is there already: name another one. Nothing is written over.",
        "OBJECT_ABSENT": "The sealed object is gone from the store: restore it from the back-up.",
        "STORE_GONE": "The store of objects does not answer: look at evidence.store, and say it again.",
        "REMOTE_GONE": "The other node cannot be reached or broke off: say it again, it goes on where it was.",
        "REMOTE_REFUSED": "The other side does not hold this object any more, or the disc does not have it: ask there.",
        "REMOTE_EXCESS": "The other side sent more than was asked for. Call its operator.",
        "FETCH_RUNNING": "It is being fetched already.",
        "FETCH_KILLED": "The process that fetches ends again and again: look at the machine's memory, and say it again.",
        # Bytes that are wrong
        "DIGEST_MISMATCH": "It is not the file that it is said to be. Nothing was written; find out where it was changed.",
        "DIGEST_MISSING": "MD5 or SHA-1 alone prove nothing: ask for SHA-256.",
        "DIGEST_FORM": "Write a digest as its name and its hexadecimal digits: sha256:….",
    }
)
"""By code, one plain sentence or two."""

EVIDENCE_FAMILIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "MANIFEST_": _FORM,
        "CUSTODY_": _FORM,
        "RECEIPT_": _FORM,
        "SEAL_": _AGAIN,
        "CHUNK_": _AGAIN,
        "SOURCE_": _SOURCE,
    }
)
"""By the beginning of a code."""
