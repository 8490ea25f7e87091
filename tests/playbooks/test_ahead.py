"""What is told as possible agrees with what is decided, over every act of every play."""

from longbien.exchange import Accepted, Act, Author, ahead
from longbien.law import MACHINE

from .playbook import Line
from .test_playbooks import OFFICES, PLAYS, Table


class _Watched(Table):
    """A table at which everything that may be written is listed before each act."""

    def judged(self, act: Act, line: Line, offices: tuple[str, ...] = OFFICES):
        result = super().judged(act, line, offices)
        if self.standing is not None and line.who != MACHINE:
            author = Author(party=line.who, offices=offices)
            told = {item.act: item for item in ahead(self.rules, self.standing, author, at=self.at)}
            assert told[line.act].refusal is None or not isinstance(result, Accepted), (line, told[line.act])
            assert self.standing.stage in told[line.act].stages
        return result


def test_nothing_that_is_permitted_is_told_as_closed():
    for play in PLAYS:
        table = _Watched(play)
        for line in play.lines:
            table.take(line)


def test_a_stranger_has_nothing_ahead():
    table = Table(PLAYS[0])
    table.take(PLAYS[0].lines[0])
    assert ahead(table.rules, table.standing, Author(party="XX", offices=OFFICES), at=table.at) == ()
