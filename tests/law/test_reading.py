"""A body is read as people read it, and nothing of it is left out."""

import inspect

from hypothesis import given
from hypothesis import strategies as some

from law import sample
from longbien.law import Read, reading
from longbien.law.guards import GUARDS, STANDING

BOOK = sample.book()
RULES = BOOK.rules("preservation")
BODY = sample.preservation()["open"]


def named(found: tuple[Read, ...]) -> dict[str, Read]:
    return {item.name: item for item in found}


def test_choices_bases_and_reasons_have_their_words_and_codes():
    found = named(reading(RULES, "open", BODY, "en"))
    assert found["urgency"].text == "Urgent"
    assert found["follow_up_intent"].value is True
    assert found["follow_up_intent"].text == ""
    basis = named(found["legal_basis"].items[0].parts)
    assert basis["instrument"].text == RULES.instruments["ru-vn-1998"].labels["en"]
    refused = named(reading(RULES, "refuse", {"reason": sample.reason("DISCRIM", "political")}, "en"))
    assert named(refused["reason"].parts)["code"].text == RULES.reasons["DISCRIM"].labels["en"]


def test_what_the_form_asks_for_and_the_body_lacks_is_shown_as_missing():
    body = {name: value for name, value in BODY.items() if name not in {"facts", "custodian"}}
    found = named(reading(RULES, "open", body, "en"))
    assert found["facts"].missing
    either = named(reading(RULES, "open", {**body, "system_location": "here"}, "en"))
    assert "custodian" not in either


@given(
    some.dictionaries(
        some.text("abc", min_size=1, max_size=4),
        some.recursive(
            some.none()
            | some.booleans()
            | some.integers(0, 9)
            | some.text(max_size=4)
            | some.binary(max_size=3),
            lambda inner: (
                some.lists(inner, max_size=2) | some.dictionaries(some.text("xy"), inner, max_size=2)
            ),
            max_leaves=4,
        ),
        max_size=4,
    )
)
def test_nothing_of_a_body_is_left_out_whatever_it_holds(body):
    found = reading(RULES, "give_notice", body, "fr")
    assert set(body) <= {item.name for item in found}
    assert all(not item.known for item in found if item.name in body and item.name != "text")


def test_what_is_asked_before_a_body_is_written_reads_no_body():
    for name in STANDING:
        assert "situation.body" not in inspect.getsource(GUARDS[name]), name
