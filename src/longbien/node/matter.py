"""A matter: everything about one exchange that a screen or a program shows, in the words of the reader's language.

What it knows: where the exchange stands, what happened in it, what this office may do next, and where everything was proved. What it must
never know: screens or HTTP. It decides nothing: what may be done is judged again when it is done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from longbien.exchange import Act, Author, Followed, Standing, ahead, retrace
from longbien.law import Clock, Read, Rules, reading, worded
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.records import Entry, Proposed, Received, Rejection
from longbien.node import queueing, telling
from longbien.node.handling import Handled, handled
from longbien.node.node import Node
from longbien.node.origin import ACCEPTED, DONE
from longbien.node.provenance import Provenance, provenance
from longbien.node.queue import Item, items
from longbien.node.telling import Taken, taken
from longbien.store import Transaction
from longbien.store.exchange_rows import ExchangeRow
from longbien.wire import statement

# Which acts are a human's yes; the machine's is a receipt, the law's and the last one stand in `origin`.
ACKNOWLEDGED = frozenset(queueing.ACKNOWLEDGING)
LAW, ASKED, TARGET = "law", "asked", "target"
# The fact from which a clock counts that the other side has asked for.
ASKED_FACT = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """The four that never share a word: when (ms) each was first said, `None` while it was not."""

    delivered: int | None
    acknowledged: int | None
    accepted: int | None
    done: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A running clock. `set_by` is law, asked (by the other side) or target; only the first is an article's."""

    clock: str
    label: str
    set_by: str
    due_at: int
    article: str
    article_checked: bool
    reminders: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a node proved about an act. `kind`: entry (it has its place), received (it was taken over), rejection; `code` says why not;
    `leaf` is its place in the ledger of `by`.
    """

    by: str
    kind: str
    code: str
    leaf: int
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Why an act has not arrived at a party yet; `next_try_at` in ms."""

    party: str
    reason: str
    tries: int
    next_try_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, in the order of the chain; then what waits and what was refused.

    `kind`: act, waiting (sent by us, no place yet), refused (sent by us, `code` says why the host gave it no place). `place` is 0
    without one. `doubts` are codes of this node's own treaty data against an act that stands (decision 0009).
    """

    kind: str
    place: int
    at: int
    party: str
    office: str
    act: str
    label: str
    persons: int
    digest: bytes
    code: str
    body: tuple[Read, ...]
    proofs: tuple[Proof, ...]
    waiting: tuple[Waiting, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """An act of this side: open to be written, or closed with the `code` and `detail` of the first thing against it; `stages` are the
    labels of those in which it has a place. `persons` approve it.
    """

    act: str
    label: str
    help: str
    persons: int
    open: bool
    code: str
    detail: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One exchange for one reader. `stage` is "" while our opening waits for its host. `opening` is who stands behind it, `None` where
    its rules are unknown here. `practice`: a node of it does not run live.
    """

    item: Item
    handled: Handled
    title: str
    article: str
    article_checked: bool
    stage_label: str
    stage_help: str
    terminal: bool
    roles: tuple[tuple[str, str], ...]
    host: str
    practice: bool
    quarantine: str | None
    opening: Provenance | None
    yes: Yes
    clocks: tuple[Due, ...]
    events: tuple[Event, ...]
    next: tuple[Next, ...]
    drafts: tuple[bytes, ...]


