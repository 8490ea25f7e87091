"""`longbien`: the words, and what comes out of them.

What it knows: commands and options. What it must never do: show a traceback for something that can happen. Each message says
what happened, whether anything was sent, and what to do (`failing`, `remedies`).
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from longbien.cli import exercising, figures, forms, paper, show
from longbien.cli.asked import CommandRefused
from longbien.cli.case import case_app
from longbien.cli.evidence import evidence_app
from longbien.cli.failing import Exit, failure_of
from longbien.cli.law import law_app
from longbien.cli.meet import meet_app
from longbien.cli.page import page_app
from longbien.cli.pouch import pouch_app
from longbien.cli.program import hook_app, token_app
from longbien.cli.shift import shift_app
from longbien.cli.terminal import (
    HERE,
    Folder,
    Json,
    answered,
    asked,
    lawbook,
    new_file,
    read_body,
    read_file,
    write_file,
)
from longbien.cli.train import train_app
from longbien.cli.user import user_app
from longbien.keys import find_passphrase
from longbien.node.config import read_config

app = App(name="longbien", help="The bridge through which States cooperate against cybercrime.")
node_app = App(name="node", help="The node itself.")
peer_app = App(name="peer", help="Other States' nodes.")
officer_app = App(name="officer", help="People who approve.")
request_app = App(name="request", help="Exchanges: begin one, look at them.")
act_app = App(name="act", help="Further acts in an exchange: draft, approve, send.")
exercise_app = App(name="exercise", help="Practice and simulation; never on a live node.")
for part in (
    node_app,
    peer_app,
    officer_app,
    request_app,
    act_app,
    pouch_app,
    law_app,
    exercise_app,
    user_app,
    shift_app,
    page_app,
    meet_app,
    train_app,
    evidence_app,
    case_app,
    token_app,
    hook_app,
):
    app.command(part)
for page in (forms, paper):
    page.register(law_app, request_app)
figures.register(app)
exercising.register(exercise_app)


def main() -> None:
    """The entry point."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Runs one command; the exit code."""
    try:
        result = app(words, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has had enough; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a person gets words, whatever it was
        return show.failure(failure_of(error), as_json="--json" in words)
    return int(result) if isinstance(result, int) else Exit.OK


@node_app.command
def init(
    party: str,
    *,
    name: str,
    listen: str,
    endpoint: str = "",
    mode: str = "live",
    office: Annotated[list[str], Parameter(help="id:name:role,role:language,language")],
    storage: str = "",
    witness_seconds: int = 60,
    console: Annotated[str, Parameter(help="host:port of the console, such as 127.0.0.1:8443.")] = "",
    origin: Annotated[str, Parameter(help="The console's address as browsers show it.")] = "",
    operator: Annotated[
        str, Parameter(help="The first operator's name; a code for a passkey is printed.")
    ] = "",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Make a new node in the folder: configuration, keys, papers, empty store."""
    from longbien.cli.founding import founded  # noqa: PLC0415 - loads the makers of keys only when they are needed

    result = founded(
        folder,
        party=party,
        name=name,
        listen=listen,
        endpoint=endpoint,
        mode=mode,
        offices=office,
        storage=storage,
        witness_seconds=witness_seconds,
        console=console,
        origin=origin,
        operator=operator,
        passphrase=find_passphrase(),
    )
    return show.result("founded", result, as_json=as_json)


@node_app.command
def serve(*, folder: Folder = HERE) -> int:
    """Run the node until it is told to stop."""
    from longbien.cli.serve import serve as run_node  # noqa: PLC0415 - the servers load only here

    run_node(read_config(folder), find_passphrase())
    return Exit.OK


@node_app.command
def status(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Who this node is, and what waits."""
    return answered(folder, "status", as_json=as_json)


@node_app.command
def verify(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Check the whole store against the signed bytes in it."""
    result = asked(folder, "verify", as_json=as_json)
    show.result("verify", result, as_json=as_json)
    return Exit.OK if result["ok"] else Exit.NOT_PROVEN


@node_app.command
def doctor(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Check what a node needs from its machine."""
    from longbien.cli.doctor import examine  # noqa: PLC0415

    result = examine(folder)
    show.result("doctor", result, as_json=as_json)
    return Exit.OK if result["ok"] else Exit.CONFIGURATION


@node_app.command
def papers(*, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Write this node's public papers to a file, for other States to pin."""
    new_file(out)
    result = asked(folder, "papers", as_json=as_json)
    write_file(out, bytes.fromhex(result.pop("chain")))
    return show.result("papers", {**result, "file": str(out)}, as_json=as_json)


@peer_app.command(name="list")
def peer_list(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Pinned peers and how the links are."""
    return answered(folder, "peers", as_json=as_json)


@peer_app.command(name="pin")
def peer_pin(
    chain: Path,
    *,
    party: str,
    fingerprint: str,
    passkey: list[Path],
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Pin a peer by the fingerprint that two officers compared with the other State, out of band."""
    from longbien.cli.passkeys import signed_by  # noqa: PLC0415

    plain = "".join(character for character in fingerprint.lower() if character in "0123456789abcdef")
    papers = read_file(chain).hex()
    challenge = asked(folder, "pin-challenge", as_json=as_json, party=party, fingerprint=plain)["challenge"]
    assertions = [signed_by(path, challenge) for path in passkey]
    return answered(folder, "pin", as_json=as_json, chain=papers, fingerprint=plain, assertions=assertions)


@officer_app.command(name="add")
def officer_add(
    name: str, *, office: str, passkey: Path, folder: Folder = HERE, as_json: Json = False
) -> int:
    """Enrol an officer with a software passkey in a new file (demonstration and exercise nodes only)."""
    from longbien.cli.passkeys import new_passkey  # noqa: PLC0415

    public = new_passkey(passkey, read_config(folder))
    try:
        return answered(folder, "enrol", as_json=as_json, name=name, office=office, software=True, **public)
    except CommandRefused:
        passkey.unlink()
        raise


@request_app.command(name="new")
def request_new(
    procedure: str,
    *,
    to: Annotated[list[str], Parameter(help="A party; again for each further one.")],
    office: str,
    body: Path,
    act: Annotated[str, Parameter(help="Another opening act of the procedure, such as open_oral.")] = "",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Draft the opening of an exchange from a JSON file; nothing is sent before it is approved."""
    opening = {"procedure": procedure, "to": to, "office": office, "body": read_body(body)}
    return answered(folder, "draft", as_json=as_json, **opening, **({"act": act} if act else {}))


@request_app.command(name="form")
def request_form(
    procedure: str = "",
    act: str = "",
    *,
    everything: Annotated[bool, Parameter(name="--all", negative="", help="With optional fields.")] = False,
    out: Annotated[Path | None, Parameter(help="Write the body to begin with into this file.")] = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Show what an act asks for, and print a body to begin with; without a procedure, list the procedures."""
    from longbien.cli.form import form, procedures  # noqa: PLC0415 - reads the law only here

    book = lawbook(folder)
    if not procedure:
        return show.result("form", procedures(book), as_json=as_json)
    found = form(book, procedure, act, everything=everything)
    if out is not None:
        write_file(out, json.dumps(found["body"], ensure_ascii=False, indent=2).encode() + b"\n")
    return show.form(found, as_json=as_json, body=out is None)


@request_app.command(name="list")
def request_list(*, limit: int = 50, folder: Folder = HERE, as_json: Json = False) -> int:
    """Exchanges, the newest change first."""
    return answered(folder, "list", as_json=as_json, limit=limit)


@request_app.command(name="show")
def request_show(exchange: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """One exchange: where it stands, every step, running clocks."""
    return answered(folder, "show", as_json=as_json, exchange=exchange)


@request_app.command(name="export")
def request_export(exchange: str, *, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Write the whole record of an exchange to a file that `longbien-verify` checks offline."""
    new_file(out)
    result = asked(folder, "export", as_json=as_json, exchange=exchange)
    write_file(out, bytes.fromhex(result.pop("record")))
    return show.result("export", {**result, "file": str(out)}, as_json=as_json)


@act_app.command(name="draft")
def act_draft(
    exchange: str,
    act: str,
    *,
    office: str,
    body: Path | None = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Draft a further act; nothing is sent before it is approved."""
    return answered(
        folder,
        "draft",
        as_json=as_json,
        exchange=exchange,
        act=act,
        office=office,
        body=read_body(body) if body else {},
    )


@act_app.command(name="approve")
def act_approve(draft: str, *, passkey: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Approve a draft with a software passkey (demonstration and exercise nodes only)."""
    from longbien.cli.passkeys import signed_by  # noqa: PLC0415

    drafts = asked(folder, "drafts", as_json=as_json)["drafts"]
    challenge = next((item["challenge"] for item in drafts if item["draft"] == draft), None)
    if challenge is None:
        raise CommandRefused("DRAFT_UNKNOWN", draft)
    return answered(folder, "approve", as_json=as_json, draft=draft, assertion=signed_by(passkey, challenge))


@act_app.command(name="send")
def act_send(draft: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Sign an approved draft and put it on its way."""
    return answered(folder, "send", as_json=as_json, draft=draft)


@act_app.command(name="drafts")
def act_drafts(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Drafts that wait for approval or for sending."""
    return answered(folder, "drafts", as_json=as_json)


@act_app.command(name="where")
def act_where(act: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Where an act is: proofs of receipt, or why it still waits and when it is tried again."""
    return answered(folder, "delivery", as_json=as_json, act=act)


@app.command
def demo(
    *,
    case: Path | None = None,
    keep: Annotated[bool, Parameter(negative="", help="Leave the nodes up.")] = False,
    export: Annotated[Path | None, Parameter(help="Keep the file for a court in this file.")] = None,
    as_json: Json = False,
) -> int:
    """Two States on this machine play a case, step by step, and everything is verified."""
    from longbien.cli.demo import play  # noqa: PLC0415

    return play(case=case, keep=keep, export=export, as_json=as_json)


@exercise_app.command(name="simulate")
def exercise_simulate(
    *,
    seeds: Annotated[int, Parameter(help="How many worlds.")] = 100,
    first_seed: Annotated[int, Parameter(help="The first of them.")] = 0,
    nodes: Annotated[int, Parameter(help="States in each world, 2 to 5; 0 lets each seed decide.")] = 0,
    crypto: Annotated[str, Parameter(help="stub (fast) or real.")] = "stub",
    replay: Annotated[int | None, Parameter(help="Play one seed again and print every event.")] = None,
    as_json: Json = False,
) -> int:
    """Play worlds in which everything goes wrong, and check that every promise holds."""
    from longbien.cli import simulate  # noqa: PLC0415 - the simulated world loads only here

    if replay is not None:
        return simulate.replay(replay, nodes=nodes, crypto=crypto, as_json=as_json)
    return simulate.run(seeds=seeds, first=first_seed, nodes=nodes, crypto=crypto, as_json=as_json)


@app.command
def explain(code: str, *, as_json: Json = False) -> int:
    """What to do about a code that a message, `act where` or `peer list` shows."""
    from longbien.cli.remedies import remedy  # noqa: PLC0415

    return show.result("explain", {"code": code, "remedy": remedy(code)}, as_json=as_json)


@app.command
def completion(shell: Literal["bash", "zsh", "fish"]) -> int:
    """Print the script that completes these words in a shell; docs/howto/operate.md says where it belongs."""
    sys.stdout.write(app.generate_completion(prog_name="longbien", shell=shell))
    return Exit.OK
