"""What stands between an urgent request and the data: each safeguard, shown by the step that is refused without it.

The numbers are those of the invariants in convention.md §3.5.
"""

import pytest

from longbien.law.instants import DAY, HOUR

from .attempt import opened, reached, tried
from .test_playbooks import BOOK, Table

REQUESTS = (
    "preservation",
    "stored-data-access",
    "provider-location-query",
    "emergency-disclosure",
    "locate-person",
    "police-information-request",
)
# Where each request stands when it can be refused or found impossible.
DECIDING = {
    "preservation": ("VN open", "RU acknowledge"),
    "stored-data-access": ("VN open", "RU acknowledge", "RU route"),
    "provider-location-query": ("VN open", "RU acknowledge"),
    "emergency-disclosure": ("VN open", "RU acknowledge"),
    "locate-person": ("VN open", "RU acknowledge", "RU route"),
    "police-information-request": ("VN open", "RU acknowledge"),
}
COURT = {
    "authority": "District court (illustrative)",
    "kind": "court",
    "date": "2026-11-22",
    "scope": "The items asked for",
    "expires": "2027-08-01",
    "remedy": "Complaint within ten days of notice",
}
ORDER = {"days": 60, "authorisation": COURT}
USE = [{"kind": "use_limit", "text": "Use in the case named only."}]


def deciding(procedure: str) -> Table:
    return reached(procedure, *DECIDING[procedure])


def preserved() -> Table:
    return reached("preservation", "VN open", "RU acknowledge", "RU order", order=ORDER)


def reason(code: str, **more: str) -> dict:
    return {"code": code, "text": "Reasons (invented)", "law": "Code, Art. 1 (illustrative)", **more}


# ------------------------------------------------------------------ opening


@pytest.mark.parametrize(
    "procedure", [*REQUESTS, "contact-point-advice", "use-and-onward-consent", "consultation"]
)
def test_invariant_1_the_convention_is_no_basis_before_it_binds_both(procedure: str) -> None:
    assert opened(procedure, legal_basis=[{"instrument": "hanoi"}]) == "BASIS_NOT_OPEN"


def test_invariant_2_only_a_central_authority_sends_a_request_for_evidence() -> None:
    assert opened("stored-data-access", offices=("ca",)) == "received"
    assert opened("stored-data-access", offices=("poc", "comp")) == "OFFICE_NOT_ALLOWED"


@pytest.mark.parametrize(
    "procedure", ["emergency-disclosure", "provider-location-query", "contact-point-advice"]
)
def test_what_is_for_contact_points_is_not_sent_by_others(procedure: str) -> None:
    assert opened(procedure, offices=("comp", "ca")) == "OFFICE_NOT_ALLOWED"


@pytest.mark.parametrize("procedure", REQUESTS)
def test_invariant_4_another_crime_is_serious_from_four_years_on(procedure: str) -> None:
    crime = {"code": "SC", "domestic": "Penal Code (invented)", "max_years": 3, "mode": "principal"}
    assert opened(procedure, scope_limb="c", offence=[crime]) == "SERIOUS_CRIME_THRESHOLD"
    enough = "SCOPE_LIMB_CLOSED" if procedure == "police-information-request" else "received"
    assert opened(procedure, scope_limb="c", offence=[{**crime, "max_years": 4}]) == enough


@pytest.mark.parametrize("procedure", REQUESTS)
def test_a_request_without_its_rights_questions_is_none(procedure: str) -> None:
    assert opened(procedure, without=["safeguards"]) == "FIELDS_MISSING"


@pytest.mark.parametrize("procedure", REQUESTS)
def test_secrecy_has_a_day_on_which_it_is_looked_at_again(procedure: str) -> None:
    assert opened(procedure, handling="confidential") == "FIELDS_MISSING"


