"""One exported record, checked from the bytes up (docs/wire/08-record.md).

 (1) the papers of every party lead back to a root fingerprint that the court was given;
 (2) every act is signed by its party, with a key that counted at that place in the ledger;
 (3) every entry is in the host's ledger, and the entries are one chain without gap;
 (4) what each author says to have seen is what the chain held there;
 (5) every rejection, every confirmation of receipt and every cosignature holds.

Nothing here needs the program that made the record, a network, or a clock.
"""

from dataclasses import dataclass, field
from typing import Any

from longbien_verify.cbor import Unreadable, decode
from longbien_verify.cose import Statement, read
from longbien_verify.cose import verify as verify_statement
from longbien_verify.ledger import Proven, check_cosignature, read_receipt
from longbien_verify.papers import Party, read_party
from longbien_verify.proof import Fails

FORMAT = "longbien-record/1"
NOTHING = bytes(32)
NOT_PROVEN = (
    "That what people wrote is true.",
    "Who the approving officers are: their State keeps the passkey signatures and can open them on challenge.",
    "Any time more exactly than the interval shown: each bound is the word of the clock named beside it.",
    "That nothing came after the last entry shown: a shorter record of the same exchange verifies too.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That a party had an act: not before the author's claim, not after the witness signed (ms, None: not shown)."""

    party: str
    claimed_at: int
    witnessed_at: int | None
    witness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act of the chain. Times are ms; `made_at` is the author's claim, `ordered_at` the host's.

    `made_before` is when `witness` signed that the author's own ledger held the act, None where that is not shown.
    """

    place: int
    party: str
    office: str
    act: str
    persons: int
    made_at: int
    made_before: int | None
    witness: str
    ordered_at: int
    digest: str
    received: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One touch of an item, and what does not fit about it (lines "CODE detail"). `at` (ms) is the toucher's claim."""

    touch: str
    party: str
    office: str
    at: int
    other: str
    place: str
    tool: str
    note: str
    leaf: int
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One evidence item of a manifest, with its custody in order. `entry` is the place of the act that names the manifest."""

    manifest: str
    number: int
    party: str
    name: str
    size: int
    sha256: str
    entry: int
    custody: tuple[Touched, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """About the file for a court: who made it and when by its own clock (ms), the certificate of its papers, its members.

    `stamped_at` (ms) is the time of a time-stamp authority, None where there is no time-stamp.
    """

    party: str
    made_at: int
    certificate: str
    members: int
    stamped_at: int | None
    authority: str
    authority_certificate: str


@dataclass(slots=True, kw_only=True)
class Report:
    """The result. `ok` only when there is no finding and no gap; `findings` are lines "CODE where", `gaps` are what does
    not fit in the custody of items.
    """

    ok: bool = False
    exchange: str = ""
    procedure: str = ""
    rules: str = ""
    host: str = ""
    parties: dict[str, str] = field(default_factory=dict)
    demonstration: bool = False
    steps: list[Step] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    file: File | None = None
    items: list[Item] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    not_proven: tuple[str, ...] = NOT_PROVEN


def verify(raw: bytes, fingerprints: list[bytes]) -> Report:
    """What the record proves to somebody who has only these root fingerprints. Never raises, whatever the bytes."""
    report = Report()
    check(raw, fingerprints, report)
    report.ok = not report.findings
    return report


def check(raw: bytes, fingerprints: list[bytes], report: Report) -> "Check | None":
    """The checked record, for what stands beside it; None, and a finding in the report, when it does not hold."""
    try:
        checked = Check(decode(raw), fingerprints, report)
        checked.run()
        return checked
    except Fails as fault:
        report.findings.append(str(fault))
    except (Unreadable, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        report.findings.append(f"RECORD_UNREADABLE {type(error).__name__}")
    return None


class Check:
    """A record under check; afterwards its parties, and the entries that name a digest."""

    def __init__(self, record: dict[str, Any], fingerprints: list[bytes], report: Report) -> None:
        self._record = record
        self._fingerprints = fingerprints
        self._report = report
        self.parties: dict[str, Party] = {}
        self._received: dict[bytes, list[Proven]] = {}
        self._witnessed: dict[tuple[bytes, str], tuple[int, str]] = {}
        self.exchange = b""
        self.named: dict[bytes, Proven] = {}
        self._heads: dict[tuple[str, int], bytes] = {}

    def run(self) -> None:
        """Every check of the page, in its order; raises `Fails` and what comes of a file of another form."""
        record, report = self._record, self._report
        names = {
            "format",
            "exchange",
            "exporter",
            "exported_at",
            "papers",
            "chain",
            "rejections",
            "received",
            "cosigned",
        }
        if set(record) != names or record["format"] != FORMAT:
            raise Fails("RECORD_FORMAT", "record")
        if not isinstance(record["exported_at"], int) or record["exporter"] not in record["papers"]:
            raise Fails("RECORD_FORMAT", "exporter")
        self.exchange = record["exchange"]
        report.exchange = self.exchange.hex()
        for code, papers in record["papers"].items():
            party = read_party(papers, self._fingerprints)
            if party.code != code:
                raise Fails("PAPERS_OF_OTHER_PARTY", code)
            self.parties[code] = party
        report.parties = {code: party.name for code, party in self.parties.items()}
        report.demonstration = any(party.mode != "live" for party in self.parties.values())
        links = [self._link(item, number) for number, item in enumerate(record["chain"], 1)]
        if not links:
            raise Fails("CHAIN_EMPTY", report.exchange)
        self._read_received()
        self._read_cosigned(
            {proven.digest for _, _, proven in links} | {signed.digest for signed, _, _ in links}
        )
        self._chain(links)
        for item in record["rejections"]:
            self._rejection(item)

    def receipt(self, raw: bytes, where: str) -> Proven:
        """What a receipt proves; a ledger that shows two roots of one size has two histories, and proves nothing."""
        proven = read_receipt(raw, self.parties, where)
        head = proven.head
        if self._heads.setdefault((head.origin, head.size), head.root) != head.root:
            raise Fails("LEDGER_FORKED", where)
        return proven

    def _link(self, item: dict[str, Any], number: int) -> tuple[Statement, dict[str, Any], Proven]:
        where = f"entry {number}"
        if set(item) != {"act", "receipt"}:
            raise Fails("RECORD_FORMAT", where)
        signed, act = self._act(item["act"], where)
        proven = self.receipt(item["receipt"], where)
        self.signed(signed, proven, where)
        return signed, act, proven

    def _act(self, raw: bytes, where: str) -> tuple[Statement, dict[str, Any]]:
        signed = read(raw)
        act = decode(signed.payload)
        if (
            signed.kind != "act"
            or signed.subject != self._record["exchange"]
            or act["exchange"] != signed.subject
        ):
            raise Fails("ACT_OF_OTHER_EXCHANGE", where)
        return signed, act

    def signed(self, signed: Statement, proven: Proven, where: str) -> None:
        """By keys of the issuer that counted at this place: a key revoked later still proves what came before."""
        party = self.parties.get(signed.issuer)
        if party is None:
            raise Fails("PAPERS_MISSING", where)
        if signed.descriptor not in party.offices:
            raise Fails("DESCRIPTOR_UNKNOWN", where)
        for kid in signed.signers:
            if kid in party.revoked and proven.index >= party.revoked[kid].get(proven.origin, 0):
                raise Fails("KEY_REVOKED", where)
        verify_statement(signed, party.keys, where)

    def _chain(self, links: list[tuple[Statement, dict[str, Any], Proven]]) -> None:
        opening = links[0][1]["opening"]
        report = self._report
        report.host, report.procedure = opening["host"], f"{opening['procedure']}.{opening['version']}"
        report.rules = opening["rules"].hex()
        heads = [NOTHING]
        for number, (signed, act, proven) in enumerate(links, 1):
            where = f"entry {number}"
            entry = proven.record
            if entry["kind"] != "entry" or proven.party != report.host or entry["exchange"] != signed.subject:
                raise Fails("ENTRY_OF_OTHER_LEDGER", where)
            if entry["position"] != number or entry["previous"] != heads[-1] or entry["act"] != signed.digest:
                raise Fails("CHAIN_BROKEN", where)
            if signed.issuer not in opening["parties"] or {signed.issuer, *signed.audience} != set(
                opening["parties"]
            ):
                raise Fails("NOT_A_PARTY", where)
            seen_place, seen_head = act["seen"]
            if not 0 <= seen_place < number or heads[seen_place] != seen_head:
                raise Fails("SEEN_OTHER_CHAIN", where)
            if number > 1 and "opening" in act:
                raise Fails("OPENING_TWICE", where)
            heads.append(proven.digest)
            for digest in _digests(act["body"]):
                self.named.setdefault(digest, proven)
            report.steps.append(self._step(number, signed, act, proven))
        strangers = set(self._received) - set(heads)
        if strangers:
            raise Fails("RECEIVED_OTHER_ENTRY", str(len(strangers)))

    def _step(self, number: int, signed: Statement, act: dict[str, Any], proven: Proven) -> Step:
        office = self.parties[signed.issuer].offices[signed.descriptor].get(act["office"], "")
        received = [self._had(proven, proven.digest)]
        for item in self._received.get(proven.digest, []):
            if item.record["verdict"] != "applied" or item.record["state"] != proven.record["state"]:
                self._report.findings.append(f"PARTY_DIVERGED {item.party} at entry {number}")
            received.append(self._had(item, proven.digest))
        made_before, witness = self._witnessed.get((signed.digest, signed.issuer), (None, ""))
        return Step(
            place=number,
            party=signed.issuer,
            office=office or ("the node itself" if not act["office"] else act["office"]),
            act=act["act"],
            persons=len({person for person, *_ in act["approvals"]}),
            made_at=act["made_at"],
            made_before=made_before,
            witness=witness,
            ordered_at=proven.record["at"],
            digest=signed.digest.hex(),
            received=tuple(received),
        )

    def _had(self, proven: Proven, entry: bytes) -> Receipt:
        """That the party of this ledger had the entry: its own time, and the time of whoever cosigned its head."""
        at, witness = self._witnessed.get((entry, proven.party), (None, ""))
        return Receipt(party=proven.party, claimed_at=proven.record["at"], witnessed_at=at, witness=witness)

    def _read_received(self) -> None:
        for number, raw in enumerate(self._record["received"], 1):
            proven = self.receipt(raw, f"receipt {number}")
            if proven.record["kind"] != "received" or proven.record["exchange"] != self._record["exchange"]:
                raise Fails("RECEIVED_OTHER_EXCHANGE", f"receipt {number}")
            self._received.setdefault(proven.record["entry"], []).append(proven)

    def _read_cosigned(self, subjects: set[bytes]) -> None:
        """Who else had seen the head above a leaf, and when by its own clock."""
        for number, item in enumerate(self._record["cosigned"], 1):
            where = f"cosignature {number}"
            proven = self.receipt(item["receipt"], where)
            witness = self.parties.get(item["witness"])
            if witness is None or set(item) != {"receipt", "witness", "cosignature"}:
                raise Fails("PAPERS_MISSING", where)
            at = check_cosignature(proven.head, item["cosignature"], witness, where)
            # A proposal is about its act; an entry and its confirmation are about the entry.
            about = {"proposed": "act", "received": "entry"}.get(proven.record["kind"])
            key = (proven.digest if about is None else proven.record[about], proven.party)
            if key[0] in subjects:
                self._witnessed[key] = min((at, witness.code), self._witnessed.get(key, (at, witness.code)))

    def _rejection(self, item: dict[str, Any]) -> None:
        signed, act = self._act(item["act"], "rejection")
        proven = self.receipt(item["receipt"], "rejection")
        self.signed(signed, proven, "rejection")
        if proven.record["kind"] != "rejection" or proven.record["act"] != signed.digest:
            raise Fails("REJECTION_OF_OTHER_ACT", signed.digest.hex())
        self._report.rejections.append(f"{signed.issuer} {act['act']}: {proven.record['code']}")


def _digests(value: Any) -> list[bytes]:  # noqa: ANN401 - CBOR is untyped
    """Every digest that an act's body names, wherever it stands."""
    match value:
        case bytes():
            return [value] if len(value) == 32 else []
        case list():
            return [digest for item in value for digest in _digests(item)]
        case dict():
            return [digest for item in value.values() for digest in _digests(item)]
        case _:
            return []
