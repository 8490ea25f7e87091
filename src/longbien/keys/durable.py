"""Small files that survive a power cut, are seen by nobody else, and can be made to disappear.

Knows paths, permissions and the order of `fsync`; knows nothing of what the bytes mean. Every write is: new
file beside the old one, written and synced, renamed over it, directory synced. So a reader finds the old
bytes or the new ones.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from longbien.keys.faults import KeyFault

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700
UNFINISHED = ".new"
DOOMED = ".destroyed"


def make_directory(path: Path) -> None:
    """Make a directory that only its owner may enter. Raises KeyFault KEYSTORE_IO."""
    try:
        path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        path.chmod(PRIVATE_DIRECTORY)
        sync_directory(path.parent)
    except OSError as fault:
        raise _io(path, fault) from fault


def check_directory(path: Path) -> None:
    """Raises KeyFault KEYSTORE_MISSING, or KEYFILE_EXPOSED when group or others may enter."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise KeyFault("KEYSTORE_MISSING", str(path)) from None
    except OSError as fault:
        raise _io(path, fault) from fault
    if not stat.S_ISDIR(found.st_mode):
        raise KeyFault("KEYSTORE_MISSING", f"{path} is not a directory")
    _check_owner(path, found)


def read(path: Path, *, limit: int) -> bytes:
    """The bytes of a private file.

    Raises KeyFault: KEY_ABSENT, KEYFILE_EXPOSED (wrong mode, foreign owner, a link), KEYFILE_DAMAGED (longer than
    `limit`, or no file at all), KEYSTORE_IO. Mode and owner are those of the open file, so it cannot be exchanged
    between check and read.
    """
    handle = _open(path)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise KeyFault("KEYFILE_DAMAGED", f"{path} is not a file")
        _check_owner(path, found)
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    except OSError as fault:
        raise _io(path, fault) from fault
    finally:
        os.close(handle)
    if len(data) > limit:
        raise KeyFault("KEYFILE_DAMAGED", f"{path} is longer than {limit} bytes")
    return data


def write(path: Path, data: bytes) -> None:
    """Replace or create `path` with `data`, mode 0600; when this returns, the bytes are durable.

    Raises KeyFault KEYSTORE_IO; then the old file is untouched. A crash may leave `<name>.new`, which `sweep`
    removes.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        unfinished.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(unfinished, flags, PRIVATE_FILE), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync_directory(path.parent)
    except OSError as fault:
        raise _io(path, fault) from fault


def destroy(path: Path) -> None:
    """Overwrite and remove `path`; when this returns, the name is gone for good.

    The rename comes first, so that a crash in the middle leaves a file that `sweep` finishes and never a key
    file that looks damaged. On flash memory and copy-on-write file systems the overwrite may miss the old
    cells; what protects there is that the bytes were encrypted. Raises KeyFault: KEY_ABSENT, KEYSTORE_IO.
    """
    doomed = path.with_name(path.name + DOOMED)
    try:
        path.replace(doomed)
        sync_directory(path.parent)
    except FileNotFoundError:
        raise KeyFault("KEY_ABSENT", str(path)) from None
    except OSError as fault:
        raise _io(path, fault) from fault
    _erase(doomed)


def sweep(directory: Path) -> None:
    """Finish what a crash interrupted: unfinished writes are dropped, begun destructions completed."""
    for path in sorted(directory.glob("*" + UNFINISHED)) + sorted(directory.glob("*" + DOOMED)):
        _erase(path)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Nobody else who asks in this way changes the directory meanwhile. Raises KeyFault KEYSTORE_IO."""
    try:
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as fault:
        raise _io(directory, fault) from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        # Closing the handle gives the lock back, also after a crash.
        os.close(handle)


def sync_directory(path: Path) -> None:
    """Make renames and removals in `path` durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    # Without O_NONBLOCK a named pipe in place of a file would hold the node for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        raise KeyFault("KEY_ABSENT", str(path)) from None
    except OSError as fault:
        if path.is_symlink():
            raise KeyFault("KEYFILE_EXPOSED", f"{path} is a link") from fault
        raise _io(path, fault) from fault


def _erase(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "wb", buffering=0) as file:
            file.write(bytes(os.fstat(file.fileno()).st_size))
            os.fsync(file.fileno())
        path.unlink()
        sync_directory(path.parent)
    except OSError as fault:
        raise _io(path, fault) from fault


def _check_owner(path: Path, found: os.stat_result) -> None:
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise KeyFault("KEYFILE_EXPOSED", f"{path} has mode {stat.S_IMODE(found.st_mode):04o}")
    if found.st_uid != os.geteuid():
        raise KeyFault("KEYFILE_EXPOSED", f"{path} belongs to user {found.st_uid}")


def _io(path: Path, fault: OSError) -> KeyFault:
    return KeyFault("KEYSTORE_IO", f"{path}: {fault.strerror or fault.__class__.__name__}")
