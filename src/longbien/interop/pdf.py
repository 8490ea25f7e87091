"""A printed form as a file: PDF/A-3a and PDF/UA-1, set by Typst.

What it knows: the template and fonts. What it must never do: print a page on which a letter is missing; PDF/A forbids it, the
engine names the letters, and the caller is told which fonts to install.
"""

import json
import re
from collections.abc import Sequence
from importlib import resources, util
from typing import Any

from longbien.interop.faults import NotMade
from longbien.interop.paper import Paper
from longbien.interop.sheet import Line, Run

FONTS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", "DejaVu Sans")
PACKAGES = "fonts-noto-core and fonts-noto-cjk (Debian)"
_LETTERS = re.compile(r'the text `"([^`]*)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_SHOWN_MAX = 12


def pdf(paper: Paper, *, at: int) -> bytes:
    """The file; the same paper with the same fonts and `at` (ms) gives the same bytes.

    Raises:
        NotMade: ENGINE_MISSING, FONT_MISSING, PAGE_FAILED.
    """
    if util.find_spec("typst") is None:
        raise NotMade("ENGINE_MISSING", "install longbien[documents]")
    import typst  # noqa: PLC0415 - an optional part

    template = (resources.files("longbien.interop") / "data" / "form.typ").read_bytes()
    compiler = typst.Compiler(template, sys_inputs={"paper": json.dumps(_paper(paper), ensure_ascii=False)})
    try:
        made = compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=at // 1000)
    except typst.TypstError as error:
        raise _fault(error.diagnostic or error.message) from error
    assert isinstance(made, bytes)
    return made


def _fault(diagnostic: str) -> NotMade:
    found = (_ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) for text in _LETTERS.findall(diagnostic))
    letters = dict.fromkeys(letter for text in found for letter in text)
    if letters:
        shown = " ".join(f"U+{ord(letter):04X}" for letter in list(letters)[:_SHOWN_MAX])
        return NotMade(
            "FONT_MISSING", f"no font here shows {shown}; install {PACKAGES}, or write it otherwise"
        )
    return NotMade("PAGE_FAILED", diagnostic.splitlines()[0] if diagnostic else "the engine gave no reason")


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "fonts": FONTS,
        "languages": [_run(Run("", language)) for language in paper.languages],
        "title": _labels(paper.title),
        "banners": [_runs(banner) for banner in paper.banners],
        "about": _runs(paper.about),
        "head": _rows(paper.head),
        "sections": [
            {"title": _labels(section.title), "rows": _rows(section.lines)} for section in paper.sections
        ],
        "notes": [_runs(note) for note in paper.notes],
        "footer": paper.footer,
    }


def _rows(lines: Sequence[Line], depth: int = 0) -> list[dict[str, Any]]:
    """The tree of lines as rows of one table: a record is a heading with its parts below it."""
    rows: list[dict[str, Any]] = []
    for line in lines:
        if line.parts:
            rows += [_row(line, depth, head=True), *_rows(line.parts, depth + 1)]
        elif any(item.parts for item in line.items):
            for number, item in enumerate(line.items, 1):
                named = tuple(Run(f"{run.text} {number}", run.language) for run in line.labels)
                head = Line(number=line.number, labels=named, runs=item.runs, code=item.code)
                rows += [_row(head, depth, head=True), *_rows(item.parts, depth + 1)]
        else:
            rows.append(_row(line, depth))
    return rows


def _row(line: Line, depth: int, *, head: bool = False) -> dict[str, Any]:
    return {
        "number": line.number,
        "depth": depth,
        "labels": _labels(line.labels),
        "runs": _runs(line.runs),
        "code": line.code,
        "list": [{"runs": _runs(item.runs), "code": item.code} for item in line.items],
        "head": head,
        "wide": line.wide or any(item.wide for item in line.items),
        "missing": line.missing,
    }


def _labels(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """One for each column; a second one that only repeats the first, for lack of a translation, stays empty."""
    return [_run(run if run not in runs[:place] else Run("", run.language)) for place, run in enumerate(runs)]


def _runs(runs: Sequence[Run]) -> list[dict[str, Any]]:
    return [_run(run) for run in dict.fromkeys(runs)]


def _run(run: Run) -> dict[str, Any]:
    return {"text": run.text, "lang": run.language.partition("-")[0], "rtl": run.right_to_left}
