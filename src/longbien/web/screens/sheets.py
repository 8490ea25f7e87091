"""Writing: a request from nothing, or a step in one that runs. The form is made from the law; so is the check.

What it knows: sheets (what a person is still writing), questions, gaps. What it must never know: a procedure by name. A sheet is kept with
every press of a button and while one types; nothing leaves with it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from longbien.exchange import Standing
from longbien.law import Field, Gap, Rules, gaps, reading, write_instant
from longbien.node import Denied, calling_back, telling
from longbien.node.origin import NEVER_IN_DOUBT, doubts
from longbien.store.people_rows import SheetRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes, refused
from longbien.web.console import Console
from longbien.web.keys import BEGINNINGS
from longbien.web.offers import Offers
from longbien.web.questions import Paper, Question, Typed, body, questions, typed_of
from longbien.web.words import law_language
from longbien.wire.cbor import Value

# What the node fills in by itself: who writes, to whom, when. The page says it; nobody types it.
SETTLED: Final = frozenset({"from_state", "from_office", "to_state", "to_states", "created_at"})
TYPED_MAX: Final = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet with what belongs to it: the rules, the parties that are written to, what was typed."""

    row: SheetRow
    rules: Rules
    others: tuple[str, ...]
    typed: Typed

    @property
    def opens(self) -> bool:
        """Whether it begins an exchange."""
        return self.row.exchange is None


def choose(console: Console, asked: Asked) -> Reply:
    """What to begin, and with whom."""
    book, node = console.node.world.lawbook, console.node
    may = beginnings(console, asked)
    chosen = book.rules(asked.wish("procedure")) if asked.wish("procedure") else None
    peers = [node.directory.descriptor(party) for party in node.directory.parties]
    with node.store.transaction() as tx:
        links = {row.party: row for row in tx.peers.all()}
    values = {
        "procedures": may,
        "chosen": chosen if chosen in may else None,
        "many": chosen is not None and any(field.name == "to_states" for field in _opening_fields(chosen)),
        "peers": peers,
        "links": links,
        "error": asked.wish("error"),
        "letters": BEGINNINGS,
    }
    return Reply(page="choose.html", values=values)


def beginnings(console: Console, asked: Asked) -> list[Rules]:
    """The procedures that the reader's office may begin, by name."""
    book, node = console.node.world.lawbook, console.node
    roles = set(node.directory.offices(node.party, asked.officer.office))
    every = map(book.rules, sorted({name for name, _ in book.procedures}))
    return [rules for rules in every if rules is not None and roles & set(rules.from_roles)]


def begin(console: Console, asked: Asked) -> Reply:
    """A new sheet for a request. What is known already is filled in."""
    node, officer = console.node, asked.officer
    rules = node.world.lawbook.rules(asked.written("procedure"))
    to = [party for party in asked.all_written("to") if party in node.directory.parties]
    if rules is None or not to:
        wanted = asked.written("procedure") if rules else ""
        return go(f"/new?procedure={wanted}&error=1")
    typed = {"to": " ".join(to)}
    offers = Offers(
        node=node, rules=rules, act=rules.flow.opening_act, other=to[0], language=law_language(asked.language)
    )
    for field in _opening_fields(rules):
        offered = offers(field.name, field)
        if field.name in {"to_office", "language"} and offered:
            typed[field.name] = offered[0].value
    instruments = offers("legal_basis[0].instrument", rules.types["legal_basis"].fields[0])
    if instruments:
        typed["legal_basis[0].instrument"] = instruments[0].value
    return _new(console, officer.person, rules, rules.flow.opening_act, None, typed)


def begin_act(console: Console, asked: Asked) -> Reply:
    """A sheet for a step: the one that the person has begun already, or a new one."""
    return begin_step(console, asked, asked.params["act"], {})


def begin_step(console: Console, asked: Asked, act: str, typed: Mapping[str, str]) -> Reply:
    """The same, with answers that another page knows already; they do not go into a sheet that was begun before."""
    node = console.node
    exchange = hex_bytes(asked.params["exchange"], 16)
    with node.store.transaction() as tx:
        row = tx.exchanges.find([exchange]).get(exchange)
    standing = None if row is None else Standing.decode(row.standing)
    rules = None if standing is None else node.world.lawbook.rules(standing.procedure, standing.version)
    if rules is None or act not in rules.acts:
        raise NotThere
    if act in NEVER_IN_DOUBT and doubts(node, exchange):
        return refused("ORIGIN_IN_DOUBT", asked)
    with node.store.transaction() as tx:
        begun = tx.people.sheets_of(asked.officer.person)
    same = next((item for item in begun if (item.exchange, item.act) == (exchange, act)), None)
    if same is not None:
        return go(f"/sheets/{same.id.hex()}")
    known: Mapping[str, Value] = {}
    if act == calling_back.ACT and row is not None:
        known = calling_back.filled(node.directory, telling.taken(node, row)[0].act, row.opener)
    filled = typed_of(rules.acts[act].fields, rules.types, known)
    return _new(console, asked.officer.person, rules, act, exchange, {**filled, **typed})


