"""The stubs are quick and not blind: every changed byte is noticed."""

import pytest

from longbien.exercise.stub_suites import STUB_SUITE, STUBS, StubPasskey, StubPasskeyCheck, stub_maker
from longbien.keys import Purpose, Wanted
from longbien.ledger import checkpoint, witness
from longbien.ledger.checkpoint import Checkpoint
from longbien.store.desk_rows import CredentialRow
from longbien.wire import envelope, statement
from longbien.wire.cbor import Malformed
from longbien.wire.suites import PRODUCTION

MAKE = stub_maker(b"test")


def key(purpose: Purpose, label: str = ""):
    return MAKE(Wanted(purpose=purpose, suite=STUB_SUITE, label=label, made_at=0, since=0, until=1))


def changed(raw: bytes, place: int) -> bytes:
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def refused(act) -> bool:
    try:
        act()
    except Malformed:
        return True
    return False


def test_production_never_holds_the_stub_suite():
    assert STUB_SUITE not in PRODUCTION


def test_a_statement_with_any_byte_changed_is_refused():
    signer = key(Purpose.STATEMENT).signer
    heading = {
        "kind": "act",
        "issuer": "XA",
        "audience": ["XB"],
        "subject": bytes(16),
        "descriptor": bytes(32),
    }
    raw = statement.make(b"payload", signers=[signer], suites=STUBS, **heading)
    keys = {signer.verify_key.kid: signer.verify_key}
    statement.verify(statement.parse(raw), keys, STUBS)
    for place in range(len(raw)):
        assert refused(lambda: statement.verify(statement.parse(changed(raw, place)), keys, STUBS))


def test_an_envelope_with_any_byte_changed_opens_for_nobody():
    opener = key(Purpose.SEAL).opener
    keys = {opener.seal_key.kid: opener}
    raw = envelope.seal(b"parcel", to=opener.seal_key, envelope_id=bytes(16), suites=STUBS)
    assert envelope.open_envelope(raw, keys, STUBS) == b"parcel"
    for place in range(len(raw)):
        assert refused(lambda: envelope.open_envelope(changed(raw, place), keys, STUBS))


@pytest.mark.parametrize("size", [1, 2])
def test_a_head_and_its_cosignature_with_any_byte_changed_are_refused(size):
    log, other = (key(Purpose.LOG, f"longbien/{party}/00000000").log_signer for party in ("XA", "XB"))
    raw = checkpoint.sign(Checkpoint(origin=log.origin, size=size, root=bytes(32)), log)
    lines = witness.cosign(raw, other, 1_798_761_600_000)
    for place in range(len(raw)):
        assert refused(lambda: checkpoint.verify(changed(raw, place), log))
    for place in range(len(lines)):
        assert refused(lambda: witness.verify_cosignature(raw, changed(lines, place), other))


def test_an_assertion_over_other_words_or_with_an_old_counter_is_refused():
    passkey = StubPasskey(credential=bytes(16))
    row = CredentialRow(
        id=bytes(16), person=bytes(16), public_key=passkey.public_key, sign_count=3, software=True, added_at=0
    )
    assert StubPasskeyCheck().verify(passkey.sign(b"x" * 32, 4), challenge=b"x" * 32, credential=row) == 4
    for assertion, challenge in (
        (passkey.sign(b"x" * 32, 4), b"y" * 32),
        (passkey.sign(b"x" * 32, 3), b"x" * 32),
    ):
        assert refused(lambda: StubPasskeyCheck().verify(assertion, challenge=challenge, credential=row))
