"""The ledger and who looked at what, for those who check.

What it knows: leaves, heads, looks. What it must never show: what a case says. Nothing here can be changed.
"""

from longbien.ledger import records as ledger_records
from longbien.node.audit import audit
from longbien.web.asked import Asked, Reply, hex_bytes
from longbien.web.console import Console

SHOWN = 100


def records(console: Console, asked: Asked) -> Reply:
    """The newest heads and leaves, and looks that fit the search."""
    wanted = asked.wish("exchange").strip()
    person = asked.wish("person")
    with console.node.store.transaction() as tx:
        size = tx.ledger.size()
        newest = tx.ledger.newest_checkpoint()
        officers = tx.desk.officers()
        exchanges = tx.exchanges.with_prefix(_prefix(wanted)) if wanted else ()
        looks = tx.people.looks(
            exchange=exchanges[0].id if exchanges else (bytes(16) if wanted else None),
            person=hex_bytes(person, 16) if person else None,
            limit=SHOWN,
        )
        leaves = tx.ledger.leaves(range(max(0, size - SHOWN), size))
        cosigned = {party: tx.ledger.newest_cosigned(party) for party in console.node.directory.parties}
    names = {officer.person: officer.name for officer in officers}
    values = {
        "size": size,
        "head": newest,
        "cosigned": cosigned,
        "leaves": [(leaf, _told(leaf.record)) for _, leaf in sorted(leaves.items(), reverse=True)],
        "looks": looks,
        "names": names,
        "people": officers,
        "wanted": wanted,
        "person": person,
        "report": None,
    }
    return Reply(page="records.html", values=values)


def verify(console: Console, asked: Asked) -> Reply:
    """The whole store is checked against its signed bytes, as `node verify` does."""
    found = audit(console.node)
    shown = records(console, asked)
    return Reply(page=shown.page, values={**shown.values, "report": found})


def _prefix(text: str) -> bytes:
    digits = "".join(one for one in text.lower() if one in "0123456789abcdef")
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _told(record: bytes) -> str:
    """What a leaf is about, in the field's own names: identifiers and codes, never contents."""
    found = ledger_records.decode(record)
    exchange = getattr(found, "exchange", None)
    return exchange.hex()[:8] if isinstance(exchange, bytes) else ""
