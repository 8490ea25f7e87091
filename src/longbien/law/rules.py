"""The rules of one procedure, resolved: everything that a decision, a form or a document needs to read.

Knows shapes only. It must never know TOML, nor what a guard or an effect does: it holds their names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from longbien.law.overlay import Overlay
from longbien.wire.cbor import Value

# Text for people, by language (BCP 47). English is always there; seven languages are foreseen.
Labels: TypeAlias = Mapping[str, str]

MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an act or of a record.

    `type` is a kind (`text`, `int` …) or a record (`offence` …); `many` makes it an array. `minimum` and
    `maximum` bound a number, the length of a text, or the count of an array. `or_else` names a field that may
    stand instead. `needed_with` names a field beside which this one is required; `needed_when` pairs fields
    with the values that do so.
    """

    name: str
    type: str
    many: bool
    required: bool
    minimum: int | None
    maximum: int | None
    values: tuple[str, ...]
    must_be: bool | None
    default: Value
    or_else: str | None
    needed_with: str | None
    needed_when: tuple[tuple[str, tuple[Value, ...]], ...]
    labels: Labels
    help: Labels
    value_labels: Mapping[str, Labels]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """A record that fields can hold, with the name of its own check where fields alone do not say enough."""

    name: str
    fields: tuple[Field, ...]
    check: str | None
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Which reason codes a procedure knows, for what, and which of them wait for a consultation.

    `conditional` pairs a code with the name of the check that must pass. `by_basis` are open only where the legal
    basis has them. `consult_before` holds kinds of reason ("law": Art. 40(28) asks for it; "choice": the product
    does), not codes.
    """

    allowed: tuple[str, ...] = ()
    conditional: Mapping[str, str] = field(default_factory=dict)
    by_basis: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    postpone: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    consult_before: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code named here, each once, in order of appearance."""
        refusing = (*self.allowed, *self.conditional, *self.by_basis)
        return tuple(dict.fromkeys((*refusing, *self.barred, *self.postpone, *self.cannot)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One kind of step: how many people approve it, which offices may take it, what its body holds.

    `offices` is empty where the offices of the acting side hold (`from_roles`, `to_roles`). `grounds` are
    those of the file that defines the act: an act of a sub-procedure brings its own. `source` names that
    file.
    """

    id: str
    source: str
    persons: int
    offices: tuple[str, ...]
    fields: tuple[Field, ...]
    grounds: Grounds
    labels: Labels
    help: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """A time rule. It runs in the stages that name it, from the fact `start` (ms), while that fact is there.

    At most one of `minutes`, `hours`, `days`, `working_days` is not zero. `min_days` bounds what an act may fix, as the
    sixty days of Art. 42 do. `statutory` separates the law's clocks from the product's targets, which never
    look alike on screen.
    """

    id: str
    start: str
    minutes: int
    hours: int
    days: int
    working_days: int
    min_days: int
    statutory: bool
    acts: str | None
    remind_hours: tuple[int, ...]
    article: str
    article_checked: bool | None
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A position in a flow. `waits_for` is the role whose turn it is; a terminal stage waits for nobody.

    `executes` marks stages in which a coercive measure runs; `reasoned` those that nobody may enter without a
    reason.
    """

    id: str
    waits_for: str
    terminal: bool
    executes: bool
    reasoned: bool
    clocks: tuple[str, ...]
    labels: Labels
    help: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One move: in `stage` (None: not opened), `by` may do `act`, which leads to stage `to`.

    `when` names choices that must all hold for this row to be the one: an act that can lead to two stages, such
    as the last signature of several, has a row for each, and the row that stands for all other cases comes last.
    """

    id: str
    stage: str | None
    by: str
    act: str
    when: tuple[str, ...]
    to: str
    guards: tuple[str, ...]
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A total table of moves. `table` finds the rows of (stage, by, act), most often one; no row, no move.

    `opener` and `other` are the two roles, `host` the one that keeps the chain. `everywhere` names clocks
    that run in every open stage while their fact is there.
    """

    id: str
    version: int
    letter: str
    opener: str
    other: str
    host: str
    opening_act: str
    stages: Mapping[str, Stage]
    rows: tuple[Row, ...]
    table: Mapping[tuple[str | None, str, str], tuple[Row, ...]]
    everywhere: tuple[str, ...]
    labels: Labels

    @property
    def roles(self) -> tuple[str, str, str]:
        """Who can act: the two sides, then the machine."""
        return (self.opener, self.other, MACHINE)

    @property
    def acts(self) -> tuple[str, ...]:
        """Every act of the flow, in the order of its rows."""
        return tuple(dict.fromkeys(row.act for row in self.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason code (convention.md §2.5). `uses`: refuse, postpone, cannot, barred. `consult`: law, choice,
    never.
    """

    code: str
    uses: tuple[str, ...]
    consult: str
    cites_law: bool
    subcodes: tuple[str, ...]
    article: str
    article_checked: bool | None
    labels: Labels
    help: Labels
    subcode_labels: Mapping[str, Labels]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """An offence code. `core` offences are those of Arts 7 to 17; `serious` marks the code for any other
    serious crime.
    """

    code: str
    core: bool
    serious: bool
    article: str
    article_checked: bool | None
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a party has declared under a treaty; empty or None where it has not, or where nobody has entered it.

    `languages` and `channels` are those in which it takes requests; `electronic`, whether it takes them
    electronically (Art. 40(14)); `not_basis_for` names procedures for which it does not take the treaty as a
    basis, as some States do for extradition (Art. 37(4)).
    """

    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    electronic: bool | None = None
    not_basis_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStatus:
    """What a party has done about a treaty, in day numbers; None where it has not, or where nobody knows.

    `not_party` says that it is known not to be a Party. `sure` is False where no source that we read says so in
    full. `reservations` are articles. `source` and `checked_on` (ISO date) are the instrument's unless the
    party has its own.
    """

    party: str
    signed: int | None
    deposited: int | None
    in_force: int | None
    until: int | None
    not_party: bool
    sure: bool
    reservations: tuple[str, ...]
    declared: Declared
    source: str
    checked_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What an instrument says about one procedure: its article ("" where not known), and what it adds or narrows.

    `grounds_added` and `grounds_closed` are reason codes; `fields_needed`, optional fields of the opening act
    that it makes required; `statements`, names of what the request must state; `languages` and `channels`,
    those that the treaty itself fixes.
    """

    article: str
    article_checked: bool
    grounds_added: tuple[str, ...] = ()
    grounds_closed: tuple[str, ...] = ()
    fields_needed: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A legal basis. `kind`: treaty; named (any other treaty, which the request names); reciprocity.

    `reach` of a treaty: bilateral, regional, universal. `pending`: no source shows it in force. `closed`: who is
    not among `parties` is not a Party; otherwise nobody knows. `reference`: it can be cited as a reference
    before it binds. `in_force` is the day of the treaty itself. `covers` goes by procedure.
    """

    id: str
    kind: str
    reach: str
    pending: bool
    closed: bool
    reference: bool
    in_force: int | None
    covers: Mapping[str, Cover]
    statements: Mapping[str, Labels]
    parties: Mapping[str, PartyStatus]
    source: str
    checked_on: str
    labels: Labels
    help: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One version of one procedure, resolved with its flow, its sub-procedures and its vocabulary.

    `digest` is the SHA-256 that the opening act names, so that both nodes provably run the same rules.
    """

    procedure: str
    version: int
    digest: bytes
    article: str
    article_checked: bool | None
    labels: Labels
    help: Labels
    from_roles: tuple[str, ...]
    to_roles: tuple[str, ...]
    scope_limbs: tuple[str, ...]
    coercive: bool
    release_of_data: bool
    sub_procedures: tuple[str, ...]
    flow: Flow
    acts: Mapping[str, Act]
    clocks: Mapping[str, ClockRule]
    grounds: Grounds
    types: Mapping[str, RecordType]
    offences: Mapping[str, Offence]
    reasons: Mapping[str, Reason]
    instruments: Mapping[str, Instrument]
    overlays: Mapping[str, Overlay]
