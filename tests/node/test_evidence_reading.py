"""Sealed objects: fetched whole or not at all, opened only when every byte is right, and each use written down."""

import os

import pytest

from longbien.carry import CarryFault
from longbien.evidence.names import stored
from longbien.evidence.ticket import ticket_of
from longbien.evidence.timeline import timelines
from longbien.node import Denied
from longbien.node.audit import audit
from longbien.node.evidence.bundles import Brought
from longbien.wire.cbor import Malformed

from .evidence import asked, fetched, files, handed_over, settle
from .pair import OFFICE, Pair, pair
from .test_evidence import events, touches

DISK = os.urandom((2 << 20) + 17)


@pytest.fixture
def over(tmp_path) -> tuple[Pair, bytes, object]:
    two, exchange = asked(tmp_path)
    signed = handed_over(two, exchange, *files(tmp_path, disk=DISK, log=b"a line\n"))
    return two, exchange, signed


def objects(two: Pair, signed) -> list[bytes]:
    with two.ru.store.transaction() as tx:
        return [item.object for item in tx.evidence.items(signed.manifest)]


def test_what_was_fetched_is_opened_and_both_sides_tell_the_same_unbroken_story(over, tmp_path):
    two, exchange, signed = over
    done = fetched(two, signed)
    assert (done.arrived, done.before, done.locked) == (2, 0, 0)
    assert fetched(two, signed).arrived == 0
    out = tmp_path / "opened"
    row = two.vn.node.evidence.reading.open(signed.manifest, 1, out, office=OFFICE)
    assert not isinstance(row, Denied) and out.read_bytes() == DISK
    settle(two)
    told = touches(two.ru, exchange)
    assert [told.count(("VN", touch)) for touch in ("received", "verified", "opened")] == [2, 3, 1]
    mine, theirs = (timelines(events(side, exchange)) for side in two.sides.values())
    assert all(line.unbroken for line in (*mine, *theirs))
    assert [len(line.rows) for line in mine] == [len(line.rows) for line in theirs] == [7, 5]
    for side in two.sides.values():
        assert audit(side.node).findings == ()


def test_a_fetch_that_breaks_off_goes_on_and_nothing_half_is_visible(over):
    two, _exchange, signed = over
    with pytest.raises(CarryFault, match="REMOTE_GONE"):
        fetched(two, signed, cut=2)
    place = two.vn.node.evidence.objects.incoming
    assert not any(place.path(name).exists() for name in objects(two, signed))
    two.vn.restart()
    assert fetched(two, signed).arrived == 2


def test_an_object_that_arrived_before_the_node_was_killed_is_written_down_afterwards(over, monkeypatch):
    two, exchange, signed = over
    reading = two.vn.node.evidence.reading
    with monkeypatch.context() as patch:
        patch.setattr(reading, "_arrived", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            fetched(two, signed)
    assert ("VN", "received") not in touches(two.vn, exchange)
    two.vn.restart()
    assert fetched(two, signed).arrived == 2
    assert touches(two.vn, exchange).count(("VN", "received")) == 2


def test_only_its_ticket_opens_the_door_and_everything_else_looks_the_same(over):
    two, _exchange, signed = over
    name, other = objects(two, signed)
    reading = two.ru.node.evidence.reading
    with two.ru.store.transaction() as tx:
        key = two.ru.node.evidence.vault.open(tx.evidence.secrets([name])[name]).key
    assert not reading.opens_to(name, bytes(32))
    assert not reading.opens_to(bytes(16), bytes(32))
    assert not reading.opens_to(other, ticket_of(key, other))
    assert reading.opens_to(name, ticket_of(key, name))
    assert not reading.opens_to(name, bytes(32))


def test_an_object_that_was_changed_on_the_disk_is_found_and_not_opened(over, tmp_path):
    two, _exchange, signed = over
    fetched(two, signed)
    path = two.vn.node.evidence.objects.incoming.path(objects(two, signed)[0])
    raw = bytearray(path.read_bytes())
    raw[5] ^= 1
    path.write_bytes(raw)
    reading = two.vn.node.evidence.reading
    with pytest.raises(Malformed, match="CHUNK_TAMPERED"):
        reading.verify(signed.manifest, office=OFFICE)
    with pytest.raises(Malformed, match="CHUNK_TAMPERED"):
        reading.open(signed.manifest, 1, tmp_path / "opened", office=OFFICE)
    assert not (tmp_path / "opened").exists() and not (tmp_path / "opened.part").exists()
    path.unlink()
    assert any(line.startswith("OBJECT_OBJECT_ABSENT") for line in audit(two.vn.node).findings)


# ------------------------------------------------------------------ a bad world while sealing


def prepared(tmp_path, content: bytes = b"a line\n"):
    side = pair(folder=tmp_path).ru
    (path,) = files(tmp_path, log=content)
    bundle = side.node.evidence.bundles.begin(office=OFFICE, to=["VN"])
    side.node.evidence.bundles.add(bundle, Brought(path=path))
    return side, bundle, path


@pytest.mark.parametrize(
    ("after", "code"),
    [(b"a line", "SOURCE_CHANGED"), (b"a line\nmore", "SOURCE_CHANGED"), (b"A line\n", "DIGEST_MISMATCH")],
)
def test_a_file_that_is_not_what_was_collected_is_not_sealed(tmp_path, after, code):
    side, bundle, path = prepared(tmp_path)
    path.write_bytes(after)
    with pytest.raises((CarryFault, Malformed), match=code):
        side.node.evidence.bundles.seal(bundle)
    assert list(side.node.evidence.objects.incoming.folder.iterdir()) == []
    path.write_bytes(b"a line\n")
    assert not isinstance(side.node.evidence.bundles.seal(bundle), Denied)


def test_a_file_that_is_gone_or_none_at_all_has_its_code(tmp_path):
    side, bundle, path = prepared(tmp_path)
    path.unlink()
    with pytest.raises(CarryFault, match="SOURCE_ABSENT"):
        side.node.evidence.bundles.seal(bundle)
    with pytest.raises(CarryFault, match="SOURCE_KIND"):
        side.node.evidence.bundles.add(bundle, Brought(path=tmp_path))


def test_a_hostile_name_is_kept_as_it_is_and_stored_without_harm(tmp_path):
    two, exchange = asked(tmp_path)
    name = b"..\\\xe2\x80\xaetxt.exe\x00\xff"
    (path,) = files(tmp_path, log=b"a line\n")
    bundle = two.ru.node.evidence.bundles.begin(office=OFFICE, exchange=exchange)
    two.ru.node.evidence.bundles.add(bundle, Brought(path=path, name=name))
    signed = two.ru.node.evidence.bundles.seal(bundle)
    with two.ru.store.transaction() as tx:
        (row,) = tx.evidence.bundle_items(signed.manifest)
    assert name in row.item
    assert stored(name, 1).isascii() and "/" not in stored(name, 1)
