"""Guards of care, asked alone: what each needs to see, and that none of them stumbles over what it is handed."""

import pytest

from longbien.law import Refusal
from longbien.law.guards_care import (
    GUARDS,
    called_back,
    child_material_sealed,
    consent_is_asked,
    in_writing_where_asked,
    no_order_needed,
    use_allowed,
)
from longbien.law.instants import DAY, day_of, write_day
from longbien.wire.cbor import Value

from .sample import AT, book, situation

RULES = book().rules("preservation")
assert RULES is not None
TODAY = day_of(AT)


def asked(guard, body: dict[str, Value], data: dict[str, Value]) -> Refusal | None:
    return guard(situation("open", body=body, data=data), RULES)


@pytest.mark.parametrize(
    ("guard", "body", "data", "code"),
    [
        (called_back, {}, {}, "CALL_BACK_MISSING"),
        (called_back, {}, {"call_back_at": AT}, None),
        (no_order_needed, {"items": [{"category": "subscriber"}, {"category": "traffic"}]}, {}, "ORDER_NEEDED"),
        (no_order_needed, {"items": [{"category": "subscriber"}]}, {}, None),
        (consent_is_asked, {}, {"new_use": "exculpatory_disclosure"}, "EXCULPATORY_IS_NOTICE"),
        (consent_is_asked, {}, {"new_use": "other_case"}, None),
        (use_allowed, {}, {"new_use": "other_case"}, "CONSENT_MISSING"),
        (use_allowed, {}, {"new_use": "exculpatory_disclosure"}, None),
        (use_allowed, {}, {"consent_at": AT}, "USED_BEFORE_CONSENT"),
        (use_allowed, {"used_on": write_day(TODAY - 2)}, {"consent_at": AT}, "USED_BEFORE_CONSENT"),
        (use_allowed, {"used_on": write_day(TODAY - 1)}, {"consent_at": AT}, None),
        (use_allowed, {"used_on": write_day(TODAY)}, {"consent_at": AT, "until": TODAY * DAY}, None),
        (use_allowed, {"used_on": write_day(TODAY + 1)}, {"consent_at": AT, "until": TODAY * DAY}, "CONSENT_PAST"),
        (in_writing_where_asked, {}, {"written_required": True}, "DOCUMENT_MISSING"),
        (in_writing_where_asked, {"document": {}}, {"written_required": True}, None),
        (in_writing_where_asked, {}, {"written_required": False}, None),
        (child_material_sealed, {"file": {"media_type": "image/png"}}, {"offences": ["HC-14"]}, "CHILD_MATERIAL_OPEN"),
        (child_material_sealed, {"file": {"media_type": "image/png"}}, {"offences": ["HC-13"]}, None),
        (child_material_sealed, {"file": {"media_type": 5}}, {"offences": ["HC-14"]}, None),
    ],
)  # fmt: skip
def test_a_guard_of_care_says_no_for_its_own_reason(guard, body, data, code: str | None) -> None:
    answer = asked(guard, body, data)
    assert (None if answer is None else answer.code) == code


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
@pytest.mark.parametrize("value", [None, 7, "text", b"bytes", [1, ["x"]], {"category": []}])
def test_no_value_makes_a_guard_of_care_stumble(guard, value: Value) -> None:
    names = ("items", "offence", "offences", "new_use", "consent_at", "used_on", "until", "document", "files")
    answer = asked(guard, dict.fromkeys(names, value), dict.fromkeys(names, value))
    assert answer is None or answer.code
