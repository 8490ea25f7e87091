"""What a walk may never do, judged by somebody who asks the application nothing.

Who may ask for what stands in a table of its own (`test_authorisation`); whose key is whose is remembered from the enrolment; where things stand is
read from the store beside the application.
"""

from collections import Counter
from dataclasses import dataclass, field

from longbien.exercise.cast import lawbook
from longbien.node import Assertion, Node
from longbien.web.policy import Level, Ownership, Where
from longbien.web.table import Route

from .test_authorisation import DRAFT, EXCHANGE, PLAIN, PUBLIC, SHEET, SIGN
from .walk_ground import ALONE, MINUTE, OFFICE, RULES, STAFF, Ground


class Wrong(AssertionError):
    """A walk found what must never be; its text says the seed and the step."""


@dataclass
class Browser:
    """One session as the walker knows it."""

    person: str
    cookie: str
    token: str
    level: int
    began: int
    last: int
    over: bool = False


@dataclass
class Walk:
    """One walk; `passed` counts by route what was let in, `left` the acts that left, by how many signed them."""

    seed: str
    passed: Counter = field(default_factory=Counter)
    left: Counter = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)

    def wrong(self, what: str) -> Wrong:
        return Wrong(f"walk {self.seed}: {what}\n" + "\n".join(self.story))


