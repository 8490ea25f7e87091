"""Valid bodies for every act, after the case of the provincial hospital. All persons and addresses are invented.

Times lean on `at`, the ms at which the act is ordered, so the bodies stay valid under any virtual clock.
"""

from collections.abc import Mapping
from pathlib import Path

import longbien.law
from longbien.law import Lawbook, Situation, load, write_instant
from longbien.law.instants import DAY, HOUR, day_of, write_day
from longbien.wire.cbor import Value

AT = 1_795_374_000_000  # 2026-11-22T19:00:00Z, a Sunday
EXCHANGE = bytes(range(16))
DIGEST = bytes(range(32))
PARTIES = ("VN", "RU")
DATA = Path(longbien.law.__file__).parent / "data"

Body = Mapping[str, Value]

RIGHTS: Body = {"asked": True, "concern": False}
# A treaty that nobody has made, with everything that an instrument can say.
INVENTED_FILE = "instruments/kz-vn-invented.toml"
INVENTED = """
id = "kz-vn-invented"
kind = "treaty"
reach = "bilateral"
closed = true
in_force = 2020-05-01
labels = { en = "Invented treaty of Kazakhstan and Viet Nam, for tests" }
source = "invented"
checked_on = "2026-11-23"

[statements]
harm = { en = "The harm is more than trifling." }

[covers.preservation]
article = "7"
article_checked = true
grounds_added = ["POLITICAL"]
grounds_closed = ["ESSENTIAL"]
fields_needed = ["deadline"]
statements = ["harm"]
channels = ["central"]

[covers.stored-data-access]
article = "8"
article_checked = true
languages = ["ru"]

[parties.KZ]
signed = 2019-01-01
deposited = 2019-06-01
in_force = 2020-05-01
until = 2031-01-01
reservations = ["7(2)"]
declared = { languages = ["kk", "ru"], channels = ["central", "interpol"], electronic = true }

[parties.VN]
signed = 2019-01-01
in_force = 2020-05-01
source = "invented apart"
declared = { electronic = false, not_basis_for = ["stored-data-access"] }
"""


def texts() -> dict[str, str]:
    """The data files of the law as `load` takes them."""
    return {
        path.relative_to(DATA).as_posix(): path.read_text("utf-8") for path in sorted(DATA.rglob("*.toml"))
    }


def book() -> Lawbook:
    """The Lawbook of the product."""
    return load(texts())


def header(at: int = AT) -> dict[str, Value]:
    """What every opening act holds."""
    return {
        "from_state": PARTIES[0],
        "from_office": "Contact point 24/7 (illustrative)",
        "to_state": PARTIES[1],
        "to_office": "Contact point 24/7 (illustrative)",
        "legal_basis": [
            {"instrument": "ru-vn-1998"},
            {"instrument": "reciprocity", "assurance": "We would preserve data in a like case."},
        ],
        "language": "en",
        "created_at": write_instant(at - HOUR),
        "case_ref": "VN-2026-HS-0417",
        "urgency": "urgent",
        "handling": "no_user_notice",
        "secrecy_review_on": write_day(day_of(at) + 90),
        "purpose": "Evidence in case VN-2026-HS-0417 only.",
    }


def request(at: int = AT) -> dict[str, Value]:
    """What every request holds beyond the header."""
    return {
        **header(at),
        "scope_limb": "b",
        "offence": [
            {"code": "HC-10", "domestic": "Penal Code, Art. 287", "max_years": 12, "mode": "principal"},
            {"code": "HC-09", "domestic": "Penal Code, Art. 286", "max_years": 12, "mode": "principal"},
        ],
        "facts": "Files on 61 servers of a provincial hospital were encrypted.\nCommands came from 198.51.100.23.",
        "proceeding": {
            "stage": "Criminal investigation, stage of investigation",
            "authority": "Investigation Police Agency (illustrative)",
            "functions": "Investigates crime committed through information systems",
        },
        "safeguards": {
            "proportionality": "Two weeks of connections of one server; no content is asked for.",
            "political_or_expression_link": False,
            "death_penalty_risk": False,
            "child_data": False,
            "journalist_lawyer_medical_data": False,
            "protected_person": False,
            "good_faith_research": False,
        },
        "deadline": write_instant(at + 20 * DAY),
        "deadline_reason": "The provider overwrites connection logs after 30 days.",
    }


