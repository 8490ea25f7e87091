"""Writes what is generated from the law's data: a page for each flow, and the digests for `released.toml`.

.venv/bin/python tools/flows.py            writes docs/reference/flows/<flow>.<version>.md
.venv/bin/python tools/flows.py digests    prints a line for each procedure; copy it when a version is released
"""

import sys
from pathlib import Path

from longbien.law import Lawbook, diagram, load
from longbien.law.diagram import HEADER

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src/longbien/law/data"
PAGES = ROOT / "docs/reference/flows"


def main(arguments: list[str]) -> None:
    """Write the pages, or print the digests."""
    texts = {
        path.relative_to(DATA).as_posix(): path.read_text("utf-8") for path in sorted(DATA.rglob("*.toml"))
    }
    # What is about to be released may differ from what stands there as released.
    book = load({**texts, "released.toml": "[procedures]\n"} if arguments == ["digests"] else texts)
    if arguments == ["digests"]:
        for (name, version), rules in sorted(book.procedures.items()):
            sys.stdout.write(f'"{name}.{version}" = "{rules.digest.hex()}"\n')
        return
    PAGES.mkdir(parents=True, exist_ok=True)
    for rules in book.procedures.values():
        page = PAGES / f"{rules.flow.id}.{rules.flow.version}.md"
        page.write_text(diagram(rules.flow), "utf-8")
    (PAGES / "index.md").write_text(_index(book), "utf-8")


def _index(book: Lawbook) -> str:
    """Every flow with the procedures that run in it."""
    flows = {f"{rules.flow.id}.{rules.flow.version}": rules.flow for rules in book.procedures.values()}
    lines = [HEADER, "", "# Flows", "", "| letter | flow | procedures |", "| --- | --- | --- |"]
    for name, flow in sorted(flows.items(), key=lambda item: (item[1].letter, item[0])):
        run = sorted(f"`{rules.procedure}`" for rules in book.procedures.values() if rules.flow == flow)
        lines.append(f"| {flow.letter} | [{flow.labels['en']}]({name}.md) | {', '.join(run)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
