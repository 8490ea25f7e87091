"""One round by file: the same receipts as over the network, after restarts, twice, and beside the network."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from law import sample
from longbien.exchange import Standing
from longbien.node import Sent
from longbien.node.audit import audit
from longbien.node.delivery import ROWS_MAX
from longbien.peer import pouch
from longbien.peer.pouch import Pouch
from longbien.wire.cbor import Malformed

from .pair import NOW, Pair, pair

BODIES = sample.preservation(NOW)


@pytest.fixture
def two(store_urls) -> Iterator[Pair]:
    made = pair(store_urls)
    yield made
    made.vn.store.close()
    made.ru.store.close()


def opening(two: Pair) -> Sent:
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    return sent


def receipts(two: Pair, act: bytes) -> list[bytes]:
    with two.vn.store.transaction() as tx:
        return [row.receipt for row in tx.exchanges.receipts_for(act)]


def waiting(two: Pair) -> int:
    with two.vn.store.transaction() as tx:
        return tx.outbox.count()


def heads(two: Pair) -> set[tuple[bytes, bytes]]:
    found = set()
    for side in two.sides.values():
        with side.store.transaction() as tx:
            rows = [Standing.decode(row.standing) for row in tx.exchanges.newest()]
        found.add((rows[0].digest, rows[0].head))
    return found


def by_file(made: Pouch) -> Pouch:
    return Pouch.decode(made.encode())


@pytest.mark.promise("P1")
@pytest.mark.promise("P3")
@pytest.mark.promise("P12")
def test_a_round_by_file_settles_what_waits_and_every_step_may_be_done_twice(two):
    sent = opening(two)
    packed, again = (pouch.pack(two.vn.node, "RU") for _ in range(2))
    assert (packed.items, packed.left, waiting(two)) == (1, 0, 1)
    answered = pouch.answer(two.ru.node, by_file(packed.pouch))
    twice = pouch.answer(two.ru.node, by_file(packed.pouch))
    other = pouch.answer(two.ru.node, by_file(again.pouch))
    # The asking node was restarted before the answers came home.
    two.vn.restart()
    first = pouch.settle(two.vn.node, by_file(answered.pouch))
    assert (first.receipted, first.known, first.waiting, first.reasons) == (1, 0, 0, ())
    proof = receipts(two, sent.digest)
    for late in (answered, twice, other):
        settled = pouch.settle(two.vn.node, by_file(late.pouch))
        assert (settled.receipted, settled.known, settled.reasons) == (0, 1, ())
    assert (receipts(two, sent.digest), len(proof), waiting(two), len(heads(two))) == (proof, 1, 0, 1)
    assert audit(two.vn.node).findings == audit(two.ru.node).findings == ()


@pytest.mark.promise("P2")
@pytest.mark.promise("P3")
def test_a_pouch_that_comes_home_after_the_network_changes_nothing_and_settles_no_younger_row(two):
    sent = opening(two)
    packed = pouch.pack(two.vn.node, "RU")
    answered = pouch.answer(two.ru.node, by_file(packed.pouch))
    assert two.deliver() == 1
    proof = receipts(two, sent.digest)
    younger = opening(two)
    settled = pouch.settle(two.vn.node, by_file(answered.pouch))
    assert (settled.receipted, settled.known) == (0, 1)
    assert receipts(two, sent.digest) == proof
    assert waiting(two) == 1
    assert two.deliver() == 1
    assert len(receipts(two, younger.digest)) == 1


def test_what_rests_and_what_fills_more_than_one_request_goes_into_one_pouch(two):
    with two.vn.store.transaction() as tx:
        row = two.vn.node.clockwork._row("RU", "descriptor", two.vn.node.directory.own.digest, NOW)
        tx.outbox.add([replace(row, next_at=NOW + 10**9)] * (ROWS_MAX + 3))
    told: list[tuple[int, int]] = []
    packed = pouch.pack(two.vn.node, "RU", lambda done, whole: told.append((done, whole)))
    assert (packed.items, packed.left) == (ROWS_MAX + 3, 0)
    assert len(packed.pouch.items) == len(told) > 1
    assert told[-1] == (ROWS_MAX + 3, ROWS_MAX + 3)
    assert pouch.contents(packed.pouch)[0] == ROWS_MAX + 3
    settled = pouch.settle(two.vn.node, by_file(pouch.answer(two.ru.node, packed.pouch).pouch))
    assert (settled.receipted, settled.waiting, waiting(two)) == (ROWS_MAX + 3, 0, 0)
    # The next pack forgets what nobody waits for; answers to it are then unknown, and say so.
    pouch.pack(two.vn.node, "RU")
    with two.vn.store.transaction() as tx:
        assert tx.outbox.carried(peer="RU") == {}


@pytest.mark.promise("P2")
def test_what_does_not_fit_waits_for_the_next_pouch_and_is_counted(two, monkeypatch):
    with two.vn.store.transaction() as tx:
        row = two.vn.node.clockwork._row("RU", "descriptor", two.vn.node.directory.own.digest, NOW)
        tx.outbox.add([row] * (ROWS_MAX + 3))
    monkeypatch.setattr(pouch, "REQUESTS_MAX", 1)
    packed = pouch.pack(two.vn.node, "RU")
    assert packed.left > 0
    assert packed.items + packed.left == ROWS_MAX + 3
    pouch.settle(two.vn.node, pouch.answer(two.ru.node, packed.pouch).pouch)
    assert waiting(two) == packed.left


@pytest.mark.promise("P11")
def test_a_request_that_makes_no_sense_holds_up_none_beside_it(two):
    sent = opening(two)
    packed = pouch.pack(two.vn.node, "RU").pouch
    torn = packed.items[0][:-1]
    answered = pouch.answer(two.ru.node, replace(packed, items=(torn, b"", *packed.items)))
    assert len(answered.pouch.items) == 1
    assert [code.startswith("CBOR_") for code in answered.refused] == [True, True]
    home = replace(answered.pouch, items=(b"\x00", packed.items[0], *answered.pouch.items))
    settled = pouch.settle(two.vn.node, home)
    assert settled.receipted == 1
    assert len(settled.reasons) >= 1
    assert len(receipts(two, sent.digest)) == 1


def test_a_pouch_for_somebody_else_of_another_kind_or_of_a_stranger_is_refused_whole(two):
    opening(two)
    packed = pouch.pack(two.vn.node, "RU").pouch
    answered = pouch.answer(two.ru.node, packed).pouch

    def code(work) -> str:
        with pytest.raises(Malformed) as fault:
            work()
        return fault.value.code

    assert code(lambda: pouch.answer(two.vn.node, packed)) == "POUCH_OTHER_ADDRESSEE"
    assert (
        code(lambda: pouch.settle(two.ru.node, replace(answered, to="RU", kind="requests"))) == "POUCH_KIND"
    )
    assert code(lambda: pouch.answer(two.ru.node, replace(packed, kind="answers"))) == "POUCH_KIND"
    assert code(lambda: pouch.answer(two.ru.node, replace(packed, sender="KZ"))) == "PEER_NOT_PINNED"
    assert code(lambda: pouch.pack(two.vn.node, "KZ")) == "PEER_NOT_PINNED"
    assert code(lambda: Pouch.decode(packed.encode()[:-1])).startswith("CBOR_")
    assert code(lambda: Pouch.decode(replace(packed, kind="other").encode())) == "POUCH_KIND"
    stranger = pouch.settle(two.vn.node, replace(answered, sender="KZ"))
    assert (stranger.receipted, stranger.reasons, waiting(two)) == (0, ("POUCH_UNKNOWN",), 1)
