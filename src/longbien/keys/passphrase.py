"""Where the passphrase of a key store comes from.

Two places only: what the caller was handed (a prompt, a test), and the credential that systemd puts before
the service (`LoadCredentialEncrypted=longbien.passphrase:…`). Never an environment variable with the secret
itself, never a command-line argument: other processes can read both.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from longbien.keys.faults import KeyFault

CREDENTIAL = "longbien.passphrase"
MINIMUM = 12
MAXIMUM = 1024


def find_passphrase(given: str | None = None, *, environment: Mapping[str, str] | None = None) -> str:
    """The passphrase: `given` when there is one, else `$CREDENTIALS_DIRECTORY/longbien.passphrase`.

    One line break at the end of the file is not part of the passphrase, because editors add it.
    Raises KeyFault: PASSPHRASE_MISSING, KEYFILE_EXPOSED (other users can read the credential), KEYSTORE_IO.
    """
    if given is not None:
        return given
    surroundings = os.environ if environment is None else environment
    directory = surroundings.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise KeyFault("PASSPHRASE_MISSING", f"no passphrase given and no systemd credential {CREDENTIAL}")
    return _read(Path(directory) / CREDENTIAL)


def check_passphrase(passphrase: str) -> bytes:
    """The bytes of a passphrase that is about to protect a new store.

    Raises KeyFault PASSPHRASE_SHORT below 12 characters (a store opened at start-up is attacked offline, and
    the cost of Argon2id buys a factor, not an order of magnitude) and above 1024.
    """
    if not MINIMUM <= len(passphrase) <= MAXIMUM:
        raise KeyFault("PASSPHRASE_SHORT", f"a passphrase has {MINIMUM} to {MAXIMUM} characters")
    return passphrase.encode("utf-8")


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            # systemd may grant the service's user by an access list, and the mask of that list shows as group
            # bits; bits for all others can only come from a hand-made copy.
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o007:
                raise KeyFault("KEYFILE_EXPOSED", f"{path} is readable by other users")
            raw = file.read(4 * MAXIMUM + 2)
        return raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except FileNotFoundError:
        raise KeyFault("PASSPHRASE_MISSING", f"{path} does not exist") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise KeyFault("KEYSTORE_IO", f"{path}: {fault.__class__.__name__}") from fault
