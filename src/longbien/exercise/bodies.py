"""What officers of the simulated world write: a body for every act of the procedures, valid at any virtual time.

What it knows: the fields of the acts. What it must never hold: anything about a real matter; every name, address and number here
is invented, and the texts say that they are an exercise. Instants lean on `at` (ms), the time at which the officer writes.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from longbien.law import write_instant
from longbien.wire.cbor import Value

HOUR = 3_600_000
DAY = 24 * HOUR
OFFICE = "Contact point 24/7 (exercise)"

Body = Mapping[str, Value]


def opening(procedure: str, *, party: str, to: str, at: int, urgent: bool, serial: int) -> Body:
    """The body of an opening act from `party` to `to`; `serial` makes each one different."""
    own: dict[str, Body] = {
        "preservation": {
            "necessity": "Exercise: the logs are overwritten after thirty days.",
            "volatility": "log_rotation",
            "follow_up_intent": True,
            "no_user_notice": True,
            "requested_days": 90,
        },
        "stored-data-access": {"measure": "produce", "volatile": True, "volatile_reason": "Exercise."},
    }
    return {
        "from_state": party,
        "from_office": OFFICE,
        "to_state": to,
        "to_office": OFFICE,
        "legal_basis": [
            {"instrument": "reciprocity", "assurance": "Exercise: a like request is carried out."}
        ],
        "language": "en",
        "created_at": write_instant(at - HOUR),
        "case_ref": f"{party}-EXERCISE-{serial:04d}",
        "urgency": "urgent" if urgent else "routine",
        "handling": "confidential",
        "secrecy_review_on": _day(at + 90 * DAY),
        "purpose": "Exercise only.",
        "scope_limb": "b",
        "offence": [
            {"code": "HC-07", "domestic": "Section 1 (invented)", "max_years": 5, "mode": "principal"}
        ],
        "facts": f"Exercise {serial}: somebody entered a server of an invented hospital.",
        "proceeding": {
            "stage": "Investigation",
            "authority": "Investigating office (exercise)",
            "functions": "Investigates invented offences",
        },
        "safeguards": {
            "proportionality": "Exercise: one server, two weeks.",
            "political_or_expression_link": False,
            "death_penalty_risk": False,
            "child_data": False,
            "journalist_lawyer_medical_data": False,
            "protected_person": False,
            "good_faith_research": False,
        },
        "items": [_item("subscriber"), _item("traffic")],
        "custodian": "Hosting provider (invented)",
        "link_to_offence": "Exercise: the address gave the commands.",
        **own[procedure],
    }


def _item(category: str) -> Body:
    return {
        "category": category,
        "description": "Customer of 198.51.100.23 (exercise)",
        "period": {"from": "2026-10-01T00:00:00Z", "to": "2026-10-15T00:00:00Z"},
    }


def _day(at: int) -> str:
    return write_instant(at)[:10]


def _authorisation(at: int) -> Body:
    return {
        "authority": "District court (invented)",
        "kind": "court",
        "date": _day(at),
        "scope": "The items of this request",
        "expires": _day(at + 120 * DAY),
        "remedy": "Complaint within ten days",
    }


def _reason(code: str, subcode: str = "") -> Body:
    cited: dict[str, Value] = {"code": code, "text": "Exercise.", "law": "Section 2 (invented)"}
    return {**cited, "subcode": subcode} if subcode else cited


def _note(_at: int) -> Body:
    return {"note": "Exercise."}


def _nothing(_at: int) -> Body:
    return {}


_CONDITION: Body = {"kind": "use_limit", "text": "Exercise only."}
_EVIDENCE = bytes(32)
_RIGHTS: Body = {"asked": True, "concern": False}

WRITTEN: Mapping[str, Callable[[int], Body]] = MappingProxyType(
    {
        "accept": lambda at: {"rights_check": _RIGHTS, "expected_on": _day(at + 30 * DAY)},
        "accept_conditions": _nothing,
        "accept_use_conditions": _nothing,
        "acknowledge": lambda _: {"own_reference": "EXERCISE-1", "contact": "Duty officer (invented)"},
        "answer": lambda _: {
            "answers": [
                {"item": 0, "outcome": "provided", "evidence": [_EVIDENCE]},
                {"item": 1, "outcome": "none"},
            ],
            "conditions": [_CONDITION],
        },
        "ask": lambda _: {"missing": [{"field": "custodian", "question": "Which of the two?"}]},
        "ask_extension": lambda at: {
            "days": 60,
            "why": "Exercise.",
            "follow_up_expected": _day(at + 30 * DAY),
        },
        "ask_status": _nothing,
        "at_risk": lambda _: {"kind": "secrecy_endangered", "text": "Exercise."},
        "authorise": lambda at: {"authorisation": _authorisation(at)},
        "cannot": lambda _: {"reason": _reason("CANNOT", "no-data")},
        "confidentiality_impossible": lambda _: {"why": "Exercise."},
        "confirm_part": _nothing,
        "confirm_receipt": _nothing,
        "consult": lambda _: {"kind": "refusal", "question": "Can the period be shorter?"},
        "decline_conditions": lambda _: {"why": "Exercise."},
        "decline_extension": lambda _: {"reason": _reason("OWN-LAW")},
        "extend": lambda at: {"days": 60, "authorisation": _authorisation(at)},
        "follow_up": lambda _: {"exchange": bytes(16), "procedure": "stored-data-access"},
        "follow_up_decided": lambda _: {"outcome": "answered"},
        "give_exculpatory_notice": lambda at: {
            "what": "Exercise.",
            "to_whom": "The defence (invented)",
            "disclosed_on": _day(at + DAY),
        },
        "give_notice": lambda _: {"text": "Exercise."},
        "go_on": _note,
        "name_path": lambda _: {"path_exchange": bytes(16), "other_state": "XE"},
        "not_found": lambda _: {"reason": _reason("CANNOT", "no-data")},
        "offer_conditions": lambda _: {"rights_check": _RIGHTS, "conditions": [_CONDITION]},
        "order": lambda at: {
            "rights_check": _RIGHTS,
            "authorisation": _authorisation(at),
            "effective_at": write_instant(at),
            "days": 90,
            "items": [0, 1],
            "custodian": "Hosting provider (invented)",
            "custodian_told": True,
            "own_reference": "EXERCISE-1",
        },
        "partial": lambda _: {"answers": [{"item": 0, "outcome": "provided", "evidence": [_EVIDENCE]}]},
        "postpone": lambda at: {"reason": _reason("ONGOING"), "review_on": _day(at + 60 * DAY)},
        "proceed": _note,
        "redirect": lambda _: {"to_office": "Another office (exercise)", "why": "Exercise."},
        "refuse": lambda _: {"reason": _reason("DISCRIM", "political")},
        "release": _note,
        "reply": lambda _: {"text": "Exercise."},
        "report_status": lambda _: {"text": "Exercise."},
        "resume": _nothing,
        "route": lambda _: {"office": "Checking office (exercise)"},
        "supply": lambda _: {"supplied": [{"field": "custodian", "answer": "The first."}]},
        "withdraw": _nothing,
        "withhold_path": lambda _: {"reason": _reason("OWN-LAW")},
        "wrong_state": lambda _: {"why": "Exercise."},
    }
)
"""By act, what the officer writes at `at`."""
