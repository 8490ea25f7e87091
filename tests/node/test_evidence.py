"""Evidence between two nodes: what goes when, what each side holds, and what is refused with which code."""

from dataclasses import replace

import pytest

from longbien.evidence import custody, manifest
from longbien.evidence.timeline import timelines
from longbien.ledger import receipt as receipts
from longbien.node import Denied, Sent
from longbien.node.admission import Turned
from longbien.node.audit import audit
from longbien.node.evidence import release
from longbien.node.jobs import NotYet
from longbien.wire import parcel, statement

from .evidence import BODIES, CONDITION, answer, asked, attached, files, made_ready, outbox, secrets, settle
from .pair import OFFICE, Pair, pair


def events(side, exchange):
    """The custody events of an exchange, each from its receipt, which is verified first."""
    found = []
    for raw in side.node.evidence.dossier(exchange).custody:
        receipt = receipts.decode(raw)
        event = custody.read(receipt.record)
        side.node.directory.receipt(event.party, receipt)
        found.append(event)
    return found


def touches(side, exchange):
    return [(event.party, str(event.touch)) for event in events(side, exchange)]


def names_of(side, exchange):
    """What the manifests of an exchange name, each statement verified first."""
    found = []
    for raw in side.node.evidence.dossier(exchange).manifests:
        signed = statement.parse(raw)
        side.node.directory.verify(signed)
        found += [item.name for item in manifest.read(signed.payload).items]
    return found


@pytest.mark.promise("P9")
def test_keys_of_an_answer_go_only_when_its_conditions_are_accepted(tmp_path):
    two, exchange = asked(tmp_path)
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n", disk=bytes(3 << 20)), exchange=exchange)
    settle(two)
    assert names_of(two.vn, exchange) == [], "nobody has approved anything yet"
    assert isinstance(two.ru.act("answer", answer(signed), exchange=exchange), Sent)
    settle(two)
    assert names_of(two.vn, exchange) == [b"log", b"disk"]
    assert secrets(two.vn, signed.manifest) == 0
    assert touches(two.vn, exchange) == [
        ("RU", "collected"),
        ("RU", "collected"),
        ("RU", "sealed"),
        ("RU", "sealed"),
    ]
    assert isinstance(two.vn.act("accept_use_conditions", {}, exchange=exchange), Sent)
    settle(two)
    assert secrets(two.vn, signed.manifest) == 2
    assert touches(two.vn, exchange)[-2:] == [("RU", "sent")] * 2
    for side in two.sides.values():
        assert audit(side.node).findings == ()
        assert outbox(side) == []


def test_evidence_goes_with_a_request_and_its_keys_follow_at_once(tmp_path):
    two = pair(folder=tmp_path)
    signed = made_ready(two.vn, *files(tmp_path, letter=b"Dear Sir"), to=["RU"])
    sent = two.vn.act("open", attached(signed), to="RU", procedure="stored-data-access")
    assert isinstance(sent, Sent) and sent.exchange == signed.exchange
    settle(two)
    assert names_of(two.ru, sent.exchange) == [b"letter"]
    assert secrets(two.ru, signed.manifest) == 1


def test_keys_of_a_withdrawn_request_stay(tmp_path):
    two = pair(folder=tmp_path)
    signed = made_ready(two.vn, *files(tmp_path, letter=b"Dear Sir"), to=["RU"])
    sent = two.vn.act("open", attached(signed), to="RU", procedure="stored-data-access")
    two.deliver()
    assert isinstance(two.vn.act("withdraw", {}, exchange=sent.exchange), Sent)
    while two.deliver():
        pass
    settle(two)
    assert secrets(two.ru, signed.manifest) == 0


def looked_at(side) -> int:
    """How many namings one tick of the clockwork looks at."""
    with side.store.transaction() as tx:
        return len(tx.evidence.unsent())


def test_what_was_withdrawn_is_looked_at_until_the_other_side_knows_everything_and_never_again(tmp_path):
    two = pair(folder=tmp_path)
    manifests = []
    for number in range(3):
        signed = made_ready(two.vn, *files(tmp_path, **{f"letter{number}": b"Dear Sir"}), to=["RU"])
        sent = two.vn.act("open", attached(signed), to="RU", procedure="stored-data-access")
        assert looked_at(two.vn) == 0, "the host has not given the act its place"
        two.deliver()
        assert looked_at(two.vn) == 1
        assert isinstance(two.vn.act("withdraw", {}, exchange=sent.exchange), Sent)
        while two.deliver():
            pass
        assert looked_at(two.vn) == 1, "what was done with the items is still to be told"
        settle(two)
        assert looked_at(two.vn) == 0
        manifests.append(signed.manifest)
    assert two.vn.node.evidence.retention.delete(manifests[0], office=OFFICE) == 1
    assert looked_at(two.vn) == 1
    settle(two)
    assert looked_at(two.vn) == 0
    assert ("VN", "deleted") in touches(two.ru, sent_exchange(two.ru, manifests[0]))


