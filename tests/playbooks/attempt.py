"""An act that is tried at some point of a play: what becomes of it, told by its code or by the stage that it leads to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from longbien.exchange import Accepted

from .playbook import Play, read_line
from .test_playbooks import OFFICES, TWO, Table, played


def reached(procedure: str, *steps: str, parties: Sequence[str] = ("VN", "RU"), **bodies: Any) -> Table:
    """The exchange after these lines; `bodies` says what differs from the plain bodies, by act."""
    return played(
        Play(
            procedure=procedure,
            name="a safeguard",
            parties=tuple(parties),
            ends="",
            lines=tuple(read_line(step) for step in steps),
            bodies=bodies,
        )
    )


def tried(
    table: Table,
    step: str,
    *,
    without: Sequence[str] = (),
    offices: Sequence[str] = OFFICES,
    people: int = 2,
    **changes: Any,
) -> str:
    """The code of the refusal, or the stage that the act leads to. The exchange stays where it is."""
    line, before = read_line(step), table.at
    table.at += line.later
    act = table.act(line)
    body = {name: value for name, value in {**act.body, **changes}.items() if name not in without}
    act = replace(act, body=body, approvals=act.approvals and TWO[:people])
    result = table.judged(act, line, tuple(offices))
    table.at = before
    return result.standing.stage if isinstance(result, Accepted) else result.code


def opened(procedure: str, *, parties: Sequence[str] = ("VN", "RU"), **how: Any) -> str:
    """What becomes of an opening."""
    return tried(reached(procedure, parties=parties), f"{parties[0]} open", **how)
