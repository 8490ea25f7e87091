"""Legal bases: which are open on a day, which comes first, what each asks for, and the words that say so."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.law import (
    Basis,
    Declared,
    Instrument,
    Lawbook,
    Move,
    PartyStatus,
    Said,
    decide,
    language_accepted,
    load,
    profile,
)
from longbien.law.basis import GRAVITY, ORDER, resolve, standing
from longbien.law.citation import objection
from longbien.law.instants import DAY, read_date
from longbien.law.messages import remedies
from longbien.wire.cbor import Value

from .sample import (
    AT,
    INVENTED,
    INVENTED_FILE,
    PARTIES,
    book,
    facts,
    preservation,
    reason,
    situation,
    texts,
)

BOOK = book()
TEXTS = texts()
WITH_INVENTED = load({**TEXTS, INVENTED_FILE: INVENTED})
KZ_VN = ("VN", "KZ")


def day(text: str) -> int:
    found = read_date(text)
    assert found is not None
    return found


def codes(law: Lawbook, procedure: str, parties: tuple[str, ...], on: str) -> dict[str, str]:
    return {basis.instrument: basis.code for basis in resolve(law.instruments, parties, procedure, day(on))}


def words(law: Lawbook, basis: Basis, language: str = "en") -> str:
    return " ".join(law.tell(said, language) for said in basis.says)


def one(
    law: Lawbook, name: str, procedure: str = "preservation", parties: tuple[str, ...] = PARTIES
) -> Basis:
    return standing(law.instruments, name, parties, procedure, AT // DAY)


# ------------------------------------------------------------------ Viet Nam and the Russian Federation


def test_for_a_preservation_the_bilateral_treaty_comes_first_and_the_convention_says_why_not() -> None:
    found = BOOK.basis("preservation", PARTIES, AT)
    assert [(basis.instrument, basis.code) for basis in found] == [
        ("ru-vn-1998", ""),
        ("bilateral", ""),
        ("reciprocity", ""),
        ("ru-vn-iis-2018", "BASIS_NOT_COVERING"),
        ("asean-ext", "BASIS_NOT_COVERING"),
        ("asean-mlat", "BASIS_NOT_COVERING"),
        ("budapest", "BASIS_NOT_PARTY"),
        ("budapest-p2", "BASIS_NOT_COVERING"),
        ("hanoi", "BASIS_NOT_IN_FORCE"),
        ("uncac", "BASIS_NOT_COVERING"),
        ("untoc", "BASIS_NOT_COVERING"),
    ]
    hanoi = words(BOOK, found[8])
    assert "No source shows that it is in force (looked up on 2026-11-23)." in hanoi
    assert "Viet Nam signed it on 2025-10-25" in hanoi
    assert "cited as a reference" in hanoi


def test_information_security_carries_warnings_and_never_evidence() -> None:
    name = "ru-vn-iis-2018"
    assert codes(BOOK, "early-warning", PARTIES, "2026-11-23")[name] == ""
    for rules in BOOK.procedures.values():
        if rules.coercive:
            assert codes(BOOK, rules.procedure, PARTIES, "2026-11-23")[name] == "BASIS_NOT_COVERING"
    assert set(BOOK.instruments[name].covers) == {"early-warning", "consultation", "dialogue-meeting"}


@pytest.mark.parametrize(
    ("on", "code"), [("2012-08-26", "BASIS_NOT_IN_FORCE"), ("2012-08-27", ""), ("2026-11-22", "")]
)
def test_a_treaty_counts_from_the_day_of_its_entry_into_force(on: str, code: str) -> None:
    assert codes(BOOK, "preservation", PARTIES, on)["ru-vn-1998"] == code


def test_nobody_guesses_what_nobody_has_entered() -> None:
    found = one(BOOK, "untoc", "mla-evidence")
    assert found.code == "BASIS_UNKNOWN_STATUS"
    assert words(BOOK, found).count("is not known here") == 2
    assert one(BOOK, "budapest").code == "BASIS_NOT_PARTY"
    assert one(BOOK, "budapest", parties=("KZ", "BR")).code == "BASIS_UNKNOWN_STATUS"


def test_a_known_no_says_more_than_nobody_knows() -> None:
    found = one(BOOK, "budapest", parties=("BR", "RU"))
    assert found.code == "BASIS_NOT_PARTY"
    assert words(BOOK, found) == (
        "Whether it binds Brazil is not known here: nobody has entered it. Look it up at the depositary. "
        "Russian Federation is not a Party to it."
    )


def test_what_is_from_memory_says_so() -> None:
    says = words(BOOK, one(BOOK, "budapest"))
    assert "Viet Nam is not a Party to it. What is entered here about Viet Nam is not sure" in says
    assert "about Russian Federation is not sure" not in says


def test_without_a_treaty_only_the_last_resort_is_left_and_warns() -> None:
    found = BOOK.basis("preservation", ("VN", "BR"), AT)
    assert [basis.instrument for basis in found if basis.open] == ["bilateral", "reciprocity"]
    assert found[1].says[0] == Said("BASIS_NO_TREATY")
    assert Said("BASIS_NO_TREATY") not in BOOK.basis("preservation", PARTIES, AT)[2].says


def test_a_bilateral_treaty_of_others_is_not_listed() -> None:
    assert "ru-vn-1998" not in codes(BOOK, "preservation", ("VN", "BR"), "2026-11-23")
    assert one(BOOK, "ru-vn-1998", parties=("VN", "BR")).code == "BASIS_NOT_PARTY"


def test_three_states_need_a_basis_that_binds_all_three() -> None:
    found = codes(BOOK, "joint-investigation", ("VN", "RU", "BR"), "2026-11-23")
    assert "ru-vn-1998" not in found
    assert {name for name, code in found.items() if not code} == {"bilateral", "reciprocity"}


def test_the_convention_opens_on_the_day_on_which_it_binds_both() -> None:
    text = TEXTS["instruments/hanoi.toml"].replace("pending = true", "in_force = 2027-05-01")
    for party, since in (("VN", "2027-05-01"), ("RU", "2027-06-01")):
        before = f"[parties.{party}]\nsigned = 2025-10-25"
        assert before in text
        text = text.replace(before, f"{before}\nin_force = {since}")
    later = load({**TEXTS, "instruments/hanoi.toml": text})
    for on, code in (
        ("2027-04-30", "BASIS_NOT_IN_FORCE"),
        ("2027-05-31", "BASIS_NOT_IN_FORCE"),
        ("2027-06-01", ""),
    ):
        assert codes(later, "preservation", PARTIES, on)["hanoi"] == code
    assert "It enters into force on 2027-05-01." in words(
        later, standing(later.instruments, "hanoi", PARTIES, "preservation", day("2027-04-30"))
    )
    at = day("2027-06-01") * DAY
    assert [basis.instrument for basis in later.basis("preservation", PARTIES, at) if basis.open] == [
        "ru-vn-1998",
        "hanoi",
        "bilateral",
        "reciprocity",
    ]
    assert "still to be compared with the official text" in words(
        later, later.basis("preservation", PARTIES, at)[1]
    )


def test_nothing_says_that_the_convention_is_in_force() -> None:
    hanoi = BOOK.instruments["hanoi"]
    assert hanoi.pending
    assert all(status.in_force is None for status in hanoi.parties.values())
    assert hanoi.parties["VN"].signed == day("2025-10-25")


def test_the_convention_covers_every_procedure_that_is_foreseen() -> None:
    assert set(BOOK.instruments["hanoi"].covers) == set(BOOK.foreseen)
    assert len(BOOK.foreseen) == 32
    assert {rules.procedure for rules in BOOK.procedures.values()} <= set(BOOK.foreseen)


# ------------------------------------------------------------------ a treaty from TOML alone


def test_a_new_treaty_is_one_new_file() -> None:
    found = WITH_INVENTED.basis("preservation", KZ_VN, AT)
    assert (found[0].instrument, found[0].code, found[0].article) == ("kz-vn-invented", "", "7")
    assert [WITH_INVENTED.tell(said, "en") for said in found[0].says] == [
        "Made between these parties alone. The more specific treaty comes before the more general one.",
        "The request must state: The harm is more than trifling.",
        "It makes these fields required: deadline.",
        "Kazakhstan takes requests in: kk, ru.",
        "Kazakhstan takes requests between central authorities.",
        "Kazakhstan takes requests through INTERPOL.",
        "Kazakhstan has declared that it takes requests electronically.",
    ]
    says = words(WITH_INVENTED, one(WITH_INVENTED, "kz-vn-invented", parties=("KZ", "VN")))
    assert "Viet Nam takes requests under it has not been entered: ask." in says
    assert "Viet Nam takes requests between central authorities." in says
    assert "Viet Nam has declared that it does not take requests electronically." in says


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2020-04-30", "BASIS_NOT_IN_FORCE"),
        ("2020-05-01", ""),
        ("2030-12-31", ""),
        ("2031-01-01", "BASIS_ENDED"),
    ],
)
def test_a_treaty_begins_and_ends_on_a_day(on: str, code: str) -> None:
    assert codes(WITH_INVENTED, "preservation", KZ_VN, on)["kz-vn-invented"] == code


def test_a_party_can_declare_that_it_takes_no_basis_from_a_treaty() -> None:
    found = one(WITH_INVENTED, "kz-vn-invented", "stored-data-access", KZ_VN)
    assert found.code == "BASIS_DECLARED_AGAINST"
    assert words(WITH_INVENTED, found) == (
        "Viet Nam has declared that it does not take it as a basis for this procedure: Access to stored data."
    )


def test_what_a_party_has_of_its_own_source_is_kept() -> None:
    parties = WITH_INVENTED.instruments["kz-vn-invented"].parties
    assert (parties["KZ"].source, parties["VN"].source) == ("invented", "invented apart")
    assert parties["KZ"].deposited == day("2019-06-01")
    assert parties["KZ"].reservations == ("7(2)",)


def test_an_article_that_nobody_has_read_is_asked_for() -> None:
    assert "has not been read" in words(BOOK, one(BOOK, "ru-vn-1998"))


# ------------------------------------------------------------------ profile and contents


def test_rules_are_procedure_and_basis_together() -> None:
    rules = WITH_INVENTED.rules("preservation")
    assert rules is not None
    found = profile("preservation", rules.grounds, WITH_INVENTED.instruments["kz-vn-invented"])
    assert found is not None
    assert found.grounds == ("OWN-LAW", "DISCRIM", "DUAL", "POLITICAL")
    assert (found.cover.fields_needed, found.cover.statements, found.cover.channels) == (
        ("deadline",),
        ("harm",),
        ("central",),
    )
    assert profile("preservation", rules.grounds, BOOK.instruments["uncac"]) is None
    plain = profile("preservation", rules.grounds, BOOK.instruments["reciprocity"])
    assert plain is not None
    assert plain.grounds == ("ESSENTIAL", "OWN-LAW", "DISCRIM", "DUAL")
    palermo = profile("mla-evidence", rules.grounds, BOOK.instruments["untoc"])
    assert palermo is not None
    assert palermo.cover.statements == ("organised-group", "transnational")


HARM: dict[str, Value] = {"instrument": "kz-vn-invented", "statements": ["harm"]}
FILE: dict[str, Value] = {
    "name": "treaty.pdf",
    "sha256": bytes(32),
    "size": 1,
    "media_type": "application/pdf",
}
OTHER: dict[str, Value] = {"instrument": "bilateral", "treaty": "Invented treaty, 1 May 2020, Art. 7"}


@pytest.mark.parametrize(
    ("cited", "changes", "code"),
    [
        (HARM, {"language": "ru"}, ""),
        (HARM, {"language": "kk-Cyrl"}, ""),
        (HARM, {"language": "en"}, "BASIS_LANGUAGE"),
        (HARM, {"language": "en", "translation": [{"language": "ru"}]}, ""),
        (HARM, {"language": "ru", "deadline": None}, "BASIS_FIELD_MISSING"),
        ({"instrument": "kz-vn-invented"}, {"language": "ru"}, "BASIS_STATEMENT_MISSING"),
        (OTHER, {}, "BASIS_TEXT_MISSING"),
        (OTHER, {"attachments": [FILE]}, ""),
        ({"instrument": "bilateral"}, {"attachments": [FILE]}, "BASIS_TEXT_MISSING"),
        ({"instrument": "reciprocity"}, {}, "BASIS_ASSURANCE_MISSING"),
        ({"instrument": "saigon"}, {}, "BASIS_UNKNOWN"),
    ],
)
def test_a_request_brings_what_its_basis_asks_for(
    cited: dict[str, Value], changes: dict[str, Value], code: str
) -> None:
    rules = WITH_INVENTED.rules("preservation")
    assert rules is not None
    whole = {**preservation()["open"], **changes}
    request = {name: value for name, value in whole.items() if value is not None}
    assert objection(rules, cited, parties=KZ_VN, day=AT // DAY, request=request) == code


def test_who_accepts_names_the_basis_and_brings_no_contents() -> None:
    rules = WITH_INVENTED.rules("preservation")
    assert rules is not None
    for cited in ({"instrument": "kz-vn-invented"}, OTHER):
        assert objection(rules, cited, parties=KZ_VN, day=AT // DAY, request=None) == ""


def refuse(code: str, *basis: str, law: Lawbook = BOOK, subcode: str | None = None) -> str:
    rules = law.rules("preservation")
    assert rules is not None
    asked = situation(
        "refuse",
        role="requested",
        stage="acknowledged",
        body={**preservation()["refuse"], "reason": reason(code, subcode)},
        data={**facts("refuse"), "basis": basis},
    )
    answer = decide(rules, asked)
    return answer.to if isinstance(answer, Move) else f"{answer.code} {answer.detail}"


def test_a_ground_that_only_a_treaty_has_is_open_under_that_treaty_only() -> None:
    assert refuse("POLITICAL", "hanoi", "reciprocity") == "GROUND_NOT_OPEN legal_basis"
    assert refuse("POLITICAL") == "GROUND_NOT_OPEN legal_basis"
    assert refuse("POLITICAL", "saigon") == "GROUND_NOT_OPEN legal_basis"
    assert refuse("POLITICAL", "hanoi", "budapest") == "refused"
    assert refuse("OWN-LAW", "budapest") == "refused"
    assert refuse("OWN-LAW") == "refused"


def test_a_treaty_can_close_a_ground_unless_another_basis_leaves_it_open() -> None:
    def essential(*basis: str) -> str:
        return refuse("ESSENTIAL", *basis, law=WITH_INVENTED, subcode="security")

    assert essential("kz-vn-invented") == "GROUND_NOT_OPEN legal_basis"
    assert essential("kz-vn-invented", "reciprocity") == "refused"
    assert essential("reciprocity") == "refused"


def test_an_instrument_that_nobody_knows_is_no_basis_and_is_not_named() -> None:
    assert (one(BOOK, "saigon").instrument, one(BOOK, "saigon").code) == ("", "BASIS_UNKNOWN")
    assert words(BOOK, one(BOOK, "saigon"))


def test_a_language_is_accepted_refused_or_unknown() -> None:
    invented = WITH_INVENTED.instruments["kz-vn-invented"]
    assert language_accepted(invented, "preservation", "KZ", ["en", "ru"]) is True
    assert language_accepted(invented, "preservation", "KZ", ["vi"]) is False
    assert language_accepted(invented, "preservation", "VN", ["vi"]) is None
    assert (
        language_accepted(invented, "stored-data-access", "VN", ["vi"]) is False
    )  # the treaty fixes Russian
    assert language_accepted(invented, "stored-data-access", "BR", ["ru"]) is True
    assert language_accepted(invented, "extradition", "KZ", ["ru"]) is None


# ------------------------------------------------------------------ what holds for every treaty and every day

DAYS = st.integers(min_value=15_000, max_value=25_000)
MAYBE = st.none() | DAYS
NAMES = ("hanoi", "budapest", "ru-vn-1998")


@st.composite
def statuses(draw: st.DrawFn, party: str) -> PartyStatus:
    return PartyStatus(
        party=party,
        signed=draw(MAYBE),
        deposited=draw(MAYBE),
        in_force=draw(MAYBE),
        until=draw(MAYBE),
        not_party=draw(st.booleans()),
        sure=draw(st.booleans()),
        reservations=(),
        declared=Declared(not_basis_for=draw(st.sampled_from([(), ("preservation",)]))),
        source="drawn",
        checked_on="2026-11-23",
    )


@st.composite
def laws(draw: st.DrawFn) -> Mapping[str, Instrument]:
    """The instruments of the product, some of them with dates that nobody has made."""
    found = dict(BOOK.instruments)
    for name in NAMES:
        parties = {party: draw(statuses(party)) for party in (*PARTIES, "KZ") if draw(st.booleans())}
        found[name] = replace(
            found[name],
            pending=draw(st.booleans()),
            closed=draw(st.booleans()),
            in_force=draw(MAYBE),
            parties=parties,
        )
    return found


def binds(instrument: Instrument, party: str, on: int) -> bool:
    """The rule of invariants 1 and 2, written a second time and the long way."""
    status = instrument.parties.get(party)
    if instrument.pending or status is None or status.not_party or status.in_force is None:
        return False
    if instrument.in_force is not None and on < instrument.in_force:
        return False
    return status.in_force <= on and (status.until is None or on < status.until)


@given(laws(), DAYS, st.sampled_from([PARTIES, ("KZ", "VN"), ("KZ", "RU", "VN")]))
def test_a_treaty_is_open_exactly_when_it_is_in_force_for_every_party(
    law: Mapping[str, Instrument], on: int, parties: tuple[str, ...]
) -> None:
    for name in NAMES:
        found = standing(law, name, parties, "preservation", on)
        bound = all(binds(law[name], party, on) for party in parties)
        against = any(
            party in law[name].parties and law[name].parties[party].declared.not_basis_for
            for party in parties
        )
        assert found.open == (bound and not against)


@given(laws(), DAYS, st.sampled_from([PARTIES, ("KZ", "VN")]), st.randoms(use_true_random=False))
def test_the_answer_has_one_order_whatever_the_order_of_the_files(
    law: Mapping[str, Instrument], on: int, parties: tuple[str, ...], chance: object
) -> None:
    names = list(law)
    chance.shuffle(names)  # type: ignore[attr-defined]
    found = resolve(law, parties, "preservation", on)
    assert found == resolve({name: law[name] for name in names}, parties, "preservation", on)
    kept = [basis for basis in found if basis.open]
    assert list(found[: len(kept)]) == kept
    for part in (kept, found[len(kept) :]):
        places = [ORDER.index(law[basis.instrument].reach or law[basis.instrument].kind) for basis in part]
        assert places == sorted(places)
    assert kept[-1].instrument == "reciprocity"


@given(laws(), DAYS, st.sampled_from(sorted(BOOK.foreseen)))
def test_every_answer_has_its_words(law: Mapping[str, Instrument], on: int, procedure: str) -> None:
    told = replace(BOOK, instruments=law)
    for basis in resolve(law, PARTIES, procedure, on):
        assert basis.code in {"", *GRAVITY}
        assert basis.says
        for said in basis.says:
            text = told.tell(said, "vi")
            assert text
            assert "{" not in text


def test_a_sentence_is_told_in_the_language_asked_for() -> None:
    m = TEXTS["messages.toml"].replace(
        'en = "{party} is not a Party to it." }',
        'en = "{party} is not a Party to it.", vi = "{party} không tham gia." }',
    )
    silent = {path: text for path, text in TEXTS.items() if not path.startswith("words/")}
    found = load({**silent, "messages.toml": m})
    said = Said("BASIS_NOT_PARTY", (("party", "RU"),))
    assert (found.tell(said, "vi"), found.tell(said, "fr")) == (
        "Liên bang Nga không tham gia.",
        "Fédération de Russie is not a Party to it.",
    )
    assert found.tell(Said("BASIS_NOT_PARTY", (("party", "XX"),)), "vi") == "XX không tham gia."


def test_remedies_can_be_read_where_the_rest_cannot() -> None:
    assert remedies(TEXTS["messages.toml"])["KEY_UNKNOWN"]["en"] == "Correct the key, or take it away."
    assert remedies('remedies = "none"') == {}
