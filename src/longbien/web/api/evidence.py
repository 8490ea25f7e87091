"""Routes about evidence: lots, files that are handed in, long works, custody, holds, files for a court.

What it knows: which door of the node answers which question. What it must never do: destroy something at the word of fewer than
two officers, give out a key, or let a token sign.
"""

from collections.abc import Sequence
from pathlib import Path

from longbien.node import destroying, evidence_work, hold_challenge, holdings, noted
from longbien.node.evidence_work import MEDIA, CourtWish
from longbien.node.holding import stand
from longbien.node.works import Work
from longbien.web.api import evidence_shapes as shapes
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.drafts import assertion
from longbien.web.api.told import moment, moment_or_none


def lots(call: Call) -> Answer:
    """Every lot, or those of one exchange."""
    query: shapes.LotsQuery = call.query
    exchange = bytes.fromhex(query.exchange) if query.exchange else None
    found = holdings.lots(call.api.node, exchange)
    return Answer(given=shapes.LotList(items=tuple(map(_line, found))))


def lot(call: Call) -> Answer:
    """One lot."""
    return Answer(given=_lot(call, call.bytes("manifest")))


def begin(call: Call) -> Answer:
    """A new lot."""
    wanted: shapes.LotWanted = call.body
    if call.token is not None and call.token.office not in {"", wanted.office}:
        raise Refused("OFFICE_OTHER", call.token.office)
    if (wanted.exchange is None) is not bool(wanted.to):
        raise Refused("BODY_INVALID", "either exchange or to")
    made = granted(
        call.api.node.evidence.bundles.begin(
            office=wanted.office,
            exchange=None if wanted.exchange is None else bytes.fromhex(wanted.exchange),
            to=wanted.to,
            conditions=[noted.condition(f"{each.kind}:{each.text}") for each in wanted.conditions],
        )
    )
    where = {"Location": f"/api/v1/evidence/{made.hex()}"}
    return Answer(given=_lot(call, made), status=201, headers=where)


def hand_in(call: Call) -> Answer:
    """The file that came belongs to a lot from here on."""
    query: shapes.FileQuery = call.query
    if call.handed is None:
        raise Refused("INTAKE_NONE", "no place for files is configured")
    said = {word: getattr(query, word) for word in noted.WORDS}
    brought = noted.brought(
        said,
        path=Path(),
        now=call.api.node.world.now(),
        name=query.name.encode(),
        digests=[query.digest] if query.digest else [],
        redacted=query.redacted,
    )
    added = granted(
        evidence_work.take_in(call.api.node, call.bytes("manifest"), call.handed, brought, person=b"")
    )
    return Answer(
        given=shapes.FileNoted(
            manifest=call.path["manifest"],
            number=added.number,
            size=added.facts.size,
            sha256=added.facts.digests["sha256"].hex(),
            looks_like=added.facts.title,
            agrees=added.facts.agrees,
        ),
        status=201,
    )


def seal(call: Call) -> Answer:
    """A lot is being sealed."""
    return _begun(evidence_work.seal(call.api.node, call.bytes("manifest")))


def fetch(call: Call) -> Answer:
    """What is missing is being fetched."""
    if call.api.outside is None:
        raise Refused("REMOTE_GONE", "no way out of this node")
    node = call.api.node
    return _begun(
        evidence_work.fetch(node, call.bytes("manifest"), call.api.outside, office=_office(call), person=b"")
    )


def verify(call: Call) -> Answer:
    """Everything that is here is being read again."""
    return _begun(
        evidence_work.verify(call.api.node, call.bytes("manifest"), office=_office(call), person=b"")
    )


def release(call: Call) -> Answer:
    """Keys that may go now go now; what the others wait for stands in the lot."""
    call.api.node.evidence.tend()
    return Answer(given=_lot(call, call.bytes("manifest")))


def custody(call: Call) -> Answer:
    """Who touched what, with whatever does not fit."""
    found = _found(call, call.bytes("manifest"))
    return Answer(
        given=shapes.Custody(
            unbroken=found.count.unbroken,
            items=tuple(
                shapes.CustodyEvent(
                    item=item.number,
                    at=moment(row.event.at),
                    touch=str(row.event.touch),
                    party=row.event.party,
                    office=row.event.office,
                    person=row.event.person.hex(),
                    other=row.event.other,
                    place=row.event.place,
                    tool=row.event.tool,
                    note=row.event.note,
                    findings=tuple(finding.code for finding in row.findings),
                )
                for item in found.items
                for row in item.rows
            ),
        )
    )


def see_hold(call: Call) -> Answer:
    """How a hold stands, and what two officers sign."""
    query: shapes.HoldQuery = call.query
    return Answer(given=_hold(call, query.reason, lift=query.lift))


def hold(call: Call) -> Answer:
    """Two officers set a hold, or lift it."""
    wanted: shapes.HoldWanted = call.body
    brought = [assertion(item) for item in wanted.assertions]
    granted(call.api.node.hold(call.bytes("exchange"), wanted.reason, brought, lift=wanted.lift))
    return Answer(given=_hold(call, wanted.reason, lift=wanted.lift), status=201)


def see_destruction(call: Call) -> Answer:
    """What would be destroyed, and what two officers sign for it."""
    query: shapes.DestructionQuery = call.query
    numbers = [int(each) for each in query.items.split(",") if each]
    return Answer(given=_destruction(call, query.why, numbers))


