"""The officers' side of a node: drafts, approvals by passkey, and the moment when a draft becomes an act.

What it knows: people, offices, and what a procedure asks before something may leave. What it must never know: how an act
travels. Everything is checked here with the same rules as at the other side, so that an officer hears a "no" before
anything is sent; the other side checks again and trusts none of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from longbien.duty import Stage
from longbien.exchange import Act, Approval, Author, Draft, Opening, Rejected, Standing, step
from longbien.law import Lawbook, Refusal, Rules, unknown_parties
from longbien.ledger.records import NO_HEAD
from longbien.node import calling_back, events, raising
from longbien.node.book import notice
from longbien.node.directory import Directory
from longbien.node.events import happened
from longbien.node.evidence.naming import Named, digests_in, exchange_for, judge
from longbien.node.jobs import InLedger, NotYet, Outcome, Own, Touch
from longbien.node.origin import IN_DOUBT, NEVER_IN_DOUBT
from longbien.node.passkeys import Assertion, PasskeyCheck
from longbien.node.ports import Broken, Denied, Entropy, Now
from longbien.node.roles import ORDINARY, may_sign
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.desk_rows import ApprovalRow, CredentialRow, DraftRow, OfficerRow
from longbien.store.exchange_rows import ExchangeRow
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed, Value
from longbien.wire.suites import Signer, Suites

# Enough different persons for any procedure: used only to ask "would this be allowed once it is approved?".
_EVERYBODY = tuple(
    Approval(person=bytes([number]) * 16, office="", assertion=bytes(32), at=0) for number in range(1, 9)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The act is signed and durable here; `digest` names its statement.

    `placed` is true when this node hosts the exchange and has ordered the act already; otherwise it is on its way.
    """

    exchange: bytes
    digest: bytes
    placed: bool


