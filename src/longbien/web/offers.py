"""What can be chosen where the law leaves a field open: treaties between two States, offices, languages, reasons, States.

What it knows: the law's tables, the directory, who writes to whom. What it must never do: choose.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from longbien.law import Field, Rules
from longbien.node import Node
from longbien.web.questions import Option, Options
from longbien.web.words import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The offers for one act between this State and another; called with a path and its field."""

    node: Node
    rules: Rules
    act: str
    other: str
    language: str

    def __call__(self, path: str, field: Field) -> Options | None:
        """What is on offer at a path, `None` where anything can be typed."""
        if path.endswith(".instrument"):
            return self._instruments()
        if path in {"to_office", "from_office"}:
            return self._offices(self.node.party if path == "from_office" else self.other, path)
        if path.endswith("reason.code"):
            return self._reasons()
        if field.type == "lang" and not field.many:
            return self._languages()
        if field.type == "state" and not field.many:
            return self._states(self.node.world.lawbook.parties)
        return None

    def _instruments(self) -> Options:
        """The open ones first, in the order of the resolver; of the others the page says why they are closed."""
        book, now = self.node.world.lawbook, self.node.world.now()
        found = []
        for basis in book.basis(self.rules.procedure, (self.node.party, self.other), now):
            instrument = book.instruments.get(basis.instrument)
            if instrument is not None and basis.open:
                found.append(Option(value=basis.instrument, labels=instrument.labels))
        return found

    def _offices(self, party: str, path: str) -> Options | None:
        if self.node.directory.peer(party) is None:
            return None
        roles = self.rules.from_roles if path == "from_office" else self.rules.to_roles
        offices = self.node.directory.descriptor(party).offices
        fit = [office for office in offices if set(office.roles) & set(roles)] or list(offices)
        return [Option(value=office.name, labels={"en": office.name}) for office in fit]

    def _reasons(self) -> Options:
        codes = self.rules.acts[self.act].grounds.codes
        reasons = self.rules.reasons
        return [
            Option(value=code, labels=reasons[code].labels if code in reasons else {"en": code})
            for code in codes
        ]

    def _languages(self) -> Options:
        """Those in which the other State works come first."""
        theirs: list[str] = []
        if self.node.directory.peer(self.other) is not None:
            for office in self.node.directory.descriptor(self.other).offices:
                theirs += [language for language in office.languages if language not in theirs]
        every = [*theirs, *(language for language in LANGUAGES if language not in theirs)]
        return [Option(value=tag, labels={"en": LANGUAGES.get(tag, tag)}) for tag in every]

    def _states(self, codes: Iterable[str]) -> Options:
        book = self.node.world.lawbook
        return [
            Option(value=code, labels={"en": f"{book.name(code, self.language)} ({code})"})
            for code in sorted(codes)
        ]
