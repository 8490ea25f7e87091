"""Evidence on pages: every lot of the office, those of one exchange, one of them with its items and who touched them.

What it knows: what `holdings` tells, and how a lot is begun and handed in. What it must never do: delete, or show what is in a file.
"""

from typing import Any

from longbien.node import Denied, evidence_work, holdings, noted
from longbien.node.evidence_work import COURT, MEDIA, CourtWish
from longbien.node.holding import stand
from longbien.node.holdings import Count
from longbien.node.matter import matter
from longbien.node.works import Work
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes
from longbien.web.console import Console
from longbien.web.policy import SIGNERS, WRITING
from longbien.web.words import law_language

ACCEPTING = "accept_use_conditions"
CONDITIONS_ASKED = 2
# What follows a work by itself, as long as one runs.
FOLLOWING = ("v/htmx.min.js", "v/hx-csp.min.js")


def evidence(console: Console, asked: Asked) -> Reply:
    """Every lot that is the business of the reader's office."""
    node = console.node
    own = [item for item in holdings.lots(node) if _of_office(console, asked, item)]
    peers = [node.directory.descriptor(party) for party in node.directory.parties]
    values = {
        "lots": own,
        "most": holdings.LOTS_MAX,
        "peers": peers,
        "may_write": _may_write(asked),
        **_beginning(console),
        **_around(console, asked, [item.exchange for item in own]),
    }
    return Reply(page="evidence.html", values=values)


def of_exchange(console: Console, asked: Asked) -> Reply:
    """What belongs to one exchange: lots, conditions of use, the hold, files for a court."""
    node, exchange = console.node, hex_bytes(asked.params["exchange"], 16)
    found = matter(node, exchange, language=law_language(asked.language), office=asked.officer.office)
    if found is None:
        raise NotThere
    works = node.works.of(about=exchange)
    values = {
        "lots": holdings.lots(node, exchange),
        "matter": found,
        "exchange": exchange.hex(),
        "other": found.item.line.others.split()[0],
        "accepting": next((item for item in found.next if item.act == ACCEPTING and item.open), None),
        "stand": stand(node, exchange),
        "may_write": _may_write(asked),
        "may_hold": bool(SIGNERS.intersection(asked.officer.roles)),
        "can_export": console.setting.outside is not None and node.intake is not None,
        "works": works,
        "follow": f"/x/{exchange.hex()}/works",
        "scripts": FOLLOWING if any(work.runs for work in works) else (),
        **_beginning(console),
        **_around(console, asked, [exchange]),
    }
    return Reply(page="exchange_evidence.html", values=values, exchange=exchange)


def lot(console: Console, asked: Asked) -> Reply:
    """One lot."""
    node, manifest = console.node, hex_bytes(asked.params["manifest"], 16)
    found = holdings.lot(node, manifest)
    if found is None:
        raise NotThere
    works = node.works.of(thing=manifest)
    takes = not found.count.sealed and _may_write(asked) and node.intake is not None
    values = {
        "lot": found,
        "manifest": manifest.hex(),
        "exchange": found.count.exchange.hex(),
        "ours": found.count.issuer == node.party,
        "may_write": _may_write(asked),
        "can_fetch": console.setting.outside is not None,
        "has_place": node.evidence.objects is not None,
        "works": works,
        "follow": f"/evidence/{manifest.hex()}/works",
        "hand_in": f"{console.setting.files_origin}/files/{console.tickets.give(asked.officer.person, manifest)}"
        if takes
        else "",
        "most": 0 if node.intake is None else node.intake.most,
        "source_kinds": noted.SOURCE_KINDS,
        "methods": noted.METHODS,
        "scripts": FOLLOWING if any(work.runs for work in works) else (),
        **_around(console, asked, [found.count.exchange]),
    }
    return Reply(page="lot.html", values=values, exchange=found.count.exchange)


def works_of_exchange(console: Console, asked: Asked) -> Reply:
    """How far the works of an exchange are: a part of a page that follows them."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    return _works(console.node.works.of(about=exchange), f"/x/{exchange.hex()}")


def works_of_lot(console: Console, asked: Asked) -> Reply:
    """The same for one lot."""
    manifest = hex_bytes(asked.params["manifest"], 16)
    return _works(console.node.works.of(thing=manifest), f"/evidence/{manifest.hex()}")


def begin(console: Console, asked: Asked) -> Reply:
    """A new lot for a request that is still to be written."""
    to = [party for party in asked.all_written("to") if party in console.node.directory.parties]
    made = console.node.evidence.bundles.begin(
        office=asked.officer.office, to=to, conditions=_conditions(asked)
    )
    return go(f"/evidence?said={made.code}" if isinstance(made, Denied) else f"/evidence/{made.hex()}")


def begin_for(console: Console, asked: Asked) -> Reply:
    """A new lot for an exchange that is there."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    made = console.node.evidence.bundles.begin(
        office=asked.officer.office, exchange=exchange, conditions=_conditions(asked)
    )
    back = f"/x/{exchange.hex()}/evidence"
    return go(f"{back}?said={made.code}" if isinstance(made, Denied) else f"/evidence/{made.hex()}")


