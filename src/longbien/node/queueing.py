"""The line of an exchange in the queue, made from its acts one by one, and the words that find it.

What it knows: which side an act came from, where the exchange stands after it, and which of the views it therefore belongs to. What it
must never know: the store, or who asks. It is pure: the batch calls it when an act takes its place, and the audit calls it again over
the whole chain and must get the same line.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from longbien.exchange import Act, Author, Standing
from longbien.law import Clock, Rules
from longbien.law.marks import marked
from longbien.store.queue_rows import QueueRow
from longbien.wire.cbor import Value

# Later than any time that a clock can name: what waits without a clock comes after what has one.
NEVER = (1 << 63) - 1
# Acts by which a person says that something has arrived, each in the flows that have it.
ACKNOWLEDGING = ("acknowledge", "read")
# Where an opening act says what it is about, the plainest first; the first that holds a text is the subject.
SUBJECTS = ("title", "topic", "summary", "facts", "purpose")
SUBJECT_MAX = 160
REFERENCE_MAX = 200
_LOOKED_AT = 8
WORDS_MAX = 64
WORD_MAX = 48

OURS, THEIRS, BOTH, NOBODY = "ours", "theirs", "both", "nobody"
EMERGENCY = "emergency"

# What only this node knows: when it heard, and what it said about who sees to it. No chain can show it.
OF_THIS_NODE = ("number", "changed_at", "sent_key", "trouble", "owner", "snoozed_until")

_LETTERS = re.compile(r"\w+")
_PACKED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the node adds to an act: the next number of its queue, and when it is (ms)."""

    number: int
    now: int


def placed(
    before: QueueRow | None,
    standing: Standing,
    act: Act,
    author: Author,
    rules: Rules,
    *,
    own: str,
    at: Moment,
) -> QueueRow:
    """The line after an act that took its place; `before` is the line until then."""
    row = before or _first(act, rules, standing.opener, standing.parties, own, at)
    reference = _reference(act, rules)
    turn = _turn(standing, rules, own)
    clock = min(standing.clocks, key=_due, default=None)
    terminal = rules.flow.stages[standing.stage].terminal
    place = NEVER if clock is None else clock.due_at
    expiry = next((item.due_at for item in standing.clocks if item.acts == "expire"), None)
    return replace(
        row,
        our_reference=reference if reference and author.party == own else row.our_reference,
        their_reference=reference if reference and author.party != own else row.their_reference,
        stage=standing.stage,
        turn=turn,
        # What the host refused is told until we act again; whose turn it is follows from the newest act alone.
        trouble=None if author.party == own else row.trouble,
        due_clock=None if clock is None else clock.id,
        due_at=None if clock is None else clock.due_at,
        statutory=clock is not None and clock.statutory,
        changed_at=at.now,
        acknowledge_key=_looked_at_first(row, place)
        if acknowledging(standing, rules, own) is not None
        else None,
        ours_key=place if turn in {OURS, BOTH} else None,
        theirs_key=place if turn in {THEIRS, BOTH} else None,
        expires_key=expiry,
        sent_key=at.now if author.party == own else row.sent_key,
        open_key=None if terminal else place,
        offices=_offices(
            row.offices, act.office if author.party == own else None, standing.data.get("to_office")
        ),
    )


def sent(before: QueueRow | None, act: Act, rules: Rules | None, *, own: str, at: Moment) -> QueueRow | None:
    """The line after an act of ours left for its host; an opening has a line from here on, so that nobody loses sight of it."""
    if before is not None:
        return replace(before, sent_key=at.now, changed_at=at.now)
    if act.opening is None or rules is None:
        return None
    return replace(
        _first(act, rules, own, act.opening.parties, own, at),
        our_reference=_reference(act, rules),
        turn=THEIRS,
        theirs_key=NEVER,
        sent_key=at.now,
        open_key=NEVER,
    )


def troubled(before: QueueRow, code: str, *, now: int) -> QueueRow:
    """The line of an exchange in which nothing goes on: it is our turn to look."""
    return replace(
        before, trouble=code, changed_at=now, ours_key=before.due_at or NEVER, turn=_looked_at(before)
    )


def refused(before: QueueRow, code: str, *, now: int) -> QueueRow:
    """The line after the host refused an act of ours. Whose turn it is has not changed, unless it was the opening."""
    if not before.stage:
        return troubled(before, code, now=now)
    return replace(before, trouble=code, changed_at=now)


def acknowledging(standing: Standing, rules: Rules, own: str) -> str | None:
    """The act by which this State acknowledges now, `None` where it has done so or has nothing to acknowledge."""
    role = standing.role_of(own)
    for act in ACKNOWLEDGING:
        for row in rules.flow.table.get((standing.stage, role or "", act), ()):
            if "once" not in row.guards or own not in marked(standing.data, act):
                return act
    return None