def destroy(call: Call) -> Answer:
    """Two officers destroy items for good."""
    wanted: shapes.DestructionWanted = call.body
    brought = [assertion(item) for item in wanted.assertions]
    node, manifest = call.api.node, call.bytes("manifest")
    granted(
        destroying.destroy(node, manifest, wanted.why, brought, numbers=wanted.items, office=_office(call))
    )
    return Answer(given=_destruction(call, wanted.why, wanted.items))


def export(call: Call) -> Answer:
    """A file for a court is being made."""
    wanted: shapes.ExportWanted = call.body
    if call.api.outside is None:
        raise Refused("INTAKE_NONE", "this node makes no such files")
    wish = CourtWish(
        form=wanted.form,
        languages=wanted.languages,
        handed_to=wanted.handed_to,
        office=wanted.office or _office(call),
    )
    return _begun(
        evidence_work.export(call.api.node, call.bytes("exchange"), call.api.outside, wish, person=b"")
    )


def work(call: Call) -> Answer:
    """How far a work is."""
    return Answer(given=_work(_known(call)))


def file(call: Call) -> Answer:
    """What an export made, piece by piece; it waits for a day."""
    found = _known(call)
    if not evidence_work.waits(found):
        raise Refused("WORK_UNKNOWN", "nothing waits to be taken away")
    name = {"Content-Disposition": f'attachment; filename="{found.result["name"]}"'}
    return Answer(pieces=evidence_work.carried(found), media=MEDIA[found.result["form"]], headers=name)


def _known(call: Call) -> Work:
    found = call.api.node.works.find(call.bytes("work"))
    if found is None:
        raise Refused("WORK_UNKNOWN", call.path["work"])
    return found


def _office(call: Call) -> str:
    own = "" if call.token is None else call.token.office
    return own or call.api.node.evidence.office


def _begun(begun: object) -> Answer:
    found: Work = granted(begun)
    return Answer(given=_work(found), status=202, headers={"Location": f"/api/v1/works/{found.id.hex()}"})


def _hold(call: Call, reason: str, *, lift: bool) -> shapes.Hold:
    exchange = call.bytes("exchange")
    with call.api.node.store.transaction() as tx:
        if exchange not in tx.exchanges.find([exchange]):
            raise Refused("EXCHANGE_UNKNOWN", call.path["exchange"])
    return shapes.Hold(
        exchange=exchange.hex(),
        held=stand(call.api.node, exchange).held,
        challenge=hold_challenge(exchange, reason, lift=lift).hex(),
    )


def _destruction(call: Call, why: str, numbers: Sequence[int]) -> shapes.Destruction:
    manifest = call.bytes("manifest")
    with call.api.node.store.transaction() as tx:
        parts = tx.evidence.parts(manifest)
        left = sum(not row.gone_at for row in tx.evidence.items(manifest))
    if not parts:
        raise Refused("MANIFEST_UNKNOWN", manifest.hex())
    return shapes.Destruction(
        manifest=manifest.hex(),
        left=left,
        held=stand(call.api.node, parts[0].exchange).held,
        challenge=destroying.destroy_challenge(manifest, numbers, why).hex(),
    )


def _work(found: Work) -> shapes.Work:
    return shapes.Work(
        work=found.id.hex(),
        kind=found.kind,  # type: ignore[arg-type]  # one of the four, by the room that began it
        exchange=found.about.hex(),
        begun_at=moment(found.begun_at),
        done=found.done,
        whole=found.whole,
        rate=found.rate,
        left=found.left,
        ended_at=moment_or_none(found.ended_at),
        code=found.code,
        detail=found.detail,
        file=evidence_work.waits(found),
    )


def _found(call: Call, manifest: bytes) -> holdings.Lot:
    found = holdings.lot(call.api.node, manifest)
    if found is None:
        raise Refused("MANIFEST_UNKNOWN", manifest.hex())
    return found


def _lot(call: Call, manifest: bytes) -> shapes.Lot:
    found = _found(call, manifest)
    plan = found.plan
    return shapes.Lot(
        line=_line(found.count),
        digests=tuple(digest.hex() for digest in found.parts),
        audience=found.audience,
        conditions=tuple(f"{each.code}: {each.text}" for each in found.conditions),
        items=tuple(map(_item, found.items)),
        going=tuple(
            shapes.Going(
                act=one.act.hex(),
                to=one.peer,
                keys_sent_at=moment_or_none(one.sent_at),
                waits_for=one.waits_for,
            )
            for one in found.going
        ),
        keeping=None
        if plan is None
        else shapes.Keeping(until=moment_or_none(plan.until), because=plan.because, hold=plan.hold),
    )


def _line(count: holdings.Count) -> shapes.LotLine:
    return shapes.LotLine(
        manifest=count.manifest.hex(),
        exchange=count.exchange.hex(),
        issuer=count.issuer,
        office=count.office,
        made_at=moment(count.made_at),
        sealed=count.sealed,
        items=count.items,
        size=count.size,
        states=dict(count.states),
        verified=count.looked,
        verified_at=moment_or_none(count.looked_at),
        unbroken=count.unbroken,
        hold=count.hold,
    )


def _item(item: holdings.Held) -> shapes.EvidenceItem:
    return shapes.EvidenceItem(
        number=item.number,
        name=item.name,
        size=item.size,
        declared=item.declared,
        description=item.description,
        digests={name: digest.hex() for name, digest in item.digests.items()},
        state=item.state,
        looks_like="" if item.facts is None else item.facts.title,
        verified=tuple(
            shapes.LookedAt(party=who.party, office=who.office, person=who.person.hex(), at=moment(who.at))
            for who in item.verified
        ),
    )
