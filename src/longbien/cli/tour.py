"""What a demonstration leaves to be looked at: two consoles, sample officers with a link each, and five steps to try.

What it knows: names, links and sentences. What it must never do: run on a node that is not a demonstration; the sample keys lie in files,
and a link lets in whoever has it.
"""

import json
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from longbien.cli.asked import Result
from longbien.exercise.course import Step
from longbien.exercise.passkey import SoftPasskey

SAMPLE_KEYS = "sample-keys"
# Beyond every use of a key while the case was played.
USES_FROM = 1000
PLAYERS = ("First officer", "Second officer")
# Beside the two officers who played the case.
OTHERS = {"Operator": ["operator"], "Auditor": ["auditor", "privacy"]}

Do = Callable[..., Awaitable[Result]]


def keep_key(folder: Path, person: str, key: SoftPasskey) -> None:
    """The key lies where the console finds it for its person."""
    place = folder / SAMPLE_KEYS
    place.mkdir(mode=0o700, exist_ok=True)
    kept = {
        "credential": key.credential.hex(),
        "secret": key.secret.hex(),
        "relying_party": key.relying_party,
        "origin": key.origin,
        "count": USES_FROM,
    }
    path = place / f"{person}.json"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(kept, file)


def new_key(relying_party: str, origin: str) -> SoftPasskey:
    """A key for a sample officer."""
    return SoftPasskey(
        credential=secrets.token_bytes(16),
        secret=secrets.token_bytes(32),
        relying_party=relying_party,
        origin=origin,
    )


async def links(do: Do, origin: str) -> dict[str, str]:
    """For each sample officer of a console, by name: the address that lets this officer in."""
    found = {}
    for name in (f"{officer} (invented)" for officer in (*PLAYERS, *OTHERS)):
        code = (await do("user-enter", name=name))["code"]
        found[name] = f"{origin}/code/{code}"
    return found


def waiting(step: Step) -> dict[str, Any]:
    """The body of the request that waits at the other side to be acknowledged: the opening of the case, as an emergency of today."""
    return {**step.body, "urgency": "emergency", "case_ref": f"{step.body['case_ref']}-B"}


def told(asking: str, asked: str, addresses: Mapping[str, Mapping[str, str]]) -> Sequence[str]:
    """The lines that lead through both consoles."""
    lines = [
        "",
        "Two consoles are open. Everything in them is a DEMONSTRATION; each link works once, within a day:",
    ]
    for party, officers in addresses.items():
        lines += [f"  {party}  {name:<28} {link}" for name, link in officers.items()]
    lines += [
        "",
        "A tour in five steps:",
        f"  1  Open the link of the first officer of {asked}. The watch shows an emergency request that nobody has acknowledged.",
        "  2  Open it: who stands behind it comes first. Press “Acknowledge and call back”.",
        f"  3  In another tab, open the link of the first officer of {asking}: the acknowledgement has arrived, with its proof.",
        "  4  There, begin a New request, Preservation of stored data. “Check” says what is missing; the second officer signs too.",
        "  5  Open the link of the Auditor: who looked at what, and the whole ledger checked against its signed bytes.",
    ]
    return lines
