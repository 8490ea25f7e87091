"""The commands of a node, by name: from plain arguments to plain results, whoever carries them.

What it knows: the node's doors (`desk`, `delivery`, `reception`) and JSON. What it must never know: terminals. Arguments and
results are JSON values; bytes are hex. A "no" is a `Denied` with its code.
"""

from collections.abc import Callable, Mapping
from typing import Any

from longbien.exchange import Followed, Link, Standing, retrace
from longbien.keys import Peer, decode_chain, encode_chain, grouped
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.node import Assertion, Denied, Node, pin_challenge
from longbien.node.audit import audit
from longbien.node.delivery import outcome_of
from longbien.node.record import export
from longbien.peer import pouch
from longbien.store.exchange_rows import ExchangeRow
from longbien.wire.cbor import Malformed

Arguments = Mapping[str, Any]
Result = dict[str, Any]


class CommandRefused(Exception):
    """The command did nothing. `code` is stable, `detail` says which argument or stage."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def perform(node: Node, command: str, arguments: Arguments) -> Result:
    """What a command gives.

    Raises:
        CommandRefused: COMMAND_UNKNOWN, ARGUMENT_MISSING, ARGUMENT_INVALID, and every code of the node's own doors.
    """
    if command not in COMMANDS:
        raise CommandRefused("COMMAND_UNKNOWN", command)
    try:
        return COMMANDS[command](node, arguments)
    except KeyError as error:
        raise CommandRefused("ARGUMENT_MISSING", str(error.args[0])) from error
    except Malformed as fault:
        raise CommandRefused(fault.code, fault.detail) from fault


def _papers(node: Node, _: Arguments) -> Result:
    return {
        "party": node.party,
        "chain": encode_chain(node.chain).hex(),
        "fingerprint": grouped(node.directory.own.pinned),
    }


def _pin_challenge(_: Node, given: Arguments) -> Result:
    return {"challenge": pin_challenge(given["party"], _bytes(given, "fingerprint")).hex()}


def _pin(node: Node, given: Arguments) -> Result:
    chain = decode_chain(_bytes(given, "chain"))
    assertions = [Assertion.decode(bytes.fromhex(item)) for item in given["assertions"]]
    peer = _granted(node.pin(chain, _bytes(given, "fingerprint"), assertions))
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
    person = _granted(
        node.desk.enrol(
            name=given["name"],
            office=given["office"],
            credential=_bytes(given, "credential"),
            public_key=_bytes(given, "public_key"),
            software=bool(given["software"]),
        )
    )
    return {"person": person.hex(), "name": given["name"], "office": given["office"]}


def _draft(node: Node, given: Arguments) -> Result:
    if "exchange" in given:
        row = node.desk.draft_act(
            exchange=_exchange(node, given["exchange"]).id,
            name=given["act"],
            office=given["office"],
            body=_body(given["body"]),
        )
    else:
        row = node.desk.draft_opening(
            procedure=given["procedure"], to=given["to"], office=given["office"], body=_body(given["body"])
        )
    draft = _granted(row)
    return {
        "draft": draft.id.hex(),
        "exchange": draft.exchange.hex(),
        "act": draft.act,
        "challenge": draft.digest.hex(),
    }


def _approve(node: Node, given: Arguments) -> Result:
    approval = _granted(
        node.desk.approve(_bytes(given, "draft"), Assertion.decode(_bytes(given, "assertion")))
    )
    return {"draft": given["draft"], "person": approval.person.hex(), "at": approval.at}


def _send(node: Node, given: Arguments) -> Result:
    sent = _granted(node.desk.send(_bytes(given, "draft")))
    return {"exchange": sent.exchange.hex(), "act": sent.digest.hex(), "placed": sent.placed}


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
    digest = _bytes(given, "act")
    with node.store.transaction() as tx:
        proofs = tx.exchanges.receipts_for(digest)
        waiting = [row for row in tx.outbox.all(limit=100_000) if row.subject == digest]
        own = tx.exchanges.outcomes([digest]).get(digest)
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
        "waiting": [
            {"peer": row.peer, "reason": row.reason, "tries": row.tries, "next_try_at": row.next_at}
            for row in waiting
        ],
    }


def _list(node: Node, given: Arguments) -> Result:
    with node.store.transaction() as tx:
        rows = tx.exchanges.newest(limit=int(given.get("limit", 50)))
    return {"exchanges": [_summary(row) for row in rows]}


def _show(node: Node, given: Arguments) -> Result:
    row = _exchange(node, given["exchange"])
    standing = Standing.decode(row.standing)
    with node.store.transaction() as tx:
        chain = tx.exchanges.chain(row.id)
        raw = tx.ledger.statements([entry.act for entry in chain])
        clocks = tx.exchanges.clocks_of(row.id)
        outcomes = tx.exchanges.outcomes_of(row.id)
    steps = []
    links: list[Link] = []
    for entry in chain:
        act, author = node.read_act(raw[entry.act])
        record = records.decode(entry.record)
        assert isinstance(record, records.Entry)
        links.append((act, entry.act, author, record))
        steps.append(
            {
                "place": entry.position,
                "at": record.at,
                "party": author.party,
                "office": act.office,
                "act": act.name,
                "persons": act.persons,
                "statement": entry.act.hex(),
            }
        )
    return {
        **_summary(row),
        "parties": dict(standing.roles),
        "rules": standing.rules.hex(),
        "steps": steps,
        "doubts": _doubts(node, links[: row.position]),
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


def _export(node: Node, given: Arguments) -> Result:
    row = _exchange(node, given["exchange"])
    raw = export(node.store, node.book, node.directory, row.id, exported_at=node.world.now())
    return {"exchange": row.id.hex(), "record": raw.hex()}


def _status(node: Node, _: Arguments) -> Result:
    with node.store.transaction() as tx:
        newest = tx.ledger.newest_checkpoint()
        waiting = tx.outbox.count()
        drafts = len(tx.desk.open_drafts())
        cosigned = min((tx.ledger.newest_cosigned(party) for party in node.directory.parties), default=0)
    own = node.directory.own
    return {
        "party": node.party,
        "name": own.descriptor.name,
        "mode": own.descriptor.mode,
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


def _verify(node: Node, _: Arguments) -> Result:
    report = audit(node)
    return {
        "ok": not report.findings,
        "leaves": report.leaves,
        "checkpoints": report.checkpoints,
        "statements": report.statements,
        "exchanges": report.exchanges,
        "findings": list(report.findings),
    }


def _pouch_pack(node: Node, given: Arguments) -> Result:
    packed, consignments = pouch.pack(node, given["peer"])
    return {"pouch": packed.encode().hex(), "requests": len(consignments)}


def _pouch_answer(node: Node, given: Arguments) -> Result:
    answered = pouch.answer(node, pouch.Pouch.decode(_bytes(given, "pouch")))
    return {"pouch": answered.encode().hex(), "answers": len(answered.items)}


COMMANDS: dict[str, Callable[[Node, Arguments], Result]] = {
    "papers": _papers,
    "pin-challenge": _pin_challenge,
    "pin": _pin,
    "peers": _peers,
    "enrol": _enrol,
    "draft": _draft,
    "approve": _approve,
    "send": _send,
    "drafts": _drafts,
    "delivery": _delivery,
    "list": _list,
    "show": _show,
    "export": _export,
    "status": _status,
    "verify": _verify,
    "pouch-pack": _pouch_pack,
    "pouch-answer": _pouch_answer,
}


def _granted(answer: Any) -> Any:  # noqa: ANN401 - whatever the door gives, unless it is a "no"
    if isinstance(answer, Denied):
        raise CommandRefused(answer.code, answer.detail)
    return answer


def _bytes(given: Arguments, name: str) -> bytes:
    try:
        return bytes.fromhex(given[name])
    except (ValueError, TypeError) as error:
        raise CommandRefused("ARGUMENT_INVALID", name) from error


def _body(value: Any) -> Any:  # noqa: ANN401 - JSON in, CBOR values out
    """JSON has no bytes: an object with the one key "$hex" stands for them."""
    match value:
        case {"$hex": str(digits), **rest} if not rest:
            return bytes.fromhex(digits)
        case dict():
            return {name: _body(item) for name, item in value.items()}
        case list():
            return [_body(item) for item in value]
        case float():
            raise CommandRefused("BODY_FLOAT", "numbers are whole; write amounts as text")
        case _:
            return value


def _exchange(node: Node, prefix: str) -> ExchangeRow:
    """An exchange by the first digits of its identifier."""
    try:
        wanted = bytes.fromhex(prefix[: len(prefix) // 2 * 2])
    except ValueError as error:
        raise CommandRefused("ARGUMENT_INVALID", "exchange") from error
    with node.store.transaction() as tx:
        rows = [row for row in tx.exchanges.with_prefix(wanted) if row.id.hex().startswith(prefix)]
    if len(rows) != 1:
        raise CommandRefused("EXCHANGE_UNKNOWN" if not rows else "EXCHANGE_AMBIGUOUS", prefix)
    return rows[0]


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
