"""Names of evidence: kept as they were given, shown and stored so that they can do no harm.

Knows what a file name can hide: control characters, marks that turn the direction of writing, invisible characters,
steps to other folders, names that some system reserves. The name as given is a byte string and data like any other;
nothing here changes it.
"""

import re
import unicodedata
from typing import Final

NAME_BYTES_MAX: Final = 4096
STORED_CHARACTERS_MAX: Final = 120

# What is unsafe to show: control, format (direction marks, zero width), surrogates, private use, unassigned, line and
# paragraph ends.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters, marks and symbols that show as nothing: joiner, fillers, an empty Braille cell, variation selectors.
_EMPTY: Final = frozenset(
    {
        0x034F,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        0x2800,
        0x3164,
        0xFFA0,
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    }
)
_UNSTORABLE: Final = re.compile(r"[^0-9A-Za-z._-]+")
_DOTS: Final = re.compile(r"\.{2,}")


def shown(name: bytes) -> str:
    """The name for the eyes: every character that could hide or move something is written out, ⟨U+202E⟩, and bytes
    that are no UTF-8 ⟨0xFF⟩.

    Different names look different, except where letters of two scripts look alike.
    """
    text = name.decode("utf-8", "surrogateescape")
    return "".join(_shown(character) for character in text) or "⟨⟩"


def stored(name: bytes, number: int) -> str:
    """A name under which an item can be written in any file system: its number in the manifest and what is harmless
    of its name.

    Two items of one manifest never share a stored name, whatever their names and whatever the case of letters means
    to the system. The number in front also keeps clear of names that some systems take for a device.
    """
    last = name.decode("utf-8", "replace").replace("\\", "/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFKD", last)
    plain = _DOTS.sub(".", _UNSTORABLE.sub("_", plain)).strip("._-")
    stem, dot, ending = plain.rpartition(".")
    room = STORED_CHARACTERS_MAX - len(ending) - len(dot)
    if dot and stem and len(ending) <= 16:
        plain = stem[:room] + dot + ending
    plain = plain[:STORED_CHARACTERS_MAX].rstrip("._-")
    return f"{number:06}-{plain}" if plain else f"{number:06}"


def _shown(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"⟨0x{code - 0xDC00:02X}⟩"
    category = unicodedata.category(character)
    # Of all spaces only the plain one is shown as it is.
    strange_space = category == "Zs" and character != " "
    if character in "⟨⟩" or category in _HIDDEN or strange_space or code in _EMPTY:
        return f"⟨U+{code:04X}⟩"
    return character
