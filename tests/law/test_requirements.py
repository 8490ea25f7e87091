"""What convention.md §2.2 asks of the data and no other test shows: a name ends in the number of its requirement."""

import pytest

from longbien.law import Field, Rules
from playbooks.attempt import opened, reached, tried
from playbooks.test_playbooks import BOOK

ASSISTANCE = (
    *("stored-data-access", "traffic-data-realtime", "content-interception", "mla-evidence"),
    *("service-of-documents", "video-hearing", "person-appearance"),
)
CHECKING = ("VN open", "RU acknowledge", "RU route")
COLLECTIONS = ("traffic-data-realtime", "content-interception")
PERIOD = {"collect_period": {"from": "2026-11-23T00:00:00Z", "to": "2026-12-23T00:00:00Z"}}
CASE = {
    "person",
    "person[]",
    "account_id[]",
    "data_item[]",
    "offence[]",
    "file[]",
    "digest[]",
    "exchange_ref",
}


def rules(procedure: str) -> Rules:
    found = BOOK.rules(procedure)
    assert found is not None
    return found


def fields(procedure: str, act: str = "open") -> dict[str, Field]:
    return {field.name: field for field in rules(procedure).acts[act].fields}


def inside(procedure: str, record: str) -> dict[str, Field]:
    return {field.name: field for field in rules(procedure).types[record].fields}


@pytest.mark.parametrize("procedure", ["preservation", *ASSISTANCE])
def test_conduct_is_told_beside_the_name_of_the_offence_2(procedure: str) -> None:
    asked = fields(procedure)
    assert asked["facts"].required or procedure == "service-of-documents"
    assert inside(procedure, "offence")["domestic"].type == "text"


def test_an_offence_of_another_treaty_names_its_treaty_3() -> None:
    crime = {"code": "HC-04", "domestic": "Penal Code (invented)", "mode": "principal"}
    assert opened("stored-data-access", offence=[crime]) == "FIELDS_MISSING"
    assert opened("stored-data-access", offence=[{**crime, "treaty": "A treaty, Art. 1"}]) == "received"


def test_nobody_is_sought_without_a_word_on_the_rights_of_defence_6() -> None:
    assert opened("extradition", without=["defence_rights"]) == "FIELDS_MISSING"
    assert opened("extradition", without=["assurances"]) == "FIELDS_MISSING"
    assert opened("extradition") == "received"


def test_an_order_of_preservation_says_whether_its_custodian_keeps_silent_11() -> None:
    table = reached("preservation", "VN open", "RU acknowledge")
    assert tried(table, "RU order", without=["custodian_told"]) == "FIELDS_MISSING"


def test_the_domestic_powers_are_asked_by_their_names_14() -> None:
    assert "search_seize" in fields("stored-data-access")["measure"].values
    for procedure in ("stored-data-access", "traffic-data-realtime", "content-interception"):
        assert rules(procedure).coercive
        assert {"expires", "scope", "remedy"} <= set(inside(procedure, "authorisation"))


def test_protected_persons_and_children_are_asked_about_17() -> None:
    for name in ("protected_person", "child_data"):
        assert inside("mla-evidence", "safeguards")[name].required
    assert opened("mla-evidence", without=["witness_protection"]) == "FIELDS_MISSING"
    assert inside("mla-evidence", "person")["minor"].required


def test_data_protection_is_a_ground_wherever_data_are_handed_over_18() -> None:
    giving = [held for held in BOOK.procedures.values() if held.release_of_data and held.grounds.allowed]
    assert len(giving) > 5
    assert [held.procedure for held in giving if "DATA" not in held.grounds.allowed] == []


def test_an_answer_can_bind_use_keeping_readers_and_passing_on_20() -> None:
    kinds = inside("mla-evidence", "condition")["kind"].values
    assert {"use_limit", "retention", "access", "onward", "confidentiality"} <= set(kinds)


