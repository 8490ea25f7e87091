"""Names the first fault in bytes that are not deterministic CBOR of ours.

Knows the same rules as `longbien.wire.cbor` a second time, straight from the bytes and without the library,
so that a fault has one stable code whatever the library's messages say, and so that two readings of the rules
can be tested against each other. It runs only after a message has already been refused, is linear in the
bytes, and stops at the first fault or after `MAX_ITEMS` items. It must never return a value from the bytes.
"""

from typing import Final

# A parcel has 4 levels and the body of an act a few more. Precedent: serde_json stops at 128.
MAX_DEPTH: Final = 16

# Keys, values, members and containers together: eight bytes for each in the largest message. Bounds the
# memory that one message of tiny items can claim.
MAX_ITEMS: Final = 131_072

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _OTHER = range(8)
_FALSE_TRUE_NULL: Final = (20, 21, 22)


class Malformed(ValueError):
    """Bytes that are not a message of ours; the only exception that leaves a parser.

    `code` is stable and SHOUTED_SNAKE; `detail` says where, in machine words, and never repeats what a
    message says.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail

    def __reduce__(self) -> tuple[type["Malformed"], tuple[str, str]]:
        """Lets the verdict cross from a worker process unchanged."""
        return type(self), (self.code, self.detail)


def fault(data: bytes) -> Malformed | None:
    """The first fault of `data` in the order of its bytes, or None if it has none (RFC 8949 §3, §4.2.1)."""
    reading = _Reading(data)
    try:
        reading.item(MAX_DEPTH)
        if reading.offset != len(data):
            raise reading.fault("CBOR_TRAILING")
    except Malformed as found:
        return found
    return None


class _Reading:
    """A walk over the bytes; `offset` is the next byte to read."""

    __slots__ = ("data", "items", "offset")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0
        self.items = 0

    def fault(self, code: str) -> Malformed:
        return Malformed(code, f"near byte {self.offset}")

    def item(self, levels: int) -> int:
        """Walks over one item and everything inside it; its major type."""
        self.items += 1
        if self.items > MAX_ITEMS:
            raise self.fault("CBOR_TOO_LARGE")
        major, argument = self.head()
        if major in {_BYTES, _TEXT}:
            self.string(major, argument)
        elif major in {_ARRAY, _MAP}:
            self.container(major, argument, levels)
        elif major == _TAG:
            raise self.fault("CBOR_TYPE")
        return major

    def head(self) -> tuple[int, int]:
        initial = self.take(1)[0]
        major, short = initial >> 5, initial & 31
        if major == _OTHER:
            self.simple(short)
            return major, short
        if short < 24:
            return major, short
        if short == 31:
            # An indefinite length is CBOR, but not its deterministic form; the other majors have no such
            # head.
            raise self.fault("CBOR_NOT_CANONICAL" if _BYTES <= major <= _MAP else "CBOR_INVALID")
        if short > 27:
            raise self.fault("CBOR_INVALID")
        width = 1 << (short - 24)
        argument = int.from_bytes(self.take(width), "big")
        smallest = 24 if width == 1 else 1 << (4 * width)
        if argument < smallest:
            raise self.fault("CBOR_NOT_CANONICAL")
        return major, argument

    def simple(self, short: int) -> None:
        if short in _FALSE_TRUE_NULL:
            return
        if short > 27:
            # 28 to 30 are reserved, 31 is a break outside any indefinite item.
            raise self.fault("CBOR_INVALID")
        if short >= 24:
            content = self.take(1 << (short - 24))
            if short == 24 and content[0] < 32:
                raise self.fault("CBOR_INVALID")
        raise self.fault("CBOR_TYPE")

    def string(self, major: int, length: int) -> None:
        content = self.take(length)
        if major == _TEXT:
            try:
                content.decode()
            except UnicodeDecodeError:
                raise self.fault("CBOR_TEXT") from None

    def container(self, major: int, count: int, levels: int) -> None:
        if levels == 0:
            raise self.fault("CBOR_DEPTH")
        if major == _ARRAY:
            for _ in range(count):
                self.item(levels - 1)
            return
        seen: set[bytes] = set()
        before = b""
        for _ in range(count):
            key = self.key()
            if key in seen:
                raise self.fault("CBOR_DUPLICATE_KEY")
            if key < before:
                raise self.fault("CBOR_NOT_CANONICAL")
            seen.add(key)
            before = key
            self.item(levels - 1)

    def key(self) -> bytes:
        start = self.offset
        # A key that is a container would be refused for its depth first; as a key, its type is the fault.
        if start < len(self.data) and self.data[start] >> 5 not in {_UNSIGNED, _NEGATIVE, _TEXT}:
            raise self.fault("CBOR_TYPE")
        self.item(0)
        return self.data[start : self.offset]

    def take(self, count: int) -> bytes:
        end = self.offset + count
        if end > len(self.data):
            raise self.fault("CBOR_TRUNCATED")
        content = self.data[self.offset : end]
        self.offset = end
        return content
