"""Rows of duty: rosters and policies as they were written, addresses of persons, hand-overs.

What it knows: texts and versions. What it must never know: what a roster says. A version is never changed, so that who was on duty at
some hour of last month can be answered from what was in force then.
"""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select

from longbien.store.duty_schema import contacts, duty_plans, handovers
from longbien.store.kept import columns_of

Kind = Literal["roster", "policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A roster or policy of an office, in force from `made_at` (ms) until the next one. `version` is the number that the store gave it, 0 before
    that.
    """

    office: str
    kind: str
    text: str
    made_at: int
    by: bytes
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRow:
    """What was handed over (det CBOR), from whom to whom, and the assertion (det CBOR) of each over the digest."""

    digest: bytes
    office: str
    at: int
    written: bytes
    leaves: bytes
    comes: bytes
    first: bytes
    second: bytes


class DutyRows:
    """Duty's part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_plan(self, row: PlanRow) -> None:
        """This is in force from now on."""
        columns = columns_of(row)
        del columns["version"]
        self._connection.execute(insert(duty_plans), columns)

    def plan(self, office: str, kind: Kind, at: int | None = None) -> PlanRow | None:
        """What is in force for an office, or was at an instant (ms)."""
        query = (
            select(duty_plans)
            .where(duty_plans.c.office == office, duty_plans.c.kind == kind)
            .order_by(duty_plans.c.id.desc())
            .limit(1)
        )
        if at is not None:
            query = query.where(duty_plans.c.made_at <= at)
        row = self._connection.execute(query).first()
        return None if row is None else _plan(row)

    def plans(self, office: str, kind: Kind) -> tuple[PlanRow, ...]:
        """Every version, the newest first."""
        query = select(duty_plans).where(duty_plans.c.office == office, duty_plans.c.kind == kind)
        return tuple(map(_plan, self._connection.execute(query.order_by(duty_plans.c.id.desc()))))

    def offices(self, kind: Kind) -> tuple[str, ...]:
        """The offices that have one."""
        query = select(duty_plans.c.office).where(duty_plans.c.kind == kind).distinct()
        return tuple(sorted(self._connection.execute(query).scalars()))

    def reach(self, person: bytes, channel: str, address: str) -> None:
        """A person is reached there over a channel; nowhere with an empty address."""
        self._connection.execute(
            delete(contacts).where(contacts.c.person == person, contacts.c.channel == channel)
        )
        if address:
            values = {"person": person, "channel": channel, "address": address}
            self._connection.execute(insert(contacts), values)

    def addresses(self) -> dict[bytes, dict[str, str]]:
        """Channels and addresses of every person who has any."""
        found: dict[bytes, dict[str, str]] = {}
        for row in self._connection.execute(select(contacts)):
            found.setdefault(bytes(row.person), {})[row.channel] = row.address
        return found

    def add_handover(self, row: HandoverRow) -> None:
        """It is signed by both."""
        self._connection.execute(insert(handovers), columns_of(row))

    def handover(self, digest: bytes) -> HandoverRow | None:
        """One of them."""
        row = self._connection.execute(select(handovers).where(handovers.c.digest == digest)).first()
        return None if row is None else _handover(row)

    def handovers(self, office: str, *, limit: int = 50) -> tuple[HandoverRow, ...]:
        """The newest hand-overs of an office, the newest first."""
        query = (
            select(handovers).where(handovers.c.office == office).order_by(handovers.c.at.desc()).limit(limit)
        )
        return tuple(map(_handover, self._connection.execute(query)))


def _plan(row: Any) -> PlanRow:
    return PlanRow(
        office=row.office,
        kind=row.kind,
        text=row.text,
        made_at=int(row.made_at),
        by=bytes(row.by),
        version=int(row.id),
    )


def _handover(row: Any) -> HandoverRow:
    return HandoverRow(
        digest=bytes(row.digest),
        office=row.office,
        at=int(row.at),
        written=bytes(row.written),
        leaves=bytes(row.leaves),
        comes=bytes(row.comes),
        first=bytes(row.first),
        second=bytes(row.second),
    )
