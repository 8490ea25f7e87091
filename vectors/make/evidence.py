"""Writes the vectors of evidence: vectors/sealed and vectors/manifest.

.venv/bin/python vectors/make/evidence.py     writes what has changed; a second run changes nothing
"""

import evidence_manifest
import evidence_sealed
from wire_keys import write


def files() -> dict[str, str]:
    """Every vector file of the room, by its path under vectors/."""
    return evidence_sealed.files() | evidence_manifest.files()


def main() -> None:
    write(files())


if __name__ == "__main__":
    main()
