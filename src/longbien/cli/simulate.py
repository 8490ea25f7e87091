"""`longbien exercise simulate`: thousands of worlds that go wrong, and whether every promise held in them.

What it knows: how to show a report and a replay. What it must never do: count as done what it did not play.
"""

import json
import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from longbien.cli.asked import CommandRefused
from longbien.cli.failing import Exit
from longbien.exercise.cast import CODES, KINDS
from longbien.exercise.simulate import Report, simulate
from longbien.exercise.world import play

# What is shown to a person; the JSON report has all.
SHOWN_MAX = 10


def run(*, seeds: int, first: int, nodes: int, crypto: str, as_json: bool) -> int:
    """Plays the seeds and prints one report; the exit code."""
    _check(nodes, crypto)
    if seeds < 1:
        raise CommandRefused("ARGUMENT_INVALID", "--seeds: at least 1")
    chosen = range(first, first + seeds)
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("seeds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=as_json or not console.is_terminal
    ) as bar:
        task = bar.add_task("seeds", total=seeds)
        report = simulate(
            chosen,
            nodes=nodes or None,
            crypto=crypto,
            told=lambda so_far: bar.update(task, completed=so_far.seeds),
        )
    if as_json:
        found = {"first_seed": first, "nodes": nodes, "crypto": crypto, **report.value()}
        for item in found["broken"]:
            item["replay"] = _replay(item["seed"], nodes, crypto)
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        sys.stdout.write(_summary(report, nodes, crypto))
    return Exit.NOT_PROVEN if report.violations else Exit.OK


def replay(seed: int, *, nodes: int, crypto: str, as_json: bool) -> int:
    """Plays one seed again and prints what happened in it, event by event; the exit code."""
    _check(nodes, crypto)
    outcome = play(seed, nodes=nodes or None, crypto=KINDS[crypto])
    if as_json:
        found: dict[str, Any] = {
            "seed": seed,
            "nodes": outcome.parties,
            "log": [{"ms": at, "party": party, "event": what} for at, party, what in outcome.log],
            "violations": len(outcome.violations),
            "broken": [{"promise": item.promise, "detail": item.detail} for item in outcome.violations],
        }
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        for at, party, what in outcome.log:
            sys.stdout.write(f"{at / 1000:12.3f} s  {party or '--':3} {what}\n")
        for item in outcome.violations:
            sys.stdout.write(f"{item.promise} broken: {item.detail}\n")
        if not outcome.violations:
            sys.stdout.write(f"Every promise held in seed {seed} ({outcome.parties} nodes).\n")
    return Exit.NOT_PROVEN if outcome.violations else Exit.OK


def _check(nodes: int, crypto: str) -> None:
    if nodes and not 2 <= nodes <= len(CODES):
        raise CommandRefused("ARGUMENT_INVALID", f"--nodes: 2 to {len(CODES)}, or 0 to let each seed decide")
    if crypto not in KINDS:
        raise CommandRefused("ARGUMENT_INVALID", f"--crypto: {' or '.join(sorted(KINDS))}")


def _replay(seed: int, nodes: int, crypto: str) -> str:
    options = (f" --nodes {nodes}" if nodes else "") + (f" --crypto {crypto}" if crypto != "stub" else "")
    return f"longbien exercise simulate --replay {seed}{options}"


def _summary(report: Report, nodes: int, crypto: str) -> str:
    counted = (
        f"{report.seeds} seeds, {report.exchanges} exchanges, {report.acts} acts, {report.faults} faults "
        f"in {report.seconds:.1f} s ({report.value()['seeds_per_second']} seeds/s)."
    )
    if not report.violations:
        return f"Every promise held. {counted}\n"
    lines = [f"{report.violations} violations in {len(report.broken)} seeds. {counted}"]
    for outcome in report.broken[:SHOWN_MAX]:
        first = outcome.violations[0]
        lines += [
            f"  seed {outcome.seed}: {first.promise}, {first.detail}",
            f"    to see it again: {_replay(outcome.seed, nodes, crypto)}",
        ]
    if len(report.broken) > SHOWN_MAX:
        lines.append(f"  and {len(report.broken) - SHOWN_MAX} seeds more; --json lists all.")
    return "\n".join(lines) + "\n"
