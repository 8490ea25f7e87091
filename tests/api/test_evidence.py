"""Evidence through the API: the whole way of a file by the typed client, long works, holds by passkeys, and what is refused."""

import hashlib
import http.client
import io
from urllib.parse import urlsplit

import pytest

from longbien.interop.court import bag
from longbien.node import tokens
from longbien.node.audit import audit
from longbien.node.evidence_work import Outside
from longbien.node.tokens import Scope
from longbien.web.api.evidence_shapes import (
    DestructionWanted,
    ExportWanted,
    FileQuery,
    HoldWanted,
    LotWanted,
    UseCondition,
)
from longbien.web.client import ApiProblem
from node.evidence import BODIES, answer, carrier, settle
from node.pair import OFFICE

from .served import served, shown

DISK = bytes(range(256)) * 20_000


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """VN has asked RU for data, and RU has answered with a file."""

    def outside(two):
        return Outside(
            carrier=carrier(two),
            court=lambda exchange, wish: b"a file for a court",
            bag=lambda folder, raw, files, exchange, at: bag(folder, raw, files, exchange=exchange, at=at),
        )

    with served(folder=tmp_path_factory.mktemp("api"), outside=outside) as made:
        made.here.node.works.start = lambda run: run()
        yield made


@pytest.fixture(scope="module")
def exchange(api) -> str:
    two = api.two
    sent = two.vn.act("open", BODIES["open"], to="RU", procedure="stored-data-access")
    settle(two)
    for act in ("acknowledge", "route", "accept", "authorise"):
        two.ru.act(act, BODIES[act], exchange=sent.exchange)
    settle(two)
    return sent.exchange.hex()


def fails(code: str, status: int, ask, *args, **named) -> None:
    with pytest.raises(ApiProblem) as problem:
        ask(*args, **named)
    assert (problem.value.code, problem.value.status) == (code, status)


@pytest.mark.promise("P10")
def test_a_program_hands_a_file_in_seals_it_and_reads_who_touched_it(api, exchange):
    client = api.client
    wanted = LotWanted(
        office=OFFICE,
        exchange=exchange,
        conditions=(UseCondition(kind="use-limit", text="In this case only"),),
    )
    lot = client.begin_lot(wanted)
    name = lot.line.manifest
    assert (lot.line.sealed, lot.audience) == (False, ("RU",))
    digest = hashlib.sha256(DISK).hexdigest()
    said = FileQuery(
        name="disk image & notes.dd", by="An officer (invented)", tool="dd", digest=f"sha256:{digest}"
    )
    noted = client.hand_in(name, io.BytesIO(DISK), said)
    assert (noted.number, noted.size, noted.sha256) == (1, len(DISK), digest)
    assert client.lot(name).items[0].state == "noted"
    work = client.seal(name)
    assert (work.kind, work.code, client.work(work.work)) == ("seal", "", work)
    lot = client.lot(name)
    assert lot.items[0].name == "disk image & notes.dd"
    assert (lot.items[0].state, len(lot.digests), lot.conditions) == (
        "here",
        1,
        ("use-limit: In this case only",),
    )
    client.verify_lot(name)
    custody = client.custody(name)
    assert [event.touch for event in custody.items] == ["collected", "sealed", "verified"]
    assert custody.unbroken
    assert client.lot(name).line.verified == 1
    assert [line.manifest for line in client.lots(exchange)] == [name]
    assert name in {line.manifest for line in client.lots()}
    fails("BUNDLE_SEALED", 409, client.hand_in, name, io.BytesIO(b"x"), FileQuery(name="late"))
    assert list((api.here.node.world.intake / "in").iterdir()) == [], "nothing lies about in the clear"
    assert client.release(name).going == ()


def test_what_another_state_handed_over_is_fetched_and_made_into_a_file_for_a_court(api, exchange):
    ru, client = api.two.ru, api.client
    path = ru.node.world.intake.parent / "given.txt"
    path.write_bytes(DISK)
    from node.evidence import made_ready

    signed = made_ready(ru, path, exchange=bytes.fromhex(exchange))
    ru.act("answer", answer(signed, conditions=False), exchange=bytes.fromhex(exchange))
    settle(api.two)
    name = signed.manifest.hex()
    assert client.lot(name).line.states == {"fetchable": 1}
    assert client.fetch(name).code == ""
    assert client.lot(name).line.states == {"here": 1}
    work = client.export(exchange, ExportWanted())
    assert work.file
    out = io.BytesIO()
    assert client.take_away(work.work, out) == len(b"a file for a court")
    assert out.getvalue() == b"a file for a court"
    bagged = client.export(exchange, ExportWanted(form="bag"))
    out = io.BytesIO()
    client.take_away(bagged.work, out)
    assert DISK in out.getvalue()
    fails("WORK_UNKNOWN", 404, client.take_away, client.verify_lot(name).work, io.BytesIO())
    fails("WORK_UNKNOWN", 404, client.work, "0" * 32)
    fails("MANIFEST_UNKNOWN", 404, client.lot, "0" * 32)
    fails("SCOPE_MISSING", 403, api.as_(Scope.EVIDENCE).seal, name)
    fails("SCOPE_MISSING", 403, api.as_(Scope.EVIDENCE_HANDLE).take_away, work.work, io.BytesIO())


