"""A matter tells what stands, who is behind it and what may be done, and says so when something is wrong."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from law import sample
from longbien.law.instants import HOUR
from longbien.node import Sent
from longbien.node.lawbook import shipped
from longbien.node.matter import LAW, TARGET, Matter, behind, matter
from longbien.node.provenance import provenance
from longbien.node.telling import taken
from longbien.store.schema import statements

from .pair import NOW, OFFICE, Pair, Side, pair
from .test_extra_procedure import BODY, folder

BODIES = sample.preservation(NOW)


@pytest.fixture
def two() -> Iterator[Pair]:
    made = pair()
    yield made
    made.vn.store.close()
    made.ru.store.close()


def opening(two: Pair) -> bytes:
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    return sent.exchange


def told(side: Side, exchange: bytes, **how) -> Matter:
    found = matter(side.node, exchange, **{"office": OFFICE, **how})
    assert found is not None
    return found


def test_the_four_yes_are_said_one_by_one_and_never_for_each_other(two):
    exchange = opening(two)

    def said(side: Side) -> list[bool]:
        yes = told(side, exchange).yes
        return [when is not None for when in (yes.delivered, yes.acknowledged, yes.accepted, yes.done)]

    assert said(two.vn) == [False, False, False, False]
    two.deliver()
    assert said(two.vn) == said(two.ru) == [True, False, False, False]
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    two.deliver()
    assert said(two.vn) == said(two.ru) == [True, True, False, False]
    assert isinstance(two.ru.act("order", BODIES["order"], exchange=exchange), Sent)
    two.deliver()
    assert said(two.vn) == said(two.ru) == [True, True, True, True]


@pytest.mark.promise("P2")
def test_what_has_not_arrived_is_told_with_the_reason_and_the_next_try(two):
    exchange = opening(two)
    ((peer, lane, _),) = two.vn.node.delivery.lanes()
    two.vn.node.delivery.failed(two.vn.node.delivery.collect(peer, lane), "PEER_UNREACHABLE")
    found = told(two.vn, exchange)
    (event,) = found.events
    (waits,) = event.waiting
    assert (event.kind, event.place, waits.party, waits.reason) == ("waiting", 0, "RU", "PEER_UNREACHABLE")
    assert waits.next_try_at > NOW
    assert (found.stage_label, found.opening, found.next) == ("", None, ())
    two.vn.clock.now += HOUR
    two.deliver()
    (event,) = told(two.vn, exchange).events
    assert (event.kind, event.waiting, [proof.kind for proof in event.proofs]) == ("act", (), ["entry"])
    assert matter(two.vn.node, bytes(16)) is None


def test_what_the_host_refused_stays_in_sight_with_its_code(two):
    exchange = opening(two)
    two.deliver()
    assert isinstance(two.vn.act("withdraw", BODIES["withdraw"], exchange=exchange), Sent)
    assert isinstance(two.ru.act("wrong_state", BODIES["wrong_state"], exchange=exchange), Sent)
    two.deliver()
    events = told(two.vn, exchange).events
    assert [(event.kind, event.act, event.code) for event in events] == [
        ("act", "open", ""),
        ("act", "wrong_state", ""),
        ("refused", "withdraw", "ACT_NOT_NOW"),
    ]


def test_what_may_be_done_is_told_for_the_office_that_asks_and_the_rest_says_why_not(two):
    exchange = opening(two)
    two.deliver()
    asked = {item.act: item for item in told(two.ru, exchange).next}
    assert {name for name, item in asked.items() if item.open} == {
        "acknowledge",
        "redirect",
        "wrong_state",
        "report_status",
        "give_notice",
    }
    assert (asked["order"].code, asked["order"].persons) == ("ACT_NOT_NOW", 2)
    assert asked["order"].stages == ("Acknowledged",)
    assert asked["acknowledge"].label == "Acknowledge"
    other = {item.code for item in told(two.ru, exchange, office="nobody").next}
    assert other == {"ACT_NOT_NOW", "OFFICE_NOT_ALLOWED"}
    two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange)
    two.ru.act("order", BODIES["order"], exchange=exchange)
    two.deliver()
    mine = {item.act: item for item in told(two.vn, exchange).next}
    assert mine["ask_extension"].open
    assert mine["go_on"].code == "NO_RISK_REPORTED"
    # What is told as open can be done.
    assert isinstance(two.vn.act("ask_extension", BODIES["ask_extension"], exchange=exchange), Sent)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Preservation of stored data", "Received", "Acknowledge", "Urgency", "Urgent")),
        ("ru", None),
        ("ar", None),
    ],
)
def test_a_matter_is_told_in_the_readers_language_in_the_order_of_the_form(two, language, words):
    exchange = opening(two)
    two.deliver()
    found = told(two.ru, exchange, language=language)
    (event,) = found.events
    read = {item.name: item for item in event.body}
    spoken = (
        found.title,
        found.stage_label,
        found.clocks[0].label,
        read["urgency"].label,
        read["urgency"].text,
    )
    if words is not None:
        assert spoken == words
    else:
        assert not any(text.isascii() for text in spoken)
    rules = two.ru.node.world.lawbook.rules("preservation")
    form = [field.name for field in rules.acts["open"].fields if field.name in read]
    assert [item.name for item in event.body] == form
    assert all(item.known for item in event.body)
    account = read["items"].items[1].parts
    assert [part.name for part in account][:2] == ["category", "description"]
    assert read["facts"].written
    assert not read["urgency"].written
    assert {clock.clock: clock.set_by for clock in found.clocks}["ACK"] == TARGET


def test_only_the_laws_clock_is_told_as_the_laws(two):
    exchange = opening(two)
    two.deliver()
    two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange)
    two.ru.act("order", BODIES["order"], exchange=exchange)
    (clock,) = told(two.ru, exchange).clocks
    assert (clock.clock, clock.set_by, clock.article, clock.article_checked) == (
        "PRES-60",
        LAW,
        "42(8)",
        False,
    )


def test_who_stands_behind_a_request_is_told_with_since_when_the_node_is_known(two):
    exchange = opening(two)
    two.deliver()
    found = told(two.ru, exchange).opening
    assert found is not None
    assert (found.party, found.node, found.mode, found.office) == ("VN", "VN", "demo", OFFICE)
    assert (found.persons, found.needed, found.known_since, found.faults) == (2, 2, NOW, ())
    assert found.illustrative
    own = told(two.vn, exchange).opening
    assert own is not None
    assert (own.known_since, own.faults) == (0, ())


@pytest.mark.promise("P7")
def test_a_request_whose_bytes_were_changed_is_told_as_such_before_anything_else(two):
    exchange = opening(two)
    two.deliver()
    digest = told(two.ru, exchange).events[0].digest
    with two.ru.store._engine.begin() as connection:
        raw = connection.execute(statements.select().where(statements.c.digest == digest)).one().raw
        wrong = raw.replace(b"VN-2026-HS-0417", b"VN-2026-HS-0418")
        connection.execute(statements.update().where(statements.c.digest == digest).values(raw=wrong))
    found = told(two.ru, exchange).opening
    assert found is not None
    assert found.faults[0] == "STATEMENT_DIFFERS"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"roles": ("csirt",)}, "OFFICE_NOT_ALLOWED"),
        ({"roles": ()}, "OFFICE_UNKNOWN"),
        ({"persons": 1}, "TWO_PERSONS_NEEDED"),
        ({"late": True}, "DESCRIPTOR_OVER"),
        ({"mode": "live"}, "MODE_DIFFERS"),
        ({"stranger": True}, "PEER_NOT_PINNED"),
    ],
)
def test_what_a_lax_host_let_through_is_told(two, monkeypatch, changed, fault):
    exchange = opening(two)
    two.deliver()
    node = two.ru.node
    with two.ru.store.transaction() as tx:
        row = tx.exchanges.find([exchange])[exchange]
    (step,) = taken(node, row)
    if "roles" in changed:
        step = replace(step, author=replace(step.author, offices=changed["roles"]))
    if "persons" in changed:
        step = replace(step, act=replace(step.act, approvals=step.act.approvals[:1]))
    if "late" in changed:
        step = replace(step, act=replace(step.act, made_at=1 << 60))
    if "mode" in changed:
        own = replace(node.directory.own.descriptor, mode="live")
        monkeypatch.setattr(type(node.directory), "own", property(lambda _: FakeOwn(own)))
    if "stranger" in changed:
        del node.directory._peers["VN"]
    rules = node.world.lawbook.rules("preservation")
    with two.ru.store.transaction() as tx:
        found = provenance(node, tx, step, rules)
    assert fault in found.faults


class FakeOwn:
    """This node's papers, but live."""

    def __init__(self, descriptor):
        self.descriptor = descriptor


def test_every_step_has_somebody_behind_it(two):
    exchange = opening(two)
    two.deliver()
    two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange)
    with two.ru.store.transaction() as tx:
        row = tx.exchanges.find([exchange])[exchange]
    found = behind(two.ru.node, row)
    assert [(item.party, item.persons, item.faults) for item in found] == [("VN", 2, ()), ("RU", 2, ())]


def test_an_exchange_under_rules_that_are_unknown_here_is_told_without_words(tmp_path):
    two = pair(books=(shipped(folder(tmp_path)), None))
    sent = two.vn.act("open", BODY, to="RU", procedure="domain-hold")
    assert isinstance(sent, Sent)
    two.vn.node.world = replace(two.vn.node.world, lawbook=two.ru.node.world.lawbook)
    found = told(two.vn, sent.exchange)
    assert (found.title, found.stage_label, found.next) == ("domain-hold", "", ())
    assert [(event.label, event.body) for event in found.events] == [("open", ())]
