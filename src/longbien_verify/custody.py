"""Manifests and custody: what was handed over, who touched it, and what does not fit (docs/wire/10-manifest.md).

A second reading of the page: order comes from links alone, nothing is left out, and what does not fit is said beside the event.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from longbien_verify.cbor import decode
from longbien_verify.cose import read as read_statement
from longbien_verify.ledger import Proven
from longbien_verify.proof import Fails
from longbien_verify.record import Check, Item, Report, Touched

NOTHING = bytes(32)
BEGINNING = ("collected", "copied", "redacted")
HOLDING = (*BEGINNING, "received")
# What the same party must have done with the item before.
BEFORE = {
    "sealed": HOLDING,
    "sent": ("sealed",),
    "verified": HOLDING,
    "opened": ("verified",),
    "handed-to-court": ("verified",),
    "deleted": HOLDING,
}
TOUCHES = {*HOLDING, *BEFORE}
_FIELDS: dict[str, type] = {
    **dict.fromkeys(("kind", "touch", "party", "office", "other", "place", "tool", "note"), str),
    **dict.fromkeys(("manifest", "sha256", "person", "previous", "original"), bytes),
    **dict.fromkeys(("item", "at"), int),
}
_Key = tuple[bytes, int]


@dataclass(slots=True)
class _Listed:
    """An item as its manifest lists it, and its events by their digest."""

    party: str
    entry: int
    item: dict[str, Any]
    events: dict[bytes, Proven] = field(default_factory=dict)


def check_items(members: dict[str, bytes], record: Check, report: Report) -> None:
    """The items of every manifest with their custody, into the report; raises `Fails` for what was forged or mixed up."""
    listed: dict[_Key, _Listed] = {}
    parts: dict[bytes, list[tuple[int, int]]] = {}
    for name, raw in members.items():
        if name.startswith("manifests/"):
            _read_manifest(name, raw, record, listed, parts)
    for manifest, numbers in parts.items():
        if sorted(numbers) != [(part, numbers[0][1]) for part in range(1, numbers[0][1] + 1)]:
            raise Fails("MANIFEST_PART", manifest.hex())
    for name, raw in members.items():
        if name.startswith("custody/"):
            _read_event(name, raw, record, listed)
    digests = {event.record["sha256"] for found in listed.values() for event in found.events.values()}
    for (manifest, number), found in sorted(listed.items()):
        where = f"item {number} of manifest {manifest.hex()[:8]}"
        rows = _Story(found.events, digests, found.item["digests"]["sha256"]).rows()
        if not rows:
            report.gaps.append(f"NO_CUSTODY {where}")
        report.gaps += [f"{gap} ({row.touch} by {row.party}, {where})" for row in rows for gap in row.gaps]
        report.items.append(
            Item(
                manifest=manifest.hex(),
                number=number,
                party=found.party,
                name=found.item["name"].decode("utf-8", "backslashreplace"),
                size=found.item["size"],
                sha256=found.item["digests"]["sha256"].hex(),
                entry=found.entry,
                custody=tuple(rows),
            )
        )


def _read_manifest(
    name: str,
    raw: bytes,
    record: Check,
    listed: dict[_Key, _Listed],
    parts: dict[bytes, list[tuple[int, int]]],
) -> None:
    """Signed by its party with a key that counted where the act that names it was entered."""
    signed = read_statement(raw)
    naming = record.named.get(signed.digest)
    if naming is None:
        raise Fails("MANIFEST_NOT_NAMED", name)
    record.signed(signed, naming, name)
    manifest = decode(signed.payload)
    if signed.kind != "manifest" or signed.subject != record.exchange:
        raise Fails("MANIFEST_OF_OTHER_EXCHANGE", name)
    if manifest["exchange"] != record.exchange or manifest["party"] != signed.issuer:
        raise Fails("MANIFEST_OF_OTHER_EXCHANGE", name)
    parts.setdefault(manifest["id"], []).append((manifest["part"], manifest["parts"]))
    for item in manifest["items"]:
        key = (manifest["id"], item["number"])
        typed = (type(item["number"]), type(item["name"]), type(item["size"])) == (int, bytes, int)
        if key in listed or not typed or len(item["digests"]["sha256"]) != 32:
            raise Fails("MANIFEST_NUMBER", name)
        listed[key] = _Listed(signed.issuer, naming.record["position"], item)


def _read_event(name: str, raw: bytes, record: Check, listed: dict[_Key, _Listed]) -> None:
    """In the ledger of the party that it is about; nobody speaks for another."""
    proven = record.receipt(raw, name)
    event = proven.record
    if (
        {field: type(value) for field, value in event.items()} != _FIELDS
        or event["kind"] != "custody"
        or event["touch"] not in TOUCHES
    ):
        raise Fails("CUSTODY_KIND", name)
    if event["party"] != proven.party:
        raise Fails("CUSTODY_ISSUER", name)
    if bool(event["other"]) != (event["touch"] in {"sent", "received"}):
        raise Fails("CUSTODY_OTHER", name)
    if len(event["original"]) != (32 if event["touch"] in {"copied", "redacted"} else 0):
        raise Fails("CUSTODY_ORIGINAL", name)
    found = listed.get((event["manifest"], event["item"]))
    if found is None:
        raise Fails("CUSTODY_OF_OTHER_ITEM", name)
    found.events[proven.digest] = proven


class _Story:
    """The events of one item in order, with what does not fit about each."""

    def __init__(self, events: dict[bytes, Proven], digests: set[bytes], sha256: bytes) -> None:
        self._events = events
        self._sha256 = sha256
        self._digests = digests
        self._done: set[tuple[str, str]] = set()
        self._deleted: set[str] = set()
        self._count: Counter[tuple[str, str, str]] = Counter()

    def rows(self) -> list[Touched]:
        """Every event once."""
        order = self._order()
        self._told = [self._events[name].record for name in order]
        self._after = Counter((event["previous"], event["party"]) for event in self._told)
        return [
            self._row(event, self._events[name].index) for name, event in zip(order, self._told, strict=True)
        ]

    def _order(self) -> list[bytes]:
        """No event before the one that it names; what no link orders by time, then by digest."""
        left = dict(self._events)
        order: list[bytes] = []
        while left:
            free = [name for name, event in left.items() if event.record["previous"] not in left]
            chosen = min(free, key=lambda name: (left[name].record["at"], name))
            order.append(chosen)
            del left[chosen]
        return order

    def _row(self, event: dict[str, Any], leaf: int) -> Touched:
        gaps = [*self._link(event), *self._own(event), *self._transfer(event), *self._origin(event)]
        self._done.add((event["party"], event["touch"]))
        self._count[event["touch"], event["party"], event["other"]] += 1
        return Touched(
            touch=event["touch"],
            party=event["party"],
            office=event["office"],
            at=event["at"],
            other=event["other"],
            place=event["place"],
            tool=event["tool"],
            note=event["note"],
            leaf=leaf,
            gaps=tuple(dict.fromkeys(gaps)),
        )

    def _link(self, event: dict[str, Any]) -> list[str]:
        before = self._events.get(event["previous"])
        found = []
        if before is None and event["previous"] != NOTHING:
            found.append("LINK_MISSING")
        if before is not None and event["at"] < before.record["at"]:
            found.append(f"CLOCK_BACK {before.record['at'] - event['at']} ms")
        if self._after[event["previous"], event["party"]] > 1:
            found.append("FORK")
        return found

    def _own(self, event: dict[str, Any]) -> list[str]:
        party, touch = event["party"], event["touch"]
        found = []
        needed = BEFORE.get(touch)
        if needed and not any((party, one) in self._done for one in needed):
            found.append("STEP_MISSING " + " or ".join(needed))
        if touch in HOLDING:
            self._deleted.discard(party)
        elif party in self._deleted:
            found.append("AFTER_DELETION")
        if touch == "deleted":
            self._deleted.add(party)
        return found

    def _transfer(self, event: dict[str, Any]) -> list[str]:
        """The n-th sending belongs to the n-th receiving between two parties."""
        touch, party, other = event["touch"], event["party"], event["other"]
        place = self._count[touch, party, other]
        if touch == "sent":
            arrivals = [
                one
                for one in self._told
                if (one["touch"], one["party"], one["other"]) == ("received", other, party)
            ]
            return [] if place < len(arrivals) else [f"NOT_RECEIVED {other}"]
        if touch == "received":
            sent = [
                one
                for one in self._told
                if (one["touch"], one["party"], one["other"]) == ("sent", other, party)
            ]
            if place >= len(sent):
                return [f"NOT_SENT {other}"]
            if event["at"] < sent[place]["at"]:
                return [f"CLOCK_BACK {sent[place]['at'] - event['at']} ms"]
        return []

    def _origin(self, event: dict[str, Any]) -> list[str]:
        found = []
        if event is self._told[0] and event["touch"] not in BEGINNING:
            found.append("NO_ORIGIN")
        if event["original"] and event["original"] not in self._digests:
            found.append("ORIGINAL_ABSENT")
        if event["sha256"] != self._sha256:
            found.append("DIGEST_DIFFERS")
        return found
