"""The commands of the pouch: one round by file between two nodes that do not reach each other.

What it knows: `peer.pouch`. What it must never know: where the file lies; the terminal reads and writes it.
"""

from longbien.cli.asked import Arguments, Result
from longbien.node import Node, Tell
from longbien.peer import pouch


def pack(node: Node, given: Arguments, tell: Tell) -> Result:
    """The pouch for a peer, as hex, and what is in it."""
    packed = pouch.pack(node, given.text("peer"), tell)
    return {
        "peer": given.text("peer"),
        "requests": len(packed.pouch.items),
        "items": packed.items,
        "left": packed.left,
        "pouch": packed.pouch.encode().hex(),
    }


def answer(node: Node, given: Arguments, tell: Tell) -> Result:
    """The pouch of answers, as hex."""
    answered = pouch.answer(node, pouch.Pouch.decode(given.hex("pouch")), tell)
    return {
        "peer": answered.pouch.to,
        "answers": len(answered.pouch.items),
        "refused": list(answered.refused),
        "pouch": answered.pouch.encode().hex(),
    }


def settle(node: Node, given: Arguments, tell: Tell) -> Result:
    """What the answers were worth."""
    answers = pouch.Pouch.decode(given.hex("pouch"))
    settled = pouch.settle(node, answers, tell)
    return {
        "peer": answers.sender,
        "receipted": settled.receipted,
        "known_before": settled.known,
        "waiting": settled.waiting,
        "reasons": list(settled.reasons),
    }


def show(raw: bytes) -> Result:
    """What a pouch says about itself; nothing is opened, and no key is needed."""
    found = pouch.Pouch.decode(raw)
    envelopes, size = pouch.contents(found)
    return {
        "kind": found.kind,
        "from": found.sender,
        "to": found.to,
        "count": len(found.items),
        "envelopes": envelopes,
        "bytes": size,
    }
