"""Sentences that the law says to people, by key; their words are data, so each language writes them in its own order.

Knows keys and gaps. It must never know what a sentence is for. A gap holds a word of machines (a code, a day, an id);
`words` of the teller puts the name for people in its place.
"""

import string
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from longbien.law.rules import Labels
from longbien.law.tables import Finding, Table, is_table

ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence by its key, and what stands in its gaps, such as ("party", "VN")."""

    key: str
    gaps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """`sentences` by key; `remedies` by the code of a finding; `names` of offices, roles, kinds and conditions."""

    sentences: Mapping[str, Labels]
    remedies: Mapping[str, Labels]
    names: Mapping[str, Labels]


def read_messages(table: Table) -> Messages:
    """The file `messages.toml`."""
    found = Messages(
        sentences=_labels(table.table("sentences")),
        remedies=_labels(table.table("remedies")),
        names=_labels(table.table("names")),
    )
    table.done()
    return found


def _labels(table: Table) -> Mapping[str, Labels]:
    return {key: table.labels(key, required=True) for key in table.names()}


def remedies(text: str) -> Mapping[str, Labels]:
    """The remedies alone, from the text of `messages.toml`: also where the rest of the law cannot be loaded."""
    part = tomllib.loads(text).get("remedies", {})
    return _labels(Table(part, "messages.toml", [])) if is_table(part) else {}


def in_language(labels: Labels, language: str) -> str:
    """The text in a language, in English where there is none, and "" where there is nothing."""
    return labels.get(language) or labels.get(ENGLISH, "")


def tell(messages: Messages, said: Said, language: str, words: Callable[[str, str], str]) -> str:
    """A sentence in a language; `words` gives the name for people of what stands in a gap."""
    text = in_language(messages.sentences[said.key], language)
    return text.format_map({gap: words(gap, value) for gap, value in said.gaps})


def gaps_of(text: str) -> frozenset[str]:
    """The names of the gaps of a sentence."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def gaps_agree(messages: Messages) -> Iterator[Finding]:
    """A sentence has the same gaps in every language."""
    for key, labels in messages.sentences.items():
        for language, text in labels.items():
            try:
                same = gaps_of(text) == gaps_of(labels[ENGLISH])
            except ValueError:
                same = False
            if not same:
                yield Finding("MESSAGE_GAPS", f"messages.toml {key}", language)
