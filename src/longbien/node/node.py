"""The node: what a State's installation can do, put together from its parts.

What it knows: who needs whom. What it must never know: a real clock, real randomness, sockets, screens; they are handed in.
There is one way to start, after a clean stop and after a crash alike: read what is durable, seal what has no signed head
yet, go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from longbien.carry.place import Place
from longbien.exchange import Act, Author
from longbien.keys import Descriptor, KeyEntry, KeyStore, Peer, Purpose, Refused, pin, signing_key
from longbien.law import Lawbook, Rules
from longbien.ledger.checkpoint import LogSigner
from longbien.node import origin
from longbien.node.admission import Admission, Turned, read_act
from longbien.node.book import Book, notice
from longbien.node.clockwork import WITNESS_EVERY, Clockwork
from longbien.node.delivery import Delivery
from longbien.node.desk import Desk
from longbien.node.directory import Directory, LogVerifiers, Recall, keep, recall
from longbien.node.evidence import Evidence
from longbien.node.evidence.retention import AS_SHIPPED, Spans
from longbien.node.heads import Heads
from longbien.node.intake import GIB, Intake
from longbien.node.jobs import Touch
from longbien.node.passkeys import Assertion, PasskeyCheck
from longbien.node.people import People
from longbien.node.ports import Broken, Denied, Entropy, Now
from longbien.node.reception import Reception
from longbien.node.sequencer import Sequencer
from longbien.node.works import Works
from longbien.store import Store, Transaction
from longbien.store.peer_rows import PeerRow
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed
from longbien.wire.statement import Statement
from longbien.wire.suites import OpenKey, Signer, Suites

OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a node gets from outside; `objects` is where its sealed evidence lies, `intake` where files are handed in and taken away (of at most
    `upload_max` bytes each), None at a node that has no place for it.
    """

    lawbook: Lawbook
    suites: Suites
    passkeys: PasskeyCheck
    now: Now
    entropy: Entropy
    log_verifiers: LogVerifiers = lambda key: key
    recall: Recall = recall
    witness_every: int = WITNESS_EVERY
    objects: Place | None = None
    spans: Spans = AS_SHIPPED
    intake: Path | None = None
    upload_max: int = 50 * GIB


