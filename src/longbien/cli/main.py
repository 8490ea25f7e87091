"""`longbien`: the words, and what comes out of them.

What it knows: commands, options, exit codes (docs/reference/exit-codes.md). What it must never do: show a traceback for
something that can happen. Each message says what happened, whether anything was sent, and what to do.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.commands import CommandRefused
from longbien.cli.control import ask
from longbien.keys import KeyFault, find_passphrase
from longbien.law import LawFault
from longbien.node import Broken
from longbien.node.config import ConfigFault, read_config
from longbien.store import StoreFault
from longbien.wire.cbor import Malformed

app = App(name="longbien", help="The bridge through which States cooperate against cybercrime.")
node_app = App(name="node", help="The node itself.")
peer_app = App(name="peer", help="Other States' nodes.")
officer_app = App(name="officer", help="People who approve.")
request_app = App(name="request", help="Exchanges: begin one, look at them.")
act_app = App(name="act", help="Further acts in an exchange: draft, approve, send.")
pouch_app = App(name="pouch", help="Requests and answers as a file.")
exercise_app = App(name="exercise", help="Practice and simulation; never on a live node.")
for part in (node_app, peer_app, officer_app, request_app, act_app, pouch_app, exercise_app):
    app.command(part)

Folder = Annotated[Path, Parameter(name=["--folder", "-C"], help="The node's folder.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON object.")]
HERE = Path()

# Exit codes, documented in docs/reference/exit-codes.md.
OK, REFUSED, USAGE, CONFIGURATION, KEYS, STORE, STOPPED, NOT_PROVEN = 0, 1, 2, 3, 4, 5, 6, 7

KEY_REMEDIES = {
    "PASSPHRASE_WRONG": "This passphrase does not open the key files of this folder.",
    "PASSPHRASE_MISSING": "Put it into the file longbien.passphrase in $CREDENTIALS_DIRECTORY, readable by this account only.",
}


def main() -> None:
    """The entry point."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Runs one command; the exit code."""
    try:
        result = app(words, exit_on_error=True, print_error=True, result_action="return_value")
    except CommandRefused as refused:
        return show.failure("Refused", refused.code, refused.detail, "Nothing was sent.", REFUSED)
    except Malformed as fault:
        return show.failure("Refused", fault.code, fault.detail, "Nothing was sent.", REFUSED)
    except ConfigFault as fault:
        return show.failure("Configuration", fault.code, fault.detail, "Nothing was started.", CONFIGURATION)
    except KeyFault as fault:
        detail = KEY_REMEDIES.get(fault.code, fault.detail or "docs/howto/keys.md says what to do.")
        return show.failure("Keys", fault.code, detail, "Nothing was started or sent.", KEYS)
    except (StoreFault, LawFault) as fault:
        return show.failure("Store", getattr(fault, "code", "LAW"), str(fault), "Nothing was sent.", STORE)
    except Broken as broken:
        return show.failure(
            "Stopped", broken.invariant, str(broken), "The node stopped rather than guess.", STOPPED
        )
    except OSError as error:
        return show.failure("System", type(error).__name__, str(error), "Nothing was sent.", STORE)
    return int(result) if isinstance(result, int) else OK


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
        passphrase=find_passphrase(),
    )
    return show.result("founded", result, as_json=as_json)


@node_app.command
def serve(*, folder: Folder = HERE) -> int:
    """Run the node until it is told to stop."""
    from longbien.cli.serve import PortInUse  # noqa: PLC0415 - the servers load only here
    from longbien.cli.serve import serve as run_node  # noqa: PLC0415

    try:
        run_node(read_config(folder), find_passphrase())
    except PortInUse as taken:
        return show.failure("Network", taken.code, taken.detail, "The node did not start.", CONFIGURATION)
    return OK


def _ask(folder: Path, command: str, as_json: bool, /, **arguments: Any) -> int:  # noqa: ANN401 - JSON values
    result = ask(read_config(folder), command, arguments, find_passphrase)
    return show.result(command, result, as_json=as_json)


