"""Where a node hears the outside: one port, and behind it the door for acts, here, and the door for objects, beside.

What it knows: which doors there are. What it must never know: what anybody says at one.
"""

import asyncio
import contextlib
import socket
from collections.abc import Sequence

import uvicorn

from longbien.keys import Peer
from longbien.node import Node
from longbien.peer.doorkeeper import Doorkeeper
from longbien.peer.object_line import PROTOCOL
from longbien.peer.pins import believe
from longbien.peer.threshold import Threshold
from longbien.peer.tls import server_context

_START_SECONDS = 0.01


class Doors:
    """`acts` serves requests; it is started and stopped by whoever made it, and has no sockets of its own."""

    def __init__(self, node: Node, acts: uvicorn.Server, objects: Doorkeeper) -> None:
        self._node = node
        self._acts = acts
        self._objects = objects
        self._context = server_context(node)
        node.directory.listener = self._believe

    async def hear(self, sockets: Sequence[socket.socket]) -> None:
        """Until cancelled; then nobody is served any more who asks for objects."""
        naming = server_context(self._node)
        naming.set_alpn_protocols([PROTOCOL])
        threshold = Threshold(sockets, naming, PROTOCOL, here=self._serve, elsewhere=self._objects.show_in)
        with contextlib.closing(self._objects):
            await threshold.run()

    async def _serve(self, connection: socket.socket) -> None:
        while not self._acts.started:
            await asyncio.sleep(_START_SECONDS)
        await asyncio.get_running_loop().connect_accepted_socket(
            self._protocol, connection, ssl=self._context
        )

    def _protocol(self) -> asyncio.Protocol:
        """What the library makes for each connection that it accepts itself."""
        made: asyncio.Protocol = self._acts.config.http_protocol_class(  # type: ignore[call-arg]
            config=self._acts.config,
            server_state=self._acts.server_state,
            app_state=self._acts.lifespan.state,
        )
        return made

    def _believe(self, peer: Peer) -> None:
        for certificate in peer.descriptor.certificates:
            believe(self._context, certificate)
        self._objects.believe(peer)
