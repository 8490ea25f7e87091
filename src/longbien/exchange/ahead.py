"""What may come next: each act of a side, and what speaks against it before anybody has written its body.

What it knows: where an exchange stands, and the office that asks. What it must never do: permit; only `step` does, over the whole act.
"""

from dataclasses import dataclass

from longbien.exchange.standing import Standing
from longbien.exchange.step import Author
from longbien.law import Refusal, Rules, Situation, possible


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """An act of this side; `refusal` is what speaks against it, `None` when it may be written; `stages` are those that have it."""

    act: str
    refusal: Refusal | None
    stages: tuple[str, ...]


def ahead(rules: Rules, standing: Standing, author: Author, *, at: int) -> tuple[Ahead, ...]:
    """Every act that the author's side ever has in this flow, in the order of the flow, judged at `at` (ms)."""
    role = standing.role_of(author.party)
    if role is None:
        return ()
    stages: dict[str, list[str]] = {}
    for row in rules.flow.rows:
        if row.by == role and row.stage is not None:
            stages.setdefault(row.act, []).append(row.stage)
    return tuple(
        Ahead(
            act=act,
            refusal=possible(rules, _situation(rules, standing, author, role, act, at)),
            stages=tuple(dict.fromkeys(found)),
        )
        for act, found in stages.items()
    )


def _situation(rules: Rules, standing: Standing, author: Author, role: str, act: str, at: int) -> Situation:
    """The author is taken to see everything that this node holds, and to have everybody's approval."""
    return Situation(
        party=author.party,
        parties=standing.parties,
        stage=standing.stage,
        role=role,
        act=act,
        body={},
        data=standing.data,
        at=at,
        persons=rules.acts[act].persons,
        offices=author.offices,
        saw_latest=True,
    )
