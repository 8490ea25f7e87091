"""The process that fetches: sealed objects from another node or from a disc, one after the other, for the node beside which it runs.

What it knows: keys of the objects that it was told to fetch, while it fetches them; a folder; a line. What it must never know: the
store, an exchange, or who asked. It may be killed at any moment: what has arrived is in the folder, and the next one goes on.
"""

from pathlib import Path
from time import monotonic
from typing import Any, Final

from longbien.carry import CarryFault, Manner, Progress, Remote, Wanted
from longbien.carry.disc import Disc
from longbien.carry.place import place_at
from longbien.carry.receiving import receive
from longbien.evidence.ticket import ticket_of
from longbien.peer.beside import Message, Talk, stand_beside
from longbien.peer.object_line import ObjectLine
from longbien.peer.pins import Pins, client_side
from longbien.wire.cbor import Malformed

# How often progress is told.
_TELL_SECONDS: Final = 0.2


def main() -> None:
    """First comes the way, then object after object; each is answered with its end."""
    talk = stand_beside()
    heard = talk.hear()
    if heard is None:
        return
    told, _ = heard
    tickets: dict[bytes, bytes] = {}
    remote = _remote(told, tickets)
    while (heard := talk.hear()) is not None:
        wanted = Wanted(**heard[0])
        tickets[wanted.object_id] = ticket_of(wanted.key, wanted.object_id)
        talk.say(_fetched(wanted, remote, told, talk))
        del tickets[wanted.object_id]


def _remote(told: Message, tickets: dict[bytes, bytes]) -> Remote:
    if told["disc"]:
        return Disc(Path(told["disc"]))
    pins = Pins(own=told["own"], believed=tuple(told["believed"]))
    return ObjectLine(told["endpoints"], client_side(pins), tickets)


def _fetched(wanted: Wanted, remote: Remote, told: Message, talk: Talk) -> dict[str, Any]:
    at = monotonic()

    def tell(progress: Progress) -> None:
        nonlocal at
        if monotonic() - at > _TELL_SECONDS:
            at = monotonic()
            talk.say({"done": progress.done, "total": progress.total})

    try:
        place = place_at(Path(told["folder"]), told["bucket"])
        receive(wanted, remote, place, manner=Manner(limit=told["limit"]), told=tell)
    except Malformed as fault:
        return {"end": "malformed", "code": fault.code, "detail": fault.detail}
    except CarryFault as fault:
        return {"end": "fault", "code": fault.code, "detail": fault.detail}
    return {"end": "whole"}


if __name__ == "__main__":
    main()
