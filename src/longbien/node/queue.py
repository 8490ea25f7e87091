"""The queue: the exchanges of this node in the views that officers work from, and one search over all of them.

What it knows: which key each view goes by, and how a page continues. What it must never know: screens or HTTP; console and API ask here.
Every view is read along an index that was made for it, and counts stop at `COUNT_MAX`, so a page costs the same with a hundred exchanges
and with a hundred thousand.
"""

import base64
from dataclasses import dataclass, replace

from longbien.exchange import Draft
from longbien.law.instants import DAY
from longbien.node import finding, queueing
from longbien.node.node import Node
from longbien.node.searching import Asked, read
from longbien.store import Transaction
from longbien.store.desk_rows import DraftRow
from longbien.store.queue_rows import Listed, QueueRow
from longbien.wire import cbor
from longbien.wire.cbor import Malformed

COUNT_MAX = 100
PAGE_MAX = 200
EXPIRING_DAYS = 14
# A search looks at so many lines for one page; then it gives what it found, and a cursor that goes on from there.
SEARCHED_AT_ONCE = 256
SEARCHED_MAX = 4096
RARE_MAX = 64
BEGINNINGS_MAX = 24
# A view that somebody narrowed is counted among so many of its first lines.
COUNTED_AMONG = 2000

APPROVAL = "approval"
# The built-in views, in the order in which they are shown.
VIEWS = (
    "acknowledge",
    "mine",
    APPROVAL,
    "ours",
    "theirs",
    "due",
    "expiring",
    "snoozed",
    "sent",
    "everything",
)


