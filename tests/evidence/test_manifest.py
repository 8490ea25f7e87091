"""Manifests, custody events and timelines: what is written is read, and nothing that does not fit is hidden."""

import contextlib
import importlib.util
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.evidence import Acquisition, Event, Item, Manifest, Touch, custody, manifest, timelines
from longbien.evidence.custody import NO_EVENT
from longbien.evidence.timeline import NEEDS
from longbien.ledger import records
from longbien.wire import statement
from longbien.wire.suites import PRODUCTION, SoftSigner
from longbien.wire.wellformed import Malformed
from wire.values import mutated

from .vectors import VECTORS, cases, grown, read


def refusal(case: Any, reader: Any) -> None:
    with pytest.raises(Malformed) as refused:
        reader(bytes.fromhex(case["hex"]))
    assert refused.value.code == case["expect"]


@cases("manifest/accept.json")
def test_a_manifest_that_must_be_accepted(case: Any) -> None:
    raw = bytes.fromhex(case["hex"])
    assert manifest.read(raw).encode() == raw


@cases("manifest/refuse.json")
def test_a_manifest_that_must_be_refused(case: Any) -> None:
    refusal(case, manifest.read)


@cases("manifest/custody-accept.json")
def test_a_custody_event_that_must_be_accepted(case: Any) -> None:
    raw = bytes.fromhex(case["hex"])
    event = custody.read(raw)
    assert event.encode() == raw
    assert event.digest.hex() == case["digest"]


@cases("manifest/custody-refuse.json")
def test_a_custody_event_that_must_be_refused(case: Any) -> None:
    refusal(case, custody.read)


@cases("manifest/timeline.json")
def test_a_timeline_shows_what_does_not_fit(case: Any) -> None:
    found = timelines(custody.read(bytes.fromhex(raw)) for raw in case["events"])
    assert [
        {
            "item": timeline.item,
            "unbroken": timeline.unbroken,
            "rows": [
                [row.digest.hex(), str(row.event.touch), [[each.code, each.detail] for each in row.findings]]
                for row in timeline.rows
            ],
        }
        for timeline in found
    ] == case["reads"]


def test_the_script_makes_exactly_the_files_that_stand_here(monkeypatch: Any) -> None:
    monkeypatch.syspath_prepend(str(VECTORS / "make"))
    spec = importlib.util.spec_from_file_location("vectors_make_evidence", VECTORS / "make/evidence.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for path, text in script.files().items():
        assert (VECTORS / path).read_text() == text, path


FULL = bytes.fromhex(read("manifest/accept.json")[0]["hex"])
CHAIN = [custody.read(bytes.fromhex(case["hex"])) for case in read("manifest/custody-accept.json")][:-1]


@settings(max_examples=400)
@given(mutated(FULL))
def test_a_hurt_manifest_is_read_as_itself_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert manifest.read(raw).encode() == raw


@settings(max_examples=400)
@given(mutated(CHAIN[2].encode()))
def test_a_hurt_event_is_read_as_itself_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert custody.read(raw).encode() == raw


def item(number: int, name: bytes = b"a") -> Item:
    return Item(
        number=number,
        name=name,
        size=number,
        digests={"sha256": grown(f"item {number}", 32)},
        object_id=grown(f"object {number}", 16),
        commitment=bytes(32),
    )


EMPTY = Manifest(id=bytes(16), exchange=bytes(16), party="VN", made_at=1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=4096), max_size=60), st.randoms(use_true_random=False))
def test_parts_of_a_manifest_join_to_it_in_any_order(names: list[bytes], order: random.Random) -> None:
    whole = replace(EMPTY, items=tuple(item(number, name) for number, name in enumerate(names, 1)))
    parts = [manifest.read(part.encode()) for part in manifest.split(whole)]
    order.shuffle(parts)
    assert manifest.join(parts) == whole


def test_twenty_thousand_files_fit_into_parts_that_fit_into_statements() -> None:
    whole = replace(EMPTY, items=tuple(item(number, b"x" * 40) for number in range(1, 20_001)))
    parts = manifest.split(whole)
    assert len(parts) == 20
    assert max(len(part.encode()) for part in parts[::9]) < statement.STATEMENT_BYTES_MAX
    assert manifest.join(parts) == whole


def test_an_acquisition_may_come_without_digests() -> None:
    taken = Acquisition(tool="dd", version="", method="physical", at=1, by="")
    whole = replace(EMPTY, items=(replace(item(1), acquisition=taken),))
    assert manifest.read(whole.encode()) == whole


