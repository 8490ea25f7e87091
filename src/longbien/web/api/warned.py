"""The route of the board of warnings.

What it knows: the board. What it must never do: warn; that is an act.
"""

from longbien.node import warnings
from longbien.web.api import warning_shapes as shapes
from longbien.web.api.answers import Answer, Call
from longbien.web.api.told import moment_or_none


def board(call: Call) -> Answer:
    """Every warning, with who read it and who acted."""
    found = warnings.board(call.api.node, language=call.query.language)
    return Answer(
        given=shapes.WarningList(
            items=tuple(
                shapes.BoardedWarning(
                    exchange=one.item.line.exchange.hex(),
                    opener=one.item.line.opener,
                    kind=one.kind,
                    tlp=one.tlp,
                    stage=one.stage,
                    stands=one.stands,
                    confidence=one.confidence,
                    valid_until=moment_or_none(one.valid_until),
                    practice=one.practice,
                    warned=tuple(
                        shapes.WarnedParty(
                            party=who.party,
                            read_at=moment_or_none(who.read_at),
                            acted_at=moment_or_none(who.acted_at),
                            declined_at=moment_or_none(who.declined_at),
                            waits=who.waits,
                        )
                        for who in one.warned
                    ),
                )
                for one in found
            )
        )
    )
