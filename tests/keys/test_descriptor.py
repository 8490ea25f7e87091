"""What must hold inside one descriptor, one list of seal keys and one chain file."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.keys import lifetimes
from longbien.keys.chain import decode_chain, encode_chain, excerpt, read_papers
from longbien.keys.descriptor import (
    Descriptor,
    decode_descriptor,
    encode_descriptor,
    office_roles,
    open_descriptor,
)
from longbien.keys.listing import Revocation, StatementKey
from longbien.keys.peer import descriptor_of
from longbien.keys.seal_keys import decode_seal_keys, encode_seal_keys, open_seal_keys
from longbien.ledger import LogKey
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed

from .states import DAY, NOW, OFFICE, SUITES, House, StubSigner, listed_seal_key

HOUSE = House()
PLAIN = HOUSE.descriptor
SEAL = HOUSE.first_seal_keys(0)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Malformed) as error:
        act()
    return error.value.code


def refuses(**changes: Any) -> str:
    return code_of(lambda: encode_descriptor(replace(PLAIN, **changes)))


def seal_refuses(**changes: Any) -> str:
    return code_of(lambda: encode_seal_keys(replace(SEAL, **changes)))


def fields_of(payload: bytes) -> dict[str, Any]:
    fields = cbor.decode(payload)
    assert isinstance(fields, dict)
    return fields


def bent(**changes: Any) -> str:
    """The code for a descriptor whose CBOR fields are changed as given."""
    return code_of(lambda: decode_descriptor(cbor.encode(fields_of(encode_descriptor(PLAIN)) | changes)))


def listed(name: str = "key", *, suite: int = 0, since: int = NOW, until: int = NOW + DAY) -> StatementKey:
    return StatementKey(key=StubSigner(name, suite).verify_key, since=since, until=until)


def test_a_descriptor_reads_back_as_it_was_written() -> None:
    kid = listed().key.kid
    rich = replace(
        PLAIN,
        certificates=(b"one", b"two"),
        tls=(sha256(b"one").digest(), sha256(b"two").digest()),
        offices=(OFFICE, replace(OFFICE, id="vn-ca", roles=("ca", "poc"), call_back="")),
        statement_keys=(listed("a"), listed("b")),
        revoked=(Revocation(kid=kid, sizes=(("longbien/BR/0", 0), ("longbien/RU/0", 7))),),
    )
    assert decode_descriptor(encode_descriptor(rich)) == rich


def test_declarations_cannot_be_changed_afterwards() -> None:
    read = decode_descriptor(encode_descriptor(PLAIN)).declarations
    assert dict(read) == {"languages": ("vi", "en"), "electronic": True, "days": 3, "note": "text"}
    with pytest.raises(TypeError):
        read["days"] = 4  # type: ignore[index]


def test_a_descriptor_lives_thirteen_months_at_most() -> None:
    longest = lifetimes.DESCRIPTOR_LONGEST
    encode_descriptor(replace(PLAIN, expires_at=NOW + longest))
    assert refuses(expires_at=NOW + longest + 1) == "DESCRIPTOR_TOO_LONG"
    assert refuses(expires_at=NOW) == "DESCRIPTOR_TOO_LONG"


@pytest.mark.promise("P15")
def test_suites_ascend_from_the_floor() -> None:
    encode_descriptor(replace(PLAIN, suites=(0, 1, 7)))
    for change in ({"suites": (1, 0)}, {"suites": (0, 0)}, {"floor": 1}):
        assert refuses(**change) == "DESCRIPTOR_SUITES"
    assert refuses(suites=()) == "FIELD_RANGE"
    for suites in ([True], ["1"], [70_000]):
        assert bent(suites=suites) == "FIELD_TYPE"


@pytest.mark.promise("P15")
def test_a_key_below_the_floor_is_listed_only_when_its_time_is_over() -> None:
    old = listed(suite=0, since=NOW - 2 * DAY, until=NOW)
    new = listed("new", suite=7)
    encode_descriptor(replace(PLAIN, floor=7, suites=(7,), statement_keys=(old, new)))
    still = listed(suite=0, until=NOW + 1)
    assert refuses(floor=7, suites=(7,), statement_keys=(still, new)) == "KEY_BELOW_FLOOR"


def test_statement_keys_have_sound_windows_and_appear_once() -> None:
    longest = lifetimes.STATEMENT_KEY_LONGEST
    encode_descriptor(replace(PLAIN, statement_keys=(listed(until=NOW + longest),)))
    assert refuses(statement_keys=(listed(until=NOW + longest + 1),)) == "KEY_TOO_LONG"
    assert refuses(statement_keys=(listed(until=NOW),)) == "KEY_WINDOW"
    assert refuses(statement_keys=(listed(), listed())) == "KEY_TWICE"
    assert refuses(statement_keys=()) == "FIELD_RANGE"


def test_revocations_appear_once_and_name_ledgers_with_sizes() -> None:
    revoked = Revocation(kid=bytes(16), sizes=())
    assert refuses(revoked=(revoked, revoked)) == "KEY_TWICE"
    for sizes, code in (
        ([], "FIELD_TYPE"),
        ({1: 1}, "FIELD_TYPE"),
        ({"x": True}, "FIELD_TYPE"),
        ({"x": -1}, "FIELD_RANGE"),
        ({"": 1}, "FIELD_RANGE"),
        ({"x" * 256: 1}, "FIELD_RANGE"),
        ({str(n): 1 for n in range(513)}, "FIELD_RANGE"),
    ):
        assert bent(revoked=[{"kid": bytes(16), "sizes": sizes}]) == code


def test_certificates_and_their_digests_go_together() -> None:
    for change in ({"tls": ()}, {"tls": (bytes(32),)}, {"certificates": ()}):
        assert refuses(**change) == "DESCRIPTOR_CERTIFICATE"
    encode_descriptor(replace(PLAIN, tls=(), certificates=(), endpoints=()))


def test_offices_have_one_id_each_and_roles_are_read_by_it() -> None:
    assert refuses(offices=(OFFICE, OFFICE)) == "DESCRIPTOR_OFFICE"
    assert refuses(offices=()) == "FIELD_RANGE"
    assert office_roles(PLAIN, "vn-poc") == ("poc",)
    assert office_roles(PLAIN, "other") == ()
    for change in ({"roles": ("Poc",)}, {"languages": ("english",)}, {"id": "-"}, {"name": ""}):
        assert refuses(offices=(replace(OFFICE, **change),)) == "FIELD_RANGE"


def test_an_illustrative_office_is_never_live() -> None:
    assert refuses(mode="live") == "DESCRIPTOR_MODE"
    assert refuses(mode="other") == "DESCRIPTOR_MODE"
    encode_descriptor(replace(PLAIN, mode="live", offices=(replace(OFFICE, illustrative=False),)))


def test_the_log_belongs_to_the_party() -> None:
    other = LogKey(origin="longbien/RU/00000000", ed25519=bytes(32), mldsa44=bytes(1312))
    assert refuses(log_key=other) == "DESCRIPTOR_LOG"
    assert bent(log_key={"origin": "longbien/VN/0", "ed25519": bytes(31), "mldsa44": b""}) == "LOG_KEY_SIZE"


def test_a_first_version_has_nothing_before_it_and_a_later_one_has() -> None:
    assert refuses(previous=b"\x01" * 32) == "DESCRIPTOR_PREVIOUS"
    assert refuses(version=2) == "DESCRIPTOR_PREVIOUS"
    assert seal_refuses(previous=b"\x01" * 32) == "SEAL_KEYS_PREVIOUS"
    assert seal_refuses(version=2) == "SEAL_KEYS_PREVIOUS"


def test_unknown_missing_and_foreign_fields_are_refused() -> None:
    assert bent(extra=1) == "FIELD_UNKNOWN"
    assert bent(kind="root") == "FIELD_RANGE"
    assert bent(endpoints=["no scheme"]) == "FIELD_RANGE"
    fields = fields_of(encode_descriptor(PLAIN))
    for name in fields:
        left = {key: value for key, value in fields.items() if key != name}
        assert code_of(partial(decode_descriptor, cbor.encode(left))) == "FIELD_MISSING"


def test_declarations_are_texts_numbers_booleans_or_lists_of_texts() -> None:
    for content in (None, -1, b"x", "x" * 2001, [1], [["x"]], ["x"] * 257, {"x": 1}):
        assert bent(declarations={"code": content}) == "FIELD_TYPE"
    assert bent(declarations=[]) == "FIELD_TYPE"
    assert bent(declarations={"": 1}) == "FIELD_RANGE"
    assert bent(declarations={1: 1}) == "FIELD_RANGE"
    assert bent(declarations={f"c{n}": 1 for n in range(257)}) == "FIELD_RANGE"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "act"},
        {"issuer": "RU"},
        {"audience": ("RU",)},
        {"subject": bytes(16)},
        {"descriptor": bytes(32)},
    ],
    ids=str,
)
def test_header_and_record_must_agree(change: dict[str, Any]) -> None:
    heading = {"issuer": "VN", "audience": ("ALL",), "subject": b"", "descriptor": b""}

    def made(kind: str, payload: bytes) -> statement.Statement:
        whole = heading | {"kind": kind} | change
        return statement.parse(statement.make(payload, signers=HOUSE.holders[:2], suites=SUITES, **whole))

    described = made("descriptor", encode_descriptor(PLAIN))
    assert code_of(lambda: open_descriptor(described)) == "DESCRIPTOR_STATEMENT"
    # Seal keys name the descriptor under which they were signed, so that one field is free.
    if "descriptor" not in change:
        sealed = made("seal-keys", encode_seal_keys(SEAL))
        assert code_of(lambda: open_seal_keys(sealed)) == "SEAL_KEYS_STATEMENT"


def test_seal_keys_read_back_as_they_were_written() -> None:
    assert decode_seal_keys(encode_seal_keys(SEAL)) == SEAL


@pytest.mark.promise("P8")
def test_a_seal_key_lives_a_week_and_not_in_the_far_future() -> None:
    assert seal_refuses(keys=(listed_seal_key("x", NOW, days=8),)) == "KEY_TOO_LONG"
    assert seal_refuses(keys=(listed_seal_key("x", NOW, days=0),)) == "KEY_WINDOW"
    assert seal_refuses(keys=(listed_seal_key("x", NOW + 54 * DAY),)) == "KEY_TOO_FAR"
    encode_seal_keys(replace(SEAL, keys=(listed_seal_key("x", NOW + 53 * DAY),)))


def test_a_seal_key_is_listed_once() -> None:
    assert seal_refuses(keys=(SEAL.keys[0], SEAL.keys[0])) == "KEY_TWICE"
    assert seal_refuses(keys=()) == "FIELD_RANGE"
    bad = cbor.encode(fields_of(encode_seal_keys(SEAL)) | {"kind": "root"})
    assert code_of(lambda: decode_seal_keys(bad)) == "FIELD_RANGE"


# --- chain ----------------------------------------------------------------------------------------------------


def test_a_chain_file_reads_back_as_it_was_written() -> None:
    assert decode_chain(encode_chain(HOUSE.chain)) == HOUSE.chain


def test_a_chain_has_its_order() -> None:
    root, descriptor, seal_keys = HOUSE.chain
    for wrong in (
        (descriptor, root),
        (root, seal_keys, descriptor),
        (root, seal_keys, seal_keys),
        (root, descriptor, root),
        (root, descriptor, descriptor),
    ):
        assert code_of(partial(read_papers, wrong)) == "CHAIN_ORDER"
    assert code_of(lambda: read_papers(())) == "CHAIN_EMPTY"
    assert code_of(lambda: read_papers([root] * 257)) == "CHAIN_TOO_LONG"
    assert code_of(lambda: read_papers((root, House("RU").chain[1]))) == "CHAIN_PARTY"


def test_a_chain_of_another_format_is_refused() -> None:
    other = cbor.encode({"format": "longbien-descriptor/2", "statements": list(HOUSE.chain)})
    assert code_of(lambda: decode_chain(other)) == "FIELD_RANGE"


def test_an_excerpt_brings_a_reader_up_to_date() -> None:
    house = House()
    for _ in range(3):
        house.publish()
    assert excerpt(house.chain, known=2) == (house.chain[0], *house.descriptors[2:], house.chain[-1])
    assert excerpt(house.chain, known=9) == (house.chain[0], house.descriptors[-1], house.chain[-1])


def test_a_descriptor_is_found_by_the_digest_that_statements_name() -> None:
    house = House()
    house.publish()
    peer = house.pinned()
    assert descriptor_of(peer, cbor.digest(house.descriptors[0])) == peer.descriptors[0].descriptor
    assert descriptor_of(peer, peer.digest) == peer.descriptor
    assert descriptor_of(peer, bytes(32)) is None


@given(st.binary(max_size=200))
def test_readers_raise_malformed_and_nothing_else(data: bytes) -> None:
    for read in (decode_descriptor, decode_seal_keys, decode_chain):
        with pytest.raises(Malformed):
            read(data)


def test_types_are_checked_everywhere() -> None:
    """Every field, replaced by values of other types, is refused or reads back the same."""
    fields = fields_of(encode_descriptor(PLAIN))
    for name in fields:
        others: tuple[cbor.Value, ...] = (None, True, -1, 2**70 % 2**63, b"", "", [], {}, [{}], [[]])
        for other in others:
            changed = cbor.encode(fields | {name: other})
            try:
                again: Descriptor = decode_descriptor(changed)
            except Malformed:
                continue
            assert encode_descriptor(again) == changed
