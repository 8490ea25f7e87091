"""Bad input, one kind each: its code comes back, nothing that was there is lost, and the sender's next good act goes through.

What nobody signed leaves no trace in the ledger. What a pinned party signed is answered with a signed rejection, and both keep it.
"""

from dataclasses import replace

import cbor2
import pytest

from law import sample
from longbien.exchange import Act, Approval, Opening, Standing
from longbien.keys import sign_descriptor, sign_seal_keys, signing_key
from longbien.keys.directory import advance
from longbien.keys.drafting import next_descriptor, next_seal_keys
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.node import NotAdmitted, Sent
from longbien.node.audit import audit
from longbien.node.delivery import REQUEST_BYTES_MAX, encode_request
from longbien.wire import cbor, envelope, parcel, statement
from longbien.wire.parcel import Deferred, Receipted, Refused
from longbien.wire.suites import PRODUCTION

from .pair import NOW, OFFICE, Pair, Side, holders, pair

BODIES = sample.preservation(NOW)
TWO = tuple(
    Approval(person=bytes([number]) * 16, office=OFFICE, assertion=bytes(32), at=NOW) for number in (1, 2)
)


@pytest.fixture(scope="module")
def two() -> Pair:
    """One pair for all of this file: whatever one test throws at RU must not hurt the next."""
    return pair()


# ------------------------------------------------------------------ how bad input is made


def opening(two: Pair, **changes) -> Act:
    """An act that opens a preservation, as VN's node would make it but for what is changed; no desk has looked at it."""
    rules = two.vn.node.world.lawbook.rules("preservation")
    made = Act(
        id=two.vn.node.world.entropy(16),
        exchange=two.vn.node.world.entropy(16),
        name="open",
        office=OFFICE,
        seen_position=0,
        seen_head=records.NO_HEAD,
        made_at=NOW,
        body=BODIES["open"],
        approvals=TWO,
        opening=Opening(
            procedure="preservation", version=1, rules=rules.digest, host="RU", parties=("RU", "VN")
        ),
    )
    return replace(made, **changes)


def reopened(act: Act, **changes) -> Act:
    assert act.opening is not None
    return replace(act, opening=replace(act.opening, **changes))


def signed(by: Side, payload: bytes, *, to: str = "RU", subject: bytes, issuer: str = "") -> bytes:
    return statement.make(
        payload,
        kind="act",
        issuer=issuer or by.node.party,
        audience=[to],
        subject=subject,
        descriptor=by.node.directory.own.digest,
        signers=[by.node._signer()],
    )


def signed_act(by: Side, act: Act, **more) -> bytes:
    return signed(by, act.encode(), subject=act.exchange, **more)


def sealed(content: bytes, to: Side) -> bytes:
    key = to.node.directory.seal_key(to.node.party, NOW)
    return envelope.seal(content, to=key, envelope_id=bytes(16), suites=PRODUCTION)


def proposal(raw: bytes, to: Side, sender: str = "VN") -> bytes:
    return sealed(parcel.encode(parcel.Propose(sender=sender, act=raw)), to)


def request(*envelopes: bytes, sender: str = "VN") -> bytes:
    return encode_request(sender, (), envelopes)


def good(two: Pair) -> bytes:
    act = opening(two)
    return signed_act(two.vn, act)


def unframed(raw: bytes) -> list:
    return cbor.decode(raw, limit=statement.STATEMENT_BYTES_MAX)


# ------------------------------------------------------------------ requests that are none


