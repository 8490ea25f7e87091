"""The number under which whoever asks in an emergency is called back: the one of the directory, never one that a message brings.

What it knows: the newest papers of the State that asks, and which of its offices the request names. What it must never take: a number that
somebody typed, where the papers have one.
"""

from collections.abc import Mapping
from typing import Final

from longbien.exchange import Act, Standing
from longbien.node.directory import Directory
from longbien.node.ports import Denied
from longbien.wire.cbor import Value

ACT: Final = "call_back"


def filled(directory: Directory, opening: Act, party: str) -> Mapping[str, Value]:
    """What the node knows of a call back before anybody has spoken: the number and the papers in which it stands, as fields of the act.

    It is the number of the office that the request names, or else of the one that asks; nothing where the papers of `party` have none.
    """
    peer = directory.peer(party)
    if peer is None:
        return {}
    for named in (opening.body.get("call_back_office"), opening.office):
        for office in peer.descriptor.offices:
            if named in {office.id, office.name} and office.call_back:
                return {"number": office.call_back, "from_directory": True, "directory_entry": peer.digest}
    return {}


def refused(directory: Directory, act: Act, standing: Standing | None) -> Denied | None:
    """Why the number of a call back is not taken: the papers of the State that asks name others. Code: CALL_BACK_OTHER."""
    peer = None if act.name != ACT or standing is None else directory.peer(standing.opener)
    if peer is None:
        return None
    known = {_digits(office.call_back) for office in peer.descriptor.offices if office.call_back}
    said = act.body.get("number")
    if not known or (isinstance(said, str) and _digits(said) in known):
        return None
    return Denied(code="CALL_BACK_OTHER", detail="number")


def _digits(number: str) -> str:
    """The number as it is dialled, however it is written."""
    return "".join(letter for letter in number if letter.isdigit())
