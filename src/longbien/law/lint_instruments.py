"""The lint of the legal bases: dates, parties, coverage, and the words that explain them.

Knows how an instrument must agree with itself, with the procedures and with the table of parties. It must never know a
particular treaty.
"""

from collections.abc import Callable, Iterator
from typing import Final

from longbien.law.basis import NAMED, REACHES, RECIPROCITY, TREATY
from longbien.law.instants import read_date
from longbien.law.kinds import LANGUAGE_FORM
from longbien.law.lawbook import Lawbook
from longbien.law.messages import gaps_agree
from longbien.law.rules import Cover, Instrument, PartyStatus
from longbien.law.tables import Finding

CHANNELS: Final = frozenset({"central", "diplomatic", "interpol", "direct"})
# What the resolver says; every key needs its words.
SENTENCES: Final = (
    *(
        "BASIS_UNKNOWN",
        "BASIS_NOT_COVERING",
        "BASIS_NOT_PARTY",
        "BASIS_ENDED",
        "BASIS_BINDS_LATER",
        "BASIS_PENDING",
    ),
    *("BASIS_NOT_YET", "BASIS_SIGNED", "BASIS_UNKNOWN_STATUS", "BASIS_UNSURE", "BASIS_DECLARED_AGAINST"),
    *("BASIS_REFERENCE", "BASIS_NO_TREATY", "BASIS_NAMED", "BASIS_RECIPROCITY"),
    *(f"BASIS_{reach.upper()}" for reach in REACHES),
    *("BASIS_ARTICLE_UNREAD", "BASIS_ARTICLE_UNCHECKED", "BASIS_STATES", "BASIS_FIELDS", "BASIS_LANGUAGES"),
    *("BASIS_LANGUAGES_UNKNOWN", "BASIS_ELECTRONIC", "BASIS_ON_PAPER"),
    *(f"BASIS_CHANNEL_{channel.upper()}" for channel in sorted(CHANNELS)),
)


def kinds_sound(book: Lawbook) -> Iterator[Finding]:
    """A treaty has its reach and its parties; what is none has neither dates nor coverage."""
    for item in book.instruments.values():
        if item.kind not in (TREATY, NAMED, RECIPROCITY):
            yield Finding("INSTRUMENT_KIND", _at(item), item.kind)
        elif (item.kind == TREATY) != (item.reach in REACHES):
            yield Finding("INSTRUMENT_REACH", _at(item), item.reach)
        elif item.kind != TREATY and (item.parties or item.covers):
            yield Finding("INSTRUMENT_KIND", _at(item), "no treaty, and yet parties or coverage")
        if item.reach == REACHES[0] and (len(item.parties) != 2 or not item.closed):
            yield Finding("INSTRUMENT_PARTIES", _at(item), str(len(item.parties)))


def parties_known(book: Lawbook) -> Iterator[Finding]:
    """A treaty names parties that the table of parties has."""
    for item in book.instruments.values():
        for party in item.parties:
            if party not in book.parties:
                yield Finding("PARTY_UNKNOWN", _at(item), party)


def covers_known(book: Lawbook) -> Iterator[Finding]:
    """An instrument covers procedures that exist or are foreseen, and so do declarations."""
    known = {rules.procedure for rules in book.procedures.values()} | set(book.foreseen)
    known |= {sub.rpartition(".")[0] for rules in book.procedures.values() for sub in rules.sub_procedures}
    for item in book.instruments.values():
        declared = (name for status in item.parties.values() for name in status.declared.not_basis_for)
        for procedure in dict.fromkeys((*item.covers, *declared)):
            if procedure not in known:
                yield Finding("PROCEDURE_UNKNOWN", _at(item), procedure)


