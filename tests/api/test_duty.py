"""The shift through the API, by the typed client: a program plans, and persons say yes; nothing that was agreed is lost, and no code is shown."""

from datetime import UTC, datetime, timedelta

import pytest

from longbien.node import duty, pages
from longbien.node.raising import HEALTH
from longbien.node.tokens import Scope
from longbien.web.api.duty_shapes import HandoverWanted, OverrideWanted, SwapWanted
from longbien.web.client import ApiProblem
from node.pair import NOW, OFFICE
from node.test_pages import ROSTER, persons, ready

from .served import served, shown

HOUR = timedelta(hours=1)
HERE = datetime.fromtimestamp(NOW / 1000, UTC)


@pytest.fixture
def api():
    with served() as made:
        ready(made.here)
        yield made


def fails(code: str, status: int, ask, *args, **named) -> None:
    with pytest.raises(ApiProblem) as problem:
        ask(*args, **named)
    assert (problem.value.code, problem.value.status) == (code, status)


def signed(api, person: str, challenge: str):
    """By the passkey of this person, whichever it is."""
    with api.here.store.transaction() as tx:
        of = {tx.desk.credential(key.credential).person.hex(): key for key in api.here.officers}
    api.here.uses += 1
    return shown(of[person].sign(bytes.fromhex(challenge), api.here.uses))


def test_a_roster_is_changed_by_who_looked_at_the_newest_one_only(api):
    client, (first, second) = api.client.shift, (person.hex() for person in persons(api.here))
    before = client.shifts(OFFICE)
    assert before.on_duty is not None
    assert before.turns[0].person == before.on_duty
    plan, version = client.roster(OFFICE)
    assert plan.text == ROSTER
    away = {first: second, second: first}[before.on_duty.person]
    wanted = OverrideWanted(person=away, since=HERE, until=HERE + HOUR)
    _, newer = client.override(OFFICE, wanted, version)
    assert newer != version
    assert client.shifts(OFFICE).on_duty.person == away
    assert client.shifts(OFFICE, at=HERE + 2 * HOUR).on_duty == before.on_duty
    fails("ROSTER_NONE", 404, client.shifts, OFFICE, at=HERE - HOUR)
    for change in (client.override, client.drop_override):
        fails("CHANGED_MEANWHILE", 412, change, OFFICE, wanted, version)
    fails("CHANGED_MEANWHILE", 412, client.set_roster, OFFICE, ROSTER, version)
    _, back = client.drop_override(OFFICE, wanted, newer)
    fails("OVERRIDE_NONE", 404, client.drop_override, OFFICE, wanted, back)
    assert client.shifts(OFFICE).on_duty == before.on_duty
    fails("DUTY_SYNTAX", 422, client.set_roster, OFFICE, "zone = ", back)
    fails("IF_MATCH_MISSING", 428, client.override, OFFICE, wanted, "")
    client.set_roster(OFFICE, ROSTER)
    assert "[[step]]" in client.policy(OFFICE).text
    fails("NOT_THERE", 404, client.shifts, "nowhere")
    reader = api.as_(Scope.DUTY_READ, office=OFFICE).shift
    assert reader.roster(OFFICE)[0].text == ROSTER
    fails("SCOPE_MISSING", 403, reader.set_roster, OFFICE, ROSTER)


def test_two_who_change_a_roster_at_the_same_moment_do_not_lose_each_others_change(api):
    """Each looked at the same version, and only one comes through, whatever the order of the two (a lost update)."""
    node, (first, second) = api.here.node, persons(api.here)
    plan, run, late = duty.written(node, OFFICE, "roster")[0], node.sequencer.run, []

    def overtaken(jobs):
        node.sequencer.run = run
        late.append(duty.override(node, OFFICE, second, NOW, NOW + 1000, by=second, seen=plan.version))
        return run(jobs)

    node.sequencer.run = overtaken
    found = duty.override(node, OFFICE, first, NOW, NOW + 2000, by=first, seen=plan.version)
    assert found.code == "CHANGED_MEANWHILE"
    assert late == [()]
    assert len(duty.written(node, OFFICE, "roster")) == 2
    assert duty.written(node, OFFICE, "roster")[0].by == second


def test_a_swap_needs_the_passkey_of_the_person_who_was_asked(api):
    client = api.client.shift
    turns = [turn for turn in client.shifts(OFFICE).turns if turn.person is not None]
    mine = turns[1]
    theirs = next(turn for turn in turns[2:] if turn.person != mine.person)
    wanted = SwapWanted(person=mine.person.person, gives=mine.since, takes=theirs.since)
    other = SwapWanted(person=theirs.person.person, gives=mine.since, takes=theirs.since)
    fails("SHIFT_OTHER", 422, client.propose_swap, OFFICE, other)
    swap = client.propose_swap(OFFICE, wanted)
    assert client.swaps(OFFICE) == (swap,)
    assert client.withdraw_swap(swap.swap).outcome == "withdrawn"
    fails("SWAP_OVER", 409, client.withdraw_swap, swap.swap)
    fails("SWAP_OVER", 409, client.decline_swap, swap.swap)
    swap = client.propose_swap(OFFICE, wanted)
    fails("SWAP_OTHER", 403, client.accept_swap, swap.swap, signed(api, mine.person.person, swap.challenge))
    fails("PASSKEY_INVALID", 401, client.accept_swap, swap.swap, signed(api, theirs.person.person, "00" * 32))
    yes = signed(api, theirs.person.person, swap.challenge)
    assert client.accept_swap(swap.swap, yes).outcome == "accepted"
    fails("PASSKEY_INVALID", 401, client.accept_swap, swap.swap, yes)
    assert client.shifts(OFFICE, at=mine.since).on_duty == theirs.person
    assert client.shifts(OFFICE, at=theirs.since).on_duty == mine.person
    fails("SWAP_UNKNOWN", 404, client.decline_swap, "00" * 16)


