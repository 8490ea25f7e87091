"""What can be put before the sequencer, and what comes back.

What it knows: the shapes. What it must never know: how they are carried out. A job holds only what has been verified
already: signatures, receipts and approvals are checked before, so that nothing slow happens inside the transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass

from longbien.exchange import Act, Author
from longbien.ledger.records import Entry
from longbien.node.book import Leaf
from longbien.node.evidence.naming import Named
from longbien.store.database import Transaction
from longbien.store.outbox_rows import OutboxRow
from longbien.wire.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """An act of this State, signed and ready: the host orders it at once, everybody else queues it for the host.

    `names` are manifests of this node that go with it.
    """

    statement: Statement
    act: Act
    author: Author
    draft: bytes | None
    host: str
    names: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A verified statement of another party for this host to order."""

    statement: Statement
    act: Act
    author: Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """A verified statement whose payload makes no sense; `fault` is the code. It is answered, and hurts nobody (P11)."""

    statement: Statement
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEntry:
    """A verified entry of another host, with its act."""

    statement: Statement
    act: Act
    author: Author
    entry: Entry
    host: str
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A verified receipt for something in the outbox: the peer has it, durably (P1).

    `kind` is what the receipt proves; `record` is the host's entry when it gave an act of ours its place.
    """

    row: OutboxRow
    receipt: bytes
    kind: str
    record: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Anything else: the leaf that it deserves, if any, and what is written with it in the same transaction.

    With a `subject` (32 bytes) it happens once: a second job about the same subject gets the first one's leaf. What has to go
    together with what is there already says so by `fits`, a code or "": it is asked in that transaction, after everything
    before it that asked too.
    """

    leaf: Leaf | None
    write: Callable[[Transaction], None]
    subject: bytes | None = None
    fits: Callable[[Transaction], str] | None = None


Job = Own | Proposal | Poison | HostEntry | Settled | Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class InLedger:
    """It is durable; its (first) leaf stands at `position`. `code` is empty, or why the host said no."""

    position: int
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """Nothing was stored; the sender keeps it and comes again. `code` says what is missing."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """It is durable, and nobody is owed a receipt for it."""


Outcome = InLedger | NotYet | Noted
