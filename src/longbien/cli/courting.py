"""The command that makes a file for a court: what the node knows of an exchange, handed to the room that writes such files.

What it knows: which offices speak which languages, and where the parts of the file come from. What it must never do: let a
fault of a typesetter or of a signature library stop the node.
"""

from collections.abc import Iterator

from longbien.cli import told
from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.exchange import Standing
from longbien.interop.court import Material, Signing, court_file, of_acts, signing
from longbien.interop.faults import NotMade
from longbien.interop.sheet import known_languages
from longbien.node import Denied, Node
from longbien.node.court import paper_signer, vouch
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
        CommandRefused: LANGUAGES, RULES_UNKNOWN, STATEMENT_KEY_NONE, the codes of `court_file`, and PAGE_FAILED for
            whatever a typesetter or a signature library may throw.
    """
    languages = tuple(dict.fromkeys(given.texts("languages"))) if given.get("languages") else ()
    if not set(languages) <= known_languages():
        raise CommandRefused("LANGUAGES", ", ".join(languages))
    standing = Standing.decode(row.standing)
    rules = node.world.lawbook.rules(standing.procedure, standing.version)
    if rules is None:
        raise CommandRefused("RULES_UNKNOWN", f"{standing.procedure}.{standing.version}")
    now = node.world.now()
    named = {digest for step in taken(node, row) for digest in digests_in(step.act.body)}
    dossier = node.evidence.dossier(row.id)
    manifests, custody = of_acts(named, dossier.manifests, dossier.custody)
    material = Material(
        record=export(node.store, node.book, node.directory, row.id, exported_at=now),
        manifests=manifests,
        custody=custody,
        roots=tuple(_roots(node, standing)),
        rules=rules,
        told={**summary, **told.document(node, row)},
        languages=languages or tuple(_languages(node, standing)),
    )
    stamp = signing.stamper(given.text("stamp")) if given.get("stamp") else None
    signer = Signing(
        paper=paper_signer(node), vouch=lambda payload: _vouched(node, payload, row.id), stamp=stamp
    )
    raw = _made(material, signer, now)
    report = verify(raw, list(material.roots))
    return {
        "exchange": row.id.hex(),
        "languages": list(material.languages),
        "manifests": len(material.manifests),
        "events": len(material.custody),
        "time_stamp": stamp is not None,
        "gaps": report.gaps,
        "file": raw.hex(),
    }


def _made(material: Material, signer: Signing, now: int) -> bytes:
    try:
        return court_file(material, signer, at=now)
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
