"""Holders who sign apart make the same statement as holders who meet."""

from collections import defaultdict

import pytest

from longbien.keys.ceremony import RecordedSigner, answer, requests_for
from longbien.keys.faults import KeyFault
from longbien.keys.root import open_root, sign_root, verify_first
from longbien.wire import statement

from .states import SUITES, House, StubSigner, keys_of

HOUSE = House()
PRESENT = HOUSE.holders[:2]


def test_signatures_brought_from_elsewhere_make_the_statement() -> None:
    requests = requests_for(keys_of(PRESENT), lambda signers: sign_root(HOUSE.root, signers, suites=SUITES))
    brought: dict[bytes, dict[int, bytes]] = defaultdict(dict)
    for request in requests:
        holder = next(one for one in PRESENT if one.verify_key.kid == request.kid)
        brought[request.kid][request.algorithm] = answer(request, holder)
    signers = [RecordedSigner(key, brought[key.kid]) for key in keys_of(PRESENT)]
    made = sign_root(HOUSE.root, signers, suites=SUITES)
    verify_first(open_root(statement.parse(made)), HOUSE.fingerprint, SUITES)
    assert len(requests) == 4


def test_a_holder_is_asked_for_its_own_key_only() -> None:
    request = requests_for(keys_of(PRESENT), lambda signers: sign_root(HOUSE.root, signers, suites=SUITES))[0]
    with pytest.raises(KeyFault) as error:
        answer(request, StubSigner("other"))
    assert error.value.code == "KEY_MISMATCH"


def test_a_missing_signature_is_noticed_when_the_statement_is_made() -> None:
    signers = [RecordedSigner(key, {}) for key in keys_of(PRESENT)]
    with pytest.raises(KeyFault) as error:
        sign_root(HOUSE.root, signers, suites=SUITES)
    assert error.value.code == "KEY_ABSENT"
