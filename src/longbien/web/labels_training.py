"""Words for refusals about courses, sessions and exercises, and for stages of exercises; `labels` takes them in.

What it knows: English texts by code. What it must never know: what the law says of a code.
"""

from collections.abc import Mapping
from typing import Final


def _(text: str) -> str:
    """Marks a text for the catalogues."""
    return text


TRAINING_REFUSALS: Final[Mapping[str, str]] = {
    "COURSE_TEXT": _("The course needs a title in one line, and a language such as en or fr."),
    "COURSE_UNKNOWN": _("There is no such course."),
    "COURSES_MANY": _("There are as many courses as this node keeps."),
    "COURSE_FULL": _("The course holds as much as it can: 100 parts, and 32 MiB of files."),
    "COURSE_FILE_LARGE": _("The course file is larger than allowed."),
    "COURSE_FILE_DAMAGED": _("This is no course file, or it did not come whole."),
    "COURSE_FILE_SHAPE": _("The list in the course file is not in order. Nothing was taken in."),
    "COURSE_FILE_OTHER": _("The course file holds something else than its list says. Nothing was taken in."),
    "COURSE_FILE_DIGEST": _(
        "A part of the course file is not the one that its list names. Nothing was taken in."
    ),
    "MATERIAL_TEXT": _("Give it a title, and a text or an address that begins with https://."),
    "MATERIAL_LARGE": _("The file is empty, or larger than 8 MiB."),
    "MATERIAL_UNKNOWN": _("The course has no such part."),
    "TRAINING_TEXT": _("Something is missing or too long, or has more than one line."),
    "TRAINING_TIME": _("It must end after it begins."),
    "TRAINING_UNKNOWN": _("There is no such session."),
    "TRAINING_LINE": _("The session has no such line."),
    "TRAINING_FULL": _("The session holds as many lines as it can."),
    "DATE_INVALID": _("Write the day as 2026-11-24."),
    "EXERCISE_LIVE": _("This node is live. Nothing is practised where something is real."),
    "EXERCISE_TEXT": _("Something is missing or too long."),
    "EXERCISES_MANY": _("There are as many exercises as this node keeps."),
    "EXERCISE_UNKNOWN": _("There is no such exercise."),
    "EXERCISE_OVER": _("The exercise is over."),
    "EXERCISE_STAGE": _("The exercise does not stand where this can be done."),
    "EXERCISE_SHIFT": _("Write by how many minutes, at most a week."),
    "EXERCISE_FULL": _("The exercise holds as many lines as it can."),
    "INJECTS_NONE": _("The table has no rows below its heading."),
    "INJECTS_MANY": _("An exercise has at most 500 injects."),
    "INJECTS_HEADING": _("The first row must name the columns; this one is missing:"),
    "INJECT_TIME": _("A time is written as 1:30, or in minutes."),
    "INJECT_TO": _("To is a role such as duty, or empty for everybody."),
    "INJECT_TEXT": _("An inject needs a text, and not too much of it."),
    "INJECT_UNKNOWN": _("There is no such inject, or it has not come out for you."),
    "TABLE_DAMAGED": _("The file is no table that can be read."),
    "TABLE_LARGE": _("The table is larger than allowed."),
    "READER_MISSING": _(
        "Tables of spreadsheets need the optional part longbien[documents]. CSV works without it."
    ),
}

EXERCISE: Final[Mapping[str, str]] = {
    "planned": _("Planned"),
    "playing": _("Being played"),
    "paused": _("Paused"),
    "ended": _("Over"),
    "observation": _("Observation"),
    "lesson": _("Lesson"),
}