def words(row: QueueRow, *, reference: str = "", tags: Iterable[str] = ()) -> frozenset[str]:
    """Everything by which a line is found: numbers and references first, then parties, procedure, tags and the subject."""
    found: list[str] = [row.exchange.hex()]
    for text in (row.our_reference, row.their_reference, reference):
        found += [_plain(text)[:WORD_MAX], *split(text)]
    found += [f"type:{row.procedure}"[:WORD_MAX], *split(row.procedure)]
    found += [f"tag:{_plain(tag)}"[:WORD_MAX] for tag in tags]
    # A warning may go to every State; all of them are found, and the subject has room of its own.
    parties = [
        code for party in row.others.split() for code in (f"state:{party.casefold()}", party.casefold())
    ]
    subject = list(split(row.subject))[:WORDS_MAX]
    return frozenset(word for word in (*found, *parties, *subject) if word)


def split(text: str) -> Iterator[str]:
    """The words of a text without case, marks and width; in scripts without blanks every pair of letters is one."""
    for run in _LETTERS.findall(_plain(text)):
        rest = _PACKED.sub(" ", run)
        for word in rest.split():
            yield word[:WORD_MAX]
        for packed in _PACKED.findall(run):
            if len(packed) == 1:
                yield packed
            for first, second in pairwise(packed):
                yield first + second


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _first(act: Act, rules: Rules, opener: str, parties: Sequence[str], own: str, at: Moment) -> QueueRow:
    urgency = act.body.get("urgency")
    ours = opener == own
    return QueueRow(
        exchange=act.exchange,
        number=at.number,
        procedure=rules.procedure,
        version=rules.version,
        opener=opener,
        others=" ".join(party for party in parties if party != own),
        stage="",
        turn=NOBODY,
        subject=_subject(act, rules),
        our_reference="",
        their_reference="",
        urgency=urgency if isinstance(urgency, str) else "",
        trouble=None,
        due_clock=None,
        due_at=None,
        statutory=False,
        opened_at=act.made_at,
        changed_at=at.now,
        acknowledge_key=None,
        ours_key=None,
        theirs_key=None,
        expires_key=None,
        sent_key=None,
        open_key=None,
        offices=_offices(
            "", act.body.get("from_office" if ours else "to_office"), act.office if ours else None
        ),
    )


def _offices(held: str, *named: Value) -> str:
    """The offices that an act names, beside those before."""
    for office in named:
        name = _short(office, REFERENCE_MAX)
        if name and f"\n{name}\n" not in held:
            held = f"{held or chr(10)}{name}\n"
    return held


def _reference(act: Act, rules: Rules) -> str:
    """The last reference that the act gives, "" where it gives none."""
    found = ""
    for field in rules.acts[act.name].fields:
        if field.type == "case_ref":
            found = _short(act.body.get(field.name), REFERENCE_MAX) or found
    return found


def _subject(act: Act, rules: Rules) -> str:
    given = [name for name in SUBJECTS if name in act.body]
    texts = {
        field.name
        for field in rules.acts[act.name].fields
        if field.name in given and field.type in {"text", "longtext"}
    }
    subjects = (_short(act.body[name], SUBJECT_MAX) for name in given if name in texts)
    return next(filter(None, subjects), "")


def _short(value: Value, most: int) -> str:
    """A text in one line, without what no database takes."""
    if not isinstance(value, str):
        return ""
    # However long the text is, and whatever blanks it begins with, no more than this is looked at.
    begin = value[: _LOOKED_AT * most]
    line = " ".join(begin.replace("\0", " ").split())
    return line if len(line) <= most and len(begin) == len(value) else f"{line[: most - 1]}…"


def _turn(standing: Standing, rules: Rules, own: str) -> str:
    waits = rules.flow.stages[standing.stage].waits_for
    if rules.flow.stages[standing.stage].terminal:
        return NOBODY
    if waits == "both":
        return BOTH
    return OURS if waits == standing.role_of(own) else THEIRS


def _looked_at_first(row: QueueRow, place: int) -> int:
    """The place among what nobody has acknowledged: every emergency before everything else, in the order of their own clocks."""
    return place - NEVER if row.urgency == EMERGENCY else place


def _looked_at(row: QueueRow) -> str:
    return BOTH if row.turn in {THEIRS, BOTH} and row.theirs_key is not None else OURS


def _due(clock: Clock) -> tuple[int, str]:
    return clock.due_at, clock.id
