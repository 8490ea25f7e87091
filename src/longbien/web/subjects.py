"""What an address names, as a policy wants to know it: whose it is for the person who asks, and where it stands.

What it knows: exchanges, drafts, half-filled forms, orders and sessions of training of this node, and which of its offices take part in an exchange. What it must never
know: what the person wants with it.
"""

from collections.abc import Mapping
from typing import Final

from longbien.exchange import Standing
from longbien.node import Node, holdings, telling
from longbien.node.handling import handled
from longbien.store.exchange_rows import ExchangeRow
from longbien.web.asked import hex_bytes
from longbien.web.policy import Facts, Ownership, Subject, Where
from longbien.web.sessions import Session

_KEPT_MAX: Final = 4096


class Subjects:
    """Looks up what addresses name."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._offices: dict[tuple[bytes, int], frozenset[str]] = {}

    def about(
        self, subject: Subject, params: Mapping[str, str], session: Session
    ) -> tuple[Facts | None, bytes | None]:
        """The facts, and the exchange that it is or belongs to; nothing where there is no such thing. Raises `NotThere`."""
        match subject:
            case Subject.EXCHANGE:
                exchange = hex_bytes(params["exchange"], 16)
                return self._exchange(exchange, session), exchange
            case Subject.DRAFT:
                return self._draft(hex_bytes(params["draft"], 16), session)
            case Subject.SHEET:
                return self._sheet(hex_bytes(params["sheet"], 16), session)
            case Subject.EVIDENCE:
                return self._evidence(hex_bytes(params["manifest"], 16), session)
            case Subject.CASE:
                return self._case(hex_bytes(params["case"], 16), session), None
            case Subject.ORDER:
                return self._order(hex_bytes(params["order"], 16), session)
            case Subject.TRAINING:
                return self._training(hex_bytes(params["training"], 16), session)
            case Subject.NOTHING:
                return None, None

    def offices(self, row: ExchangeRow) -> frozenset[str]:
        """Our offices that take part in an exchange; none where it does not say, and then every office does."""
        key = (row.id, row.position)
        if key not in self._offices:
            if len(self._offices) >= _KEPT_MAX:
                self._offices.clear()
            self._offices[key] = self._taking_part(row)
        return self._offices[key]

    def in_office(self, exchange: bytes, office: str) -> bool:
        """Whether an exchange is one of this office."""
        with self._node.store.transaction() as tx:
            row = tx.exchanges.find([exchange]).get(exchange)
        offices = frozenset[str]() if row is None else self.offices(row)
        return not offices or office in offices

    def _taking_part(self, row: ExchangeRow) -> frozenset[str]:
        own = self._node.party
        steps = telling.taken(self._node, row)
        said = {step.act.office for step in steps if step.author.party == own}
        named = {Standing.decode(row.standing).data.get("to_office")}
        if steps:
            opening = steps[0]
            side = "from_office" if opening.author.party == own else "to_office"
            named.add(opening.act.body.get(side))
        offices = self._node.directory.own.descriptor.offices
        said |= {office.id for office in offices if office.name in named or office.id in named}
        return frozenset(said)

    def _exchange(self, exchange: bytes, session: Session) -> Facts | None:
        node, officer = self._node, session.officer
        with node.store.transaction() as tx:
            row = tx.exchanges.find([exchange]).get(exchange)
            line = tx.queue.find([exchange]).get(exchange)
        if row is None and line is None:
            return None
        if not self.in_office(exchange, officer.office):
            return Facts(ownership=Ownership.OTHER_OFFICE, where=Where.OPEN)
        owner = handled(node, exchange).owner
        ownership = (
            Ownership.FREE
            if owner is None
            else Ownership.MINE
            if owner == officer.person
            else Ownership.COLLEAGUE
        )
        return Facts(ownership=ownership, where=Where.OPEN if row is None else self._where(row))

    def _where(self, row: ExchangeRow) -> Where:
        if row.quarantine is not None:
            return Where.QUARANTINED
        standing = Standing.decode(row.standing)
        rules = self._node.world.lawbook.rules(standing.procedure, standing.version)
        ended = rules is not None and rules.flow.stages[row.stage].terminal
        return Where.ENDED if ended else Where.OPEN

    def _draft(self, identifier: bytes, session: Session) -> tuple[Facts | None, bytes | None]:
        with self._node.store.transaction() as tx:
            row = tx.desk.draft(identifier)
        if row is None:
            return None, None
        mine = Ownership.MINE if row.drafter == session.officer.person else Ownership.COLLEAGUE
        ownership = mine if row.office == session.officer.office else Ownership.OTHER_OFFICE
        where = Where.OPEN if row.statement is None else Where.ENDED
        return Facts(ownership=ownership, where=where), row.exchange

    def _evidence(self, manifest: bytes, session: Session) -> tuple[Facts | None, bytes | None]:
        """A manifest is its exchange's; while there is no such exchange yet, it is the office's that makes it ready."""
        found = holdings.place(self._node, manifest)
        if found is None:
            return None, None
        exchange, office = found
        facts = self._exchange(exchange, session)
        if facts is None:
            here = office == session.officer.office
            facts = Facts(ownership=Ownership.FREE if here else Ownership.OTHER_OFFICE, where=Where.OPEN)
        return facts, exchange

    def _case(self, identifier: bytes, session: Session) -> Facts | None:
        with self._node.store.transaction() as tx:
            row = tx.cases.find(identifier)
        if row is None:
            return None
        here = row.office == session.officer.office
        return Facts(
            ownership=Ownership.FREE if here else Ownership.OTHER_OFFICE,
            where=Where.ENDED if row.closed_at else Where.OPEN,
        )

    def _order(self, identifier: bytes, session: Session) -> tuple[Facts | None, bytes | None]:
        with self._node.store.transaction() as tx:
            row = tx.orders.order(identifier)
        if row is None:
            return None, None
        mine = Ownership.MINE if row.made_by == session.officer.person else Ownership.COLLEAGUE
        ownership = mine if row.office == session.officer.office else Ownership.OTHER_OFFICE
        where = Where.OPEN if row.closed_at is None else Where.ENDED
        return Facts(ownership=ownership, where=where), row.exchange

    def _training(self, identifier: bytes, session: Session) -> tuple[Facts | None, bytes | None]:
        """An own session is its office's; one to which States are invited is an exchange."""
        with self._node.store.transaction() as tx:
            row = tx.trainings.training(identifier)
        if row is None:
            return self._exchange(identifier, session), identifier
        here = row.office == session.officer.office
        return Facts(ownership=Ownership.FREE if here else Ownership.OTHER_OFFICE, where=Where.OPEN), None

    def _sheet(self, identifier: bytes, session: Session) -> tuple[Facts | None, bytes | None]:
        with self._node.store.transaction() as tx:
            row = tx.people.sheet(identifier)
        if row is None:
            return None, None
        mine = row.person == session.officer.person
        ownership = Ownership.MINE if mine else Ownership.OTHER_OFFICE
        return Facts(ownership=ownership, where=Where.OPEN), row.exchange
