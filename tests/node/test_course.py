"""A preservation between two nodes, on both engines, with everything that can go wrong on the way."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy

from law import sample
from longbien.exchange import Standing
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.node import Broken, Denied, NotAdmitted, Sent, delivery
from longbien.node.audit import audit
from longbien.node.delivery import encode_request
from longbien.node.jobs import Own
from longbien.store import Store, StoreFault
from longbien.store.schema import checkpoints, exchanges, leaves, statements
from longbien.wire.cbor import Malformed

from .pair import NOW, Pair, pair

BODIES = sample.preservation(NOW)


@pytest.fixture
def two(store_urls) -> Iterator[Pair]:
    made = pair(store_urls)
    yield made
    made.vn.store.close()
    made.ru.store.close()


@pytest.fixture
def opened() -> Iterator[tuple[Pair, bytes]]:
    made = pair()
    sent = made.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    made.deliver()
    yield made, sent.exchange
    made.vn.store.close()
    made.ru.store.close()


def standings(two: Pair) -> list[Standing]:
    found = []
    for side in two.sides.values():
        with side.store.transaction() as tx:
            found += [Standing.decode(row.standing) for row in tx.exchanges.newest()]
    return found


@pytest.mark.promise("P1")
@pytest.mark.promise("P4")
@pytest.mark.promise("P5")
def test_a_preservation_runs_from_draft_to_release_and_both_sides_agree(two):
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    assert not sent.placed
    assert two.deliver() == 1
    for side, act in (
        (two.ru, "acknowledge"),
        (two.ru, "order"),
        (two.vn, "ask_extension"),
        (two.ru, "extend"),
        (two.vn, "release"),
    ):
        assert isinstance(side.act(act, BODIES[act], exchange=sent.exchange), Sent)
        assert two.deliver() == 1
    one, other = standings(two)
    assert one.stage == "released"
    assert one.position == 6
    assert one.digest == other.digest
    assert one.head == other.head
    for side in two.sides.values():
        assert audit(side.node).findings == ()


@pytest.mark.promise("P3")
@pytest.mark.promise("P11")
def test_every_captured_request_replayed_later_changes_nothing_and_gets_the_same_receipt(opened):
    two, exchange = opened
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    two.deliver()
    before = [(item.digest, item.head) for item in standings(two)]
    for peer, body in two.captured:
        node = two.sides[peer].node
        admitted = node.reception.admit(body)
        first = node.sequencer.run(admitted.jobs)
        second = node.sequencer.run(admitted.jobs)
        assert [done.receipt for done in first] == [done.receipt for done in second]
    assert [(item.digest, item.head) for item in standings(two)] == before


def test_a_request_for_another_node_opens_nothing_here(opened):
    two, _ = opened
    peer, body = two.captured[0]
    other = two.vn if peer == "RU" else two.ru
    with pytest.raises(NotAdmitted, match="PEER_NOT_PINNED"):
        other.node.reception.receive(body)


@pytest.mark.promise("P9")
def test_one_person_sends_nothing_and_counts_once(opened):
    two, _ = opened
    draft = two.vn.draft("open", BODIES["open"], to="RU", procedure="preservation")
    assertion = two.vn.sign(draft.digest, 1)[0]
    assert not isinstance(two.vn.node.desk.approve(draft.id, assertion), Denied)
    again = two.vn.node.desk.approve(draft.id, two.vn.sign(draft.digest, 1)[0])
    assert isinstance(again, Denied)
    assert again.code == "APPROVED_ALREADY"
    refused = two.vn.node.desk.send(draft.id)
    assert isinstance(refused, Denied)
    with two.vn.store.transaction() as tx:
        assert tx.outbox.count() == 0


@pytest.mark.promise("P9")
@pytest.mark.promise("P1")
@pytest.mark.promise("P3")
def test_drafts_that_are_sent_together_leave_in_one_batch_and_a_denied_one_holds_up_no_other(two):
    drafts = [two.vn.draft("open", BODIES["open"], to="RU", procedure="preservation") for _ in range(3)]
    for draft in drafts[:2]:
        for assertion in two.vn.sign(draft.digest):
            assert not isinstance(two.vn.node.desk.approve(draft.id, assertion), Denied)
    with two.vn.store.transaction() as tx:
        heads = len(tx.ledger.checkpoints())
    first, second, third, unknown = two.vn.node.desk.send_all([*(draft.id for draft in drafts), bytes(16)])
    assert isinstance(first, Sent)
    assert isinstance(second, Sent)
    assert third == Denied(code="TWO_PERSONS_NEEDED", detail="2")
    assert unknown == Denied(code="DRAFT_UNKNOWN", detail=bytes(16).hex())
    assert two.vn.node.desk.send_all([drafts[0].id]) == (first,)
    with two.vn.store.transaction() as tx:
        assert len(tx.ledger.checkpoints()) == heads + 1
    assert two.deliver() == 2
    assert [standing.position for standing in standings(two)] == [1, 1, 1, 1]
    assert audit(two.vn.node).findings == ()


@pytest.mark.promise("P6")
def test_a_head_is_verified_once_and_one_that_fails_is_never_remembered(opened, monkeypatch):
    two, _ = opened
    directory = two.vn.node.directory
    with two.ru.store.transaction() as tx:
        _, note = tx.ledger.newest_checkpoint()
    verified = directory.checkpoint("RU", note)
    key = type(directory.log_key("RU"))
    monkeypatch.setattr(key, "verify_lines", lambda *_: pytest.fail("verified again"))
    assert directory.checkpoint("RU", note) is verified
    monkeypatch.undo()
    origin, size, rest = note.split(b"\n", 2)
    forged = b"\n".join([origin, b"%d" % (int(size) + 1), rest])
    for _ in range(2):
        with pytest.raises(Malformed, match="CHECKPOINT_SIGNATURE_INVALID"):
            directory.checkpoint("RU", forged)
    directory.learn(directory.peer("RU"))
    monkeypatch.setattr(key, "verify_lines", lambda *_: pytest.fail("verified again"))
    with pytest.raises(pytest.fail.Exception):
        directory.checkpoint("RU", note)


def test_an_approval_of_other_words_is_refused(opened):
    two, _ = opened
    draft = two.vn.draft("open", BODIES["open"], to="RU", procedure="preservation")
    refused = two.vn.node.desk.approve(draft.id, two.vn.sign(bytes(32), 1)[0])
    assert isinstance(refused, Denied)
    assert refused.code == "PASSKEY_INVALID"


def test_an_act_out_of_turn_is_refused_at_the_desk_and_nothing_is_sent(opened):
    two, exchange = opened
    refused = two.vn.act("ask_extension", BODIES["ask_extension"], exchange=exchange)
    assert isinstance(refused, Denied)
    assert refused.code == "ACT_NOT_NOW"
    assert two.deliver() == 0


@pytest.mark.promise("P2")
def test_a_late_act_gets_a_signed_rejection_that_both_sides_keep(opened):
    two, exchange = opened
    draft = two.vn.act("withdraw", BODIES["withdraw"], exchange=exchange)
    assert isinstance(draft, Sent)
    # Meanwhile, before the withdrawal arrives, the other side ends the matter.
    assert isinstance(two.ru.act("wrong_state", BODIES["wrong_state"], exchange=exchange), Sent)
    two.deliver()
    two.deliver()
    with two.vn.store.transaction() as tx:
        proofs = tx.exchanges.receipts_for(draft.digest)
        assert tx.outbox.count() == 0
    record = records.decode(receipts.decode(proofs[0].receipt).record)
    assert isinstance(record, records.Rejection)
    assert record.stage == "misdirected"
    with two.ru.store.transaction() as tx:
        assert tx.exchanges.outcomes([draft.digest])[draft.digest].kind == "rejection"
    one, other = standings(two)
    assert one.digest == other.digest


@pytest.mark.promise("P14")
def test_a_restart_needs_no_repair(two):
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    two.vn.restart()
    two.ru.restart()
    assert two.deliver() == 1
    two.ru.restart()
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=sent.exchange), Sent)
    two.deliver()
    one, other = standings(two)
    assert one.digest == other.digest


@pytest.mark.promise("P13")
@pytest.mark.promise("P14")
def test_a_failing_store_acknowledges_nothing_and_leaves_no_hole_in_the_ledger(two, monkeypatch):
    draft = two.vn.draft("open", BODIES["open"], to="RU", procedure="preservation")
    for assertion in two.vn.sign(draft.digest):
        assert not isinstance(two.vn.node.desk.approve(draft.id, assertion), Denied)

    commits: list[None] = []

    def fail_the_second() -> None:
        commits.append(None)
        if (
            len(commits) == 2
        ):  # the desk has looked at the draft; now the act, its leaf and its outbox row are written
            raise sqlalchemy.exc.OperationalError("COMMIT", {}, Exception("disk is full"))

    monkeypatch.setattr(two.vn.store, "_before_commit", fail_the_second)
    with pytest.raises(StoreFault, match="STORE_WRITE_FAILED"):
        two.vn.node.desk.send(draft.id)
    monkeypatch.undo()
    # The disk works again, but this node no longer knows what is durable: only a restart does.
    with pytest.raises(StoreFault, match="STORE_WRITE_FAILED"):
        two.vn.node.desk.send(draft.id)
    two.vn.restart()
    assert (two.deliver(), audit(two.vn.node).findings) == (0, ())
    assert isinstance(two.vn.node.desk.send(draft.id), Sent)
    assert two.deliver() == 1
    assert audit(two.vn.node).findings == audit(two.ru.node).findings == ()


@pytest.mark.promise("P13")
def test_a_courier_never_meets_an_entry_that_no_head_covers_yet(opened, monkeypatch):
    two, exchange = opened
    collected = []
    courier = threading.Thread(target=lambda: collected.append(two.ru.node.delivery.collect("VN", 0)))
    remember = two.ru.node.sequencer._remember

    def slowly(jobs):
        remember(jobs)
        if any(isinstance(job, Own) for job in jobs):
            courier.start()
            courier.join(0.2)

    monkeypatch.setattr(two.ru.node.sequencer, "_remember", slowly)
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    courier.join()
    assert [sent.rows[0].kind for sent in collected] == ["entry"]


@pytest.mark.promise("P4")
def test_a_full_request_behind_the_one_under_way_holds_the_next_rows_and_none_of_its_own(two, monkeypatch):
    monkeypatch.setattr(delivery, "ROWS_MAX", 2)
    for _ in range(5):
        assert isinstance(two.vn.act("open", BODIES["open"], to="RU", procedure="preservation"), Sent)
    sender, receiver = two.vn.node, two.ru.node
    ((peer, lane, _),) = sender.delivery.lanes()
    first = sender.delivery.collect(peer, lane)
    second = sender.delivery.collect(peer, lane, behind=first)
    # One row is left: it waits and grows until nothing is under way.
    assert sender.delivery.collect(peer, lane, behind=second) is None
    order = [row.id for sent in (first, second) for row in sent.rows]
    assert order == sorted(set(order))
    answers = [receiver.reception.receive(sent.body) for sent in (first, second)]
    assert sender.delivery.settle(first, answers[0]).receipted == 2
    assert sender.delivery.settle(second, answers[1]).receipted == 2
    # Both answers were about a head that neither request knew of; the next one joins them.
    assert len(sender.heads.tips(peer)) == 2
    assert two.deliver() == 1
    assert len(sender.heads.tips(peer)) == 1
    assert audit(sender).findings == audit(receiver).findings == ()


@pytest.mark.promise("P2")
def test_a_peer_that_writes_is_tried_again_at_once_however_long_it_was_out_of_reach(two):
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    two.deliver()
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=sent.exchange), Sent)
    for _ in range(12):
        ((peer, lane, at),) = two.ru.node.delivery.lanes()
        two.ru.clock.now = max(two.ru.clock.now, at)
        two.ru.node.delivery.failed(two.ru.node.delivery.collect(peer, lane), "PEER_UNREACHABLE")
    assert two.ru.node.delivery.lanes()[0][2] > two.ru.clock.now + 600_000
    # What anybody could have written does not count.
    with pytest.raises(NotAdmitted):
        two.ru.node.reception.receive(b"")
    two.ru.node.reception.receive(encode_request("VN", (), [b"no envelope"]))
    assert two.ru.node.delivery.lanes()[0][2] > two.ru.clock.now + 600_000
    two.ru.node.reception.receive(two.captured[0][1])
    assert two.ru.node.delivery.lanes()[0][2] <= two.ru.clock.now
    # A start is news too: both sides may be resting.
    two.ru.node.delivery.failed(two.ru.node.delivery.collect(peer, lane), "PEER_UNREACHABLE")
    two.ru.restart()
    assert two.ru.node.delivery.lanes()[0][2] <= two.ru.clock.now
    assert two.deliver() == 1


@pytest.mark.promise("P13")
@pytest.mark.parametrize("column", ["hash", "record", "salt"])
def test_a_node_that_begins_signs_no_head_over_a_leaf_that_the_disk_gives_back_wrongly(
    opened, monkeypatch, column
):
    two, exchange = opened

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(two.vn.node.book, "seal", cut_off)
    with pytest.raises(KeyboardInterrupt):
        two.vn.act("withdraw", BODIES["withdraw"], exchange=exchange)
    with two.vn.store._engine.begin() as connection:
        newest = leaves.select().order_by(leaves.c.position.desc()).limit(1)
        row = connection.execute(newest).mappings().one()
        value = row[column][:-1] + bytes([row[column][-1] ^ 1])
        connection.execute(
            leaves.update().where(leaves.c.position == row["position"]).values({column: value})
        )
    with pytest.raises(Broken, match="LEDGER_LEAF_DIFFERS"):
        two.vn.restart()


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("table", "column", "code"),
    [
        (leaves, "record", "LEAF_DIFFERS"),
        (leaves, "hash", "LEAF_DIFFERS"),
        (checkpoints, "note", "HEAD_"),
        (exchanges, "standing", "STANDING_DIFFERS"),
        (statements, "raw", "STATEMENT_"),
    ],
)
def test_an_edited_row_is_found(opened, table, column, code):
    two, _ = opened
    with two.ru.store._engine.begin() as connection:
        row = connection.execute(sqlalchemy.select(table).limit(1)).mappings().one()
        value = bytearray(row[column])
        value[-3] ^= 1
        key = next(iter(table.primary_key.columns))
        connection.execute(table.update().where(key == row[key.name]).values({column: bytes(value)}))
    assert any(finding.startswith(code) for finding in audit(two.ru.node).findings)


def test_a_second_process_cannot_open_the_same_store(store_urls):
    with Store(store_urls[0]), pytest.raises(StoreFault, match="STORE_IN_USE"):
        Store(store_urls[0])


def test_a_store_that_was_never_founded_is_no_node(opened):
    two, _ = opened
    with Store("sqlite://") as empty, pytest.raises(Broken, match="NODE_NOT_FOUNDED"):
        type(two.vn.node)(empty, two.vn.keystore, two.vn.node.world)