class Desk:
    """What officers can do at their own node."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        sequencer: Sequencer,
        *,
        lawbook: Lawbook,
        signer: Callable[[], Signer | Denied],
        doubts: Callable[[bytes], tuple[str, ...]],
        passkeys: PasskeyCheck,
        suites: Suites,
        now: Now,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._directory = directory
        self._sequencer = sequencer
        self._lawbook = lawbook
        self._signer = signer
        self._doubts = doubts
        self._passkeys = passkeys
        self._suites = suites
        self._now = now
        self._entropy = entropy

    def enrol(
        self,
        *,
        name: str,
        office: str,
        credential: bytes,
        public_key: bytes,
        software: bool,
        roles: Sequence[str] = ORDINARY,
    ) -> bytes | Denied:
        """The 16-byte pseudonym of a new officer who brings the key at once. Codes: OFFICE_UNKNOWN, PASSKEY_KNOWN."""
        if office not in {item.id for item in self._directory.own.descriptor.offices}:
            return Denied(code="OFFICE_UNKNOWN", detail=office)
        with self._store.transaction() as tx:
            if tx.desk.credential(credential) is not None:
                return Denied(code="PASSKEY_KNOWN", detail=credential.hex())
        person = self._entropy(16)
        now = self._now()
        officer = OfficerRow(
            person=person, name=name, office=office, active=True, enrolled_at=now, roles=tuple(roles)
        )
        key = CredentialRow(
            id=credential, person=person, public_key=public_key, sign_count=0, software=software, added_at=now
        )
        leaf = notice(
            "enrolled", person=person, office=office, passkey=cbor.digest(credential), software=int(software)
        )

        def write(tx: Transaction) -> None:
            tx.desk.add_officer(officer)
            tx.desk.add_credential(key)

        self._sequencer.run([Touch(leaf=leaf, write=write)])
        return person

    def draft_opening(
        self,
        *,
        procedure: str,
        to: Sequence[str],
        office: str,
        body: Mapping[str, Value],
        name: str = "",
        drafter: bytes = bytes(16),
    ) -> DraftRow | Denied:
        """A draft of the act that opens an exchange: `name`, such as an oral request, or else the flow's opening act.

        Codes: RULES_UNKNOWN, PARTIES_WRONG, PEER_NOT_PINNED, PARTY_UNKNOWN, and those of `step`.
        """
        rules = self._lawbook.rules(procedure)
        if rules is None:
            return Denied(code="RULES_UNKNOWN", detail=procedure)
        if not to:
            return Denied(code="PARTIES_WRONG", detail="nobody is asked")
        for party in to:
            if self._directory.peer(party) is None:
                return Denied(code="PEER_NOT_PINNED", detail=party)
        own = self._directory.own.party
        opening = Opening(
            procedure=procedure,
            version=rules.version,
            rules=rules.digest,
            host=own if rules.flow.host == rules.flow.opener else to[0],
            parties=tuple(sorted({own, *to})),
        )
        # Evidence that goes with a request was made ready for an exchange that does not exist yet: for this one.
        prepared = None
        if digests_in(body):
            with self._store.transaction() as tx:
                prepared = exchange_for(tx, own, body)
        draft = Draft(
            id=self._entropy(16),
            exchange=prepared or self._entropy(16),
            name=name or rules.flow.opening_act,
            office=office,
            body=body,
            opening=opening,
        )
        return self._keep(draft, None, drafter)

    def draft_act(
        self,
        *,
        exchange: bytes,
        name: str,
        office: str,
        body: Mapping[str, Value],
        drafter: bytes = bytes(16),
        identifier: bytes | None = None,
    ) -> DraftRow | Denied:
        """A draft of a further act; with an `identifier` (16 bytes), which may be asked for again, it is made once.

        Codes: EXCHANGE_UNKNOWN, QUARANTINED, ORIGIN_IN_DOUBT (who opened it is in doubt, so no yes is given), DRAFT_KNOWN (another one has this identifier), PARTY_UNKNOWN, CALL_BACK_OTHER, and those of
        `step`.
        """
        with self._store.transaction() as tx:
            row = tx.exchanges.find([exchange]).get(exchange)
        if row is None:
            return Denied(code="EXCHANGE_UNKNOWN", detail=exchange.hex())
        if row.quarantine is not None:
            return Denied(code="QUARANTINED", detail=row.quarantine)
        in_doubt = self._in_doubt(name, exchange)
        if in_doubt is not None:
            return in_doubt
        draft = Draft(
            id=identifier or self._entropy(16),
            exchange=exchange,
            name=name,
            office=office,
            body=body,
            opening=None,
        )
        if identifier is not None:
            with self._store.transaction() as tx:
                known = tx.desk.draft(identifier)
            if known is not None:
                same = known.digest == draft.digest
                return known if same else Denied(code="DRAFT_KNOWN", detail=identifier.hex())
        return self._keep(draft, Standing.decode(row.standing), drafter)

    def _keep(self, draft: Draft, standing: Standing | None, drafter: bytes) -> DraftRow | Denied:
        act = self._act(draft, standing, _EVERYBODY)
        refused = (
            self._judge(act, standing)
            or self._unknown_party(act, standing)
            or calling_back.refused(self._directory, act, standing)
        )
        if refused is not None:
            return refused
        named = self._named(act, standing)
        if isinstance(named, Denied):
            return named
        row = DraftRow(
            id=draft.id,
            exchange=draft.exchange,
            act=draft.name,
            office=draft.office,
            draft=draft.encode(),
            digest=draft.digest,
            drafter=drafter,
            created_at=self._now(),
            statement=None,
            fits=next(iter(act.passed), None),
        )
        with self._store.transaction() as tx:
            tx.desk.add_draft(row)
            tx.events.add([happened(events.DRAFTED, row.exchange, row.id, row.created_at)])
        return row

    def approve(self, draft: bytes, assertion: Assertion) -> ApprovalRow | Denied:
        """One more person approved exactly this draft.

        Codes: DRAFT_UNKNOWN, DRAFT_SENT, PASSKEY_UNKNOWN, PASSKEY_ENDED, PASSKEY_INVALID, PASSKEY_SOFTWARE, OFFICER_INACTIVE,
        OFFICE_OTHER, APPROVED_ALREADY, ROLE_MISSING. Promise P9.
        """
        with self._store.transaction() as tx:
            row = tx.desk.draft(draft)
            credential = tx.desk.credential(assertion.credential)
            officers = {officer.person: officer for officer in tx.desk.officers()}
            before = tx.desk.approvals(draft)
            known = {} if row is None else tx.exchanges.find([row.exchange])
        if row is None:
            return Denied(code="DRAFT_UNKNOWN", detail=draft.hex())
        if row.statement is not None:
            return Denied(code="DRAFT_SENT", detail=draft.hex())
        if credential is None:
            return Denied(code="PASSKEY_UNKNOWN", detail=assertion.credential.hex())
        if credential.ended_at is not None:
            return Denied(code="PASSKEY_ENDED", detail=assertion.credential.hex())
        officer = officers[credential.person]
        if not officer.active:
            return Denied(code="OFFICER_INACTIVE", detail=officer.name)
        if officer.office != row.office:
            return Denied(code="OFFICE_OTHER", detail=officer.office)
        if officer.person in {approval.person for approval in before}:
            return Denied(code="APPROVED_ALREADY", detail=officer.name)
        signers = [officers[approval.person].roles for approval in before]
        needed = self._persons(row, known.get(row.exchange))
        if not may_sign(officer.roles, signers, needed=needed):
            return Denied(code="ROLE_MISSING", detail=officer.name)
        try:
            count = self._passkeys.verify(assertion, challenge=row.digest, credential=credential)
        except Malformed as fault:
            return Denied(code=fault.code, detail=fault.detail)
        approval = ApprovalRow(
            draft=draft,
            person=officer.person,
            office=officer.office,
            assertion=assertion.encode(),
            at=self._now(),
        )

        def write(tx: Transaction) -> None:
            tx.desk.add_approval(approval)
            tx.desk.used(credential.id, count)
            tx.events.add([happened(events.APPROVED, row.exchange, row.id, approval.at)])
            if needed > 1:
                _asked(tx, row, approval, last=len(before) + 1 >= needed)

        leaf = notice(
            "approval",
            draft=row.digest,
            person=officer.person,
            assertion=cbor.digest(approval.assertion),
            at=approval.at,
        )
        self._sequencer.run([Touch(leaf=leaf, write=write)])
        return approval

    def drop(self, draft: DraftRow, *, by: bytes) -> None:
        """Who wrote it takes it back: nobody is asked to sign it any more."""
        with self._store.transaction() as tx:
            tx.desk.drop_draft(draft.id)
            tx.pages.ended(raising.approval(draft, "", 0).id, Stage.CLOSED, self._now(), by=by)

    def persons(self, draft: DraftRow) -> int:
        """How many different persons sign a draft before it may be sent."""
        with self._store.transaction() as tx:
            known = tx.exchanges.find([draft.exchange]).get(draft.exchange)
        return self._persons(draft, known)

    def _persons(self, row: DraftRow, known: ExchangeRow | None) -> int:
        act = self._act(Draft.decode(row.draft), None, ())
        rules = self._rules(act, None if known is None else Standing.decode(known.standing))
        return 0 if rules is None else rules.acts[act.name].persons

    def send(self, draft: bytes) -> Sent | Denied:
        """The draft becomes a signed act, durably (P1). Sending twice sends once.

        Codes: DRAFT_UNKNOWN, QUARANTINED, ORIGIN_IN_DOUBT, and those of `step`: above all when approvals are missing.
        """
        return self.send_all([draft])[0]

    def send_all(self, drafts: Sequence[bytes]) -> tuple[Sent | Denied, ...]:
        """Each of these drafts as `send` does it, all in one batch: one that is denied holds up no other."""
        with self._store.transaction() as tx:
            rows = tx.desk.drafts(drafts)
            approvals = tx.desk.approvals_of(drafts)
            known = tx.exchanges.find({row.exchange for row in rows.values()})
        prepared: list[Own | Sent | Denied] = []
        for draft in drafts:
            row = rows.get(draft)
            if row is None:
                prepared.append(Denied(code="DRAFT_UNKNOWN", detail=draft.hex()))
            elif row.statement is not None:
                prepared.append(Sent(exchange=row.exchange, digest=row.statement, placed=False))
            else:
                prepared.append(self._prepared(row, approvals.get(draft, ()), known.get(row.exchange)))
        return self._commit(prepared)

    def _prepared(
        self, row: DraftRow, approvals: Sequence[ApprovalRow], known: ExchangeRow | None
    ) -> Own | Denied:
        standing = None if known is None else Standing.decode(known.standing)
        act = self._act(Draft.decode(row.draft), standing, tuple(map(_public, approvals)))
        if row.fits is not None:
            act.passed.add(row.fits)
        return (
            self._in_doubt(act.name, act.exchange)
            or self._judge(act, standing)
            or self._signed(act, standing, row.id)
        )

    def machine(self, exchange: bytes, name: str) -> Sent | Denied:
        """A machine act of the host, such as an expiry: no officer, no approval, the same rules."""
        with self._store.transaction() as tx:
            row = tx.exchanges.find([exchange]).get(exchange)
        if row is None:
            return Denied(code="EXCHANGE_UNKNOWN", detail=exchange.hex())
        standing = Standing.decode(row.standing)
        draft = Draft(id=self._entropy(16), exchange=exchange, name=name, office="", body={}, opening=None)
        act = self._act(draft, standing, ())
        return self._commit([self._judge(act, standing) or self._signed(act, standing, None)])[0]

    def _signed(self, act: Act, standing: Standing | None, draft: bytes | None) -> Own | Denied:
        own = self._directory.own
        signer = self._signer()
        if isinstance(signer, Denied):
            return signer
        named = self._named(act, standing)
        if isinstance(named, Denied):
            return named
        parties = standing.parties if standing is not None else _parties(act)
        signed = statement.sign(
            act.encode(),
            kind="act",
            issuer=own.party,
            audience=[party for party in parties if party != own.party],
            subject=act.exchange,
            descriptor=own.digest,
            signers=[signer],
            suites=self._suites,
        )
        host = standing.host if standing is not None else "" if act.opening is None else act.opening.host
        return Own(
            statement=signed,
            act=act,
            author=self._directory.author(signed, act),
            draft=draft,
            host=host,
            names=named,
        )

    def _named(self, act: Act, standing: Standing | None) -> tuple[Named, ...] | Denied:
        """The evidence that goes with an act, or why it may not go."""
        if not digests_in(act.body):
            return ()
        own = self._directory.own.party
        parties = standing.parties if standing is not None else _parties(act)
        with self._store.transaction() as tx:
            found = judge(
                tx,
                party=own,
                exchange=act.exchange,
                recipients=[party for party in parties if party != own],
                body=act.body,
                now=self._now(),
            )
        return Denied(code=found.code, detail=found.detail) if isinstance(found, Refusal) else found

    def _commit(self, prepared: Sequence[Own | Sent | Denied]) -> tuple[Sent | Denied, ...]:
        """The signed ones are durable; everything else stays what it is."""
        jobs = [item for item in prepared if isinstance(item, Own)]
        results = iter(self._sequencer.run(jobs) if jobs else ())
        return tuple(
            self._sent(item, next(results).outcome) if isinstance(item, Own) else item for item in prepared
        )

    def _sent(self, job: Own, outcome: Outcome) -> Sent | Denied:
        match outcome:
            case InLedger(code=""):
                placed = job.host == self._directory.own.party
                return Sent(exchange=job.act.exchange, digest=job.statement.digest, placed=placed)
            case InLedger() | NotYet():
                return Denied(code=outcome.code, detail=getattr(outcome, "detail", ""))
            case _:
                raise Broken("OWN_ACT_WITHOUT_LEAF")

    def _in_doubt(self, name: str, exchange: bytes) -> Denied | None:
        """No yes leaves for a request that is in doubt, by whichever door it would (P9)."""
        against = self._doubts(exchange) if name in NEVER_IN_DOUBT else ()
        return Denied(code=IN_DOUBT, detail=" ".join(against)) if against else None

    def _judge(self, act: Act, standing: Standing | None) -> Denied | None:
        own = self._directory.own
        roles = self._directory.offices(own.party, act.office)
        result = step(
            self._rules(act, standing),
            standing,
            act,
            author=Author(party=own.party, offices=roles),
            at=self._now(),
        )
        return Denied(code=result.code, detail=result.detail) if isinstance(result, Rejected) else None

    def _unknown_party(self, act: Act, standing: Standing | None) -> Denied | None:
        """A mistyped State is caught here and nowhere later: other nodes may know parties that we do not."""
        rules = self._rules(act, standing)
        assert rules is not None, "the act was judged by them"
        fields = rules.acts[act.name].fields
        found = unknown_parties(self._lawbook.parties, fields, act.body, rules.types)
        paths = " ".join(problem.path for problem in found)
        return Denied(code="PARTY_UNKNOWN", detail=paths) if found else None

    def _rules(self, act: Act, standing: Standing | None) -> Rules | None:
        named = standing or act.opening
        return None if named is None else self._lawbook.rules(named.procedure, named.version)

    def _act(self, draft: Draft, standing: Standing | None, approvals: tuple[Approval, ...]) -> Act:
        return draft.act(
            seen_position=0 if standing is None else standing.position,
            seen_head=NO_HEAD if standing is None else standing.head,
            made_at=self._now(),
            approvals=approvals,
        )


def _parties(act: Act) -> tuple[str, ...]:
    return () if act.opening is None else act.opening.parties


def _asked(tx: Transaction, row: DraftRow, approval: ApprovalRow, *, last: bool) -> None:
    """Somebody is called for the signature that an urgent draft still lacks, from the first one to the last."""
    page = raising.approval(row, _urgency(tx, row), approval.at)
    if last:
        tx.pages.ended(page.id, Stage.ACKNOWLEDGED, approval.at, by=approval.person)
    elif page.urgency in raising.URGENCIES:
        tx.pages.raised([page])


def _urgency(tx: Transaction, row: DraftRow) -> str:
    """How urgent the exchange is that a draft belongs to, or would open."""
    line = tx.queue.find([row.exchange]).get(row.exchange)
    said = Draft.decode(row.draft).body.get("urgency") if line is None else line.urgency
    return said if isinstance(said, str) else ""


def _public(approval: ApprovalRow) -> Approval:
    return Approval(
        person=approval.person,
        office=approval.office,
        assertion=cbor.digest(approval.assertion),
        at=approval.at,
    )
