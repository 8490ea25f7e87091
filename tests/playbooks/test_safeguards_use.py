"""What stands between information and another use of it, and what makes a consultation one: each safeguard, shown by the
step that is refused without it. The numbers are those of the invariants in convention.md §3.5.
"""

from longbien.law.instants import day_of, write_day

from .attempt import opened, reached, tried
from .test_playbooks import BOOK, Table

USE = [{"kind": "use_limit", "text": "Use in the case named only."}]
EXCULPATORY = {"new_use": "exculpatory_disclosure"}
# What any act of a person is asked.
PLAIN = {"office_may_send", "two_persons", "fields_complete", "child_material_sealed"}


# ------------------------------------------------------------------ another use


def consent(*steps: str, **bodies: dict) -> Table:
    return reached("use-and-onward-consent", *steps, **bodies)


def test_invariant_13_nothing_is_used_otherwise_or_passed_on_before_consent() -> None:
    asked = ("VN open", "RU acknowledge", "RU consent")
    for steps in (asked[:1], asked[:2]):
        assert tried(consent(*steps), "VN report_use") == "CONSENT_MISSING"
    today = day_of(consent(*asked).at)
    limited = {"conditions": USE, "until": write_day(today + 20)}
    table = consent(*asked, consent=limited)
    assert tried(table, "VN report_use", used_on=write_day(today)) == "CONDITIONS_NOT_ACCEPTED"
    table.take_all("VN accept_use_conditions")
    assert tried(table, "VN report_use", used_on=write_day(today - 2)) == "USED_BEFORE_CONSENT"
    assert tried(table, "VN report_use", used_on=write_day(today + 21)) == "CONSENT_PAST"
    assert tried(table, "VN report_use +30d", used_on=write_day(today + 20)) == "closed"
    assert tried(table, "RU report_use") == "ROLE_NOT_ALLOWED"


def test_invariant_13_an_exculpatory_disclosure_is_told_and_cannot_be_declined() -> None:
    table = consent("VN open", "RU acknowledge", open=EXCULPATORY)
    for act in ("decline", "consent"):
        assert tried(table, f"RU {act}") == "EXCULPATORY_IS_NOTICE"
    assert tried(table, "VN report_use") == "closed"


def test_invariant_13_an_exculpatory_notice_is_blocked_in_no_open_stage() -> None:
    for procedure in (
        "stored-data-access",
        "locate-person",
        "emergency-disclosure",
        "spontaneous-information",
    ):
        rules = BOOK.rules(procedure)
        assert rules is not None
        side = "receiving" if procedure == "spontaneous-information" else "requesting"
        for stage in rules.flow.stages.values():
            rows = rules.flow.table.get((stage.id, side, "give_exculpatory_notice"), ())
            assert [row.to for row in rows] == ([] if stage.terminal else [stage.id])
            assert all(set(row.guards) <= PLAIN for row in rows)
        assert rules.acts["give_exculpatory_notice"].persons == 1


def test_a_consent_brings_the_document_that_was_asked_for() -> None:
    table = consent("VN open", "RU acknowledge", open={"written_required": True})
    letter = {"name": "consent.pdf", "sha256": bytes(32), "size": 1000, "media_type": "application/pdf"}
    assert tried(table, "RU consent") == "DOCUMENT_MISSING"
    assert tried(table, "RU consent", document=letter) == "consented"
    assert tried(table, "RU consent", document=letter, people=1) == "TWO_PERSONS_NEEDED"
    assert tried(table, "RU decline", without=["why"]) == "FIELDS_MISSING"


# ------------------------------------------------------------------ consultation


def test_a_consultation_is_not_held_for_show() -> None:
    table = reached("consultation", "VN open")
    assert tried(table, "VN end") == "CONSULTATION_OPEN"
    assert tried(table, "VN end +18d") == "CONSULTATION_OPEN"
    assert tried(table, "VN end +19d") == "not_agreed"
    assert tried(reached("consultation", "VN open", "RU reply"), "VN end") == "not_agreed"


def test_an_outcome_is_signed_by_both_and_in_its_latest_words() -> None:
    table = reached("consultation", "VN open", "VN propose_outcome", "RU propose_outcome")
    assert tried(table, "RU agree", text_version=2) == "DONE_ALREADY"
    assert tried(table, "VN agree", text_version=1) == "TEXT_OTHER_VERSION"
    assert tried(table, "VN agree", text_version=2, people=1) == "TWO_PERSONS_NEEDED"
    assert tried(table, "VN agree", text_version=2) == "agreed"


def test_a_consultation_about_an_exchange_names_it() -> None:
    assert opened("consultation", kind="refusal", without=["exchange"]) == "FIELDS_MISSING"
    assert opened("consultation", kind="jurisdiction", without=["exchange"]) == "opened"
