"""What came from another State goes to a third one only when that State has consented, whatever manifest it goes under."""

import pytest

from law import sample
from longbien.node import Denied, Sent
from longbien.node.evidence.bundles import Brought, Signed

from .evidence import asked, attached, files, handed_over, made_ready, settle
from .pair import NOW, OFFICE, Pair, pin, side


@pytest.fixture
def three(tmp_path) -> tuple[Pair, bytes, Signed]:
    """RU has handed evidence to VN, which knows KZ too."""
    two, exchange = asked(tmp_path)
    signed = handed_over(two, exchange, *files(tmp_path, log=b"a line of RU\n"))
    pin(two.vn, side("KZ", "sqlite://"))
    return two, exchange, signed


def draft_for_kz(two: Pair, *signed: Signed) -> object:
    body = {**attached(*signed), "to_state": "KZ", "legal_basis": [sample.header()["legal_basis"][1]]}
    return two.vn.draft("open", body, to="KZ", procedure="stored-data-access")


def consent(two: Pair, exchange: bytes, **changes) -> bytes:
    """VN asks RU whether KZ may have it, and RU takes it up."""
    body = {
        **sample.header(NOW),
        "evidence_ref": exchange,
        "new_use": "third_state",
        "recipient": "Investigating office of KZ (illustrative)",
        "recipient_state": "KZ",
        "why": "The same people acted there.",
        "written_required": False,
        **changes,
    }
    sent = two.vn.act("open", body, to="RU", procedure="use-and-onward-consent")
    assert isinstance(sent, Sent), sent
    settle(two)
    known = {"own_reference": "RU-1", "contact": "Duty officer"}
    assert isinstance(two.ru.act("acknowledge", known, exchange=sent.exchange), Sent)
    settle(two)
    return sent.exchange


def refused(found: object) -> bool:
    return isinstance(found, Denied) and (found.code, found.detail) == ("ONWARD_CONSENT_MISSING", "RU KZ")


def test_a_foreign_manifest_is_named_to_a_third_state_only_with_consent(three):
    two, exchange, signed = three
    assert refused(draft_for_kz(two, signed))
    about = consent(two, exchange)
    assert refused(draft_for_kz(two, signed))
    assert isinstance(two.ru.act("consent", {"until": "2026-12-31"}, exchange=about), Sent)
    settle(two)
    assert not isinstance(draft_for_kz(two, signed), Denied)
    two.vn.clock.now += 60 * 86_400_000
    assert refused(draft_for_kz(two, signed)), "consent has ended"


@pytest.mark.parametrize("redacted", [False, True])
def test_the_same_content_under_an_own_manifest_needs_the_same_consent(three, tmp_path, redacted):
    two, exchange, signed = three
    with two.vn.store.transaction() as tx:
        (item,) = tx.evidence.items(signed.manifest)
    (path,) = files(tmp_path, again=b"cut\n" if redacted else b"a line of RU\n")
    bundles = two.vn.node.evidence.bundles
    bundle = bundles.begin(office=OFFICE, to=["KZ"])
    original = item.sha256 if redacted else b""
    bundles.add(bundle, Brought(path=path, original=original, redacted=redacted))
    own = bundles.seal(bundle)
    assert isinstance(own, Signed)
    assert refused(draft_for_kz(two, own))
    about = consent(two, exchange, evidence=list(signed.digests))
    assert isinstance(two.ru.act("consent", {}, exchange=about), Sent)
    settle(two)
    assert not isinstance(draft_for_kz(two, own), Denied)


def test_consent_for_another_state_or_under_open_conditions_is_none(three):
    two, exchange, signed = three
    other = consent(two, exchange, recipient_state="UZ")
    assert isinstance(two.ru.act("consent", {}, exchange=other), Sent)
    about = consent(two, exchange)
    conditions = {"conditions": [{"kind": "onward", "text": "Not beyond KZ."}]}
    assert isinstance(two.ru.act("consent", conditions, exchange=about), Sent)
    settle(two)
    assert refused(draft_for_kz(two, signed))
    assert isinstance(two.vn.act("accept_use_conditions", {}, exchange=about), Sent)
    settle(two)
    assert not isinstance(draft_for_kz(two, signed), Denied)


def test_evidence_goes_back_to_where_it_came_from(three, tmp_path):
    two, _exchange, signed = three
    back = made_ready(two.vn, *files(tmp_path, copy=b"a line of RU\n"), to=["RU"])
    found = two.vn.draft("open", attached(signed, back), to="RU", procedure="stored-data-access")
    assert not isinstance(found, Denied)
