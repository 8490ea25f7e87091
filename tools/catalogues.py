"""The console's own words: collected from pages and code, kept as gettext catalogues.

    python -m tools.catalogues update    # every catalogue has exactly the texts of today; a new one is empty until it is translated
    python -m tools.catalogues missing   # prints what has no translation yet, as JSON by language
    python -m tools.catalogues fill FILE # takes translations from JSON: {language: {English: text, or a list of plural forms}}

What it knows: `_("…")` in templates and modules, `_("one", "many", n)` for what is counted. What it must never do: translate.
"""

import ast
import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes

from longbien.web.environment import environment
from longbien.web.words import LANGUAGES

WEB = Path(__file__).parents[1] / "src" / "longbien" / "web"
LOCALE = WEB / "locale"
SAYING = {"_", "say"}
MADE_AT = datetime(2026, 11, 24, tzinfo=UTC)
HEADER = """\
# The console's own words in {name}. Machine-made first version; no native speaker of the trade has read it yet.
#"""

Text = str | tuple[str, str]
"""A text, or one with its plural."""


def texts() -> list[Text]:
    """Every text of the console, in the order of pages and modules, each once."""
    found: dict[Text, None] = {}
    for path in sorted((WEB / "templates").glob("*.html")):
        tree = environment().parse(path.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_":
                found |= dict.fromkeys(_said([_const(item) for item in call.args]))
    for path in sorted(WEB.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SAYING:
                found |= dict.fromkeys(_said([getattr(item, "value", None) for item in call.args]))
    return list(found)


def _const(item: nodes.Node) -> object:
    return item.value if isinstance(item, nodes.Const) else None


def _said(arguments: list[object]) -> Iterator[Text]:
    match arguments:
        case [str() as one, str() as many, *_]:
            yield one, many
        case [str() as text, *_]:
            yield text


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is; an empty one where there is none."""
    path = LOCALE / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def keep(language: str, old: Catalog) -> None:
    """The catalogue with exactly the texts of today, and what is known of their translations."""
    new = Catalog(
        locale=language,
        project="Longbien",
        version="1",
        header_comment=HEADER.format(name=LANGUAGES[language]),
        copyright_holder="Longbien",
        creation_date=MADE_AT,
        revision_date=MADE_AT,
        last_translator="machine-made",
        language_team=LANGUAGES[language],
        fuzzy=False,
    )
    for text in texts():
        known = old.get(text[0] if isinstance(text, tuple) else text)
        new.add(text, known.string if known is not None and _fits(text, known.string) else None)
    out = io.BytesIO()
    write_po(out, new, width=0, no_location=True, omit_header=False)
    (LOCALE / f"{language}.po").write_bytes(out.getvalue())


def _fits(text: Text, string: object) -> bool:
    return isinstance(string, tuple) is isinstance(text, tuple)


def missing(language: str) -> list[Text]:
    """What has no translation in a language."""
    known = catalogue(language)
    found = []
    for text in texts():
        message = known.get(text[0] if isinstance(text, tuple) else text)
        strings = (
            ()
            if message is None
            else message.string
            if isinstance(message.string, tuple)
            else (message.string,)
        )
        if not strings or not all(strings):
            found.append(text)
    return found


def fill(path: Path) -> None:
    """Translations from a file."""
    for language, words in json.loads(path.read_text("utf-8")).items():
        known = catalogue(language)
        for text in texts():
            first = text[0] if isinstance(text, tuple) else text
            if first in words:
                string = words[first]
                known.delete(first)
                known.add(text, tuple(string) if isinstance(text, tuple) else string)
        keep(language, known)


def main(words: list[str]) -> int:
    """The exit code."""
    others = [language for language in LANGUAGES if language != "en"]
    match words:
        case ["update"]:
            for language in others:
                keep(language, catalogue(language))
        case ["missing"]:
            print(json.dumps({language: missing(language) for language in others}, ensure_ascii=False))  # noqa: T201
        case ["fill", path]:
            fill(Path(path))
        case _:
            raise SystemExit("update, missing or fill FILE")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
