"""A process beside the node: for work that is large and never urgent, so that acts never wait for it.

What it knows: how such a process is started, spoken with, and how each side notices that the other is gone. What it must never know:
the work. Both ends are the same program under the same user; keys go through a socket between the two and nowhere else. Who works
beside a node steps back: it takes a processor when nobody else wants one.
"""

import os
import select
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from threading import Thread
from typing import Any, Final, Self

from longbien.carry.pace import step_back
from longbien.wire import cbor

_HANDLES_MAX: Final = 1
_MESSAGE_BYTES_MAX: Final = 128 * 1024
Message = Mapping[str, Any]


class Talk:
    """One end: messages that arrive whole, in order, each with at most one open file. Whoever speaks into the void is told nothing."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def say(self, message: Message, handles: Sequence[int] = ()) -> None:
        """Raises OSError when the other side is gone."""
        socket.send_fds(self._end, [cbor.encode(message)], handles)

    def hear(self) -> tuple[Message, list[int]] | None:
        """The next message and the files that came with it; None when the other side is gone."""
        try:
            raw, handles, _flags, _address = socket.recv_fds(self._end, _MESSAGE_BYTES_MAX, _HANDLES_MAX)
        except ConnectionError:
            return None
        if not raw:
            return None
        message = cbor.decode(raw)
        assert isinstance(message, dict), "both ends are the same program"
        return message, handles

    def fileno(self) -> int:
        """For waiting."""
        return self._end.fileno()

    def close(self) -> None:
        """The other side notices."""
        self._end.close()


class Beside:
    """The node's end of a process that runs `module`; leaving the `with` block ends it, whatever it does."""

    def __init__(self, module: str) -> None:
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._process = subprocess.Popen(  # noqa: S603 - this program again
                [sys.executable, "-m", module, str(its.fileno())],
                pass_fds=[its.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self.talk = Talk(mine)
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._process.kill()
        self._process.wait()
        self.talk.close()


def stand_beside() -> Talk:
    """What such a process does first: it steps back, and ends at once when its node is gone."""
    step_back()
    end = socket.socket(fileno=int(sys.argv[1]))
    Thread(target=_end_with, args=(end,), name="node", daemon=True).start()
    return Talk(end)


def _end_with(end: socket.socket) -> None:
    hangup = select.poll()
    hangup.register(end, 0)
    hangup.poll()
    os._exit(0)
