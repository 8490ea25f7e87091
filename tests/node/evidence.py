"""What tests of evidence share: files that are made ready, acts that name them, and a case in which they are asked for."""

from contextlib import nullcontext
from pathlib import Path

from law import sample
from longbien.carry import CarryFault, Manner, Wanted, pieces
from longbien.carry.place import Place
from longbien.carry.receiving import receive
from longbien.evidence.manifest import Acquisition, Source
from longbien.evidence.ticket import ticket_of
from longbien.node import Denied, Sent
from longbien.node.evidence.bundles import Brought, Signed

from .pair import NOW, OFFICE, Pair, Side, pair

BODIES = sample.stored_data_access(NOW)
CONDITION = {"kind": "use_limit", "text": "Use in this case only."}
ACQUIRED = Acquisition(tool="dd", version="9.4", method="physical", at=NOW, by="An officer (invented)")
DISK = Source(number=1, kind="device", description="A disk (invented)")


def made_ready(side: Side, *paths: Path, **belongs) -> Signed:
    """These files, sealed, under a signed manifest."""
    bundle = side.node.evidence.bundles.begin(office=OFFICE, **belongs)
    assert isinstance(bundle, bytes), bundle
    for path in paths:
        added = side.node.evidence.bundles.add(bundle, Brought(path=path, source=DISK, acquisition=ACQUIRED))
        assert not isinstance(added, Denied), added
    signed = side.node.evidence.bundles.seal(bundle)
    assert isinstance(signed, Signed), signed
    return signed


def files(folder: Path, **contents: bytes) -> list[Path]:
    """New files with these contents."""
    paths = []
    for name, content in contents.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return paths


def attached(*signed: Signed) -> dict:
    """The body of a request that evidence goes with."""
    attachments = [
        {"name": "Manifest", "sha256": digest, "size": 1, "media_type": "application/cose"}
        for each in signed
        for digest in each.digests
    ]
    return {**BODIES["open"], "attachments": attachments}


def asked(folder: Path | None, **opening) -> tuple[Pair, bytes]:
    """VN has asked RU for data, and RU is at work on it."""
    two = pair(folder=folder)
    sent = two.vn.act("open", {**BODIES["open"], **opening}, to="RU", procedure="stored-data-access")
    assert isinstance(sent, Sent), sent
    settle(two)
    for act in ("acknowledge", "route", "accept", "authorise"):
        assert isinstance(two.ru.act(act, BODIES[act], exchange=sent.exchange), Sent)
    settle(two)
    return two, sent.exchange


def answer(*signed: Signed, conditions: bool = True) -> dict:
    """An answer that names these manifests."""
    digests = [digest for each in signed for digest in each.digests]
    answers = [{**item, "evidence": digests} for item in BODIES["answer"]["answers"]]
    body = {name: value for name, value in BODIES["answer"].items() if name != "conditions"}
    return {**body, "answers": answers, **({"conditions": [CONDITION]} if conditions else {})}


def settle(two: Pair) -> None:
    """Both nodes do what is due, and everything that may go arrives, until nothing moves any more."""
    for _ in range(20):
        for side in two.sides.values():
            side.node.evidence.tend()
        if not two.deliver():
            waiting = [row for side in two.sides.values() for row in outbox(side)]
            if not waiting:
                return
            for side in two.sides.values():
                side.clock.now += 2_000
    raise AssertionError(f"never at rest: {waiting}")


def outbox(side: Side) -> list[tuple[str, str]]:
    """What waits, and why."""
    with side.store.transaction() as tx:
        return [(row.kind, row.reason) for row in tx.outbox.all()]


def secrets(side: Side, manifest: bytes) -> int:
    """How many keys of a manifest a node holds."""
    with side.store.transaction() as tx:
        items = tx.evidence.items(manifest)
        return len(tx.evidence.secrets([item.object for item in items]))


class Direct:
    """The way to another node's objects without a network; `cut` pieces in, the line is gone for good."""

    def __init__(self, holder: Side, place: Place, cut: int | None = None) -> None:
        self._holder = holder.node.evidence
        self._place = place
        self._tickets: dict[bytes, bytes] = {}
        self.left = cut

    def bring(self, wanted: Wanted, told) -> None:
        self._tickets[wanted.object_id] = ticket_of(wanted.key, wanted.object_id)
        receive(wanted, self, self._place, manner=AT_ONCE, told=lambda each: told(each.done, each.total))

    def read_range(self, object_id: bytes, start: int, end: int):
        if not self._holder.reading.opens_to(object_id, self._tickets[object_id]):
            raise CarryFault("REMOTE_REFUSED", object_id.hex())
        with self._holder.objects.open(object_id) as reader:
            for piece in pieces(reader, start, end):
                if self.left is not None:
                    if not self.left:
                        raise CarryFault("REMOTE_GONE", "cut")
                    self.left -= 1
                yield piece


AT_ONCE = Manner(waits=(0.0,), sleep=lambda _seconds: None)


def handed_over(two: Pair, exchange: bytes, *paths: Path) -> Signed:
    """RU has answered with these files, and VN holds their keys."""
    signed = made_ready(two.ru, *paths, exchange=exchange)
    assert isinstance(two.ru.act("answer", answer(signed, conditions=False), exchange=exchange), Sent)
    settle(two)
    return signed


def carrier(two: Pair, cut: int | None = None):
    """VN's way to the objects of others."""
    place = two.vn.node.evidence.objects
    return lambda party: nullcontext(Direct(two.sides[party], place, cut))


def fetched(two: Pair, signed: Signed, *, cut: int | None = None):
    """VN fetches from RU."""
    return two.vn.node.evidence.reading.fetch(signed.manifest, carrier(two, cut), office=OFFICE)
