"""Words for refusals about courses and sessions; `labels` takes them in.

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
}