def test_extradition_is_for_convention_offences_and_asks_for_dual_criminality_22() -> None:
    held = rules("extradition")
    assert held.scope_limbs == ("a",)
    assert {"DUAL", "EXT-COND"} <= set(held.grounds.allowed)
    assert set(inside("extradition", "offence")["mode"].values) >= {"accomplice", "attempt"}


def test_discrimination_has_the_seven_marks_of_the_convention_27() -> None:
    marks = ("sex", "race", "language", "religion", "nationality", "ethnic", "political")
    assert rules("extradition").reasons["DISCRIM"].subcodes == marks
    assert rules("mla-evidence").reasons["DISCRIM"].subcodes == marks


@pytest.mark.parametrize(
    ("procedure", "name"),
    [
        ("sentenced-person-transfer", "consent"),
        ("sentenced-person-transfer", "judgment"),
        ("proceedings-transfer", "why_better_there"),
        ("proceedings-transfer", "victims_informed"),
        ("proceedings-transfer", "limitation_date"),
    ],
)
def test_a_transfer_of_persons_or_proceedings_brings_what_it_rests_on_30_31(
    procedure: str, name: str
) -> None:
    assert opened(procedure) == "proposed"
    assert opened(procedure, without=[name]) == "FIELDS_MISSING"


PURPOSES = {
    "statements": ("mla-evidence", "statement"),
    "service": ("service-of-documents", ""),
    "search": ("mla-evidence", "search"),
    "seizure": ("mla-evidence", "seizure"),
    "freezing": ("asset-trace-freeze", ""),
    "stored data": ("stored-data-access", ""),
    "traffic data": ("traffic-data-realtime", ""),
    "content": ("content-interception", ""),
    "objects and sites": ("mla-evidence", "examine_site"),
    "information": ("mla-evidence", "information"),
    "expert reports": ("mla-evidence", "expert"),
    "public records": ("mla-evidence", "records_public"),
    "other records of the State": ("mla-evidence", "records_government"),
    "bank records": ("mla-evidence", "records_bank"),
    "records of companies": ("mla-evidence", "records_corporate"),
    "convictions": ("mla-evidence", "criminal_record"),
    "tracing proceeds": ("mla-evidence", "trace_for_evidence"),
    "appearance of a person": ("person-appearance", ""),
    "recovery of proceeds": ("asset-confiscation", ""),
    "anything else": ("mla-evidence", "other"),
}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_of_assistance_can_be_asked_for_16_32_55(purpose: str) -> None:
    procedure, kind = PURPOSES[purpose]
    assert opened(procedure, **(PERIOD if procedure in COLLECTIONS else {})) == "received"
    if kind:
        item = {"assistance_type": kind, "description": "Invented"}
        assert opened(procedure, items=[item]) == "received"


def test_spontaneous_content_follows_the_terms_and_proceeds_have_their_kind_33_73() -> None:
    terms = {"conditions": [{"kind": "confidentiality", "text": "Keep it secret."}]}
    table = reached("spontaneous-information", "VN open", open=terms)
    assert tried(table, "VN deliver") == "TERMS_NOT_ACCEPTED"
    assert opened("spontaneous-information", subtype="proceeds", offices=("aro",)) == "offered"


@pytest.mark.parametrize("procedure", ASSISTANCE)
def test_assistance_is_refused_on_the_grounds_of_article_40_and_on_data_rights_and_scope_35_46(
    procedure: str,
) -> None:
    held = rules(procedure)
    cited = {code: held.reasons[code].article for code in held.grounds.allowed}
    assert {code for code, article in cited.items() if article.startswith("40(")} == {
        *("FORM", "ESSENTIAL", "OWN-LAW", "SYSTEM", "DISCRIM", "DUAL", "DEMINIMIS", "OTHER-ROUTE")
    }
    assert set(cited) >= {"DATA", "HR", "SCOPE"}
    assert not {"FISCAL", "BANK_SECRECY", "ONGOING", "POLITICAL"} & set(cited)


