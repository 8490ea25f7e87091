"""The fixed words of printed forms, in seven languages.

What it knows: the files of words. What it must never hold: a word of the law; those stand with the law's own data.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from longbien.law import Labels, worded

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
# Codes and times inside a text from right to left keep their own order (Unicode isolates).
ISOLATED = "\u2066{}\u2069"


@cache
def words() -> Mapping[str, Labels]:
    """Every word by its name."""
    folder = resources.files("longbien.interop") / "data"
    return {
        name: labels
        for file in ("words.toml", "court.toml")
        for name, labels in tomllib.loads((folder / file).read_text("utf-8")).items()
    }


def word(name: str, language: str, **blanks: str) -> str:
    """One word in one language, English where it has none, with its blanks filled."""
    if language.partition("-")[0] in RIGHT_TO_LEFT:
        blanks = {blank: ISOLATED.format(text) for blank, text in blanks.items()}
    return worded(words()[name], language).format(**blanks)
