"""Where a passphrase may come from."""

from pathlib import Path

import pytest

from longbien.keys.faults import KeyFault
from longbien.keys.passphrase import CREDENTIAL, check_passphrase, find_passphrase


def credential(directory: Path, content: bytes, mode: int = 0o400) -> dict[str, str]:
    file = directory / CREDENTIAL
    file.write_bytes(content)
    file.chmod(mode)
    return {"CREDENTIALS_DIRECTORY": str(directory)}


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(KeyFault) as error:
        find_passphrase(environment=environment)
    return error.value.code


def test_what_is_given_comes_first(tmp_path: Path) -> None:
    assert find_passphrase("given", environment=credential(tmp_path, b"file")) == "given"


@pytest.mark.parametrize("content", [b"secret words", b"secret words\n", b"secret words\r\n"])
def test_the_systemd_credential_is_read_without_its_line_break(tmp_path: Path, content: bytes) -> None:
    assert find_passphrase(environment=credential(tmp_path, content)) == "secret words"


def test_blanks_inside_and_around_belong_to_the_passphrase(tmp_path: Path) -> None:
    assert find_passphrase(environment=credential(tmp_path, b" a b \n")) == " a b "


def test_a_mask_of_an_access_list_is_not_exposure_but_others_are(tmp_path: Path) -> None:
    assert find_passphrase(environment=credential(tmp_path, b"secret", 0o440)) == "secret"
    (tmp_path / CREDENTIAL).unlink()
    assert refusal(credential(tmp_path, b"secret", 0o444)) == "KEYFILE_EXPOSED"


def test_no_passphrase_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal({}) == "PASSPHRASE_MISSING"
    assert refusal({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "PASSPHRASE_MISSING"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(KeyFault):
        find_passphrase()


def test_an_unreadable_credential_is_told_as_such(tmp_path: Path) -> None:
    assert refusal(credential(tmp_path, b"\xff\xfe")) == "KEYSTORE_IO"
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / CREDENTIAL).mkdir()
    assert refusal({"CREDENTIALS_DIRECTORY": str(tmp_path / "x")}) == "KEYSTORE_IO"


def test_new_passphrases_have_a_length() -> None:
    assert check_passphrase("tw€lve chars") == "tw€lve chars".encode()
    for passphrase in ("eleven char", "x" * 1025):
        with pytest.raises(KeyFault) as error:
            check_passphrase(passphrase)
        assert error.value.code == "PASSPHRASE_SHORT"