@pytest.mark.parametrize("procedure", REQUESTS)
def test_invariant_19_child_material_is_no_ordinary_attachment(procedure: str) -> None:
    abuse = {"code": "HC-14", "domestic": "Penal Code (invented)", "mode": "principal"}
    picture = {"name": "one", "sha256": bytes(32), "size": 1, "media_type": "image/jpeg"}
    text = {**picture, "media_type": "application/pdf"}
    assert opened(procedure, offence=[abuse], attachments=[picture]) == "CHILD_MATERIAL_OPEN"
    assert opened(procedure, offence=[abuse], attachments=[text]) == "received"
    assert opened(procedure, attachments=[picture]) == "received"
    table = reached(procedure, "VN open", open={"offence": [abuse]})
    assert tried(table, "VN give_notice", files=[text, picture]) == "CHILD_MATERIAL_OPEN"
    translated = {"language": "ru", "original": bytes(32), "text": {**picture, "media_type": "VIDEO/mp4"}}
    assert opened(procedure, offence=[abuse], translation=[translated]) == "CHILD_MATERIAL_OPEN"


def test_invariant_16_an_oral_request_that_is_not_confirmed_shows_overdue() -> None:
    table = reached(
        "stored-data-access", "VN open_oral", "VN ask_status +48h", open_oral={"urgency": "urgent"}
    )
    assert table.standing is not None
    oral = next(clock for clock in table.standing.clocks if clock.id == "ORAL")
    assert oral.due_at == table.standing.data["opened_at"] + 24 * HOUR < table.at
    for act in ("acknowledge", "accept", "authorise", "answer"):
        assert tried(table, f"RU {act}") == "ACT_NOT_NOW"
    assert tried(table, "VN confirm_in_writing") == "received"


def test_an_oral_request_is_urgent() -> None:
    assert tried(reached("stored-data-access"), "VN open_oral") == "ORAL_NOT_URGENT"


# ------------------------------------------------------------------ a no


@pytest.mark.parametrize("procedure", REQUESTS)
def test_invariant_5_a_refusal_has_code_words_law_and_where_asked_a_consultation(procedure: str) -> None:
    table = deciding(procedure)
    own_law = "CONSULTATION_NEEDED" if procedure in ("stored-data-access", "locate-person") else "refused"
    assert tried(table, "RU refuse", without=["reason"]) == "FIELDS_MISSING"
    assert tried(table, "RU refuse", reason={"text": "No."}) == "FIELDS_MISSING"
    assert tried(table, "RU refuse", reason={"code": "OWN-LAW"}) == "FIELDS_MISSING"
    assert tried(table, "RU refuse", reason={"code": "OWN-LAW", "text": "No."}) == "LAW_NOT_CITED"
    assert tried(table, "RU refuse", reason=reason("OWN-LAW")) == own_law
    assert tried(table, "RU refuse", reason=reason("DISCRIM", subcode="political")) == "refused"


@pytest.mark.parametrize("procedure", REQUESTS)
@pytest.mark.parametrize("barred", ["FISCAL", "BANK_SECRECY"])
def test_invariant_6_fiscal_matters_and_bank_secrecy_are_no_grounds(procedure: str, barred: str) -> None:
    assert tried(deciding(procedure), "RU refuse", reason=reason(barred)) == f"{barred}_BARRED"


@pytest.mark.parametrize("procedure", REQUESTS)
def test_invariant_23_an_inability_is_not_a_refusal(procedure: str) -> None:
    table, cannot = deciding(procedure), "not_found" if procedure == "preservation" else "cannot"
    none = {"code": "CANNOT", "subcode": "no-data", "text": "Nothing is there."}
    assert tried(table, f"RU {cannot}", reason=none) == "not_executable"
    assert tried(table, f"RU {cannot}", reason=reason("OWN-LAW")) == "GROUND_NOT_OPEN"
    assert tried(table, "RU refuse", reason=none) == "GROUND_NOT_OPEN"


@pytest.mark.parametrize("procedure", REQUESTS)
def test_invariant_24_missing_information_is_named_field_by_field(procedure: str) -> None:
    table = deciding(procedure)
    asked = [{"field": "something", "question": "What?"}, {"field": "facts", "question": "When?"}]
    assert tried(table, "RU ask", missing=[]) == "FIELD_INVALID"
    assert tried(table, "RU ask", missing=asked) == "FIELD_UNKNOWN"
    assert tried(table, "RU ask", missing=asked[1:]) == "info_required"
    table = reached(procedure, *DECIDING[procedure], "RU ask", ask={"missing": asked[1:]})
    assert tried(table, "VN supply", supplied=[{"field": "other", "answer": "Then."}]) == "FIELDS_MISSING"


