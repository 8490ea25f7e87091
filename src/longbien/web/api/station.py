"""Routes about the node itself: how it is, whom it knows, what its ledger proves.

What it knows: papers, links, heads. What it must never hold: a case.
"""

from longbien.keys import Descriptor, decode_chain, encode_chain, grouped
from longbien.ledger import receipt as receipts
from longbien.web.api import shapes, told
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.drafts import assertion

RECEIPT = "application/vnd.longbien.receipt+cbor"


def health(_: Call) -> Answer:
    """The node answers."""
    return Answer(given=shapes.Health(status="ok"))


def node(call: Call) -> Answer:
    """How this node is."""
    here = call.api.node
    own = here.directory.own.descriptor
    with here.store.transaction() as tx:
        newest = tx.ledger.newest_checkpoint()
        waiting, drafts = tx.outbox.count(), tx.desk.count_open()
    return Answer(
        given=shapes.Node(
            party=here.party,
            name=own.name,
            mode=own.mode,
            now=told.moment(here.world.now()),
            offices=tuple(office.id for office in own.offices),
            ledger_size=0 if newest is None else newest[0],
            peers=len(here.directory.parties),
            waiting=waiting,
            drafts=drafts,
        )
    )


def token(call: Call) -> Answer:
    """The token that asks."""
    assert call.token is not None, "the route takes a token"
    row = call.token
    return Answer(
        given=shapes.Token(
            token=row.id,
            name=row.name,
            scopes=tuple(row.scopes.split()),
            office=row.office,
            made_at=told.moment(row.made_at),
            expires_at=told.moment(row.expires_at),
        )
    )


def parties(call: Call) -> Answer:
    """This node and every party that it has pinned, with how well each is reached."""
    here = call.api.node
    with here.store.transaction() as tx:
        links = {row.party: row for row in tx.peers.all()}
        waiting = {party: tx.outbox.count(peer=party) for party in links}
    found = []
    for party in (here.party, *here.directory.parties):
        peer = here.directory.peer(party)
        assert peer is not None, "the directory names whom it knows"
        link = links.get(party)
        resting = link is not None and link.tries > 0
        found.append(
            shapes.Party(
                party=party,
                name=here.world.lawbook.name(party, call.query.language),
                node=peer.descriptor.name,
                own=party == here.party,
                mode=peer.descriptor.mode,
                fingerprint=grouped(peer.pinned),
                descriptor=peer.descriptor.version,
                descriptor_ends_at=told.moment(peer.descriptor.expires_at),
                offices=_offices(peer.descriptor),
                last_reached_at=None if link is None else told.moment_or_none(link.last_ok_at),
                waiting=waiting.get(party, 0),
                next_try_at=told.moment(link.next_at) if link is not None and resting else None,
                reason="" if link is None else link.reason,
            )
        )
    return Answer(given=shapes.PartyList(items=tuple(found)))


def papers(call: Call) -> Answer:
    """What another State needs to pin this node."""
    here = call.api.node
    return Answer(
        given=shapes.Papers(
            party=here.party,
            fingerprint=grouped(here.directory.own.pinned),
            chain=encode_chain(here.chain).hex(),
        )
    )


def pin(call: Call) -> Answer:
    """A party is known from now on: two officers compared its fingerprint, and their passkeys say so."""
    wanted: shapes.PinWanted = call.body
    chain = decode_chain(bytes.fromhex(wanted.chain))
    brought = [assertion(item) for item in wanted.assertions]
    peer = granted(call.api.node.pin(chain, bytes.fromhex(wanted.fingerprint), brought))
    return Answer(given=shapes.Pinned(party=peer.party, node=peer.descriptor.name), status=201)


def head(call: Call) -> Answer:
    """The newest signed head of this node's ledger."""
    here = call.api.node
    with here.store.transaction() as tx:
        newest = tx.ledger.newest_checkpoint()
        cosigned = {party: tx.ledger.newest_cosigned(party) for party in here.directory.parties}
    assert newest is not None, "a node that is open has signed its first leaf"
    return Answer(given=shapes.LedgerHead(size=newest[0], note=newest[1].decode(), cosigned=cosigned))


def receipt(call: Call) -> Answer:
    """The proof that a leaf is in this node's ledger, as COSE receipt; the same bytes whenever it is asked for."""
    here, position = call.api.node, int(call.path["leaf"])
    with here.store.transaction() as tx:
        if tx.ledger.checkpoint_covering(position) is None:
            raise Refused("LEAF_UNKNOWN", call.path["leaf"])
        raw = receipts.encode(here.book.receipt(tx, position))
    return Answer(raw=raw, media=RECEIPT)


def _offices(descriptor: Descriptor) -> tuple[shapes.Office, ...]:
    return tuple(
        shapes.Office(
            office=office.id,
            name=office.name,
            roles=office.roles,
            languages=office.languages,
            hours=office.hours,
            call_back=office.call_back,
            illustrative=office.illustrative,
        )
        for office in descriptor.offices
    )
