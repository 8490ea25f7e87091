"""Cases on pages: those of the office, and one of them with everything that belongs to it side by side.

What it knows: what `casework` tells, and how a form becomes a link or a task. What it must never do: link an exchange that is not the
business of the reader's office.
"""

import csv
import io
from dataclasses import replace

from longbien.law.instants import DAY, read_date
from longbien.node import Denied, casework, queue
from longbien.node import cases as doors
from longbien.store.case_rows import CaseRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes
from longbien.web.console import Console
from longbien.web.lines import reader
from longbien.web.picture import picture
from longbien.web.policy import WRITING
from longbien.web.screens.queue import harmless
from longbien.web.times import machine
from longbien.web.words import law_language


def cases(console: Console, asked: Asked) -> Reply:
    """The cases of the office; with an exchange in hand, those that it can be linked to."""
    node = console.node
    exchange = asked.wish("exchange")
    shown = exchange if exchange and _mine(console, asked, exchange) else ""
    values = {
        "cases": casework.listed(node, asked.officer.office),
        "exchange": shown,
        "may_write": bool(WRITING.intersection(asked.officer.roles)),
        "said": asked.wish("said"),
    }
    return Reply(page="cases.html", values=values)


def new(console: Console, asked: Asked) -> Reply:
    """A case is begun, with the exchange that was in hand."""
    made = doors.new(
        console.node,
        office=asked.officer.office,
        title=asked.written("title"),
        reference=asked.written("reference"),
        by=asked.officer.person,
    )
    if isinstance(made, Denied):
        return go(f"/cases?said={made.code}")
    exchange = asked.written("exchange")
    if exchange and _mine(console, asked, exchange):
        doors.link(console.node, made.id, bytes.fromhex(exchange), by=asked.officer.person)
    return go(f"/cases/{made.id.hex()}")


def case(console: Console, asked: Asked) -> Reply:
    """One case. Exchanges of other offices are not told of here either."""
    found = _found(console, asked)
    with console.node.store.transaction() as tx:
        people = [each for each in tx.desk.officers() if each.active and each.office == asked.officer.office]
        names = {each.person: each.name for each in tx.desk.officers()}
        lines = tx.queue.find({each.link.exchange for each in found.linked})
    values = {
        "case": found,
        "open": not found.row.closed_at,
        "references": {each.link.exchange: casework.reference_of(each.matter) for each in found.linked},
        "picture": picture(found),
        "people": people,
        "names": names,
        "lines": lines,
        "may_write": bool(WRITING.intersection(asked.officer.roles)),
        "said": asked.wish("said"),
    }
    return Reply(page="case.html", values=values)


def as_csv(console: Console, asked: Asked) -> Reply:
    """The timeline for a spreadsheet."""
    found = _found(console, asked)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("at", "exchange", "reference", "party", "office", "act", "what", "kind"))
    for each in found.timeline:
        event = each.event
        cells = (
            machine(event.at),
            each.exchange.hex(),
            each.reference,
            event.party,
            event.office,
            event.act,
            event.label,
            event.kind,
        )
        writer.writerow([harmless(cell) for cell in cells])
    return Reply(raw=out.getvalue().encode(), media="text/csv", name="timeline.csv")


def change(console: Console, asked: Asked) -> Reply:
    """Title, reference, note; or the end of it, or its beginning again."""
    row = _row(console, asked)
    do = asked.written("do")
    if do in {"close", "reopen"}:
        wanted = replace(row, closed_at=console.node.world.now() if do == "close" else 0)
    else:
        wanted = replace(
            row,
            title=asked.written("title").strip(),
            reference=asked.written("reference").strip(),
            note=asked.written("note").strip(),
        )
    seen = asked.written("seen")
    done = doors.change(
        console.node, wanted, by=asked.officer.person, seen=int(seen) if seen.isdigit() else None
    )
    return _back(asked, done, "kept")


def link(console: Console, asked: Asked) -> Reply:
    """An exchange belongs to it: the one in hand, or the only one that the words find."""
    exchange = asked.written("exchange") or _searched(console, asked)
    if not exchange or not _mine(console, asked, exchange):
        return _back(asked, Denied(code="LINK_NOT_FOUND", detail=""), "")
    done = doors.link(
        console.node,
        _row(console, asked).id,
        bytes.fromhex(exchange),
        why=asked.written("why"),
        by=asked.officer.person,
    )
    return _back(asked, done, "linked")


def unlink(console: Console, asked: Asked) -> Reply:
    """It belongs there no more."""
    exchange = hex_bytes(asked.written("exchange"), 16)
    done = doors.unlink(console.node, _row(console, asked).id, exchange, by=asked.officer.person)
    return _back(asked, done, "unlinked")


def add_task(console: Console, asked: Asked) -> Reply:
    """There is something to do."""
    due = asked.written("due")
    day = read_date(due) if due else None
    if due and day is None:
        return _back(asked, Denied(code="DAY_INVALID", detail=due), "")
    person = asked.written("person")
    done = doors.add_task(
        console.node,
        _row(console, asked).id,
        asked.written("text"),
        person=hex_bytes(person, 16) if person else None,
        due_at=None if day is None else day * DAY,
        by=asked.officer.person,
    )
    return _back(asked, done, "kept")


def mark_task(console: Console, asked: Asked) -> Reply:
    """It is done, or to be done again."""
    number = asked.written("number")
    done = doors.mark_task(
        console.node,
        _row(console, asked).id,
        int(number) if number.isdigit() and len(number) < 6 else 0,
        done=asked.written("done") == "yes",
        by=asked.officer.person,
    )
    return _back(asked, done, "kept")


def _found(console: Console, asked: Asked) -> casework.Casework:
    found = casework.casework(
        console.node,
        hex_bytes(asked.params["case"], 16),
        language=law_language(asked.language),
        office=asked.officer.office,
    )
    if found is None:
        raise NotThere
    return found


def _row(console: Console, asked: Asked) -> CaseRow:
    found = doors.find(console.node, hex_bytes(asked.params["case"], 16))
    if found is None:
        raise NotThere
    return found


def _mine(console: Console, asked: Asked, exchange: str) -> bool:
    """Whether it is an exchange of the reader's office."""
    identifier = hex_bytes(exchange, 16)
    with console.node.store.transaction() as tx:
        known = identifier in tx.queue.find([identifier])
    return known and console.subjects.in_office(identifier, asked.officer.office)


def _searched(console: Console, asked: Asked) -> str:
    """The exchange with this reference, or else the only one that the words find anywhere; nothing where either leaves a doubt."""
    words = asked.written("search").strip()
    if not words:
        return ""
    page = queue.page(console.node, reader(asked), queue.Wish(view="everything", search=words, limit=5))
    found = {
        item.line.exchange: {item.reference, item.line.our_reference, item.line.their_reference}
        for item in page.items
        if item.draft is None
    }
    named = [exchange for exchange, references in found.items() if words in references]
    only = named or list(found)
    return only[0].hex() if len(only) == 1 else ""


def _back(asked: Asked, done: object, said: str) -> Reply:
    code = done.code if isinstance(done, Denied) else said
    return go(f"/cases/{asked.params['case']}?said={code}")
