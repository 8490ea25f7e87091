"""Writes the vectors of the wire formats: vectors/cbor, vectors/statement, vectors/envelope.

    .venv/bin/python vectors/make/wire.py              writes what has changed; a second run changes nothing
    .venv/bin/python vectors/make/wire.py --self-test  records the answers of the self-test anew

Keys grow from their names (`wire_keys.grown`), so that anyone can compute them. Signatures and ciphertexts
hold randomness that the library draws; once recorded they are kept as long as they mean the same.
"""

import sys

import wire_cbor
import wire_envelope
import wire_recorded
import wire_statement
from wire_keys import write


def files() -> dict[str, str]:
    """Every vector file of the room, by its path under vectors/."""
    return wire_cbor.files() | wire_statement.files() | wire_envelope.files()


def main() -> None:
    if "--self-test" in sys.argv[1:]:
        wire_recorded.TARGET.write_text(wire_recorded.recorded())
        return
    write(files())


if __name__ == "__main__":
    main()
