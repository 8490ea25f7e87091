"""The queue between two nodes: every exchange stands in the views where officers look for it, and is found by what they remember of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
import sqlalchemy

from law import sample
from longbien.law.instants import DAY, HOUR
from longbien.node import Denied, Sent, queueing, relining, views
from longbien.node.audit import audit
from longbien.node.handling import Handled, handle, handled
from longbien.node.lawbook import shipped
from longbien.node.queue import APPROVAL, VIEWS, Reader, Wish, count, counts, page
from longbien.node.searching import read
from longbien.node.views import SavedView
from longbien.store.schema import queue, queue_words
from longbien.wire.cbor import Malformed

from .pair import NOW, OFFICE, Pair, Side, pair
from .test_extra_procedure import BODY, folder

BODIES = sample.preservation(NOW)
NOBODY = Reader()


@pytest.fixture
def two(store_urls) -> Iterator[Pair]:
    made = pair(store_urls)
    yield made
    made.vn.store.close()
    made.ru.store.close()


@pytest.fixture
def here() -> Iterator[Pair]:
    made = pair()
    yield made
    made.vn.store.close()
    made.ru.store.close()


def opening(two: Pair, **changed) -> bytes:
    sent = two.vn.act("open", {**BODIES["open"], **changed}, to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    return sent.exchange


def seen(side: Side, view: str = "everything", search: str = "", reader: Reader = NOBODY) -> list[bytes]:
    return [item.line.exchange for item in page(side.node, reader, Wish(view=view, search=search)).items]


def stands_in(side: Side, exchange: bytes, reader: Reader = NOBODY) -> set[str]:
    return {view for view in VIEWS if exchange in seen(side, view, reader=reader)}


@pytest.mark.promise("P2")
@pytest.mark.promise("P5")
def test_an_exchange_moves_through_the_views_as_its_acts_do_and_every_line_can_be_made_again(two):
    exchange = opening(two)
    # Nobody has received it yet, and yet it is not out of sight.
    assert stands_in(two.vn, exchange) == {"theirs", "sent", "everything"}
    two.vn.clock.now += HOUR
    assert stands_in(two.vn, exchange) == {"theirs", "sent", "everything"}
    two.vn.clock.now += DAY
    assert stands_in(two.vn, exchange) == {"theirs", "everything"}
    two.vn.clock.now = NOW
    two.deliver()
    assert stands_in(two.vn, exchange) == {"theirs", "due", "sent", "everything"}
    assert stands_in(two.ru, exchange) == {"acknowledge", "ours", "due", "everything"}
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    two.deliver()
    assert stands_in(two.ru, exchange) == {"ours", "due", "sent", "everything"}
    assert isinstance(two.ru.act("order", BODIES["order"], exchange=exchange), Sent)
    two.deliver()
    assert stands_in(two.ru, exchange) == {"theirs", "sent", "everything"}
    assert stands_in(two.vn, exchange) == {"ours", "sent", "everything"}
    two.vn.clock.now = two.ru.clock.now = lines(two.vn)[0].expires_key - 10 * DAY
    assert stands_in(two.vn, exchange) == {"ours", "expiring", "everything"}
    two.vn.clock.now = two.ru.clock.now = NOW + HOUR
    assert isinstance(two.vn.act("release", BODIES["release"], exchange=exchange), Sent)
    two.deliver()
    assert stands_in(two.vn, exchange) == {"sent", "everything"}
    assert stands_in(two.ru, exchange) == {"sent", "everything"}
    for side in two.sides.values():
        assert audit(side.node).findings == ()
        before = lines(side)
        with side.store.transaction() as tx:
            assert relining.rebuild(side.node, tx) == 1
        assert [made_again(line) for line in lines(side)] == [made_again(line) for line in before]
        assert audit(side.node).findings == ()


def test_every_view_and_every_count_is_read_along_an_index_of_its_own(two):
    """Whatever an engine believes of how many lines there are: told not to sort or to read whole tables, it still finds a way."""
    side, asked = two.ru, []
    engine = side.store._engine

    def noted(_connection, _cursor, statement, values, _context, _many):
        if "FROM queue" in statement and "queue.exchange" in statement:
            asked.append((statement, values))

    sqlalchemy.event.listen(engine, "before_cursor_execute", noted)
    for view in VIEWS:
        page(side.node, Reader(person=bytes(16)), Wish(view=view))
    counts(side.node, Reader(person=bytes(16)))
    sqlalchemy.event.remove(engine, "before_cursor_execute", noted)
    assert len(asked) >= len(VIEWS)
    with engine.begin() as connection:
        if engine.name == "sqlite":
            explain, wrong = "EXPLAIN QUERY PLAN", "SCAN queue(?! USING)|TEMP B-TREE"
        else:
            explain, wrong = "EXPLAIN", "Seq Scan on queue|Sort"
            for way in ("seqscan", "sort", "bitmapscan"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        for statement, values in asked:
            # What is cut off without an order may be read in any way, the whole table among them.
            assert statement.count("LIMIT") == statement.count("ORDER BY"), statement
            plan = "\n".join(
                str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", values)
            )
            assert not re.search(wrong, plan), f"{statement}\n{plan}"


def lines(side: Side) -> list[queueing.QueueRow]:
    return [item.line for item in page(side.node, NOBODY, Wish()).items]


def made_again(line: queueing.QueueRow) -> queueing.QueueRow:
    return replace(line, changed_at=0, sent_key=None)


@pytest.mark.promise("P2")
def test_what_the_host_refused_is_told_until_we_act_again(here):
    exchange = opening(here)
    here.deliver()
    assert isinstance(here.vn.act("ask_status", BODIES["ask_status"], exchange=exchange), Sent)
    assert isinstance(here.vn.act("withdraw", BODIES["withdraw"], exchange=exchange), Sent)
    assert isinstance(here.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    assert isinstance(here.ru.act("refuse", BODIES["refuse"], exchange=exchange), Sent)
    here.deliver()
    (line,) = lines(here.vn)
    assert (line.stage, line.trouble, line.turn) == ("refused", "ACT_NOT_NOW", "nobody")
    assert audit(here.vn.node).findings == ()
    with here.vn.store.transaction() as tx:
        relining.rebuild(here.vn.node, tx)
    assert lines(here.vn) == [replace(line, sent_key=NOW)]


@pytest.mark.promise("P2")
def test_an_opening_that_its_host_refuses_is_ours_to_look_at_and_says_why(tmp_path):
    known = shipped(folder(tmp_path))
    two = pair(books=(known, None))
    sent = two.vn.act("open", BODY, to="RU", procedure="domain-hold")
    assert isinstance(sent, Sent)
    assert stands_in(two.vn, sent.exchange) == {"theirs", "sent", "everything"}
    two.deliver()
    (line,) = lines(two.vn)
    assert (line.stage, line.trouble) == ("", "RULES_UNKNOWN")
    assert stands_in(two.vn, sent.exchange) == {"ours", "theirs", "sent", "everything"}
    with two.vn.store.transaction() as tx:
        relining.rebuild(two.vn.node, tx)
    assert lines(two.vn) == [line]
    assert lines(two.ru) == []


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"stage": "answered"}, "LINE_DIFFERS"),
        ({"acknowledge_key": None}, "LINE_DIFFERS"),
        ({"subject": "something else"}, "LINE_DIFFERS"),
        ({"owner": bytes(16)}, "LINE_OWNER_DIFFERS"),
    ],
)
def test_a_line_that_was_edited_is_found_and_mended(here, values, finding):
    exchange = opening(here)
    here.deliver()
    assert isinstance(handle(here.ru.node, exchange, Handled(tags=("a",)), by=b""), Handled)
    with here.ru.store._engine.begin() as connection:
        connection.execute(queue.update().values(values))
    assert any(line.startswith(finding) for line in audit(here.ru.node).findings)
    with here.ru.store.transaction() as tx:
        relining.rebuild(here.ru.node, tx)
    assert audit(here.ru.node).findings == ()
    assert seen(here.ru, search="tag:a") == [exchange]


def test_a_store_without_a_queue_gets_one_and_words_that_are_gone_come_back(here):
    exchange = opening(here)
    assert seen(here.vn, search="hospital") == [exchange]
    for table in (queue, queue_words):
        with here.vn.store._engine.begin() as connection:
            connection.execute(table.delete())
    relining.ensure(here.vn.node)
    (line,) = lines(here.vn)
    assert (line.stage, line.turn) == ("", "theirs")
    assert seen(here.vn, search="hospital") == [exchange]
    here.deliver()
    for gone in (queue_words.delete(), queue_words.delete().where(queue_words.c.word == "hospital")):
        with here.vn.store._engine.begin() as connection:
            connection.execute(gone)
        assert seen(here.vn, search="2026") == [exchange]
    assert any(line.startswith("LINE_WORDS_DIFFER") for line in audit(here.vn.node).findings)


def test_people_find_an_exchange_by_what_they_remember_of_it(two):
    first = opening(two, case_ref="VN-2026-HS-0417", facts="Bệnh viện Sông Hồng: 61 máy chủ bị mã hóa.")
    second = opening(two, case_ref="VN-2026-HS-0500", facts="越南医院服务器被加密。")
    two.deliver()
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=first), Sent)
    two.deliver()
    both = {first, second}
    for search, wanted in {
        "VN-2026-HS-0417": {first},
        "0417": {first},
        "vn-2026": both,
        "benh vien": {first},
        "Sông": {first},
        "song hong 61": {first},
        "song 0500": set(),
        "医院": {second},
        "RU-2026-0091": {first},
        "state:ru": both,
        "from:XA": set(),
        "type:preservation": both,
        "type:preserv": set(),
        "preserv": both,
        "stage:acknowledged": {first},
        "hs stage:received": {second},
        f"{second.hex()[:8]}": {second},
        f"ref:{second.hex()}": {second},
        "due:<1h": {second},
        "due:24h type:preservation": both,
        "due:<soon": set(),
        "owner:none": both,
        "owner:me": set(),
        "owner:nobody-has-this": set(),
        '"Sông Hồng"': {first},
        "": both,
        "%_' OR 1=1": set(),
    }.items():
        assert set(seen(two.vn, search=search)) == wanted, search
    assert seen(two.vn, search="vn-2026") == [second, first]


@pytest.mark.parametrize("search", ["", "vn-2026", "type:preservation stage:received"])
def test_pages_show_every_exchange_once_while_others_come_in(here, search):
    for number in range(7):
        opening(here, case_ref=f"VN-2026-{number}")
    here.deliver()
    before = set(seen(here.ru))
    found: list[bytes] = []
    cursor = ""
    while True:
        got = page(here.ru.node, NOBODY, Wish(search=search, limit=3, cursor=cursor))
        found += [item.line.exchange for item in got.items]
        assert len(got.items) <= 3
        if not got.cursor:
            break
        cursor = got.cursor
        here.ru.clock.now += 1
        opening(here, case_ref="VN-2026-new")
        here.deliver()
    assert len(found) == len(set(found))
    assert set(found) == before


def test_whoever_reads_along_misses_no_change(here):
    exchanges = [opening(here, case_ref=f"VN-{number}") for number in range(4)]
    here.deliver()
    since = here.vn.clock.now
    first = page(here.vn.node, NOBODY, Wish(changed_since=since, limit=2))
    # One that was not shown yet moves: it is shown at its new place.
    moved = next(item for item in exchanges if item not in {item.line.exchange for item in first.items})
    here.vn.clock.now += HOUR
    assert isinstance(handle(here.vn.node, moved, Handled(reference="ours"), by=b""), Handled)
    rest = page(here.vn.node, NOBODY, Wish(changed_since=since, limit=10, cursor=first.cursor))
    assert {item.line.exchange for item in (*first.items, *rest.items)} == set(exchanges)
    assert rest.items[-1].line.exchange == moved
    later = page(here.vn.node, NOBODY, Wish(changed_since=here.vn.clock.now))
    assert [item.line.exchange for item in later.items] == [moved]
    assert [
        item.line.exchange
        for item in page(here.vn.node, NOBODY, Wish(view="theirs", changed_since=here.vn.clock.now)).items
    ] == [moved]


@pytest.mark.parametrize("cursor", ["?", "AAAA", "gxgB", "-", "é"])
def test_an_invented_cursor_is_refused(here, cursor):
    with pytest.raises(Malformed, match="CURSOR_INVALID"):
        page(here.vn.node, NOBODY, Wish(cursor=cursor))
    with pytest.raises(Malformed, match="VIEW_UNKNOWN"):
        page(here.vn.node, NOBODY, Wish(view="yours"))


def test_a_draft_waits_for_those_who_have_not_approved_it(here):
    draft = here.vn.draft("open", BODIES["open"], to="RU", procedure="preservation")
    with here.vn.store.transaction() as tx:
        first, second = (Reader(person=row.person, office=OFFICE) for row in tx.desk.officers())
    assertion = here.vn.sign(draft.digest, 1)[0]
    assert not isinstance(here.vn.node.desk.approve(draft.id, assertion), Denied)
    with here.vn.store.transaction() as tx:
        (approval,) = tx.desk.approvals(draft.id)
    approver, other = (first, second) if approval.person == first.person else (second, first)
    (item,) = page(here.vn.node, other, Wish(view=APPROVAL)).items
    assert (item.draft, item.act, item.approvals, item.line.others) == (draft.id, "open", 1, "RU")
    assert page(here.vn.node, approver, Wish(view=APPROVAL)).items == ()
    assert page(here.vn.node, replace(other, office="elsewhere"), Wish(view=APPROVAL)).items == ()
    assert (counts(here.vn.node, other)[APPROVAL], counts(here.vn.node, approver)[APPROVAL]) == (1, 0)


def test_an_office_notes_who_sees_to_an_exchange_and_the_ledger_knows_every_owner(two):
    exchange = opening(two)
    with two.vn.store.transaction() as tx:
        person = tx.desk.officers()[0].person
        size = tx.ledger.size()
    me = Reader(person=person, office=OFFICE, day_ends=NOW + HOUR)
    wanted = Handled(owner=person, snoozed_until=NOW, reference="Case 7", tags=("night", "hospital case"))
    first = handle(two.vn.node, exchange, wanted, by=person, seen=0)
    assert first == replace(wanted, tags=("hospital case", "night"), changed_at=first.changed_at)
    assert {"mine", "snoozed"} <= stands_in(two.vn, exchange, me)
    assert counts(two.vn.node, me)["mine"] == 1
    for search in ("owner:me", "tag:night", 'tag:"hospital case"', "case 7", f"owner:{person.hex()}"):
        assert seen(two.vn, search=search, reader=me) == [exchange]
    (item,) = page(two.vn.node, me, Wish(view="mine")).items
    assert (item.reference, item.tags) == ("Case 7", ("hospital case", "night"))
    # Notes that another officer has not seen are not written over, and an owner is a leaf.
    late = handle(two.vn.node, exchange, Handled(), by=person, seen=0)
    assert isinstance(late, Denied)
    assert late.code == "CHANGED_MEANWHILE"
    second = handle(two.vn.node, exchange, replace(first, tags=()), by=person, seen=first.changed_at)
    assert isinstance(handle(two.vn.node, exchange, replace(second, owner=None), by=person), Handled)
    assert seen(two.vn, search="tag:night") == []
    with two.vn.store.transaction() as tx:
        assert [row.kind for row in tx.ledger.walk(size)] == ["owner", "owner"]
    # A reference of the other side comes; what was noted is still found.
    two.deliver()
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    two.deliver()
    assert seen(two.vn, search="case 7") == seen(two.vn, search="RU-2026-0091") == [exchange]
    assert handled(two.vn.node, exchange).reference == "Case 7"
    assert audit(two.vn.node).findings == ()


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Handled(owner=bytes(16)), "OFFICER_UNKNOWN"),
        (Handled(reference="a\nb"), "REFERENCE_INVALID"),
        (Handled(reference="a" * 121), "REFERENCE_INVALID"),
        (Handled(tags=("",)), "TAG_INVALID"),
        (Handled(tags=(" a",)), "TAG_INVALID"),
        (Handled(tags=tuple(map(str, range(21)))), "TAG_INVALID"),
    ],
)
def test_a_note_that_cannot_be_is_refused(here, wanted, code):
    refused = handle(here.vn.node, opening(here), wanted, by=b"")
    assert isinstance(refused, Denied)
    assert refused.code == code
    unknown = handle(here.vn.node, bytes(16), Handled(), by=b"")
    assert isinstance(unknown, Denied)
    assert unknown.code == "EXCHANGE_UNKNOWN"


def test_the_box_never_refuses_what_somebody_types():
    for text in ("", ":", "type:", '"', "due:", "a:b:c", "owner:", "\0", "due:<99999h", "état:x", "((("):
        read(text)
    assert read("urgency:urgent due:<3d").columns == (("urgency", "urgent"),)
    assert read("due:<3d").due_within == 3 * DAY


def test_a_view_is_kept_for_a_person_or_for_the_office_and_shows_the_same_as_its_parts(two):
    first, second = opening(two), opening(two, urgency="emergency")
    two.deliver()
    node = two.ru.node
    me, colleague = (Reader(person=bytes([number]) * 16, office=OFFICE) for number in (1, 2))
    mine = views.keep(node, me, SavedView(name="Urgent", search="urgency:emergency"))
    ours = views.keep(
        node, me, SavedView(name="All", shared=True, order="opened", columns=("reference", "office"))
    )
    assert isinstance(mine, SavedView)
    assert isinstance(ours, SavedView)
    assert [view.name for view in views.saved(node, me)] == ["All", "Urgent"]
    assert [view.name for view in views.saved(node, colleague)] == ["All"]
    assert views.saved(node, Reader(person=me.person, office="elsewhere")) == (mine,)
    assert [item.line.exchange for item in page(node, me, mine.wish).items] == [second]
    assert [item.line.exchange for item in page(node, me, ours.wish).items] == [second, first]
    assert count(node, me, mine.wish) == (1, True)
    assert count(node, me, ours.wish) == (2, True)
    assert count(node, me, Wish(search="type:preservation")) == (2, True)
    again = views.keep(node, me, replace(mine, search="state:VN"))
    assert again.id == mine.id, "the same name is the same view"
    assert not views.drop(node, colleague, mine.id)
    assert views.drop(node, colleague, ours.id), "what is the office's, anybody in it may drop"
    assert [view.name for view in views.saved(node, me)] == ["Urgent"]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (SavedView(name=""), "VIEW_INVALID"),
        (SavedView(name="two\nlines"), "VIEW_INVALID"),
        (SavedView(name="x", view="approval"), "VIEW_INVALID"),
        (SavedView(name="x", view="nobody"), "VIEW_INVALID"),
        (SavedView(name="x", order="backwards"), "VIEW_INVALID"),
        (SavedView(name="x", columns=("clock",)), "VIEW_INVALID"),
        (SavedView(name="x", columns=("reference", "secret")), "VIEW_INVALID"),
        (SavedView(name="x", search="a\0"), "VIEW_INVALID"),
    ],
)
def test_a_view_that_cannot_be_is_refused(here, wanted, code):
    refused = views.keep(here.ru.node, Reader(person=bytes(16), office=OFFICE), wanted)
    assert isinstance(refused, Denied)
    assert refused.code == code


def test_nobody_keeps_more_views_than_fit_and_a_program_keeps_none_of_its_own(here):
    me = Reader(person=bytes(16), office=OFFICE)
    for number in range(views.VIEWS_MAX):
        assert isinstance(views.keep(here.ru.node, me, SavedView(name=f"{number}")), SavedView)
    assert views.keep(here.ru.node, me, SavedView(name="more")).code == "VIEWS_TOO_MANY"
    assert isinstance(views.keep(here.ru.node, me, SavedView(name="0", search="x")), SavedView)
    assert views.keep(here.ru.node, Reader(office=OFFICE), SavedView(name="x")).code == "VIEW_INVALID"


def test_a_view_in_another_order_gives_every_line_once_page_by_page(here):
    made = [opening(here) for _ in range(7)]
    here.deliver()
    for order in ("changed", "opened"):
        shown, cursor = [], ""
        while True:
            found = page(here.ru.node, NOBODY, Wish(view="acknowledge", order=order, limit=3, cursor=cursor))
            shown += [item.line.exchange for item in found.items]
            cursor = found.cursor
            if not cursor:
                break
        assert sorted(shown) == sorted(made)
        assert len(set(shown)) == len(made)


def test_where_a_state_has_several_offices_each_sees_and_counts_its_own(two):
    """The lines are those that an exchange named two of our offices in; what names none is everybody's."""
    exchange = opening(two)
    other = opening(two)
    two.deliver()
    side = two.ru
    own = side.node.directory.own.descriptor
    second = replace(own.offices[0], id="second", name="Second office (illustrative)")
    with side.store._engine.begin() as connection:
        named = f"\n{second.name}\n"
        connection.execute(queue.update().where(queue.c.exchange == exchange).values(offices=named))
        connection.execute(queue.update().where(queue.c.exchange == other).values(offices="\nelsewhere\n"))
    chain = replace(own, offices=[*own.offices, second])
    directory = SimpleNamespace(own=SimpleNamespace(descriptor=chain))
    node = SimpleNamespace(
        directory=directory, store=side.store, world=side.node.world, party=side.node.party
    )
    seen = {
        office: [item.line.exchange for item in page(node, Reader(office=office), Wish()).items]
        for office in (OFFICE, "second", "")
    }
    assert set(seen["second"]) == {exchange, other}
    assert seen[OFFICE] == [other]
    assert set(seen[""]) == {exchange, other}
    for office, found in seen.items():
        assert counts(node, Reader(office=office))["everything"] == len(found)
        assert count(node, Reader(office=office), Wish()) == (len(found), True)