def test_a_part_that_is_missing_doubled_or_foreign_is_found() -> None:
    parts = manifest.split(replace(EMPTY, items=tuple(item(number) for number in range(1, 2002))))
    assert len(parts) == 3
    foreign = replace(parts[1], id=grown("another", 16))
    for wrong in ((), parts[:2], (*parts, parts[0]), (parts[0], foreign, parts[2])):
        with pytest.raises(Malformed, match="MANIFEST_PART"):
            manifest.join(wrong)
    repeated = replace(parts[1], items=parts[0].items)
    with pytest.raises(Malformed, match="MANIFEST_NUMBER"):
        manifest.join((parts[0], repeated, parts[2]))


def test_too_many_parts_and_an_unreadable_manifest_are_refused(monkeypatch: Any) -> None:
    monkeypatch.setattr(manifest, "PARTS_MAX", 1)
    with pytest.raises(Malformed, match="MANIFEST_PART"):
        manifest.split(replace(EMPTY, items=tuple(item(number) for number in range(1, 1002))))
    with pytest.raises(Malformed, match="FIELD_RANGE"):
        replace(EMPTY, id=b"short").encode()


@pytest.mark.promise("P10")
@given(st.randoms(use_true_random=False), st.sets(st.integers(0, len(CHAIN) - 1), min_size=1))
def test_the_order_in_which_events_come_changes_nothing(order: random.Random, kept: set[int]) -> None:
    events = [CHAIN[index] for index in sorted(kept)]
    shuffled = [*events, *events]
    order.shuffle(shuffled)
    assert timelines(shuffled) == timelines(events)
    (timeline,) = timelines(events)
    assert [row.event for row in timeline.rows] == events
    # Leaving out anything but the end of the chain shows.
    assert timeline.unbroken == (kept == set(range(len(kept))) and len(kept) != 3)


@pytest.mark.promise("P10")
@given(st.integers(1, len(CHAIN) - 2), st.sampled_from(["at", "note", "place", "tool", "person"]))
def test_changing_any_event_breaks_the_chain_behind_it(place: int, field: str) -> None:
    value: Any = {"at": CHAIN[place].at + 1, "person": grown("somebody else", 16)}.get(field, "changed")
    events = [*CHAIN[:place], replace(CHAIN[place], **{field: value}), *CHAIN[place + 1 :]]
    (timeline,) = timelines(events)
    assert any(finding.code == "LINK_MISSING" for row in timeline.rows for finding in row.findings)


def test_events_that_no_link_orders_stand_in_the_order_of_their_times() -> None:
    loose = [replace(event, previous=grown(f"lost {place}", 32)) for place, event in enumerate(CHAIN)]
    (timeline,) = timelines(reversed(loose))
    assert [row.event for row in timeline.rows] == loose


SIGNER = SoftSigner(1, (grown("custody one", 32), grown("custody two", 32)))


def stated(event: Event, *, kind: str = custody.KIND, issuer: str = "VN") -> statement.Statement:
    raw = statement.make(
        event.encode(),
        kind=kind,
        issuer=issuer,
        audience=("RU",),
        subject=bytes(16),
        descriptor=b"",
        signers=(SIGNER,),
    )
    found = statement.parse(raw)
    statement.verify(found, {SIGNER.verify_key.kid: SIGNER.verify_key}, PRODUCTION)
    return found


@pytest.mark.promise("P6")
def test_an_event_is_the_same_bytes_in_the_ledger_and_in_a_statement() -> None:
    event = CHAIN[0]
    assert records.encode(event.record()) == stated(event).payload
    assert custody.of_statement(stated(event)) == event
    assert custody.of_record(event.record()) == event


def test_nobody_tells_of_another_partys_touch() -> None:
    with pytest.raises(Malformed, match="CUSTODY_ISSUER"):
        custody.of_statement(stated(CHAIN[0], issuer="RU"))
    with pytest.raises(Malformed, match="CUSTODY_KIND"):
        custody.of_statement(stated(CHAIN[0], kind="act"))


def test_every_touch_but_those_that_begin_a_hold_needs_one_before() -> None:
    assert set(Touch) - set(NEEDS) == {Touch.COLLECTED, Touch.COPIED, Touch.REDACTED, Touch.RECEIVED}


def test_an_origin_that_stands_twice_is_a_fork() -> None:
    (timeline,) = timelines([CHAIN[0], replace(CHAIN[0], note="again", previous=NO_EVENT)])
    assert [[finding.code for finding in row.findings] for row in timeline.rows] == [["FORK"], ["FORK"]]
