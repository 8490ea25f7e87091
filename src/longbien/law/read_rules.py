"""From TOML to the parts of a procedure: acts, clocks, grounds, and the procedure itself.

Knows which keys each of these tables may have, and how an act of a procedure adds to the act of its flow. It
must never judge whether the parts fit together: that is `lint`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from longbien.law.read_words import fields, record_type
from longbien.law.rules import ClockRule, Field, Grounds, Labels, RecordType
from longbien.law.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ActText:
    """An act as one file writes it; None or empty where the file leaves it to another.

    `include` names groups of the vocabulary, `like` an act whose fields this one shares.
    """

    persons: int | None
    offices: tuple[str, ...]
    include: tuple[str, ...]
    like: str | None
    fields: tuple[Field, ...]
    labels: Labels
    help: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureFile:
    """A file of `procedures/`, before it is joined with its flow, its vocabulary and its sub-procedures."""

    id: str
    version: int
    sub: bool
    article: str
    article_checked: bool | None
    labels: Labels
    help: Labels
    flow: str
    vocabulary: str
    sub_procedures: tuple[str, ...]
    from_roles: tuple[str, ...]
    to_roles: tuple[str, ...]
    scope_limbs: tuple[str, ...]
    coercive: bool
    release_of_data: bool
    two_person_issue: bool
    fields: tuple[Field, ...]
    acts: Mapping[str, ActText]
    clocks: Mapping[str, ClockRule]
    types: Mapping[str, RecordType]
    grounds: Grounds


def act_text(table: Table) -> ActText:
    """One `[acts.<name>]`."""
    found = ActText(
        persons=table.count("persons"),
        offices=table.words("offices"),
        include=table.words("include"),
        like=table.name("like"),
        fields=fields(table),
        labels=table.labels("labels"),
        help=table.labels("help"),
    )
    table.done()
    return found


def clock(name: str, table: Table) -> ClockRule:
    """One `[clocks.<name>]`."""
    found = ClockRule(
        id=name,
        start=table.text("start"),
        minutes=table.number("minutes", 0),
        hours=table.number("hours", 0),
        days=table.number("days", 0),
        working_days=table.number("working_days", 0),
        min_days=table.number("min_days", 0),
        statutory=table.flag("statutory", default=False),
        acts=table.name("acts"),
        remind_hours=tuple(sorted(table.numbers("remind_hours"), reverse=True)),
        article=table.text("article", ""),
        article_checked=table.mark("article_checked"),
        labels=table.labels("labels", required=True),
    )
    table.done()
    return found


def grounds(table: Table) -> Grounds:
    """The table `[refusal]`."""
    conditional = {}
    for row in table.rows("conditional"):
        conditional[row.text("code")] = row.text("check")
        row.done()
    found = Grounds(
        allowed=table.words("allowed"),
        conditional=conditional,
        by_basis=table.words("by_basis"),
        barred=table.words("barred"),
        postpone=table.words("postpone"),
        cannot=table.words("cannot"),
        consult_before=table.words("consult_before"),
    )
    table.done()
    return found


def procedure_file(table: Table) -> ProcedureFile:
    """One file of `procedures/`. A sub-procedure has no flow, offices or scope: its parent's hold."""
    sub = table.flag("sub", default=False)
    whole = not sub
    found = ProcedureFile(
        id=table.text("id"),
        version=table.number("version"),
        sub=sub,
        article=table.text("article"),
        article_checked=table.mark("article_checked"),
        labels=table.labels("labels", required=True),
        help=table.labels("help"),
        flow=table.text("flow") if whole else "",
        vocabulary=table.text("vocabulary"),
        sub_procedures=table.words("sub_procedures") if whole else (),
        from_roles=table.words("from_roles", required=True) if whole else (),
        to_roles=table.words("to_roles", required=True) if whole else (),
        scope_limbs=table.words("scope_limbs") if whole else (),
        coercive=whole and table.flag("coercive"),
        release_of_data=whole and table.flag("release_of_data"),
        two_person_issue=whole and table.flag("two_person_issue"),
        fields=fields(table) if whole else (),
        acts={name: act_text(part) for name, part in table.tables("acts").items()},
        clocks={name: clock(name, part) for name, part in table.tables("clocks").items()},
        types={name: record_type(name, part) for name, part in table.tables("types").items()},
        grounds=grounds(table.table("refusal")),
    )
    table.done()
    return found