def cut(two: Pair) -> bytes:
    body = request(proposal(good(two), two.ru))
    return body[: len(body) // 2]


def too_large(_: Pair) -> bytes:
    return bytes(2 * REQUEST_BYTES_MAX + 1)


def envelope_too_large(_: Pair) -> bytes:
    return request(bytes(envelope.ENVELOPE_BYTES_MAX + 1))


def nested(_: Pair) -> bytes:
    return b"\x81" * 40 + b"\x00"


def nested_without_end(_: Pair) -> bytes:
    return b"\x81" * 1_000_000


def keys_in_another_order(two: Pair) -> bytes:
    fields = cbor.decode(request(proposal(good(two), two.ru)), limit=2 * REQUEST_BYTES_MAX)
    return cbor2.dumps(dict(reversed(fields.items())))


def of_indefinite_length(two: Pair) -> bytes:
    body = request(proposal(good(two), two.ru))
    return b"\xbf" + body[1:] + b"\xff"


def encoded_twice(two: Pair) -> bytes:
    return cbor.encode(request(proposal(good(two), two.ru)), limit=2 * REQUEST_BYTES_MAX)


def with_another_field(two: Pair) -> bytes:
    fields = cbor.decode(request(proposal(good(two), two.ru)), limit=2 * REQUEST_BYTES_MAX)
    return cbor.encode({**fields, "more": 1}, limit=2 * REQUEST_BYTES_MAX)


def from_a_stranger(two: Pair) -> bytes:
    return request(proposal(good(two), two.ru), sender="KZ")


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (cut, "CBOR_TRUNCATED"),
        (too_large, "CBOR_TOO_LARGE"),
        (envelope_too_large, "FIELD_RANGE"),
        (nested, "CBOR_DEPTH"),
        (nested_without_end, "CBOR_DEPTH"),
        (keys_in_another_order, "CBOR_NOT_CANONICAL"),
        (of_indefinite_length, "CBOR_NOT_CANONICAL"),
        (encoded_twice, "FIELD_TYPE"),
        (with_another_field, "FIELD_UNKNOWN"),
        (from_a_stranger, "PEER_NOT_PINNED"),
    ],
)
def test_a_request_that_is_none_gets_its_code_and_leaves_no_trace(two, bad, code):
    before = ledger(two.ru)
    with pytest.raises(NotAdmitted) as refusal:
        two.ru.node.reception.receive(bad(two))
    assert refusal.value.code == code
    assert ledger(two.ru) == before
    goes_on(two)


# ------------------------------------------------------------------ envelopes that nobody answers for


def for_another_node(two: Pair) -> bytes:
    return proposal(good(two), two.vn)


def tampered(two: Pair) -> bytes:
    raw = bytearray(proposal(good(two), two.ru))
    raw[-1] ^= 1
    return bytes(raw)


def parcel_of_another_sender(two: Pair) -> bytes:
    return proposal(good(two), two.ru, sender="KZ")


def parcel_encoded_twice(two: Pair) -> bytes:
    return sealed(cbor.encode(parcel.encode(parcel.Propose(sender="VN", act=good(two)))), two.ru)


def answer_instead_of_request(two: Pair) -> bytes:
    with two.ru.store.transaction() as tx:
        note = tx.ledger.newest_checkpoint()[1]
    answer = parcel.Answer(sender="VN", request=bytes(32), answers=(), checkpoint=note, proofs=(), holds=0)
    return sealed(parcel.encode(answer), two.ru)


def one_signature_gone(two: Pair) -> bytes:
    protected, headers, payload, signatures = unframed(good(two))
    raw = cbor.encode([protected, headers, payload, signatures[:1]], limit=statement.STATEMENT_BYTES_MAX)
    return proposal(raw, two.ru)


def one_signature_of_another_act(two: Pair) -> bytes:
    protected, headers, payload, signatures = unframed(good(two))
    other = unframed(good(two))[3]
    mixed = [signatures[0], other[1]]
    raw = cbor.encode([protected, headers, payload, mixed], limit=statement.STATEMENT_BYTES_MAX)
    return proposal(raw, two.ru)


def signed_by_another_party(two: Pair) -> bytes:
    act = opening(two)
    return proposal(signed(two.ru, act.encode(), subject=act.exchange, issuer="VN"), two.ru)


def changed_after_signing(two: Pair) -> bytes:
    protected, headers, payload, signatures = unframed(good(two))
    longer = cbor.encode({**cbor.decode(payload), "office": "other"})
    raw = cbor.encode([protected, headers, longer, signatures], limit=statement.STATEMENT_BYTES_MAX)
    return proposal(raw, two.ru)


def addressed_to_another_party(two: Pair) -> bytes:
    act = opening(two)
    return proposal(signed_act(two.vn, act, to="KZ"), two.ru)


def of_a_kind_that_is_no_act(two: Pair) -> bytes:
    return proposal(two.vn.node.chain[0], two.ru)


