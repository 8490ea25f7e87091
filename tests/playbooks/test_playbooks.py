"""Every procedure is played from its opening to each of its ends; every row of every flow is used by a play."""

import pytest

from law import sample
from longbien.exchange import Accepted, Act, Approval, Author, Opening, Rejected, Standing, step
from longbien.exchange.chain import place
from longbien.law import MACHINE, Rules
from longbien.ledger.records import NO_HEAD
from longbien.wire.cbor import digest

from . import filler
from .playbook import Line, Play, plays, read_line

BOOK = sample.book()
PLAYS = tuple(plays())
EXCHANGE = bytes(range(16))
OFFICES = ("poc", "ca", "comp", "ea", "aro", "dpo", "taf", "csirt")
TWO = tuple(Approval(person=bytes([n]) * 16, office="all", assertion=bytes(32), at=0) for n in (1, 2))


class Table:
    """One exchange, played by its host alone: where it stands, and which rows were used."""

    def __init__(self, play: Play) -> None:
        self.play, self.at, self.standing, self.rows = play, sample.AT, None, set()
        rules = BOOK.rules(play.procedure)
        assert rules is not None
        self.rules: Rules = rules
        opener, *others = play.parties
        self.host = opener if rules.flow.host == rules.flow.opener else others[0]

    def take(self, line: Line) -> None:
        self.at += line.later
        act = self.act(line)
        result = self.judged(act, line)
        assert isinstance(result, Accepted), f"{self.play.procedure}, {self.play.name}: {line}: {result}"
        self.standing, _ = place(result, digest(act.encode()), self.at)
        self.rows.add(result.move.row.partition(":")[0])

    def take_all(self, *steps: str) -> None:
        for written in steps:
            self.take(read_line(written))

    def act_body(self, written: str) -> dict:
        return body(self.rules, self.play, read_line(written), self.at)

    def judged(self, act: Act, line: Line, offices: tuple[str, ...] = OFFICES) -> Accepted | Rejected:
        """What becomes of an act at this moment."""
        author = Author(party=self.host if line.who == MACHINE else line.who, offices=offices)
        return step(self.rules, self.standing, act, author=author, at=self.at)

    def act(self, line: Line) -> Act:
        standing: Standing | None = self.standing
        return Act(
            id=digest(f"{line}{self.at}".encode())[:16],
            exchange=EXCHANGE,
            name=line.act,
            office="" if line.who == MACHINE else "all",
            seen_position=0 if standing is None else standing.position,
            seen_head=NO_HEAD if standing is None else standing.head,
            made_at=self.at,
            body=body(self.rules, self.play, line, self.at),
            approvals=() if line.who == MACHINE else TWO,
            opening=self.opening() if standing is None else None,
        )

    def opening(self) -> Opening:
        return Opening(
            procedure=self.rules.procedure,
            version=self.rules.version,
            rules=self.rules.digest,
            host=self.host,
            parties=tuple(sorted(self.play.parties)),
        )


def body(rules: Rules, play: Play, line: Line, at: int) -> dict:
    if line.who == MACHINE:
        return {}
    opener, *others = play.parties
    return filler.body(rules, line.act, at, opener, others, play.changes(line))


def played(play: Play) -> Table:
    table = Table(play)
    for line in play.lines:
        table.take(line)
    return table


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: f"{play.procedure}: {play.name}")
def test_a_play_leads_to_its_end(play: Play) -> None:
    table = played(play)
    assert table.standing is not None
    assert table.standing.stage == play.ends
    assert table.rules.flow.stages[play.ends].terminal


def test_every_procedure_is_played_to_each_of_its_ends() -> None:
    reached = {(play.procedure, play.ends) for play in PLAYS}
    ends = {
        (rules.procedure, stage.id)
        for rules in BOOK.procedures.values()
        for stage in rules.flow.stages.values()
        if stage.terminal
    }
    assert ends - reached == set()


def test_every_row_of_every_flow_is_used_by_a_play() -> None:
    used = {row for play in PLAYS for row in played(play).rows}
    rows = {
        row.id.partition(":")[0]: rules.flow.id
        for rules in BOOK.procedures.values()
        for row in rules.flow.rows
    }
    assert {name: flow for name, flow in rows.items() if name not in used} == {}
