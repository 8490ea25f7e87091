"""`longbien-verify FILE --root FINGERPRINT --root FINGERPRINT`: the court's tool.

Exit codes: 0 everything holds, 1 something does not, 2 the command or the file cannot be read.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from longbien_verify.container import BYTES_MAX
from longbien_verify.court import verify
from longbien_verify.files import compare
from longbien_verify.page import NoEngine, page
from longbien_verify.record import Report
from longbien_verify.told import lines

HOLDS, FAILS, UNREADABLE = 0, 1, 2


def main() -> None:
    """The entry point."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Checks one file; the exit code."""
    given = _parser().parse_args(words)
    try:
        fingerprints = [_fingerprint(text) for text in given.root]
        with given.file.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
        if len(raw) > BYTES_MAX:
            raise ValueError(f"more than {BYTES_MAX} bytes")
        report = verify(raw, fingerprints)
        if given.files is not None:
            compare(given.files, report)
        if given.pdf is not None:
            made = page(report, given.file.name)
            with given.pdf.open("xb") as out:
                out.write(made)
    except (OSError, ValueError, NoEngine) as error:
        sys.stderr.write(f"longbien-verify: {error}\n")
        return UNREADABLE
    sys.stdout.write(json.dumps(asdict(report), default=repr) + "\n" if given.json else _text(report))
    return HOLDS if report.ok else FAILS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="longbien-verify", description="Check a file for a court offline, from root fingerprints alone."
    )
    parser.add_argument("file", type=Path, help="the file for a court (.asice), or an exported record")
    parser.add_argument(
        "--root",
        action="append",
        required=True,
        metavar="FINGERPRINT",
        help="64 hex digits; once for each party",
    )
    parser.add_argument("--files", type=Path, metavar="FOLDER", help="compare the evidence files in a folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="write the report to a new PDF as well")
    return parser


def _fingerprint(text: str) -> bytes:
    digits = "".join(character for character in text if character not in " -:")
    found = bytes.fromhex(digits)
    if len(found) != 32:
        raise ValueError(f"a root fingerprint has 64 hex digits, not {len(digits)}")
    return found


def _text(report: Report) -> str:
    return "".join(f"{'    ' * line.depth}{line.text}\n" for line in lines(report))