@pytest.mark.promise("P8")
@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    ("bad", "code", "passing"),
    [
        (for_another_node, "ENVELOPE_NOT_FOR_US", True),
        (tampered, "ENVELOPE_TAMPERED", False),
        (parcel_of_another_sender, "SENDER_DIFFERS", False),
        (parcel_encoded_twice, "FIELD_TYPE", False),
        (answer_instead_of_request, "PARCEL_KIND", False),
        (one_signature_gone, "SIGNATURE_MISSING", False),
        (one_signature_of_another_act, "SIGNATURE_INVALID", False),
        (signed_by_another_party, "DESCRIPTOR_UNKNOWN", True),
        (changed_after_signing, "SIGNATURE_INVALID", False),
        (addressed_to_another_party, "WRONG_ADDRESSEE", False),
        (of_a_kind_that_is_no_act, "STATEMENT_KIND", False),
    ],
)
def test_an_envelope_that_nobody_answers_for_gets_its_code_and_leaves_no_trace(two, bad, code, passing):
    before = ledger(two.ru)
    item = only_answer(two, request(bad(two)))
    assert isinstance(item, Deferred if passing else Refused)
    assert item.code == code
    assert ledger(two.ru) == before
    goes_on(two)


# ------------------------------------------------------------------ acts that a pinned party did sign


def payload_encoded_twice(two: Pair) -> bytes:
    act = opening(two)
    return signed(two.vn, cbor.encode(act.encode()), subject=act.exchange)


def payload_that_is_no_cbor(two: Pair) -> bytes:
    return signed(two.vn, b"\xff\x00", subject=two.vn.node.world.entropy(16))


def of_another_exchange_than_it_says(two: Pair) -> bytes:
    return signed(two.vn, opening(two).encode(), subject=two.vn.node.world.entropy(16))


def unknown_procedure(two: Pair) -> bytes:
    return signed_act(two.vn, reopened(opening(two), procedure="teleportation"))


def unknown_version(two: Pair) -> bytes:
    return signed_act(two.vn, reopened(opening(two), version=9))


def other_rules(two: Pair) -> bytes:
    return signed_act(two.vn, reopened(opening(two), rules=bytes(32)))


def unknown_act(two: Pair) -> bytes:
    return signed_act(two.vn, opening(two, name="surprise"))


def one_approval(two: Pair) -> bytes:
    return signed_act(two.vn, opening(two, approvals=TWO[:1]))


def unknown_office(two: Pair) -> bytes:
    return signed_act(two.vn, opening(two, office="nobody"))


def host_of_its_own_choice(two: Pair) -> bytes:
    return signed_act(two.vn, reopened(opening(two), host="VN"))


def time_without_zone(two: Pair) -> bytes:
    return signed_act(two.vn, opening(two, body={**BODIES["open"], "created_at": "2026-11-22T18:00:00"}))


def out_of_turn(two: Pair) -> bytes:
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    two.deliver()
    with two.vn.store.transaction() as tx:
        standing = Standing.decode(tx.exchanges.find([sent.exchange])[sent.exchange].standing)
    act = opening(
        two,
        exchange=sent.exchange,
        name="ask_extension",
        body=BODIES["ask_extension"],
        opening=None,
        seen_position=standing.position,
        seen_head=standing.head,
    )
    return signed_act(two.vn, act)


@pytest.mark.promise("P2")
@pytest.mark.promise("P6")
@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (payload_encoded_twice, "FIELD_TYPE"),
        (payload_that_is_no_cbor, "CBOR_INVALID"),
        (of_another_exchange_than_it_says, "SUBJECT_DIFFERS"),
        (unknown_procedure, "RULES_UNKNOWN"),
        (unknown_version, "RULES_UNKNOWN"),
        (other_rules, "RULES_DIFFER"),
        (unknown_act, "ACT_UNKNOWN"),
        (one_approval, "TWO_PERSONS_NEEDED"),
        (unknown_office, "OFFICE_NOT_ALLOWED"),
        (host_of_its_own_choice, "HOST_WRONG"),
        (time_without_zone, "TIME_WITHOUT_ZONE"),
        (out_of_turn, "ACT_NOT_NOW"),
    ],
)
def test_an_act_that_its_sender_signed_gets_a_signed_no_that_can_be_asked_for_again(two, bad, code):
    raw = bad(two)
    item, again = (only_answer(two, request(proposal(raw, two.ru))) for _ in range(2))
    assert isinstance(item, Receipted)
    receipt = receipts.decode(item.receipt)
    two.vn.node.directory.receipt("RU", receipt)
    record = records.decode(receipt.record)
    assert isinstance(record, records.Rejection)
    assert (record.code, record.act) == (code, cbor.digest(raw))
    assert again == item
    goes_on(two)


