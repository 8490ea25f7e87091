"""The file store when the power goes or the disk fails: at every step, the old file or the new one."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from functools import partial
from pathlib import Path

import pytest

from longbien.keys.faults import KeyFault
from longbien.keys.filestore import FileKeyStore

from .stores import ALL, CHEAP, PASSPHRASE, code_of, key_file


class PowerCut(BaseException):
    """The machine stops here; nothing may catch it."""


@contextmanager
def stopping_at(step: int) -> Iterator[list[int]]:
    """Lets `step` calls that change the disk happen, then cuts the power before the next one."""
    done = [0]

    def counted(act: Callable[..., object]) -> Callable[..., object]:
        def either(*args: object, **more: object) -> object:
            if done[0] >= step:
                raise PowerCut
            done[0] += 1
            return act(*args, **more)

        return either

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", counted(os.fsync))
        patch.setattr(Path, "replace", counted(Path.replace))
        patch.setattr(Path, "unlink", counted(Path.unlink))
        yield done


def crashes(act: Callable[[], object], step: int) -> bool:
    with stopping_at(step):
        try:
            act()
        except PowerCut:
            return True
    return False


@pytest.mark.promise("P14")
def test_a_crash_while_changing_the_passphrase_leaves_the_old_or_the_new_one(
    store: FileKeyStore, path: Path
) -> None:
    entry = store.make(ALL[1])
    current, step = PASSPHRASE, 0
    while crashes(lambda: store.change_passphrase(f"passphrase number {step}", cost=CHEAP), step):
        try:
            opened = FileKeyStore(path, current)
        except KeyFault as fault:
            assert fault.code == "PASSPHRASE_WRONG"
            current = f"passphrase number {step}"
            opened = FileKeyStore(path, current)
        assert opened.entries() == (entry,)
        assert not list(path.glob("*.new"))
        step += 1
    assert step >= 4


@pytest.mark.promise("P14")
def test_a_crash_while_making_a_key_leaves_it_whole_or_absent(store: FileKeyStore, path: Path) -> None:
    step = 0
    while crashes(lambda: store.make(ALL[2]), step):
        opened = FileKeyStore(path, PASSPHRASE)
        assert len(opened.entries()) <= 1
        for entry in opened.entries():
            opened.opener(entry.kid)
            opened.destroy(entry.kid)
        assert {file.name for file in path.iterdir()} == {"keystore"}
        step += 1
    assert step >= 4


@pytest.mark.promise("P8")
def test_a_crash_while_destroying_a_key_leaves_it_whole_or_is_finished_at_start(
    store: FileKeyStore, path: Path
) -> None:
    step = 0
    kid = store.make(ALL[2]).kid
    while crashes(lambda: store.destroy(kid), step):
        opened = FileKeyStore(path, PASSPHRASE)
        names = {file.name for file in path.iterdir()}
        assert names in ({"keystore"}, {"keystore", f"{kid.hex()}.key"})
        if len(names) == 1:
            kid = opened.make(ALL[2]).kid
        step += 1
    assert step >= 4


@pytest.mark.promise("P8")
def test_destruction_overwrites_the_bytes_before_the_name_goes(store: FileKeyStore, path: Path) -> None:
    kid = store.make(ALL[2]).kid
    file = key_file(path)
    size = file.stat().st_size
    twin = path / "twin"
    os.link(file, twin)
    store.destroy(kid)
    assert twin.read_bytes() == bytes(size)


@pytest.mark.promise("P13")
def test_a_failing_disk_is_reported_and_leaves_the_old_file(store: FileKeyStore, path: Path) -> None:
    def fails(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        assert code_of(lambda: store.make(ALL[1])) == "KEYSTORE_IO"
        assert code_of(lambda: store.change_passphrase("another long passphrase")) == "KEYSTORE_IO"
    assert FileKeyStore(path, PASSPHRASE).entries() == ()


def test_places_that_cannot_be_used_are_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch(mode=0o600)
    inside = tmp_path / "file" / "keys"
    assert code_of(partial(FileKeyStore.create, inside, PASSPHRASE)) == "KEYSTORE_IO"
    assert code_of(partial(FileKeyStore, inside, PASSPHRASE)) == "KEYSTORE_IO"


def test_a_store_that_vanishes_is_reported(store: FileKeyStore, path: Path) -> None:
    kid = store.make(ALL[2]).kid
    path.rename(path.with_name("elsewhere"))
    assert code_of(partial(store.make, ALL[2])) == "KEYSTORE_IO"
    assert code_of(partial(store.destroy, kid)) == "KEYSTORE_IO"


def test_what_is_no_file_is_refused_and_never_waited_for(store: FileKeyStore, path: Path) -> None:
    kid = store.make(ALL[2]).kid
    file = key_file(path)
    file.unlink()
    os.mkfifo(file, mode=0o600)
    assert code_of(store.entries) == "KEYFILE_DAMAGED"
    file.unlink()
    file.mkdir(mode=0o700)
    assert code_of(store.entries) == "KEYFILE_DAMAGED"
    file.with_name(file.name + ".destroyed").touch()
    assert code_of(partial(store.destroy, kid)) == "KEYSTORE_IO"


@pytest.mark.promise("P13")
def test_a_disk_that_cannot_be_read_is_reported(store: FileKeyStore) -> None:
    store.make(ALL[2])

    def fails(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fstat", fails)
        assert code_of(store.entries) == "KEYSTORE_IO"


def test_a_file_that_cannot_be_opened_is_reported(store: FileKeyStore, path: Path) -> None:
    """A socket stands in for whatever the system will not open."""
    kid = store.make(ALL[2]).kid
    file = key_file(path)
    file.unlink()
    # A socket's name is short; the directory of a test may not be.
    with socket.socket(socket.AF_UNIX) as listening, chdir(path):
        listening.bind(file.name)
    assert code_of(store.entries) == "KEYSTORE_IO"
    assert code_of(partial(store.signer, kid)) == "KEYSTORE_IO"


@pytest.mark.promise("P8")
def test_a_destruction_that_the_disk_refuses_is_reported_and_finished_at_the_next_start(
    store: FileKeyStore, path: Path
) -> None:
    kid = store.make(ALL[2]).kid

    def fails(_path: Path, *, missing_ok: bool = False) -> None:
        raise OSError(30, "Read-only file system")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "unlink", fails)
        assert code_of(partial(store.destroy, kid)) == "KEYSTORE_IO"
    assert FileKeyStore(path, PASSPHRASE).entries() == ()
    assert {file.name for file in path.iterdir()} == {"keystore"}


def test_a_key_that_another_process_destroys_between_listing_and_reading_is_passed_over(
    store: FileKeyStore, path: Path
) -> None:
    first, second = store.make(ALL[2]), store.make(ALL[3])
    names = path.glob

    def glob(pattern: str) -> list[Path]:
        found = sorted(names(pattern))
        (path / f"{first.kid.hex()}.key").unlink(missing_ok=True)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "glob", lambda _path, pattern: glob(pattern))
        assert store.entries() == (second,)