def items() -> list[Value]:
    """Two items of data."""
    return [
        {
            "category": "subscriber",
            "description": "Customer of the server that used 198.51.100.23",
            "period": {"from": "2026-10-01T00:00:00Z", "to": "2026-11-15T00:00:00Z"},
        },
        {
            "category": "traffic",
            "description": "Connections to and from 198.51.100.23",
            "accounts": [
                {
                    "kind": "ip_port",
                    "value": "198.51.100.23:51234",
                    "observed_at": "2026-11-15T01:57:03+07:00",
                },
                {"kind": "domain", "value": "c2.example.net", "observed_at": "2026-11-14T19:20:00Z"},
                {"kind": "email", "value": "billing-support@example.net"},
            ],
            "period": {"from": "2026-11-10T00:00:00Z", "to": "2026-11-15T00:00:00Z"},
        },
    ]


def reason(code: str = "OWN-LAW", subcode: str | None = None) -> dict[str, Value]:
    """A reason with code, words and law."""
    written: dict[str, Value] = {
        "code": code,
        "text": "The measure is not open for an offence of this kind.",
        "law": "Code of Criminal Procedure, Art. 1 (illustrative)",
    }
    return written if subcode is None else {**written, "subcode": subcode}


def authorisation(at: int = AT) -> dict[str, Value]:
    """A court order that holds at `at`."""
    return {
        "authority": "District court (illustrative)",
        "kind": "court",
        "date": write_day(day_of(at)),
        "scope": "Data of the items of this request",
        "expires": write_day(day_of(at) + 90),
        "remedy": "Complaint to the court within ten days of notice",
    }


def _shared(at: int) -> dict[str, Body]:
    return {
        "acknowledge": {"own_reference": "RU-2026-0091", "contact": "Duty officer"},
        "redirect": {
            "to_office": "Central authority (illustrative)",
            "why": "It keeps the register of providers.",
        },
        "wrong_state": {"why": "The provider is not here.", "likely_state": "KZ"},
        "ask": {"missing": [{"field": "custodian", "question": "Which of the two companies of that name?"}]},
        "supply": {"supplied": [{"field": "custodian", "answer": "The one in Moscow."}]},
        "proceed": {"note": "The provider is known by now."},
        "refuse": {"reason": reason("DISCRIM", "political")},
        "go_on": {"note": "Please go on."},
        "withdraw": {"why": "The case was closed."},
        "ask_status": {"question": "When can we expect an answer?"},
        "report_status": {"text": "The provider was served.", "expected_on": write_day(day_of(at) + 7)},
        "give_notice": {"text": "The contact officer changes."},
    }


def preservation(at: int = AT) -> dict[str, Body]:
    """A valid body for every act of `preservation`, at `at`."""
    return {
        **_shared(at),
        "open": {
            **request(at),
            "items": items(),
            "custodian": "Hosting provider (illustrative), Moscow",
            "link_to_offence": "The address commanded the encryption.",
            "necessity": "The provider overwrites connection logs after 30 days.",
            "volatility": "log_rotation",
            "follow_up_intent": True,
            "no_user_notice": True,
            "requested_days": 90,
        },
        "at_risk": {"kind": "secrecy_endangered", "text": "The provider tells its customers of orders."},
        "order": {
            "rights_check": RIGHTS,
            "authorisation": authorisation(at),
            "effective_at": write_instant(at - HOUR),
            "days": 90,
            "items": [0, 1],
            "custodian": "Hosting provider (illustrative), Moscow",
            "custodian_told": True,
            "own_reference": "RU-2026-0091",
        },
        "not_found": {"reason": {"code": "CANNOT", "subcode": "no-data", "text": "No such logs are kept."}},
        "ask_extension": {
            "days": 60,
            "why": "The request for the data is being translated.",
            "follow_up_expected": write_day(day_of(at) + 30),
        },
        "extend": {"days": 60, "authorisation": authorisation(at)},
        "decline_extension": {"reason": reason()},
        "follow_up": {"exchange": EXCHANGE, "procedure": "stored-data-access"},
        "name_path": {"path_exchange": EXCHANGE, "other_state": "KZ"},
        "withhold_path": {"reason": reason()},
        "release": {"note": "The data have arrived."},
        "follow_up_decided": {"outcome": "answered"},
        "expire": {},
    }


