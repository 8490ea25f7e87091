"""`longbien law`: the law that a node runs, for lawyers and for whoever adds to it. No node is needed.

What it knows: the shipped law, and a folder of further law. What it must never do: decide; it shows what the data say.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import law_pages, law_view, show
from longbien.cli.failing import Exit, Unclear
from longbien.cli.terminal import Json
from longbien.law import Finding, Lawbook, LawFault, lint, lint_words, nearest
from longbien.law.instants import DAY, read_date
from longbien.law.messages import remedies
from longbien.law.tables import LANGUAGES
from longbien.node.lawbook import extra_texts, law_texts, shipped

law_app = App(name="law", help="Procedures, treaties and legal bases, as this node runs them.")

Extra = Annotated[
    Path | None, Parameter(name="--law", help="A folder of further law beside the shipped one.")
]
Language = Annotated[
    str, Parameter(help="en, ar, zh, fr, ru, es or vi; English where a text has no translation.")
]


@law_app.command(name="list")
def list_(*, law: Extra = None, language: Language = "en", as_json: Json = False) -> int:
    """Every procedure: article, flow, offices, title."""
    found = law_view.procedures(shipped(law), _language(language))
    return _shown(found, law_pages.procedures, as_json)


@law_app.command(name="show")
def show_(procedure: str, *, law: Extra = None, language: Language = "en", as_json: Json = False) -> int:
    """One procedure: what a request says, stages, clocks, grounds, legal bases."""
    book = shipped(law)
    rules = book.rules(procedure)
    if rules is None:
        raise Unclear("PROCEDURE_UNKNOWN", _why_no_rules(book, procedure))
    found = law_view.procedure(book, rules, _language(language))
    return _shown(found, law_pages.procedure, as_json)


@law_app.command
def basis(
    first: str,
    second: str,
    *rest: str,
    on: Annotated[str, Parameter(help="The day, as YYYY-MM-DD; today where none is given.")] = "",
    law: Extra = None,
    language: Language = "en",
    as_json: Json = False,
) -> int:
    """Legal bases between parties for a procedure: longbien law basis VN RU preservation --on 2026-11-23."""
    book = shipped(law)
    if not rest:
        raise Unclear("PROCEDURE_UNKNOWN", "write two parties or more, then the procedure")
    *others, procedure = rest
    parties = tuple(_party(book, code) for code in (first, second, *others))
    if len(set(parties)) < len(parties):
        raise Unclear("PARTY_TWICE", " ".join(parties))
    if procedure not in _procedures(book):
        raise Unclear("PROCEDURE_UNKNOWN", _why_no_rules(book, procedure))
    found = law_view.bases(book, procedure, parties, _day(on), _language(language))
    return _shown(found, law_pages.bases, as_json)


@law_app.command
def check(*, law: Extra = None, as_json: Json = False) -> int:
    """Look for every fault in the law, and say what to do about each; 7 where there is one."""
    base = law_texts()
    found: tuple[Finding, ...]
    try:
        more = {} if law is None else extra_texts(law)
        # Words of further law may be in the languages of its States alone; those that are shipped are in all seven.
        found = lint({**base, **more}) or lint_words(base)
    except LawFault as fault:
        more, found = {}, fault.findings
    report = law_view.findings(
        found,
        files=len({**base, **more}),
        added=[path for path in more if path not in base],
        replaced=[path for path in more if path in base],
        remedies=remedies(base["messages.toml"]),
    )
    _shown(report, law_pages.findings, as_json)
    return Exit.OK if report["ok"] else Exit.NOT_PROVEN


def _shown(found: law_view.Record, page: law_pages.Page, as_json: bool) -> int:
    if as_json:
        return show.result("law", found, as_json=True)
    page(found)
    return Exit.OK


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise Unclear("LANGUAGE_UNKNOWN", f"{language}; known are {', '.join(LANGUAGES)}")
    return language


def _party(book: Lawbook, written: str) -> str:
    code = written.upper()
    if code in book.parties:
        return code
    near = ", ".join(f"{other} ({book.name(other, 'en')})" for other in nearest(book.parties, written))
    raise Unclear("PARTY_UNKNOWN", f"{written}; did you mean {near}?" if near else written)


def _procedures(book: Lawbook) -> set[str]:
    return {name for name, _ in book.procedures} | set(book.foreseen)


def _why_no_rules(book: Lawbook, name: str) -> str:
    for rules in book.procedures.values():
        if any(sub.rpartition(".")[0] == name for sub in rules.sub_procedures):
            return f"{name} is part of {rules.procedure}: longbien law show {rules.procedure}"
    if name in book.foreseen:
        return f"{name} is foreseen and has no file as yet"
    near = get_close_matches(name, sorted(_procedures(book)), n=1)
    return f"{name}; did you mean {near[0]}?" if near else f"{name}; longbien law list shows them all"


def _day(on: str) -> int:
    if not on:
        from longbien.node.opening import machine_now  # noqa: PLC0415 - loads a whole node

        return machine_now() // DAY
    day = read_date(on)
    if day is None:
        raise Unclear("DATE_INVALID", f"{on}; write it as 2026-11-23")
    return day
