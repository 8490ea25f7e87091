"""Everything else, by the library Apprise where it is installed; an address is one of its URLs.

What it knows: how to ask the library. It is an optional part, because hardly any node needs it.
"""

from importlib import import_module, util

from longbien.paging.driver import Message, NotSent


class Apprise:
    """The channel `apprise`."""

    name = "apprise"

    async def send(self, message: Message) -> None:
        """The service has taken it, as far as the library can tell; raises `NotSent`."""
        if util.find_spec("apprise") is None:
            raise NotSent("APPRISE_MISSING", "install longbien[paging]")
        caller = import_module("apprise").Apprise()
        if not caller.add(message.address):
            raise NotSent("ADDRESS_REFUSED")
        if not await caller.async_notify(title=message.title, body=f"{message.text}\n{message.link}"):
            raise NotSent("CHANNEL_REFUSED")
