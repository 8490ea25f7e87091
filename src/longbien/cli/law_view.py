"""The law as plain records, for pages, for JSON and for whoever reads either.

What it knows: a Lawbook and a language. What it must never know: terminals. It puts nothing into words that the data do
not say; every text comes from labels and messages.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from longbien.law import (
    MACHINE,
    ClockRule,
    Field,
    Finding,
    Grounds,
    Instrument,
    Labels,
    Lawbook,
    Rules,
    Stage,
    in_language,
    profile,
)
from longbien.law.basis import preference
from longbien.law.instants import DAY, write_day

Record = dict[str, Any]


def procedures(book: Lawbook, language: str) -> Record:
    """Every procedure in its latest version, in the order of the specification; then what is foreseen without a file."""
    known = sorted({name for name, _ in book.procedures}, key=lambda name: (_place(book, name), name))
    subs = {sub.rpartition(".")[0] for rules in book.procedures.values() for sub in rules.sub_procedures}
    latest = [rules for rules in map(book.rules, known) if rules is not None]
    return {
        "procedures": [
            {
                "procedure": rules.procedure,
                "version": rules.version,
                **_article(rules.article, rules.article_checked),
                "flow": f"{rules.flow.id}.{rules.flow.version}",
                "from": list(rules.from_roles),
                "to": list(rules.to_roles),
                "title": in_language(rules.labels, language),
                "contains": [sub.rpartition(".")[0] for sub in rules.sub_procedures],
            }
            for rules in latest
        ],
        "foreseen": [name for name in book.foreseen if name not in known and name not in subs],
    }


def _place(book: Lawbook, name: str) -> int:
    return book.foreseen.index(name) if name in book.foreseen else len(book.foreseen)


def procedure(book: Lawbook, rules: Rules, language: str) -> Record:
    """All that a lawyer asks about a procedure: who, what must be written, what happens when, why it can be refused."""
    opening = rules.acts[rules.flow.opening_act]
    return {
        "procedure": rules.procedure,
        "version": rules.version,
        "title": in_language(rules.labels, language),
        "help": in_language(rules.help, language),
        **_article(rules.article, rules.article_checked),
        "flow": f"{rules.flow.id}.{rules.flow.version}",
        "flow_title": in_language(rules.flow.labels, language),
        "digest": rules.digest.hex(),
        "contains": [sub.rpartition(".")[0] for sub in rules.sub_procedures],
        "from": _words(book, "office", rules.from_roles, language),
        "to": _words(book, "office", rules.to_roles, language),
        "persons": opening.persons,
        "coercive": rules.coercive,
        "release_of_data": rules.release_of_data,
        "scope_limbs": list(rules.scope_limbs),
        "fields": [_field(book, rules, field, language) for field in opening.fields],
        "always": {role: sorted(names) for role, names in _always(rules, language).items()},
        "stages": [_stage(book, rules, stage, language) for stage in rules.flow.stages.values()],
        "clocks_of_the_law": [_clock(clock, language) for clock in rules.clocks.values() if clock.statutory],
        "targets": [_clock(clock, language) for clock in rules.clocks.values() if not clock.statutory],
        "grounds": list(_grounds(book, rules, rules.grounds, language)),
        "words": _words(book, "role", rules.flow.roles, language),
        "bases": [
            basis
            for instrument in sorted(book.instruments.values(), key=lambda item: (preference(item), item.id))
            if (basis := _profile(rules, instrument, language)) is not None
        ],
    }


def _article(article: str, checked: bool | None) -> Record:
    return {"article": article, "article_checked": bool(checked)}


def _words(book: Lawbook, kind: str, names: Sequence[str], language: str) -> Record:
    return {name: _word(book, f"{kind}_{name}", language) or name for name in names}


def _word(book: Lawbook, key: str, language: str) -> str:
    return in_language(book.messages.names.get(key, {}), language)


def _field(book: Lawbook, rules: Rules, field: Field, language: str) -> Record:
    labels: Labels = rules.types[field.type].labels if field.type in rules.types else {}
    return {
        "field": field.name,
        "common": _in_every_procedure(book, field),
        "label": in_language(field.labels, language),
        "kind": in_language(labels, language) or _word(book, f"kind_{field.type}", language) or field.type,
        "many": field.many,
        "required": field.required,
        "or_else": field.or_else,
        "needed_with": field.needed_with,
        "needed_when": {name: list(values) for name, values in field.needed_when},
        "choices": {value: in_language(field.value_labels[value], language) for value in field.values},
        "help": in_language(field.help, language),
    }


def _in_every_procedure(book: Lawbook, field: Field) -> bool:
    return all(field in rules.acts[rules.flow.opening_act].fields for rules in book.procedures.values())


def _acts(rules: Rules, stage: Stage, language: str) -> dict[str, list[str]]:
    """What each role can do in a stage, in the order of the rows."""
    found: dict[str, list[str]] = {}
    for row in rules.flow.rows:
        if row.stage == stage.id and row.by != MACHINE:
            names = found.setdefault(row.by, [])
            label = in_language(rules.acts[row.act].labels, language)
            names += [] if label in names else [label]
    return found


def _always(rules: Rules, language: str) -> dict[str, set[str]]:
    """What each role can do as long as the exchange is open."""
    stages = [_acts(rules, stage, language) for stage in rules.flow.stages.values() if not stage.terminal]
    return {
        role: set.intersection(*(set(acts.get(role, ())) for acts in stages)) for role in rules.flow.roles[:2]
    }


def _stage(book: Lawbook, rules: Rules, stage: Stage, language: str) -> Record:
    always = _always(rules, language)
    acts = {
        role: [name for name in names if name not in always[role]]
        for role, names in _acts(rules, stage, language).items()
    }
    roles = _words(book, "role", (*rules.flow.roles, "both"), language)
    return {
        "stage": stage.id,
        "label": in_language(stage.labels, language),
        "terminal": stage.terminal,
        "waits_for": roles.get(stage.waits_for, stage.waits_for),
        "clocks": [clock for clock in stage.clocks if clock not in rules.flow.everywhere],
        "acts": {role: names for role, names in acts.items() if names},
    }


def _clock(clock: ClockRule, language: str) -> Record:
    return {
        "clock": clock.id,
        "label": in_language(clock.labels, language),
        "hours": clock.hours,
        "days": clock.days,
        "working_days": clock.working_days,
        "min_days": clock.min_days,
        "remind_hours": list(clock.remind_hours),
        **_article(clock.article, clock.article_checked),
    }


def _grounds(book: Lawbook, rules: Rules, grounds: Grounds, language: str) -> Iterator[Record]:
    uses = (
        ("refuse", grounds.allowed),
        ("refuse on a condition", tuple(grounds.conditional)),
        ("refuse where the basis has it", grounds.by_basis),
        ("postpone", grounds.postpone),
        ("cannot be done", grounds.cannot),
        ("barred", grounds.barred),
    )
    for use, codes in uses:
        for code in codes:
            reason, check = rules.reasons[code], grounds.conditional.get(code, "")
            yield {
                "use": use,
                "code": code,
                "label": in_language(reason.labels, language),
                **_article(reason.article, reason.article_checked),
                "condition": _word(book, f"check_{check}", language) or check,
                "consult_first": reason.consult in grounds.consult_before,
            }


def _profile(rules: Rules, instrument: Instrument, language: str) -> Record | None:
    found = profile(rules.procedure, rules.grounds, instrument)
    if found is None:
        return None
    own = (*rules.grounds.allowed, *rules.grounds.conditional)
    cover = found.cover
    return {
        "instrument": instrument.id,
        "title": in_language(instrument.labels, language),
        "help": in_language(instrument.help, language),
        **_article(cover.article, cover.article_checked),
        "grounds_added": [code for code in found.grounds if code not in own],
        "grounds_closed": [code for code in own if code not in found.grounds],
        "fields_needed": list(cover.fields_needed),
        "statements": [in_language(instrument.statements[name], language) for name in cover.statements],
        "languages": list(cover.languages),
        "channels": list(cover.channels),
    }


def bases(book: Lawbook, procedure: str, parties: Sequence[str], day: int, language: str) -> Record:
    """Which bases are open between the parties on a day number, in which order, and why the others are not."""
    rules = book.rules(procedure)
    return {
        "procedure": procedure,
        "title": procedure if rules is None else in_language(rules.labels, language),
        "parties": {party: book.name(party, language) for party in parties},
        "on": write_day(day),
        "bases": [
            {
                "instrument": basis.instrument,
                "title": in_language(book.instruments[basis.instrument].labels, language),
                "open": basis.open,
                "code": basis.code,
                **_cited(book, basis.instrument, procedure, basis.article),
                "says": [book.tell(said, language) for said in basis.says],
                "help": in_language(book.instruments[basis.instrument].help, language),
                "reach": book.instruments[basis.instrument].reach,
                "source": book.instruments[basis.instrument].source,
                "checked_on": book.instruments[basis.instrument].checked_on,
            }
            for basis in book.basis(procedure, parties, day * DAY)
        ],
    }


def _cited(book: Lawbook, instrument: str, procedure: str, article: str) -> Record:
    cover = book.instruments[instrument].covers.get(procedure)
    return _article(article, cover is None or cover.article_checked)


def findings(
    found: Sequence[Finding],
    *,
    files: int,
    added: Sequence[str],
    replaced: Sequence[str],
    remedies: Mapping[str, Labels],
) -> Record:
    """What the lint found, each with its place and what to do about it; `added` and `replaced` are paths of a folder."""
    return {
        "ok": not found,
        "files": files,
        "added": list(added),
        "replaced": list(replaced),
        "findings": [
            {
                "code": item.code,
                "where": item.where,
                "detail": item.detail,
                "remedy": in_language(remedies.get(item.code, {}), "en"),
            }
            for item in found
        ],
    }
