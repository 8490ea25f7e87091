"""The lint of the law: what no reader of one file can see. It runs at every load, so a node never runs
unlinted law.

Each check is one small function with one code. It must never repair anything.
"""

from collections.abc import Callable, Iterator
from typing import Final

from longbien.law.lawbook import Lawbook
from longbien.law.lint_flow import FLOW_CHECKS
from longbien.law.lint_instruments import INSTRUMENT_CHECKS
from longbien.law.lint_overlay import overlays_narrow
from longbien.law.lint_rules import RULES_CHECKS
from longbien.law.tables import Finding


def lint_book(book: Lawbook) -> tuple[Finding, ...]:
    """Every fault of a book, each once."""
    found: dict[Finding, None] = {}
    for rules in book.procedures.values():
        for flow_check in FLOW_CHECKS:
            found.update(dict.fromkeys(flow_check(rules.flow)))
        for rules_check in RULES_CHECKS:
            found.update(dict.fromkeys(rules_check(rules)))
    for book_check in BOOK_CHECKS:
        found.update(dict.fromkeys(book_check(book)))
    return tuple(found)


def released_unchanged(book: Lawbook) -> Iterator[Finding]:
    """A released version keeps its digest: a fix is a new version."""
    for name, digest in book.released.items():
        procedure, _, version = name.rpartition(".")
        rules = book.rules(procedure, int(version)) if version.isdecimal() else None
        if rules is None:
            yield Finding("RELEASED_MISSING", name)
        elif rules.digest.hex() != digest:
            yield Finding("RELEASED_CHANGED", name, rules.digest.hex())


def reasons_sound(book: Lawbook) -> Iterator[Finding]:
    """A reason has known uses and a known rule of consultation, and cites an article unless it is an
    inability.
    """
    for reason in book.reasons.values():
        if not reason.uses or not set(reason.uses) <= {"refuse", "postpone", "cannot", "barred"}:
            yield Finding("REASON_USES", reason.code, " ".join(reason.uses))
        if reason.consult not in ("law", "choice", "never"):
            yield Finding("REASON_CONSULT", reason.code, reason.consult)
        if not reason.article and reason.cites_law:
            yield Finding("ARTICLE_MISSING", reason.code)
        if reason.article and reason.article_checked is None:
            yield Finding("ARTICLE_UNMARKED", reason.code)


BOOK_CHECKS: Final[tuple[Callable[[Lawbook], Iterator[Finding]], ...]] = (
    released_unchanged,
    reasons_sound,
    overlays_narrow,
    *INSTRUMENT_CHECKS,
)
