"""What a person says about a file of evidence, from the arguments of a command to what the node notes.

What it knows: arguments. What it must never know: the file itself.
"""

from pathlib import Path

from longbien.cli.asked import Arguments, CommandRefused, from_hex
from longbien.evidence.manifest import Acquisition, Condition, Device, Source
from longbien.law import read_instant
from longbien.node.evidence.bundles import Brought


def brought(given: Arguments, path: str, now: int) -> Brought:
    """A file with everything that was said of it; raises `CommandRefused` ARGUMENT_INVALID, TIME_WITHOUT_ZONE."""
    said = dict(_digest(text) for text in given.texts("said"))
    copied = given.text("copy_of") if given.get("copy_of") else ""
    return Brought(
        path=Path(path),
        declared=given.text("declared"),
        description=given.text("description"),
        source=_source(given),
        acquisition=_acquisition(given, said, now),
        said=said,
        further=given.texts("further"),
        original=from_hex(copied, "copy_of"),
        redacted=bool(given.get("redacted")),
    )


def _source(given: Arguments) -> Source | None:
    if not given.get("source_kind"):
        return None
    device = Device(make=given.text("make"), model=given.text("model"), serial=given.text("serial"))
    return Source(
        number=1,
        kind=given.text("source_kind"),
        description=given.text("source"),
        device=device if device != Device() else None,
    )


def _acquisition(given: Arguments, said: dict[str, bytes], now: int) -> Acquisition | None:
    if not given.get("tool") and not given.get("by"):
        return None
    at = read_instant(given.text("acquired_at")) if given.get("acquired_at") else now
    if not isinstance(at, int):
        raise CommandRefused("TIME_WITHOUT_ZONE", "acquired_at")
    return Acquisition(
        tool=given.text("tool"),
        version=given.text("tool_version"),
        method=given.text("method"),
        at=at,
        by=given.text("by"),
        digests=said,
    )


def _digest(text: str) -> tuple[str, bytes]:
    name, _, digits = text.partition(":")
    return name, from_hex(digits, "digest")


def condition(text: str) -> Condition:
    """A condition of use, written as its kind and its words: use_limit:in this case only."""
    code, _, words = text.partition(":")
    return Condition(code=code.strip().replace("_", "-"), text=words.strip())
