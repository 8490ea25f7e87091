"""The published vectors hold here, and the script that makes them makes these."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from longbien.wire import cbor, envelope, parcel, statement
from longbien.wire.suites import PRODUCTION, SoftOpenKey, SoftSigner
from longbien.wire.wellformed import Malformed

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def cases(path: str) -> Any:
    read = json.loads((VECTORS / path).read_text())["cases"]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in read])


def refusal(case: Any, read: Any) -> None:
    with pytest.raises(Malformed) as refused:
        read(bytes.fromhex(case["hex"]))
    assert refused.value.code == case["expect"]


SIGNERS = [
    SoftSigner(case["suite"], tuple(bytes.fromhex(half) for half in case["private"]))
    for case in json.loads((VECTORS / "statement/keys.json").read_text())["cases"]
]
VERIFY_KEYS = {key.verify_key.kid: key.verify_key for key in SIGNERS}
OPENERS = [
    SoftOpenKey(case["suite"], bytes.fromhex(case["private"]))
    for case in json.loads((VECTORS / "envelope/keys.json").read_text())["cases"]
]
OPEN_KEYS = {key.seal_key.kid: key for key in OPENERS}


@cases("statement/keys.json")
def test_a_statement_key_yields_the_public_halves_and_the_kid(case: Any) -> None:
    key = VERIFY_KEYS[bytes.fromhex(case["kid"])]
    assert [half.hex() for half in key.public] == case["public"]


@cases("envelope/keys.json")
def test_a_sealing_key_yields_the_public_key_and_the_kid(case: Any) -> None:
    assert OPEN_KEYS[bytes.fromhex(case["kid"])].seal_key.public.hex() == case["public"]


@cases("cbor/accept.json")
def test_cbor_that_must_be_accepted(case: Any) -> None:
    data = bytes.fromhex(case["hex"])
    assert cbor.encode(cbor.decode(data)) == data


@cases("cbor/refuse.json")
def test_cbor_that_must_be_refused(case: Any) -> None:
    refusal(case, cbor.decode)


@cases("statement/accept.json")
def test_a_statement_that_must_be_accepted(case: Any) -> None:
    read = statement.parse(bytes.fromhex(case["hex"]))
    statement.verify(read, VERIFY_KEYS, PRODUCTION)
    assert {
        "kind": read.kind,
        "suite": read.suite,
        "issuer": read.issuer,
        "audience": list(read.audience),
        "subject": read.subject.hex(),
        "signers": [kid.hex() for kid in read.signers],
        "descriptor": read.descriptor.hex(),
        "payload": read.payload.hex(),
        "digest": read.digest.hex(),
    } == case["reads"]


@cases("statement/refuse-parse.json")
def test_a_statement_that_must_not_parse(case: Any) -> None:
    refusal(case, statement.parse)


@pytest.mark.promise("P15")
@cases("statement/refuse-verify.json")
def test_a_statement_that_must_not_verify(case: Any) -> None:
    read = statement.parse(bytes.fromhex(case["hex"]))
    refusal(case, lambda _raw: statement.verify(read, VERIFY_KEYS, PRODUCTION))


@cases("envelope/accept.json")
def test_an_envelope_that_must_open(case: Any) -> None:
    assert envelope.open_envelope(bytes.fromhex(case["hex"]), OPEN_KEYS, PRODUCTION).hex() == case["parcel"]


@pytest.mark.promise("P8")
@cases("envelope/refuse.json")
def test_an_envelope_that_must_not_open(case: Any) -> None:
    refusal(case, lambda raw: envelope.open_envelope(raw, OPEN_KEYS, PRODUCTION))


@cases("envelope/parcel-accept.json")
def test_a_parcel_that_must_be_accepted(case: Any) -> None:
    data = bytes.fromhex(case["hex"])
    assert parcel.encode(parcel.decode(data)) == data


@cases("envelope/parcel-refuse.json")
def test_a_parcel_that_must_be_refused(case: Any) -> None:
    refusal(case, parcel.decode)


def test_the_script_makes_exactly_the_files_that_stand_here(monkeypatch: Any) -> None:
    # The script keeps recorded signatures that still mean the same, so a second run changes nothing.
    monkeypatch.syspath_prepend(str(VECTORS / "make"))
    spec = importlib.util.spec_from_file_location("vectors_make_wire", VECTORS / "make/wire.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for path, text in script.files().items():
        assert (VECTORS / path).read_text() == text, path
