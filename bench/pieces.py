"""Each piece against its limit: the library call, the primitive or the bare record that it cannot be faster than.

Processor time of one thread, each piece and its limit measured in turn, the least of several rounds.
"""

from __future__ import annotations

import os
import time
import tomllib
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING

import cbor2

from bench import acts
from bench.report import Bar, Row
from longbien.exchange import Act, Approval, Author, Draft, step
from longbien.law import Clock, Lawbook, Move, Situation, decide
from longbien.ledger import SoftLogSigner, merkle
from longbien.ledger.leaf import leaf_hash
from longbien.ledger.records import NO_HEAD
from longbien.node.book import Book, Leaf
from longbien.node.lawbook import shipped
from longbien.store import Store
from longbien.wire import cbor, envelope, statement
from longbien.wire.suites import PRODUCTION, SUITE_1, SoftOpenKey, SoftSigner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# A moment in November 2026, in ms.
AT = 1_795_000_000_000
ENGINE_BAR = Bar(value=3.0, at_least=False)
LAW_BAR = Bar(value=5.0, at_least=False)
ROUNDS = 5
LEAVES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A piece and its limit."""

    name: str
    piece: Callable[[], object]
    against: str
    limit: Callable[[], object]
    bar: Bar | None = None


def rows(seconds: float, folder: Path) -> list[Row]:
    """Every piece, with about so many seconds for each; `folder` is for a database."""
    law = shipped()
    with Store(f"sqlite:///{folder / 'pieces.db'}") as store:
        return [_measured(pair, seconds) for pair in (*_wire(law), *_law(law), *_ledger(store))]


def _measured(pair: Pair, seconds: float) -> Row:
    least = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for place, work in enumerate((pair.piece, pair.limit)):
            least[place] = min(least[place], _once(work, seconds / ROUNDS / 2))
    return Row(
        name=pair.name,
        value=least[0] * 1e6,
        unit="µs",
        against=f"{pair.against}, {least[1] * 1e6:.1f} µs",
        ratio=least[0] / least[1],
        bar=pair.bar,
    )


def _once(work: Callable[[], object], seconds: float) -> float:
    """Seconds of processor time for one call."""
    work()
    begin, calls = time.process_time(), 0
    while (spent := time.process_time() - begin) < seconds or not calls:
        work()
        calls += 1
    return spent / calls


def _request(law: Lawbook) -> Act:
    rules = law.rules("preservation")
    assert rules is not None
    sender = acts.Sender(party="RU", other="VN", people=(bytes(16), bytes([1]) * 16))
    (draft,) = acts.requests(sender, rules, 1, AT)
    return as_act(draft)


def as_act(draft: Draft) -> Act:
    """The act that two officers approved."""
    approvals = tuple(
        Approval(person=bytes([number]) * 16, office=acts.OFFICE, assertion=bytes(32), at=AT)
        for number in range(2)
    )
    return draft.act(seen_position=0, seen_head=NO_HEAD, made_at=AT, approvals=approvals)


def _wire(law: Lawbook) -> tuple[Pair, ...]:
    act = _request(law)
    payload = act.encode()
    plain = cbor2.loads(payload)
    signer = SoftSigner(1, (os.urandom(32), os.urandom(32)))
    signed = statement.sign(
        payload,
        kind="act",
        issuer="RU",
        audience=["VN"],
        subject=act.exchange,
        descriptor=bytes(32),
        signers=[signer],
    )
    keys = {signer.verify_key.kid: signer.verify_key}
    messages = [
        (item.algorithm, statement.to_be_signed(signed.protected, item.protected, payload), item.value)
        for item in signed.signatures
    ]
    opener = SoftOpenKey(1, os.urandom(32))
    key = opener.seal_key
    sealed = envelope.seal(signed.raw, to=key, envelope_id=bytes(16), suites=PRODUCTION)
    padded = signed.raw.ljust(8192, b"\0")
    bare = SUITE_1.seal(key.public, b"bare", padded)

    def verify_bare() -> None:
        for algorithm, message, value in messages:
            SUITE_1.verify(algorithm, signer.verify_key.public, message, value)

    return (
        Pair(
            name="CBOR, encode an act of 4 KiB",
            piece=act.encode,
            against="cbor2.dumps",
            limit=lambda: cbor2.dumps(plain),
        ),
        Pair(
            name="CBOR, decode and check an act of 4 KiB",
            piece=lambda: cbor.decode(payload),
            against="cbor2.loads",
            limit=lambda: cbor2.loads(payload),
        ),
        Pair(
            name="statement, parse and verify",
            piece=lambda: statement.verify(statement.parse(signed.raw), keys, PRODUCTION),
            against="two signatures",
            limit=verify_bare,
        ),
        Pair(
            name="envelope, seal",
            piece=lambda: envelope.seal(signed.raw, to=key, envelope_id=bytes(16), suites=PRODUCTION),
            against="HPKE",
            limit=lambda: SUITE_1.seal(key.public, b"bare", padded),
        ),
        Pair(
            name="envelope, open",
            piece=lambda: envelope.open_envelope(sealed, {key.kid: opener}, PRODUCTION),
            against="HPKE",
            limit=lambda: opener.open(b"bare", bare),
        ),
    )


def _law(law: Lawbook) -> tuple[Pair, ...]:
    folder = resources.files("longbien.law") / "data"
    texts = [path.read_text("utf-8") for path in _files(folder) if path.name.endswith(".toml")]
    return (
        _decision(law, "engine, a decision about a small act", "acknowledge", ENGINE_BAR),
        _decision(law, "engine, a decision about a request of 4 KiB", "open", None),
        Pair(
            name="law, load all",
            piece=shipped,
            against="parsing its TOML",
            limit=lambda: [tomllib.loads(text) for text in texts],
            bar=LAW_BAR,
        ),
    )


def _decision(law: Lawbook, name: str, act: str, bar: Bar | None) -> Pair:
    rules = law.rules("preservation")
    assert rules is not None
    request = _request(law)
    opened = step(rules, None, request, author=Author(party="RU", offices=("poc",)), at=AT)
    first = getattr(opened, "standing", None)
    assert first is not None, opened
    situation = Situation(
        party="VN",
        parties=("RU", "VN"),
        stage=None if act == "open" else first.stage,
        role="requesting" if act == "open" else "requested",
        act=act,
        body=request.body if act == "open" else {"own_reference": "VN-0091", "contact": "Duty officer"},
        data={} if act == "open" else first.data,
        at=AT + 100_000,
        persons=2,
        offices=("poc",),
        saw_latest=True,
    )
    move = decide(rules, situation)
    assert isinstance(move, Move), move

    def record() -> Move:
        clocks = tuple(
            Clock(
                id=clock.id,
                due_at=clock.due_at,
                statutory=clock.statutory,
                acts=clock.acts,
                reminders=clock.reminders,
            )
            for clock in move.clocks
        )
        return Move(row=move.row, to=move.to, data=dict(move.data), clocks=clocks, notices=())

    return Pair(
        name=name,
        piece=lambda: decide(rules, situation),
        against="building its result",
        limit=record,
        bar=bar,
    )


def _ledger(store: Store) -> tuple[Pair, ...]:
    signer = SoftLogSigner(
        origin="longbien/ZZ/00000000", ed25519_seed=os.urandom(32), mldsa44_seed=os.urandom(32)
    )
    book = Book(signer, os.urandom)
    leaves = [Leaf(kind="entry", record=os.urandom(250)) for _ in range(LEAVES)]

    def append() -> None:
        with store.transaction() as tx:
            book.append(tx, leaves)

    def bare() -> None:
        rows = [(os.urandom(32), leaf.record, leaf_hash("entry", bytes(32), leaf.record)) for leaf in leaves]
        for _, _, value in rows[1:]:
            sha256(b"\x01" + value + value).digest()
        with store.transaction() as tx:
            tx.ledger.set_fact("bare", b"".join(value for row in rows for value in row))

    assert merkle.HASH_BYTES == 32
    return (
        Pair(
            name=f"ledger, append {LEAVES} leaves",
            piece=append,
            against="hashing and one commit",
            limit=bare,
        ),
    )


def _files(folder):  # noqa: ANN001, ANN202 - a Traversable
    for item in folder.iterdir():
        if item.is_dir():
            yield from _files(item)
        else:
            yield item