def test_advice_is_declined_without_reasons_and_nothing_else_is() -> None:
    assert tried(reached("contact-point-advice", "VN open"), "RU decline", people=1) == "declined"
    for procedure in REQUESTS:
        assert "decline" not in deciding(procedure).rules.acts


def test_advice_takes_no_personal_data() -> None:
    assert opened("contact-point-advice", no_personal_data=False) == "FIELD_INVALID"


@pytest.mark.parametrize("procedure", REQUESTS)
def test_invariant_17_a_withdrawn_request_stops(procedure: str) -> None:
    table = reached(procedure, "VN open", "RU acknowledge", "VN withdraw")
    assert table.standing is not None
    assert table.standing.stage == "withdrawn"
    assert not table.standing.clocks
    theirs = {row.act for row in table.rules.flow.rows if row.by == "requested"}
    assert {tried(table, f"RU {act}") for act in theirs} == {"ACT_NOT_NOW"}


# ------------------------------------------------------------------ preservation


def test_invariant_7_a_preservation_lasts_sixty_days_and_a_follow_up_stops_its_end() -> None:
    table = reached("preservation", "VN open", "RU acknowledge")
    assert tried(table, "RU order", days=59, authorisation=COURT) == "EXPIRY_TOO_EARLY"
    table = preserved()
    assert tried(table, "machine expire +59d") == "EXPIRY_NOT_DUE"
    assert tried(table, "machine expire +60d") == "expired"
    table.take_all("VN follow_up")
    assert table.standing is not None
    assert "expires_at" not in table.standing.data
    assert tried(table, "machine expire +400d") == "ROLE_NOT_ALLOWED"


def test_invariant_8_a_preservation_hands_over_nothing() -> None:
    table = reached("preservation", "VN open", "RU acknowledge")
    assert tried(table, "RU order", **ORDER, answers=[]) == "FIELD_UNKNOWN"
    for act in ("order", "name_path", "withhold_path", "report_status"):
        types = {field.type for field in table.rules.acts[act].fields}
        assert not types & {"answer_item", "digest", "data_item", "file"}


def test_invariant_9_dual_criminality_is_no_ground_for_convention_offences() -> None:
    cited = reason("DUAL", reservation="42(5)")
    assert tried(deciding("preservation"), "RU refuse", reason=cited) == "GROUND_NOT_OPEN"
    crime = {"code": "SC", "domestic": "Penal Code (invented)", "max_years": 4, "mode": "principal"}
    table = reached("preservation", *DECIDING["preservation"], open={"scope_limb": "c", "offence": [crime]})
    assert tried(table, "RU refuse", reason=cited) == "refused"


def test_invariant_10_no_measure_without_an_authorisation() -> None:
    table = reached("preservation", "VN open", "RU acknowledge")
    assert tried(table, "RU order", days=60, without=["authorisation"]) == "AUTHORISATION_MISSING"
    table = reached("stored-data-access", "VN open", "RU acknowledge", "RU route", "RU accept")
    assert tried(table, "RU authorise", without=["authorisation"]) == "AUTHORISATION_MISSING"
    assert (
        tried(table, "RU authorise", authorisation={**COURT, "expires": "2026-11-01"})
        == "AUTHORISATION_LAPSED"
    )
    assert tried(table, "RU answer") == "ACT_NOT_NOW"


def test_the_path_is_withheld_on_three_grounds_only() -> None:
    table = preserved()
    assert tried(table, "RU withhold_path", reason=reason("DUAL", reservation="42(5)")) == "GROUND_NOT_OPEN"
    assert tried(table, "RU withhold_path", reason=reason("BANK_SECRECY")) == "BANK_SECRECY_BARRED"
    assert tried(table, "RU withhold_path", reason=reason("OWN-LAW"), people=1) == "TWO_PERSONS_NEEDED"
    assert tried(table, "RU withhold_path", reason=reason("OWN-LAW")) == "preserved"


# ------------------------------------------------------------------ the path of traffic data


def path(*steps: str) -> Table:
    return reached("traffic-data-partial-disclosure", *steps, parties=("RU", "VN"), open={"conditions": USE})


def test_invariant_12_the_path_follows_the_signed_conditions() -> None:
    table = path("RU open")
    assert tried(table, "RU deliver") == "TERMS_NOT_ACCEPTED"
    assert tried(table, "VN accept_terms", people=1) == "TWO_PERSONS_NEEDED"
    assert tried(path("RU open", "VN accept_terms"), "RU deliver") == "delivered"


