"""Each guard says no for its own reason, with its own code; and what the convention page promises holds."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from longbien.law import Move, Refusal, Rules, decide
from longbien.law.guards import ANSWERS_MAX, CONDITIONS_MAX, DATED, GUARDS
from longbien.law.instants import DAY, HOUR, day_of, write_day, write_instant
from longbien.wire.cbor import Value

from .sample import AT, BODIES, DIGEST, RIGHTS, authorisation, book, facts, reason, situation

BOOK = book()


def rules(procedure: str = "preservation") -> Rules:
    found = BOOK.rules(procedure)
    assert found is not None
    return found


def body(act: str, procedure: str = "preservation", **changes: Value) -> dict[str, Value]:
    """The sample body with fields changed; a field set to None is taken away."""
    whole = {**BODIES[procedure]()[act], **changes}
    return {name: value for name, value in whole.items() if value is not None}


def ask(
    act: str,
    stage: str | None = None,
    *,
    role: str = "requested",
    procedure: str = "preservation",
    data: Mapping[str, Value] | None = None,
    persons: int = 2,
    offices: tuple[str, ...] = ("ca",),
    saw_latest: bool = True,
    opening: Mapping[str, Value] | None = None,
    at: int = AT,
    written: Mapping[str, Value] | None = None,
) -> Move | Refusal:
    before = {} if stage is None else facts(act)
    return decide(
        rules(procedure),
        situation(
            act,
            role="requesting" if stage is None else role,
            stage=stage,
            body=written,
            data={**before, **(data or {})},
            procedure=procedure,
            at=at,
            persons=persons,
            offices=offices,
            saw_latest=saw_latest,
            opening=opening,
        ),
    )


def code(answer: Move | Refusal) -> str:
    return answer.code if isinstance(answer, Refusal) else answer.to


def test_a_guard_reads_its_own_name_in_the_registry() -> None:
    assert all(guard.__name__ == name for name, guard in GUARDS.items())


# ------------------------------------------------------------------ office, people, fields


@pytest.mark.promise("P9")
@pytest.mark.parametrize(
    ("act", "stage", "role"),
    [
        ("open", None, "requesting"),
        ("order", "acknowledged", "requested"),
        ("refuse", "acknowledged", "requested"),
    ],
)
def test_what_binds_or_discloses_needs_two_people(act: str, stage: str | None, role: str) -> None:
    assert ask(act, stage, role=role, persons=1) == Refusal(code="TWO_PERSONS_NEEDED", detail="2")


@pytest.mark.parametrize(("act", "stage"), [("acknowledge", "received"), ("ask", "acknowledged")])
def test_one_person_may_acknowledge_and_ask(act: str, stage: str) -> None:
    assert isinstance(ask(act, stage, persons=1), Move)
    assert code(ask(act, stage, persons=0)) == "TWO_PERSONS_NEEDED"


def test_legal_assistance_is_asked_by_a_central_authority_only() -> None:
    answer = ask("open", procedure="stored-data-access", offices=("poc", "comp"))
    assert answer == Refusal(code="OFFICE_NOT_ALLOWED", detail="ca")
    assert code(ask("open", procedure="stored-data-access", offices=("poc", "ca"))) == "received"


def test_an_investigating_authority_may_ask_for_preservation_but_not_order_it() -> None:
    assert code(ask("open", offices=("comp",))) == "received"
    assert code(ask("order", "acknowledged", offices=("comp",))) == "OFFICE_NOT_ALLOWED"
    assert code(ask("order", "acknowledged", offices=())) == "OFFICE_NOT_ALLOWED"


def test_an_act_may_be_open_to_more_offices_than_its_side() -> None:
    answer = ask("authorise", "accepted", procedure="stored-data-access", offices=("comp",))
    assert code(answer) == "executing"


def test_the_refusal_names_all_fields_that_are_missing() -> None:
    written = body("open", facts=None, custodian=None, items=None)
    answer = ask("open", written=written)
    assert answer == Refusal(code="FIELDS_MISSING", detail="facts items custodian")


def test_a_machine_act_carries_nothing() -> None:
    answer = ask("expire", "preserved", role="machine", written={"note": "?"})
    assert code(answer) == "FIELD_UNKNOWN"


# ------------------------------------------------------------------ parties and basis


@pytest.mark.parametrize("name", ["from_state", "to_state"])
def test_the_body_cannot_name_another_state_than_the_statement(name: str) -> None:
    assert ask("open", opening={name: "KZ"}) == Refusal(code="PARTY_MISMATCH", detail=name)


def test_no_state_asks_itself() -> None:
    answer = ask("open", written=body("open", to_state="VN"))
    assert answer == Refusal(code="PARTY_MISMATCH", detail="from_state to_state")


def test_a_confirmation_keeps_the_states_of_the_call() -> None:
    written = body("confirm_in_writing", "stored-data-access", to_state="KZ")
    answer = ask(
        "confirm_in_writing", "oral", role="requesting", procedure="stored-data-access", written=written
    )
    assert answer == Refusal(code="PARTY_MISMATCH", detail="to_state")


def cited(*names: str) -> list[Value]:
    return [{"instrument": name} for name in names]


@pytest.mark.parametrize(
    ("basis", "detail"),
    [
        (cited("hanoi"), "legal_basis[0]:BASIS_NOT_IN_FORCE"),
        (cited("saigon"), "legal_basis[0]:BASIS_UNKNOWN"),
        (cited("bilateral"), "legal_basis[0]:BASIS_TEXT_MISSING"),
        (cited("reciprocity"), "legal_basis[0]:BASIS_ASSURANCE_MISSING"),
        (cited("hanoi", "budapest"), "legal_basis[0]:BASIS_NOT_IN_FORCE legal_basis[1]:BASIS_NOT_PARTY"),
    ],
)
def test_no_exchange_opens_without_a_basis_in_force(basis: list[Value], detail: str) -> None:
    answer = ask("open", written=body("open", legal_basis=basis))
    assert answer == Refusal(code="BASIS_NOT_OPEN", detail=detail)


def test_a_basis_in_force_carries_one_that_is_not() -> None:
    answer = ask("open", written=body("open", legal_basis=cited("hanoi", "ru-vn-1998")))
    assert isinstance(answer, Move)
    assert answer.data["basis"] == ("hanoi", "ru-vn-1998")


def test_the_requested_side_accepts_on_another_basis_only_if_that_is_in_force() -> None:
    def accept(*names: str) -> Move | Refusal:
        return ask(
            "accept",
            "checking",
            procedure="stored-data-access",
            written={"rights_check": RIGHTS, "legal_basis": cited(*names)},
        )

    answer = accept("ru-vn-1998")
    assert isinstance(answer, Move)
    assert answer.data["basis"] == ("ru-vn-1998",)
    assert code(accept("hanoi")) == "BASIS_NOT_OPEN"


class Sealed(dict[str, object]):
    """Treaty data that nobody may look at."""

    def get(self, *_: object) -> object:
        raise AssertionError("looked at treaty data")

    __getitem__ = __contains__ = __iter__ = get  # type: ignore[assignment]


@pytest.mark.promise("P5")
@pytest.mark.parametrize("procedure", sorted(BODIES))
def test_no_guard_but_the_dated_ones_looks_at_treaty_data(procedure: str) -> None:
    blind = replace(rules(procedure), instruments=Sealed())
    looked = set()
    for act in BODIES[procedure]():
        asked = situation(act, role="requesting", stage=None, procedure=procedure, data=facts(act))
        for name in {guard for row in blind.flow.rows for guard in row.guards}:
            try:
                GUARDS[name](asked, blind)
            except AssertionError:
                looked.add(name)
    assert looked == DATED


@pytest.mark.promise("P5")
def test_once_the_host_has_ordered_a_closed_basis_is_a_doubt_and_changes_nothing_else() -> None:
    asked = situation("open", role="requesting", stage=None, body=body("open", legal_basis=cited("hanoi")))
    assert code(decide(rules(), asked)) == "BASIS_NOT_OPEN"
    followed = decide(rules(), asked, ordered=True)
    assert isinstance(followed, Move)
    assert followed.doubts == (Refusal(code="BASIS_NOT_OPEN", detail="legal_basis[0]:BASIS_NOT_IN_FORCE"),)
    # The host whose data say that it is open gets the same stage, facts and clocks.
    treaty = BOOK.instruments["hanoi"]
    bound = {party: replace(treaty.parties[party], in_force=0) for party in ("VN", "RU")}
    newer = replace(
        rules(), instruments={**BOOK.instruments, "hanoi": replace(treaty, parties=bound, pending=False)}
    )
    assert decide(newer, asked) == replace(followed, doubts=())


# ------------------------------------------------------------------ scope


def offence(code: str, **more: Value) -> list[Value]:
    return [{"code": code, "domestic": "Penal Code, Art. 1 (illustrative)", "mode": "principal", **more}]


def test_a_serious_crime_is_open_under_limb_c_only() -> None:
    crime = offence("SC", max_years=4)
    assert code(ask("open", written=body("open", offence=crime, scope_limb="c"))) == "received"
    answer = ask("open", written=body("open", offence=crime, scope_limb="b"))
    assert answer == Refusal(code="SCOPE_LIMB_WRONG", detail="offence[0].code")


def test_a_serious_crime_needs_four_years() -> None:
    crime = offence("SC", max_years=3)
    answer = ask("open", written=body("open", offence=crime, scope_limb="c"))
    assert answer == Refusal(code="SERIOUS_CRIME_THRESHOLD", detail="offence[0].max_years")
    answer = ask("open", written=body("open", offence=offence("SC"), scope_limb="c"))
    assert answer == Refusal(code="FIELDS_MISSING", detail="offence[0].max_years")


def test_a_limb_that_the_procedure_does_not_know_is_closed() -> None:
    answer = GUARDS["scope_fits"](situation("open", body=body("open", scope_limb="z")), rules())
    assert answer == Refusal(code="SCOPE_LIMB_CLOSED", detail="scope_limb")


def test_only_what_is_urgent_begins_by_word_of_mouth() -> None:
    written = body("open_oral", "stored-data-access", urgency="routine")
    answer = ask("open_oral", procedure="stored-data-access", written=written)
    assert answer == Refusal(code="ORAL_NOT_URGENT", detail="urgency")


# ------------------------------------------------------------------ information


def test_information_is_asked_by_the_names_of_fields() -> None:
    def asked(name: str) -> Move | Refusal:
        return ask("ask", "acknowledged", written={"missing": [{"field": name, "question": "Which?"}]})

    assert asked("everything") == Refusal(code="FIELD_UNKNOWN", detail="missing[0].field")
    answer = asked("other")
    assert isinstance(answer, Move)
    assert answer.data["required"] == ("other",)


def test_every_question_gets_its_answer() -> None:
    answer = ask("supply", "info_required", role="requesting", data={"required": ["custodian", "facts"]})
    assert answer == Refusal(code="FIELDS_MISSING", detail="facts")
    answer = ask("supply", "info_required", role="requesting", data={"required": []})
    assert answer == Refusal(code="FIELD_UNKNOWN", detail="supplied")


# ------------------------------------------------------------------ conditions and secrecy


@pytest.mark.parametrize(
    ("act", "stage"),
    [
        ("accept_conditions", "conditions_offered"),
        ("decline_conditions", "conditions_offered"),
        ("accept_use_conditions", "answered"),
    ],
)
def test_nobody_agrees_to_what_it_has_not_seen(act: str, stage: str) -> None:
    answer = ask(act, stage, role="requesting", procedure="stored-data-access", saw_latest=False)
    assert code(answer) == "LATEST_NOT_SEEN"


def test_receipt_is_confirmed_after_the_conditions_of_use_are_accepted() -> None:
    data = facts("accept_use_conditions")
    answer = decide(
        rules("stored-data-access"),
        situation("confirm_receipt", stage="answered", data=data, procedure="stored-data-access"),
    )
    assert code(answer) == "CONDITIONS_NOT_ACCEPTED"


def test_conditions_of_use_are_accepted_once() -> None:
    data = {"use_accepted_at": AT}
    answer = ask(
        "accept_use_conditions", "answered", role="requesting", procedure="stored-data-access", data=data
    )
    assert code(answer) == "NOTHING_TO_ACCEPT"


def test_new_conditions_of_use_must_be_accepted_again() -> None:
    written = body("answer", "stored-data-access")
    answer = ask("answer", "executing", procedure="stored-data-access", written=written)
    assert isinstance(answer, Move)
    assert "use_accepted_at" not in answer.data
    assert answer.data["use_conditions"] == (*facts("answer")["use_conditions"], *written["conditions"])


def test_an_answer_without_new_conditions_asks_for_nothing_new() -> None:
    written = body("answer", "stored-data-access", conditions=None)
    answer = ask("answer", "executing", procedure="stored-data-access", written=written)
    assert isinstance(answer, Move)
    assert answer.notices == ("ANSWER_ARRIVED",)


def test_secrecy_that_was_not_asked_cannot_be_impossible() -> None:
    answer = ask(
        "confidentiality_impossible", "checking", procedure="stored-data-access", data={"handling": "normal"}
    )
    assert code(answer) == "SECRECY_NOT_ASKED"


def test_going_on_answers_a_risk_that_was_reported() -> None:
    data = {name: value for name, value in facts("go_on").items() if name != "risk_at"}
    answer = decide(rules(), situation("go_on", stage="preserved", data=data))
    assert code(answer) == "NO_RISK_REPORTED"


# ------------------------------------------------------------------ authorisation


@pytest.mark.parametrize(
    ("act", "stage", "procedure"),
    [
        ("order", "acknowledged", "preservation"),
        ("extend", "extension_asked", "preservation"),
        ("authorise", "accepted", "stored-data-access"),
    ],
)
def test_no_coercive_measure_runs_without_authorisation(act: str, stage: str, procedure: str) -> None:
    answer = ask(act, stage, procedure=procedure, written=body(act, procedure, authorisation=None))
    assert answer == Refusal(code="AUTHORISATION_MISSING", detail="authorisation")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"date": write_day(day_of(AT) + 2)}, "AUTHORISATION_NOT_YET"),
        ({"expires": write_day(day_of(AT) - 2)}, "AUTHORISATION_LAPSED"),
        ({"expires": write_day(day_of(AT) - 1)}, "preserved"),
        ({"date": write_day(day_of(AT) + 1)}, "preserved"),
    ],
)
def test_an_authorisation_holds_on_the_day_with_one_day_of_grace(
    changed: dict[str, Value], expected: str
) -> None:
    block = {**authorisation(), **changed}
    assert code(ask("order", "acknowledged", written=body("order", authorisation=block))) == expected


def test_a_procedure_without_coercion_asks_for_no_authorisation() -> None:
    free = replace(rules("stored-data-access"), coercive=False)
    asked = situation(
        "authorise", role="requested", stage="accepted", body={}, procedure="stored-data-access"
    )
    answer = decide(free, asked)
    assert isinstance(answer, Move)
    assert "authorisation" not in answer.data


# ------------------------------------------------------------------ items and answers


def test_items_are_those_of_the_request() -> None:
    assert ask("order", "acknowledged", written=body("order", items=[0, 2, 7])) == Refusal(
        code="ITEM_UNKNOWN", detail="2 7"
    )
    written = {"answers": [{"item": 5, "outcome": "none"}]}
    assert (
        code(ask("partial", "executing", procedure="stored-data-access", written=written)) == "ITEM_UNKNOWN"
    )


def test_the_last_answer_leaves_no_item_without_a_word() -> None:
    written = {"answers": [{"item": 1, "outcome": "none"}]}
    answer = ask("answer", "executing", procedure="stored-data-access", written=written)
    assert answer == Refusal(code="ITEMS_LEFT", detail="0")
    earlier = {"answers": [{"item": 0, "outcome": "provided", "evidence": [DIGEST]}]}
    answer = ask(
        "answer", "partially_answered", procedure="stored-data-access", written=written, data=earlier
    )
    assert isinstance(answer, Move)
    assert answer.data["answers"] == (*earlier["answers"], *written["answers"])


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    ("name", "source", "most"),
    [("answers", "answers", ANSWERS_MAX), ("use_conditions", "conditions", CONDITIONS_MAX)],
)
def test_partial_answers_cannot_grow_an_exchange_without_end(name: str, source: str, most: int) -> None:
    written = body("partial", "stored-data-access")
    answer = ask(
        "partial", "executing", procedure="stored-data-access", written=written, data={name: [{}] * most}
    )
    assert answer == Refusal(code="ANSWERS_TOO_MANY", detail=source)


# ------------------------------------------------------------------ preservation in time


def test_a_preservation_lasts_sixty_days_at_least() -> None:
    assert code(ask("order", "acknowledged", written=body("order", days=59))) == "EXPIRY_TOO_EARLY"
    assert code(ask("order", "acknowledged", written=body("order", days=60))) == "preserved"
    assert code(ask("order", "acknowledged", written=body("order", days=181))) == "FIELD_INVALID"


@pytest.mark.parametrize(
    ("effective", "expected"),
    [
        (AT + HOUR, "preserved"),
        (AT + HOUR + 1, "EFFECT_IMPLAUSIBLE"),
        (AT - 2 * HOUR - DAY, "preserved"),
        (AT - 2 * HOUR - DAY - 1, "EFFECT_IMPLAUSIBLE"),
    ],
)
def test_the_effect_lies_between_request_and_order(effective: int, expected: str) -> None:
    written = body("order", effective_at=write_instant(effective))
    assert code(ask("order", "acknowledged", written=written)) == expected


def test_an_order_that_is_already_over_is_none() -> None:
    written = body("order", effective_at=write_instant(AT - 61 * DAY), days=61)
    answer = ask("order", "acknowledged", written=written, data={"opened_at": AT - 61 * DAY})
    assert answer == Refusal(code="EXPIRY_PAST", detail="effective_at days")


@pytest.mark.parametrize("guard", ["not_expired", "expiry_due", "effect_plausible"])
def test_a_guard_of_time_refuses_where_the_fact_is_missing(guard: str) -> None:
    answer = GUARDS[guard](situation("expire", body={}), rules())
    assert answer is not None
    assert answer.code == "FACT_MISSING"


@pytest.mark.parametrize(
    ("act", "stage", "role"),
    [
        ("ask_extension", "preserved", "requesting"),
        ("follow_up", "extension_asked", "requesting"),
        ("extend", "extension_asked", "requested"),
    ],
)
def test_an_extension_or_a_follow_up_comes_before_the_end(act: str, stage: str, role: str) -> None:
    assert isinstance(ask(act, stage, role=role, data={"expires_at": AT + 1}), Move)
    assert code(ask(act, stage, role=role, data={"expires_at": AT})) == "EXPIRY_PAST"


def test_the_machine_ends_nothing_before_its_time() -> None:
    assert code(ask("expire", "preserved", role="machine", data={"expires_at": AT + 1})) == "EXPIRY_NOT_DUE"
    assert code(ask("expire", "preserved", role="machine", data={"expires_at": AT})) == "expired"
    assert code(ask("expire", "preserved", role="requested")) == "ROLE_NOT_ALLOWED"


# ------------------------------------------------------------------ grounds


def refuse(
    stage: str = "acknowledged", procedure: str = "preservation", act: str = "refuse", **written: Value
) -> Move | Refusal:
    whole = {name: value for name, value in {**reason(), **written}.items() if value is not None}
    extra = {"review_on": "2027-01-31"} if act == "postpone" else {}
    return ask(act, stage, procedure=procedure, written={"reason": whole, **extra})


def test_a_preservation_is_refused_on_its_narrow_grounds_only() -> None:
    assert code(refuse(code="OWN-LAW")) == "refused"
    assert code(refuse(code="ESSENTIAL", subcode="security")) == "refused"
    assert code(refuse(code="DEMINIMIS")) == "REASON_UNKNOWN"
    assert code(refuse(code="CANNOT", subcode="no-data")) == "GROUND_NOT_OPEN"


@pytest.mark.parametrize("barred", ["FISCAL", "BANK_SECRECY"])
@pytest.mark.parametrize(
    ("procedure", "stage"), [("preservation", "acknowledged"), ("stored-data-access", "consultation")]
)
def test_fiscal_matters_and_bank_secrecy_are_no_grounds(barred: str, procedure: str, stage: str) -> None:
    assert refuse(stage, procedure, code=barred) == Refusal(code=f"{barred}_BARRED", detail="reason.code")


def test_a_refusal_says_why_and_under_which_law() -> None:
    assert code(refuse(text=None)) == "FIELDS_MISSING"
    assert code(refuse(code=None)) == "FIELDS_MISSING"
    assert refuse(law=None) == Refusal(code="LAW_NOT_CITED", detail="reason.law")
    assert refuse(code="ESSENTIAL") == Refusal(code="SUBCODE_UNKNOWN", detail="reason.subcode")
    assert code(ask("refuse", "acknowledged", written={})) == "FIELDS_MISSING"


def test_dual_criminality_is_no_ground_against_preserving_for_convention_offences() -> None:
    whole = {**reason("DUAL"), "reservation": "42(5)"}
    for codes, expected in (
        (["SC"], "refused"),
        (["SC", "HC-10"], "GROUND_NOT_OPEN"),
        (["HC-17"], "GROUND_NOT_OPEN"),
        (["HC-04"], "refused"),
    ):
        answer = ask("refuse", "acknowledged", written={"reason": whole}, data={"offences": codes})
        assert code(answer) == expected
    answer = ask("refuse", "acknowledged", written={"reason": reason("DUAL")}, data={"offences": ["SC"]})
    assert code(answer) == "GROUND_NOT_OPEN"


def test_an_extension_is_declined_on_the_grounds_of_its_own_file() -> None:
    assert code(refuse("extension_asked", act="decline_extension")) == "preserved"
    assert code(refuse("extension_asked", act="decline_extension", code="FISCAL")) == "FISCAL_BARRED"
    sub = rules().acts["decline_extension"]
    assert sub.source == "preservation-extension.1"


def test_postponing_is_for_an_own_ongoing_case_only() -> None:
    assert code(refuse("consultation", "stored-data-access", "postpone", code="ONGOING")) == "postponed"
    assert code(refuse("consultation", "stored-data-access", "postpone", code="OWN-LAW")) == "GROUND_NOT_OPEN"
    assert code(refuse("consultation", "stored-data-access", "refuse", code="ONGOING")) == "GROUND_NOT_OPEN"


def test_an_inability_is_no_refusal_and_cites_no_law() -> None:
    assert code(refuse("executing", "stored-data-access", "cannot", code="OWN-LAW")) == "GROUND_NOT_OPEN"
    answer = refuse("executing", "stored-data-access", "cannot", code="CANNOT", subcode="no-data", law=None)
    assert code(answer) == "not_executable"


# ------------------------------------------------------------------ consultation


@pytest.mark.parametrize("ground", ["OWN-LAW", "SYSTEM", "FORM", "DUAL", "DATA", "HR"])
def test_a_refusal_waits_for_a_consultation(ground: str) -> None:
    assert code(refuse("checking", "stored-data-access", code=ground)) == "CONSULTATION_NEEDED"
    assert code(refuse("consultation", "stored-data-access", code=ground)) == "refused"


@pytest.mark.parametrize(("ground", "subcode"), [("DISCRIM", "political"), ("SCOPE", None)])
def test_persecution_and_scope_need_no_consultation(ground: str, subcode: str | None) -> None:
    for stage in ("checking", "consultation"):
        assert code(refuse(stage, "stored-data-access", code=ground, subcode=subcode)) == "refused"


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({}, "CONSULTATION_NEEDED"),
        ({"opened_at": AT - DAY, "due_at": AT + 1}, "CONSULTATION_OPEN"),
        ({"opened_at": AT - DAY, "due_at": AT}, "refused"),
        ({"opened_at": AT - DAY, "due_at": AT + 1, "answered_at": AT}, "refused"),
    ],
)
def test_the_other_side_has_its_word_or_its_time(held: dict[str, Value], expected: str) -> None:
    answer = ask(
        "refuse",
        "consultation",
        procedure="stored-data-access",
        written={"reason": reason()},
        data={"consultation": held},
    )
    assert code(answer) == expected


def test_a_consultation_by_declined_conditions_has_had_the_other_sides_word() -> None:
    answer = ask(
        "decline_conditions", "conditions_offered", role="requesting", procedure="stored-data-access"
    )
    assert isinstance(answer, Move)
    then = decide(
        rules("stored-data-access"),
        situation(
            "refuse",
            role="requested",
            stage=answer.to,
            body={"reason": reason()},
            data=answer.data,
            procedure="stored-data-access",
        ),
    )
    assert code(then) == "refused"


def test_a_consultation_just_opened_must_be_answered_first() -> None:
    answer = ask("consult", "checking", procedure="stored-data-access")
    assert isinstance(answer, Move)
    steps = [("refuse", "requested", "CONSULTATION_OPEN"), ("reply", "requesting", "consultation")]
    data = answer.data
    for act, role, expected in (*steps, ("refuse", "requested", "refused")):
        written = {"reason": reason()} if act == "refuse" else None
        then = decide(
            rules("stored-data-access"),
            situation(
                act, role=role, stage="consultation", body=written, data=data, procedure="stored-data-access"
            ),
        )
        assert code(then) == expected
        data = then.data if isinstance(then, Move) else data
