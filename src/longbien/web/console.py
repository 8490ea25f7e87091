"""What every screen needs: the node, its people, the sessions, and how the console was set up.

What it knows: parts. What it must never know: a page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from longbien.law import Labels
from longbien.node import Assertion, Denied, Node
from longbien.node.comma import comma_table
from longbien.node.evidence_work import Outside
from longbien.node.meetings import Appointment
from longbien.web.ceremony import Ceremonies
from longbien.web.oidc import Provider, SignIn
from longbien.web.outgoing import Outgoing
from longbien.web.pace import Pace
from longbien.web.policy import Level
from longbien.web.sessions import Session, Sessions
from longbien.web.subjects import Subjects
from longbien.web.tickets import Tickets

# A person who signs in tries a few times; somebody who guesses tries often.
TRIES_EACH, TRIES_ALL = 10, 60


class SampleKeys(Protocol):
    """Keys in files that sign for the sample officers of a demonstration; a live node has none."""

    def sign(self, person: bytes, challenge: bytes) -> Assertion | None:
        """The assertion of this person's sample key, `None` where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueClock:
    """A running clock for a calendar outside the node: nothing of a case in it."""

    exchange: str
    clock: str
    labels: Labels
    due_at: int
    statutory: bool
    reminders: tuple[int, ...]
    practice: bool


Calendar = Callable[[Sequence[DueClock], int, str], bytes]
"""How clocks become iCalendar, at a moment (ms), in a language."""

Agenda = Callable[[Sequence[Appointment], int], bytes]
"""How meetings become iCalendar, at a moment (ms)."""


Table = Callable[[bytes, str], Sequence[Sequence[str]] | Denied]
"""The rows of a table in a file with this name, or why it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How the console was set up. `origin` is the address that browsers show; `mode` is the node's. `calendar` and `agenda` are
    `None` where no writer is installed.
    `outside` is `None` where nothing is fetched and no file for a court is made. `files_origin` is where files are handed
    in, "" for the console's own origin. `table` reads tables, by itself those with commas alone. `provider` signs people in besides their passkeys, asked through `outgoing`.
    """

    origin: str
    relying_party: str
    mode: str
    samples: SampleKeys | None = None
    calendar: Calendar | None = None
    agenda: Agenda | None = None
    outside: Outside | None = None
    files_origin: str = ""
    provider: Provider | None = None
    outgoing: Outgoing | None = None
    table: Table = comma_table

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.origin.startswith("https://")

    @property
    def live(self) -> bool:
        """Whether what is done here is real."""
        return self.mode == "live"


BACK: Final = "/sign-in/back"


class Console:
    """The parts of a console."""

    def __init__(self, node: Node, setting: Setting) -> None:
        assert setting.samples is None or not setting.live, "a live node has no sample keys"
        self.node = node
        self.setting = setting
        now, entropy = node.world.now, node.world.entropy
        self.sessions = Sessions(node.store, now=now, entropy=entropy)
        self.subjects = Subjects(node)
        self.tickets = Tickets(now=now, entropy=entropy)
        self.provider = (
            None
            if setting.provider is None
            else SignIn(
                setting.provider,
                setting.outgoing or Outgoing(),
                back=setting.origin + BACK,
                now=now,
                entropy=entropy,
            )
        )
        self.pace = Pace(each=TRIES_EACH, all=TRIES_ALL)
        self.board_pace = Pace(each=TRIES_EACH, all=TRIES_ALL)
        self.ceremonies = Ceremonies(
            relying_party=setting.relying_party,
            origin=setting.origin,
            name=node.directory.own.descriptor.name,
            now=now,
            entropy=entropy,
        )

    def level(self, session: Session) -> int:
        """How sure a session is; where sample keys sign, a code is as good as a passkey, because neither protects anything."""
        if self.setting.samples is not None:
            return max(session.row.level, Level.PASSKEY)
        return session.row.level
