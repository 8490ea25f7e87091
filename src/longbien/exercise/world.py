"""A simulated world: some States, a few exchanges, everything that can go wrong, and then calm, all from one seed.

What it knows: a queue of events under a virtual clock. Every event lets one node do one thing through the doors that production
uses (`desk`, `reception`, `delivery`, `clockwork`); between any two of them, and inside each, the world may end the node. What it
must never do: decide anything for a node, or look into what it sends. The same seed gives the same world, event for event.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from longbien.exercise.cast import BEGINNING, CODES, OFFICE, STUB, Crypto, Member, company
from longbien.exercise.exhibits import Exhibits
from longbien.exercise.faults import Crash, Faults, FaultyStore, weather
from longbien.exercise.mail import DAY, HOUR, MINUTE, SECOND, Mail
from longbien.exercise.network import Network
from longbien.exercise.promises import Promises, Violation
from longbien.exercise.script import Intent, begin, go_on
from longbien.exercise.seat import Build, Paper, Seat
from longbien.exercise.shelf import Shelf
from longbien.exercise.under_way import under_way
from longbien.node import Broken, Denied, Node, NotAdmitted, Sent
from longbien.store import StoreFault

T = TypeVar("T")

YEAR = 365 * DAY

# A world that is calm must come to rest in this time and in so many events; one that does not is waiting for ever.
REST_WITHIN = 12 * HOUR
EVENTS_MAX = 20_000

# The chance that a world begins with a matter under way, in which evidence is due.
UNDER_WAY = 0.1

_PLACES: list[tuple[FaultyStore, Shelf]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one seed came to. `log` holds (true time in ms since the beginning, party, what happened)."""

    seed: int
    parties: int
    exchanges: int
    acts: int
    faults: int
    violations: tuple[Violation, ...]
    log: tuple[tuple[int, str, str], ...]


def play(seed: int, *, nodes: int | None = None, crypto: Crypto = STUB, build: Build = Node) -> Outcome:
    """One world from its beginning to its end. `nodes` is how many States take part, if not the seed decides."""
    with SimulatedWorld(seed, nodes=nodes, crypto=crypto, build=build) as world:
        return world.play()


