"""The report as a PDF, where Typst is installed; nothing else of the verifier needs it.

Every text goes in as data, so nothing that anybody wrote is read as markup.
"""

import json
from dataclasses import asdict
from importlib import util

from longbien_verify.record import Report
from longbien_verify.told import lines

TEMPLATE = """
#let report = json(bytes(sys.inputs.report))
#set document(title: report.title)
#set page(paper: "a4", margin: 18mm, footer: context align(end, text(8pt)[#counter(page).display()]))
#set text(font: ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", "DejaVu Sans", "Libertinus Serif"), size: 9pt, lang: "en")
#set par(spacing: 0.75em)
#heading(report.title)
#text(8pt, report.subtitle)
#for line in report.lines {
  pad(left: line.depth * 5mm, par(
    if line.alarm { text(fill: rgb("#a3132b"), weight: "bold", line.text) }
    else if line.depth == 0 { strong(line.text) } else { line.text },
  ))
}
"""


class NoEngine(Exception):
    """Typst is not here, or a letter has no font; the text of the report says everything that the PDF would."""


def page(report: Report, name: str) -> bytes:
    """The PDF; raises `NoEngine`."""
    if util.find_spec("typst") is None:
        raise NoEngine("--pdf needs the Python package `typst`; without it use the text or --json")
    import typst  # noqa: PLC0415 - optional

    told = {
        "title": "Report of longbien-verify",
        "subtitle": name,
        "lines": [asdict(line) for line in lines(report)],
    }
    compiler = typst.Compiler(TEMPLATE.encode(), sys_inputs={"report": json.dumps(told)})
    try:
        made = compiler.compile(format="pdf", pdf_standards=["a-3b"], timestamp=0)
    except typst.TypstError as error:
        raise NoEngine(f"the page cannot be set: {error.message}") from error
    assert isinstance(made, bytes)
    return made