def sheet(console: Console, asked: Asked) -> Reply:
    """The form."""
    return _form(console, asked, _sheet(console, asked), found=None)


def keep(console: Console, asked: Asked) -> Reply:
    """What is typed so far is kept, while the page stays as it is."""
    _keep(console, asked, _sheet(console, asked))
    return Reply(status=204)


def write(console: Console, asked: Asked) -> Reply:
    """A button of the form: one more item, one less, keep, or check."""
    found = _keep(console, asked, _sheet(console, asked))
    do = asked.written("do")
    if do.startswith("add "):
        path = do.removeprefix("add ")
        count = _items(console, found, path)
        found = _kept(console, found, {**found.typed, f"{path}[{count}].": ""})
    elif do.startswith("drop "):
        found = _kept(console, found, _without(found.typed, do.removeprefix("drop ")))
    elif do == "check":
        return _check(console, asked, found)
    return _form(console, asked, found, found=None)


def discard(console: Console, asked: Asked) -> Reply:
    """The sheet is thrown away."""
    found = _sheet(console, asked)
    with console.node.store.transaction() as tx:
        tx.people.drop_sheet(found.row.id)
    return go("/approvals")


def hand_in(console: Console, asked: Asked) -> Reply:
    """The sheet becomes a draft that waits for signatures; nothing can be changed in it any more. Codes: those of the desk."""
    found = _sheet(console, asked)
    node, officer = console.node, asked.officer
    if found.opens:
        made = node.desk.draft_opening(
            procedure=found.rules.procedure,
            to=list(found.others),
            office=officer.office,
            body=_body(console, asked, found),
            name=found.row.act,
            drafter=officer.person,
        )
    else:
        assert found.row.exchange is not None
        if found.row.act in NEVER_IN_DOUBT and doubts(node, found.row.exchange):
            return refused("ORIGIN_IN_DOUBT", asked)
        made = node.desk.draft_act(
            exchange=found.row.exchange,
            name=found.row.act,
            office=officer.office,
            body=_body(console, asked, found),
            drafter=officer.person,
        )
    if isinstance(made, Denied):
        return _form(console, asked, found, found=None, error=made)
    with node.store.transaction() as tx:
        tx.people.drop_sheet(found.row.id)
    return go(f"/drafts/{made.id.hex()}")


def _check(console: Console, asked: Asked, found: Sheet) -> Reply:
    """Complete: the page on which everything is read once more. Otherwise the form again, with what to mend."""
    written = _body(console, asked, found)
    typed = typed_of(found.rules.acts[found.row.act].fields, found.rules.types, written)
    settled = {name: found.typed[name] for name in ("to",) if name in found.typed}
    found = _kept(console, found, {**typed, **settled})
    wrong = gaps(found.rules, found.row.act, written, law_language(asked.language))
    if wrong:
        return _form(console, asked, found, found=wrong)
    node = console.node
    values = {
        **_about(console, asked, found),
        "body": reading(found.rules, found.row.act, written, law_language(asked.language)),
        "readers": [node.directory.descriptor(party) for party in found.others],
        "offices_here": [
            office for office in node.directory.own.descriptor.offices if office.id == asked.officer.office
        ],
        "needed": found.rules.acts[found.row.act].persons,
    }
    return Reply(page="check.html", values=values, exchange=found.row.exchange)


def _form(
    console: Console,
    asked: Asked,
    sheet: Sheet,
    *,
    found: tuple[Gap, ...] | None,
    error: Denied | None = None,
) -> Reply:
    language = law_language(asked.language)
    written = _body(console, asked, sheet)
    missing = gaps(sheet.rules, sheet.row.act, written, language)
    offers = Offers(
        node=console.node,
        rules=sheet.rules,
        act=sheet.row.act,
        other=sheet.others[0] if sheet.others else "",
        language=language,
    )
    paper = Paper(
        rules=sheet.rules,
        typed=sheet.typed,
        gaps=found or (),
        offer=offers,
        hidden=SETTLED if sheet.opens else frozenset(),
    )
    asks = questions(paper, sheet.row.act)
    needed = _needed(asks)
    values = {
        **_about(console, asked, sheet),
        "questions": asks,
        "wrong": found or (),
        "denied": error,
        "open_count": len(missing),
        "needed_count": max(needed, len(missing)),
        "saved": asked.written("do") == "keep",
        "scripts": ("v/htmx.min.js", "v/hx-csp.min.js"),
    }
    return Reply(
        page="sheet.html", values=values, status=422 if found or error else 200, exchange=sheet.row.exchange
    )


