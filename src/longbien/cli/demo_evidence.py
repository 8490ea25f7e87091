"""Evidence in the demonstration: files are made ready, go with acts, are fetched, and their custody is told as a timeline.

What it knows: where the files of a case lie, and the commands that an officer would give. What it must never do: look into a file.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final, Protocol

from longbien.cli import show
from longbien.cli.asked import CommandRefused, Result
from longbien.cli.failing import FileFault
from longbien.node.opening import machine_now

_PATIENCE: Final = 60.0
_SAMPLE: Final = resources.files("longbien.exercise") / "data" / "evidence"


class Party(Protocol):
    """One State of the demonstration."""

    code: str

    async def do(self, command: str, **arguments: Any) -> Result:  # noqa: ANN401 - JSON values
        """What a command of its node gives."""


def files_of(case: Path | None, names: Sequence[str], folder: Path) -> list[Path]:
    """The files that a case names: those that are shipped, or those beside the case or in a folder `evidence` near it.

    Raises `FileFault` FILE_UNREADABLE.
    """
    if case is None:
        return [_shipped(name, folder) for name in names]
    places = (case.parent, case.parent / "evidence", case.parent.parent / "evidence")
    found = []
    for name in names:
        path = next((place / name for place in places if (place / name).is_file()), None)
        if path is None:
            raise FileFault("FILE_UNREADABLE", f"{name}: not beside {case}, nor in a folder evidence near it")
        found.append(path)
    return found


def _shipped(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes((_SAMPLE / name).read_bytes())
    return path


class Evidence:
    """What was handed over in one demonstration."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._manifests: list[tuple[str, Party, Party]] = []
        self._size = 0
        self._files = 0

    async def make_ready(
        self, holder: Party, other: Party, paths: Sequence[Path], *, office: str, exchange: str = ""
    ) -> Result:
        """The files are noted and sealed; what an act has to name."""
        added = await holder.do(
            "evidence-add",
            files=[str(path) for path in paths],
            exchange=exchange,
            to=[] if exchange else [other.code],
            conditions=[],
            said=[],
            further=[],
            source_kind="other",
            source="Files of the case",
            make="",
            model="",
            serial="",
            tool="demonstration",
            tool_version="1",
            method="copy",
            by="First officer (invented)",
            declared="",
            description="",
            office=office,
        )
        sealed = await holder.do("evidence-seal", bundle=added["bundle"])
        self._manifests.append((sealed["manifest"], holder, other))
        self._files += sealed["files"]
        self._size += sealed["bytes"]
        names = ", ".join(item["name"] for item in added["items"])
        self._tell(holder, f"seals {sealed['files']} files, {sealed['bytes']} bytes: {names}")
        return sealed

    async def locked(self, other: Party, manifest: str) -> bool:
        """Whether the other side has the manifest and no key yet, because conditions are open."""
        shown = await self._until(other, manifest, bool)
        waiting = all(item["is"] == "waits for its key" for item in shown["items"])
        self._tell(
            other, f"has the manifest of {len(shown['items'])} files; their keys wait for the conditions"
        )
        return waiting

    async def fetch(self, holder: Party, other: Party, manifest: str, *, office: str) -> None:
        """The other side gets the keys, fetches every object and verifies it."""
        await holder.do("evidence-send", manifest=manifest)
        await self._until(
            other,
            manifest,
            lambda items: bool(items) and all(item["is"] == "to be fetched" for item in items),
        )
        done = await other.do("evidence-fetch", manifest=manifest, office=office)
        self._tell(
            other, f"fetches {done['arrived']} sealed objects from {holder.code} and verifies every byte"
        )

    async def close(self) -> dict[str, Any]:
        """The timeline of everything, as both sides tell it; what the report says of evidence."""
        unbroken, events, same = True, 0, True
        for manifest, holder, other in self._manifests:
            told = await self._both_tell(manifest, holder, other)
            unbroken = unbroken and all(each["unbroken"] for each in told)
            same = same and told[0]["timeline"] == told[1]["timeline"]
            events += told[0]["events"]
            self._say(f"custody of {manifest[:8]}, sealed by {holder.code}, told alike by both States:")
            for row in told[0]["timeline"]:
                party = row["party"] + (f" → {row['with']}" if row["touch"] == "sent" else "")
                self._say(f"  {show.instant(row['at'])}  file {row['item']}  {party:<8} {row['touch']}")
        return {
            "manifests": len(self._manifests),
            "files": self._files,
            "bytes": self._size,
            "events": events,
            "unbroken": unbroken,
            "same_on_both_sides": same,
        }

    async def _both_tell(self, manifest: str, holder: Party, other: Party) -> list[Result]:
        """What both say, once the one has heard everything from the other."""
        async with _in_time("the custody did not come home"):
            while True:
                told = [await party.do("evidence-custody", of=manifest) for party in (holder, other)]
                if told[0]["events"] == told[1]["events"] and all(each["unbroken"] for each in told):
                    return told
                await asyncio.sleep(0.05)

    async def _until(self, party: Party, manifest: str, fits: Callable[[list[Result]], bool]) -> Result:
        async with _in_time(f"{party.code} waits for evidence"):
            while True:
                try:
                    shown = await party.do("evidence-show", manifest=manifest)
                except CommandRefused as refused:
                    if refused.code != "MANIFEST_UNKNOWN":
                        raise
                    shown = {"items": []}
                if fits(shown["items"]):
                    return shown
                await asyncio.sleep(0.05)

    def _tell(self, party: Party, what: str) -> None:
        self._say(f"{show.instant(machine_now())}  {party.code}  {what}")


@contextlib.asynccontextmanager
async def _in_time(what: str) -> AsyncIterator[None]:
    """A time limit that says what was waited for."""
    try:
        async with asyncio.timeout(_PATIENCE):
            yield
    except TimeoutError as slow:
        raise CommandRefused("DEMO_TOO_SLOW", f"{what} after {_PATIENCE:.0f} s") from slow