@node_app.command
def status(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Who this node is, and what waits."""
    return _ask(folder, "status", as_json)


@node_app.command
def verify(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Check the whole store against the signed bytes in it."""
    result = ask(read_config(folder), "verify", {}, find_passphrase)
    show.result("verify", result, as_json=as_json)
    return OK if result["ok"] else NOT_PROVEN


@node_app.command
def doctor(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Check what a node needs from its machine."""
    from longbien.cli.doctor import examine  # noqa: PLC0415

    result = examine(folder)
    show.result("doctor", result, as_json=as_json)
    return OK if result["ok"] else CONFIGURATION


@node_app.command
def papers(*, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Write this node's public papers to a file, for other States to pin."""
    result = ask(read_config(folder), "papers", {}, find_passphrase)
    out.write_bytes(bytes.fromhex(result.pop("chain")))
    return show.result("papers", {**result, "file": str(out)}, as_json=as_json)


@peer_app.command(name="list")
def peer_list(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Pinned peers and how the links are."""
    return _ask(folder, "peers", as_json)


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
    asked = partial(ask, read_config(folder), passphrase=find_passphrase)
    challenge = asked("pin-challenge", {"party": party, "fingerprint": plain})["challenge"]
    assertions = [signed_by(path, challenge) for path in passkey]
    arguments = {"chain": chain.read_bytes().hex(), "fingerprint": plain, "assertions": assertions}
    return show.result("pin", asked("pin", arguments), as_json=as_json)


@officer_app.command(name="add")
def officer_add(
    name: str, *, office: str, passkey: Path, folder: Folder = HERE, as_json: Json = False
) -> int:
    """Enrol an officer with a software passkey in a new file (demonstration and exercise nodes only)."""
    from longbien.cli.passkeys import new_passkey  # noqa: PLC0415

    public = new_passkey(passkey, read_config(folder))
    return _ask(folder, "enrol", as_json, name=name, office=office, software=True, **public)


@request_app.command(name="new")
def request_new(
    procedure: str, *, to: str, office: str, body: Path, folder: Folder = HERE, as_json: Json = False
) -> int:
    """Draft the opening of an exchange from a JSON file; nothing is sent before it is approved."""
    return _ask(folder, "draft", as_json, procedure=procedure, to=[to], office=office, body=_body(body))


@request_app.command(name="list")
def request_list(*, limit: int = 50, folder: Folder = HERE, as_json: Json = False) -> int:
    """Exchanges, the newest change first."""
    return _ask(folder, "list", as_json, limit=limit)


@request_app.command(name="show")
def request_show(exchange: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """One exchange: where it stands, every step, running clocks."""
    return _ask(folder, "show", as_json, exchange=exchange)


@request_app.command(name="export")
def request_export(exchange: str, *, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Write the whole record of an exchange to a file that `longbien-verify` checks offline."""
    result = ask(read_config(folder), "export", {"exchange": exchange}, find_passphrase)
    out.write_bytes(bytes.fromhex(result.pop("record")))
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
    return _ask(
        folder, "draft", as_json, exchange=exchange, act=act, office=office, body=_body(body) if body else {}
    )


@act_app.command(name="approve")
def act_approve(draft: str, *, passkey: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Approve a draft with a software passkey (demonstration and exercise nodes only)."""
    from longbien.cli.passkeys import signed_by  # noqa: PLC0415

    drafts = ask(read_config(folder), "drafts", {}, find_passphrase)["drafts"]
    challenge = next((item["challenge"] for item in drafts if item["draft"] == draft), None)
    if challenge is None:
        raise CommandRefused("DRAFT_UNKNOWN", draft)
    return _ask(folder, "approve", as_json, draft=draft, assertion=signed_by(passkey, challenge))


@act_app.command(name="send")
def act_send(draft: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Sign an approved draft and put it on its way."""
    return _ask(folder, "send", as_json, draft=draft)


@act_app.command(name="drafts")
def act_drafts(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Drafts that wait for approval or for sending."""
    return _ask(folder, "drafts", as_json)


@act_app.command(name="where")
def act_where(act: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Where an act is: proofs of receipt, or why it still waits and when it is tried again."""
    return _ask(folder, "delivery", as_json, act=act)


@pouch_app.command(name="answer")
def pouch_answer(pouch: Path, *, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Take in a pouch of requests and write the pouch of answers that goes back."""
    result = ask(read_config(folder), "pouch-answer", {"pouch": pouch.read_bytes().hex()}, find_passphrase)
    out.write_bytes(bytes.fromhex(result.pop("pouch")))
    return show.result("pouch", {**result, "file": str(out)}, as_json=as_json)


@app.command
def demo(
    *,
    case: Path | None = None,
    keep: Annotated[bool, Parameter(negative="", help="Leave the nodes up.")] = False,
    export: Annotated[Path | None, Parameter(help="Keep the exported record in this file.")] = None,
    as_json: Json = False,
) -> int:
    """Two States on this machine play a case, step by step, and everything is verified."""
    from longbien.cli.demo import play  # noqa: PLC0415

    return play(case=case, keep=keep, export=export, as_json=as_json)


def _body(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text("utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise CommandRefused("BODY_SYNTAX", f"{path.name}: {error}") from error
    if not isinstance(body, dict):
        raise CommandRefused("BODY_SYNTAX", f"{path.name}: a JSON object is expected")
    return body
