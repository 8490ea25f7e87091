"""An exchange with evidence between two real nodes, as the material of a file for a court; played once."""

from dataclasses import dataclass, replace
from functools import cache

from law import sample
from longbien.cli.commands import perform
from longbien.evidence import Acquisition, Condition, Device, Event, Item, Manifest, Source, Touch, manifest
from longbien.evidence.custody import NO_EVENT
from longbien.evidence.digests import sha256
from longbien.interop.court import Material, Signing, court_file
from longbien.ledger import receipt as receipts
from longbien.node import Sent
from longbien.node.book import Leaf
from longbien.node.court import paper_signer, vouch
from longbien.node.jobs import InLedger
from longbien.node.jobs import Touch as Job
from longbien.node.record import export
from node.pair import NOW, Pair, Side, pair

FILES = {
    1: (
        b"connections 2026-11.csv",
        b"address,from,until\n198.51.100.7,2026-11-01T02:00Z,2026-11-01T02:05Z\n",
    ),
    2: ("..\\\u202egpj.exe".encode() + b"\x00\xff", b"MZ invented\n"),
}
PERSON = bytes(range(16))
LANGUAGES = ("en",)


@dataclass(frozen=True, kw_only=True)
class Played:
    """What was played: the nodes, the exchange, its evidence."""

    two: Pair
    exchange: bytes
    manifests: tuple[bytes, ...]
    custody: tuple[bytes, ...]
    roots: tuple[bytes, ...]

    def material(self, languages: tuple[str, ...] = LANGUAGES, **changes) -> Material:
        node = self.two.vn.node
        told = perform(node, "document", {"exchange": self.exchange.hex()})
        made = Material(
            record=export(node.store, node.book, node.directory, self.exchange, exported_at=NOW),
            manifests=self.manifests,
            custody=self.custody,
            roots=self.roots,
            rules=node.world.lawbook.rules(told["procedure"]),
            told=told,
            languages=languages,
        )
        return replace(made, **changes)

    def signing(self, stamp=None) -> Signing:
        node = self.two.vn.node
        return Signing(
            paper=paper_signer(node), vouch=lambda payload: vouch(node, payload, self.exchange), stamp=stamp
        )


def played(text: str = "One week suffices.") -> Played:
    """From the request to the evidence, verified and handed to the court."""
    two = pair()
    bodies = sample.stored_data_access(NOW)
    exchange = _take(two, two.vn, "open", bodies["open"], to="RU", procedure="stored-data-access").exchange
    signed = two.ru.node.say(
        _manifest(exchange, text).encode(), kind=manifest.KIND, exchange=exchange, audience=["VN"]
    )
    custody: list[bytes] = []
    last: dict[int, bytes] = dict.fromkeys(FILES, NO_EVENT)
    for touch in (Touch.COLLECTED, Touch.SEALED):
        custody += _touch(two.ru, touch, _identifier(text), last)
    for act in ("acknowledge", "route", "accept", "authorise"):
        _take(two, two.ru, act, bodies[act], exchange=exchange)
    answers = [{"item": 0, "outcome": "provided", "evidence": [signed.digest], "note": text}]
    answer = {**bodies["answer"], "answers": [*answers, {"item": 1, "outcome": "none"}]}
    _take(two, two.ru, "answer", answer, exchange=exchange)
    custody += _touch(two.ru, Touch.SENT, _identifier(text), last, other="VN")
    for act in ("accept_use_conditions", "confirm_receipt"):
        _take(two, two.vn, act, bodies[act], exchange=exchange)
    custody += _touch(two.vn, Touch.RECEIVED, _identifier(text), last, other="RU")
    for touch in (Touch.VERIFIED, Touch.HANDED_TO_COURT):
        custody += _touch(two.vn, touch, _identifier(text), last)
    roots = tuple(side.node.directory.own.pinned for side in two.sides.values())
    return Played(two=two, exchange=exchange, manifests=(signed.raw,), custody=tuple(custody), roots=roots)


@cache
def shared() -> Played:
    """One for all tests that change nothing in it."""
    return played()


@cache
def made() -> bytes:
    """Its file for the court, in English."""
    return court_file(shared().material(), shared().signing(), at=NOW)


def _manifest(exchange: bytes, text: str) -> Manifest:
    device = Device(
        make="Invented", model="D-1", serial="S0001", capacity=1 << 40, identifiers=(("imei", "0" * 15),)
    )
    taken = Acquisition(
        tool="dd", version="9.1", method="copy", at=NOW - 1000, by="Investigator 7 (invented)", digests={}
    )
    return Manifest(
        id=_identifier(text),
        exchange=exchange,
        party="RU",
        made_at=NOW,
        conditions=(Condition(code="use-limit", text="Use in case VN-2026-HS-0417 only."),),
        sources=(
            Source(number=1, kind="provider", description="Hosting provider (invented), Moscow"),
            Source(number=2, kind="device", description="Server in the third rack", device=device),
        ),
        items=tuple(
            Item(
                number=number,
                name=name,
                size=len(data),
                digests={"sha256": sha256(data), "md5": bytes(16)}
                if number == 2
                else {"sha256": sha256(data)},
                object_id=bytes([number]) * 16,
                commitment=bytes([number]) * 32,
                declared="text/csv" if number == 1 else "",
                description="Connections of the server (invented)",
                source=number,
                acquisition=taken,
            )
            for number, (name, data) in FILES.items()
        ),
    )


def _take(two: Pair, side: Side, act: str, body: dict, **where) -> Sent:
    sent = side.act(act, body, **where)
    assert isinstance(sent, Sent), sent
    while two.deliver():
        pass
    return sent


def _identifier(text: str) -> bytes:
    return sha256(text.encode())[:16]


def _touch(side: Side, touch: Touch, manifest: bytes, last: dict[int, bytes], other: str = "") -> list[bytes]:
    """The same touch of every item, and its receipts."""
    found = []
    node = side.node
    for number, (_, data) in FILES.items():
        event = Event(
            touch=touch,
            manifest=manifest,
            item=number,
            sha256=sha256(data),
            party=node.party,
            office="p247",
            person=PERSON if touch in {Touch.COLLECTED, Touch.HANDED_TO_COURT} else b"",
            at=node.world.now(),
            previous=last[number],
            other=other,
            place="Ha Noi (invented)" if touch == Touch.HANDED_TO_COURT else "",
        )
        last[number] = event.digest
        job = Job(leaf=Leaf(kind="custody", record=event.encode()), write=lambda _tx: None)
        outcome = node.sequencer.run([job])[0].outcome
        assert isinstance(outcome, InLedger)
        with node.store.transaction() as tx:
            found.append(receipts.encode(node.book.receipt(tx, outcome.position)))
    return found