# ------------------------------------------------------------------ papers, and repetition


@pytest.mark.promise("P15")
def test_papers_that_are_older_than_those_held_are_refused_and_the_newer_ones_stay():
    two = pair()
    own = two.vn.node.directory.own
    later = next_descriptor(own, NOW + 1)
    raw = sign_descriptor(later, holders("VN")[:2], suites=PRODUCTION)
    signer = two.vn.keystore.signer(signing_key(NOW + 1, own=own, entries=two.vn.keystore.entries()).kid)
    keys = next_seal_keys("VN", own.seal_keys, two.vn.keystore.entries(), NOW + 1)
    listing = sign_seal_keys(keys, descriptor=cbor.digest(raw), signer=signer, suites=PRODUCTION)
    newer = (*own.statements[:-1], raw, listing)
    for each in two.sides.values():
        each.clock.now = NOW + 1
    moved = advance(own, newer, NOW + 1, suites=PRODUCTION)
    assert moved.descriptor.version == 2, moved
    taken = only_answer(
        two, request(sealed(parcel.encode(parcel.Descriptor(sender="VN", chain=newer)), two.ru))
    )
    assert isinstance(taken, Receipted)
    before = ledger(two.ru)
    old = parcel.encode(parcel.Descriptor(sender="VN", chain=own.statements))
    item = only_answer(two, request(sealed(old, two.ru)))
    assert isinstance(item, Refused)
    assert item.code == "DESCRIPTOR_ROLLBACK"
    assert two.ru.node.directory.descriptor("VN").version == 2
    assert ledger(two.ru) == before


@pytest.mark.promise("P3")
@pytest.mark.promise("P11")
def test_every_captured_request_sent_again_to_every_node_at_every_later_stage_changes_nothing():
    two = pair()
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    two.deliver()
    course = (
        (two.ru, "acknowledge"),
        (two.ru, "order"),
        (two.vn, "ask_extension"),
        (two.ru, "extend"),
        (two.vn, "release"),
    )
    for actor, act in (*course, (None, "")):
        before = [(ledger(each), standing(each, sent.exchange)) for each in two.sides.values()]
        for _, body in two.captured:
            for each in two.sides.values():
                try:
                    each.node.reception.receive(body)
                except NotAdmitted as refusal:
                    # A node is not its own peer.
                    assert refusal.code == "PEER_NOT_PINNED"
        assert [(ledger(each), standing(each, sent.exchange)) for each in two.sides.values()] == before
        if actor is not None:
            assert isinstance(actor.act(act, BODIES[act], exchange=sent.exchange), Sent)
            assert two.deliver() == 1
    assert len(two.captured) == len(course) + 1
    for each in two.sides.values():
        assert audit(each.node).findings == ()


# ------------------------------------------------------------------ what must hold after all of it


def only_answer(two: Pair, body: bytes) -> Receipted | Deferred | Refused:
    (item,) = two.vn.node.delivery.open_answer(two.ru.node.reception.receive(body)).answers
    return item


def ledger(of: Side) -> tuple[int, int]:
    """How many leaves, and how much waits."""
    with of.store.transaction() as tx:
        return tx.ledger.size(), tx.outbox.count()


def standing(of: Side, exchange: bytes) -> bytes:
    with of.store.transaction() as tx:
        return tx.exchanges.find([exchange])[exchange].standing


def goes_on(two: Pair) -> None:
    """The next good act of the same sender is ordered, and nothing that was there before is lost."""
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    assert two.deliver() == 1
    assert standing(two.vn, sent.exchange) == standing(two.ru, sent.exchange)


@pytest.fixture(scope="module", autouse=True)
def _nothing_was_lost(two):
    yield
    for each in two.sides.values():
        assert audit(each.node).findings == ()
    with two.ru.store.transaction() as tx:
        assert all(row.quarantine is None for row in tx.exchanges.newest(limit=1000))
