"""Writes the vectors of evidence: vectors/sealed and vectors/manifest.

.venv/bin/python vectors/make/evidence.py     writes what has changed; a second run changes nothing
"""

import evidence_manifest
import evidence_sealed
from wire_keys import VECTORS


def files() -> dict[str, str]:
    """Every vector file of the room, by its path under vectors/."""
    return evidence_sealed.files() | evidence_manifest.files()


def main() -> None:
    for path, text in files().items():
        target = VECTORS / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text() != text:
            target.write_text(text)
            print(f"wrote vectors/{path}: {len(text)} bytes")


if __name__ == "__main__":
    main()
