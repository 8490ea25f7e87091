"""Policies: what may be written, which mistakes are found before the night, and how a page goes through the steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.duty import DutyFault, Paged, Stage, advance, lint, read_policy, storming

MINUTE = 60_000
AN, BINH = b"a" * 16, b"b" * 16
PEOPLE = {"An": AN, "Binh": BINH}
GOOD = """
awake_minutes = 10
[[step]]
to = ["on-duty"]
channels = ["ntfy", "mail"]
wait_minutes = 5
[[step]]
to = ["next", "Binh"]
channels = ["ntfy", "mail"]
wait_minutes = 5
[[step]]
to = ["everyone"]
channels = ["mail", "ntfy"]
"""
REACH = {AN: ("ntfy", "mail"), BINH: ("mail",)}


def mistakes(text: str) -> tuple[str, ...]:
    return lint(read_policy(text, PEOPLE), channels=("mail", "ntfy"), reach=REACH)


def test_a_good_policy_has_no_mistakes():
    assert mistakes(GOOD) == ()


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        (GOOD.replace('"ntfy", "mail"', '"sms", "mail"'), "POLICY_CHANNEL_UNKNOWN sms"),
        (
            GOOD.replace('["ntfy", "mail"]', '["mail"]').replace('["mail", "ntfy"]', '["mail"]'),
            "POLICY_ONE_CHANNEL mail",
        ),
        (GOOD.replace('["everyone"]', '["An"]'), "POLICY_NOT_EVERYONE"),
        (GOOD.replace("wait_minutes = 5", "wait_minutes = 25"), "POLICY_LATE step 3"),
        (GOOD.replace('["next", "Binh"]', '["on-duty"]'), "POLICY_SAME_TWICE step 2"),
        (
            GOOD.replace('["next", "Binh"]\nchannels = ["ntfy", "mail"]', '["Binh"]\nchannels = ["ntfy"]'),
            "POLICY_NOBODY_REACHED step 2",
        ),
    ],
)
def test_every_planted_mistake_is_found(planted, code):
    assert planted != GOOD
    assert any(found.startswith(code) for found in mistakes(planted)), mistakes(planted)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "DUTY_KEY_MISSING", "step"),
        (GOOD.replace("awake_minutes", "awake_minuts"), "DUTY_KEY_UNKNOWN", "did you mean awake_minutes?"),
        (GOOD.replace("awake_minutes = 10", "awake_minutes = true"), "DUTY_VALUE", "awake_minutes"),
        (GOOD.replace("awake_minutes = 10", "awake_minutes = 0"), "DUTY_VALUE", "from 1"),
        (GOOD.replace('"Binh"', '"Bin"'), "DUTY_PERSON_UNKNOWN", "did you mean Binh?"),
        (GOOD.replace('"on-duty"', '"onduty"'), "DUTY_PERSON_UNKNOWN", "did you mean on-duty?"),
        ("step = 1\n", "DUTY_VALUE", "step"),
        ("step = [1]\n", "DUTY_VALUE", "[[step]]"),
        (GOOD + '[quiet]\nzone = "Mars"\nfrom = 22:00:00\nuntil = 06:00:00', "DUTY_ZONE_UNKNOWN", "Mars"),
    ],
)
def test_a_mistake_in_a_policy_has_a_code_and_the_nearest_name(text, code, said):
    with pytest.raises(DutyFault) as fault:
        read_policy(text, PEOPLE)
    assert fault.value.code == code
    assert said in fault.value.detail


@given(st.lists(st.integers(0, 30 * MINUTE), max_size=60), st.booleans())
def test_a_page_that_nobody_answers_is_called_again_within_its_waits_for_ever(pauses, failed):
    """However seldom the clock is looked at: at each look either the last wait still runs or a step is called."""
    policy = read_policy(GOOD, PEOPLE)
    page, now, last = Paged(stage=Stage.RAISED, urgent=True, step=0, next_at=0), 0, None
    for pause in pauses:
        now += pause
        move = advance(page, policy, now, failed=failed)
        if move.call is None:
            assert last is not None
            assert now < last
        else:
            assert move.call == policy.steps[page.step % len(policy.steps)]
            last = now + move.call.wait
        page = move.page


def test_being_awake_buys_a_little_time_and_then_the_next_step_is_called():
    policy = read_policy(GOOD, PEOPLE)
    awake = Paged(stage=Stage.AWAKE, urgent=True, step=1, next_at=10 * MINUTE)
    assert advance(awake, policy, 10 * MINUTE - 1).call is None
    assert advance(awake, policy, 10 * MINUTE - 1, failed=True).call is None
    move = advance(awake, policy, 10 * MINUTE)
    assert move.call == policy.steps[1]
    assert move.page.stage is Stage.RAISED


@pytest.mark.parametrize("stage", [Stage.ACKNOWLEDGED, Stage.CLOSED])
def test_a_page_that_has_ended_calls_nobody(stage):
    page = Paged(stage=stage, urgent=True, step=0, next_at=0)
    assert advance(page, read_policy(GOOD, PEOPLE), 10**15, failed=True).call is None


def test_a_clock_that_is_set_back_silences_nobody_for_longer_than_a_wait():
    page = Paged(stage=Stage.RAISED, urgent=True, step=1, next_at=10**12)
    assert advance(page, read_policy(GOOD, PEOPLE), 0).call is not None


def test_when_nobody_of_a_step_could_be_reached_the_next_is_called_at_once_until_all_were():
    policy = read_policy(GOOD, PEOPLE)
    page = Paged(stage=Stage.RAISED, urgent=True, step=1, next_at=5 * MINUTE)
    called = []
    for _ in range(6):
        move = advance(page, policy, 1, failed=True)
        page = move.page
        called.append(move.call)
    assert called == [policy.steps[1], policy.steps[2], None, None, None, None]


@pytest.mark.parametrize(
    ("opens", "closes", "quiet"),
    [("22:00:00", "06:00:00", True), ("01:00:00", "03:00:00", True), ("03:00:00", "22:00:00", False)],
)
def test_quiet_hours_hold_back_what_is_not_urgent_and_nothing_else(opens, closes, quiet):
    text = GOOD + f'[quiet]\nzone = "Asia/Ho_Chi_Minh"\nfrom = {opens}\nuntil = {closes}'
    policy = read_policy(text, PEOPLE)
    # 19:00 UTC is two in the morning in Ha Noi.
    now = (20_000 * 24 + 19) * 60 * MINUTE
    routine = Paged(stage=Stage.RAISED, urgent=False, step=0, next_at=0)
    urgent = Paged(stage=Stage.RAISED, urgent=True, step=0, next_at=0)
    assert (advance(routine, policy, now).call is None) is quiet
    assert advance(urgent, policy, now).call is not None


def test_a_storm_is_so_many_pages_in_so_many_minutes():
    policy = read_policy(GOOD, PEOPLE)
    assert not storming([0, 1, 2, 3], policy, 4)
    assert storming([0, 1, 2, 3, 4], policy, 4)
    assert not storming([0, 1, 2, 3, 4], policy, 5 * MINUTE + 3)
