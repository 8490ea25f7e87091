"""`node init`: from words to a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from longbien.cli.asked import CommandRefused
from longbien.cli.commands import perform
from longbien.keys import Office, grouped
from longbien.node.config import read_config
from longbien.node.opening import Plan, make_folder, open_node


def founded(
    folder: Path,
    *,
    party: str,
    name: str,
    listen: str,
    endpoint: str,
    mode: str,
    offices: Sequence[str],
    storage: str,
    witness_seconds: int,
    console: str,
    origin: str,
    operator: str,
    passphrase: str,
) -> dict[str, Any]:
    """Makes the node; what the operator has to know about it. Raises `CommandRefused` OFFICE_SYNTAX."""
    own = make_folder(
        folder,
        Plan(
            party=party,
            name=name,
            mode=mode,
            listen=listen,
            endpoint=endpoint or f"https://{listen}/",
            host_name=listen.rpartition(":")[0],
            offices=[_office(text, illustrative=mode == "demo") for text in offices],
            storage=storage,
            witness_seconds=witness_seconds,
            console=console,
            origin=origin,
        ),
        passphrase,
    )
    found = {"party": party, "folder": str(folder), "fingerprint": grouped(own.pinned), "mode": mode}
    return found | (_first_operator(folder, operator, offices[0], passphrase) if operator else {})


def _first_operator(folder: Path, name: str, office: str, passphrase: str) -> dict[str, Any]:
    """The person who lets everybody else in, and the code with which this person comes in."""
    node = open_node(read_config(folder), passphrase)
    try:
        arguments = {"name": name, "office": office.partition(":")[0], "roles": ["operator"]}
        added = perform(node, "user-add", arguments)
    finally:
        node.store.close()
    return {"operator": name, "code": added["code"], "code_ends_at": added["ends_at"]}


def _office(text: str, *, illustrative: bool) -> Office:
    parts = text.split(":")
    if len(parts) not in {4, 5}:
        raise CommandRefused("OFFICE_SYNTAX", "write id:name:role,role:language,language:number")
    identifier, name, roles, languages, *number = parts
    return Office(
        id=identifier,
        name=name,
        roles=tuple(roles.split(",")),
        languages=tuple(languages.split(",")),
        hours="24/7" if "poc" in roles.split(",") else "office hours",
        call_back="".join(number),
        illustrative=illustrative,
    )
