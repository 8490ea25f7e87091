"""Any act of any procedure can be typed: what the form reads back is what was meant, and what is wrong is named where it stands."""

import pytest

from law import sample
from longbien.law import gaps
from longbien.node.lawbook import shipped
from longbien.web.questions import Paper, body, questions, typed_of, zone_shown
from playbooks import filler

BOOK = shipped()
PROCEDURES = sorted({name for name, _ in BOOK.procedures})
AT = sample.AT


def acts(procedure: str):
    rules = BOOK.rules(procedure)
    return rules, [act for act in rules.acts.values() if act.persons]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_act_of_a_procedure_can_be_typed_and_is_read_back_as_it_was_meant(procedure):
    rules, every = acts(procedure)
    for act in every:
        meant = filler.body(rules, act.id, AT, "VN", ["RU"])
        typed = typed_of(act.fields, rules.types, meant)
        assert all(isinstance(value, str) for value in typed.values())
        assert body(rules, act.id, typed) == meant, act.id
        assert gaps(rules, act.id, body(rules, act.id, typed)) == gaps(rules, act.id, meant)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_required_field_is_asked_and_every_gap_shows_beside_a_question(procedure):
    rules, every = acts(procedure)
    for act in every:
        found = gaps(rules, act.id, {})
        asked = questions(Paper(rules=rules, typed={}, gaps=found), act.id)
        paths = {question.path: question for question in asked}
        assert set(paths) == {field.name for field in act.fields}
        for gap in found:
            assert paths[gap.path].wrong, (act.id, gap.path)
            assert not paths[gap.path].aside


def everything(asked):
    for question in asked:
        yield question
        yield from everything(question.parts)
        yield from everything(question.items)


def test_what_cannot_be_read_stays_as_it_was_typed_and_is_named():
    rules = BOOK.rules("preservation")
    meant = sample.preservation(AT)["open"]
    typed = typed_of(rules.acts["open"].fields, rules.types, meant)
    typed |= {"requested_days": "sixty", "items[0].period.from": "yesterday", "items[0].period.from.zone": ""}
    read = body(rules, "open", typed)
    assert read["requested_days"] == "sixty"
    wrong = gaps(rules, "open", read)
    assert {gap.path for gap in wrong} == {"requested_days", "items[0].period.from"}
    shown = {
        question.path: question
        for question in everything(questions(Paper(rules=rules, typed=typed, gaps=wrong), "open"))
    }
    assert shown["requested_days"].typed == "sixty"
    assert shown["requested_days"].wrong
    assert shown["items[0].period.from"].typed == "yesterday"


def test_a_time_without_a_zone_is_never_given_one():
    rules = BOOK.rules("preservation")
    meant = sample.preservation(AT)["open"]
    typed = typed_of(rules.acts["open"].fields, rules.types, meant)
    typed["items[0].period.from.zone"] = ""
    codes = {gap.path: gap.code for gap in gaps(rules, "open", body(rules, "open", typed))}
    assert codes["items[0].period.from"] == "TIME_WITHOUT_ZONE"


@pytest.mark.parametrize(
    ("typed", "meant"), [("UTC", "Z"), ("utc+07:00", "+07:00"), ("+05:45", "+05:45"), ("Z", "Z"), ("", "")]
)
def test_a_zone_is_typed_as_people_write_it(typed, meant):
    rules = BOOK.rules("preservation")
    values = {"effective_at": "2026-11-24T03:00", "effective_at.zone": typed}
    assert body(rules, "order", values)["effective_at"] == f"2026-11-24T03:00:00{meant}"
    assert zone_shown(meant).replace("UTC", "") in {meant, ""}


def test_an_item_that_was_left_empty_is_not_sent():
    rules = BOOK.rules("preservation")
    meant = sample.preservation(AT)["open"]
    typed = typed_of(rules.acts["open"].fields, rules.types, meant)
    typed["items[3].description"] = ""
    assert body(rules, "open", typed) == meant
