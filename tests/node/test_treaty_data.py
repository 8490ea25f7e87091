"""Two nodes whose treaty data differ in age: they never part over it, and nobody is fooled by it (decision 0009)."""

from dataclasses import replace

import pytest

from law import sample
from longbien.cli.commands import perform
from longbien.exchange import Standing
from longbien.law import Lawbook, Rules
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.node import Denied, Sent
from longbien.node.audit import audit

from .pair import NOW, Pair, lawbook, pair

BODIES = sample.preservation(NOW)
OPEN = {**BODIES["open"], "legal_basis": [{"instrument": "hanoi"}]}
REQUEST = sample.stored_data_access(NOW)


def newer() -> Lawbook:
    """The same rules; by these data the Convention is in force between the two. An invented date, for the test."""
    book = lawbook()
    treaty = book.instruments["hanoi"]
    bound = {party: replace(treaty.parties[party], in_force=0) for party in ("VN", "RU")}
    instruments = {**book.instruments, "hanoi": replace(treaty, parties=bound, pending=False)}

    def aged(rules: Rules) -> Rules:
        return replace(rules, instruments=instruments)

    return replace(
        book,
        instruments=instruments,
        procedures={name: aged(rules) for name, rules in book.procedures.items()},
    )


def standing(two: Pair, party: str, exchange: bytes) -> Standing:
    with two.sides[party].store.transaction() as tx:
        row = tx.exchanges.find([exchange])[exchange]
    assert row.quarantine is None
    return Standing.decode(row.standing)


@pytest.mark.promise("P4")
@pytest.mark.promise("P5")
def test_a_party_with_older_treaty_data_follows_the_host_and_its_officer_sees_a_doubt():
    two = pair(books=(lawbook(), newer()))
    sent = two.vn.act("open", REQUEST["open"], to="RU", procedure="stored-data-access")
    assert isinstance(sent, Sent)
    two.deliver()
    steps = ("acknowledge", {}), ("route", {}), ("accept", {"legal_basis": [{"instrument": "hanoi"}]})
    for act, more in steps:
        done = two.ru.act(act, {**REQUEST[act], **more}, exchange=sent.exchange)
        assert isinstance(done, Sent), done
    two.deliver()
    one, other = (standing(two, party, sent.exchange) for party in ("VN", "RU"))
    assert one.stage == "accepted"
    assert (one.digest, one.head) == (other.digest, other.head)
    shown = perform(two.vn.node, "show", {"exchange": sent.exchange.hex()})
    assert shown["doubts"] == [
        {"place": 4, "code": "BASIS_NOT_OPEN", "detail": "legal_basis[0]:BASIS_NOT_IN_FORCE"}
    ]
    assert perform(two.ru.node, "show", {"exchange": sent.exchange.hex()})["doubts"] == []
    with two.vn.store.transaction() as tx:
        noted = [records.decode(leaf.record) for leaf in tx.ledger.walk() if leaf.kind == "doubt"]
    assert [(record["position"], record["code"]) for record in noted] == [(4, "BASIS_NOT_OPEN")]
    for side in two.sides.values():
        assert audit(side.node).findings == ()


@pytest.mark.promise("P5")
def test_a_host_with_older_treaty_data_refuses_with_its_signature_and_nobody_diverges():
    two = pair(books=(newer(), lawbook()))
    sent = two.vn.act("open", OPEN, to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    two.deliver()
    with two.vn.store.transaction() as tx:
        (proof,) = tx.exchanges.receipts_for(sent.digest)
        assert tx.exchanges.find([sent.exchange]) == {}
    record = records.decode(receipts.decode(proof.receipt).record)
    assert isinstance(record, records.Rejection)
    assert record.code == "BASIS_NOT_OPEN"


def test_an_officer_cannot_draft_on_a_basis_that_is_closed_by_the_own_data():
    two = pair(books=(lawbook(), newer()))
    refused = two.vn.draft("open", OPEN, to="RU", procedure="preservation")
    assert isinstance(refused, Denied)
    assert refused.code == "BASIS_NOT_OPEN"


def test_new_treaty_data_on_the_host_itself_leave_its_old_exchanges_verified():
    two = pair(books=(newer(), newer()))
    sent = two.vn.act("open", OPEN, to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    two.deliver()
    for side in two.sides.values():
        side.node.world = replace(side.node.world, lawbook=lawbook())
        side.restart()
        assert audit(side.node).findings == ()
