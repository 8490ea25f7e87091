"""How long each kind of key and paper lives, in milliseconds.

The table of `trust.md` §2.7 as numbers. Limits marked "refused" are checked by the receiving side, so a
careless State cannot weaken what it was promised by others; the rest steer this node's own planning.
"""

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ROOT_LONGEST = 1827 * DAY
"""Five years with two leap days; a root that claims more is refused."""

DESCRIPTOR_LONGEST = 397 * DAY
"""Thirteen months: the longest run of thirteen calendar months has 397 days; more is refused."""

STATEMENT_KEY_LONGEST = 397 * DAY
"""Twelve months and the overlap, rounded up like the descriptor; more is refused."""

STATEMENT_KEY_LIFE = 365 * DAY
STATEMENT_KEY_OVERLAP = 30 * DAY
STATEMENT_KEY_LEAD = 60 * DAY
"""How long before the end of the last statement key its successor is made, so that a ceremony can list it
in time.
"""

SEAL_KEY_LONGEST = 7 * DAY
"""A week of sealing; more is refused, because P8 promises that a thief opens at most 37 days."""

SEAL_KEY_GRACE = 30 * DAY
"""How long after its end a private encryption key is kept for letters on their way; then it is destroyed."""

SEAL_KEY_AHEAD = 28 * DAY
"""How far ahead weekly keys are made and published, so that a State that hears nothing for a month can still
seal.
"""

SEAL_KEY_REACH = 60 * DAY
"""A key that ends later than this after its list was made is refused: nobody shall hold next year's keys
today.
"""

SKEW = HOUR
"""A first key begins this much in the past, for readers whose clock runs behind."""

DESCRIPTOR_WARNING = 60 * DAY
ROOT_WARNING = 180 * DAY
TLS_LIFE = 396 * DAY
TLS_WARNING = 30 * DAY

PAPER_LIFE = 365 * DAY
"""A paper key is made when a file for a court is first asked for, and again a year later."""

EVIDENCE_KEY_LIFE = 365 * DAY
"""For so long new keys of evidence are wrapped under one key; it stays as long as something is wrapped under it."""

EARLY = DAY
"""A paper that claims to be issued later than this from now is refused: a date in the future would stretch
its life.
"""
