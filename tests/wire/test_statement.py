"""Statements: exactly the signatures that the heading asks for, over exactly these bytes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.wire import cbor, statement
from longbien.wire.suites import PRODUCTION, SUITE_1, Suites, VerifyKey
from longbien.wire.wellformed import Malformed

from .material import DESCRIPTOR, EXCHANGE, edited, keys, make, signer
from .values import VALUES, mutated

both = pytest.mark.parametrize("number", [1, 2])


def code(read: Any) -> str:
    with pytest.raises(Malformed) as refused:
        read()
    return refused.value.code


@both
def test_what_make_writes_parses_verifies_and_reads_as_given(number: Any) -> None:
    key = signer(suite=number)
    raw = make([key], payload=b"words", audience=["RU", "UNODC"], kind="act")
    read = statement.parse(raw)
    statement.verify(read, keys(key), PRODUCTION)
    assert (read.kind, read.suite, read.issuer, read.audience) == ("act", number, "VN", ("RU", "UNODC"))
    assert (read.subject, read.descriptor, read.payload) == (EXCHANGE, DESCRIPTOR, b"words")
    assert read.signers == (key.verify_key.kid,)
    assert read.raw == raw
    assert read.digest == cbor.digest(raw)


@both
def test_what_sign_gives_is_what_parse_reads_from_its_bytes(number: Any) -> None:
    signed = statement.sign(
        b"words",
        kind="act",
        issuer="VN",
        audience=["RU"],
        subject=EXCHANGE,
        descriptor=DESCRIPTOR,
        signers=[signer(suite=number)],
    )
    assert statement.parse(signed.raw) == signed


@both
def test_the_audience_keeps_its_order(number: Any) -> None:
    raw = make([signer(suite=number)], audience=("UNODC", "AU", "RU"))
    assert statement.parse(raw).audience == ("UNODC", "AU", "RU")


def test_subject_and_descriptor_may_be_empty_and_everybody_may_be_addressed() -> None:
    raw = make(subject=b"", descriptor=b"", audience=[statement.EVERYONE], kind="descriptor")
    read = statement.parse(raw)
    assert (read.subject, read.descriptor, read.audience) == (b"", b"", ("ALL",))


def test_every_signer_signs_with_every_algorithm_in_order() -> None:
    by = [signer("VN"), signer("RU"), signer("UA")]
    read = statement.parse(make(by))
    assert read.signers == tuple(each.verify_key.kid for each in by)
    assert [(each.kid, each.algorithm) for each in read.signatures] == [
        (kid, algorithm) for kid in read.signers for algorithm in (-19, -49)
    ]
    statement.verify(read, keys(*by), PRODUCTION)


def test_the_bytes_to_be_signed_are_coses() -> None:
    read = statement.parse(make())
    first = read.signatures[0]
    structure = cbor.decode(statement.to_be_signed(read.protected, first.protected, read.payload))
    assert structure == ["Signature", read.protected, first.protected, b"", read.payload]
    SUITE_1.verify(-19, signer().verify_key.public, cbor.encode(structure), first.value)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"kind": "Act"}, "COSE_TYPE"),
        ({"kind": ""}, "COSE_TYPE"),
        ({"kind": "a" * 49}, "COSE_TYPE"),
        ({"kind": "a" * 80}, "FIELD_RANGE"),
        ({"issuer": "Vietnam"}, "FIELD_RANGE"),
        ({"audience": ()}, "FIELD_RANGE"),
        ({"audience": ("RU", "RU")}, "FIELD_RANGE"),
        ({"audience": "RU"}, "FIELD_RANGE"),
        ({"subject": b"short"}, "FIELD_RANGE"),
        ({"descriptor": b"short"}, "FIELD_RANGE"),
        ({"payload": "text"}, "FIELD_TYPE"),
        ({"payload": bytes(statement.STATEMENT_BYTES_MAX)}, "CBOR_TOO_LARGE"),
    ],
)
def test_make_refuses_what_parse_would_refuse(changed: Any, expected: Any) -> None:
    assert code(lambda: make(**changed)) == expected


def test_a_statement_needs_a_signer_and_no_more_than_sixteen() -> None:
    with pytest.raises(Malformed, match="FIELD_RANGE"):
        statement.make(
            b"", kind="act", issuer="VN", audience=("RU",), subject=b"", descriptor=b"", signers=()
        )
    assert code(lambda: make([signer(f"S{number}") for number in range(17)])) == "FIELD_RANGE"
    assert code(lambda: make([signer(), signer()])) == "FIELD_RANGE"


@pytest.mark.promise("P15")
def test_signers_of_two_suites_make_no_statement() -> None:
    assert code(lambda: make([signer(suite=1), signer(suite=2)])) == "SUITE_MISMATCH"


def test_a_signer_that_answers_with_no_signature_makes_no_statement() -> Any:
    class Broken:
        verify_key = signer().verify_key

        def sign(self, algorithm: Any, message: Any) -> Any:
            return b""

    assert code(lambda: make([Broken()])) == "FIELD_RANGE"


class Reversing:
    """A suite of a simulated world: a signature is the message backwards."""

    number = 0
    algorithms = (-70001, -70002)

    def verify(self, algorithm: Any, public: Any, message: Any, signature: Any) -> None:
        if signature != message[:100][::-1]:
            raise Malformed("SIGNATURE_INVALID")


class ReversingSigner:
    verify_key = VerifyKey(suite=0, public=(b"a", b"b"))

    def sign(self, algorithm: Any, message: Any) -> Any:
        return message[:100][::-1]


@pytest.mark.promise("P15")
def test_a_suite_of_the_simulated_world_works_there_and_nowhere_else() -> None:
    world = Suites([Reversing()])
    by = ReversingSigner()
    read = statement.parse(make([by], suites=world))
    statement.verify(read, keys(by), world)
    assert code(lambda: statement.verify(read, keys(by), PRODUCTION)) == "SUITE_UNKNOWN"
    assert code(lambda: make([by])) == "SUITE_UNKNOWN"


def test_a_key_under_a_foreign_name_is_no_known_signer() -> None:
    read = statement.parse(make())
    wrong = {signer().verify_key.kid: signer("RU").verify_key}
    assert code(lambda: statement.verify(read, wrong, PRODUCTION)) == "SIGNER_UNKNOWN"
    assert code(lambda: statement.verify(read, {}, PRODUCTION)) == "SIGNER_UNKNOWN"


def test_a_public_key_that_is_none_is_refused_by_its_own_code() -> Any:
    bad = VerifyKey(suite=1, public=(b"", b""))

    class Bad:
        verify_key = bad

        def sign(self, algorithm: Any, message: Any) -> Any:
            return b"x"

    read = statement.parse(make([Bad()]))
    assert code(lambda: statement.verify(read, {bad.kid: bad}, PRODUCTION)) == "KEY_INVALID"


@pytest.mark.promise("P15")
@both
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_subset_order_or_repetition_of_the_signatures_verifies_but_the_whole(
    number: Any, data: Any
) -> None:
    by = [signer("VN", number), signer("RU", number)]
    raw = valid(number)
    whole = statement.parse(raw)
    picked = data.draw(st.lists(st.integers(0, 3), max_size=6))
    changed = statement.parse(edited(raw, lambda value: value.__setitem__(3, [value[3][i] for i in picked])))
    if picked == [0, 1, 2, 3]:
        statement.verify(changed, keys(*by), PRODUCTION)
        assert changed == whole
    else:
        expected = {"SIGNATURE_MISSING", "SIGNATURE_EXTRA", "SIGNATURE_ORDER"}
        assert code(lambda: statement.verify(changed, keys(*by), PRODUCTION)) in expected


VALID: dict[int, bytes] = {}


def valid(number: int) -> bytes:
    if number not in VALID:
        VALID[number] = make([signer("VN", number), signer("RU", number)])
    return VALID[number]


@pytest.mark.promise("P11")
@both
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_an_injured_statement_is_malformed_or_does_not_verify(number: Any, data: Any) -> None:
    injured = data.draw(mutated(valid(number)))
    if injured == valid(number):
        return
    with pytest.raises(Malformed):
        read = statement.parse(injured)
        statement.verify(read, keys(signer("VN", number), signer("RU", number)), PRODUCTION)


@pytest.mark.promise("P11")
@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=200), VALUES.map(cbor.encode)))
def test_whatever_the_bytes_parse_gives_a_statement_or_malformed(data: Any) -> None:
    with pytest.raises(Malformed):
        statement.parse(data)


HEADING = cbor.decode(statement.parse(make()).protected)


@pytest.mark.promise("P11")
@settings(max_examples=300)
@given(
    label=st.sampled_from([*HEADING, 1, "more"]), value=VALUES, inner=st.one_of(st.none(), st.integers(1, 4))
)
def test_any_value_under_any_label_of_the_heading_gives_a_statement_or_malformed(
    label: Any, value: Any, inner: Any
) -> None:
    heading = dict(HEADING)
    if inner is None:
        heading[label] = value
    else:
        heading[15] = {**heading[15], inner: value}
    try:
        read = statement.parse(cbor.encode([cbor.encode(heading), {}, b"", []]))
    except Malformed:
        return
    assert cbor.decode(read.protected) == heading


def test_a_statement_with_no_signatures_parses_and_never_verifies() -> None:
    read = replace(statement.parse(make()), signatures=())
    assert code(lambda: statement.verify(read, keys(signer()), PRODUCTION)) == "SIGNATURE_MISSING"
