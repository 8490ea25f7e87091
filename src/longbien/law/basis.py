"""The resolver of legal bases: what parties may rest a procedure on, on a given day, and in words why or why not.

Knows dated facts about treaties. It must never decide for people: it says which bases are open, which of them comes
first by the rule that the specific goes before the general, and what speaks against the others (convention.md §5).
It answers "nobody knows" where nobody has entered a fact, and never guesses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from longbien.law.instants import write_day
from longbien.law.messages import Said
from longbien.law.rules import Cover, Instrument, PartyStatus

TREATY: Final = "treaty"
NAMED: Final = "named"
RECIPROCITY: Final = "reciprocity"

# From the specific to the general; what is no treaty in our data comes behind all that are.
REACHES: Final = ("bilateral", "regional", "universal")
ORDER: Final = (*REACHES, NAMED, RECIPROCITY)

# Where several things close a basis, its code is the first of these: a known "no" says more than "nobody knows".
GRAVITY: Final = (
    "BASIS_UNKNOWN",
    "BASIS_NOT_COVERING",
    "BASIS_NOT_PARTY",
    "BASIS_ENDED",
    "BASIS_NOT_IN_FORCE",
    "BASIS_DECLARED_AGAINST",
    "BASIS_UNKNOWN_STATUS",
)
# A treaty closed for one of these reasons may still be cited as a reference beside a basis that is open.
REFERABLE: Final = ("BASIS_NOT_PARTY", "BASIS_NOT_IN_FORCE", "BASIS_UNKNOWN_STATUS")


@dataclass(frozen=True, slots=True)
class Basis:
    """An instrument as a possible basis. `code` is "" when it is open, else why not, one of `GRAVITY`.

    `article` may be "" (not known). `says` is the answer in words.
    """

    instrument: str
    code: str
    article: str = ""
    says: tuple[Said, ...] = ()

    @property
    def open(self) -> bool:
        """Whether an exchange may rest on it."""
        return self.code == ""


def resolve(
    instruments: Mapping[str, Instrument], parties: Sequence[str], procedure: str, day: int
) -> tuple[Basis, ...]:
    """Every instrument as a basis between `parties` on the day number `day`: the open ones first, each kind from the
    specific to the general, then by name.

    The first party asks, all others are asked. A bilateral treaty of other parties is left out.
    """
    concerned = (
        item
        for item in instruments.values()
        if item.reach != REACHES[0] or all(party in item.parties for party in parties)
    )
    found = [
        (preference(item), standing(instruments, item.id, parties, procedure, day))
        for item in sorted(concerned, key=lambda item: item.id)
    ]
    ordered = [basis for _, basis in sorted(found, key=lambda pair: (not pair[1].open, pair[0]))]
    treaty = any(basis.open and instruments[basis.instrument].kind == TREATY for basis in ordered)
    return tuple(basis if treaty else _last_resort(instruments, basis) for basis in ordered)


def standing(
    instruments: Mapping[str, Instrument], name: str, parties: Sequence[str], procedure: str, day: int
) -> Basis:
    """What `name` is worth between all these parties for a procedure on the day number `day`."""
    code = closed(instruments, name, parties, procedure, day)
    instrument = instruments.get(name)
    if instrument is None:
        return Basis(instrument="", code=code, says=(Said(code),))
    if instrument.kind != TREATY:
        return Basis(instrument=name, code=code, says=(Said(f"BASIS_{instrument.kind.upper()}"),))
    cover = instrument.covers.get(procedure)
    if cover is None:
        return Basis(instrument=name, code=code, says=(Said(code, (("procedure", procedure),)),))
    if code:
        says = tuple(said for _, said in _against(instrument, parties, procedure, day))
        if instrument.reference and code in REFERABLE:
            says = (*says, Said("BASIS_REFERENCE"))
        return Basis(instrument=name, code=code, article=cover.article, says=says)
    return Basis(
        instrument=name, code="", article=cover.article, says=tuple(_advice(instrument, cover, parties))
    )


def closed(
    instruments: Mapping[str, Instrument], name: str, parties: Sequence[str], procedure: str, day: int
) -> str:
    """The code of `standing` without its words, which a decision does not need; "" when the basis is open."""
    instrument = instruments.get(name)
    if instrument is None:
        return "BASIS_UNKNOWN"
    if instrument.kind != TREATY:
        return ""
    if procedure not in instrument.covers:
        return "BASIS_NOT_COVERING"
    codes = {code for code, _ in _against(instrument, parties, procedure, day)}
    return min(codes, key=GRAVITY.index, default="")


def preference(instrument: Instrument) -> int:
    """How far behind the most specific an instrument stands: its place in `ORDER`."""
    return ORDER.index(instrument.reach if instrument.kind == TREATY else instrument.kind)


def _last_resort(instruments: Mapping[str, Instrument], basis: Basis) -> Basis:
    if instruments[basis.instrument].kind != RECIPROCITY:
        return basis
    return replace(basis, says=(Said("BASIS_NO_TREATY"), *basis.says))


def _against(
    instrument: Instrument, parties: Sequence[str], procedure: str, day: int
) -> Iterator[tuple[str, Said]]:
    """Everything that closes a treaty: what holds for all, or else for each party."""
    if instrument.pending:
        yield "BASIS_NOT_IN_FORCE", Said("BASIS_PENDING", (("day", instrument.checked_on),))
    elif instrument.in_force is not None and day < instrument.in_force:
        yield "BASIS_NOT_IN_FORCE", Said("BASIS_NOT_YET", (("day", write_day(instrument.in_force)),))
    for party in parties:
        status = instrument.parties.get(party)
        if status is None:
            if instrument.closed:
                yield "BASIS_NOT_PARTY", Said("BASIS_NOT_PARTY", (("party", party),))
            elif not instrument.pending:
                yield "BASIS_UNKNOWN_STATUS", Said("BASIS_UNKNOWN_STATUS", (("party", party),))
        else:
            yield from _against_party(status, procedure, day, pending=instrument.pending)


def _against_party(
    status: PartyStatus, procedure: str, day: int, *, pending: bool
) -> Iterator[tuple[str, Said]]:
    who = (("party", status.party),)
    found: list[tuple[str, Said]] = []
    if pending and status.signed is not None:
        says = Said("BASIS_SIGNED", (*who, ("day", write_day(status.signed))))
        found.append(("BASIS_NOT_IN_FORCE", says))
    if status.not_party:
        found.append(("BASIS_NOT_PARTY", Said("BASIS_NOT_PARTY", who)))
    elif status.until is not None and day >= status.until:
        found.append(("BASIS_ENDED", Said("BASIS_ENDED", (*who, ("day", write_day(status.until))))))
    elif status.in_force is not None and day < status.in_force:
        says = Said("BASIS_BINDS_LATER", (*who, ("day", write_day(status.in_force))))
        found.append(("BASIS_NOT_IN_FORCE", says))
    elif status.in_force is None and not pending:
        found.append(("BASIS_UNKNOWN_STATUS", Said("BASIS_UNKNOWN_STATUS", who)))
    elif procedure in status.declared.not_basis_for:
        says = Said("BASIS_DECLARED_AGAINST", (*who, ("procedure", procedure)))
        found.append(("BASIS_DECLARED_AGAINST", says))
    yield from found
    if found and not status.sure:
        yield found[0][0], Said("BASIS_UNSURE", who)


def _advice(instrument: Instrument, cover: Cover, parties: Sequence[str]) -> Iterator[Said]:
    """What to know about a basis that is open: why it has its place, and what it asks for."""
    yield Said(f"BASIS_{instrument.reach.upper()}")
    if not cover.article:
        yield Said("BASIS_ARTICLE_UNREAD")
    elif not cover.article_checked:
        yield Said("BASIS_ARTICLE_UNCHECKED")
    yield from (
        Said("BASIS_STATES", (("statement", f"{instrument.id} {name}"),)) for name in cover.statements
    )
    if cover.fields_needed:
        yield Said("BASIS_FIELDS", (("fields", ", ".join(cover.fields_needed)),))
    for party in parties:
        status = instrument.parties[party]
        if not status.sure:
            yield Said("BASIS_UNSURE", (("party", party),))
    for party in parties[1:]:
        yield from _declared(instrument, cover, party)


def _declared(instrument: Instrument, cover: Cover, party: str) -> Iterator[Said]:
    declared = instrument.parties[party].declared
    languages = accepted_languages(instrument, cover, party)
    if languages:
        yield Said("BASIS_LANGUAGES", (("party", party), ("languages", ", ".join(languages))))
    else:
        yield Said("BASIS_LANGUAGES_UNKNOWN", (("party", party),))
    channels = declared.channels or cover.channels
    yield from (Said(f"BASIS_CHANNEL_{channel.upper()}", (("party", party),)) for channel in channels)
    if declared.electronic is not None:
        yield Said("BASIS_ELECTRONIC" if declared.electronic else "BASIS_ON_PAPER", (("party", party),))


def accepted_languages(instrument: Instrument, cover: Cover, party: str) -> tuple[str, ...]:
    """In which languages `party` takes requests under the instrument: as it declared, or as the treaty fixes; ()
    where nobody knows.
    """
    status = instrument.parties.get(party)
    return (status.declared.languages if status is not None else ()) or cover.languages


def language_accepted(
    instrument: Instrument, procedure: str, party: str, languages: Sequence[str]
) -> bool | None:
    """Whether `party` takes a request that is written in, or translated into, `languages`; None where nobody knows.

    Source: Art. 40(13); invariant 3 of convention.md §3.5. A declared `fr` takes `fr-CA`.
    """
    cover = instrument.covers.get(procedure)
    accepted = () if cover is None else accepted_languages(instrument, cover, party)
    if not accepted:
        return None
    return any(given == known or given.startswith(f"{known}-") for given in languages for known in accepted)
