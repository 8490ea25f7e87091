"""`longbien case`: an office's own files. They link exchanges; nothing of them is sent.

What it knows: the words and options. What it must never know: what a case holds.
"""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.terminal import HERE, Folder, Json, answered, asked, new_file, write_file

case_app = App(name="case", help="Cases: exchanges put side by side. Nothing of a case is sent.")

Case = Annotated[str, Parameter(help="A case, by its first digits or its reference.")]


@case_app.command
def new(
    title: str, *, reference: str = "", office: str = "", folder: Folder = HERE, as_json: Json = False
) -> int:
    """Begin a case."""
    return answered(folder, "case-new", as_json=as_json, title=title, reference=reference, office=office)


@case_app.command(name="list")
def listed(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Every case, the newest change first."""
    return answered(folder, "case-list", as_json=as_json)


@case_app.command
def link(case: Case, exchange: str, *, why: str = "", folder: Folder = HERE, as_json: Json = False) -> int:
    """Link an exchange to a case. It changes nothing of the exchange."""
    return answered(folder, "case-link", as_json=as_json, case=case, exchange=exchange, why=why)


@case_app.command
def timeline(case: Case, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """What happened in all exchanges of a case, as one."""
    return answered(folder, "case-timeline", as_json=as_json, case=case)


@case_app.command
def export(case: Case, *, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Write the whole case as JSON."""
    new_file(out)
    found = asked(folder, "case-export", as_json=as_json, case=case)
    write_file(out, json.dumps(found, ensure_ascii=False, indent=1).encode())
    told = {"case": found["case"], "file": str(out), "exchanges": len(found["exchanges"])}
    return show.result("case export", told, as_json=as_json)