def stored_data_access(at: int = AT) -> dict[str, Body]:
    """A valid body for every act of `stored-data-access`, at `at`."""
    opening: dict[str, Value] = {
        **request(at),
        "items": items(),
        "custodian": "Hosting provider (illustrative), Moscow",
        "preservation_ref": EXCHANGE,
        "measure": "produce",
        "link_to_offence": "The address commanded the encryption.",
        "volatile": True,
        "volatile_reason": "Preserved until a date only.",
        "format_wished": "CSV",
    }
    condition: Body = {"kind": "use_limit", "text": "Use in case VN-2026-HS-0417 only."}
    return {
        **_shared(at),
        "open": opening,
        "open_oral": {
            **header(at),
            "spoken_at": write_instant(at - HOUR),
            "spoken_with": "Duty officer, called back on the number of the directory",
            "summary": "Produce the connections of one server.",
        },
        "confirm_in_writing": opening,
        "route": {"office": "Department of international cooperation (illustrative)"},
        "accept": {"rights_check": RIGHTS, "expected_on": write_day(day_of(at) + 30)},
        "offer_conditions": {"rights_check": RIGHTS, "conditions": [condition]},
        "accept_conditions": {},
        "decline_conditions": {"why": "Two cases are joined."},
        "consult": {"kind": "refusal", "question": "Can the period be shorter?", "proposals": ["One week"]},
        "reply": {"text": "One week suffices."},
        "postpone": {"reason": reason("ONGOING"), "review_on": write_day(day_of(at) + 60)},
        "resume": {},
        "authorise": {"authorisation": authorisation(at)},
        "partial": {
            "answers": [{"item": 0, "outcome": "provided", "evidence": [DIGEST]}],
            "conditions": [condition],
        },
        "confirm_part": {},
        "answer": {
            "answers": [
                {"item": 0, "outcome": "provided", "evidence": [DIGEST], "note": "From the register"},
                {"item": 1, "outcome": "none"},
            ],
            "conditions": [condition],
        },
        "cannot": {"reason": {"code": "CANNOT", "subcode": "expired", "text": "The logs were overwritten."}},
        "confirm_receipt": {},
        "accept_use_conditions": {},
        "give_exculpatory_notice": {
            "what": "The address was in use by another customer.",
            "to_whom": "Defence and court (invented)",
            "disclosed_on": write_day(day_of(at) + 3),
        },
        "confidentiality_impossible": {"why": "The law orders notice to the person."},
    }


BODIES = {"preservation": preservation, "stored-data-access": stored_data_access}

# Acts that bring each exchange to its end on the shortest common way: (role, act).
COURSES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "preservation": (
        ("requesting", "open"),
        ("requested", "acknowledge"),
        ("requested", "order"),
        ("requesting", "follow_up"),
        ("requested", "follow_up_decided"),
    ),
    "stored-data-access": (
        ("requesting", "open"),
        ("requested", "acknowledge"),
        ("requested", "route"),
        ("requested", "accept"),
        ("requested", "authorise"),
        ("requested", "answer"),
        ("requesting", "accept_use_conditions"),
        ("requesting", "confirm_receipt"),
    ),
}


def situation(
    act: str,
    *,
    role: str = "requesting",
    stage: str | None = None,
    body: Body | None = None,
    data: Body | None = None,
    procedure: str = "preservation",
    at: int = AT,
    persons: int = 2,
    offices: tuple[str, ...] = ("ca",),
    saw_latest: bool = True,
    opening: Body | None = None,
) -> Situation:
    """A situation in which nothing speaks against the act, unless the caller says so."""
    return Situation(
        party=PARTIES[0] if role == "requesting" else PARTIES[1],
        parties=tuple(sorted(PARTIES)),
        stage=stage,
        role=role,
        act=act,
        body=BODIES[procedure](at).get(act, {}) if body is None else body,
        data={} if data is None else data,
        at=at,
        persons=persons,
        offices=offices,
        saw_latest=saw_latest,
        opening={} if opening is None else opening,
    )


def facts(act: str, at: int = AT) -> dict[str, Value]:
    """Facts with which nothing speaks against `act` in any stage from which it is open."""
    found: dict[str, Value] = {
        "from_state": PARTIES[0],
        "to_state": PARTIES[1],
        "opened_at": at - 2 * HOUR,
        "stage_since": at - HOUR,
        "review_at": at + 30 * DAY,
        "handling": "confidential",
        "basis": ["ru-vn-1998"],
        "offences": ["HC-10", "HC-09"],
        "items": 2,
        "required": ["custodian"],
        "risk_at": at - HOUR,
        "expires_at": at if act == "expire" else at + 30 * DAY,
        "consultation": {"opened_at": at - DAY, "due_at": at + DAY, "answered_at": at - HOUR},
        "use_conditions": [{"kind": "other", "text": "Keep it secret."}],
    }
    if act != "accept_use_conditions":
        found["use_accepted_at"] = at - HOUR
    return found
