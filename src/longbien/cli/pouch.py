"""`longbien pouch`: one round by file between two nodes that do not reach each other (docs/howto/pouch.md).

What it knows: the four words pack, show, answer, settle, and files. What it must never know: what is in a pouch.
"""

from pathlib import Path

from cyclopts import App

from longbien.cli import show
from longbien.cli.asked import CommandRefused
from longbien.cli.pouching import show as look
from longbien.cli.terminal import HERE, Folder, Json, answered, asked, new_file, read_file, write_file

pouch_app = App(
    name="pouch", help="Requests and answers as a file, for a peer that the network does not reach."
)


@pouch_app.command(name="pack")
def pouch_pack(peer: str, *, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Write everything that waits for a peer into a file. It stays in the outbox until its receipts come home."""
    new_file(out)
    result = asked(folder, "pouch-pack", as_json=as_json, peer=peer)
    raw = bytes.fromhex(result.pop("pouch"))
    if not result["items"]:
        raise CommandRefused("POUCH_EMPTY", peer)
    write_file(out, raw)
    return show.result("pouch pack", {**result, "bytes": len(raw), "file": str(out)}, as_json=as_json)


@pouch_app.command(name="show")
def pouch_show(pouch: Path, *, as_json: Json = False) -> int:
    """Say from whom and to whom a pouch is and how much it holds, without opening anything."""
    return show.result("pouch show", look(read_file(pouch)), as_json=as_json)


@pouch_app.command(name="answer")
def pouch_answer(pouch: Path, *, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Take in a pouch of requests and write the pouch of answers that goes back."""
    new_file(out)
    result = asked(folder, "pouch-answer", as_json=as_json, pouch=read_file(pouch).hex())
    raw = bytes.fromhex(result.pop("pouch"))
    write_file(out, raw)
    return show.result("pouch answer", {**result, "bytes": len(raw), "file": str(out)}, as_json=as_json)


@pouch_app.command(name="settle")
def pouch_settle(pouch: Path, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Take home the answers to a pouch that this node packed."""
    return answered(folder, "pouch-settle", as_json=as_json, pouch=read_file(pouch).hex())