class Judge:
    """Looks on."""

    walk: Walk
    now: int

    def __init__(self, walk: Walk, ground: Ground, node: Node) -> None:
        self.walk = walk
        self.ground = ground
        self.node = node
        self.raw = node.store._in_memory()
        self.asking: Browser | None = None
        self.let_in = ""
        self.checked: set[bytes] = set()
        # What each signature was given as: the roles of the person at that moment, by draft and person.
        self.given: dict[tuple[bytes, bytes], set[str]] = {}
        self.look_at_signatures()

    def let(self, route: Route, asked) -> None:
        """A screen is reached; may it be?"""
        self.walk.passed[route.name] += 1
        self.let_in = self._forbidden(route, asked)
        if self.let_in:
            raise self.walk.wrong(f"{route.name} was let in: {self.let_in}")

    def _forbidden(self, route: Route, asked) -> str:
        if route.name in PUBLIC:
            return ""
        browser = self.asking
        if browser is None or browser.over:
            return "nobody is signed in"
        if self.now - browser.last >= 15 * MINUTE or self.now - browser.began >= 12 * 60 * MINUTE:
            return "the session was over"
        person = self.ground.people[browser.person]
        if asked.officer.person != person:
            return "as somebody else"
        (office, active, named), *_ = self._rows(
            "select office, active, roles from officers where person = ?", person
        )
        roles = set(named.split())
        if not active:
            return "the person has left"
        if route.name in PLAIN:
            who, least = PLAIN[route.name]
            return "" if roles & who and browser.level >= least else f"{roles} at level {browser.level}"
        kinds = {"exchange": EXCHANGE, "draft": DRAFT, "sheet": SHEET}
        kind = next(name for name, table in kinds.items() if route.name in table)
        who, owners, stages = (*kinds[kind][route.name], set(Where))[:3]
        if not roles & who or browser.level < Level.CODE:
            return f"{roles} at level {browser.level}"
        whose, where = getattr(self, f"_of_{kind}")(bytes.fromhex(asked.params[kind]), person, office)
        return "" if whose in owners and where in stages else f"{whose}, {where}"

    def _of_exchange(self, exchange: bytes, person: bytes, office: str):
        (stage, quarantine), *_ = self._rows("select stage, quarantine from exchanges where id = ?", exchange)
        owner = [row[0] for row in self._rows("select owner from handling where exchange = ?", exchange)]
        whose = (
            Ownership.FREE
            if owner in ([], [None])
            else Ownership.MINE
            if owner == [person]
            else Ownership.COLLEAGUE
        )
        # What came in names the first office; the other one belongs to it once it has acted.
        acted = {act.office for act in self._own_acts() if act.exchange == exchange}
        if office not in {OFFICE, *acted}:
            whose = Ownership.OTHER_OFFICE
        ended = lawbook().rules(RULES).flow.stages[stage].terminal
        return whose, Where.QUARANTINED if quarantine else Where.ENDED if ended else Where.OPEN

    def _of_draft(self, draft: bytes, person: bytes, office: str):
        (drafter, its_office, sent), *_ = self._rows(
            "select drafter, office, statement from drafts where id = ?", draft
        )
        mine = Ownership.MINE if drafter == person else Ownership.COLLEAGUE
        whose = mine if its_office == office else Ownership.OTHER_OFFICE
        return whose, Where.OPEN if sent is None else Where.ENDED

    def _of_sheet(self, sheet: bytes, person: bytes, _office: str):
        (writer,), *_ = self._rows("select person from sheets where id = ?", sheet)
        return (Ownership.MINE if writer == person else Ownership.OTHER_OFFICE), Where.OPEN

    def _own_acts(self):
        """Every act that this node signed since the walk began."""
        question = "select digest, raw from statements where issuer = 'XB' and kind = 'act'"
        for digest, raw in self._rows(question):
            if digest not in self.ground.settled:
                yield self.node.read_act(raw)[0]

    def _rows(self, question: str, *named) -> list:
        """What stands in the store, read beside the application."""
        return self.raw.execute(question, named).fetchall()

    def look_at_signatures(self) -> None:
        """Whoever signed now is who sits there, may sign at all, and did it with a key that counts."""
        if self._rows("select count(*) from approvals")[0][0] == len(self.given):
            return
        people = {row[0]: row[1:] for row in self._rows("select person, name, active, roles from officers")}
        ended = {row[0] for row in self._rows("select id from credentials where ended_at < ?", self.now)}
        for draft, person, assertion in self._rows("select draft, person, assertion from approvals"):
            if (draft, person) in self.given:
                continue
            name, active, roles = people[person][0], people[person][1], set(people[person][2].split())
            self.given[draft, person] = roles
            if self.asking is not None and self.ground.people[self.asking.person] != person:
                raise self.walk.wrong(f"{name} signed, and {self.asking.person} sat there")
            if not active or not roles & SIGN:
                raise self.walk.wrong(f"{name} signed as {roles}, active: {active}")
            if Assertion.decode(assertion).credential in ended:
                raise self.walk.wrong(f"{name} signed with a key that had ended")

    def look(self) -> None:
        """Nothing has left that too few signed, and nobody's name stands under what the own key did not sign."""
        for act in self._own_acts():
            if act.id not in self.checked:
                self.checked.add(act.id)
                self._judge(act)

    def _judge(self, act) -> None:
        persons = {approval.person for approval in act.approvals}
        needed = 1 if act.name in ALONE else 2
        self.walk.left[len(persons)] += 1
        if act.name == "expire":
            return
        if len(persons) < needed or len(persons) != len(act.approvals):
            raise self.walk.wrong(f"{act.name} left with {len(persons)} of {needed} persons")
        (digest, office), *_ = self._rows("select digest, office from drafts where id = ?", act.id)
        given = self._rows("select person, office, assertion from approvals where draft = ?", act.id)
        if {row[0] for row in given} != persons:
            raise self.walk.wrong(f"{act.name} left under other names than it was approved by")
        if needed == 2 and not any("approver" in self.given[act.id, person] for person in persons):
            raise self.walk.wrong(f"{act.name} left without an approver")
        names = {person: name for name, person in self.ground.people.items()}
        for person, signed_for, assertion in given:
            made = Assertion.decode(assertion)
            count = int.from_bytes(made.authenticator_data)
            if made != self._key(names[person]).sign(digest, count):
                raise self.walk.wrong(f"{names[person]} never signed {act.name}")
            if not signed_for == office == STAFF[names[person]][0]:
                raise self.walk.wrong(f"{names[person]} signed for another office")
