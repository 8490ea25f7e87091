"""The commands of a node, by name: from plain arguments to plain results, whoever carries them.

What it knows: the node's doors (`desk`, `delivery`, `reception`) and JSON. What it must never know: terminals. Arguments and
results are JSON values; bytes are hex. A "no" is a `Denied` with its code.
"""

from collections.abc import Callable, Mapping
from typing import Any

from longbien.carry import CarryFault
from longbien.cli import (
    casing,
    courting,
    duties,
    evidencing,
    meetings,
    pouching,
    programs,
    steering,
    teaching,
    told,
    users,
)
from longbien.cli.answering import exchange_of, granted
from longbien.cli.asked import Arguments, CommandRefused, Result, from_hex
from longbien.exchange import Followed, Link, Standing, retrace
from longbien.interop import figures
from longbien.keys import KeyFault, Peer, decode_chain, encode_chain, grouped
from longbien.law import from_json
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.node import Assertion, Denied, Node, Tell, pin_challenge, statistics, untold
from longbien.node.audit import audit
from longbien.node.delivery import outcome_of
from longbien.node.record import export
from longbien.node.roles import ORDINARY
from longbien.node.telling import taken
from longbien.node.works import Stopping
from longbien.store.exchange_rows import ExchangeRow
from longbien.store.outbox_rows import OutboxRow
from longbien.store.peer_rows import PeerRow
from longbien.wire.cbor import Malformed, Value

# What one list shows at the most.
LIST_MAX = 10_000
# Drafts that one call may send: a batch of the sequencer.
SENT_TOGETHER_MAX = 256
# The last moment of the calendar, in ms.
TIME_MAX = 253_402_300_799_999


def perform(node: Node, command: str, arguments: Mapping[str, Any], tell: Tell = untold) -> Result:
    """What a command gives; `tell` hears how far a long one is.

    Raises:
        CommandRefused: COMMAND_UNKNOWN, ARGUMENT_MISSING, ARGUMENT_INVALID, and every code of the node's own doors.
    """
    if command not in COMMANDS and command not in LONG:
        raise CommandRefused("COMMAND_UNKNOWN", command)
    given = Arguments(arguments)
    try:
        if command in LONG:
            return LONG[command](node, given, node.works.ending(tell))
        return COMMANDS[command](node, given)
    except (Malformed, CarryFault, KeyFault, Stopping) as fault:
        raise CommandRefused(fault.code, fault.detail) from fault


def _papers(node: Node, _: Arguments) -> Result:
    return {
        "party": node.party,
        "chain": encode_chain(node.chain).hex(),
        "fingerprint": grouped(node.directory.own.pinned),
    }


def _pin_challenge(_: Node, given: Arguments) -> Result:
    return {"challenge": pin_challenge(given.text("party"), given.hex("fingerprint")).hex()}


def _pin(node: Node, given: Arguments) -> Result:
    chain = decode_chain(given.hex("chain"))
    assertions = [Assertion.decode(from_hex(item, "assertions")) for item in given.texts("assertions")]
    peer = granted(node.pin(chain, given.hex("fingerprint"), assertions))
    return {"party": peer.party, "name": peer.descriptor.name, "fingerprint": grouped(peer.pinned)}


def _peers(node: Node, _: Arguments) -> Result:
    with node.store.transaction() as tx:
        rows = tx.peers.all()
        waiting = tx.outbox.all()
    peers = []
    for row in rows:
        peer = node.directory.peer(row.party)
        assert isinstance(peer, Peer)
        mine = [item for item in waiting if item.peer == row.party]
        peers.append(
            {
                "party": row.party,
                "name": peer.descriptor.name,
                "fingerprint": grouped(peer.pinned),
                "descriptor": peer.descriptor.version,
                "ledger_size_seen": row.known_size,
                "last_reached_at": row.last_ok_at,
                "waiting": len(mine),
                "next_try_at": row.next_at if row.tries else 0,
                "reason": row.reason or next((item.reason for item in mine if item.reason), ""),
            }
        )
    return {"peers": peers}


def _enrol(node: Node, given: Arguments) -> Result:
    person = granted(
        node.desk.enrol(
            name=given.text("name"),
            office=given.text("office"),
            credential=given.hex("credential"),
            public_key=given.hex("public_key"),
            software=bool(given["software"]),
            roles=given.texts("roles") if "roles" in given else ORDINARY,
        )
    )
    return {"person": person.hex(), "name": given["name"], "office": given["office"]}


def _draft(node: Node, given: Arguments) -> Result:
    if "exchange" in given:
        row = node.desk.draft_act(
            exchange=exchange_of(node, given.text("exchange")).id,
            name=given.text("act"),
            office=given.text("office"),
            body=_body(given),
        )
    else:
        row = node.desk.draft_opening(
            procedure=given.text("procedure"),
            to=given.texts("to"),
            office=given.text("office"),
            body=_body(given),
            name=given.text("act") if "act" in given else "",
        )
    draft = granted(row)
    return {
        "draft": draft.id.hex(),
        "exchange": draft.exchange.hex(),
        "act": draft.act,
        "challenge": draft.digest.hex(),
    }


