"""The lint of words: that people of all seven languages can read the law that is shipped.

Knows where texts for people stand. It must never stop a node: a treaty that two States add for themselves may speak
their languages only, so these findings are for whoever ships law, not for whoever loads it.
"""

from collections.abc import Iterable, Iterator

from longbien.law.lawbook import Lawbook
from longbien.law.rules import Field, Labels, Rules
from longbien.law.tables import LANGUAGES, Finding


def untranslated(book: Lawbook) -> Iterator[Finding]:
    """Every English text that lacks one of the other six languages, once: LABEL_UNTRANSLATED, with the languages."""
    seen: set[str] = set()
    for where, labels in texts(book):
        english = labels.get("en", "")
        missing = [language for language in LANGUAGES if language not in labels]
        if english and missing and english not in seen:
            seen.add(english)
            yield Finding("LABEL_UNTRANSLATED", where, f"{' '.join(missing)}: {english}")


def texts(book: Lawbook) -> Iterator[tuple[str, Labels]]:
    """Everything in the data that speaks to people, with its place."""
    for rules in book.procedures.values():
        yield from _of_rules(rules)
    for reason in book.reasons.values():
        yield from ((f"reason {reason.code}", labels) for labels in (reason.labels, reason.help))
        yield from ((f"reason {reason.code}", labels) for labels in reason.subcode_labels.values())
    for instrument in book.instruments.values():
        own = (instrument.labels, instrument.help, *instrument.statements.values())
        yield from ((f"instrument {instrument.id}", labels) for labels in own)
    for group in (book.messages.sentences, book.messages.remedies, book.messages.names):
        yield from ((f"message {key}", labels) for key, labels in group.items())


def _of_rules(rules: Rules) -> Iterator[tuple[str, Labels]]:
    at = f"{rules.procedure}.{rules.version}"
    yield from ((at, labels) for labels in (rules.labels, rules.help, rules.flow.labels))
    for stage in rules.flow.stages.values():
        yield from ((f"{at} {stage.id}", labels) for labels in (stage.labels, stage.help))
    for act in rules.acts.values():
        yield from ((f"{at} {act.id}", labels) for labels in (act.labels, act.help))
        yield from _of_fields(f"{at} {act.id}", act.fields)
    for record in rules.types.values():
        yield f"{at} {record.name}", record.labels
        yield from _of_fields(f"{at} {record.name}", record.fields)
    yield from ((f"{at} {clock.id}", clock.labels) for clock in rules.clocks.values())
    yield from ((f"{at} {offence.code}", offence.labels) for offence in rules.offences.values())


def _of_fields(at: str, fields: Iterable[Field]) -> Iterator[tuple[str, Labels]]:
    for field in fields:
        yield from ((f"{at} {field.name}", labels) for labels in (field.labels, field.help))
        yield from ((f"{at} {field.name}", labels) for labels in field.value_labels.values())
