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
