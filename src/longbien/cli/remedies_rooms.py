"""What to do about each code of the rooms beside the cases: meetings, orders to providers.

What it knows: codes and words. What it must never know: how a code came about.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ROOMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CASE_UNKNOWN": "`longbien case list` shows the cases; write more or other digits, or the whole reference.",
        "CASE_AMBIGUOUS": "Write more digits of the identifier.",
        "CASE_TEXT": "A title has 1 to 200 characters in one line, a reference at most 120, a note 8,000, a task 400.",
        "CASE_CLOSED": "Open the case again first, on its page.",
        "CASE_FULL": "A case holds 200 exchanges and 500 tasks: begin another one.",
        "LINK_UNKNOWN": "The exchange does not belong to this case.",
        "LINK_NOT_FOUND": "Write the reference of one exchange of your office.",
        "TASK_UNKNOWN": "The case shows its tasks with their numbers.",
        "MEETING_UNKNOWN": "`longbien meet list` shows the meetings; an exchange of another kind is none.",
        "ACTION_UNKNOWN": "`longbien meet show` numbers what the newest report asks for.",
        "MINUTES_EMPTY": "Write the minutes first.",
        "MINUTES_LONG": "Minutes have at most 60,000 bytes; put annexes beside them as papers.",
        "MINUTES_OTHER": "The report names another text: ask the host for exactly that one, and paste it unchanged.",
        "COURSE_TEXT": "A course has a title of 1 to 200 characters in one line, a language such as en, and at most 8,000 characters about it.",
        "COURSE_UNKNOWN": "`longbien train list` shows the courses; write more or other digits.",
        "COURSES_MANY": "A node keeps 400 courses.",
        "COURSE_FULL": "A course holds 100 parts and 32 MiB of files: begin a second one.",
        "COURSE_FILE_LARGE": "A course file has at most 40 MiB, and 32 MiB of files in it.",
        "COURSE_FILE_DAMAGED": "It is no archive, or was cut off on its way: have it sent again, and compare its size.",
        "COURSE_FILE_SHAPE": "Its manifest.json is not in order: have the course given out again by a node of today.",
        "COURSE_FILE_OTHER": "The archive holds more or less than its manifest names: somebody changed it. Take it from its source again.",
        "COURSE_FILE_DIGEST": "A part is not what the manifest names: it was damaged or changed. Take it from its source again.",
        "MATERIAL_TEXT": "A part has a title in one line, and a text of at most 20,000 characters or an address that begins with https://.",
        "MATERIAL_LARGE": "A file has 1 byte to 8 MiB.",
        "MATERIAL_UNKNOWN": "The course shows its parts with their numbers.",
        "TRAINING_TEXT": "Texts of a session stand in one line: a title and a place of 200 characters, a name of 120, what is measured of 200.",
        "TRAINING_TIME": "A session ends after it begins.",
        "TRAINING_UNKNOWN": "`longbien train list` shows the sessions; an exchange of another kind is none.",
        "TRAINING_LINE": "The session shows its people and what is measured with their numbers.",
        "TRAINING_FULL": "A session has at most 500 people and 50 things that are measured.",
        "PROVIDER_UNKNOWN": "The console lists the firms under Providers; an operator adds one.",
        "ORDER_UNKNOWN": "The console lists the orders of your office under Orders.",
        "ORDER_KIND": "An order is to preserve or to produce.",
        "ORDER_TEXT": "Say what is ordered, on which ground and under which reference, each within its length.",
        "ORDER_DUE": "Give a time that is still to come.",
        "ORDER_ISSUED": "It was signed already; close it and write another one.",
        "ORDER_OVER": "What is answered takes no more files, and what is closed takes nothing more.",
        "WORDS_EMPTY": "Write something, and at most as much as the field holds.",
        "FILE_NONE": "Choose a file that has a name and at least one byte.",
        "PASSKEY_OTHER": "Whoever is signed in signs: use your own passkey.",
        "VIEW_INVALID": "Give the view a name, and a search that the box takes.",
        "VIEWS_TOO_MANY": "Drop a view that nobody uses.",
        "FILES_MANY": "Put the files together into one archive.",
    }
)