def test_a_page_is_answered_for_a_person_of_the_office_and_its_code_is_shown_to_no_program(api):
    client, node, (first, _) = api.client.shift, api.here.node, persons(api.here)
    me = first.hex()
    disk = pages.raise_page(node, HEALTH, "disk").id.hex()
    keys = pages.raise_page(node, HEALTH, "keys").id.hex()
    pages.tick(node, ["mail"])
    (one, two) = client.pages(OFFICE)
    assert {one.page, two.page} == {disk, keys}
    assert one.calls
    codes = {call.code for item in pages.open_pages(node) for call in item.calls}
    raw = client.ask("GET", f"/offices/{OFFICE}/pages")[0].decode()
    assert codes
    assert not any(f'"{code}"' in raw for code in codes)
    assert client.awake(disk, me).awake.person == me
    assert client.see_to(disk, me).stage == "acknowledged"
    fails("PAGE_OVER", 409, client.awake, disk, me)
    assert client.close_page(keys, me, "The operator knows.").ended.person == me
    fails("PAGE_UNKNOWN", 404, client.awake, "00" * 16, me)
    fails("OFFICER_UNKNOWN", 422, client.awake, disk, "00" * 16)
    assert client.pages(OFFICE) == ()
    test = client.test_page(OFFICE)
    assert [page.page for page in client.pages(OFFICE, kind="test")] == [test.page]
    assert client.awake(test.page, me).stage == "closed"
    assert len(client.pages(OFFICE, ended=True)) == 3
    reader = api.as_(Scope.DUTY_READ).shift
    fails("SCOPE_MISSING", 403, reader.awake, disk, me)


def test_a_gateway_hands_in_what_came_back_and_can_neither_guess_nor_look(api):
    """A code works once; wrong ones are few; the answer says nothing of what the page is about."""
    node = api.here.node
    for name in ("disk", "keys"):
        pages.raise_page(node, HEALTH, name)
    pages.tick(node, ["mail"])
    first, second = (item.calls[0].code for item in pages.open_pages(node))
    gate = api.as_(Scope.PAGES_ANSWER).shift
    assert gate.reply_page(f"ok {first.lower()}").stage == "awake"
    fails("CODE_USED", 422, gate.reply_page, first)
    for _ in range(18):
        fails("CODE_WRONG", 422, gate.reply_page, "OK ????")
    with pytest.raises(ApiProblem, match="RATE_EXCEEDED") as slow:
        gate.reply_page(f"OK {second}")
    assert slow.value.status == 429
    assert slow.value.again_in
    api.here.clock.now += 1000 * slow.value.again_in
    assert gate.reply_page(f"OK {second}").stage == "awake"
    assert all(item.page.ended_at is None for item in pages.open_pages(node)), "awake, and no more than that"
    fails("SCOPE_MISSING", 403, gate.pages, OFFICE)
    fails("SCOPE_MISSING", 403, api.client.shift.reply_page, "OK 7F3K")


@pytest.mark.promise("P9")
def test_a_hand_over_is_signed_by_two_passkeys_and_by_no_token(api):
    client = api.client.shift
    leaves, comes = (person.hex() for person in persons(api.here))
    wanted = HandoverWanted(leaves=leaves, comes=comes, text="The prosecutor calls at nine.")
    fails(
        "HANDOVER_TWO_PERSONS",
        422,
        client.prepare_handover,
        OFFICE,
        HandoverWanted(leaves=comes, comes=comes),
    )
    taken = client.prepare_handover(OFFICE, wanted)
    client.drop_handover(taken.handover)
    fails("HANDOVER_UNKNOWN", 404, client.handover, taken.handover)
    made = client.prepare_handover(OFFICE, wanted)
    assert {item.name for item in made.lists} >= {"open", "due", "pages"}
    name = made.handover
    fails("HANDOVER_NOT_YET", 409, client.sign_handover, name, signed(api, comes, name))
    assert client.sign_handover(name, signed(api, leaves, name)).stage == "half-signed"
    fails("HANDOVER_SIGNED", 409, client.sign_handover, name, signed(api, leaves, name))
    assert client.sign_handover(name, signed(api, comes, name)).stage == "handed-over"
    (kept,) = client.handovers(OFFICE)
    assert (kept.stage, kept.text, kept.leaves.person) == ("handed-over", wanted.text, leaves)
    assert client.handover(name) == kept
    fails("HANDOVER_UNKNOWN", 404, client.drop_handover, name)


def test_a_wall_learns_numbers_by_a_token_that_is_good_for_nothing_else(api):
    pages.raise_page(api.here.node, HEALTH, "disk")
    wall = api.as_(Scope.WALLBOARD).shift
    found = wall.wallboard()
    assert (found.pages, found.on_duty, found.acknowledge) == (1, 1, 0)
    fails("SCOPE_MISSING", 403, wall.shifts, OFFICE)
    fails("SCOPE_MISSING", 403, api.client.shift.wallboard)