class Node:
    """An open node.

    `reception` takes requests of peers, `desk` serves officers, `people` lets them in, `evidence` keeps what is handed over, `delivery`
    empties the outbox, `clockwork` does what is due, `works` what takes long; files come in and go out through `intake`.

    Raises:
        Broken: the store does not hold what a node must have, or holds something impossible.
    """

    def __init__(self, store: Store, keystore: KeyStore, world: World) -> None:
        self.store = store
        self.keystore = keystore
        self.world = world
        with store.transaction() as tx:
            own = _own(tx, world)
            peers = [world.recall(row.peer, world.suites) for row in tx.peers.all()]
        self.directory = Directory(own, peers, suites=world.suites, log_verifiers=world.log_verifiers)
        self._open_keys: dict[bytes, OpenKey] = {}
        self._entries: tuple[KeyEntry, ...] = ()
        self._signers: dict[bytes, Signer] = {}
        self._load_open_keys()
        log_signer = self._log_signer()
        self.book = Book(log_signer, world.entropy)
        self.sequencer = Sequencer(
            store, self.book, party=own.party, lawbook=world.lawbook, reader=self.read_act, now=world.now
        )
        self.heads = Heads(store, self.book, self.directory, self.sequencer, log_signer, world.now)
        with store.transaction() as tx:
            self.book.load(tx)
            self.heads.load(tx)
            # What kept a peer out of reach may have been on this side; two nodes that both rest would never hear each other.
            tx.peers.none_rests()
            if self.book.size:
                self.book.seal(tx, world.now())
        if not self.book.size:
            leaf = notice("founded", party=own.party, fingerprint=own.pinned, descriptor=own.digest)
            self.sequencer.run([Touch(leaf=leaf, write=lambda _tx: None)])
        self._assemble(own.descriptor)
        self.evidence.begun.sweep()

    def _assemble(self, descriptor: Descriptor) -> None:
        world = self.world
        self.evidence = Evidence(
            self.store,
            self.book,
            self.directory,
            self.sequencer,
            self.keystore,
            objects=world.objects,
            spans=world.spans,
            say=self.say,
            now=world.now,
            entropy=world.entropy,
        )
        self.reception = Reception(
            self.store,
            self.directory,
            Admission(descriptor.party, self.directory, self._open_keys, world.suites),
            self.sequencer,
            self.heads,
            self.evidence.arrival,
            origin=descriptor.log_key.origin,
            suites=world.suites,
            now=world.now,
            entropy=world.entropy,
        )
        self.delivery = Delivery(
            self.store,
            self.book,
            self.directory,
            self.sequencer,
            self.heads,
            self.evidence,
            keys=self._open_keys,
            suites=world.suites,
            now=world.now,
            entropy=world.entropy,
        )
        self.desk = Desk(
            self.store,
            self.directory,
            self.sequencer,
            lawbook=world.lawbook,
            signer=self._signer,
            doubts=partial(origin.doubts, self),
            passkeys=world.passkeys,
            suites=world.suites,
            now=world.now,
            entropy=world.entropy,
        )
        self.works = Works(now=world.now, entropy=world.entropy)
        self.intake = (
            None
            if world.intake is None
            else Intake(
                world.intake, store=self.store, now=world.now, entropy=world.entropy, most=world.upload_max
            )
        )
        self.people = People(self.store, self.directory, self.sequencer, now=world.now, entropy=world.entropy)
        self.clockwork = Clockwork(
            self.store,
            self.directory,
            self.sequencer,
            self.desk,
            self.evidence,
            self.keystore,
            keys_changed=self._load_open_keys,
            suites=world.suites,
            now=world.now,
            witness_every=world.witness_every,
        )

    @property
    def party(self) -> str:
        """The code of the State or organisation."""
        return self.directory.own.party

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The public papers that other States pin."""
        return self.directory.own.statements

    def pin(
        self, chain: Sequence[bytes], fingerprint: bytes, assertions: Sequence[Assertion]
    ) -> Peer | Denied:
        """The party with this root fingerprint is known from now on. Two officers must have compared it.

        For a party that is pinned already this takes newer papers, carried by hand because the network did not bring them; they
        prove themselves, so nobody has to compare anything.

        Each assertion is over `pin_challenge`. Codes: PIN_TWO_PERSONS, PASSKEY_…, PEER_PINNED_OTHERWISE, PEER_IS_SELF, and
        those of `keys.pin` and `keys.advance`. Source: architecture §6.
        """
        with self.store.transaction() as tx:
            size = tx.ledger.size()
        peer = pin(
            chain,
            fingerprint,
            self.world.now(),
            suites=self.world.suites,
            ledger=(self.directory.own.descriptor.log_key.origin, size),
        )
        if isinstance(peer, Refused):
            return Denied(code=peer.code, detail=peer.detail)
        if peer.party == self.party:
            return Denied(code="PEER_IS_SELF", detail=peer.party)
        held = self.directory.peer(peer.party)
        if held is not None:
            if held.pinned != fingerprint:
                return Denied(code="PEER_PINNED_OTHERWISE", detail=peer.party)
            return self._newer(held, chain)
        people = self.two_people(pin_challenge(peer.party, fingerprint), assertions)
        if isinstance(people, Denied):
            return people
        now = self.world.now()

        def write(tx: Transaction) -> None:
            tx.peers.pin(
                PeerRow(
                    party=peer.party,
                    peer=keep(peer),
                    known_size=0,
                    known_note=b"",
                    pinned_at=now,
                    last_ok_at=0,
                    tries=0,
                    next_at=0,
                    reason="",
                )
            )
            self.directory.learn(peer)

        leaf = notice(
            "pinned", party=peer.party, fingerprint=fingerprint, first=people[0], second=people[1], at=now
        )
        self.sequencer.run([Touch(leaf=leaf, write=write)])
        return peer

    def _newer(self, held: Peer, chain: Sequence[bytes]) -> Peer | Denied:
        job = self.reception.papers(held.party, chain)
        if isinstance(job, Turned):
            return Denied(code=job.code, detail=held.party)
        self.sequencer.run([job])
        return self.directory.peer(held.party) or held

    def hold(
        self, exchange: bytes, reason: str, assertions: Sequence[Assertion], *, lift: bool = False
    ) -> Denied | None:
        """Nothing of this exchange is deleted from now on; with `lift`, what is due may be deleted again.

        Each assertion is over `hold_challenge`. Codes: EXCHANGE_UNKNOWN, HOLD_STANDS, HOLD_UNKNOWN, PIN_TWO_PERSONS, PASSKEY_….
        """
        with self.store.transaction() as tx:
            known = exchange in tx.exchanges.find([exchange])
            held = exchange in tx.evidence.held()
        if not known:
            return Denied(code="EXCHANGE_UNKNOWN", detail=exchange.hex())
        if held is not lift:
            return Denied(code="HOLD_STANDS" if held else "HOLD_UNKNOWN", detail=exchange.hex())
        people = self.two_people(hold_challenge(exchange, reason, lift=lift), assertions)
        if isinstance(people, Denied):
            return people
        change = self.evidence.retention.lift if lift else self.evidence.retention.hold
        change(exchange, reason, people)
        return None

    def two_people(self, challenge: bytes, assertions: Sequence[Assertion]) -> tuple[bytes, bytes] | Denied:
        """Two different officers who signed a challenge. Codes: PIN_TWO_PERSONS, those of `person_of`."""
        people: list[bytes] = []
        for assertion in assertions:
            person = self.person_of(challenge, assertion)
            if isinstance(person, Denied):
                return person
            people.append(person)
        different = sorted(set(people))
        if len(different) < 2:
            return Denied(code="PIN_TWO_PERSONS", detail=str(len(different)))
        return different[0], different[1]

    def person_of(self, challenge: bytes, assertion: Assertion) -> bytes | Denied:
        """Who signed a challenge. Codes: PASSKEY_UNKNOWN, PASSKEY_ENDED, PASSKEY_INVALID, PASSKEY_SOFTWARE."""
        with self.store.transaction() as tx:
            credential = tx.desk.credential(assertion.credential)
        if credential is None or credential.ended_at is not None:
            code = "PASSKEY_UNKNOWN" if credential is None else "PASSKEY_ENDED"
            return Denied(code=code, detail=assertion.credential.hex())
        try:
            self.world.passkeys.verify(assertion, challenge=challenge, credential=credential)
        except Malformed as fault:
            return Denied(code=fault.code, detail=fault.detail)
        return credential.person

    def say(
        self, payload: bytes, *, kind: str, exchange: bytes, audience: Sequence[str]
    ) -> Statement | Denied:
        """A statement of this party about an exchange, signed now and kept nowhere. Code: STATEMENT_KEY_NONE."""
        signer = self._signer()
        if isinstance(signer, Denied):
            return signer
        own = self.directory.own
        return statement.sign(
            payload,
            kind=kind,
            issuer=own.party,
            audience=audience,
            subject=exchange,
            descriptor=own.digest,
            signers=[signer],
            suites=self.world.suites,
        )

    def read_act(self, raw: bytes) -> tuple[Act, Author]:
        """An act that this node verified when it stored it; its bytes are checked again by `audit`, not here."""
        signed = statement.parse(raw)
        act = read_act(signed)
        return act, self.directory.author(signed, act)

    def rules_of(self, act: Act) -> Rules | None:
        """The rules that the opening of an exchange names, as this node holds them."""
        opening = act.opening
        return None if opening is None else self.world.lawbook.rules(opening.procedure, opening.version)

    def _load_open_keys(self) -> None:
        """The keys of the store, whatever was made or destroyed since the last time."""
        self._entries = self.keystore.entries()
        entries = {entry.kid for entry in self._entries if entry.purpose is Purpose.SEAL}
        for kid in self._open_keys.keys() - entries:
            del self._open_keys[kid]
        for kid in entries - self._open_keys.keys():
            self._open_keys[kid] = self.keystore.opener(kid)

    def _signer(self) -> Signer | Denied:
        """The statement key that is current now, so that a rotation needs no restart."""
        entry = signing_key(self.world.now(), own=self.directory.own, entries=self._entries)
        if entry is None:
            return Denied(code="STATEMENT_KEY_NONE", detail=self.party)
        if entry.kid not in self._signers:
            self._signers[entry.kid] = self.keystore.signer(entry.kid)
        return self._signers[entry.kid]

    def _log_signer(self) -> LogSigner:
        log_key = self.directory.own.descriptor.log_key
        for entry in self._entries:
            if entry.purpose is Purpose.LOG and entry.label == log_key.origin and entry.log_key == log_key:
                return self.keystore.log_signer(entry.kid)
        raise Broken("LOG_KEY_MISSING", log_key.origin)


def pin_challenge(party: str, fingerprint: bytes) -> bytes:
    """What each of two officers signs with a passkey when a party is pinned."""
    return cbor.digest(cbor.encode({"pin": party, "fingerprint": fingerprint}))


def hold_challenge(exchange: bytes, reason: str, *, lift: bool) -> bytes:
    """What each of two officers signs with a passkey when a hold is set or lifted."""
    return cbor.digest(cbor.encode({"lift" if lift else "hold": exchange, "reason": reason}))


def found(store: Store, own: Peer) -> None:
    """The store becomes the store of this party. Once; raises `Broken` (NODE_EXISTS) the second time."""
    with store.transaction() as tx:
        if tx.ledger.fact(OWN) is not None:
            raise Broken("NODE_EXISTS", own.party)
        tx.ledger.set_fact(OWN, keep(own))


def _own(tx: Transaction, world: World) -> Peer:
    raw = tx.ledger.fact(OWN)
    if raw is None:
        raise Broken("NODE_NOT_FOUNDED", "run `longbien node init`")
    return world.recall(raw, world.suites)