class SimulatedWorld:
    """One world. `now` is true time (ms); nodes have their own clocks."""

    def __init__(
        self, seed: int, *, nodes: int | None = None, crypto: Crypto = STUB, build: Build = Node
    ) -> None:
        self.seed = seed
        self.now = BEGINNING
        self.chance = random.Random(f"world {seed}")
        self.faults = Faults(random.Random(f"faults {seed}"), weather(self.chance))
        self.promises = Promises()
        self.log: list[tuple[int, str, str]] = []
        count = nodes or self.chance.choices((2, 3, 4, 5), (16, 4, 1, 1))[0]
        self.exchanges: dict[bytes, tuple[str, ...]] = {}
        members = self._members(crypto, CODES[:count])
        places = {member.party: _PLACES.pop() if _PLACES else (FaultyStore(), Shelf()) for member in members}
        self.seats = {
            member.party: Seat(
                member,
                store=places[member.party][0],
                shelf=places[member.party][1],
                crypto=crypto,
                true=lambda: self.now,
                chance=random.Random(f"{member.party} {seed}"),
                faults=self.faults,
                build=build,
            )
            for member in members
        }
        self.network = Network(sorted(self.seats), random.Random(f"network {seed}"), self.faults)
        self.mail = Mail(self)
        self.exhibits = Exhibits(self)
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._number = 0
        self._left = self.chance.randint(2, 6) + (3 if self.exchanges else 0)
        self._over = False
        self._serial = 0

    def _members(self, crypto: Crypto, parties: tuple[str, ...]) -> tuple[Member, ...]:
        """The States as they are when the world begins: with nothing between them, or with one matter under way."""
        if self.chance.random() >= UNDER_WAY:
            return company(crypto.name, parties)
        begun = under_way(crypto.name, parties)
        self.exchanges[begun.exchange] = begun.parties
        return begun.members

    def __enter__(self) -> "SimulatedWorld":
        return self

    def __exit__(self, *_: object) -> None:
        for seat in self.seats.values():
            seat.store.release()
            seat.shelf.clear()
            _PLACES.append((seat.store, seat.shelf))

    def play(self) -> Outcome:
        """Faults first, calm afterwards, and then the questions."""
        for seat in self.seats.values():
            self.set_clock(seat)
            self.start(seat)
        self.after(0, self._officers)
        self.run()
        self.calm()
        return self.outcome()

    def outcome(self) -> Outcome:
        """What the world came to so far."""
        return Outcome(
            seed=self.seed,
            parties=len(self.seats),
            exchanges=len(self.exchanges),
            acts=self.promises.acts,
            faults=self.faults.happened.total(),
            violations=tuple(self.promises.violations),
            log=tuple(self.log),
        )

    # Time.

    def after(self, delay: int, event: Callable[[], None]) -> None:
        """Something will happen so many ms from now."""
        self._number += 1
        heapq.heappush(self._events, (self.now + delay, self._number, event))

    def run(self, until: int | None = None) -> None:
        """Event after event until nothing is due any more, or until that instant; or until the officers have had their day."""
        for _ in range(EVENTS_MAX):
            if not self._events or (until is not None and self._events[0][0] > until):
                break
            if until is None and self._over:
                return
            self.now, _, event = heapq.heappop(self._events)
            event()
        else:
            self.promises.broken("P2", f"no rest after {EVENTS_MAX} events")
        if until is not None:
            self.now = max(self.now, until)

    def calm(self) -> None:
        """Faults stop, clocks are set right, everybody is up and reaches everybody; then every promise is asked for."""
        self.promises.ask_visible(self.seats)
        self.promises.ask_agreement(self.seats)
        self.faults.heal()
        self.network.heal()
        self.note("", "calm")
        for seat in self.seats.values():
            seat.clock.mend()
            if seat.node is None:
                self.start(seat)
            if self.chance.random() < 0.1:
                self.tick(seat)
        self.rest()
        self.exhibits.finish()
        self.promises.ask_everything(self.seats)

    def rest(self) -> None:
        """The world runs until nothing waits anywhere, within bounds."""
        self.run(self.now + REST_WITHIN)

    def note(self, party: str, what: str) -> None:
        """One line of the log."""
        self.log.append((self.now - BEGINNING, party, what))

    # Nodes come and go.

    def start(self, seat: Seat) -> None:
        """A node begins over what is durable; it may fall at once."""
        if seat.node is not None:
            return
        if self.do(seat, "start", seat.start) is None:
            return
        self.note(seat.party, "starts")
        self.promises.ask_durable(seat)
        for paper in seat.papers:
            self.after(self.chance.randrange(5 * SECOND), partial(self.work_on, seat, paper))
        self.mail.wake(seat)

    def fall(self, seat: Seat, why: str) -> None:
        """The process of a node is gone; somebody starts it again, sooner or later."""
        self.note(seat.party, f"falls: {why}")
        seat.fall()
        self.after(self.chance.choice((10, SECOND, MINUTE, HOUR)), partial(self.start, seat))

    def do(self, seat: Seat, what: str, deed: Callable[[], T]) -> T | str | None:
        """What a node did; the code of a request that it did not admit; `None` when it fell."""
        try:
            done = deed()
        except Crash as crash:
            self.fall(seat, f"{crash} in {what}")
            return None
        except NotAdmitted as refused:
            return refused.code
        except (StoreFault, Broken) as stop:
            if not seat.struck:
                self.promises.broken("P13", f"{seat.party} stopped in {what} without a cause: {stop}")
            self.fall(seat, f"{stop} in {what}")
            return None
        except Exception as fault:  # noqa: BLE001 - whatever leaves a node that should not is what is looked for
            self.promises.broken("P13", f"{seat.party} in {what}: {type(fault).__name__} {fault}")
            self.fall(seat, type(fault).__name__)
            return None
        if seat.struck:
            self.promises.broken("P13", f"{seat.party} went on after {seat.struck} in {what}")
            self.fall(seat, seat.struck)
            return None
        return done

    def set_clock(self, seat: Seat) -> None:
        """The clock of a State is right, or wrong in one of the ways that clocks are."""
        kind = self.chance.choices(("right", "near", "day", "far", "stopped"), (70, 16, 8, 3, 3))[0]
        seat.clock.mend()
        sign = self.chance.choice((-1, 1))
        if kind == "right":
            return
        self.faults.happen("clock")
        if kind == "stopped":
            seat.clock.stop()
        else:
            seat.clock.offset = sign * {"near": 30 * SECOND, "day": 20 * HOUR, "far": 10 * YEAR}[kind]
        self.note(seat.party, f"clock {kind} {seat.clock.offset}")

    # Officers.

    def _officers(self) -> None:
        """One turn: an officer acts, sometimes both sides at once, so that words cross on their way."""
        if self._left <= 0:
            self._over = True
            return
        self.network.shift()
        exchange = self._matter()
        parties = self.exchanges.get(exchange, tuple(self.seats))
        crossing = bool(exchange) and self.chance.random() < 0.3
        for party in self.chance.sample(parties, 2 if crossing else 1):
            self._turn(self.seats[party], exchange)
        if self.chance.random() < 0.1:
            self.set_clock(self.chance.choice(list(self.seats.values())))
        if self.chance.random() < 0.1:
            self.tick(self.chance.choice(list(self.seats.values())))
        self.exhibits.go_on()
        self.after(self.chance.choice((10, SECOND, SECOND, 20 * SECOND, HOUR)), self._officers)

    def _matter(self) -> bytes:
        """The exchange that is spoken of next; none, when a new one is to be opened."""
        if not self.exchanges or self.chance.random() < 0.15:
            return b""
        return self.chance.choice(list(self.exchanges))

    def _turn(self, seat: Seat, exchange: bytes) -> None:
        self._left -= 1
        if seat.node is None:
            return
        intent = self.intent(seat, exchange)
        if intent is not None:
            self.carry_out(seat, intent)

    def intent(self, seat: Seat, exchange: bytes) -> Intent | None:
        """What an officer of this State would do in this exchange; nothing, as long as it has not come here."""
        if exchange:
            with seat.store.unharmed() as tx:
                row = tx.exchanges.find([exchange]).get(exchange)
            return None if row is None else go_on(self.chance, row, party=seat.party, at=self.now)
        self._serial += 1
        others = sorted(self.seats.keys() - {seat.party})
        return begin(self.chance, party=seat.party, others=others, at=self.now, serial=self._serial)

    def carry_out(self, seat: Seat, intent: Intent) -> None:
        """The officer's draft; approvals and sending follow, at once or later."""
        body = self.exhibits.named(seat, intent.act, intent.body, exchange=intent.exchange, to=intent.to)
        node = seat.node
        if body is None or node is None:
            return
        if intent.procedure:
            drafting = partial(
                node.desk.draft_opening,
                procedure=intent.procedure,
                to=[intent.to],
                office=OFFICE,
                body=body,
            )
        else:
            drafting = partial(
                node.desk.draft_act,
                exchange=intent.exchange,
                name=intent.act,
                office=OFFICE,
                body=body,
            )
        draft = self.do(seat, "draft", drafting)
        if draft is None or isinstance(draft, str):
            return
        if isinstance(draft, Denied):
            self.note(seat.party, f"{intent.act} denied: {draft.code}")
            return
        self.note(seat.party, f"drafts {intent.procedure}{intent.act}")
        paper = Paper(
            draft=draft.id,
            digest=draft.digest,
            exchange=draft.exchange,
            act=intent.act,
            persons=intent.persons,
        )
        if intent.procedure:
            self.exchanges[draft.exchange] = (seat.party, intent.to)
        seat.papers.append(paper)
        if self.chance.random() < 0.8:
            self.work_on(seat, paper)
        else:
            self.after(self.chance.randrange(2 * MINUTE), partial(self.work_on, seat, paper))

    def work_on(self, seat: Seat, paper: Paper) -> None:
        """Officers approve what they have not approved yet, and send; whatever a crash cut off is asked for again."""
        node = seat.node
        if node is None or paper not in seat.papers:
            return
        for number in range(paper.persons):
            if number not in paper.approved:
                seat.uses += 1
                assertion = seat.officers[number].sign(paper.digest, seat.uses)
                approved = self.do(seat, "approve", partial(node.desk.approve, paper.draft, assertion))
                if approved is None:
                    return
                paper.approved.add(number)
        sent = self.do(seat, "send", partial(node.desk.send, paper.draft))
        if sent is None or isinstance(sent, str):
            return
        if isinstance(sent, Denied):
            self.note(seat.party, f"{paper.act} not sent: {sent.code}")
        else:
            self._heard(seat, paper, sent)
        if self.chance.random() < 0.1:
            # The second click of an impatient hand.
            self.after(self.chance.randrange(MINUTE), partial(self.work_on, seat, paper))
        else:
            seat.papers.remove(paper)
        self.mail.wake(seat)

    def _heard(self, seat: Seat, paper: Paper, sent: Sent) -> None:
        self.promises.sent(seat.party, sent.exchange, sent.digest)
        self.note(seat.party, f"sends {paper.act}")

    def tick(self, seat: Seat) -> None:
        """Time passes at this State."""
        node = seat.node
        if node is None:
            return
        ticked = self.do(seat, "tick", node.clockwork.tick)
        if ticked is None or isinstance(ticked, str):
            return
        for _, act in ticked.acts:
            self.note(seat.party, f"the machine does {act}")
        self.mail.wake(seat)
