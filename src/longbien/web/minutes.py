"""Minutes for the public: one page that needs no node, made from what may be told.

What it knows: topic, kind, times, States, agenda, the agreed text, what is to be done by which State. What it must never hold: a person, a
case, what a party needs, or a text that the report does not name.
"""

from longbien.node import Node
from longbien.node.meetings import Meeting
from longbien.web.environment import environment
from longbien.web.words import direction, law_language, speaker

NAME = "minutes.html"


def public_minutes(node: Node, found: Meeting, language: str, mode: str) -> bytes:
    """The page. Whether the meeting may be published was asked before (`meetings.not_public`)."""
    law = law_language(language)
    return (
        environment()
        .get_template(NAME)
        .render(
            _=speaker(language),
            meeting=found,
            mode=mode,
            own=node.party,
            party_name=lambda party: node.world.lawbook.name(party, law),
            language=language,
            direction=direction(language),
        )
        .encode()
    )
