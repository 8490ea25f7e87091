"""Evidence in a simulated world: files that officers seal and name in their acts, and that the other side fetches.

What it knows: the doors of a node for evidence, and what an officer does at them. What it must never do: hand a key or an object
over by itself. Files are real and tiny; their way between two States is open when a fetch begins or not at all, and may end half way.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from longbien.carry import CarryFault, Manner, Wanted, fetch, pieces
from longbien.evidence.ticket import ticket_of
from longbien.exercise.bodies import Body
from longbien.exercise.cast import OFFICE
from longbien.exercise.seat import Seat
from longbien.node import Denied, Tell
from longbien.node.evidence.bundles import Brought, Signed
from longbien.node.evidence.reading import Fetched

if TYPE_CHECKING:
    from longbien.exercise.world import SimulatedWorld

EXHIBIT: Final = Path(str(resources.files("longbien.exercise") / "data" / "parties.toml"))
_AT_ONCE = Manner(waits=(0.0,), sleep=lambda _seconds: None)
_ANSWERS = frozenset({"answer", "partial"})


class Exhibits:
    """What the officers of one world do with evidence."""

    def __init__(self, world: "SimulatedWorld") -> None:
        self._world = world
        self._any = False

    def named(self, seat: Seat, act: str, body: Body, *, exchange: bytes, to: str) -> Body | None:
        """The body with evidence that was made ready for it, or as it is; `None` when the node fell meanwhile."""
        chance = self._world.chance.random()
        if act in _ANSWERS and chance < 0.8:
            ready = self._ready(seat, exchange=exchange)
            return None if ready is None else answered(body, ready.digests, bare=chance < 0.2)
        if to and "measure" in body and chance < 0.2:
            ready = self._ready(seat, to=[to])
            return None if ready is None else _attached(body, ready.digests)
        return body

    def _ready(self, seat: Seat, **belongs: object) -> Signed | None:
        """A signed manifest over one file or two."""
        do, node = self._world.do, seat.node
        assert node is not None, "an officer sits before a node that runs"
        self._any = True
        bundles = node.evidence.bundles
        bundle = do(seat, "bundle", partial(bundles.begin, office=OFFICE, **belongs))  # type: ignore[arg-type]
        if not isinstance(bundle, bytes):
            return None
        for number in range(self._world.chance.randint(1, 2)):
            brought = Brought(path=EXHIBIT, name=b"exercise-%d" % number)
            if do(seat, "add", partial(bundles.add, bundle, brought)) is None:
                return None
        signed = do(seat, "seal", partial(bundles.seal, bundle))
        if not isinstance(signed, Signed):
            return None
        self._world.note(seat.party, f"seals {signed.items} exhibits")
        return signed

    def go_on(self) -> None:
        """Somebody's clockwork finds keys that may go, or somebody fetches."""
        if not self._any:
            return
        seat = self._world.chance.choice(list(self._world.seats.values()))
        self._tend(seat)
        if self._world.chance.random() < 0.5:
            self._fetch(seat)

    def finish(self) -> None:
        """The world is calm: what may go goes, and half of what may be fetched is fetched."""
        if not self._any:
            return
        for fetching in (False, True):
            for seat in self._world.seats.values():
                self._tend(seat)
                if fetching and self._world.chance.random() < 0.5:
                    self._fetch(seat)
            self._world.rest()

    def _tend(self, seat: Seat) -> None:
        if seat.node is not None and self._world.do(seat, "tend", seat.node.evidence.tend) is None:
            self._world.mail.wake(seat)

    def _fetch(self, seat: Seat) -> None:
        """Everything of others whose key is here."""
        with seat.store.unharmed() as tx:
            others = [row.manifest for row in tx.evidence.all_manifests() if row.issuer != seat.party]
        for manifest in dict.fromkeys(others):
            if seat.node is None:
                return
            deed = partial(
                seat.node.evidence.reading.fetch,
                manifest,
                partial(self._way, seat),
                office=OFFICE,
            )
            self._world.do(seat, "fetch", partial(_as_far_as_it_goes, deed))
        self._world.mail.wake(seat)

    def _way(self, seat: Seat, party: str) -> AbstractContextManager["_Way"]:
        """What `party` hands out, as long as it runs and is reached."""
        return nullcontext(
            _Way(partial(self._hand_out, seat.party, party), seat, cut=self._world.faults.strikes("lost"))
        )

    def _hand_out(self, asking: str, party: str, name: bytes, ticket: bytes) -> bytes:
        seat = self._world.seats[party]
        if seat.node is None or self._world.network.apart(asking, party):
            return b""
        raw = self._world.do(seat, "hand out", partial(_read, seat, name, ticket))
        return raw if isinstance(raw, bytes) else b""


class _Way:
    """Objects as another State hands them out; with `cut`, the second question of the fetch finds nobody."""

    def __init__(self, hand_out: Callable[[bytes, bytes], bytes], here: Seat, *, cut: bool) -> None:
        self._hand_out = hand_out
        self._here = here
        self._cut = cut
        self._raw = b""

    def bring(self, wanted: Wanted, told: Tell) -> None:
        """See `node.evidence.reading.Carrier`."""
        self._raw = self._hand_out(wanted.object_id, ticket_of(wanted.key, wanted.object_id))
        fetch(
            wanted,
            self,
            self._here.shelf.place.incoming,
            manner=_AT_ONCE,
            told=lambda each: told(each.done, each.total),
        )

    def read_range(self, object_id: bytes, start: int, end: int) -> Iterable[bytes]:
        """See `carry.Remote`."""
        if not self._raw or (self._cut and start == 0):
            raise CarryFault("REMOTE_GONE", object_id.hex())
        return [self._raw[start:end]]


def _read(seat: Seat, name: bytes, ticket: bytes) -> bytes:
    assert seat.node is not None
    if not seat.node.evidence.reading.opens_to(name, ticket):
        return b""
    with seat.shelf.place.open(name) as reader:
        return b"".join(pieces(reader, 0, reader.size))


def _as_far_as_it_goes(fetch: Callable[[], Fetched | Denied]) -> Fetched | Denied | str:
    """A fetch that ends because nobody is there any more is no fault of the node."""
    try:
        return fetch()
    except CarryFault as fault:
        if fault.code.startswith("REMOTE_"):
            return fault.code
        raise


def answered(body: Body, digests: tuple[bytes, ...], *, bare: bool) -> Body:
    """An answer that names these manifests, with its conditions or, when `bare`, without any."""
    given = body["answers"]
    assert isinstance(given, list), "an answer has a list of answers"
    first: Body = {"item": 0, "outcome": "provided", "evidence": list(digests)}
    rest = {name: value for name, value in body.items() if not (bare and name == "conditions")}
    return {**rest, "answers": [first, *given[1:]]}


def _attached(body: Body, digests: tuple[bytes, ...]) -> Body:
    attachments: list[Body] = [
        {"name": "Manifest", "sha256": digest, "size": 1, "media_type": "application/cose"}
        for digest in digests
    ]
    return {**body, "attachments": attachments}