def test_the_path_is_bound_to_its_preservation_and_no_more_than_a_path() -> None:
    def offered(**how: object) -> str:
        return opened("traffic-data-partial-disclosure", parties=("RU", "VN"), **how)

    assert offered() == "offered"
    assert offered(without=["preservation_ref"]) == "FIELDS_MISSING"
    assert offered(without=["other_state"]) == "FIELDS_MISSING"
    assert offered(sufficient_only=False) == "FIELD_INVALID"
    table = path("RU open", "VN accept_terms")
    step = {**table.act_body("RU deliver")["path"][0], "category": "content"}
    assert tried(table, "RU deliver", path=[step]) == "FIELD_INVALID"
    assert table.standing is not None
    assert table.standing.data["preservation_ref"] == bytes(range(16))


# ------------------------------------------------------------------ emergency


def test_invariant_14_an_emergency_needs_two_people_on_both_sides() -> None:
    assert opened("emergency-disclosure", people=1) == "TWO_PERSONS_NEEDED"
    assert opened("emergency-disclosure", urgency="urgent") == "FIELD_INVALID"
    assert opened("emergency-disclosure", central_authority_told=False) == "FIELD_INVALID"
    table = reached("emergency-disclosure", "VN open", "RU acknowledge", "RU call_back")
    assert tried(table, "RU disclose", people=1) == "TWO_PERSONS_NEEDED"
    assert tried(table, "RU disclose", central_authority_told=False) == "FIELD_INVALID"


def test_invariant_14_the_office_is_called_back_before_anything_goes_out() -> None:
    table = reached("emergency-disclosure", "VN open", "RU acknowledge")
    assert tried(table, "RU disclose") == "CALL_BACK_MISSING"
    assert tried(table, "RU call_back", from_directory=False) == "FIELD_INVALID"
    assert tried(table, "RU call_back", confirmed=False) == "FIELD_INVALID"
    table.take_all("RU call_back")
    assert tried(table, "RU disclose") == "disclosed"


def test_an_emergency_disclosure_cites_an_authorisation_or_the_law_and_has_conditions() -> None:
    table = reached("emergency-disclosure", "VN open", "RU acknowledge", "RU call_back")
    assert tried(table, "RU disclose", without=["authorisation"]) == "FIELDS_MISSING"
    assert tried(table, "RU disclose", without=["authorisation"], own_law="Police Act, Art. 1") == "disclosed"
    lapsed = {**COURT, "expires": "2026-11-01"}
    assert tried(table, "RU disclose", authorisation=lapsed) == "AUTHORISATION_LAPSED"
    assert tried(table, "RU disclose", conditions=[]) == "FIELD_INVALID"
    assert tried(table, "RU disclose", without=["rights_check"]) == "FIELDS_MISSING"


def test_invariant_14_both_sides_review_an_emergency_before_it_closes() -> None:
    disclosed = ("VN open", "RU acknowledge", "RU call_back", "RU disclose")
    table = reached("emergency-disclosure", *disclosed)
    assert table.standing is not None
    review = next(clock for clock in table.standing.clocks if clock.id == "REVIEW")
    assert review.due_at == table.standing.data["disclose_at"] + 7 * DAY
    assert tried(table, "VN withdraw") == "ACT_NOT_NOW"
    assert tried(table, "VN confirm_receipt") == "CONDITIONS_NOT_ACCEPTED"
    table.take_all("VN accept_use_conditions", "VN confirm_receipt")
    for act in ("withdraw", "confirm_receipt", "leave_unread"):
        assert tried(table, f"VN {act}") == "ACT_NOT_NOW"
    assert tried(table, "VN record_review", offices=("poc", "ca")) == "OFFICE_NOT_ALLOWED"
    assert tried(table, "RU record_review", offices=("dpo",)) == "reviewing"
    table.take_all("RU record_review")
    assert tried(table, "RU record_review") == "DONE_ALREADY"
    assert tried(table, "VN record_review +90d", finding="not_justified") == "FIELDS_MISSING"
    assert tried(table, "VN record_review +90d", offices=("dpo",), people=1) == "closed"
    table.take_all("VN record_review")
    assert table.standing.data["reviews"] == {"RU": "justified", "VN": "justified"}