def test_a_directory_notice_says_languages_offices_and_whether_electronic_ways_are_taken_29_37_39_57() -> (
    None
):
    for name in ("offices", "languages", "electronic_accepted"):
        assert opened("directory-notice", without=[name]) == "FIELDS_MISSING"
    assert opened("directory-notice", fingerprints_compared=False) == "FIELD_INVALID"
    assert opened("directory-notice") == "published"
    assert {"ca", "ea", "poc"} <= set(inside("directory-notice", "office_entry")["role"].values)


@pytest.mark.parametrize("procedure", ASSISTANCE)
def test_a_request_has_the_contents_of_article_40_40_42(procedure: str) -> None:
    asked = fields(procedure)
    for name in ("from_office", "proceeding", "purpose", "offence", "legal_basis"):
        assert asked[name].required
    assert all(field.required for field in inside(procedure, "proceeding").values())
    assert {"stage", "authority", "functions"} == set(inside(procedure, "proceeding"))
    wished = {"procedure_wished": "Under oath (invented)", **(PERIOD if procedure in COLLECTIONS else {})}
    assert opened(procedure, **wished) == "received"


def test_who_cannot_keep_a_secret_says_so_and_the_asking_state_decides_45() -> None:
    secret = {"handling": "confidential", "secrecy_review_on": "2027-01-15"}
    table = reached("stored-data-access", "VN open", "RU acknowledge", open=secret)
    assert tried(table, "RU confidentiality_impossible", without=["why"]) == "FIELDS_MISSING"
    table.take_all("RU confidentiality_impossible")
    assert tried(table, "RU accept") == "ACT_NOT_NOW"
    assert tried(table, "VN go_on") == "checking"
    assert tried(table, "VN withdraw") == "withdrawn"


def test_a_deadline_has_its_reason_50() -> None:
    assert opened("stored-data-access", deadline="2026-12-24T00:00:00Z") == "FIELDS_MISSING"
    reasoned = {"deadline": "2026-12-24T00:00:00Z", "deadline_reason": "Hearing (invented)"}
    assert opened("stored-data-access", **reasoned) == "received"


def test_costs_are_talked_over_in_the_chain_or_beside_it_54() -> None:
    accepted = reached("mla-evidence", *CHECKING, "RU accept")
    assert tried(accepted, "RU consult", kind="costs") == "consultation"
    assert opened("consultation", kind="costs", without=["exchange"]) == "FIELDS_MISSING"
    assert opened("consultation", kind="costs") == "opened"


@pytest.mark.parametrize(
    "procedure",
    [
        *("contact-point-advice", "preservation", "provider-location-query"),
        *("locate-person", "emergency-disclosure"),
    ],
)
def test_a_contact_point_asks_and_is_asked_for_each_of_its_tasks_58(procedure: str) -> None:
    assert "poc" in rules(procedure).to_roles
    assert opened(procedure, offices=("poc",)) == "received"


def test_a_hand_over_to_another_office_runs_against_its_own_clock_59() -> None:
    handing = [held for held in BOOK.procedures.values() if "redirect" in held.acts]
    assert len(handing) > 5
    for held in handing:
        assert "ACK" in held.flow.stages["redirected"].clocks
        assert all(field.required for field in held.acts["redirect"].fields)
    assert "poc" in rules("training-exercise-invitation").from_roles


def test_a_preservation_has_the_contents_of_article_42_61() -> None:
    for name in ("from_office", "offence", "facts", "items", "link_to_offence", "custodian", "necessity"):
        assert opened("preservation", without=[name, "system_location"]) == "FIELDS_MISSING"
    assert opened("preservation", follow_up_intent=False) == "FIELD_INVALID"


def test_grounds_against_preserving_are_the_narrow_ones_62() -> None:
    held = rules("preservation")
    assert held.grounds.allowed == ("ESSENTIAL", "OWN-LAW", "DISCRIM")
    assert dict(held.grounds.conditional) == {"DUAL": "dual_reserved"}


