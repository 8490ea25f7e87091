"""A case as somebody reads it: its exchanges side by side, who takes part with which rights, one timeline, what is named in several of them.

What it knows: how matters, evidence and agreements are put side by side. What it must never do: change one of them, or guess that two names
mean the same; only what is written alike is one.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from longbien.exchange import Standing
from longbien.law import Read, facts
from longbien.law.marks import gone, marked
from longbien.node import holdings
from longbien.node.holdings import Count
from longbien.node.matter import Event, Matter, matter
from longbien.node.node import Node
from longbien.store.case_rows import CaseRow, LinkRow, TaskRow

AGREEMENT: Final = "agreement"
# A picture of more than this helps nobody; the table has all of them.
DRAWN_MAX: Final = 300
ENTITIES_MAX: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """One exchange of a case."""

    link: LinkRow
    matter: Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What a party is in one exchange."""

    exchange: bytes
    title: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A State that takes part in something of the case."""

    party: str
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement among the exchanges of the case: its text, who agreed to it, who has signed it, who left; times in ms."""

    exchange: bytes
    title: str
    stage_label: str
    in_force: bool
    text_version: int
    ends_on: int | None
    parties: tuple[tuple[str, int | None, int | None, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event of one of the exchanges."""

    exchange: bytes
    reference: str
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something that is named: an address, an account, a wallet … and the exchanges that name it."""

    kind: str
    value: str
    exchanges: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file that an act names by its digest."""

    exchange: bytes
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Casework:
    """Everything about a case. `entities` that several exchanges name come first."""

    row: CaseRow
    linked: tuple[Linked, ...]
    members: tuple[Member, ...]
    agreements: tuple[Agreement, ...]
    tasks: tuple[TaskRow, ...]
    timeline: tuple[Happened, ...]
    entities: tuple[Entity, ...]
    evidence: tuple[Count, ...]
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A case in one line."""

    row: CaseRow
    links: int
    open_tasks: int


def listed(node: Node, office: str = "") -> tuple[Listed, ...]:
    """The cases of an office, or of every one, the newest change first."""
    with node.store.transaction() as tx:
        counts = tx.cases.counts()
        return tuple(
            Listed(
                row=row,
                links=counts.get(row.id, 0),
                open_tasks=sum(1 for task in tx.cases.tasks(row.id) if not task.done_at),
            )
            for row in tx.cases.all()
            if office in {"", row.office}
        )


def casework(node: Node, case: bytes, *, language: str = "en", office: str = "") -> Casework | None:
    """A case, `None` where there is none. `office` is the one that would act."""
    with node.store.transaction() as tx:
        row = tx.cases.find(case)
        links, tasks = tx.cases.links(case), tx.cases.tasks(case)
    if row is None:
        return None
    told = ((link, matter(node, link.exchange, language=language, office=office)) for link in links)
    linked = tuple(Linked(link=link, matter=found) for link, found in told if found is not None)
    return Casework(
        row=row,
        linked=linked,
        members=_members(node, linked),
        agreements=tuple(_agreements(node, linked)),
        tasks=tasks,
        timeline=_timeline(linked),
        entities=_entities(linked),
        evidence=tuple(count for each in linked for count in holdings.lots(node, each.link.exchange)),
        papers=tuple(_papers(linked)),
    )


def reference_of(found: Matter) -> str:
    """What an exchange is called: our reference, theirs, or its first digits."""
    line = found.item.line
    return found.item.reference or line.their_reference or line.exchange.hex()[:8]


def _members(node: Node, linked: Sequence[Linked]) -> tuple[Member, ...]:
    rights: dict[str, list[Right]] = {}
    for each in linked:
        for party, role in each.matter.roles:
            right = Right(exchange=each.link.exchange, title=each.matter.title, role=role)
            rights.setdefault(party, []).append(right)
    order = sorted(rights, key=lambda party: (party != node.party, party))
    return tuple(Member(party=party, rights=tuple(rights[party])) for party in order)


def _agreements(node: Node, linked: Sequence[Linked]) -> Iterator[Agreement]:
    with node.store.transaction() as tx:
        rows = tx.exchanges.find({each.link.exchange for each in linked})
    for each in linked:
        row = rows.get(each.link.exchange)
        if row is None:
            continue
        standing = Standing.decode(row.standing)
        rules = node.world.lawbook.rules(standing.procedure, standing.version)
        if rules is None or rules.flow.id != AGREEMENT:
            continue
        data = standing.data
        agreed, signed, left = marked(data, "agree"), marked(data, "sign"), gone(data)
        yield Agreement(
            exchange=row.id,
            title=each.matter.title,
            stage_label=each.matter.stage_label,
            in_force=standing.stage in {"active", "amending"},
            text_version=facts.number(data, "text_version") or 0,
            ends_on=facts.number(data, "ends_on"),
            parties=tuple(
                (party, _time(agreed, party), _time(signed, party), party in left)
                for party in standing.parties
            ),
        )


def _time(marks: Mapping[str, object], party: str) -> int | None:
    at = marks.get(party)
    return at if isinstance(at, int) else None


def _timeline(linked: Sequence[Linked]) -> tuple[Happened, ...]:
    """By the times that were claimed; where two are the same, by the order of each chain."""
    found = [
        Happened(exchange=each.link.exchange, reference=reference_of(each.matter), event=event)
        for each in linked
        for event in each.matter.events
    ]
    return tuple(sorted(found, key=lambda happened: happened.event.at))


def _entities(linked: Sequence[Linked]) -> tuple[Entity, ...]:
    where: dict[tuple[str, str], dict[bytes, None]] = {}
    for each in linked:
        for event in each.matter.events:
            for named in _named(event.body):
                where.setdefault(named, {})[each.link.exchange] = None
    found = [
        Entity(kind=kind, value=value, exchanges=tuple(exchanges))
        for (kind, value), exchanges in where.items()
    ]
    found.sort(key=lambda entity: (-len(entity.exchanges), entity.kind, entity.value))
    return tuple(found[:ENTITIES_MAX])


def _named(body: Sequence[Read]) -> Iterator[tuple[str, str]]:
    """Every value with its kind: records that say of what kind their value is, in whatever act they stand."""
    for read in body:
        parts = {part.name: part for part in read.parts}
        kind, value = parts.get("kind"), parts.get("value")
        if kind is not None and value is not None and isinstance(value.value, str) and value.value.strip():
            yield kind.text or str(kind.value), unicodedata.normalize("NFC", value.value.strip())
        yield from _named(read.parts)
        yield from _named(read.items)


def _papers(linked: Sequence[Linked]) -> Iterator[Paper]:
    for each in linked:
        for event in each.matter.events:
            for name, sha256 in _files(event.body):
                yield Paper(exchange=each.link.exchange, name=name, sha256=sha256)


def _files(body: Sequence[Read]) -> Iterator[tuple[str, str]]:
    for read in body:
        parts = {part.name: part for part in read.parts}
        name, digest = parts.get("name"), parts.get("sha256")
        if name is not None and digest is not None:
            found = digest.value
            yield (
                str(name.value),
                str(found["$hex"] if isinstance(found, dict) and "$hex" in found else found),
            )
        yield from _files(read.parts)
        yield from _files(read.items)
