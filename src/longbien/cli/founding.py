"""`node init`: from words to a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from longbien.cli.asked import CommandRefused
from longbien.keys import Office, grouped
from longbien.node.opening import Plan, make_folder


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
        ),
        passphrase,
    )
    return {"party": party, "folder": str(folder), "fingerprint": grouped(own.pinned), "mode": mode}


def _office(text: str, *, illustrative: bool) -> Office:
    parts = text.split(":")
    if len(parts) != 4:
        raise CommandRefused("OFFICE_SYNTAX", "write id:name:role,role:language,language")
    identifier, name, roles, languages = parts
    return Office(
        id=identifier,
        name=name,
        roles=tuple(roles.split(",")),
        languages=tuple(languages.split(",")),
        hours="24/7" if "poc" in roles.split(",") else "office hours",
        call_back="",
        illustrative=illustrative,
    )
