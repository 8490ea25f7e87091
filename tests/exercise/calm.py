"""A world without chance: two nodes, no faults but those that a test brings."""

from longbien.exercise.seat import Seat
from longbien.exercise.world import SimulatedWorld


class CalmWorld(SimulatedWorld):
    """Everybody is up; nothing goes wrong of itself; nobody acts unless told."""

    def __init__(self, seed: int = 0, *, nodes: int = 2) -> None:
        super().__init__(seed, nodes=nodes)
        self.faults.heal()
        for seat in self.seats.values():
            self.start(seat)

    def open(self, seat: Seat) -> bytes:
        """A new request of this State, sent; the exchange."""
        self.carry_out(seat, self.intent(seat, b""))
        return list(self.exchanges)[-1]
