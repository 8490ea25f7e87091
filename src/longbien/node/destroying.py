"""Evidence destroyed at the word of two officers, wherever they say it from.

What it knows: what they sign, and that they are two. What it must never do: destroy at the word of one, or of a token. The operator's own
command destroys without passkeys, at the machine that holds the keys anyway; what is due is destroyed by the clock (`evidence.retention`).
"""

from collections.abc import Sequence

from longbien.node.book import notice
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.passkeys import Assertion
from longbien.node.ports import Denied
from longbien.wire import cbor


def destroy_challenge(manifest: bytes, numbers: Sequence[int], why: str) -> bytes:
    """What each of two officers signs with a passkey: these items of a manifest, or all of them, and the reason."""
    return cbor.digest(cbor.encode({"destroy": manifest, "items": sorted(set(numbers)), "why": why}))


def destroy(
    node: Node,
    manifest: bytes,
    why: str,
    assertions: Sequence[Assertion],
    *,
    numbers: Sequence[int] = (),
    office: str,
) -> int | Denied:
    """How many items are destroyed now. Who ordered it stands in the ledger before the first of them goes.

    Codes: MANIFEST_UNKNOWN, HOLD_STANDS, PIN_TWO_PERSONS, PASSKEY_…. Raises CarryFault; said again, it goes on.
    """
    with node.store.transaction() as tx:
        parts = tx.evidence.parts(manifest)
        held = tx.evidence.held()
    if not parts:
        return Denied(code="MANIFEST_UNKNOWN", detail=manifest.hex())
    if parts[0].exchange in held:
        return Denied(code="HOLD_STANDS", detail=held[parts[0].exchange])
    people = node.two_people(destroy_challenge(manifest, numbers, why), assertions)
    if isinstance(people, Denied):
        return people
    leaf = notice(
        "destroy-ordered",
        manifest=manifest,
        items=len(set(numbers)),
        reason=why,
        first=people[0],
        second=people[1],
        at=node.world.now(),
    )
    node.sequencer.run([Touch(leaf=leaf, write=lambda _tx: None)])
    return node.evidence.retention.delete(manifest, office=office, numbers=numbers, why=why)
