"""A State adds a treaty as one TOML file in its folder of further law, and exchanges rest on it; no code is touched."""

from dataclasses import replace
from pathlib import Path

import pytest

from law import sample
from longbien.law import LawFault
from longbien.node import Denied, Sent
from longbien.node.audit import audit
from longbien.node.lawbook import shipped

from .pair import NOW, Pair, pair

TREATY = sample.INVENTED.replace("kz-vn-invented", "ru-vn-invented").replace("KZ", "RU")
BODY = {**sample.preservation(NOW)["open"], "language": "ru"}


def folder(place: Path) -> Path:
    (place / "instruments").mkdir()
    (place / "instruments/ru-vn-invented.toml").write_text(TREATY, "utf-8")
    return place


def both_with(two: Pair, place: Path) -> Pair:
    law = shipped(place)
    for side in two.sides.values():
        side.node.world = replace(side.node.world, lawbook=law)
        side.restart()
    return two


def citing(**more):
    return {**BODY, "legal_basis": [{"instrument": "ru-vn-invented", **more}]}


def test_an_exchange_rests_on_a_treaty_that_came_as_a_file(tmp_path):
    two = both_with(pair(), folder(tmp_path))
    sent = two.vn.act("open", citing(statements=["harm"]), to="RU", procedure="preservation")
    assert isinstance(sent, Sent), sent
    two.deliver()
    for side in two.sides.values():
        with side.store.transaction() as tx:
            assert tx.exchanges.find([sent.exchange])[sent.exchange].stage == "received"
        assert audit(side.node).findings == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (citing(), "BASIS_STATEMENT_MISSING"),
        ({**citing(statements=["harm"]), "language": "vi"}, "BASIS_LANGUAGE"),
        ({**BODY, "legal_basis": [{"instrument": "kz-vn-invented"}]}, "BASIS_UNKNOWN"),
    ],
)
def test_what_the_treaty_asks_for_is_asked_at_the_desk(tmp_path, body, code):
    two = both_with(pair(), folder(tmp_path))
    refused = two.vn.draft("open", body, to="RU", procedure="preservation")
    assert refused == Denied(code="BASIS_NOT_OPEN", detail=f"legal_basis[0]:{code}")


def test_a_mistyped_state_is_caught_at_the_desk():
    two = pair()
    law = two.vn.node.world.lawbook
    known = {code: party for code, party in law.parties.items() if code != "RU"}
    two.vn.node.world = replace(two.vn.node.world, lawbook=replace(law, parties=known))
    two.vn.restart()
    refused = two.vn.draft("open", BODY, to="RU", procedure="preservation")
    assert refused == Denied(code="PARTY_UNKNOWN", detail="to_state")


def test_a_folder_that_is_not_there_is_no_empty_law(tmp_path):
    with pytest.raises(LawFault, match="FOLDER_MISSING"):
        shipped(tmp_path / "lwa")


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments/x.toml").write_bytes(b'id = "\xff"')
    with pytest.raises(LawFault, match=r"FILE_UNREADABLE instruments/x\.toml byte 6"):
        shipped(tmp_path)
