"""From bytes of the network to jobs: the checks that come before anything is interpreted.

What it knows: the fixed order of parsing. What it must never know: where an exchange stands. Nothing is stored here, and
nothing that fails here can stop anything but itself (promise P11):

 (1) size limit and form of the envelope;
 (2) opened with a key of ours (P8);
 (3) parcel and statement parsed by structure;
 (4) addressed to this party, and sent by the party that signed;
 (5) every signature verified, with keys of a pinned party, at or above the floor (P15);
 (6) only then the payload is read.

An envelope that fails before (5) came from anybody: it is answered with a code and leaves no trace in the ledger. One that
fails after is the signed word of a party: it is answered with a signed rejection.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from longbien.exchange import Act
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.node.directory import Directory
from longbien.node.jobs import HostEntry, Poison, Proposal
from longbien.wire import envelope, parcel, statement
from longbien.wire.cbor import Malformed
from longbien.wire.parcel import Custody, Descriptor, Entry, Keys, Manifest, Propose, Witness
from longbien.wire.statement import Statement
from longbien.wire.suites import OpenKey, Suites

ACT_KIND = "act"
# The sender can do something about these, or time will: it keeps the envelope and comes again.
_PASSING = frozenset({"DESCRIPTOR_UNKNOWN", "ENVELOPE_NOT_FOR_US", "PEER_NOT_PINNED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """A chain of descriptor statements; they prove themselves."""

    sender: str
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A peer's newest head, its proof, and its cosignature of one of ours."""

    sender: str
    witness: Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Not admitted. `passing` says whether the sender should come again with the same bytes."""

    code: str
    passing: bool


Admitted = Proposal | Poison | HostEntry | Papers | Head | Manifest | Custody | Keys


class Admission:
    """The checks, for one node; safe to call from several threads."""

    def __init__(
        self, party: str, directory: Directory, keys: Mapping[bytes, OpenKey], suites: Suites
    ) -> None:
        self._party = party
        self._directory = directory
        self._keys = keys
        self._suites = suites

    def admit(self, raw: bytes, sender: str) -> Admitted | Turned:
        """What an envelope holds, verified; `sender` is the party that the request names.

        Never raises, whatever the bytes: promise P11.
        """
        try:
            opened = parcel.decode(envelope.open_envelope(raw, self._keys, self._suites))
            if opened.sender != sender:
                return Turned(code="SENDER_DIFFERS", passing=False)
            match opened:
                case Propose():
                    return self._proposal(opened)
                case Entry():
                    return self._entry(opened)
                case Descriptor():
                    return Papers(sender=sender, chain=opened.chain)
                case Witness():
                    return Head(sender=sender, witness=opened)
                case Manifest() | Custody() | Keys():
                    # What each of them has to prove is known where evidence is.
                    return opened
                case _:
                    return Turned(code="PARCEL_KIND", passing=False)
        except Malformed as fault:
            return Turned(code=fault.code, passing=fault.code in _PASSING)

    def _proposal(self, sent: Propose) -> Admitted | Turned:
        signed = self._statement(sent.act)
        if signed.issuer != sent.sender:
            return Turned(code="SENDER_DIFFERS", passing=False)
        try:
            act = read_act(signed)
        except Malformed as fault:
            return Poison(statement=signed, fault=fault.code)
        return Proposal(statement=signed, act=act, author=self._directory.author(signed, act))

    def _entry(self, sent: Entry) -> Admitted | Turned:
        signed = self._statement(sent.act)
        receipt = receipts.decode(sent.receipt)
        self._directory.receipt(sent.sender, receipt)
        record = records.decode(receipt.record)
        if not isinstance(record, records.Entry) or record.act != signed.digest:
            return Turned(code="ENTRY_OTHER_ACT", passing=False)
        act = read_act(signed)
        return HostEntry(
            statement=signed,
            act=act,
            author=self._directory.author(signed, act),
            entry=record,
            host=sent.sender,
            receipt=sent.receipt,
        )

    def _statement(self, raw: bytes) -> Statement:
        signed = statement.parse(raw)
        if signed.kind != ACT_KIND or len(signed.subject) != 16:
            raise Malformed("STATEMENT_KIND", signed.kind)
        if self._party not in signed.audience:
            raise Malformed("WRONG_ADDRESSEE", ",".join(signed.audience))
        self._directory.verify(signed)
        return signed


def read_act(signed: Statement) -> Act:
    """The act in a statement whose signatures are verified.

    Raises:
        Malformed: the codes of `Act.decode`; SUBJECT_DIFFERS and AUDIENCE_DIFFERS when heading and payload disagree.
    """
    act = Act.decode(signed.payload)
    if act.exchange != signed.subject:
        raise Malformed("SUBJECT_DIFFERS", "act.exchange")
    if act.opening is not None and {signed.issuer, *signed.audience} != set(act.opening.parties):
        raise Malformed("AUDIENCE_DIFFERS", "act.opening.parties")
    return act
