"""A body is checked field by field, and the answer names every field that needs the officer's hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.law import Field, Problem, Rules, problems
from longbien.law.validate import ORDER, SHOWN_MAX, refusal
from longbien.wire.cbor import Value

from .sample import BODIES, DIGEST, EXCHANGE, book

BOOK = book()

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(1 << 64), max_value=(1 << 64) - 1)
    | st.binary(max_size=40)
    | st.text(max_size=40)
    | st.sampled_from(["HC-10", "ip_port", "2026-11-14T18:57:03Z", "2026-11-14", EXCHANGE, DIGEST])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=12) | st.integers(min_value=0, max_value=9), inner, max_size=4)
    ),
    max_leaves=12,
)


def rules(procedure: str = "preservation") -> Rules:
    found = BOOK.rules(procedure)
    assert found is not None
    return found


def field(type_: str, **changes: object) -> Field:
    plain: dict[str, object] = {
        "name": "it",
        "type": type_.removesuffix("[]"),
        "many": type_.endswith("[]"),
        "required": True,
        "minimum": None,
        "maximum": None,
        "values": (),
        "must_be": None,
        "default": None,
        "or_else": None,
        "needed_with": None,
        "needed_when": (),
        "labels": {"en": "It"},
        "help": {},
        "value_labels": {},
    }
    return Field(**{**plain, **changes})


def codes(asked: Field, value: Value) -> list[str]:
    return [problem.code for problem in problems((asked,), {"it": value}, rules().types)]


@pytest.mark.parametrize("procedure", BODIES)
def test_every_sample_body_is_valid(procedure: str) -> None:
    for act, body in BODIES[procedure]().items():
        assert problems(rules(procedure).acts[act].fields, body, rules(procedure).types) == (), act


@pytest.mark.parametrize("procedure", BODIES)
def test_every_act_has_a_sample_body(procedure: str) -> None:
    assert set(BODIES[procedure]()) == set(rules(procedure).acts)


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("text", ["a", "Nguyễn", "x" * 500], ["", " ", "x" * 501, "a\nb", "a\tb", "a\u2028b", "\u202eabc", "\x00", 7, b"a"]),
        ("longtext", ["a\nb", "x" * 20_000], ["", "\n", "x" * 20_001, "a\rb", "\ud800", "\u2066x", None, ["a"]]),
        ("office_ref", ["Contact point"], ["", "a\nb"]),
        ("case_ref", ["VN-2026-HS-0417"], ["", 17]),
        ("lang", ["en", "zh-Hans", "vi"], ["EN", "e", "english", "", 1]),
        ("state", ["VN", "UNODC", "VN-TEST"], ["V", "vn", "", "V" * 17, b"VN"]),
        ("code", ["OWN-LAW", "SC"], ["own", "A", ""]),
        ("name", ["hanoi", "ru-vn-1998"], ["Hanoi", "", "-a", "x" * 49]),
        ("date", ["2026-11-14"], ["2026-11-31", "14.11.2026", "", 20261114]),
        ("bool", [True, False], [0, 1, "true", None]),
        ("int", [0, 1, (1 << 53) - 1], [-1, 1 << 53, True, "1", None]),
        ("exchange_ref", [EXCHANGE], [DIGEST, EXCHANGE.hex(), b""]),
        ("digest", [DIGEST], [EXCHANGE, DIGEST.hex()]),
        ("int[]", [[], [1, 2], (1, 2), [7] * 200], [[True], "12", b"12", 1, None, [7] * 201, {"0": 1}]),
        ("period", [{"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:01Z"}], [[], "now", None]),
    ],
)  # fmt: skip
def test_a_kind_takes_what_it_is_for_and_nothing_else(
    type_: str, good: list[Value], bad: list[Value]
) -> None:
    for value in good:
        assert codes(field(type_), value) == [], value
    for value in bad:
        assert codes(field(type_), value), value
        assert set(codes(field(type_), value)) == {"FIELD_INVALID"}, value


def test_a_time_needs_its_zone() -> None:
    assert codes(field("datetime"), "2026-11-14T18:57:03+07:00") == []
    assert codes(field("datetime"), "2026-11-14T18:57:03") == ["TIME_WITHOUT_ZONE"]
    assert codes(field("datetime"), "yesterday") == ["FIELD_INVALID"]
    assert codes(field("datetime"), 1_795_374_000_000) == ["FIELD_INVALID"]


def test_bounds_hold_for_numbers_texts_and_counts() -> None:
    assert codes(field("int", minimum=60, maximum=180), 60) == []
    assert codes(field("int", minimum=60, maximum=180), 59) == ["FIELD_INVALID"]
    assert codes(field("int", minimum=60, maximum=180), 181) == ["FIELD_INVALID"]
    assert codes(field("int", maximum=0), 1) == ["FIELD_INVALID"]
    assert codes(field("text", minimum=3, maximum=5), "ab") == ["FIELD_INVALID"]
    assert codes(field("text", minimum=3, maximum=5), "abcdef") == ["FIELD_INVALID"]
    assert codes(field("text[]", minimum=1, maximum=2), ["a long text"]) == []
    assert codes(field("text[]", minimum=1, maximum=2), []) == ["FIELD_INVALID"]
    assert codes(field("text[]", minimum=1, maximum=2), ["a", "b", "c"]) == ["FIELD_INVALID"]


def test_a_promise_must_be_made() -> None:
    assert codes(field("bool", must_be=True), True) == []
    assert codes(field("bool", must_be=True), False) == ["FIELD_INVALID"]
    assert codes(field("enum", values=("a", "b")), "a") == []
    assert codes(field("enum", values=("a", "b")), "c") == ["FIELD_INVALID"]
    assert codes(field("enum", values=("a", "b")), ["a"]) == ["FIELD_INVALID"]


def test_one_field_may_stand_for_another() -> None:
    pair = (field("text", name="custodian", or_else="place"), field("text", name="place", required=False))
    assert problems(pair, {"place": "Moscow"}, {}) == ()
    assert problems(pair, {}, {}) == (Problem("FIELDS_MISSING", "custodian"),)


def test_a_field_can_be_needed_beside_another() -> None:
    beside = (
        field("text", name="deadline", required=False),
        field("text", name="why", required=False, needed_with="deadline"),
        field("bool", name="volatile", required=False),
        field("text", name="reason", required=False, needed_when=(("volatile", (True,)),)),
    )
    assert problems(beside, {}, {}) == ()
    assert problems(beside, {"volatile": False}, {}) == ()
    assert problems(beside, {"deadline": "soon", "volatile": True}, {}) == (
        Problem("FIELDS_MISSING", "why"),
        Problem("FIELDS_MISSING", "reason"),
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("198.51.100.23:51234", []),
        ("[2001:db8::1]:443", []),
        ("198.51.100.23", ["FIELD_INVALID"]),
        ("198.51.100.23:0", ["FIELD_INVALID"]),
        ("198.51.100.23:65536", ["FIELD_INVALID"]),
        ("198.51.100.23:http", ["FIELD_INVALID"]),
        ("198.51.100.23:" + "9" * 400, ["FIELD_INVALID"]),
        ("c2.example.net:443", ["FIELD_INVALID"]),
    ],
)
def test_an_address_stands_with_its_port(value: str, found: list[str]) -> None:
    account = {"kind": "ip_port", "value": value, "observed_at": "2026-11-14T18:57:03Z"}
    assert codes(field("account_id"), account) == found


def test_an_address_stands_with_its_time() -> None:
    account = {"kind": "ip_port", "value": "198.51.100.23:51234"}
    assert problems((field("account_id"),), {"it": account}, rules().types) == (
        Problem("FIELDS_MISSING", "it.observed_at"),
    )


def test_a_period_ends_after_it_begins() -> None:
    instant = "2026-01-01T00:00:00Z"
    assert problems((field("period"),), {"it": {"from": instant, "to": instant}}, rules().types) == (
        Problem("FIELD_INVALID", "it.to"),
    )


def test_laundering_names_what_was_laundered() -> None:
    crime = {"code": "HC-17", "domestic": "Art. 1", "mode": "principal"}
    assert codes(field("offence"), crime) == ["FIELDS_MISSING"]
    assert codes(field("offence"), {**crime, "predicate": "HC-13"}) == []


def test_paths_lead_to_the_field() -> None:
    whole = BODIES["preservation"]()["open"]
    body = {**whole, "items": [{"category": "traffic", "description": "x", "period": {"from": "2026"}}]}
    assert problems(rules().acts["open"].fields, body, rules().types) == (
        Problem("FIELD_INVALID", "items[0].period.from"),
        Problem("FIELDS_MISSING", "items[0].period.to"),
    )


def test_an_unknown_field_is_named_by_its_nearest_neighbour_and_never_repeated() -> None:
    found = problems(
        (field("text", name="custodian"),), {"custodain": "x", "custodian": "y", 7: 1, "§": 2}, {}
    )
    assert found == (
        Problem("FIELD_UNKNOWN", "?custodian"),
        Problem("FIELD_UNKNOWN", "?"),
        Problem("FIELD_UNKNOWN", "?"),
    )
    long = problems((field("text", name="custodian"),), {"custodian" * 9: "x", "custodian": "y"}, {})
    assert long == (Problem("FIELD_UNKNOWN", "?"),)


def test_a_body_that_is_no_map_is_invalid() -> None:
    assert problems((), [], {}) == (Problem("FIELD_INVALID", "body"),)


def test_the_refusal_carries_the_gravest_code_and_a_bounded_list() -> None:
    found = [
        Problem("FIELD_INVALID", "a"),
        *(Problem("FIELDS_MISSING", f"f{n}") for n in range(SHOWN_MAX + 2)),
    ]
    answer = refusal(found)
    assert answer is not None
    assert answer.code == "FIELDS_MISSING"
    assert answer.detail.split()[-1] == "+2"
    assert refusal([]) is None


@given(VALUES)
def test_no_value_makes_the_check_raise(value: Value) -> None:
    for act in rules().acts.values():
        found = problems(act.fields, value, rules().types)
        assert all(problem.code in ORDER for problem in found)
        assert all(len(problem.path) < 200 for problem in found)


@given(VALUES, st.data())
def test_no_value_in_a_known_field_makes_the_check_raise(value: Value, data: st.DataObject) -> None:
    procedure = data.draw(st.sampled_from(sorted(BODIES)))
    act = data.draw(st.sampled_from(sorted(rules(procedure).acts)))
    body = dict(BODIES[procedure]()[act])
    if rules(procedure).acts[act].fields:
        name = data.draw(st.sampled_from([known.name for known in rules(procedure).acts[act].fields]))
        body[name] = value
    problems(rules(procedure).acts[act].fields, body, rules(procedure).types)