def test_a_risk_to_the_data_is_told_at_any_time_and_the_asking_state_decides_63() -> None:
    table = reached("preservation", "VN open", "RU acknowledge", "RU at_risk")
    assert tried(table, "RU order") == "ACT_NOT_NOW"
    assert tried(table, "VN go_on") == "acknowledged"
    assert tried(table, "VN withdraw") == "withdrawn"


def test_volatile_data_say_why_they_are_67() -> None:
    assert opened("stored-data-access", volatile=True, without=["volatile_reason"]) == "FIELDS_MISSING"
    assert opened("stored-data-access", volatile=True, volatile_reason="Logs end") == "received"


@pytest.mark.parametrize(
    "name",
    ["items", "owner_or_system", "link_to_offence", "justification", "collect_period", "why_that_long"],
)
def test_real_time_collection_has_the_contents_of_article_45_68(name: str) -> None:
    assert opened("traffic-data-realtime", **PERIOD) == "received"
    assert opened("traffic-data-realtime", without=[name], **PERIOD) == "FIELDS_MISSING"


def test_a_warning_names_technical_facts_and_no_person_70() -> None:
    kinds = set(inside("early-warning", "indicator")["kind"].values)
    assert kinds == {"ip", "domain", "url", "file_hash", "wallet", "cve"}
    types = {field.type for act in rules("early-warning").acts.values() for field in act.fields}
    assert not types & {"person", "person[]", "account_id[]", "data_item[]"}


@pytest.mark.parametrize("name", ["territory", "leaders", "evidence_admissibility", "data_protection"])
def test_a_joint_team_agrees_on_territory_law_and_data_before_it_works_71(name: str) -> None:
    whole = reached("joint-investigation").act_body("VN open")["agreement"]
    assert opened("joint-investigation", agreement=whole) == "proposed"
    short = {key: value for key, value in whole.items() if key != name}
    assert opened("joint-investigation", agreement=short) == "FIELDS_MISSING"


def test_property_goes_to_victims_owners_or_states_by_an_account_that_was_confirmed_74() -> None:
    claim = fields("asset-return")["claim"]
    assert claim.values == ("victims", "prior_owner", "state", "sharing")
    assert opened("asset-return", account_confirmed_by_call=False) == "FIELD_INVALID"


def test_prevention_has_an_office_and_research_in_good_faith_is_asked_about_75() -> None:
    assert "prevention" in inside("directory-notice", "office_entry")["role"].values
    assert opened("dialogue-meeting", offices=("prevention",)) == "invited"
    assert inside("preservation", "safeguards")["good_faith_research"].required


def test_technical_assistance_covers_what_the_convention_lists_76() -> None:
    areas = set(fields("technical-assistance")["area"].values)
    assert areas >= {"mla_drafting", "forensics", "poc_247", "training", "equipment", "law"}
    for area in sorted(areas):
        assert opened("technical-assistance", area=area) == "proposed"
    assert opened("technical-assistance", without=["need_assessment"]) == "FIELDS_MISSING"


@pytest.mark.parametrize("procedure", ["directory-notice", "implementation-report"])
def test_what_the_united_nations_are_told_asks_for_no_data_of_a_case_78_79(procedure: str) -> None:
    held = rules(procedure)
    own = set(fields(procedure)) - {"linked_requests", "attachments", "descriptor"}
    assert not {fields(procedure)[name].type for name in own} & CASE
    assert not held.release_of_data
    assert not held.coercive
    if procedure == "implementation-report":
        assert {field.type for field in inside(procedure, "count").values()} == {"text", "int", "bool"}


def test_every_other_treaty_stays_a_basis_of_its_own_80() -> None:
    assert set(BOOK.instruments) > {"hanoi", "budapest", "untoc", "uncac", "bilateral", "reciprocity"}
    reference = [{"instrument": "hanoi"}, {"instrument": "ru-vn-1998"}]
    assert opened("stored-data-access", legal_basis=reference) == "received"
