"""What a node does for a court: papers with a key of their own, the statement that vouches for a whole file, and the note in the
custody of every item that a court gets.

What it knows: the keys. What it must never know: what a file for a court is made of (`longbien.interop.court`).
"""

from longbien.evidence import Touch, custody
from longbien.keys.generate import paper_wanted
from longbien.keys.material import KeyEntry, Purpose
from longbien.keys.papersign import PaperSigner
from longbien.ledger import receipt as receipts
from longbien.node.book import notice
from longbien.node.evidence.custody import Deed
from longbien.node.jobs import Touch as Job
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.wire.statement import EVERYONE

EXPORT = "export"


def paper_signer(node: Node) -> PaperSigner:
    """The paper key that is current now; the first file for a court makes one, and so does the first one a year later."""
    now = node.world.now()
    current = [
        entry
        for entry in node.keystore.entries()
        if entry.purpose is Purpose.PAPER and entry.since <= now < entry.until
    ]
    entry = max(current, key=lambda entry: (entry.since, entry.kid)) if current else _made(node, now)
    return node.keystore.paper_signer(entry.kid)


def vouch(node: Node, payload: bytes, exchange: bytes) -> bytes | Denied:
    """The node's statement of kind `export` over a payload, for everybody. Code: STATEMENT_KEY_NONE."""
    signed = node.say(payload, kind=EXPORT, exchange=exchange, audience=[EVERYONE])
    return signed if isinstance(signed, Denied) else signed.raw


def hand_to_court(node: Node, exchange: bytes, place: str, office: str) -> int:
    """Every item of an exchange that this node has verified, and has not deleted since, is written down as handed to the court
    `place` (at most 256 characters); how many there are.
    """
    held: dict[tuple[bytes, int], bytes] = {}
    for raw in node.evidence.dossier(exchange).custody:
        event = custody.read(receipts.decode(raw).record)
        if event.party == node.party and event.touch is Touch.VERIFIED:
            held[event.manifest, event.item] = event.sha256
        elif event.party == node.party and event.touch is Touch.DELETED:
            held.pop((event.manifest, event.item), None)
    deeds = [
        Deed(touch=Touch.HANDED_TO_COURT, manifest=manifest, number=number, sha256=sha256, place=place)
        for (manifest, number), sha256 in held.items()
    ]
    node.evidence.custodian.record(deeds, office=office)
    return len(deeds)


def _made(node: Node, now: int) -> KeyEntry:
    mode = node.directory.own.descriptor.mode
    name = f"Longbien node of {node.party}" + ("" if mode == "live" else f" ({mode.upper()})")
    entry = node.keystore.make(paper_wanted(name, now))
    leaf = notice("key", did="made", kid=entry.kid, purpose=str(entry.purpose))
    node.sequencer.run([Job(leaf=leaf, write=lambda _tx: None)])
    return entry