def matter(node: Node, exchange: bytes, *, language: str = "en", office: str = "") -> Matter | None:
    """Everything about an exchange, or `None` where there is none. `office` is the one that would act; "" judges for none."""
    with node.store.transaction() as tx:
        line = tx.queue.find([exchange]).get(exchange)
        row = tx.exchanges.find([exchange]).get(exchange)
    if line is None:
        return None
    rules = node.world.lawbook.rules(line.procedure, line.version)
    standing = None if row is None else Standing.decode(row.standing)
    steps = () if row is None else taken(node, row)
    told = _Told(rules=rules, language=language, doubts=_doubts(node, steps))
    with node.store.transaction() as tx:
        (item,) = items(tx, (line,))
        events = (
            *(_event(tx, told, step.act, step.author, step.digest, entry=step.entry) for step in steps),
            *_unplaced(node, tx, told, exchange, steps),
        )
        opening = provenance(node, tx, steps[0], rules) if steps and rules is not None else None
        drafts = tuple(draft.id for draft in tx.desk.open_drafts() if draft.exchange == exchange)
    stage = None if standing is None or rules is None else rules.flow.stages[standing.stage]
    return Matter(
        item=item,
        handled=handled(node, exchange),
        title=line.procedure if rules is None else worded(rules.labels, language),
        article="" if rules is None else rules.article,
        article_checked=rules is not None and rules.article_checked is True,
        stage_label="" if stage is None else worded(stage.labels, language),
        stage_help="" if stage is None else worded(stage.help, language),
        terminal=stage is not None and stage.terminal,
        roles=() if standing is None else standing.roles,
        host="" if standing is None else standing.host,
        practice=row is not None and not telling.is_live(node, row),
        quarantine=None if row is None else row.quarantine,
        opening=opening,
        yes=_yes(events, own=node.party),
        clocks=()
        if standing is None or rules is None
        else tuple(_due(clock, rules, language) for clock in standing.clocks),
        events=events,
        next=() if standing is None or rules is None else _next(node, standing, rules, office, language),
        drafts=drafts,
    )


