"""How requests and answers travel in a simulated world: the courier of each State, letters under way, and what hosts do with them.

What it knows: the order of `collect`, `admit`, the batch, `answer` and `settle`, which is that of production. What it must never
know: why a message comes late, twice or never; the network decides that.
"""

from functools import partial
from typing import TYPE_CHECKING

from longbien.exercise.seat import Letter, Seat
from longbien.node import Consignment

if TYPE_CHECKING:
    from longbien.exercise.world import SimulatedWorld

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# How long a sender waits for an answer before it counts as lost (ms).
PATIENCE = 10 * SECOND


class Mail:
    """The letters of one world."""

    def __init__(self, world: "SimulatedWorld") -> None:
        self._world = world

    def wake(self, seat: Seat, delay: int = 25) -> None:
        """The courier of this State looks at the outbox, at the latest in so many ms."""
        at = self._world.now + max(1, min(delay, HOUR))
        if seat.node is not None and (seat.wakes_at is None or at < seat.wakes_at):
            seat.wakes_at = at
            self._world.after(at - self._world.now, partial(self._courier, seat, at))

    def _courier(self, seat: Seat, at: int) -> None:
        node = seat.node
        if node is None or seat.wakes_at != at:
            return
        seat.wakes_at = None
        lanes = self._world.do(seat, "lanes", node.delivery.lanes)
        if lanes is None or isinstance(lanes, str):
            return
        for peer, lane, due in lanes:
            if (peer, lane) in seat.under_way:
                continue
            if due > seat.clock():
                self.wake(seat, due - seat.clock())
                continue
            sent = self._world.do(seat, "collect", partial(node.delivery.collect, peer, lane))
            if seat.node is not node:
                return
            if isinstance(sent, Consignment):
                self._post(seat, sent)
            else:
                self.wake(seat, 15 * MINUTE)

    def _post(self, seat: Seat, sent: Consignment) -> None:
        letter = Letter(sender=seat.party, life=seat.life, sent=sent)
        seat.under_way[sent.peer, sent.lane] = letter
        for delay, body in self._world.network.carry(seat.party, sent.peer, sent.body):
            self._world.after(delay, partial(self._arrive, letter, body))
        self._world.after(PATIENCE, partial(self._give_up, letter))

    def _arrive(self, letter: Letter, body: bytes) -> None:
        host = self._world.seats[letter.sent.peer]
        if host.node is None:
            self._reply(letter, "PEER_UNREACHABLE")
            return
        admitted = self._world.do(host, "admit", partial(host.node.reception.admit, body))
        if isinstance(admitted, str):
            self._reply(letter, admitted)
        elif admitted is not None:
            host.inbox.append((letter, admitted))
            self._world.after(self._world.chance.choice((0, 0, 5)), partial(self._serve, host))

    def _serve(self, host: Seat) -> None:
        """Everything that was admitted meanwhile shares one batch, as requests of several threads do."""
        node, inbox = host.node, host.inbox
        if node is None or not inbox:
            return
        host.inbox = []
        jobs = [job for _, admitted in inbox for job in admitted.jobs]
        done = self._world.do(host, "serve", partial(node.sequencer.run, jobs)) if jobs else ()
        if done is None or isinstance(done, str):
            return
        rest = list(done)
        for letter, admitted in inbox:
            mine, rest = rest[: len(admitted.jobs)], rest[len(admitted.jobs) :]
            answer = self._world.do(host, "answer", partial(node.reception.answer, admitted, mine))
            if answer is None:
                return
            if isinstance(answer, bytes):
                self._world.promises.answered(host.party, mine)
            self._reply(letter, answer)
        self.wake(host)

    def _reply(self, letter: Letter, answer: bytes | str) -> None:
        if isinstance(answer, str):
            self._world.after(1, partial(self._answered, letter, answer))
            return
        for delay, raw in self._world.network.carry(letter.sent.peer, letter.sender, answer):
            self._world.after(delay, partial(self._answered, letter, raw))

    def _answered(self, letter: Letter, answer: bytes | str) -> None:
        """An answer that comes late or twice counts as well: a pouch may bring it."""
        seat = self._world.seats[letter.sender]
        node = seat.node
        if node is None or letter.life != seat.life:
            return
        if self._close(seat, letter) or (isinstance(answer, bytes) and self._world.faults.strikes("late")):
            if isinstance(answer, str):
                settled = self._world.do(seat, "failed", partial(node.delivery.failed, letter.sent, answer))
            else:
                settled = self._world.do(seat, "settle", partial(node.delivery.settle, letter.sent, answer))
            if settled is None or isinstance(settled, str):
                return
            self._world.note(
                seat.party,
                f"hears from {letter.sent.peer}: {settled.receipted} proofs, {settled.waiting} wait {settled.reason}",
            )
            self.wake(seat)

    def _give_up(self, letter: Letter) -> None:
        seat = self._world.seats[letter.sender]
        if seat.node is not None and letter.life == seat.life and not letter.closed:
            self._answered(letter, "PEER_TIMEOUT")

    def _close(self, seat: Seat, letter: Letter) -> bool:
        """Whether the letter was open until now."""
        if letter.closed:
            return False
        letter.closed = True
        seat.under_way.pop((letter.sent.peer, letter.sent.lane), None)
        return True
