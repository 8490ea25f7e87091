"""Where a node may go by itself: the public network, and networks that its operator has named.

What it knows: addresses. What it must never do: ask twice for the same name. What somebody wrote is looked up once, everything that was found
is checked, and the connection goes to what was checked, so that a name cannot mean one address for the check and another for the visit.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence

from aiohttp.abc import AbstractResolver, ResolveResult

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Addresses of IPv6 that carry one of IPv4 in their last bits (RFC 6052).
_CARRIES_IPV4 = ipaddress.ip_network("64:ff9b::/96")


def permitted(address: str, inside: Sequence[Network]) -> bool:
    """Whether a node may go to this address by itself; `inside` are networks that the operator has named."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        carried = found.ipv4_mapped or found.sixtofour
        if carried is None and found in _CARRIES_IPV4:
            carried = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if carried is not None:
            return permitted(str(carried), inside)
    if any(found in network for network in inside):
        return True
    return found.is_global and not found.is_multicast


def refused(host: str, inside: Sequence[Network]) -> bool:
    """Whether a host is an address as it is written, which no library looks up, and not one to go to."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return not permitted(host, inside)


class Checked(AbstractResolver):
    """Looks a name up and lets through only what was checked; `fault` makes the exception where something was not let through."""

    def __init__(self, inside: Sequence[Network], fault: Callable[[], Exception]) -> None:
        self._inside = inside
        self._fault = fault

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host, if every one of them may be gone to."""
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, family=family
        )
        addresses = sorted({(item[0], str(item[4][0])) for item in found})
        if not all(permitted(address, self._inside) for _, address in addresses):
            raise self._fault()
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, address in addresses
        ]

    async def close(self) -> None:
        """There is nothing to close."""
