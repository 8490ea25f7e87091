"""The ways in which the world fails while evidence is moved.

Bytes that are wrong are `Malformed`; a disk, a source or a connection that fails is a `CarryFault`. After either,
nothing stands under a final name that was not there before.
"""

import errno


class CarryFault(Exception):
    """`code` is stable and is one of

    SOURCE_ABSENT, SOURCE_KIND (no file and no block device), SOURCE_UNREADABLE (a sector or the right to read),
    SOURCE_SHRANK, SOURCE_GREW, SOURCE_CHANGED (while it was read), DISK_FULL, DISK_FAILED, OBJECT_EXISTS,
    OBJECT_ABSENT, STORE_GONE (the object store does not answer), REMOTE_GONE (the other side does not answer or does
    not go on), REMOTE_REFUSED (it will not give this object), REMOTE_EXCESS (it sent more than was asked), FETCH_RUNNING (somebody else fetches the same object into
    the same folder), FETCH_KILLED (the process that fetched was killed again and again).

    `detail` is for an operator: places and offsets, never content.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def of_disk(fault: OSError, place: object) -> CarryFault:
    """What an error of the file system means to whoever writes."""
    full = fault.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    reason = fault.strerror or type(fault).__name__
    return CarryFault("DISK_FULL" if full else "DISK_FAILED", f"{place}: {reason}")
