"""The course of a case: who does what, in which order, with which words.

What it knows: a case and the acts of the procedures. What it must never know: how acts are sent. Bodies are JSON values, as an
officer's file would hold them.
"""

from dataclasses import dataclass
from typing import Any

from longbien.exercise.case import DAY, Body, Case
from longbien.law import write_instant

HOUR = 3_600_000

_RIGHTS = {"asked": True, "concern": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act of the course. `matter` names the exchange; `says` is what the line on the screen says.

    `evidence` names files that go with it. `frees` names the party whose evidence in this matter is fetched afterwards.
    """

    matter: str
    party: str
    act: str
    persons: int
    says: str
    body: Body
    procedure: str = ""
    refers: str = ""
    evidence: tuple[str, ...] = ()
    frees: str = ""


def course(case: Case, now: int) -> tuple[Step, ...]:
    """Preservation from draft to release, with the follow-up request for the data in between."""
    asking, asked = case.requesting, case.requested
    hold, data = "preservation", "data"

    def by(matter: str, party: str, act: str, says: str, body: Body | None = None, **more: Any) -> Step:  # noqa: ANN401
        return Step(matter=matter, party=party, act=act, persons=2, says=says, body=body or {}, **more)

    return (
        by(hold, asking, "open", "asks to preserve", _preserve(case, now), procedure="preservation"),
        by(
            hold,
            asked,
            "acknowledge",
            "acknowledges",
            {"own_reference": f"{asked}-0091", "contact": "Duty officer"},
        ),
        by(hold, asked, "order", "orders preservation", _order(case, now)),
        by(hold, asking, "ask_extension", "asks for more time", _longer(now)),
        by(hold, asked, "extend", "extends", {"days": 60, "authorisation": _authorisation(now)}),
        by(
            data,
            asking,
            "open",
            "asks for the data",
            _produce(case, now),
            procedure="stored-data-access",
            refers=hold,
            evidence=case.shared,
            frees=asking,
        ),
        by(
            hold,
            asking,
            "follow_up",
            "holds for the follow-up",
            {"procedure": "stored-data-access"},
            refers=data,
        ),
        by(
            data,
            asked,
            "acknowledge",
            "acknowledges",
            {"own_reference": f"{asked}-0092", "contact": "Duty officer"},
        ),
        by(data, asked, "route", "routes", {"office": "Competent authority (illustrative)"}),
        by(
            data,
            asked,
            "accept",
            "accepts",
            {"rights_check": _RIGHTS, "expected_on": write_instant(now + 30 * DAY)[:10]},
        ),
        by(data, asked, "authorise", "authorises", {"authorisation": _authorisation(now)}),
        by(data, asked, "answer", "answers", _answer(case), evidence=case.handed_over),
        by(data, asking, "accept_use_conditions", "accepts the conditions of use", frees=asked),
        by(data, asking, "confirm_receipt", "confirms receipt"),
        by(hold, asking, "release", "releases the preserved data", {"note": "The data have arrived."}),
    )


def _request(case: Case, now: int) -> Body:
    investigation, preservation = case.investigation, case.preservation
    reference = investigation["reference"]
    return {
        "from_state": case.requesting,
        "from_office": investigation.get("office", "Contact point 24/7 (illustrative)"),
        "to_state": case.requested,
        "to_office": case.answer.get("office", "Contact point 24/7 (illustrative)"),
        "legal_basis": [_basis(name) for name in preservation["legal_basis"]],
        "language": "en",
        "created_at": write_instant(now),
        "case_ref": reference,
        "urgency": preservation["urgency"],
        **_secrecy(case, now),
        "purpose": f"Evidence in case {reference} only.",
        "scope_limb": "b",
        "offence": investigation["offences"],
        "facts": investigation["facts"].strip(),
        "proceeding": {
            "stage": investigation["proceeding"],
            "authority": investigation["authority"],
            "functions": "Investigates offences of this kind",
        },
        "safeguards": {
            "proportionality": "The items and periods are limited to what the facts name.",
            "political_or_expression_link": False,
            "death_penalty_risk": False,
            "child_data": False,
            "journalist_lawyer_medical_data": False,
            "protected_person": False,
            "good_faith_research": False,
        },
    }


def _secrecy(case: Case, now: int) -> Body:
    if not case.preservation.get("no_user_notice"):
        return {"handling": "normal"}
    return {"handling": "no_user_notice", "secrecy_review_on": write_instant(now + 90 * DAY)[:10]}


def _basis(name: str) -> Body:
    assured = {"assurance": "A like request of your State would be carried out here."}
    return {"instrument": name, **(assured if name == "reciprocity" else {})}


def _items(case: Case) -> list[Body]:
    first, *rest = case.preservation["items"]
    return [{**first, "accounts": case.preservation["accounts"]}, *rest]


def _preserve(case: Case, now: int) -> Body:
    preservation = case.preservation
    return {
        **_request(case, now),
        "items": _items(case),
        "custodian": preservation["custodian"],
        "link_to_offence": preservation["link_to_offence"],
        "necessity": preservation["necessity"],
        "volatility": preservation["volatility"],
        "follow_up_intent": True,
        "no_user_notice": bool(preservation.get("no_user_notice")),
        "requested_days": case.answer["days"],
    }


def _order(case: Case, now: int) -> Body:
    return {
        "rights_check": _RIGHTS,
        "authorisation": _authorisation(now),
        "effective_at": write_instant(now),
        "days": case.answer["days"],
        "items": list(range(len(case.preservation["items"]))),
        "custodian": case.preservation["custodian"],
        "custodian_told": True,
        "own_reference": f"{case.requested}-0091",
    }


def _longer(now: int) -> Body:
    return {
        "days": 60,
        "why": "The request for the data is being prepared.",
        "follow_up_expected": write_instant(now + 30 * DAY)[:10],
    }


def _authorisation(now: int) -> Body:
    return {
        "authority": "District court (illustrative)",
        "kind": "court",
        "date": write_instant(now)[:10],
        "scope": "Data of the items of this request",
        "expires": write_instant(now + 90 * DAY)[:10],
        "remedy": "Complaint to the court within ten days of notice",
    }


def _produce(case: Case, now: int) -> Body:
    return {
        **_request(case, now),
        "items": _items(case),
        "custodian": case.preservation["custodian"],
        "measure": "produce",
        "link_to_offence": case.preservation["link_to_offence"],
        "volatile": True,
        "volatile_reason": "Preserved until a date only.",
    }


def _answer(case: Case) -> Body:
    """The answer to every item; whoever sends it names the manifests of the files, which do not travel in acts."""
    items = [
        {"item": number, "outcome": "provided" if case.handed_over else "none"}
        for number in range(len(case.preservation["items"]))
    ]
    conditions = [{"kind": "use_limit", "text": text} for text in case.answer["conditions"]]
    return {"answers": items, "conditions": conditions}