@pytest.mark.promise("P9")
def test_a_hold_is_two_passkeys_and_no_token(api, exchange):
    client, here = api.client, api.here
    asked = client.see_hold(exchange, "An appeal (invented)")
    two = tuple(map(shown, here.sign(bytes.fromhex(asked.challenge))))
    wanted = HoldWanted(reason="An appeal (invented)", assertions=two[:1])
    fails("PIN_TWO_PERSONS", 422, client.hold, exchange, wanted)
    held = client.hold(exchange, HoldWanted(reason="An appeal (invented)", assertions=two))
    assert held.held == client.see_hold(exchange).held == "An appeal (invented)"
    assert all(line.hold == "An appeal (invented)" for line in client.lots(exchange))
    lifting = client.see_hold(exchange, "Decided", lift=True)
    two = tuple(map(shown, here.sign(bytes.fromhex(lifting.challenge))))
    fails("PASSKEY_INVALID", 401, client.hold, exchange, HoldWanted(reason="Else", lift=True, assertions=two))
    assert client.hold(exchange, HoldWanted(reason="Decided", lift=True, assertions=two)).held is None
    fails("EXCHANGE_UNKNOWN", 404, client.see_hold, "0" * 32)


@pytest.mark.promise("P9")
def test_evidence_is_destroyed_by_two_passkeys_and_no_token(api, exchange):
    client, here = api.client, api.here
    name = client.begin_lot(LotWanted(office=OFFICE, exchange=exchange)).line.manifest
    for number in range(2):
        client.hand_in(name, io.BytesIO(DISK), FileQuery(name=f"disk-{number}"))
    fails("MANIFEST_UNKNOWN", 404, client.see_destruction, name)
    assert client.seal(name).code == ""
    asked = client.see_destruction(name, "Returned", items="2")
    assert (asked.left, asked.held) == (2, None)
    two = tuple(map(shown, here.sign(bytes.fromhex(asked.challenge))))
    for wanted, code, status in (
        (DestructionWanted(why="Returned", items=(2,), assertions=two[:1]), "PIN_TWO_PERSONS", 422),
        (DestructionWanted(why="Returned", items=(1, 2), assertions=two), "PASSKEY_INVALID", 401),
        (DestructionWanted(why="Something else", items=(2,), assertions=two), "PASSKEY_INVALID", 401),
    ):
        fails(code, status, client.destroy, name, wanted)
    assert client.destroy(name, DestructionWanted(why="Returned", items=(2,), assertions=two)).left == 1
    assert client.lot(name).line.states == {"here": 1, "gone": 1}
    here.clock.now += 1000
    holding = client.see_hold(exchange, "An appeal (invented)")
    both = tuple(map(shown, here.sign(bytes.fromhex(holding.challenge))))
    client.hold(exchange, HoldWanted(reason="An appeal (invented)", assertions=both))
    rest = client.see_destruction(name, "Returned")
    assert rest.held == "An appeal (invented)"
    two = tuple(map(shown, here.sign(bytes.fromhex(rest.challenge))))
    fails("HOLD_STANDS", 409, client.destroy, name, DestructionWanted(why="Returned", assertions=two))
    assert client.lot(name).line.states == {"here": 1, "gone": 1}
    lifting = client.see_hold(exchange, "Decided", lift=True)
    two = tuple(map(shown, here.sign(bytes.fromhex(lifting.challenge))))
    client.hold(exchange, HoldWanted(reason="Decided", lift=True, assertions=two))
    assert audit(here.node).findings == ()


def test_who_may_not_is_refused_before_the_first_byte_and_nothing_is_kept(api, exchange):
    name = api.client.begin_lot(LotWanted(office=OFFICE, exchange=exchange)).line.manifest
    intake = api.here.node.intake
    folder = api.here.node.world.intake / "in"
    reader, whole = api.token(Scope.EVIDENCE), api.token(*tokens.TOGETHER)

    def sent(token: str, body: bytes = b"x", query: str = "name=a", **more: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(urlsplit(api.address).netloc, timeout=30)
        headers = {"Content-Type": "application/octet-stream", "Authorization": f"Bearer {token}"}
        headers |= {key.replace("_", "-"): value for key, value in more.items()}
        connection.request("POST", f"/api/v1/evidence/{name}/files?{query}", body, headers)
        reply = connection.getresponse()
        said = reply.read().decode()
        connection.close()
        return reply.status, said

    # Nothing is sent, and still there is an answer: who may not need not send anything.
    assert sent(reader, b"", Content_Length="1000000")[0] == 403
    assert sent(whole, Content_Type="application/json")[0] == 415
    assert sent(whole, query="")[0] == 400
    assert sent(whole, query="name=a&name=b")[0] == 400
    assert "DIGEST_MISMATCH" in sent(whole, query="name=a&digest=sha256:" + "00" * 32)[1]
    assert "TIME_WITHOUT_ZONE" in sent(whole, query="name=a&by=x&acquired_at=2026-11-03T06:41")[1]
    before, intake.most = intake.most, 10
    assert sent(whole, bytes(11))[0] == 413
    intake.most = before
    assert list(folder.iterdir()) == []
    first = sent(whole, b"once", Idempotency_Key="k1")
    assert first[0] == 201
    assert sent(whole, b"once", Idempotency_Key="k1") == first
    assert "IDEMPOTENCY_OTHER" in sent(whole, b"twice", Idempotency_Key="k1")[1]
    assert len(list(folder.iterdir())) == 1 == len(api.client.lot(name).items)
    office = api.as_(*tokens.TOGETHER, office=OFFICE)
    fails("OFFICE_OTHER", 403, office.begin_lot, LotWanted(office="other", exchange=exchange))
    fails("BODY_INVALID", 422, api.client.begin_lot, LotWanted(office=OFFICE))
