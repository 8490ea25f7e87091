"""Commands about training: what a running node answers.

What it knows: arguments, and the doors of `node.assistance`, `node.trainings` and `node.courses`. What it must never do: answer an offer;
`longbien act` does.
"""

from longbien.cli.answering import granted
from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.node import Node, assistance, courses, trainings
from longbien.node.people import MACHINE_ROOM


def listed(node: Node, given: Arguments) -> Result:
    """Needs and offers with what fits, sessions, courses."""
    language = given.text("language")
    wishes = assistance.wishes(node, language=language)
    return {
        "assistance": [
            {
                "exchange": one.exchange.hex(),
                "direction": one.direction,
                "party": one.party,
                "area": one.area_label,
                "language": one.language,
                "until_on": one.until_on,
                "stage": one.stage_label,
            }
            for one in wishes
        ],
        "fits": [
            {
                "need": fit.need.exchange.hex(),
                "offer": fit.offer.exchange.hex(),
                "same_language": fit.same_language,
                "days": fit.days,
            }
            for fit in assistance.fitting(wishes, now=node.world.now())
        ],
        "sessions": [
            {
                "training": one.id.hex(),
                "title": one.title,
                "kind": one.kind,
                "begins_at": one.begins_at,
                "noted": one.noted,
                "there": one.there,
            }
            for one in trainings.sessions(node, language=language)
        ],
        "courses": [
            {"course": row.id.hex(), "title": row.title, "language": row.language}
            for row in courses.courses(node)
        ],
    }


def export(node: Node, given: Arguments) -> Result:
    """A course as one file."""
    prefix = given.text("course")
    fitting = [row for row in courses.courses(node) if prefix and row.id.hex().startswith(prefix)]
    if len(fitting) != 1:
        raise CommandRefused("COURSE_UNKNOWN", prefix)
    raw = granted(courses.exported(node, fitting[0].id))
    return {"course": fitting[0].id.hex(), "title": fitting[0].title, "file": raw.hex()}


def take_in(node: Node, given: Arguments) -> Result:
    """A course from a file."""
    made = granted(courses.imported(node, given.hex("file"), by=MACHINE_ROOM))
    return {"course": made.id.hex(), "title": made.title, "language": made.language}


COMMANDS = {"train-list": listed, "train-export": export, "train-import": take_in}
