"""Two nodes with a request between them, and officers with different roles at their consoles."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from law import sample
from longbien.exercise.passkey import SoftPasskey
from longbien.node import Sent
from node.pair import HOST, NOW, OFFICE, Pair, pair

from .asgi import ORIGIN, Browser, browser

BODIES = sample.preservation(NOW)


@dataclass
class Keys:
    """Sample keys, as a demonstration has them in files."""

    by_person: dict[bytes, SoftPasskey] = field(default_factory=dict)
    uses: int = 1000

    def sign(self, person: bytes, challenge: bytes):
        self.uses += 1
        key = self.by_person.get(person)
        return None if key is None else key.sign(challenge, self.uses)


@dataclass
class Land:
    """`people` of both sides by (party, name)."""

    two: Pair
    keys: Keys
    people: dict[tuple[str, str], bytes]

    def at(self, party: str, name: str, *, samples: bool = True, **setting) -> Browser:
        side = self.two.sides[party]
        found = browser(side.node, samples=self.keys if samples else None, **setting)
        found.sign_in(self.people[party, name])
        return found

    def opened(self, **changes) -> bytes:
        """A request of VN that has arrived at RU."""
        sent = self.two.vn.act("open", BODIES["open"] | changes, to="RU", procedure="preservation")
        assert isinstance(sent, Sent), sent
        self.two.deliver()
        return sent.exchange

    def close(self) -> None:
        self.two.vn.store.close()
        self.two.ru.store.close()


STAFF = {
    "duty": ("duty",),
    "lawyer": ("lawyer",),
    "approver": ("approver",),
    "investigator": ("investigator",),
    "analyst": ("analyst",),
    "privacy": ("privacy",),
    "auditor": ("auditor",),
    "operator": ("operator",),
}


def land(folder: Path | None = None) -> Land:
    two = pair(folder=folder)
    keys = Keys()
    people = {}
    for party, side in two.sides.items():
        for name, roles in STAFF.items():
            key = SoftPasskey(
                credential=os.urandom(16), secret=os.urandom(32), relying_party=HOST, origin=ORIGIN
            )
            person = side.node.desk.enrol(
                name=f"{name} (invented)",
                office=OFFICE,
                credential=key.credential,
                public_key=key.public_key,
                software=True,
                roles=roles,
            )
            keys.by_person[person] = key
            people[party, name] = person
    return Land(two=two, keys=keys, people=people)
