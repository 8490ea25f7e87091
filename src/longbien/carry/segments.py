"""Sealed objects in an S3-compatible store, as segments that are each written once.

Knows keys of such a store and what may be relied on: creating a key that is not there, and nothing else (no locks, no
compare-and-swap; lists only name what is to be deleted; an upload in parts cannot be made create-only). So an object is segments of 16 MiB under its
identifier, and a last small key that says how many bytes there are and which segments are kept; it is written when
all of them are, and without it there is no object. A segment of nothing but zeros is not kept. It must never know a
key of encryption.
"""

import contextlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Self

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore as Bucket

from longbien.carry.faults import CarryFault
from longbien.carry.sealing import Reader
from longbien.evidence.sealed import CHUNK_BYTES, TAG_BYTES
from longbien.wire import cbor
from longbien.wire.fields import Fields

SEGMENT_BYTES: Final = 16 * CHUNK_BYTES
_UPLOADS: Final = 3
_ZEROS: Final = memoryview(bytes(CHUNK_BYTES))
_WHOLE: Final = "whole"
# A bit for each segment: 64 KiB name 8 TiB.
_MARKER_BYTES_MAX: Final = 1 << 20


class SegmentStore:
    """Objects in a bucket (or in whatever else `obstore` opens); see `ObjectStore`.

    What a killed seal leaves has no last key and is never seen; `delete` removes it, and the next try takes another
    identifier. What a killed `take` leaves is what the next one goes on with.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def create(self, object_id: bytes, size: int) -> "SegmentSink":
        """See `ObjectStore.create`."""
        return SegmentSink(self._bucket, object_id.hex(), size)

    def open(self, object_id: bytes) -> "SegmentReader":
        """See `ObjectStore.open`."""
        return SegmentReader(self._bucket, object_id.hex())

    def take(self, object_id: bytes, reader: Reader, moved: Callable[[int], None]) -> None:
        """A copy of a sealed object from elsewhere; `moved` hears of its bytes.

        Raises CarryFault: OBJECT_EXISTS, STORE_GONE, and what `reader` raises. After any of them the next call goes on.
        """
        piece = memoryview(bytearray(CHUNK_BYTES))
        with SegmentSink(self._bucket, object_id.hex(), reader.size, goes_on=True) as sink:
            for start in range(0, reader.size, CHUNK_BYTES):
                part = piece[: min(CHUNK_BYTES, reader.size - start)]
                reader.read_into(start, part)
                if part != _ZEROS[: len(part)]:
                    sink.append_tail(part, start)
                moved(len(part))
            sink.finish()

    def delete(self, object_id: bytes) -> None:
        """See `ObjectStore.delete`. The last key goes first, so that nobody sees half an object; what never became one goes too."""
        name = object_id.hex()
        keys = _keys(self._bucket, name)
        if not keys:
            raise CarryFault("OBJECT_ABSENT", name)
        for key in sorted(keys, key=lambda key: not key.endswith(_WHOLE)):
            _delete(self._bucket, key)


class SegmentSink:
    """An object in the making; see `Sink`. Raises CarryFault: OBJECT_EXISTS, STORE_GONE.

    With `goes_on`, what was sent stays when it comes to nothing, for somebody who sends the same bytes again.
    """

    def __init__(self, bucket: Bucket, name: str, size: int, *, goes_on: bool = False) -> None:
        self._bucket = bucket
        self._name = name
        self._size = size
        self._goes_on = goes_on
        self._chunk = memoryview(bytearray(CHUNK_BYTES + TAG_BYTES))
        self._segment: memoryview | None = None
        self._index = 0
        self._kept: list[int] = []
        self._pending: deque[Future[None]] = deque()
        self._uploads = ThreadPoolExecutor(_UPLOADS, thread_name_prefix="upload")
        self._finishing = False
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._uploads.shutdown(wait=True, cancel_futures=True)
        if self._finished or self._goes_on:
            return
        # Whether the last key was put may be unknown; while it may be there, the segments stay, so that there never is
        # half an object. A segment that was there before belongs to somebody else.
        with contextlib.suppress(CarryFault):
            if self._finishing:
                _delete(self._bucket, _key(self._name, _WHOLE))
            for index in self._kept:
                _delete(self._bucket, _key(self._name, index))

    def buffer(self) -> memoryview:
        """See `Sink.buffer`."""
        return self._chunk

    def write(self, buffer: memoryview, length: int, offset: int) -> None:
        """See `Sink.write`."""
        self.append_tail(buffer[:length], offset)

    def append_tail(self, tail: memoryview | bytes, offset: int) -> None:
        """See `Sink.append_tail`."""
        view = memoryview(tail)
        while view:
            index, start = divmod(offset, SEGMENT_BYTES)
            if self._segment is None or index != self._index:
                self._send()
                self._index = index
                self._segment = memoryview(bytearray(min(SEGMENT_BYTES, self._size - index * SEGMENT_BYTES)))
            part = view[: SEGMENT_BYTES - start]
            self._segment[start : start + len(part)] = part
            view = view[len(part) :]
            offset += len(part)

    def finish(self) -> None:
        """See `Sink.finish`."""
        self._send()
        while self._pending:
            self._pending.popleft().result()
        bits = bytearray(-(-self._size // (8 * SEGMENT_BYTES)))
        for index in self._kept:
            bits[index // 8] |= 1 << index % 8
        marker = cbor.encode({"kept": bytes(bits), "segment": SEGMENT_BYTES, "size": self._size})
        if _holds(self._bucket, _key(self._name, _WHOLE)):
            raise CarryFault("OBJECT_EXISTS", self._name)
        self._finishing = True
        _put(self._bucket, _key(self._name, _WHOLE), marker)
        self._finished = True

    def _send(self) -> None:
        if self._segment is None:
            return
        while len(self._pending) >= _UPLOADS:
            self._pending.popleft().result()
        self._pending.append(self._uploads.submit(self._upload, self._index, self._segment))
        self._segment = None

    def _upload(self, index: int, segment: memoryview) -> None:
        key = _key(self._name, index)
        if not (self._goes_on and _holds(self._bucket, key, segment)):
            _put(self._bucket, key, segment)
        self._kept.append(index)


class SegmentReader:
    """A whole object; see `Reader`. Raises CarryFault: OBJECT_ABSENT, STORE_GONE; `Malformed` for a last key that is
    not ours.
    """

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket = bucket
        self._name = name
        try:
            marker = obstore.get(bucket, _key(name, _WHOLE)).bytes().to_bytes()
        except FileNotFoundError:
            raise CarryFault("OBJECT_ABSENT", name) from None
        except (BaseError, OSError) as fault:
            raise _gone(fault) from fault
        fields = Fields(cbor.decode(marker, limit=_MARKER_BYTES_MAX), "whole")
        self._bits = fields.bytes("kept")
        self._segment_bytes = fields.int("segment", min=1)
        self.size = fields.int("size")
        fields.done()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        """Nothing is held open."""

    def read_into(self, offset: int, view: memoryview) -> None:
        """See `Reader.read_into`."""
        while view:
            index, start = divmod(offset, self._segment_bytes)
            part = view[: self._segment_bytes - start]
            if self._is_kept(index):
                part[:] = self._range(index, start, start + len(part))
            else:
                part[:] = bytes(len(part))
            view = view[len(part) :]
            offset += len(part)

    def _is_kept(self, index: int) -> bool:
        return index < 8 * len(self._bits) and bool(self._bits[index // 8] >> index % 8 & 1)

    def _range(self, index: int, start: int, end: int) -> memoryview:
        try:
            found = memoryview(obstore.get_range(self._bucket, _key(self._name, index), start=start, end=end))
        except FileNotFoundError:
            raise CarryFault("OBJECT_ABSENT", _key(self._name, index)) from None
        except (BaseError, OSError) as fault:
            raise _gone(fault) from fault
        if len(found) != end - start:
            raise CarryFault("STORE_GONE", f"{_key(self._name, index)} ends at {start + len(found)}")
        return found


def _key(name: str, part: int | str) -> str:
    return f"{name}/{part:08}" if isinstance(part, int) else f"{name}/{part}"


def _put(bucket: Bucket, key: str, content: memoryview | bytes) -> None:
    try:
        obstore.put(bucket, key, content, mode="create", use_multipart=False)
    except AlreadyExistsError:
        # The answer to a first try may have been lost. What is sealed under a fresh salt is like nothing else, so the
        # same bytes are ours.
        if not _holds(bucket, key, content):
            raise CarryFault("OBJECT_EXISTS", key) from None
    except (BaseError, OSError) as fault:
        raise _gone(fault) from fault


def _holds(bucket: Bucket, key: str, content: memoryview | bytes | None = None) -> bool:
    """Whether the key is there, with this content if one is given."""
    try:
        found = obstore.get(bucket, key)
        return content is None or found.bytes().to_bytes() == bytes(content)
    except FileNotFoundError:
        return False
    except (BaseError, OSError) as fault:
        raise _gone(fault) from fault


def _keys(bucket: Bucket, name: str) -> list[str]:
    """Every key of an object, whole or not."""
    try:
        return [each["path"] for page in obstore.list(bucket, name) for each in page]
    except (BaseError, OSError) as fault:
        raise _gone(fault) from fault


def _delete(bucket: Bucket, key: str) -> None:
    try:
        obstore.delete(bucket, key)
    except FileNotFoundError:
        pass
    except (BaseError, OSError) as fault:
        raise _gone(fault) from fault


def _gone(fault: Exception) -> CarryFault:
    return CarryFault("STORE_GONE", type(fault).__name__)
