"""Acts, steps and chains: one decision, the same on both sides."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law import sample
from longbien.exchange import (
    Accepted,
    Act,
    Approval,
    Author,
    Diverged,
    Draft,
    Followed,
    Opening,
    Rejected,
    Standing,
    follow,
    replay,
    step,
)
from longbien.exchange.chain import place
from longbien.ledger import records
from longbien.wire import cbor
from longbien.wire.cbor import Malformed, digest

BOOK = sample.book()
RULES = BOOK.rules("preservation")
assert RULES is not None
AT = sample.AT
BODIES = sample.preservation(AT)
EXCHANGE = bytes(range(16))
OFFICES = ("poc", "ca", "comp")
AUTHORS = {party: Author(party=party, offices=OFFICES) for party in ("VN", "RU", "KZ")}
TWO = tuple(
    Approval(person=bytes([number]) * 16, office="p247", assertion=bytes(32), at=AT) for number in (1, 2)
)
OPENING = Opening(procedure="preservation", version=1, rules=RULES.digest, host="RU", parties=("RU", "VN"))


def act(name: str, standing: Standing | None = None, **changes) -> Act:
    made = Act(
        id=bytes([len(name)]) * 16,
        exchange=EXCHANGE,
        name=name,
        office="p247",
        seen_position=0 if standing is None else standing.position,
        seen_head=records.NO_HEAD if standing is None else standing.head,
        made_at=AT,
        body=BODIES[name],
        approvals=TWO,
        opening=OPENING if standing is None else None,
    )
    return replace(made, **changes)


def go(standing: Standing | None, name: str, party: str, at: int = AT):
    """One step at the host: the standing after, the entry, and the act with its digest."""
    made = act(name, standing)
    result = step(RULES, standing, made, author=AUTHORS[party], at=at)
    assert isinstance(result, Accepted), result
    after, entry = place(result, digest(made.encode()), at)
    return after, (made, digest(made.encode()), AUTHORS[party], entry)


COURSE = (
    ("open", "VN"),
    ("acknowledge", "RU"),
    ("order", "RU"),
    ("ask_extension", "VN"),
    ("extend", "RU"),
    ("release", "VN"),
)


def played(length: int = len(COURSE)):
    standing, chain = None, []
    for name, party in COURSE[:length]:
        standing, link = go(standing, name, party)
        chain.append(link)
    return standing, chain


def code(result) -> str:
    assert isinstance(result, Rejected | Diverged)
    return result.code


# Acts and drafts


def test_an_act_comes_back_as_it_was():
    for made in (act("open"), act("acknowledge", played(1)[0], approvals=())):
        assert Act.decode(made.encode()) == made
        assert Act.decode(made.encode()).encode() == made.encode()


@given(st.binary(max_size=300))
def test_bytes_that_are_no_act_are_malformed_and_nothing_else(data):
    with pytest.raises(Malformed):
        Act.decode(data)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_changed_byte_gives_another_act_or_malformed(place_of, value):
    raw = bytearray(act("open").encode())
    raw[place_of % len(raw)] = value
    try:
        found = Act.decode(bytes(raw))
    except Malformed:
        return
    assert found.encode() == bytes(raw)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("body", [], "FIELD_TYPE"),
        ("body", {1: 2}, "FIELD_TYPE"),
        ("approvals", [[bytes(16)]], "FIELD_TYPE"),
        ("approvals", [[bytes(15), "p", bytes(32), 0]], "FIELD_RANGE"),
        ("seen", [0], "FIELD_RANGE"),
        ("surprise", 1, "FIELD_UNKNOWN"),
        (
            "opening",
            {"procedure": "p", "version": 1, "rules": bytes(32), "host": "RU", "parties": ["VN", "RU"]},
            "PARTIES_NOT_SORTED",
        ),
    ],
)
def test_every_wrong_field_has_its_code(field, value, expected):
    fields = cbor.decode(act("open").encode())
    fields[field] = value
    with pytest.raises(Malformed) as fault:
        Act.decode(cbor.encode(fields))
    assert fault.value.code == expected


def test_an_approval_covers_every_word_and_nothing_that_officers_do_not_decide():
    made = act("open")
    draft = Draft.of(made)
    later = draft.act(seen_position=0, seen_head=records.NO_HEAD, made_at=AT + 5, approvals=())
    assert Draft.of(later).digest == draft.digest
    for changed in (
        replace(made, body={**made.body, "facts": "other"}),
        replace(made, office="other"),
        replace(made, opening=replace(OPENING, host="VN")),
        replace(made, opening=None),
    ):
        assert Draft.of(changed).digest != draft.digest


def test_a_draft_comes_back_as_it_was_and_nothing_else_is_a_draft():
    draft = Draft.of(act("open"))
    assert Draft.decode(draft.encode()) == draft
    assert Draft.decode(replace(draft, opening=None).encode()).opening is None
    with pytest.raises(Malformed, match="FIELD_UNKNOWN"):
        Draft.decode(act("open").encode())


def test_the_same_person_counts_once():
    assert act("open", approvals=(TWO[0], TWO[0])).persons == 1


# Steps


def test_each_check_of_a_step_has_its_code():
    open_act = act("open")
    later = played(2)[0]
    other_rules = replace(RULES, digest=bytes(32))
    assert (
        code(step(RULES, None, act("acknowledge", opening=None), author=AUTHORS["VN"], at=AT))
        == "OPENING_MISSING"
    )
    assert code(step(None, None, open_act, author=AUTHORS["VN"], at=AT)) == "RULES_UNKNOWN"
    assert code(step(other_rules, None, open_act, author=AUTHORS["VN"], at=AT)) == "RULES_DIFFER"
    assert code(step(RULES, None, open_act, author=AUTHORS["KZ"], at=AT)) == "PARTIES_WRONG"
    alone = replace(open_act, opening=replace(OPENING, parties=("VN",)))
    assert code(step(RULES, None, alone, author=AUTHORS["VN"], at=AT)) == "PARTIES_WRONG"
    hosted = replace(open_act, opening=replace(OPENING, host="VN"))
    assert code(step(RULES, None, hosted, author=AUTHORS["VN"], at=AT)) == "HOST_WRONG"
    assert (
        code(step(RULES, None, replace(open_act, seen_position=1), author=AUTHORS["VN"], at=AT))
        == "SEEN_AHEAD"
    )
    elsewhere = act("order", later, exchange=bytes(16))
    assert code(step(RULES, later, elsewhere, author=AUTHORS["RU"], at=AT)) == "EXCHANGE_OTHER"
    assert (
        code(step(RULES, later, act("order", later, opening=OPENING), author=AUTHORS["RU"], at=AT))
        == "OPENING_TWICE"
    )
    assert code(step(None, later, act("order", later), author=AUTHORS["RU"], at=AT)) == "RULES_UNKNOWN"
    assert code(step(other_rules, later, act("order", later), author=AUTHORS["RU"], at=AT)) == "RULES_UNKNOWN"
    assert code(step(RULES, later, act("order", later), author=AUTHORS["KZ"], at=AT)) == "NOT_A_PARTY"
    ahead = act("order", later, seen_position=9)
    assert code(step(RULES, later, ahead, author=AUTHORS["RU"], at=AT)) == "SEEN_AHEAD"
    other_head = act("order", later, seen_head=bytes(32))
    assert code(step(RULES, later, other_head, author=AUTHORS["RU"], at=AT)) == "SEEN_OTHER_HEAD"
    assert code(step(RULES, later, act("order", later), author=AUTHORS["VN"], at=AT)) == "ROLE_NOT_ALLOWED"


@pytest.mark.promise("P3")
def test_every_stage_times_act_times_role_is_a_row_or_a_refusal():
    table = RULES.flow.table
    base = played(1)[0]
    for stage in RULES.flow.stages:
        standing = replace(base, stage=stage)
        for name in RULES.flow.acts:
            for party, role in standing.roles:
                made = act(name, standing)
                result = step(RULES, standing, made, author=AUTHORS[party], at=AT)
                machine = party == standing.host and (stage, "machine", name) in table
                if (stage, role, name) not in table and not machine:
                    assert isinstance(result, Rejected), (stage, name, role)


def test_a_late_act_is_judged_by_what_really_happened():
    standing = played(3)[0]
    late = act("withdraw", standing, seen_position=1, seen_head=played(1)[0].head)
    assert isinstance(step(RULES, standing, late, author=AUTHORS["VN"], at=AT), Accepted)


def test_expiry_is_an_act_of_the_host_s_machine_and_only_when_it_is_due():
    standing = played(3)[0]
    machine = act("expire", standing, approvals=(), office="", body={})
    bare = Author(party="RU", offices=())
    assert isinstance(step(RULES, standing, machine, author=bare, at=AT), Rejected)
    assert isinstance(step(RULES, standing, machine, author=bare, at=AT + 400 * 86_400_000), Accepted)
    assert isinstance(
        step(RULES, standing, machine, author=AUTHORS["VN"], at=AT + 400 * 86_400_000), Rejected
    )


# Standings and chains


def test_a_standing_comes_back_and_its_digest_leaves_out_the_head():
    standing = played(3)[0]
    assert standing.clocks
    again = Standing.decode(standing.encode())
    assert again.encode() == standing.encode()
    assert again.clocks == standing.clocks
    assert replace(standing, head=bytes(32)).digest == standing.digest
    assert standing.parties == ("RU", "VN")
    assert standing.role_of("KZ") is None


@pytest.mark.parametrize("field", ["roles", "clocks", "latest", "data"])
def test_a_damaged_standing_is_malformed(field):
    content, head = cbor.decode(played(3)[0].encode())
    fields = cbor.decode(content)
    fields[field] = [[1]] if field in {"roles", "clocks"} else 7
    with pytest.raises(Malformed):
        Standing.decode(cbor.encode([cbor.encode(fields), head]))


@pytest.mark.parametrize("kept", [7, [b""], [b"", b"short"], {}])
def test_what_is_no_pair_of_content_and_head_is_no_standing(kept):
    with pytest.raises(Malformed):
        Standing.decode(cbor.encode(kept))


def test_a_changed_standing_never_keeps_the_encoding_of_the_one_before():
    standing = played(3)[0]
    assert standing.digest != replace(standing, stage="elsewhere").digest
    moved = standing.under(bytes(32))
    assert (moved.head, moved.digest) == (bytes(32), standing.digest)


@pytest.mark.promise("P4")
@pytest.mark.promise("P5")
@pytest.mark.parametrize("length", range(1, len(COURSE) + 1))
def test_whoever_follows_the_host_stands_where_the_host_stands(length):
    standing, chain = played(length)
    assert standing is not None
    followed = replay(lambda _act: RULES, chain)
    assert isinstance(followed, Standing)
    assert followed.encode() == standing.encode()
    assert replay(lambda _act: RULES, []) is None


@pytest.mark.promise("P5")
def test_a_host_that_cheats_is_caught_at_the_first_entry():
    before = played(2)[0]
    _, chain = played(3)
    made, name, author, entry = chain[2]

    def told(**changes) -> str:
        return code(follow(RULES, before, made, replace(entry, **changes), act_digest=name, author=author))

    assert isinstance(follow(RULES, before, made, entry, act_digest=name, author=author), Followed)
    assert told(position=4) == "ENTRY_OUT_OF_PLACE"
    assert told(previous=bytes([1]) * 32) == "ENTRY_OTHER_HEAD"
    assert told(act=bytes(32)) == "ENTRY_OTHER_ACT"
    assert told(exchange=bytes(16)) == "ENTRY_OTHER_ACT"
    assert told(state=bytes(32)) == "ENTRY_OTHER_STATE"
    assert told(at=AT + 1) == "ENTRY_OTHER_STATE"
    forbidden = replace(made, approvals=TWO[:1])
    assert (
        code(follow(RULES, before, forbidden, replace(entry, act=name), act_digest=name, author=author))
        == "ENTRY_NOT_PERMITTED"
    )
    broken = [*chain[:2], (forbidden, name, author, entry)]
    assert isinstance(replay(lambda _act: RULES, broken), Diverged)


@pytest.mark.promise("P5")
def test_a_difference_in_treaty_data_is_a_doubt_of_the_follower_and_a_refusal_of_the_host():
    made, name, author, entry = played(1)[1][0]
    without = replace(RULES, instruments={})
    assert code(step(without, None, made, author=author, at=AT)) == "BASIS_NOT_OPEN"
    followed = follow(without, None, made, entry, act_digest=name, author=author)
    agreed = follow(RULES, None, made, entry, act_digest=name, author=author)
    assert isinstance(followed, Followed)
    assert isinstance(agreed, Followed)
    assert [doubt.code for doubt in followed.doubts] == ["BASIS_NOT_OPEN"]
    assert (followed.standing, agreed.doubts) == (agreed.standing, ())
