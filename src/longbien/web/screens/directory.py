"""The directory: the States that this node knows, their offices, and how the links are.

What it knows: descriptors and link rows. What it must never do: show a number or a name that a message brought; only signed papers count.
"""

from longbien.keys import grouped
from longbien.web.asked import Asked, NotThere, Reply
from longbien.web.console import Console


def directory(console: Console, _asked: Asked) -> Reply:
    """Every State, with its link."""
    node = console.node
    with node.store.transaction() as tx:
        links = {row.party: row for row in tx.peers.all()}
        waiting = tx.outbox.all(limit=100_000)
    peers = [
        {
            "descriptor": node.directory.descriptor(party),
            "link": links[party],
            "waiting": sum(1 for row in waiting if row.peer == party),
        }
        for party in node.directory.parties
    ]
    own = node.directory.own.descriptor
    values = {"peers": peers, "own_offices": own.offices, "modes_differ": own.mode}
    return Reply(page="directory.html", values=values)


def state(console: Console, asked: Asked) -> Reply:
    """One State: papers, offices, what it declared."""
    node, party = console.node, asked.params["party"]
    peer = node.directory.peer(party)
    if peer is None:
        raise NotThere
    with node.store.transaction() as tx:
        link = tx.peers.one(party)
    values = {
        "party": party,
        "peer": peer.descriptor,
        "link": link,
        "fingerprint": grouped(peer.pinned),
        "declarations": sorted(peer.descriptor.declarations.items()),
        "is_own": party == node.party,
    }
    return Reply(page="state.html", values=values)
