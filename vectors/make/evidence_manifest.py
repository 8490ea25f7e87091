"""Vectors of manifests, custody events and timelines (docs/wire/10-manifest.md). Persons, devices and cases are
invented.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from evidence_sealed import OBJECT
from wire_keys import Case, grown, rendered

from longbien.evidence import timelines
from longbien.evidence.custody import NO_EVENT, Event, Touch
from longbien.evidence.manifest import Acquisition, Condition, Device, Item, Manifest, Source
from longbien.wire import cbor

NOW = 1_795_374_000_000
SECOND = 1000
ID = grown("manifest", 16)
DISK = grown("disk image", 32)
CHAT = grown("chat export", 32)

ITEM_1 = Item(
    number=1,
    name=b"disk.E01",
    size=10_737_418_240,
    digests={"sha256": DISK, "sha512": grown("disk image, SHA-512", 64), "md5": grown("disk image, MD5", 16)},
    object_id=OBJECT,
    commitment=grown("commitment 1", 32),
    declared="application/x-ewf",
    description="Image of the disk in bay 0",
    source=1,
    acquisition=Acquisition(
        tool="ewfacquire",
        version="20230405",
        method="physical",
        at=NOW - 60 * SECOND,
        by="officer 7 (illustrative)",
        digests={"md5": grown("disk image, MD5", 16)},
    ),
)
ITEM_2 = Item(
    number=2,
    name="..\\\u202etxt.exe\0".encode() + b"\xff",
    size=0,
    digests={"sha256": CHAT},
    object_id=grown("second object", 16),
    commitment=grown("commitment 2", 32),
    original=DISK,
)
FULL = Manifest(
    id=ID,
    exchange=grown("exchange", 16),
    party="VN",
    made_at=NOW,
    conditions=(
        Condition(code="specialty", text="For this case only."),
        Condition(code="confidential"),
    ),
    sources=(
        Source(
            number=1,
            kind="device",
            description="Server in a rack (exercise)",
            device=Device(
                make="Example",
                model="R1",
                serial="SN-0001",
                capacity=500_107_862_016,
                identifiers=(("asset-tag", "17"),),
            ),
        ),
        Source(number=2, kind="account"),
    ),
    items=(ITEM_1, ITEM_2),
)
SMALL = Manifest(id=ID, exchange=grown("exchange", 16), party="RU", made_at=0)

MANIFESTS = {
    "full": (FULL, "two items, two sources, two conditions"),
    "empty": (SMALL, "nothing yet"),
    "part": (replace(SMALL, items=(ITEM_2,), part=2, parts=3), "the second of three parts"),
}


def edited(raw: bytes, edit: Callable[[Any], object]) -> bytes:
    value = cbor.decode(raw)
    edit(value)
    return cbor.encode(value)


def manifest_refused() -> list[Case]:
    full = FULL.encode()

    def case(name: str, expect: str, comment: str, edit: Callable[[Any], object]) -> Case:
        return {"name": name, "expect": expect, "comment": comment, "hex": edited(full, edit).hex()}

    def item(index: int, **changed: object) -> Callable[[Any], object]:
        return lambda m: m["items"][index].update(changed)

    return [
        {"name": "cut", "expect": "CBOR_TRUNCATED", "comment": "the last byte is missing", "hex": full[:-1].hex()},
        case("unknown-field", "FIELD_UNKNOWN", "a key in the manifest", lambda m: m.update(key=bytes(32))),
        case("id-short", "FIELD_RANGE", "15 bytes", lambda m: m.update(id=bytes(15))),
        case("part-beyond", "MANIFEST_PART", "part 2 of 1", lambda m: m.update(part=2)),
        case("numbers-fall", "MANIFEST_NUMBER", "items out of order", lambda m: m["items"].reverse()),
        case("numbers-repeat", "MANIFEST_NUMBER", "two items of one number", item(1, number=1)),
        case("sources-repeat", "MANIFEST_NUMBER", "two sources of one number", lambda m: m["sources"][1].update(number=1)),
        case("source-absent", "MANIFEST_SOURCE", "a source that is not there", item(0, source=3)),
        case("object-twice", "MANIFEST_OBJECT", "one sealed object for two items", item(1, object=OBJECT)),
        case("no-sha256", "MANIFEST_DIGEST", "MD5 alone", item(1, digests={"md5": bytes(16)})),
        case("no-digest", "DIGEST_FORM", "no digest", item(1, digests={})),
        case("digest-unknown", "FIELD_UNKNOWN", "a digest of another kind", item(1, digests={"sha256": DISK, "crc32": bytes(4)})),
        case("digest-short", "FIELD_RANGE", "31 bytes", item(1, digests={"sha256": DISK[1:]})),
        case("size-negative", "FIELD_RANGE", "minus one byte", item(0, size=-1)),
        case("size-beyond", "FIELD_RANGE", "4 PiB", item(0, size=1 << 52)),
        case("name-text", "FIELD_TYPE", "a name is bytes", item(0, name="disk.E01")),
        case("type-form", "FIELD_RANGE", "a media type with a line end", item(0, declared="text/plain\n")),
        case("method-unknown", "FIELD_RANGE", "a method of a later version", lambda m: m["items"][0]["acquisition"].update(method="magic")),
        case("condition-form", "FIELD_RANGE", "a condition in capitals", lambda m: m["conditions"][0].update(code="SPECIALTY")),
    ]  # fmt: skip


def chain() -> list[Event]:
    """An unbroken chain from the collecting officer of one State to the court of another."""
    first = Event(
        touch=Touch.COLLECTED,
        manifest=ID,
        item=1,
        sha256=DISK,
        party="VN",
        office="vn-24-7",
        person=grown("officer 7", 16),
        at=NOW,
        previous=NO_EVENT,
        place="Hanoi (illustrative)",
        tool="ewfacquire 20230405",
        note="exercise",
    )
    events = [first]

    def then(touch: Touch, party: str = "VN", other: str = "") -> None:
        last = events[-1]
        events.append(
            replace(
                first,
                touch=touch,
                party=party,
                office=f"{party.lower()}-24-7",
                person=grown(f"officer of {party}", 16),
                at=last.at + SECOND,
                previous=last.digest,
                other=other,
                place="",
                tool="",
                note="",
            )
        )

    then(Touch.SEALED)
    then(Touch.SENT, other="RU")
    then(Touch.RECEIVED, "RU", other="VN")
    then(Touch.VERIFIED, "RU")
    then(Touch.OPENED, "RU")
    then(Touch.HANDED_TO_COURT, "RU")
    return events


def redaction(original: Event) -> Event:
    return replace(
        original,
        touch=Touch.REDACTED,
        item=2,
        sha256=CHAT,
        original=original.sha256,
        previous=NO_EVENT,
        at=original.at + SECOND,
        other="",
    )


def custody_refused() -> list[Case]:
    events = chain()
    sent, opened = events[2].encode(), events[5].encode()

    def case(name: str, expect: str, comment: str, raw: bytes, **changed: object) -> Case:
        return {
            "name": name,
            "expect": expect,
            "comment": comment,
            "hex": edited(raw, lambda e: e.update(changed)).hex(),
        }

    return [
        case("another-kind", "CUSTODY_KIND", "another record", opened, kind="approval"),
        case("touch-unknown", "FIELD_RANGE", "a touch of a later version", opened, touch="looked-at"),
        case("touch-missing-party", "FIELD_RANGE", "nobody", opened, party=""),
        case("previous-short", "FIELD_RANGE", "31 bytes", opened, previous=bytes(31)),
        case("person-short", "FIELD_RANGE", "15 bytes", opened, person=bytes(15)),
        case("item-zero", "FIELD_RANGE", "items begin with 1", opened, item=0),
        case("field-more", "FIELD_UNKNOWN", "a field of a later version", opened, mood="calm"),
        case("sent-to-nobody", "CUSTODY_OTHER", "sent, but not to whom", sent, other=""),
        case("sent-to-itself", "CUSTODY_OTHER", "sent to the sender", sent, other="VN"),
        case("opened-with-other", "CUSTODY_OTHER", "opened with another party", opened, other="VN"),
        case(
            "opened-with-original",
            "CUSTODY_ORIGINAL",
            "an original where none belongs",
            opened,
            original=DISK,
        ),
        case(
            "redacted-of-nothing",
            "CUSTODY_ORIGINAL",
            "no original",
            redaction(events[0]).encode(),
            original=b"",
        ),
    ]


def stories() -> dict[str, tuple[list[Event], str]]:
    whole = chain()
    early = replace(whole[3], at=whole[2].at - 5 * SECOND)
    unverified = [*whole[:4], replace(whole[5], previous=whole[3].digest)]
    deleted = replace(whole[1], touch=Touch.DELETED, at=NOW + 20 * SECOND, previous=whole[2].digest)
    again = replace(whole[2], at=NOW + 21 * SECOND, previous=deleted.digest, note="sent once more")
    return {
        "unbroken": (whole, "nothing to find"),
        "shuffled": ([whole[index] for index in (6, 2, 4, 0, 5, 1, 3)], "the same in another order"),
        "link-missing": ([*whole[:4], *whole[5:]], "the verification is missing"),
        "beginning-missing": (whole[3:], "only what the receiver did"),
        "not-received": (whole[:3], "sent, and nothing since"),
        "clock-back": ([*whole[:3], early], "the receiver's clock is five seconds behind the sender's"),
        "not-verified": (unverified, "opened without being verified"),
        "after-deletion": ([*whole[:4], deleted, again], "sent by a party that had deleted it"),
        "fork": (
            [*whole[:2], replace(whole[1], tool="another"), *whole[2:4]],
            "sealed twice after one event",
        ),
        "redacted": ([*whole, redaction(whole[5])], "a redacted copy is an item of its own"),
        "original-absent": ([redaction(whole[0])], "a redacted copy of something unknown"),
        "digest-differs": ([*whole[:5], replace(whole[5], sha256=CHAT)], "what was opened is something else"),
    }


def timeline_cases() -> list[Case]:
    cases: list[Case] = []
    for name, (events, comment) in stories().items():
        reads = [
            {
                "item": timeline.item,
                "unbroken": timeline.unbroken,
                "rows": [
                    [
                        row.digest.hex(),
                        str(row.event.touch),
                        [[each.code, each.detail] for each in row.findings],
                    ]
                    for row in timeline.rows
                ],
            }
            for timeline in timelines(events)
        ]
        cases.append(
            {
                "name": name,
                "expect": "accept",
                "comment": comment,
                "events": [event.encode().hex() for event in events],
                "reads": reads,
            }
        )
    return cases


def files() -> dict[str, str]:
    manifests: list[Case] = [
        {"name": name, "expect": "accept", "comment": comment, "hex": manifest.encode().hex()}
        for name, (manifest, comment) in MANIFESTS.items()
    ]
    events: list[Case] = [
        {
            "name": event.touch,
            "expect": "accept",
            "comment": "",
            "digest": event.digest.hex(),
            "hex": event.encode().hex(),
        }
        for event in (*chain(), redaction(chain()[5]))
    ]
    again = "Each decodes and encodes to the same bytes."
    refused = "Each is refused with the code in expect."
    return {
        "manifest/accept.json": rendered("manifest", again, manifests),
        "manifest/refuse.json": rendered("manifest", refused, manifest_refused()),
        "manifest/custody-accept.json": rendered("custody", again, events),
        "manifest/custody-refuse.json": rendered("custody", refused, custody_refused()),
        "manifest/timeline.json": rendered(
            "timeline",
            "Events in any order, and the rows of each item with what does not fit.",
            timeline_cases(),
        ),
    }
