"""The law as data, and the engine that reads it.

A procedure is a file: article, offices, fields, steps, clocks, grounds. `load` turns the texts of `law/data`
into a Lawbook and refuses texts that contradict themselves; `decide` judges one act against the rules of its
exchange and answers a Move or a Refusal. Guards and effects are names from closed registries, so the data
hold no language of their own.

This room is pure: it reads no file and no clock, and the same rules with the same situation always give the
same answer. How to read or add a procedure: docs/reference/law.md.
"""

from longbien.law.basis import Basis, language_accepted
from longbien.law.bodies import Json, from_json, to_json
from longbien.law.citation import Profile, profile
from longbien.law.completeness import Gap, gaps
from longbien.law.diagram import diagram
from longbien.law.engine import decide, possible
from longbien.law.instants import read_instant, write_instant
from longbien.law.lawbook import Lawbook
from longbien.law.load import LawFault, lint, lint_words, load
from longbien.law.messages import Messages, Said, in_language
from longbien.law.parties import Party, nearest, unknown_parties
from longbien.law.reading import Read, reading
from longbien.law.rules import (
    MACHINE,
    Act,
    ClockRule,
    Cover,
    Declared,
    Field,
    Flow,
    Grounds,
    Instrument,
    Labels,
    Offence,
    PartyStatus,
    Reason,
    RecordType,
    Row,
    Rules,
    Stage,
)
from longbien.law.schema import act_schema
from longbien.law.situation import Clock, Facts, Move, Refusal, Situation
from longbien.law.tables import Finding
from longbien.law.validate import Problem, problems
from longbien.law.wording import worded

__all__ = [
    "MACHINE",
    "Act",
    "Basis",
    "Clock",
    "ClockRule",
    "Cover",
    "Declared",
    "Facts",
    "Field",
    "Finding",
    "Flow",
    "Gap",
    "Grounds",
    "Instrument",
    "Json",
    "Labels",
    "LawFault",
    "Lawbook",
    "Messages",
    "Move",
    "Offence",
    "Party",
    "PartyStatus",
    "Problem",
    "Profile",
    "Read",
    "Reason",
    "RecordType",
    "Refusal",
    "Row",
    "Rules",
    "Said",
    "Situation",
    "Stage",
    "act_schema",
    "decide",
    "diagram",
    "from_json",
    "gaps",
    "in_language",
    "language_accepted",
    "lint",
    "lint_words",
    "load",
    "nearest",
    "possible",
    "problems",
    "profile",
    "read_instant",
    "reading",
    "to_json",
    "unknown_parties",
    "worded",
    "write_instant",
]