def test_an_emergency_is_acknowledged_in_half_an_hour_and_decided_in_two() -> None:
    table = reached("emergency-disclosure", "VN open")
    assert table.standing is not None
    due = {clock.id: clock.due_at - table.at for clock in table.standing.clocks}
    assert due == {"ACK": HOUR // 2, "ANSWER": 2 * HOUR}


def test_what_is_no_emergency_goes_on_with_a_reference() -> None:
    table = reached("emergency-disclosure", "VN open", "RU acknowledge")
    assert tried(table, "RU not_an_emergency", without=["why"]) == "FIELDS_MISSING"
    table.take_all("RU not_an_emergency")
    assert tried(table, "RU disclose") == "ACT_NOT_NOW"
    assert tried(table, "VN convert", without=["exchange"]) == "FIELDS_MISSING"
    assert tried(table, "VN convert") == "converted"


def test_invariant_18_the_time_of_a_call_has_its_zone() -> None:
    table = reached("emergency-disclosure", "VN open", "RU acknowledge")
    assert tried(table, "RU call_back", spoken_at="2026-11-22T20:00:00") == "TIME_WITHOUT_ZONE"


# ------------------------------------------------------------------ persons and police


def test_no_person_is_located_before_discrimination_was_asked_about() -> None:
    table = deciding("locate-person")
    assert tried(table, "RU accept", discrimination_asked=False) == "FIELD_INVALID"
    assert tried(table, "RU accept", without=["rights_check"]) == "FIELDS_MISSING"
    assert opened("locate-person", intention="arrest") == "FIELDS_MISSING"
    table = reached("locate-person", *DECIDING["locate-person"], "RU accept", "RU authorise")
    assert tried(table, "RU answer", discrimination_asked=False) == "FIELD_INVALID"
    assert tried(table, "RU answer", without=["place"]) == "FIELDS_MISSING"
    assert tried(table, "RU answer", without=["place"], finding="no_answer_allowed") == "answered"


@pytest.mark.parametrize(
    ("category", "expected"),
    [("subscriber", "received"), ("traffic", "ORDER_NEEDED"), ("content", "ORDER_NEEDED")],
)
def test_police_cooperation_is_no_way_round_an_order(category: str, expected: str) -> None:
    item = {
        "category": category,
        "description": "Data (invented)",
        "period": {"from": "2026-10-01T00:00:00Z", "to": "2026-10-08T00:00:00Z"},
    }
    assert opened("police-information-request", items=[item]) == expected


def test_a_police_answer_is_intelligence_until_the_central_authority_validates_it() -> None:
    table = reached("police-information-request", *DECIDING["police-information-request"])
    assert tried(table, "RU answer", worth="evidence") == "FIELD_INVALID"
    table.take_all("RU answer")
    assert table.standing is not None
    assert table.standing.data["worth"] == "intelligence"
    assert tried(table, "RU validate", offices=("comp", "poc")) == "OFFICE_NOT_ALLOWED"
    assert tried(table, "RU validate", people=1) == "TWO_PERSONS_NEEDED"
    assert tried(table, "VN validate") == "ROLE_NOT_ALLOWED"
    table.take_all("RU validate")
    assert table.standing.data["worth"] == "evidence"


@pytest.mark.parametrize("procedure", ["provider-location-query", "police-information-request"])
def test_invariant_12_conditions_of_use_come_before_the_receipt(procedure: str) -> None:
    table = reached(procedure, *DECIDING[procedure], "RU answer", answer={"conditions": USE})
    assert tried(table, "VN confirm_receipt") == "CONDITIONS_NOT_ACCEPTED"


# ------------------------------------------------------------------ offices


def test_invariant_15_every_office_of_these_procedures_is_one_of_a_state() -> None:
    offices = {"ca", "ea", "poc", "comp", "aro", "dpo"}
    for procedure in (*REQUESTS, "traffic-data-partial-disclosure", "use-and-onward-consent", "consultation"):
        rules = BOOK.rules(procedure)
        assert rules is not None
        assert {*rules.from_roles, *rules.to_roles} <= offices
        assert all(set(act.offices) <= offices for act in rules.acts.values())
