"""The schema and the engine's own check say yes and no to the same bodies."""

import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from longbien.law import Field, Rules, problems
from longbien.law.bodies import from_json, to_json
from longbien.law.checks import CHECKS
from longbien.law.kinds import INT_MAX, KINDS
from longbien.law.schema import KIND_SCHEMAS, act_schema
from longbien.wire.cbor import Malformed

from .sample import BODIES, book
from .test_validate import field
from .written import ANYTHING, DAYS, EDGES, HEX, INSTANTS, NAMES, body_of

BOOK = book()
ACTS = [(rules, act) for rules in BOOK.procedures.values() for act in rules.acts]


@cache
def validator(procedure: str, act: str) -> Draft202012Validator:
    return Draft202012Validator(act_schema(BOOK.rules(procedure), act))


def unchecked(rules: Rules) -> dict:
    """The records without their named checks, which no schema can say."""
    return {name: replace(record, check=None) for name, record in rules.types.items()}


def lawful(rules: Rules, act: str, body: object) -> bool:
    try:
        return problems(rules.acts[act].fields, from_json(body), unchecked(rules)) == ()
    except Malformed:
        return False


@pytest.mark.parametrize(("rules", "act"), ACTS, ids=lambda item: getattr(item, "procedure", item))
def test_every_act_has_a_sound_schema_in_every_language(rules: Rules, act: str) -> None:
    for language in ("en", "vi", "ar"):
        schema = act_schema(rules, act, language)
        Draft202012Validator.check_schema(schema)
        assert json.loads(json.dumps(schema)) == schema
        assert schema["title"]


def test_every_kind_has_its_schema() -> None:
    assert set(KIND_SCHEMAS) == set(KINDS)


def alone(*fields: Field) -> tuple[Rules, Draft202012Validator]:
    """Rules whose only act holds these fields."""
    rules = BOOK.rules("preservation")
    rules = replace(rules, acts={"it": replace(rules.acts["open"], fields=fields)})
    return rules, Draft202012Validator(act_schema(rules, "it"))


VALUES = [
    *(DAYS + INSTANTS + EDGES + NAMES),
    *({"$hex": digits} for digits in HEX),
    *(None, True, False, 0, -1, 1, 60, 59, INT_MAX, INT_MAX + 1, 0.5, [], ["a"], [1], {}),
]


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_takes_in_the_schema_what_it_takes_in_the_engine(kind: str, many: bool) -> None:
    bounds = ((None, None), (1, 3), (60, 180))
    for low, high in bounds if kind in {"int", "text", "longtext"} or many else bounds[:1]:
        known = field(kind + "[]" * many, minimum=low, maximum=high, values=("a", "b"))
        rules, schema = alone(known)
        for value in [*VALUES, *([item] for item in VALUES)]:
            assert schema.is_valid({"it": value}) == lawful(rules, "it", {"it": value}), value


def test_every_condition_holds_in_the_schema_as_in_the_engine() -> None:
    known = (
        field("text", name="a", or_else="b"),
        field("text", name="b", required=False),
        field("text", name="c", required=False, needed_with="b"),
        field("bool", name="d", required=False, must_be=True),
        field("enum", name="e", values=("x", "y", "z")),
        field("text", name="f", required=False, needed_when=(("e", ("x", "y")), ("d", (True,)))),
    )
    rules, schema = alone(*known)
    said = [{}]
    for name, values in {"a": "a", "b": "b", "c": "c", "d": (True, False), "e": "xyz", "f": "f"}.items():
        said = [{**body, **more} for body in said for more in ({}, *({name: value} for value in values))]
    assert len(said) == 2 * 2 * 2 * 3 * 4 * 2
    for body in said:
        assert schema.is_valid(body) == lawful(rules, "it", body), body


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_schema_and_check_agree_on_generated_bodies(data: st.DataObject) -> None:
    rules, act = data.draw(st.sampled_from(ACTS))
    body = data.draw(body_of(rules.acts[act].fields, dict(rules.types)))
    assert validator(rules.procedure, act).is_valid(body) == lawful(rules, act, body)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_schema_and_check_agree_on_a_sound_body_with_one_change(data: st.DataObject) -> None:
    procedure = data.draw(st.sampled_from(sorted(BODIES)))
    act = data.draw(st.sampled_from(sorted(BODIES[procedure]())))
    body = to_json(BODIES[procedure]()[act])
    assert validator(procedure, act).is_valid(body)
    place = body
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(ANYTHING)
            break
        place = place[key]
    assert validator(procedure, act).is_valid(body) == lawful(BOOK.rules(procedure), act, body)


def test_what_a_schema_cannot_say_is_named_in_it() -> None:
    schema = act_schema(BOOK.rules("preservation"), "open")
    named = {name for name, part in schema["$defs"].items() if "$comment" in part}
    checked = {record.name for record in BOOK.rules("preservation").types.values() if record.check in CHECKS}
    assert named == checked & set(schema["$defs"])
    body = to_json(BODIES["preservation"]()["open"])
    body["items"][0]["period"] = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    assert validator("preservation", "open").is_valid(body)
    assert problems(
        BOOK.rules("preservation").acts["open"].fields, from_json(body), BOOK.rules("preservation").types
    )


@given(ANYTHING)
def test_a_body_comes_back_from_json_as_it_went(value: object) -> None:
    try:
        inner = from_json(value)
    except Malformed as fault:
        assert fault.code in {"BODY_FLOAT", "BODY_HEX"}
        return
    assert from_json(to_json(inner)) == inner


def test_a_body_that_is_nested_without_end_is_refused() -> None:
    body: object = 1
    for _ in range(40):
        body = [body]
    with pytest.raises(Malformed, match="BODY_DEPTH"):
        from_json(body)
