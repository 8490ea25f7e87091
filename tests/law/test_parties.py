"""The table of parties: complete, neutral, and asked where an officer could have mistyped a State."""

import pytest

from longbien.law import Field, nearest, unknown_parties
from longbien.law.parties import ORGANISATION, STATE
from longbien.law.tables import LANGUAGES
from longbien.wire.cbor import Value

from .sample import book, preservation

BOOK = book()
SEVEN = set(LANGUAGES)


def field(name: str, kind: str, *, many: bool = False) -> Field:
    return Field(
        name=name,
        type=kind,
        many=many,
        required=False,
        minimum=None,
        maximum=None,
        values=(),
        must_be=None,
        default=None,
        or_else=None,
        needed_with=None,
        needed_when=(),
        labels={},
        help={},
        value_labels={},
    )


def test_every_member_and_observer_state_has_its_names_in_seven_languages() -> None:
    states = [party for party in BOOK.parties.values() if party.kind == STATE]
    assert len(states) == 193 + 2
    assert all(set(party.names) == SEVEN for party in BOOK.parties.values())
    assert {"VA", "PS"} <= {party.code for party in states}


def test_no_two_parties_share_a_name() -> None:
    for language in LANGUAGES:
        names = [party.names[language] for party in BOOK.parties.values()]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [("ar", "\u0600", "\u06ff"), ("ru", "\u0400", "\u04ff"), ("zh", "\u4e00", "\u9fff")],
)
def test_a_name_is_written_in_the_letters_of_its_language(language: str, first: str, last: str) -> None:
    for party in BOOK.parties.values():
        assert any(first <= letter <= last for letter in party.names[language]), party.code


def test_no_code_of_an_organisation_can_be_that_of_a_state() -> None:
    for party in BOOK.parties.values():
        assert (len(party.code) == 2) == (party.kind == STATE)
    organisations = {party.code for party in BOOK.parties.values() if party.kind == ORGANISATION}
    assert {
        "UNODC",
        "UNSG",
        "INTERPOL",
        "EUNION",
        "EUROPOL",
        "EUROJUST",
        "ASEAN",
        "ASEANAPOL",
    } <= organisations
    assert {"AFRIPOL", "AFRUNION", "OAS", "AMERIPOL", "COE", "SCO", "CIS", "GCC"} <= organisations


def test_parties_come_in_the_order_of_their_codes_and_in_no_other() -> None:
    assert list(BOOK.parties) == sorted(BOOK.parties)


def test_the_nearest_party_is_found_by_code_and_by_name() -> None:
    assert nearest(BOOK.parties, "viet nam") == ("VN",)
    assert nearest(BOOK.parties, "Việt Nam")[0] == "VN"
    assert nearest(BOOK.parties, "Россия") == () or "RU" in nearest(BOOK.parties, "Россия")
    assert nearest(BOOK.parties, "interpool") == ("INTERPOL",)
    assert nearest(BOOK.parties, "???") == ()


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({}, []),
        ({"to_state": "VM"}, ["to_state"]),
        ({"to_state": "UNODC"}, []),
        ({"to_state": 7}, ["to_state"]),
        ({"from_state": "XX", "to_state": "xx"}, ["from_state", "to_state"]),
    ],
)
def test_a_field_of_the_kind_state_holds_the_code_of_a_party(
    changes: dict[str, Value], paths: list[str]
) -> None:
    rules = BOOK.rules("preservation")
    assert rules is not None
    body = {**preservation()["open"], **changes}
    found = unknown_parties(BOOK.parties, rules.acts["open"].fields, body, rules.types)
    assert [(problem.code, problem.path) for problem in found] == [("PARTY_UNKNOWN", path) for path in paths]


def test_arrays_and_records_are_looked_through() -> None:
    rules = BOOK.rules("preservation")
    assert rules is not None
    fields = [field("others", "state", many=True), field("translation", "file", many=True)]
    found = unknown_parties(BOOK.parties, fields, {"others": ["VN", "XX"], "translation": [{}]}, rules.types)
    assert [problem.path for problem in found] == ["others[1]"]