def covers_sound(book: Lawbook) -> Iterator[Finding]:
    """What an instrument adds to a procedure or narrows exists: reasons, statements, optional fields, channels."""
    for item in book.instruments.values():
        for procedure, cover in item.covers.items():
            where = f"{_at(item)} {procedure}"
            for code in (*cover.grounds_added, *cover.grounds_closed):
                if code not in book.reasons:
                    yield Finding("REASON_UNKNOWN", where, code)
            yield from _added(book, procedure, cover, where)
            for statement in cover.statements:
                if statement not in item.statements:
                    yield Finding("STATEMENT_UNKNOWN", where, statement)
            yield from _channels(where, cover.channels)
            yield from _languages(where, cover.languages)
            yield from _fields(book, procedure, cover, where)
        used = {name for cover in item.covers.values() for name in cover.statements}
        yield from (
            Finding("STATEMENT_UNUSED", _at(item), name) for name in item.statements if name not in used
        )


def _added(book: Lawbook, procedure: str, cover: Cover, where: str) -> Iterator[Finding]:
    """A ground that a treaty adds needs its place among the grounds of the procedure, or nobody could use it."""
    rules = book.rules(procedure)
    if rules is None:
        return
    for code in cover.grounds_added:
        if code in book.reasons and code not in rules.grounds.by_basis:
            yield Finding("GROUND_UNFORESEEN", where, code)


def _fields(book: Lawbook, procedure: str, cover: Cover, where: str) -> Iterator[Finding]:
    """Fields can be looked up once the procedure has its file; until then its name alone is known."""
    rules = book.rules(procedure)
    if rules is None:
        return
    known = {field.name for field in rules.acts[rules.flow.opening_act].fields}
    yield from (Finding("FIELD_UNKNOWN", where, name) for name in cover.fields_needed if name not in known)


def _channels(where: str, channels: tuple[str, ...]) -> Iterator[Finding]:
    yield from (Finding("CHANNEL_UNKNOWN", where, name) for name in channels if name not in CHANNELS)


def _languages(where: str, languages: tuple[str, ...]) -> Iterator[Finding]:
    yield from (
        Finding("LANGUAGE_FORM", where, name) for name in languages if not LANGUAGE_FORM.fullmatch(name)
    )


def dates_sound(book: Lawbook) -> Iterator[Finding]:
    """Signed, deposited, in force, ended: in this order; and nobody is bound by what is not in force."""
    for item in book.instruments.values():
        for status in item.parties.values():
            where = f"{_at(item)} {status.party}"
            yield from _looked_up(where, status.source, status.checked_on)
            yield from _channels(where, status.declared.channels)
            yield from _languages(where, status.declared.languages)
            yield from _dates(where, item, status)
        yield from _looked_up(_at(item), item.source, item.checked_on)
        if item.pending and item.in_force is not None:
            yield Finding("PENDING_IN_FORCE", _at(item))


def _dates(where: str, item: Instrument, status: PartyStatus) -> Iterator[Finding]:
    days = [
        day for day in (status.signed, status.deposited, status.in_force, status.until) if day is not None
    ]
    if days != sorted(days):
        yield Finding("DATES_ORDER", where)
    if status.in_force is None:
        return
    if item.pending or status.not_party:
        yield Finding("PENDING_IN_FORCE", where)
    if item.in_force is not None and status.in_force < item.in_force:
        yield Finding("DATES_ORDER", where, "in force before the treaty itself")


def _looked_up(where: str, source: str, checked_on: str) -> Iterator[Finding]:
    if not source or read_date(checked_on) is None:
        yield Finding("SOURCE_MISSING", where, checked_on)


def sentences_written(book: Lawbook) -> Iterator[Finding]:
    """Everything that the resolver can say has its words, with the same gaps in every language."""
    for key in SENTENCES:
        if key not in book.messages.sentences:
            yield Finding("MESSAGE_MISSING", "messages.toml", key)
    yield from gaps_agree(book.messages)


def _at(instrument: Instrument) -> str:
    return f"instruments/{instrument.id}"


INSTRUMENT_CHECKS: Final[tuple[Callable[[Lawbook], Iterator[Finding]], ...]] = (
    kinds_sound,
    parties_known,
    covers_known,
    covers_sound,
    dates_sound,
    sentences_written,
)