def sent_exchange(side, manifest) -> bytes:
    with side.store.transaction() as tx:
        return tx.evidence.parts(manifest)[0].exchange


def test_what_ended_with_conditions_that_nobody_accepted_is_looked_at_no_more(tmp_path):
    two, exchange = asked(tmp_path)
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), exchange=exchange)
    part = {"answers": answer(signed)["answers"][:1], "conditions": [CONDITION]}
    assert isinstance(two.ru.act("partial", part, exchange=exchange), Sent)
    settle(two)
    assert looked_at(two.ru) == 1, "the conditions may still be accepted"
    assert isinstance(two.ru.act("cannot", BODIES["cannot"], exchange=exchange), Sent)
    settle(two)
    assert looked_at(two.ru) == 0
    assert secrets(two.vn, signed.manifest) == 0
    for side in two.sides.values():
        assert audit(side.node).findings == ()
    with two.ru.store.transaction() as tx:
        (naming,) = tx.evidence.namings_of(exchange)
    assert naming.kept_at and not naming.sent_at


def test_keys_that_are_kept_back_without_a_reason_are_found(tmp_path):
    two, exchange = asked(tmp_path)
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), exchange=exchange)
    assert isinstance(two.ru.act("answer", answer(signed), exchange=exchange), Sent)
    settle(two)
    with two.ru.store.transaction() as tx:
        (naming,) = tx.evidence.namings_of(exchange)
        tx.evidence.keys_stay(naming, 1)
    (finding,) = audit(two.ru.node).findings
    assert finding.startswith("NAMING_DIFFERS")


def test_a_second_act_that_names_the_same_evidence_sends_no_second_key(tmp_path):
    two, exchange = asked(tmp_path)
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), exchange=exchange)
    part = {"answers": [{"item": 0, "outcome": "provided", "evidence": list(signed.digests)}]}
    assert isinstance(two.ru.act("partial", part, exchange=exchange), Sent)
    settle(two)
    assert isinstance(two.ru.act("answer", answer(signed, conditions=False), exchange=exchange), Sent)
    settle(two)
    assert touches(two.vn, exchange).count(("RU", "sent")) == 1


# ------------------------------------------------------------------ what is refused at home


@pytest.mark.parametrize(
    ("belongs", "code"),
    [
        ({"to": []}, "PARTIES_WRONG"),
        ({"to": ["KZ"]}, "PEER_NOT_PINNED"),
        ({"exchange": bytes(16)}, "EXCHANGE_UNKNOWN"),
    ],
)
def test_a_bundle_belongs_to_somebody(belongs, code):
    assert pair().vn.node.evidence.bundles.begin(office=OFFICE, **belongs).code == code


def test_evidence_made_ready_for_one_exchange_does_not_go_in_another(tmp_path):
    two, exchange = asked(tmp_path)
    other = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), to=["VN"])
    denied = two.ru.draft("answer", answer(other), exchange=exchange)
    assert isinstance(denied, Denied) and denied.code == "EVIDENCE_OTHER_EXCHANGE"


# ------------------------------------------------------------------ what is refused at the door


def released(two: Pair, exchange: bytes, tmp_path) -> tuple[parcel.Manifest, parcel.Custody, parcel.Keys]:
    """The three parcels that RU has for VN, held back from it."""
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), exchange=exchange)
    sent = two.ru.act("answer", answer(signed, conditions=False), exchange=exchange)
    assert isinstance(sent, Sent)
    two.ru.node.evidence.tend()
    with two.ru.store.transaction() as tx:
        rows = {row.kind: row for row in tx.outbox.all() if row.kind != "entry"}
        found = {kind: two.ru.node.evidence.parcel(tx, row) for kind, row in rows.items()}
    return found["manifest"], found["custody"], found["keys"]


def code(side, sent) -> tuple[str, bool] | str:
    """What the door says: a code and whether to come again, or nothing."""
    taken = side.node.evidence.arrival.take(sent)
    if isinstance(taken, Turned):
        return taken.code, taken.passing
    side.node.sequencer.run([taken])
    return ""


