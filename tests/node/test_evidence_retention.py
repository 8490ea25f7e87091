"""How long evidence stays: what is deleted by which clock, what a hold stops, and what a deletion leaves."""

import sqlite3

import pytest

from longbien.evidence.timeline import timelines
from longbien.node import Denied, Sent, hold_challenge
from longbien.node.audit import audit
from longbien.node.evidence.retention import DAY

from .evidence import (
    answer,
    asked,
    attached,
    fetched,
    files,
    handed_over,
    made_ready,
    secrets,
    settle,
)
from .pair import OFFICE, Pair, pair
from .test_evidence import events, touches

HOUR = 3_600_000


def ciphertexts(side) -> int:
    return len(list(side.node.evidence.objects.incoming.folder.iterdir()))


def later(two: Pair, days: int) -> None:
    for side in two.sides.values():
        side.clock.now += days * DAY
        side.node.evidence.tend()


@pytest.fixture
def verified(tmp_path):
    """VN has fetched and verified what RU sent, and RU has heard of it."""
    two, exchange = asked(tmp_path)
    signed = handed_over(two, exchange, *files(tmp_path, log=b"a line\n"))
    fetched(two, signed)
    settle(two)
    return two, exchange, signed


def test_a_copy_for_the_way_goes_when_the_other_side_has_verified_its_own_and_some_days_have_passed(verified):
    two, exchange, signed = verified
    later(two, 29)
    assert ciphertexts(two.ru) == 1
    later(two, 2)
    assert ciphertexts(two.ru) == 0 and secrets(two.ru, signed.manifest) == 0
    assert ciphertexts(two.vn) == 1 and secrets(two.vn, signed.manifest) == 1
    assert touches(two.ru, exchange)[-1] == ("RU", "deleted")
    assert audit(two.ru.node).findings == ()
    (line,) = timelines(events(two.ru, exchange))
    assert line.unbroken


def test_a_copy_that_nobody_has_verified_stays(tmp_path):
    two, exchange = asked(tmp_path)
    handed_over(two, exchange, *files(tmp_path, log=b"a line\n"))
    later(two, 400)
    assert ciphertexts(two.ru) == 1


def test_a_condition_of_use_that_names_a_day_is_kept_to(tmp_path):
    two, exchange = asked(tmp_path)
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), exchange=exchange)
    body = answer(signed, conditions=False)
    day = "2026-12-24"
    body["conditions"] = [{"kind": "retention", "text": "Delete it.", "until": day}]
    assert isinstance(two.ru.act("answer", body, exchange=exchange), Sent)
    settle(two)
    assert isinstance(two.vn.act("accept_use_conditions", {}, exchange=exchange), Sent)
    settle(two)
    fetched(two, signed)
    later(two, 31)
    assert ciphertexts(two.vn) == 1
    later(two, 2)
    assert ciphertexts(two.vn) == 0 and secrets(two.vn, signed.manifest) == 0


def test_two_persons_set_a_hold_and_it_stops_every_deletion_until_two_lift_it(verified):
    two, exchange, signed = verified
    reason = "Appeal (invented)"
    challenge = hold_challenge(exchange, reason, lift=False)
    alone = two.ru.node.hold(exchange, reason, two.ru.sign(challenge, 1))
    assert isinstance(alone, Denied) and alone.code == "PIN_TWO_PERSONS"
    assert two.ru.node.hold(exchange, reason, two.ru.sign(challenge)) is None
    denied = two.ru.node.evidence.retention.delete(signed.manifest, office=OFFICE)
    assert isinstance(denied, Denied) and (denied.code, denied.detail) == ("HOLD_STANDS", reason)
    later(two, 400)
    assert ciphertexts(two.ru) == 1
    challenge = hold_challenge(exchange, reason, lift=True)
    assert two.ru.node.hold(exchange, reason, two.ru.sign(challenge), lift=True) is None
    later(two, 1)
    assert ciphertexts(two.ru) == 0


def test_what_is_deleted_can_be_neither_opened_nor_fetched_and_its_key_is_in_no_file(tmp_path):
    url = tmp_path / "ru.db"
    two = pair(("sqlite://", f"sqlite:///{url}"), folder=tmp_path)
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), to=["VN"])
    with two.ru.store.transaction() as tx:
        (item,) = tx.evidence.items(signed.manifest)
        wrapped = tx.evidence.secrets([item.object])[item.object].wrapped
    assert wrapped in url.read_bytes()
    assert two.ru.node.evidence.retention.delete(signed.manifest, office=OFFICE, why="Sealed twice") == 1
    assert wrapped not in url.read_bytes()
    assert not two.ru.node.evidence.reading.opens_to(item.object, bytes(32))
    denied = two.ru.node.evidence.reading.open(signed.manifest, 1, tmp_path / "out", office=OFFICE)
    assert isinstance(denied, Denied) and denied.code == "ITEM_NOT_HERE"
    two.ru.store.close()
    with sqlite3.connect(url) as raw:
        assert raw.execute("SELECT count(*) FROM secrets").fetchone() == (0,)


def test_keys_that_still_wait_for_a_peer_go_with_what_they_open(tmp_path):
    two = pair(folder=tmp_path)
    signed = made_ready(two.vn, *files(tmp_path, letter=b"Dear Sir"), to=["RU"])
    assert isinstance(two.vn.act("open", attached(signed), to="RU", procedure="stored-data-access"), Sent)
    two.deliver()
    two.vn.node.evidence.tend()
    assert two.vn.node.evidence.retention.delete(signed.manifest, office=OFFICE) == 1
    settle(two)
    assert secrets(two.ru, signed.manifest) == 0
