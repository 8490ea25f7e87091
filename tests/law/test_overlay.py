"""National overlays narrow what a State takes and does, each in its own way, and can never widen it."""

from collections.abc import Mapping
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.law import Move, Refusal, decide, lint, load

from .sample import BODIES, PARTIES, facts, situation, texts
from .test_moves import moves

TEXTS = texts()
HEAD = 'source = "invented for a test"\n'

RECEIVING: Mapping[str, str] = {
    "OVERLAY_CLOSED": "closed = true",
    "OVERLAY_SUSPENDED": 'suspended = ["VN"]',
    "LANGUAGE_NOT_ACCEPTED": 'languages = ["ru"]',
    "OVERLAY_LIMB": 'scope_limbs = ["a"]',
    "OVERLAY_OFFICE": 'offices = ["poc"]',
}
ACTING: Mapping[str, tuple[str, str]] = {
    "OVERLAY_PERSONS": ("acknowledge", "persons = { acknowledge = 3 }"),
    "OVERLAY_FIELD": ("report_status", 'fields = { report_status = ["expected_on"] }'),
    "OVERLAY_GROUND": ("refuse", 'grounds = ["DISCRIM"]'),
}


@cache
def under(receiving: str = "", acting: str = ""):
    """The preservation of a Russian Federation with an invented overlay."""
    text = f'party = "{PARTIES[1]}"\n{HEAD}'
    for table, keys in (("receiving", receiving), ("acting", acting)):
        text += f'[[{table}]]\nprocedures = ["preservation"]\n{keys}\n' if keys else ""
    rules = load({**TEXTS, f"overlays/{PARTIES[1]}.toml": text}).rules("preservation")
    assert rules is not None
    return rules


@pytest.mark.parametrize(("code", "keys"), RECEIVING.items())
def test_what_a_state_does_not_take_is_refused_before_it_is_ordered_and_doubted_afterwards(
    code, keys
) -> None:
    rules = under(receiving=keys)
    asked = situation("open", opening={"from_state": "VN", "to_states": ["RU"]})
    refused = decide(rules, asked)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.detail.split()[0]) == (code, "RU")
    followed = decide(rules, asked, ordered=True)
    assert isinstance(followed, Move)
    assert [doubt.code for doubt in followed.doubts] == [code]


def test_a_translation_into_an_accepted_language_opens_the_door() -> None:
    rules = under(receiving='languages = ["ru"]')
    body = BODIES["preservation"]()["open"]
    text = {"name": "request.pdf", "sha256": bytes(32), "size": 1, "media_type": "application/pdf"}
    translated = {**body, "translation": [{"language": "ru", "original": bytes(32), "text": text}]}
    assert isinstance(decide(rules, situation("open", body=translated)), Move)
    assert isinstance(decide(rules, situation("open", body={**body, "language": "ru-RU"})), Move)


@pytest.mark.parametrize(("code", "what"), ACTING.items())
def test_what_a_state_asks_of_its_own_officers_binds_them_alone(code, what) -> None:
    act, keys = what
    rules = under(acting=keys)
    written = dict(BODIES["preservation"]()[act])
    written.pop("expected_on", None)
    asked = situation(act, role="requested", stage="acknowledged", data=facts(act), body=written)
    if act == "acknowledge":
        asked = situation(act, role="requested", stage="received", data=facts(act), body=written)
    refused = decide(rules, asked)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert isinstance(decide(rules, asked, ordered=True), Move)


def test_an_opening_on_limb_c_may_need_a_third_approval() -> None:
    text = f'party = "VN"\n{HEAD}[[acting]]\nprocedures = ["*"]\nlimb_c_persons = 3\n'
    rules = load({**TEXTS, "overlays/VN.toml": text}).rules("preservation")
    assert rules is not None
    limb_c = {**BODIES["preservation"]()["open"], "scope_limb": "c"}
    assert isinstance(decide(rules, situation("open", body=limb_c, persons=3)), Move)
    refused = decide(rules, situation("open", body=limb_c, persons=2))
    assert isinstance(refused, Refusal)
    assert refused.code == "OVERLAY_PERSONS"
    assert isinstance(decide(rules, situation("open", persons=2)), Move)


@settings(deadline=None)
@given(st.data())
def test_an_overlay_never_widens(data: st.DataObject) -> None:
    rules = under(
        receiving=data.draw(st.sampled_from(["", *RECEIVING.values()])),
        acting=data.draw(st.sampled_from(["", *(keys for _, keys in ACTING.values())])),
    )
    plain = under()
    stage, role, act = data.draw(st.sampled_from(sorted(moves("preservation"))))
    asked = situation(
        act,
        role=role,
        stage=stage or None,
        data=facts(act) if stage else {},
        persons=data.draw(st.integers(0, 3)),
        offices=data.draw(st.sampled_from([("ca",), ("poc",), ("dpo",), ()])),
    )
    narrow, wide = decide(rules, asked), decide(plain, asked)
    assert isinstance(narrow, Refusal) or narrow == wide


@pytest.mark.parametrize(
    ("code", "table", "keys"),
    [
        ("OVERLAY_WIDENS", "acting", 'procedures = ["preservation"]\npersons = { open = 1 }'),
        ("OVERLAY_WIDENS", "receiving", 'procedures = ["preservation"]\noffices = ["taf"]'),
        ("OVERLAY_WIDENS", "receiving", 'procedures = ["preservation"]\nscope_limbs = ["d"]'),
        ("OVERLAY_UNKNOWN", "receiving", 'procedures = ["conservation"]\nclosed = true'),
        ("OVERLAY_UNKNOWN", "acting", 'procedures = ["preservation"]\npersons = { shrug = 3 }'),
        ("OVERLAY_UNKNOWN", "acting", 'procedures = ["preservation"]\nfields = { open = ["colour"] }'),
        ("OVERLAY_UNKNOWN", "acting", 'procedures = ["preservation"]\ngrounds = ["MOOD"]'),
        ("KEY_UNKNOWN", "receiving", 'procedures = ["preservation"]\nopen = true'),
    ],
)
def test_the_lint_proves_that_an_overlay_narrows(code: str, table: str, keys: str) -> None:
    text = f'party = "RU"\n{HEAD}[[{table}]]\n{keys}\n'
    assert code in {finding.code for finding in lint({**TEXTS, "overlays/RU.toml": text})}