def _approve(node: Node, given: Arguments) -> Result:
    approval = granted(node.desk.approve(given.hex("draft"), Assertion.decode(given.hex("assertion"))))
    return {"draft": given["draft"], "person": approval.person.hex(), "at": approval.at}


def _send(node: Node, given: Arguments) -> Result:
    sent = granted(node.desk.send(given.hex("draft")))
    return {"exchange": sent.exchange.hex(), "act": sent.digest.hex(), "placed": sent.placed}


def _send_all(node: Node, given: Arguments) -> Result:
    """Several drafts in one batch; a draft that is denied says why in its place."""
    drafts = [from_hex(item, "drafts") for item in given.texts("drafts")]
    if len(drafts) > SENT_TOGETHER_MAX:
        raise CommandRefused("ARGUMENT_INVALID", f"drafts are more than {SENT_TOGETHER_MAX}")
    results = node.desk.send_all(drafts)
    return {
        "sent": [
            {"code": item.code, "detail": item.detail}
            if isinstance(item, Denied)
            else {"exchange": item.exchange.hex(), "act": item.digest.hex(), "placed": item.placed}
            for item in results
        ]
    }


def _drafts(node: Node, _: Arguments) -> Result:
    with node.store.transaction() as tx:
        rows = tx.desk.open_drafts()
        approvals = {row.id: len(tx.desk.approvals(row.id)) for row in rows}
    return {
        "drafts": [
            {
                "draft": row.id.hex(),
                "exchange": row.exchange.hex(),
                "act": row.act,
                "office": row.office,
                "challenge": row.digest.hex(),
                "approvals": approvals[row.id],
                "created_at": row.created_at,
            }
            for row in rows
        ]
    }


def _delivery(node: Node, given: Arguments) -> Result:
    """Where one act is: the answer to "has it arrived?"."""
    digest = given.hex("act")
    with node.store.transaction() as tx:
        proofs = tx.exchanges.receipts_for(digest)
        waiting = [row for row in tx.outbox.all(limit=100_000) if row.subject == digest]
        own = tx.exchanges.outcomes([digest]).get(digest)
        links = {row.party: row for row in tx.peers.all()}
    found = []
    for row in proofs:
        receipt = receipts.decode(row.receipt)
        record = records.decode(receipt.record)
        place = record.position if isinstance(record, records.Entry | records.Received) else 0
        found.append(
            {
                "by": row.issuer,
                "leaf": receipt.index,
                "says": outcome_of(receipt),
                "place": place,
                "at": row.at,
            }
        )
    return {
        "known": own is not None,
        "leaf": None if own is None else own.leaf,
        "receipts": found,
        "waiting": [_waiting(row, links[row.peer]) for row in waiting],
    }


def _waiting(row: OutboxRow, link: PeerRow) -> Result:
    """Why something waits: because the peer cannot be reached, or because of what the peer said about it."""
    return {
        "peer": row.peer,
        "reason": link.reason or row.reason,
        "tries": row.tries + link.tries,
        "next_try_at": max(row.next_at, link.next_at),
    }


def _list(node: Node, given: Arguments) -> Result:
    with node.store.transaction() as tx:
        rows = tx.exchanges.newest(limit=given.number("limit", 50, highest=LIST_MAX))
    return {"exchanges": [_summary(row) for row in rows]}


def _show(node: Node, given: Arguments) -> Result:
    row = exchange_of(node, given.text("exchange"))
    standing = Standing.decode(row.standing)
    chain = taken(node, row)
    with node.store.transaction() as tx:
        clocks = tx.exchanges.clocks_of(row.id)
        outcomes = tx.exchanges.outcomes_of(row.id)
    steps = [
        {
            "place": step.place,
            "at": step.at,
            "party": step.author.party,
            "office": step.act.office,
            "act": step.act.name,
            "persons": step.act.persons,
            "statement": step.digest.hex(),
        }
        for step in chain
    ]
    return {
        **_summary(row),
        "parties": dict(standing.roles),
        "rules": standing.rules.hex(),
        "steps": steps,
        "doubts": _doubts(node, [(step.act, step.digest, step.author, step.entry) for step in chain]),
        "rejections": [
            {"act": item.subject.hex(), "code": item.code} for item in outcomes if item.kind == "rejection"
        ],
        "clocks": [
            {"clock": clock.clock, "due_at": clock.due_at, "statutory": clock.statutory} for clock in clocks
        ],
    }


def _doubts(node: Node, chain: list[Link]) -> list[Result]:
    """What the treaty data of this node say today against acts that the host has ordered; it changes nothing (0009)."""
    found: list[Result] = []
    for place, result in enumerate(retrace(node.rules_of, chain), start=1):
        doubts = result.doubts if isinstance(result, Followed) else ()
        found += [{"place": place, "code": item.code, "detail": item.detail} for item in doubts]
    return found


