"""Somebody else who listens whether a node is alive, on another machine, and calls when it is silent.

What it knows: when it heard a heartbeat last. What it must never need: the node, its store, or a peer.
"""

from collections.abc import Callable, Sequence

from longbien.paging.driver import Driver, Message, NotSent, sent_in_time
from longbien.paging.texts import Sender, words

# As long as the silence lasts, somebody is called again after so many ms.
AGAIN = 600_000


class Watchdog:
    """Listens to one node. `to` are (driver, address); `silence` in ms; `language` is that of those who are called."""

    def __init__(
        self,
        to: Sequence[tuple[Driver, str]],
        sender: Sender,
        *,
        silence: int,
        language: str,
        now: Callable[[], int],
    ) -> None:
        self._to = to
        self._sender = sender
        self._silence = silence
        self._say = words()[language]
        self._now = now
        self._heard = now()
        self._next = 0
        self._number = 0

    def beat(self) -> None:
        """The node is alive."""
        self._heard = self._now()
        self._next = 0

    async def look(self) -> tuple[str, ...]:
        """Calls if the node is silent; what became of each call ("" for sent, or a code), nothing where none was due."""
        now = self._now()
        if now - self._heard < self._silence or now < self._next:
            return ()
        if self._next == 0:
            self._number += 1
        minutes = (now - self._heard) // 60_000
        title = f"{self._sender.mode.upper()} · {self._sender.name} · {self._say['silent']}"
        told = []
        for driver, address in self._to:
            call = Message(
                id=f"silent-{self._heard}-{self._number}",
                address=address,
                title=title,
                text=f"{self._say['silent']} · {self._say['age'].format(minutes=minutes)}",
                link=self._sender.link,
                urgent=True,
                at=now,
            )
            try:
                await sent_in_time(driver, call)
                told.append("")
            except NotSent as failed:
                told.append(failed.code)
        # Where nobody was reached, it is tried again at the next look.
        self._next = now + AGAIN if "" in told else now
        return tuple(told)
