"""The console's own words in seven languages, from gettext catalogues; the law brings its own (`law/data/words`).

What it knows: catalogues and plural forms. What it must never know: what is said. English stands in the pages themselves; a text that a
catalogue lacks is shown in English. Two pseudo-languages show, on nodes that are not live, what a longer language and one from right to
left would do to a page.
"""

import gettext
import io
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# The order in which a page offers them, each by its own name.
LANGUAGES: Final = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ar": "العربية",
    "zh": "中文",
    "ru": "Русский",
    "vi": "Tiếng Việt",
}
PSEUDO: Final = {"en-XA": "[Ḷöñĝéŕ]", "ar-XB": "[Mirrored]"}
RIGHT_TO_LEFT: Final = frozenset({"ar", "ar-XB"})

Say = Callable[..., str]
"""`say("%(n)s new", n=3)`, or `say("one", "many", n)` with a number that chooses the form."""


def direction(language: str) -> str:
    """The value of `dir` for a language."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def chosen(wanted: str, accepts: str, *, live: bool) -> str:
    """The language of a page: what the person chose, or else what the browser prefers, or else English."""
    known = LANGUAGES if live else LANGUAGES | PSEUDO
    if wanted in known:
        return wanted
    for part in accepts.split(","):
        tag = part.partition(";")[0].strip()
        for name in (tag, tag.partition("-")[0].lower()):
            if name in LANGUAGES:
                return name
    return "en"


def law_language(language: str) -> str:
    """The language of the law's words on a page in this language."""
    return language if language in LANGUAGES else language.partition("-")[0]


@cache
def speaker(language: str) -> Say:
    """What turns English texts of pages into this language."""
    if language in PSEUDO:
        disguise = _longer if language == "en-XA" else _mirrored
        return lambda text, plural="", n=None, **blanks: _filled(
            disguise(plural if plural and n != 1 else text), n, blanks
        )
    found = catalogue(language)

    def say(text: str, plural: str = "", n: int | None = None, **blanks: Any) -> str:  # noqa: ANN401 - whatever a page shows
        words = found.ngettext(text, plural, n) if plural and n is not None else found.gettext(text)
        return _filled(words, n, blanks)

    return say


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language, made ready from its source."""
    if language == "en":
        return gettext.NullTranslations()
    source = resources.files("longbien.web") / "locale" / f"{language}.po"
    ready = io.BytesIO()
    write_mo(ready, read_po(io.BytesIO(source.read_bytes()), locale=language))
    ready.seek(0)
    return gettext.GNUTranslations(ready)


def _filled(words: str, n: int | None, blanks: dict[str, Any]) -> str:
    if n is not None:
        blanks = {"n": n, **blanks}
    return words % blanks if blanks else words


_ACCENTED: Final = str.maketrans("aceginorsuyAEIOU", "áçéĝíñöŕšúýÁÉÍÖÚ")


def _longer(text: str) -> str:
    parts = text.split("%(")
    changed = parts[0].translate(_ACCENTED)
    for part in parts[1:]:
        blank, _, rest = part.partition(")")
        changed += f"%({blank}){rest[:1]}{rest[1:].translate(_ACCENTED)}"
    return f"[{changed}{'·' * (len(text) // 3)}]"


def _mirrored(text: str) -> str:
    return f"\u2067{text}\u2069"