def _document(node: Node, given: Arguments) -> Result:
    row = exchange_of(node, given.text("exchange"))
    return {**_summary(row), **told.document(node, row)}


def _clocks(node: Node, _: Arguments) -> Result:
    return told.clocks(node)


def _statistics(node: Node, given: Arguments) -> Result:
    start, end = (given.number(name, 0, highest=TIME_MAX) for name in ("start", "end"))
    found = statistics.report(node, start=start, end=end, practice=given.get("practice") is True)
    return figures.as_json(found)


def _export(node: Node, given: Arguments) -> Result:
    row = exchange_of(node, given.text("exchange"))
    raw = export(node.store, node.book, node.directory, row.id, exported_at=node.world.now())
    return {"exchange": row.id.hex(), "record": raw.hex()}


def _court(node: Node, given: Arguments, _: Tell) -> Result:
    row = exchange_of(node, given.text("exchange"))
    return courting.make(node, row, given, _summary(row))


def _status(node: Node, _: Arguments) -> Result:
    with node.store.transaction() as tx:
        newest = tx.ledger.newest_checkpoint()
        waiting = tx.outbox.count()
        drafts = tx.desk.count_open()
        cosigned = min((tx.ledger.newest_cosigned(party) for party in node.directory.parties), default=0)
    own = node.directory.own
    return {
        "party": node.party,
        "name": own.descriptor.name,
        "mode": own.descriptor.mode,
        "offices": [office.id for office in own.descriptor.offices],
        "fingerprint": grouped(own.pinned),
        "descriptor": own.descriptor.version,
        "descriptor_ends_at": own.descriptor.expires_at,
        "ledger_size": newest[0] if newest else 0,
        "cosigned_size": cosigned,
        "peers": len(node.directory.parties),
        "waiting": waiting,
        "drafts": drafts,
        "now": node.world.now(),
    }


def _verify(node: Node, _: Arguments, tell: Tell) -> Result:
    report = audit(node, tell)
    return {
        "ok": not report.findings,
        "leaves": report.leaves,
        "checkpoints": report.checkpoints,
        "statements": report.statements,
        "exchanges": report.exchanges,
        "findings": list(report.findings),
    }


COMMANDS: dict[str, Callable[[Node, Arguments], Result]] = {
    "papers": _papers,
    "pin-challenge": _pin_challenge,
    "pin": _pin,
    "peers": _peers,
    "enrol": _enrol,
    "user-add": users.add,
    "user-list": users.listed,
    "user-role": users.role,
    "user-disable": users.disable,
    "user-reset": users.reset,
    "user-enter": users.enter,
    "token-new": programs.token_new,
    "token-list": programs.token_list,
    "token-revoke": programs.token_revoke,
    "hook-add": programs.hook_add,
    "hook-list": programs.hook_list,
    "hook-remove": programs.hook_remove,
    "hook-test": programs.hook_test,
    "hook-replay": programs.hook_replay,
    "hook-log": programs.hook_log,
    "shift-who": duties.who,
    "shift-roster": duties.roster,
    "shift-override": duties.override,
    "shift-swap": duties.swap,
    "shift-handing": duties.handing,
    "shift-handed": duties.handed,
    "shift-handovers": duties.handovers,
    "page-list": duties.listed,
    "page-test": duties.test,
    "page-policy": duties.policy,
    "page-contact": duties.contact,
    "page-answer": duties.answer,
    "page-close": duties.close,
    "draft": _draft,
    "approve": _approve,
    "send": _send,
    "send-all": _send_all,
    "drafts": _drafts,
    "delivery": _delivery,
    "list": _list,
    "show": _show,
    "clocks": _clocks,
    "document": _document,
    "export": _export,
    "statistics": _statistics,
    "status": _status,
    **evidencing.COMMANDS,
    **meetings.COMMANDS,
    **teaching.COMMANDS,
    **steering.COMMANDS,
    **casing.COMMANDS,
}

# Commands that may take long, and say how far they are.
LONG: dict[str, Callable[[Node, Arguments, Tell], Result]] = {
    "verify": _verify,
    "court": _court,
    "pouch-pack": pouching.pack,
    "pouch-answer": pouching.answer,
    "pouch-settle": pouching.settle,
    **evidencing.LONG,
}


def _body(given: Arguments) -> dict[str, Value]:
    body = from_json(given["body"])
    if not isinstance(body, dict):
        raise CommandRefused("ARGUMENT_INVALID", "body is not an object")
    return body


def _summary(row: ExchangeRow) -> Result:
    return {
        "exchange": row.id.hex(),
        "procedure": row.procedure,
        "opener": row.opener,
        "host": row.host,
        "stage": row.stage,
        "acts": row.position,
        "changed_at": row.changed_at,
        "quarantine": row.quarantine,
    }
