"""Words for people: the text of a label in the language that the reader asked for.

Knows which language stands in for another. It must never decide anything by a word.
"""

from longbien.law.rules import Labels

FALLBACK = "en"


def worded(labels: Labels, language: str) -> str:
    """The label in `language` (BCP 47), in its base language, or in English; "" where there is none at all."""
    for tag in (language, language.partition("-")[0], FALLBACK):
        if tag in labels:
            return labels[tag]
    return ""


def speaks(labels: Labels, language: str) -> bool:
    """Whether the label is there in that language itself, so that no reader is handed English unawares."""
    return language in labels or language.partition("-")[0] in labels
