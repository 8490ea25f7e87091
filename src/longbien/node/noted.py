"""What a person says about a file of evidence, from plain words to what the node notes.

What it knows: the words of a form or a command. What it must never know: the file itself.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from longbien.evidence.manifest import METHODS, SOURCE_KINDS, Acquisition, Condition, Device, Source
from longbien.law import read_instant
from longbien.node.evidence.bundles import Brought
from longbien.wire.cbor import Malformed

__all__ = ["METHODS", "SOURCE_KINDS", "WORDS", "brought", "condition"]

# The words that are understood; one that is not said is "".
WORDS = (
    "declared",
    "description",
    "source_kind",
    "source",
    "make",
    "model",
    "serial",
    "tool",
    "tool_version",
    "method",
    "acquired_at",
    "by",
    "copy_of",
)


def brought(
    said: Mapping[str, str],
    *,
    path: Path,
    now: int,
    name: bytes = b"",
    digests: Sequence[str] = (),
    further: Sequence[str] = (),
    redacted: bool = False,
) -> Brought:
    """A file with everything that was said of it; `digests` are written sha256:7d3f…

    Raises:
        Malformed: DIGEST_FORM, TIME_WITHOUT_ZONE.
    """
    words = {word: said.get(word, "").strip() for word in WORDS}
    taken = dict(_digest(text) for text in digests)
    return Brought(
        path=path,
        name=name,
        declared=words["declared"],
        description=words["description"],
        source=_source(words),
        acquisition=_acquisition(words, taken, now),
        said=taken,
        further=further,
        original=_hex(words["copy_of"], "copy_of"),
        redacted=redacted,
    )


def condition(text: str) -> Condition:
    """A condition of use, written as its kind and its words: use_limit:in this case only."""
    code, _, words = text.partition(":")
    return Condition(code=code.strip().replace("_", "-"), text=words.strip())


def _source(words: Mapping[str, str]) -> Source | None:
    if not words["source_kind"]:
        return None
    device = Device(make=words["make"], model=words["model"], serial=words["serial"])
    return Source(
        number=1,
        kind=words["source_kind"],
        description=words["source"],
        device=device if device != Device() else None,
    )


def _acquisition(words: Mapping[str, str], taken: dict[str, bytes], now: int) -> Acquisition | None:
    if not words["tool"] and not words["by"]:
        return None
    at = read_instant(words["acquired_at"]) if words["acquired_at"] else now
    if not isinstance(at, int):
        raise Malformed("TIME_WITHOUT_ZONE", "acquired_at")
    return Acquisition(
        tool=words["tool"],
        version=words["tool_version"],
        method=words["method"] or "other",
        at=at,
        by=words["by"],
        digests=taken,
    )


def _digest(text: str) -> tuple[str, bytes]:
    name, _, digits = text.partition(":")
    return name.strip(), _hex(digits.strip(), "digest")


def _hex(text: str, name: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Malformed("DIGEST_FORM", name) from error
