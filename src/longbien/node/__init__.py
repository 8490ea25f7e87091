"""What a node can do: draft, approve, send, receive, deliver, remind, export, audit.

What it knows: the core rooms, the store and the keys, and in which order things become durable. What it must never know:
HTTP, screens, a real clock. The way of an act: `desk` (draft, approvals, signature) → `sequencer` (one commit, one signed
head) → `delivery` (outbox) → another node's `reception` → its `sequencer` → receipt → `delivery.settle`.
"""

from longbien.node.delivery import Consignment, Delivered, Delivery
from longbien.node.desk import Desk, Sent
from longbien.node.node import Node, World, found, hold_challenge, pin_challenge
from longbien.node.passkeys import Assertion, PasskeyCheck, WebAuthnCheck
from longbien.node.ports import Broken, Denied, Entropy, Now, Tell, untold
from longbien.node.reception import NotAdmitted, Reception

__all__ = [
    "Assertion",
    "Broken",
    "Consignment",
    "Delivered",
    "Delivery",
    "Denied",
    "Desk",
    "Entropy",
    "Node",
    "NotAdmitted",
    "Now",
    "PasskeyCheck",
    "Reception",
    "Sent",
    "Tell",
    "WebAuthnCheck",
    "World",
    "found",
    "hold_challenge",
    "pin_challenge",
    "untold",
]
