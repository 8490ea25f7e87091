"""What a person reads: a list fits the terminal, and what is left out of it is what nobody needs to read there."""

import pytest

from longbien.cli import show

ONE, OTHER = "ab12cd34" * 4, "ab12cd34ee" + "0" * 22


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def printed(capsys: pytest.CaptureFixture[str], **rows: object) -> str:
    assert show.result("request list", dict(rows), as_json=False) == 0
    return capsys.readouterr().out


def test_identifiers_have_as_many_digits_as_tell_them_apart_and_empty_columns_are_left_out(capsys):
    rows = [{"exchange": each, "stage": "received", "quarantine": None} for each in (ONE, OTHER)]
    said = printed(capsys, exchanges=rows)
    assert "ab12cd34a" in said
    assert "ab12cd34e" in said
    assert ONE not in said
    assert "quarantine" not in said
    # One alone needs no more than eight.
    assert "ab12cd34 " in printed(capsys, exchanges=rows[:1])


def test_identifiers_in_json_are_whole(capsys):
    assert show.result("request list", {"exchanges": [{"exchange": ONE}]}, as_json=True) == 0
    assert ONE in capsys.readouterr().out


def test_rows_that_are_far_too_wide_become_blocks_in_which_nothing_is_cut(capsys):
    fingerprint = " ".join(["3d13"] * 16)
    said = printed(
        capsys, peers=[{"party": "VN", "name": "Viet Nam", "fingerprint": fingerprint, "reason": "X" * 40}]
    )
    assert f"fingerprint  {fingerprint}\n" in said
    assert "party        VN\n" in said


def test_what_others_wrote_is_no_markup(capsys):
    assert "[red]x[/red]" in printed(capsys, peers=[{"name": "[red]x[/red]"}])
    assert "[red]x[/red]" in printed(capsys, peers=[{"name": "[red]x[/red]" + " y" * 80}])