def seal(console: Console, asked: Asked) -> Reply:
    """The files of a lot are being sealed."""
    return _lot_work(asked, evidence_work.seal(console.node, _manifest(asked)))


def fetch(console: Console, asked: Asked) -> Reply:
    """What is missing is being fetched."""
    outside = console.setting.outside
    if outside is None:
        return _lot_work(asked, Denied(code="REMOTE_GONE", detail="no way out of this node"))
    officer = asked.officer
    done = evidence_work.fetch(
        console.node, _manifest(asked), outside, office=officer.office, person=officer.person
    )
    return _lot_work(asked, done)


def verify(console: Console, asked: Asked) -> Reply:
    """Everything that is here is being read again."""
    officer = asked.officer
    done = evidence_work.verify(console.node, _manifest(asked), office=officer.office, person=officer.person)
    return _lot_work(asked, done)


def release(console: Console, asked: Asked) -> Reply:
    """Keys that may go now go now; the node does the same by itself a little later."""
    console.node.evidence.tend()
    return go(f"/evidence/{_manifest(asked).hex()}?said=looked")


def export(console: Console, asked: Asked) -> Reply:
    """A file for a court is being made."""
    exchange, outside = hex_bytes(asked.params["exchange"], 16), console.setting.outside
    back = f"/x/{exchange.hex()}/evidence"
    form = asked.written("form_of") or COURT
    if outside is None or form not in MEDIA:
        return go(f"{back}?said=INTAKE_NONE")
    wish = CourtWish(
        form=form, handed_to=asked.written("handed_to").strip()[:256], office=asked.officer.office
    )
    begun = evidence_work.export(console.node, exchange, outside, wish, person=asked.officer.person)
    return go(f"{back}?said={begun.code if isinstance(begun, Denied) else 'begun'}")


def take_away(console: Console, asked: Asked) -> Reply:
    """What an export made, as it goes; it waits for a day."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    work = console.node.works.find(hex_bytes(asked.params["work"], 16))
    if work is None or work.about != exchange or not evidence_work.waits(work):
        raise NotThere
    return Reply(
        pieces=evidence_work.carried(work),
        media=MEDIA[work.result["form"]],
        name=work.result["name"],
        exchange=exchange,
    )


def _manifest(asked: Asked) -> bytes:
    return hex_bytes(asked.params["manifest"], 16)


def _lot_work(asked: Asked, begun: Work | Denied) -> Reply:
    said = begun.code if isinstance(begun, Denied) else "begun"
    return go(f"/evidence/{asked.params['manifest']}?said={said}")


def _works(works: tuple[Work, ...], back: str) -> Reply:
    page = back if back.startswith("/evidence") else f"{back}/evidence"
    return Reply(page="works.html", values={"works": works, "follow": f"{back}/works", "back": page})


def _may_write(asked: Asked) -> bool:
    return bool(WRITING.intersection(asked.officer.roles))


def _of_office(console: Console, asked: Asked, item: Count) -> bool:
    """An exchange that is not there yet is the business of whoever makes evidence ready for it."""
    with console.node.store.transaction() as tx:
        known = item.exchange in tx.exchanges.find([item.exchange])
    office = asked.officer.office
    return console.subjects.in_office(item.exchange, office) if known else item.office == office


def _conditions(asked: Asked) -> list[Any]:
    found = []
    for number in range(CONDITIONS_ASKED):
        kind, words = asked.written(f"condition{number}"), asked.written(f"words{number}").strip()
        if kind and words:
            found.append(noted.condition(f"{kind}:{words[:2000]}"))
    return found


def _beginning(console: Console) -> dict[str, Any]:
    """What a form that begins a lot offers: the kinds of conditions of use, as the law has them."""
    rules = console.node.world.lawbook.rules("stored-data-access")
    kind = (
        None
        if rules is None
        else next(item for item in rules.types["condition"].fields if item.name == "kind")
    )
    return {
        "condition_kinds": ()
        if kind is None
        else tuple((value, kind.value_labels[value]) for value in kind.values),
        "conditions_asked": range(CONDITIONS_ASKED),
    }


def _around(console: Console, asked: Asked, exchanges: list[bytes]) -> dict[str, Any]:
    """What every page of evidence shows: names of persons, references of exchanges, and what has just been said."""
    with console.node.store.transaction() as tx:
        names = {person.person: person.name for person in tx.desk.officers()}
        lines = tx.queue.find(set(exchanges))
    return {"names": names, "lines": lines, "said": asked.wish("said")}
