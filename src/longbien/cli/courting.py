"""The command that makes a file for a court: what the node knows of an exchange, handed to the room that writes such files.

What it knows: which offices speak which languages, and where the parts of the file come from. What it must never do: let a
fault of a typesetter or of a signature library stop the node.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from longbien.cli import told
from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.evidence.custody import TEXT_MAX
from longbien.exchange import Standing
from longbien.interop.court import Material, Signing, court_file, of_acts, signing
from longbien.interop.faults import NotMade
from longbien.interop.sheet import known_languages
from longbien.node import Denied, Node
from longbien.node.court import hand_to_court, paper_signer, vouch
from longbien.node.evidence.naming import digests_in
from longbien.node.record import export
from longbien.node.telling import taken
from longbien.store.exchange_rows import ExchangeRow
from longbien.wire.cbor import Malformed
from longbien_verify.court import verify

OTHERWISE = "en"


def make(node: Node, row: ExchangeRow, given: Arguments, summary: Result) -> Result:
    """The file as hex, and what is in it.

    Raises:
        CommandRefused: LANGUAGES, RULES_UNKNOWN, OFFICE_UNKNOWN, NOTHING_VERIFIED, STATEMENT_KEY_NONE, the codes of
            `court_file`, and PAGE_FAILED for whatever a typesetter or a signature library may throw.
    """
    languages = tuple(dict.fromkeys(given.texts("languages"))) if given.get("languages") else ()
    if not set(languages) <= known_languages():
        raise CommandRefused("LANGUAGES", ", ".join(languages))
    signer = Signing(paper=paper_signer(node), vouch=lambda payload: _vouched(node, payload, row.id))
    handed = _handed(node, row, given, lambda: _made(_material(node, row, languages, summary), signer))
    material = _material(node, row, languages, summary)
    stamp = signing.stamper(given.text("stamp")) if given.get("stamp") else None
    raw = _made(material, replace(signer, stamp=stamp))
    return {
        "exchange": row.id.hex(),
        "languages": list(material.languages),
        "manifests": len(material.manifests),
        "events": len(material.custody),
        "handed_over": handed,
        "time_stamp": stamp is not None,
        "gaps": verify(raw, list(material.roots)).gaps,
        "file": raw.hex(),
    }


def _material(node: Node, row: ExchangeRow, languages: tuple[str, ...], summary: Result) -> Material:
    standing = Standing.decode(row.standing)
    rules = node.world.lawbook.rules(standing.procedure, standing.version)
    if rules is None:
        raise CommandRefused("RULES_UNKNOWN", f"{standing.procedure}.{standing.version}")
    named = {digest for step in taken(node, row) for digest in digests_in(step.act.body)}
    dossier = node.evidence.dossier(row.id)
    manifests, custody = of_acts(named, dossier.manifests, dossier.custody)
    return Material(
        record=export(node.store, node.book, node.directory, row.id, exported_at=node.world.now()),
        manifests=manifests,
        custody=custody,
        roots=tuple(_roots(node, standing)),
        rules=rules,
        told={**summary, **told.document(node, row)},
        languages=languages or tuple(_languages(node, standing)),
    )


def _handed(node: Node, row: ExchangeRow, given: Arguments, trial: Callable[[], bytes]) -> int:
    """How many items are written down as handed to the court that was named; only what was verified here can be.

    What is written down stays, so a file is made once before on `trial`: where none can be made, nothing was handed over.
    """
    place = given.text("handed_to") if given.get("handed_to") else ""
    if not place:
        return 0
    offices = [item.id for item in node.directory.own.descriptor.offices]
    office = given.text("office") if given.get("office") else offices[0]
    if office not in offices:
        raise CommandRefused("OFFICE_UNKNOWN", office)
    if len(place) > TEXT_MAX:
        raise CommandRefused("ARGUMENT_INVALID", f"handed_to has more than {TEXT_MAX} characters")
    trial()
    handed = hand_to_court(node, row.id, place, office)
    if not handed:
        raise CommandRefused("NOTHING_VERIFIED", row.id.hex())
    return handed


def _made(material: Material, signer: Signing) -> bytes:
    try:
        return court_file(material, signer, at=material.told["now"])
    except NotMade as fault:
        raise CommandRefused(fault.code, fault.detail) from fault
    except (CommandRefused, Malformed):
        raise
    except Exception as fault:
        # Nothing of the node depends on a paper, so nothing that goes wrong with one may stop it.
        raise CommandRefused("PAGE_FAILED", f"{type(fault).__name__}: {fault}") from fault


def _vouched(node: Node, payload: bytes, exchange: bytes) -> bytes:
    signed = vouch(node, payload, exchange)
    if isinstance(signed, Denied):
        raise CommandRefused(signed.code, signed.detail)
    return signed


def _roots(node: Node, standing: Standing) -> Iterator[bytes]:
    """What this node pinned each party by; itself too."""
    for party in standing.parties:
        peer = node.directory.peer(party)
        if peer is not None:
            yield peer.pinned


def _languages(node: Node, standing: Standing) -> Iterator[str]:
    """The first language of each party in which there are papers, our own first."""
    found: dict[str, None] = {}
    for party in sorted(standing.parties, key=lambda party: party != node.party):
        if node.directory.peer(party) is None:
            continue
        spoken = (
            language.partition("-")[0]
            for office in node.directory.descriptor(party).offices
            for language in office.languages
        )
        found[next((language for language in spoken if language in known_languages()), OTHERWISE)] = None
    yield from found or (OTHERWISE,)
