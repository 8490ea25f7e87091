"""The commands of evidence, by name: from plain arguments to plain results.

What it knows: the doors of `node.evidence` and JSON. What it must never know: terminals. Files are named by the person at the
same machine and read by the node; names that came from elsewhere are shown harmless.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from longbien.cli.answering import exchange_of, granted
from longbien.cli.asked import Arguments, CommandRefused, Result, from_hex
from longbien.evidence import custody as events
from longbien.evidence import digests as known_digests
from longbien.evidence.custody import Event
from longbien.evidence.names import shown, stored
from longbien.evidence.timeline import Timeline, timelines
from longbien.ledger import receipt as receipts
from longbien.node import Assertion, Node, Tell, hold_challenge, noted
from longbien.node.evidence.bundles import Added, Brought
from longbien.node.evidence.naming import read_part
from longbien.peer.fetcher import Fetcher, disc_at, line_to
from longbien.peer.object_disc import write_disc
from longbien.store import Transaction
from longbien.store.evidence_rows import EvidenceRow, ManifestRow

MEDIA_TYPE: Final = "application/cose"
MBIT: Final = 1_000_000 // 8


def add(node: Node, given: Arguments, tell: Tell) -> Result:
    """Files into a bundle, which is begun if none is named."""
    if given.get("bundle"):
        bundle = _manifest(node, given.text("bundle"))
    else:
        exchange = exchange_of(node, given.text("exchange")).id if given.get("exchange") else None
        bundle = granted(
            node.evidence.bundles.begin(
                office=_office(node, given),
                exchange=exchange,
                to=given.texts("to") if given.get("to") else (),
                conditions=[noted.condition(text) for text in given.texts("conditions")],
            )
        )
    found = [
        granted(node.evidence.bundles.add(bundle, _brought(node, given, path), tell))
        for path in given.texts("files")
    ]
    return {
        "bundle": bundle.hex(),
        "items": [_added(each, path) for each, path in zip(found, given.texts("files"), strict=True)],
    }


def seal(node: Node, given: Arguments, tell: Tell) -> Result:
    """Every file of a bundle sealed, and the manifest signed; what an act has to name."""
    signed = granted(node.evidence.bundles.seal(_manifest(node, given.text("bundle")), tell))
    with node.store.transaction() as tx:
        raw = tx.ledger.statements(signed.digests)
    attachments = [
        {
            "name": f"Manifest of evidence, part {number}",
            "sha256": {"$hex": digest.hex()},
            "size": len(raw[digest]),
            "media_type": MEDIA_TYPE,
        }
        for number, digest in enumerate(signed.digests, 1)
    ]
    return {
        "manifest": signed.manifest.hex(),
        "exchange": signed.exchange.hex(),
        "files": signed.items,
        "bytes": signed.size,
        "digests": [digest.hex() for digest in signed.digests],
        "attachments": attachments,
    }


def listed(node: Node, _: Arguments) -> Result:
    """Every manifest and every bundle in the making."""
    with node.store.transaction() as tx:
        parts: dict[bytes, ManifestRow] = {row.manifest: row for row in reversed(tx.evidence.all_manifests())}
        bundles = [row for row in tx.evidence.bundles() if row.manifest not in parts]
        held = tx.evidence.held()
        found = [
            {
                "manifest": row.manifest.hex(),
                "exchange": row.exchange.hex(),
                "from": row.issuer,
                **_counts(tx, row.manifest),
                "hold": row.exchange in held,
                "at": row.at,
            }
            for row in reversed(parts.values())
        ]
        making = [
            {
                "bundle": row.manifest.hex(),
                "exchange": row.exchange.hex(),
                "to": row.audience,
                "files": len(tx.evidence.bundle_items(row.manifest)),
                "at": row.made_at,
            }
            for row in bundles
        ]
    return {"manifests": found, "bundles": making}


def shown_items(node: Node, given: Arguments) -> Result:
    """One manifest: its items, as harmless as they can be shown."""
    manifest = _manifest(node, given.text("manifest"))
    with node.store.transaction() as tx:
        parts = tx.evidence.parts(manifest)
        rows = {row.number: row for row in tx.evidence.items(manifest)}
        items = [item for part in parts for item in read_part(tx, part.digest).items]
        conditions = read_part(tx, parts[0].digest).conditions if parts else ()
        keys = tx.evidence.secrets([row.object for row in rows.values()])
    return {
        "manifest": manifest.hex(),
        "exchange": parts[0].exchange.hex() if parts else "",
        "from": parts[0].issuer if parts else "",
        "digests": [part.digest.hex() for part in parts],
        "conditions": [f"{each.code}: {each.text}" for each in conditions],
        "items": [
            {
                "item": item.number,
                "name": shown(item.name),
                "bytes": item.size,
                "declared": item.declared,
                "sha256": item.digests[known_digests.SHA256].hex(),
                "is": _state(rows[item.number], key=rows[item.number].object in keys),
            }
            for item in items
        ],
    }


def send(node: Node, given: Arguments) -> Result:
    """Where the manifests of this node are: named by which act, sent to whom, and what the keys wait for."""
    node.evidence.tend()
    manifest = _manifest(node, given.text("manifest"))
    with node.store.transaction() as tx:
        parts = tx.evidence.parts(manifest)
        namings = [
            row
            for part in parts
            for row in tx.evidence.namings_of(part.exchange)
            if row.digest == part.digest
        ]
    return {
        "manifest": manifest.hex(),
        "named": [{"act": row.act.hex(), "to": row.peer, "keys_sent_at": row.sent_at} for row in namings],
        "advice": "" if namings else "No act names it yet: put its digest into the act that hands it over.",
    }


def fetch(node: Node, given: Arguments, tell: Tell) -> Result:
    """Sealed objects from the other node, or from a disc; each is verified before it counts."""
    manifest = _manifest(node, given.text("manifest"))
    limit = given.get("mbit_per_second") or 0
    disc = Path(given.text("source")) if given.get("source") else None
    if disc is not None and not disc.is_dir():
        raise CommandRefused("FOLDER_UNREADABLE", str(disc))

    carrier = partial(carries, node, limit=int(limit), disc=disc)
    done = granted(node.evidence.reading.fetch(manifest, carrier, office=_office(node, given), tell=tell))
    return {
        "manifest": manifest.hex(),
        "arrived": done.arrived,
        "here_before": done.before,
        "without_key": done.locked,
        "bytes": done.size,
    }


def carries(node: Node, party: str, *, limit: int = 0, disc: Path | None = None) -> Fetcher:
    """Who fetches from a party, or from a disc, at most `limit` Mbit a second; 0 is as fast as it goes."""
    assert node.evidence.objects is not None, "a node without a place for evidence fetches none"
    way = disc_at(disc) if disc else line_to(node, party)
    return Fetcher(way, node.evidence.objects, limit * MBIT if limit else None)


def disc(node: Node, given: Arguments, tell: Tell) -> Result:
    """The sealed objects of a manifest on removable media; they open with the keys that parcels bring."""
    manifest = _manifest(node, given.text("manifest"))
    with node.store.transaction() as tx:
        rows = [row for row in tx.evidence.items(manifest) if row.here_at and not row.gone_at]
    if node.evidence.objects is None:
        raise CommandRefused("OBJECTS_NONE", "no place for evidence is configured")
    size = write_disc(node.evidence.objects, [row.object for row in rows], Path(given.text("out")), tell)
    return {"manifest": manifest.hex(), "objects": len(rows), "bytes": size, "folder": given.text("out")}


def verify(node: Node, given: Arguments, tell: Tell) -> Result:
    """Every object of a manifest that is here, read again from its first byte to its last."""
    manifest = _manifest(node, given.text("manifest"))
    count = granted(node.evidence.reading.verify(manifest, office=_office(node, given), tell=tell))
    return {"manifest": manifest.hex(), "verified": count}


def opened(node: Node, given: Arguments, tell: Tell) -> Result:
    """One item as a file. It is written, and nothing is done with it."""
    manifest = _manifest(node, given.text("manifest"))
    number = given.number("item", 1, highest=1 << 31)
    out = Path(given.text("out"))
    row = granted(node.evidence.reading.open(manifest, number, out, office=_office(node, given), tell=tell))
    return {
        "manifest": manifest.hex(),
        "item": number,
        "file": str(out),
        "bytes": row.size,
        "sha256": row.sha256.hex(),
    }


def custody(node: Node, given: Arguments) -> Result:
    """The timeline of every item of a manifest, or of an exchange, with whatever does not fit beside it."""
    wanted = _manifest_or_none(node, given.text("of"))
    exchange = None if wanted is not None else exchange_of(node, given.text("of")).id
    with node.store.transaction() as tx:
        found = [wanted] if exchange is None else [row.manifest for row in tx.evidence.manifests_of(exchange)]
        raw = [
            each
            for name in dict.fromkeys(found)
            if name is not None
            for each in node.evidence.custodian.receipts(tx, name)
        ]
        people = {officer.person: officer.name for officer in tx.desk.officers()}
    lines = timelines(events.read(receipts.decode(each).record) for each in raw)
    return {
        "unbroken": all(line.unbroken for line in lines),
        "events": sum(len(line.rows) for line in lines),
        "timeline": [row for line in lines for row in _line(line, people)],
    }


def delete(node: Node, given: Arguments) -> Result:
    """Objects and keys of a manifest are destroyed; what was signed about them stays."""
    manifest = _manifest(node, given.text("manifest"))
    count = granted(
        node.evidence.retention.delete(
            manifest,
            office=_office(node, given),
            numbers=[int(each) for each in given.texts("items")] if given.get("items") else (),
            why=given.text("why"),
        )
    )
    return {"manifest": manifest.hex(), "deleted": count}


def hold_asked(node: Node, given: Arguments) -> Result:
    """What two officers sign."""
    exchange = exchange_of(node, given.text("exchange")).id
    challenge = hold_challenge(exchange, given.text("reason"), lift=bool(given["lift"]))
    return {"challenge": challenge.hex()}


def hold(node: Node, given: Arguments) -> Result:
    """A hold is set or lifted by two officers."""
    assertions = [Assertion.decode(from_hex(item, "assertions")) for item in given.texts("assertions")]
    exchange, lift = exchange_of(node, given.text("exchange")).id, bool(given["lift"])
    granted(node.hold(exchange, given.text("reason"), assertions, lift=lift))
    return {"exchange": exchange.hex(), "hold": not lift}


COMMANDS: dict[str, Callable[[Node, Arguments], Result]] = {
    "evidence-list": listed,
    "evidence-show": shown_items,
    "evidence-send": send,
    "evidence-custody": custody,
    "evidence-delete": delete,
    "evidence-hold-challenge": hold_asked,
    "evidence-hold": hold,
}

LONG: dict[str, Callable[[Node, Arguments, Tell], Result]] = {
    "evidence-add": add,
    "evidence-seal": seal,
    "evidence-fetch": fetch,
    "evidence-disc": disc,
    "evidence-verify": verify,
    "evidence-open": opened,
}


def _brought(node: Node, given: Arguments, path: str) -> Brought:
    return noted.brought(
        {word: given.text(word) for word in noted.WORDS if given.get(word)},
        path=Path(path),
        now=node.world.now(),
        digests=given.texts("said"),
        further=given.texts("further"),
        redacted=bool(given.get("redacted")),
    )


def _office(node: Node, given: Arguments) -> str:
    return given.text("office") if given.get("office") else node.evidence.office


def _manifest(node: Node, prefix: str) -> bytes:
    """A manifest or bundle by the first digits of its identifier."""
    found = _manifest_or_none(node, prefix)
    if found is None:
        raise CommandRefused("MANIFEST_UNKNOWN", prefix)
    return found


def _manifest_or_none(node: Node, prefix: str) -> bytes | None:
    with node.store.transaction() as tx:
        known = {row.manifest for row in tx.evidence.all_manifests()}
        known |= {row.manifest for row in tx.evidence.bundles()}
    fitting = [name for name in known if prefix and name.hex().startswith(prefix)]
    if len(fitting) > 1:
        raise CommandRefused("MANIFEST_AMBIGUOUS", prefix)
    return fitting[0] if fitting else None


def _added(added: Added, path: str) -> Result:
    facts = added.facts
    name = os.fsencode(Path(path).name)
    return {
        "item": added.number,
        "name": shown(name),
        "bytes": facts.size,
        "declared": facts.declared,
        "looks_like": facts.title,
        "agrees": "" if facts.agrees is None else facts.agrees,
        "stored_as": stored(name, added.number),
        "sha256": facts.digests[known_digests.SHA256].hex(),
    }


def _counts(tx: Transaction, manifest: bytes) -> Result:
    rows = tx.evidence.items(manifest)
    return {
        "files": len(rows),
        "bytes": sum(row.size for row in rows),
        "here": sum(1 for row in rows if row.here_at and not row.gone_at),
        "keys": len(tx.evidence.secrets([row.object for row in rows])),
        "deleted": sum(1 for row in rows if row.gone_at),
    }


def _state(row: EvidenceRow, *, key: bool) -> str:
    if row.gone_at:
        return "deleted"
    if row.here_at:
        return "here"
    return "to be fetched" if key else "waits for its key"


def _line(line: Timeline, people: dict[bytes, str]) -> list[Result]:
    return [
        {
            "item": line.item,
            "at": row.event.at,
            "party": row.event.party,
            "touch": str(row.event.touch),
            "with": row.event.other,
            "office": row.event.office,
            "person": _person(row.event, people),
            "note": row.event.note or row.event.tool,
            "findings": [f"{each.code} {each.detail}".strip() for each in row.findings],
        }
        for row in line.rows
    ]


def _person(event: Event, people: dict[bytes, str]) -> str:
    return people.get(event.person, event.person.hex()) if event.person else ""
