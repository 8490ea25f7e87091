"""The two ways in which this room says no.

A chain of another State that does not convince is an expected answer and comes back as a value (`Refused`); a
key store that cannot be read, written or trusted is a failing world and is raised (`KeyFault`). Neither ever
carries key bytes or a passphrase, so both may go to a journal.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An expected "no". `code` is stable and SHOUTED_SNAKE; `detail` is for an operator and holds no
    secrets.
    """

    code: str
    detail: str = ""


class KeyFault(Exception):
    """A key store failed. `code` is one of PASSPHRASE_MISSING, PASSPHRASE_SHORT, PASSPHRASE_WRONG,
    KEYFILE_DAMAGED, KEYFILE_EXPOSED, KEYSTORE_MISSING, KEYSTORE_EXISTS, KEYSTORE_IO, KEY_ABSENT, KEY_EXISTS,
    KEY_PURPOSE, KEY_MISMATCH, KEY_WRAP.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