def _about(console: Console, asked: Asked, found: Sheet) -> dict[str, object]:
    node = console.node
    own = node.directory.own.descriptor
    office = next((item for item in own.offices if item.id == asked.officer.office), None)
    with node.store.transaction() as tx:
        line = (
            None
            if found.row.exchange is None
            else tx.queue.find([found.row.exchange]).get(found.row.exchange)
        )
    return {
        "sheet": found.row,
        "rules": found.rules,
        "act": found.rules.acts[found.row.act],
        "opens": found.opens,
        "others": [(party, node.directory.descriptor(party)) for party in found.others],
        "own_office": "" if office is None else office.name,
        "line": line,
    }


def _body(console: Console, asked: Asked, found: Sheet) -> dict[str, Value]:
    written = dict(body(found.rules, found.row.act, found.typed))
    if not found.opens:
        return written
    fields = {field.name for field in found.rules.acts[found.row.act].fields}
    own = console.node.directory.own.descriptor
    office = next(
        (item.name for item in own.offices if item.id == asked.officer.office), asked.officer.office
    )
    settled: dict[str, Value] = {
        "from_state": console.node.party,
        "from_office": office,
        "to_state": found.others[0] if found.others else "",
        "to_states": list(found.others),
        # Read to the minute, so that what is checked and what is handed in are the same.
        "created_at": write_instant(found.row.changed_at),
    }
    return written | {name: value for name, value in settled.items() if name in fields}


def _new(
    console: Console, person: bytes, rules: Rules, act: str, exchange: bytes | None, typed: Mapping[str, str]
) -> Reply:
    row = SheetRow(
        id=console.node.world.entropy(16),
        person=person,
        procedure=rules.procedure,
        exchange=exchange,
        act=act,
        written=json.dumps(dict(typed)),
        changed_at=console.node.world.now(),
    )
    with console.node.store.transaction() as tx:
        tx.people.keep_sheet(row)
    return go(f"/sheets/{row.id.hex()}")


def _sheet(console: Console, asked: Asked) -> Sheet:
    node = console.node
    with node.store.transaction() as tx:
        row = tx.people.sheet(hex_bytes(asked.params["sheet"], 16))
        known = (
            None
            if row is None or row.exchange is None
            else tx.exchanges.find([row.exchange]).get(row.exchange)
        )
    if row is None:
        raise NotThere
    standing = None if known is None else Standing.decode(known.standing)
    version = None if standing is None else standing.version
    rules = node.world.lawbook.rules(row.procedure, version)
    if rules is None or row.act not in rules.acts:
        raise NotThere
    typed: dict[str, str] = json.loads(row.written)
    others = (
        tuple(typed.get("to", "").split())
        if standing is None
        else tuple(party for party in standing.parties if party != node.party)
    )
    return Sheet(row=row, rules=rules, others=others, typed=typed)


def _keep(console: Console, asked: Asked, found: Sheet) -> Sheet:
    """What the form holds, beside what it does not ask."""
    typed = {name: value for name, value in asked.form if name not in {"form", "do"} and value}
    kept = {name: found.typed[name] for name in ("to",) if name in found.typed}
    return _kept(console, found, {**typed, **kept})


def _kept(console: Console, found: Sheet, typed: Typed) -> Sheet:
    written = json.dumps(dict(typed))
    if len(written) > TYPED_MAX:
        return found
    row = replace(found.row, written=written, changed_at=console.node.world.now())
    with console.node.store.transaction() as tx:
        tx.people.keep_sheet(row)
    return replace(found, row=row, typed=typed)


def _items(console: Console, found: Sheet, path: str) -> int:
    """How many items of a list the form shows."""
    offers = Offers(node=console.node, rules=found.rules, act=found.row.act, other="", language="en")
    paper = Paper(rules=found.rules, typed=found.typed, offer=offers)
    waiting = list(questions(paper, found.row.act))
    while waiting:
        question = waiting.pop()
        if question.path == path:
            return len(question.items)
        waiting += [*question.parts, *question.items]
    raise NotThere


def _without(typed: Typed, item: str) -> dict[str, str]:
    """The same without one item of a list; those behind it move up."""
    path, _, place = item.rpartition("[")
    number = int(place.removesuffix("]")) if place.removesuffix("]").isdigit() else -1
    found: dict[str, str] = {}
    for name, value in typed.items():
        if not name.startswith(f"{path}["):
            found[name] = value
            continue
        here, _, rest = name.removeprefix(f"{path}[").partition("]")
        at = int(here) if here.isdigit() else -1
        if at < number:
            found[name] = value
        elif at > number:
            found[f"{path}[{at - 1}]{rest}"] = value
    return found


def _needed(asks: tuple[Question, ...]) -> int:
    """How many answers the form needs at least."""
    count = 0
    for question in asks:
        if question.kind in {"group", "list"}:
            count += _needed(question.parts) + _needed(question.items)
        elif question.required:
            count += 1
    return count


def _opening_fields(rules: Rules) -> tuple[Field, ...]:
    return rules.acts[rules.flow.opening_act].fields