@pytest.mark.promise("P11")
def test_the_door_takes_what_belongs_together_in_its_order_and_nothing_else(tmp_path):
    two, exchange = asked(tmp_path)
    sent, told, keys = released(two, exchange, tmp_path)
    assert code(two.vn, told) == ("MANIFEST_UNKNOWN", True)
    assert code(two.vn, keys) == ("MANIFEST_UNKNOWN", True)
    assert code(two.vn, replace(sent, sender="KZ")) == ("SENDER_DIFFERS", False)
    assert code(two.vn, sent) == ""
    assert code(two.vn, keys) == ("ACT_NOT_PLACED", True), "the entry has not come yet"
    assert code(two.vn, told) == ""
    foreign = replace(told, events=(*told.events[:-1], replace(told.events[-1], salt=bytes(32))))
    assert code(two.vn, foreign)[1] is False
    with two.ru.store.transaction() as tx:
        entry = next(row for row in tx.outbox.all() if row.kind == "entry")
    two.deliver()
    assert entry.kind == "entry"
    (only,) = keys.keys
    for wrong in (replace(only, key=bytes(32)), replace(only, salt=bytes(24)), replace(only, number=2)):
        assert code(two.vn, replace(keys, keys=(wrong,))) == ("KEYS_MISMATCH", False)
    assert code(two.vn, replace(keys, sender="KZ")) == ("KEYS_SENDER", False)
    settle(two)
    assert secrets(two.vn, manifest.read(statement.parse(sent.statement).payload).id) == 1


@pytest.mark.promise("P11")
def test_of_two_manifests_that_claim_one_place_the_first_is_kept_and_the_second_is_refused(tmp_path):
    two, exchange = asked(tmp_path)
    sent, _told, _keys = released(two, exchange, tmp_path)
    first = manifest.read(statement.parse(sent.statement).payload)
    other = replace(first, items=(replace(first.items[0], description="Another one"),))
    said = two.ru.node.say(other.encode(), kind=manifest.KIND, exchange=exchange, audience=["VN"])
    twice = replace(sent, statement=said.raw)
    # Both pass the door before either of them is kept.
    jobs = [two.vn.node.evidence.arrival.take(each) for each in (sent, twice, sent)]
    one, second, again = two.vn.node.sequencer.run(jobs)
    assert second.outcome == NotYet(code="MANIFEST_TWICE")
    assert second.receipt is None, "nobody says that it was kept"
    assert one.receipt == again.receipt is not None
    assert code(two.vn, twice) == ("MANIFEST_TWICE", False)
    assert len(two.vn.node.evidence.dossier(exchange).manifests) == 1
    assert audit(two.vn.node).findings == ()


def test_no_key_stands_in_a_database_or_a_ledger_in_the_clear(tmp_path):
    two, exchange = asked(tmp_path)
    sent, _told, keys = released(two, exchange, tmp_path)
    settle(two)
    for side in two.sides.values():
        image = side.store.image()
        assert keys.keys[0].salt not in image
        assert keys.keys[0].key not in image
        assert manifest.read(statement.parse(sent.statement).payload).items[0].commitment in image


def test_a_timeline_that_both_sides_hold_is_the_same_and_whole_so_far(tmp_path):
    two, exchange = asked(tmp_path)
    released(two, exchange, tmp_path)
    settle(two)
    (mine,), (theirs,) = (timelines(events(side, exchange)) for side in two.sides.values())
    assert mine == theirs
    assert [finding.code for row in mine.rows for finding in row.findings] == ["NOT_RECEIVED"]


def test_a_sender_that_lets_keys_go_too_early_does_not_get_rid_of_them(tmp_path, monkeypatch):
    two, exchange = asked(tmp_path)
    signed = made_ready(two.ru, *files(tmp_path, log=b"a line\n"), exchange=exchange)
    monkeypatch.setattr(release, "conditions_open", lambda _standing: False)
    assert isinstance(two.ru.act("answer", answer(signed), exchange=exchange), Sent)
    two.ru.node.evidence.tend()
    for _ in range(4):
        two.deliver()
        two.ru.clock.now += 10_000
    assert outbox(two.ru) == [("keys", "CONDITIONS_NOT_ACCEPTED")]
    assert secrets(two.vn, signed.manifest) == 0
    assert isinstance(two.vn.act("accept_use_conditions", {}, exchange=exchange), Sent)
    settle(two)
    assert secrets(two.vn, signed.manifest) == 1
