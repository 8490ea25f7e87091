"""Reading exactly so many bytes of an open file at a place.

What it knows: that the system may give fewer bytes than were asked for. What it must never know: what the file is; whoever owns it
says how a failure is called.
"""

import os
from collections.abc import Callable

from longbien.carry.faults import CarryFault


def read_whole(
    read: Callable[[memoryview, int], int],
    offset: int,
    view: memoryview,
    *,
    failed: Callable[[int, OSError], CarryFault],
    ended: Callable[[int], CarryFault],
) -> None:
    """Fills `view` with the bytes from `offset` on; `read` fills what it can of a view and raises OSError.

    Raises:
        CarryFault: `failed(place, cause)` when the system cannot read at `place`; `ended(place)` when the file ends there.
    """
    done = 0
    while done < len(view):
        try:
            count = read(view[done:], offset + done)
        except OSError as fault:
            raise failed(offset + done, fault) from fault
        if count == 0:
            raise ended(offset + done)
        done += count


def at(handle: int) -> Callable[[memoryview, int], int]:
    """Reads of an open file at a place."""
    return lambda view, offset: os.preadv(handle, [view], offset)