# What a view is ordered by: its own key, or the last change or the opening, the newest first.
ORDERS = ("view", "changed", "opened")
_KEYS = {"changed": "changed_at", "opened": "number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who asks: the officer's pseudonym and office, empty for a program; `day_ends` (ms) is the end of the reader's own day, of the day in UTC
    where nobody says it.
    """

    person: bytes = b""
    office: str = ""
    day_ends: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a page shows. `search` is what stands in the box; `changed_since` (ms) gives what changed since then, oldest change first.
    `order` is one of `ORDERS`; what words find comes youngest first, and what is read along by changes in their order.
    """

    view: str = "everything"
    search: str = ""
    order: str = "view"
    changed_since: int | None = None
    limit: int = 50
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line as people see it; `draft` is set where it stands for something that waits for approval. `reference` is ours."""

    line: QueueRow
    reference: str
    tags: tuple[str, ...]
    draft: bytes | None = None
    act: str = ""
    approvals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines in order; `cursor` goes on behind them, "" at the end."""

    items: tuple[Item, ...]
    cursor: str


def page(node: Node, reader: Reader, wish: Wish) -> Page:
    """One page of a view.

    Raises:
        Malformed: VIEW_UNKNOWN, ORDER_UNKNOWN, CURSOR_INVALID.
    """
    if wish.view not in VIEWS:
        raise Malformed("VIEW_UNKNOWN", wish.view)
    if wish.order not in ORDERS:
        raise Malformed("ORDER_UNKNOWN", wish.order)
    limit = max(1, min(wish.limit, PAGE_MAX))
    asked = read(wish.search)
    with node.store.transaction() as tx:
        if wish.view == APPROVAL:
            return Page(items=waiting(tx, reader, node), cursor="")
        listed = _listed(node, reader, wish, asked)
        if asked.words or asked.beginnings:
            finding.complete(tx)
            lines, cursor = _searched(tx, listed, asked, _from(wish.cursor), limit)
        else:
            lines, cursor = _read(tx, listed, _from(wish.cursor), limit)
        return Page(items=items(tx, lines), cursor=cursor)


def counts(node: Node, reader: Reader) -> dict[str, int]:
    """How many lines each view has, by view; `COUNT_MAX` stands for that many and more."""
    wishes = {view: _seen(node, reader, view) for view in VIEWS if view != APPROVAL}
    with node.store.transaction() as tx:
        found = tx.queue.counted(wishes, most=COUNT_MAX)
        found[APPROVAL] = min(len(waiting(tx, reader, node)), COUNT_MAX)
    return {view: found[view] for view in VIEWS}


def count(node: Node, reader: Reader, wish: Wish) -> tuple[int, bool]:
    """How many lines a narrowed view has among its first ones, and whether that is all of them."""
    asked = read(wish.search)
    with node.store.transaction() as tx:
        if wish.view == APPROVAL:
            found = len(waiting(tx, reader, node))
            return min(found, COUNT_MAX), found <= COUNT_MAX
        listed = _listed(node, reader, replace(wish, order="view"), asked)
        if not (asked.words or asked.beginnings):
            found, whole = tx.queue.looked(listed, look=COUNTED_AMONG)
        else:
            finding.complete(tx)
            lines, cursor = _searched(tx, listed, asked, None, COUNT_MAX, most=SEARCHED_AT_ONCE)
            found, whole = len(lines), not cursor
    return min(found, COUNT_MAX), whole and found <= COUNT_MAX


def items(tx: Transaction, lines: tuple[QueueRow, ...]) -> tuple[Item, ...]:
    """Lines with what this office noted beside them."""
    ids = [line.exchange for line in lines]
    handled, tags = tx.queue.handled(ids), tx.queue.tags_of(ids)
    return tuple(
        Item(
            line=line,
            reference=handled[line.exchange].reference
            if line.exchange in handled and handled[line.exchange].reference
            else line.our_reference,
            tags=tags.get(line.exchange, ()),
        )
        for line in lines
    )


def waiting(tx: Transaction, reader: Reader, node: Node) -> tuple[Item, ...]:
    """Drafts of the reader's office that the reader has not approved yet, oldest first; of every office for a program."""
    drafts = [row for row in tx.desk.open_drafts() if reader.office in {"", row.office}]
    approvals = tx.desk.approvals_of(row.id for row in drafts)
    people = {row.id: {approval.person for approval in approvals.get(row.id, ())} for row in drafts}
    drafts = [row for row in drafts if not reader.person or reader.person not in people[row.id]]
    known = {
        item.line.exchange: item for item in items(tx, tuple(tx.queue.find(_exchanges(drafts)).values()))
    }
    found = []
    for row in drafts:
        item = known.get(row.exchange) or _opening(row, node)
        if item is not None:
            found.append(replace(item, draft=row.id, act=row.act, approvals=len(people[row.id])))
    return tuple(found)


def _exchanges(drafts: list[DraftRow]) -> list[bytes]:
    return sorted({row.exchange for row in drafts})


def _opening(row: DraftRow, node: Node) -> Item | None:
    """What an exchange would look like that is not opened yet."""
    draft = Draft.decode(row.draft)
    if draft.opening is None:
        return None
    rules = node.world.lawbook.rules(draft.opening.procedure, draft.opening.version)
    act = draft.act(seen_position=0, seen_head=bytes(32), made_at=row.created_at, approvals=())
    moment = queueing.Moment(number=0, now=row.created_at)
    line = queueing.sent(None, act, rules, own=node.party, at=moment)
    if line is None:
        return None
    line = replace(line, turn=queueing.OURS, theirs_key=None, sent_key=None)
    return Item(line=line, reference=line.our_reference, tags=())


def offices(node: Node, line: QueueRow) -> tuple[str, ...]:
    """Our offices that a line names, by id; none where it names none, and then every office sees it."""
    named = line.offices.split("\n")
    return tuple(
        office.id
        for office in node.directory.own.descriptor.offices
        if office.id in named or " ".join(office.name.split()) in named
    )


def _seen(node: Node, reader: Reader, view: str) -> Listed:
    """A view as the reader's office sees it; where there is one office alone, everything is its own."""
    listed = _view(view, reader, node.world.now())
    offices = node.directory.own.descriptor.offices
    if not reader.office or len(offices) < 2:
        return listed
    every = [(office.id, " ".join(office.name.split())) for office in offices]
    mine = next((names for names in every if names[0] == reader.office), (reader.office,))
    return replace(listed, offices=(mine, tuple(name for names in every for name in names)))


def _view(view: str, reader: Reader, now: int) -> Listed:
    day_ends = (now // DAY + 1) * DAY if reader.day_ends is None else reader.day_ends
    views = {
        "acknowledge": Listed(order="acknowledge_key"),
        "mine": Listed(order="open_key", where=(("owner", reader.person),)),
        "ours": Listed(order="ours_key"),
        "theirs": Listed(order="theirs_key"),
        "due": Listed(order="due_at", until=now + DAY),
        "expiring": Listed(order="expires_key", until=now + EXPIRING_DAYS * DAY),
        "snoozed": Listed(order="snoozed_until", until=day_ends),
        "sent": Listed(order="sent_key", since=day_ends - DAY, newest_first=True),
        "everything": Listed(order="changed_at", newest_first=True),
    }
    return views[view]


def _listed(node: Node, reader: Reader, wish: Wish, asked: Asked) -> Listed:
    now = node.world.now()
    listed = _seen(node, reader, wish.view)
    if wish.changed_since is not None and wish.view == "everything":
        # Whoever reads along must miss nothing that moves meanwhile: it moves to the end.
        listed = replace(listed, newest_first=False, since=wish.changed_since)
    elif wish.changed_since is not None:
        listed = replace(listed, changed_since=wish.changed_since)
    elif wish.order in _KEYS:
        held = (listed.order, listed.since, listed.until)
        listed = replace(
            listed, order=_KEYS[wish.order], newest_first=True, since=None, until=None, also=(held,)
        )
    where = (*listed.where, *asked.columns)
    if asked.owner is not None:
        where = (*where, ("owner", _person(asked.owner, reader)))
    due_until = None if asked.due_within is None else now + asked.due_within
    return replace(listed, where=where, due_until=due_until)


def _person(text: str, reader: Reader) -> bytes | None:
    if text in {"none", ""}:
        return None
    try:
        return reader.person if text == "me" else bytes.fromhex(text)
    except ValueError:
        # Nobody has this pseudonym.
        return b"?"


def _read(
    tx: Transaction, listed: Listed, after: tuple[int, bytes] | None, limit: int
) -> tuple[tuple[QueueRow, ...], str]:
    lines = tx.queue.listed(replace(listed, after=after), limit=limit + 1)
    if len(lines) <= limit:
        return lines, ""
    last = lines[limit - 1]
    return lines[:limit], _cursor(getattr(last, listed.order), last.exchange)


def _searched(
    tx: Transaction,
    listed: Listed,
    asked: Asked,
    after: tuple[int, bytes] | None,
    limit: int,
    *,
    most: int = SEARCHED_MAX,
) -> tuple[tuple[QueueRow, ...], str]:
    """Lines that every word finds, youngest first: along the word that finds fewest, the others asked about those alone."""
    meant: list[tuple[str, ...]] = [(word,) for word in asked.words]
    meant += [tx.queue.begins(beginning, limit=BEGINNINGS_MAX) for beginning in asked.beginnings]
    if not all(meant):
        return (), ""
    before = queueing.NEVER if after is None else after[0]
    rarest = meant[0]
    if len(meant) > 1:
        rarest = min(meant, key=lambda group: len(_numbers(tx, group, queueing.NEVER, RARE_MAX)))
    others = [group for group in meant if group is not rarest]
    found: list[QueueRow] = []
    for _ in range(most // SEARCHED_AT_ONCE):
        numbers = _numbers(tx, rarest, before, SEARCHED_AT_ONCE)
        if not numbers:
            return tuple(found), ""
        before = numbers[-1]
        left: frozenset[int] = frozenset(numbers)
        for group in others:
            left = tx.queue.among(left, group) if left else left
        found += tx.queue.numbered(left, listed, limit=limit + 1 - len(found)) if left else ()
        if len(found) > limit:
            return tuple(found[:limit]), _cursor(found[limit - 1].number, b"")
        if len(numbers) < SEARCHED_AT_ONCE:
            return tuple(found), ""
    return tuple(found), _cursor(before, b"")


def _numbers(tx: Transaction, group: tuple[str, ...], before: int, limit: int) -> list[int]:
    """The youngest lines that any of these words finds, youngest first."""
    found = {number for word in group for number in tx.queue.numbers(word, before=before, limit=limit)}
    return sorted(found, reverse=True)[:limit]


def _cursor(place: int, exchange: bytes) -> str:
    return base64.urlsafe_b64encode(cbor.encode([place, exchange])).decode().rstrip("=")


def _from(cursor: str) -> tuple[int, bytes] | None:
    if not cursor:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        match cbor.decode(raw):
            case [int() as place, bytes() as exchange] if (
                not isinstance(place, bool) and -queueing.NEVER <= place <= queueing.NEVER
            ):
                return place, exchange
    except (ValueError, Malformed):
        pass
    raise Malformed("CURSOR_INVALID", "a cursor is taken as it was given")
