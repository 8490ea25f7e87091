"""From whatever stopped a command to what a person reads: what happened, whether anything was sent, what to do; and an exit code.

What it knows: every way in which a command can fail. What it must never do: show a traceback. The exit codes stand in
docs/reference/exit-codes.md.
"""

import traceback
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from cyclopts import CycloptsError

from longbien.cli.asked import CommandRefused
from longbien.cli.control import NodeGone
from longbien.cli.remedies import remedy
from longbien.interop.faults import NotMade
from longbien.keys import KeyFault
from longbien.law import LawFault
from longbien.node import Broken
from longbien.node.config import ConfigFault
from longbien.store import StoreFault
from longbien.wire.cbor import Malformed
from longbien.wire.missing import PrimitiveMissing, SelfTestFailed


class Exit(IntEnum):
    """What the process says to the shell."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    CONFIGURATION = 3
    KEYS = 4
    STORE = 5
    STOPPED = 6
    NOT_PROVEN = 7
    INTERRUPTED = 130


NOTHING = "Nothing was sent."
NOT_STARTED = "Nothing was started or sent."
NO_ANSWER = "No answer came: it may have been carried out, or not."
FAIL_STOP = "Nothing was acknowledged that is not durable."


class FileFault(Exception):
    """A file that was named on the command line cannot be used. Codes: FILE_UNREADABLE, FILE_EXISTS, FILE_UNWRITABLE."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Unclear(Exception):
    """A question about the law that cannot be answered as it was put. Codes: PARTY_UNKNOWN, PARTY_TWICE, PROCEDURE_UNKNOWN,
    DATE_INVALID, LANGUAGE_UNKNOWN.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class ListenFault(Exception):
    """The node cannot listen where it wants to. Codes: PORT_IN_USE, LISTEN_IMPOSSIBLE."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a person reads. `sent` says whether anything left; `remedy` what to do; `code` is stable."""

    kind: str
    code: str
    detail: str
    sent: str
    remedy: str
    exit: Exit


# In this order: the exception, its kind for people, its code where it brings none, what it means, the exit code.
_ROWS: tuple[tuple[type[BaseException], str, str, str, Exit], ...] = (
    (CommandRefused, "Refused", "", NOTHING, Exit.REFUSED),
    (Malformed, "Refused", "", NOTHING, Exit.REFUSED),
    (CycloptsError, "Usage", "USAGE", NOTHING, Exit.USAGE),
    (NotMade, "Refused", "", NOTHING, Exit.REFUSED),
    (FileFault, "File", "", NOTHING, Exit.USAGE),
    (Unclear, "Law", "", NOTHING, Exit.USAGE),
    (ConfigFault, "Configuration", "", NOT_STARTED, Exit.CONFIGURATION),
    (ListenFault, "Network", "", NOT_STARTED, Exit.CONFIGURATION),
    (LawFault, "Law", "LAW_FAULT", NOT_STARTED, Exit.CONFIGURATION),
    (KeyFault, "Keys", "", NOT_STARTED, Exit.KEYS),
    (StoreFault, "Store", "", FAIL_STOP, Exit.STORE),
    (NodeGone, "Stopped", "", NO_ANSWER, Exit.STOPPED),
    (PrimitiveMissing, "Stopped", "PRIMITIVE_MISSING", NOT_STARTED, Exit.STOPPED),
    (SelfTestFailed, "Stopped", "SELF_TEST_FAILED", NOT_STARTED, Exit.STOPPED),
    (KeyboardInterrupt, "Stopped", "INTERRUPTED", NO_ANSWER, Exit.INTERRUPTED),
)


def failure_of(error: BaseException) -> Failure:
    """The words for an exception, known or not."""
    if isinstance(error, Broken):
        return _broken(error)
    if isinstance(error, CommandRefused) and error.code == "NODE_STOPPED":
        return _failure("Stopped", error.code, error.detail, NO_ANSWER, Exit.STOPPED)
    for known, kind, code, sent, end in _ROWS:
        if isinstance(error, known):
            detail = getattr(error, "detail", "") or _one_line(str(error))
            return _failure(kind, code or getattr(error, "code", ""), detail, sent, end)
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {_one_line(str(error))} ({Path(where.filename).name}:{where.lineno})"
    return _failure("Stopped", "UNEXPECTED", said, FAIL_STOP, Exit.STOPPED)


def _broken(error: Broken) -> Failure:
    words = remedy(error.invariant)
    return Failure(
        kind="Stopped",
        code=error.invariant,
        detail=str(error),
        sent="The node stopped rather than guess. " + FAIL_STOP,
        remedy=words if words != remedy("") else remedy("BROKEN"),
        exit=Exit.STOPPED,
    )


def _failure(kind: str, code: str, detail: str, sent: str, end: Exit) -> Failure:
    return Failure(kind=kind, code=code, detail=detail or code, sent=sent, remedy=remedy(code), exit=end)


def _one_line(text: str) -> str:
    return " ".join(text.split())