def behind(node: Node, row: ExchangeRow) -> tuple[Provenance, ...]:
    """Who stands behind every step of an exchange, in order."""
    steps = taken(node, row)
    standing = Standing.decode(row.standing)
    rules = node.world.lawbook.rules(standing.procedure, standing.version)
    if rules is None:
        return ()
    with node.store.transaction() as tx:
        return tuple(provenance(node, tx, step, rules) for step in steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where one act is; `leaf` is its place in our own ledger, `None` where it came from elsewhere and stands under its entry."""

    leaf: int | None
    proofs: tuple[Proof, ...]
    waiting: tuple[Waiting, ...]


def delivery(node: Node, digest: bytes) -> Delivery | None:
    """Where the act of this statement is; `None` where there is no such statement here."""
    with node.store.transaction() as tx:
        raw = tx.ledger.statement(digest)
        if raw is None:
            return None
        own = tx.exchanges.outcomes([digest]).get(digest)
        return Delivery(
            leaf=None if own is None else own.leaf,
            proofs=_proofs(tx, digest),
            waiting=_waiting(tx, digest, statement.parse(raw).subject),
        )


def _doubts(node: Node, steps: Sequence[Taken]) -> dict[int, tuple[str, ...]]:
    chain = [(step.act, step.digest, step.author, step.entry) for step in steps]
    return {
        place: tuple(doubt.code for doubt in result.doubts)
        for place, result in enumerate(retrace(node.rules_of, chain), start=1)
        if isinstance(result, Followed)
    }


def _event(
    tx: Transaction, told: "_Told", act: Act, author: Author, digest: bytes, *, entry: Entry | None
) -> Event:
    """An act with what became of it; without an `entry` it waits for its host, or was refused."""
    proofs = _proofs(tx, digest)
    code = next((proof.code for proof in proofs if proof.kind == Rejection.kind), "")
    kind = "act" if entry is not None else "refused" if code else "waiting"
    return Event(
        kind=kind,
        place=0 if entry is None else entry.position,
        at=act.made_at if entry is None else entry.at,
        party=author.party,
        office=act.office,
        act=act.name,
        label=told.label(act.name),
        persons=act.persons,
        digest=digest,
        code=code,
        body=told.body(act),
        proofs=proofs,
        waiting=_waiting(tx, digest, act.exchange),
        doubts=() if entry is None else told.doubts.get(entry.position, ()),
    )


def _unplaced(
    node: Node, tx: Transaction, told: "_Told", exchange: bytes, steps: Sequence[Taken]
) -> Iterator[Event]:
    """Acts of ours that have no place: on their way, or refused by their host."""
    placed = {step.digest for step in steps}
    for outcome in tx.exchanges.outcomes_of(exchange):
        if outcome.kind != Proposed.kind or outcome.subject in placed:
            continue
        raw = tx.ledger.statement(outcome.subject)
        assert raw is not None, "an act that was proposed is kept"
        act, author = node.read_act(raw)
        yield _event(tx, told, act, author, outcome.subject, entry=None)


def _proofs(tx: Transaction, digest: bytes) -> tuple[Proof, ...]:
    found = []
    for row in tx.exchanges.receipts_for(digest):
        receipt = receipts.decode(row.receipt)
        record = records.decode(receipt.record)
        code = record.code if isinstance(record, Rejection) else ""
        if isinstance(record, Received) and record.verdict != records.APPLIED:
            code = record.verdict
        found.append(Proof(by=row.issuer, kind=record.kind, code=code, leaf=receipt.index, at=row.at))
    return tuple(found)


def _waiting(tx: Transaction, digest: bytes, exchange: bytes) -> tuple[Waiting, ...]:
    """Why it waits: because the peer cannot be reached, or because of what the peer said about it."""
    rows = [row for row in tx.outbox.all(exchange=exchange) if row.subject == digest]
    links = {row.party: row for row in tx.peers.all()} if rows else {}
    return tuple(
        Waiting(
            party=row.peer,
            reason=links[row.peer].reason or row.reason,
            tries=row.tries + links[row.peer].tries,
            next_try_at=max(row.next_at, links[row.peer].next_at),
        )
        for row in rows
    )


def _yes(events: Sequence[Event], own: str) -> Yes:
    """Delivered: the opening stands in the ledger of both sides. The rest: the first act of that kind."""
    opening = events[0] if events else None
    delivered = None
    if opening is not None and opening.kind == "act":
        proved = [proof.at for proof in opening.proofs if not proof.code]
        delivered = opening.at if opening.party != own else min(proved, default=None)
    placed = [event for event in events if event.kind == "act"]

    def first(acts: frozenset[str]) -> int | None:
        return next((event.at for event in placed if event.act in acts), None)

    return Yes(
        delivered=delivered, acknowledged=first(ACKNOWLEDGED), accepted=first(ACCEPTED), done=first(DONE)
    )


def _due(clock: Clock, rules: Rules, language: str) -> Due:
    rule = rules.clocks[clock.id]
    return Due(
        clock=clock.id,
        label=worded(rule.labels, language),
        set_by=LAW if clock.statutory else ASKED if rule.start == ASKED_FACT else TARGET,
        due_at=clock.due_at,
        article=rule.article,
        article_checked=rule.article_checked is True,
        reminders=clock.reminders,
    )


def _next(node: Node, standing: Standing, rules: Rules, office: str, language: str) -> tuple[Next, ...]:
    author = Author(party=node.party, offices=node.directory.offices(node.party, office))
    return tuple(
        Next(
            act=item.act,
            label=worded(rules.acts[item.act].labels, language),
            help=worded(rules.acts[item.act].help, language),
            persons=rules.acts[item.act].persons,
            open=item.refusal is None,
            code="" if item.refusal is None else item.refusal.code,
            detail="" if item.refusal is None else item.refusal.detail,
            stages=tuple(worded(rules.flow.stages[stage].labels, language) for stage in item.stages),
        )
        for item in ahead(rules, standing, author, at=node.world.now())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """The words of one exchange in one language, and the doubts by place."""

    rules: Rules | None
    language: str
    doubts: Mapping[int, tuple[str, ...]]

    def label(self, act: str) -> str:
        return act if self.rules is None else worded(self.rules.acts[act].labels, self.language)

    def body(self, act: Act) -> tuple[Read, ...]:
        return () if self.rules is None else reading(self.rules, act.name, act.body, self.language)
