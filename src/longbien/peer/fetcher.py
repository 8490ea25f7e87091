"""Fetching as the node sees it: a process beside it does the work, and when that is killed, another one goes on.

What it knows: what to tell such a process, and what it says. What it must never do: touch an object itself.
"""

import select
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from longbien.carry import CarryFault, Wanted
from longbien.carry.place import Place
from longbien.node import Node
from longbien.peer.beside import Beside, Message, Talk
from longbien.peer.tls import pins
from longbien.wire.cbor import Malformed

MODULE: Final = "longbien.peer.fetching"
# A process that ends without a word this often, and without a byte in between, will not do better.
_DEATHS_MAX: Final = 3
# How long a line may be still until whoever asked hears again how far it is; who hears can end the fetch.
_STILL_MS: Final = 500


class Fetcher:
    """The `Carrier` that fetches into a place, at most `limit` bytes a second; leaving the `with` block ends whatever is under way."""

    def __init__(self, way: Message, place: Place, limit: int | None) -> None:
        self._told = {
            **way,
            "folder": str(place.incoming.folder),
            "bucket": place.address,
            "limit": limit,
        }
        self._process: Beside | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        if self._process is not None:
            self._process.__exit__(*fault)
            self._process = None

    def bring(self, wanted: Wanted, told: Callable[[int, int], None]) -> None:
        """See `Carrier.bring`."""
        deaths, furthest = 0, 0
        while deaths < _DEATHS_MAX:
            ended, done = self._try(wanted, told)
            if ended is not None:
                _raise(ended)
                return
            self.__exit__()
            deaths, furthest = (0, done) if done > furthest else (deaths + 1, furthest)
        raise CarryFault("FETCH_KILLED", wanted.object_id.hex())

    def _try(self, wanted: Wanted, told: Callable[[int, int], None]) -> tuple[Message | None, int]:
        """How it ended, None for without a word; and how far it had come."""
        done = 0
        try:
            talk = self._start().talk
            talk.say({name: getattr(wanted, name) for name in wanted.__slots__})
            total = wanted.size
            for message in _heard(talk):
                if "end" in message:
                    return message, done
                done, total = message.get("done", done), message.get("total", total)
                told(done, total)
        except ConnectionError:
            pass
        return None, done

    def _start(self) -> Beside:
        if self._process is None:
            self._process = Beside(MODULE)
            self._process.talk.say(self._told)
        return self._process


def _heard(talk: Talk) -> Iterator[Message]:
    """What the process says until it is gone; nothing, every now and then, while it says nothing."""
    waiting = select.poll()
    waiting.register(talk, select.POLLIN)
    while True:
        if not waiting.poll(_STILL_MS):
            yield {}
        elif (heard := talk.hear()) is not None:
            yield heard[0]
        else:
            return


def line_to(node: Node, party: str) -> dict[str, Any]:
    """The way to another node's door."""
    shown = pins(node, [party])
    return {
        "disc": "",
        "endpoints": list(node.directory.descriptor(party).endpoints),
        "own": shown.own,
        "believed": list(shown.believed),
    }


def disc_at(folder: Path) -> dict[str, Any]:
    """The way to a disc."""
    return {"disc": str(folder)}


def _raise(ended: Message) -> None:
    match ended["end"]:
        case "malformed":
            raise Malformed(ended["code"], ended["detail"])
        case "fault":
            raise CarryFault(ended["code"], ended["detail"])
