"""Which bytes of an object a reader asks for (RFC 9110 §14).

Knows the header "Range" and sizes; must never know an object. One range a request: a fetcher that wants several sends
several.
"""

import re
from dataclasses import dataclass
from typing import Final

_RANGE: Final = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The bytes from `start` to before `end` of `total`; `whole` when nothing less was asked for."""

    start: int
    end: int
    total: int
    whole: bool

    @property
    def content_range(self) -> str:
        """The value of the header "Content-Range" of an answer 206."""
        return f"bytes {self.start}-{self.end - 1}/{self.total}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsatisfiable:
    """No byte of the object lies in the range: an answer 416 with the header "Content-Range" `content_range`."""

    total: int
    code: str = "RANGE_OUTSIDE"

    @property
    def content_range(self) -> str:
        """The value of the header "Content-Range"."""
        return f"bytes */{self.total}"


def asked(header: str | None, total: int) -> Part | Unsatisfiable:
    """What the header "Range" asks of an object of `total` bytes.

    A header that is absent, in another unit, malformed or about several ranges asks for everything, as RFC 9110 §14.2
    lets a server decide. Of a range that reaches beyond the end, what there is.
    """
    everything = Part(start=0, end=total, total=total, whole=True)
    found = _RANGE.fullmatch(header) if header is not None else None
    if found is None or found["first"] == found["last"] == "":
        return everything
    if found["first"] == "":
        count = min(int(found["last"]), total)
        return _part(total - count, total, total)
    start = int(found["first"])
    if found["last"] == "":
        return _part(start, total, total)
    last = int(found["last"])
    return everything if last < start else _part(start, min(last + 1, total), total)


def _part(start: int, end: int, total: int) -> Part | Unsatisfiable:
    if start >= end:
        return Unsatisfiable(total=total)
    return Part(start=start, end=end, total=total, whole=False)
