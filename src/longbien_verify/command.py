"""`longbien-verify FILE --root FINGERPRINT --root FINGERPRINT`: the court's tool.

Exit codes: 0 everything holds, 1 something does not, 2 the command or the file cannot be read.
"""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from longbien_verify.record import Report, verify

HOLDS, FAILS, UNREADABLE = 0, 1, 2


def main() -> None:
    """The entry point."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Checks one file; the exit code."""
    parser = argparse.ArgumentParser(
        prog="longbien-verify", description="Check an exported record offline, from root fingerprints alone."
    )
    parser.add_argument("file", type=Path, help="the exported record")
    parser.add_argument(
        "--root",
        action="append",
        required=True,
        metavar="FINGERPRINT",
        help="64 hex digits; once for each party",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(words)
    try:
        fingerprints = [_fingerprint(text) for text in given.root]
        raw = given.file.read_bytes()
    except (OSError, ValueError) as error:
        sys.stderr.write(f"longbien-verify: {error}\n")
        return UNREADABLE
    report = verify(raw, fingerprints)
    sys.stdout.write(json.dumps(asdict(report)) + "\n" if given.json else _text(report))
    return HOLDS if report.ok else FAILS


def _fingerprint(text: str) -> bytes:
    digits = "".join(character for character in text if character not in " -:")
    found = bytes.fromhex(digits)
    if len(found) != 32:
        raise ValueError(f"a root fingerprint has 64 hex digits, not {len(digits)}")
    return found


def _text(report: Report) -> str:
    lines = [f"Exchange {report.exchange}, procedure {report.procedure}, kept by {report.host}"]
    lines += ["DEMONSTRATION OR EXERCISE: not a live matter"] if report.demonstration else []
    lines += [f"Party {code}: {name}" for code, name in report.parties.items()]
    for step in report.steps:
        lines.append(
            f"{step.place:>3}. {step.party} {step.act}, by {step.office}, approved by {step.persons} person(s); "
            f"made {_instant(step.made_at)} by its own clock{_until(step.made_before, step.witness)}"
        )
        for receipt in step.received:
            until = _until(receipt.witnessed_at, receipt.witness)
            lines.append(
                f"       {receipt.party} had it at {_instant(receipt.claimed_at)} by its own clock{until}"
            )
    lines += [f"Rejected: {item}" for item in report.rejections]
    lines += [f"DOES NOT HOLD: {item}" for item in report.findings]
    lines.append("Not proven by this record:")
    lines += [f"  - {item}" for item in report.not_proven]
    verdict = (
        "HOLDS: signed by whom it says, in this order, unchanged since." if report.ok else "DOES NOT HOLD."
    )
    return "\n".join([*lines, verdict]) + "\n"


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _until(at: int | None, witness: str) -> str:
    """Cosignatures carry whole seconds, so the bound is the end of that second."""
    return "" if at is None else f", and before {_instant(at + 1000)} by the clock of {witness}"
