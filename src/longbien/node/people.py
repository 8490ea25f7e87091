"""The people of a node: who is there, what they do, how they come in the first time, and what happens when a passkey is lost.

What it knows: offices, roles, one-time codes, passkeys. What it must never know: screens and sessions. Every change is a leaf of the
ledger; a code is kept as its SHA-256 only, works once and not for long.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from longbien.node.book import notice
from longbien.node.directory import Directory
from longbien.node.jobs import Touch
from longbien.node.ports import Denied, Entropy, Now
from longbien.node.roles import Role
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.desk_rows import CredentialRow, OfficerRow
from longbien.store.people_rows import CodeRow, RecoveryRow
from longbien.wire import cbor

HOUR_MS: Final = 3_600_000
# A first passkey is brought within a day; a way into another browser is used at once.
LASTS_MS: Final = {"enrol": 24 * HOUR_MS, "enter": HOUR_MS // 12}
# The person behind the command line of the machine itself.
MACHINE_ROOM: Final = bytes(16)
# Crockford's digits: nobody mistakes one for another, read aloud or typed.
DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LONG: Final = 16

Purpose = Literal["enrol", "enter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A person, and the code that this person may use once until `ends_at` (ms). Nobody can read it again."""

    person: bytes
    code: str
    ends_at: int


class People:
    """What can be done about the people of a node."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        sequencer: Sequencer,
        *,
        now: Now,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._directory = directory
        self._sequencer = sequencer
        self._now = now
        self._entropy = entropy

    def add(self, *, name: str, office: str, roles: Collection[str], by: bytes) -> Invited | Denied:
        """A new person, who brings a passkey with the code. Codes: OFFICE_UNKNOWN, ROLES_UNKNOWN, NAME_TAKEN, NAME_MISSING."""
        if office not in {item.id for item in self._directory.own.descriptor.offices}:
            return Denied(code="OFFICE_UNKNOWN", detail=office)
        sorted_roles = _sorted(roles)
        if isinstance(sorted_roles, Denied):
            return sorted_roles
        if not name.strip():
            return Denied(code="NAME_MISSING", detail="name")
        with self._store.transaction() as tx:
            if name in {officer.name for officer in tx.desk.officers()}:
                return Denied(code="NAME_TAKEN", detail=name)
        row = OfficerRow(
            person=self._entropy(16),
            name=name,
            office=office,
            active=True,
            enrolled_at=self._now(),
            roles=sorted_roles,
        )
        leaf = notice("person-added", person=row.person, office=office, roles=" ".join(sorted_roles), by=by)
        self._sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.desk.add_officer(row))])
        return self.invite(row.person, "enrol")

    def invite(self, person: bytes, purpose: Purpose, *, lasts: int = 0) -> Invited:
        """A code for this person, for `lasts` ms where that is said; what was made before stays good until its own end."""
        now = self._now()
        number = int.from_bytes(self._entropy(_LONG))
        plain = "".join(DIGITS[number >> (5 * place) & 31] for place in range(_LONG))
        row = CodeRow(
            digest=code_digest(plain),
            person=person,
            purpose=purpose,
            made_at=now,
            ends_at=now + (lasts or LASTS_MS[purpose]),
        )
        with self._store.transaction() as tx:
            tx.people.add_code(row)
        shown = "-".join(plain[place : place + 4] for place in range(0, _LONG, 4))
        return Invited(person=person, code=shown, ends_at=row.ends_at)

    def redeem(self, code: str) -> CodeRow | Denied:
        """What a code is good for; it is used up with that. Codes: CODE_WRONG, OFFICER_INACTIVE."""
        now = self._now()
        with self._store.transaction() as tx:
            row = tx.people.code(code_digest(code))
            officer = None if row is None else tx.desk.officer(row.person)
            good = row is not None and row.used_at is None and row.ends_at > now
            if not good or row is None or officer is None:
                return Denied(code="CODE_WRONG", detail="")
            if not officer.active:
                return Denied(code="OFFICER_INACTIVE", detail=officer.name)
            tx.people.use_code(row.digest, now)
        return row

    def bring(
        self, person: bytes, *, credential: bytes, public_key: bytes, sign_count: int, device_bound: bool
    ) -> CredentialRow | Denied:
        """A person has one more passkey. Codes: PASSKEY_KNOWN, PASSKEY_COPIABLE, PERSON_UNKNOWN."""
        with self._store.transaction() as tx:
            if tx.desk.credential(credential) is not None:
                return Denied(code="PASSKEY_KNOWN", detail=credential.hex())
            officer = tx.desk.officer(person)
        if officer is None:
            return Denied(code="PERSON_UNKNOWN", detail=person.hex())
        if Role.APPROVER in officer.roles and not device_bound:
            return Denied(code="PASSKEY_COPIABLE", detail=officer.name)
        row = CredentialRow(
            id=credential,
            person=person,
            public_key=public_key,
            sign_count=sign_count,
            software=False,
            added_at=self._now(),
            device_bound=device_bound,
        )
        leaf = notice(
            "enrolled", person=person, office=officer.office, passkey=cbor.digest(credential), software=0
        )
        self._sequencer.run([Touch(leaf=leaf, write=lambda tx: tx.desk.add_credential(row))])
        return row

    def change(
        self, person: bytes, *, roles: Collection[str], active: bool, by: bytes
    ) -> OfficerRow | Denied:
        """What a person does from now on. Open sessions end, so that it holds at once.

        Codes: PERSON_UNKNOWN, ROLES_UNKNOWN, PASSKEY_COPIABLE, PERSON_SELF.
        """
        sorted_roles = _sorted(roles)
        if isinstance(sorted_roles, Denied):
            return sorted_roles
        with self._store.transaction() as tx:
            officer = tx.desk.officer(person)
            held = tx.desk.credentials_of(person)
        if officer is None:
            return Denied(code="PERSON_UNKNOWN", detail=person.hex())
        if person == by:
            return Denied(code="PERSON_SELF", detail=officer.name)
        copiable = any(not item.device_bound and not item.software and item.ended_at is None for item in held)
        if Role.APPROVER in sorted_roles and copiable:
            return Denied(code="PASSKEY_COPIABLE", detail=officer.name)

        def write(tx: Transaction) -> None:
            tx.desk.change_officer(person, active=active, roles=sorted_roles)
            tx.people.end_sessions(person)
            if not active:
                tx.people.drop_codes(person)

        leaf = notice(
            "person-changed", person=person, roles=" ".join(sorted_roles), active=int(active), by=by
        )
        self._sequencer.run([Touch(leaf=leaf, write=write)])
        return officer

    def ask_recovery(self, person: bytes, *, by: bytes) -> RecoveryRow | Denied:
        """Somebody says that a person has lost every passkey; another one must agree. Codes: PERSON_UNKNOWN."""
        row = RecoveryRow(person=person, asked_by=by, asked_at=self._now())
        with self._store.transaction() as tx:
            if tx.desk.officer(person) is None:
                return Denied(code="PERSON_UNKNOWN", detail=person.hex())
            tx.people.ask_recovery(row)
        return row

    def allow_recovery(self, person: bytes, *, by: bytes) -> Invited | Denied:
        """The second person agrees: every passkey of the person ends, and a code lets a new one in.

        Codes: RECOVERY_NOT_ASKED, RECOVERY_TWO_PERSONS (neither who asked nor the person concerned).
        """
        with self._store.transaction() as tx:
            asked = tx.people.recoveries().get(person)
        if asked is None or asked.asked_at + LASTS_MS["enrol"] < self._now():
            return Denied(code="RECOVERY_NOT_ASKED", detail=person.hex())
        if by in {asked.asked_by, person}:
            return Denied(code="RECOVERY_TWO_PERSONS", detail="")
        return self._begin_anew(person, asked.asked_by, by)

    def recover_alone(self, person: bytes) -> Invited | Denied:
        """As `allow_recovery`, from the machine room, when nobody is left who could sign in and agree. Codes: RECOVERY_TWO_PERSONS."""
        with self._store.transaction() as tx:
            others = [item for item in tx.desk.officers() if item.active and item.person != person]
            able = [
                item
                for item in others
                if Role.OPERATOR in item.roles
                and any(key.ended_at is None for key in tx.desk.credentials_of(item.person))
            ]
        if able:
            return Denied(code="RECOVERY_TWO_PERSONS", detail=able[0].name)
        return self._begin_anew(person, MACHINE_ROOM, MACHINE_ROOM)

    def _begin_anew(self, person: bytes, first: bytes, second: bytes) -> Invited:
        now = self._now()

        def write(tx: Transaction) -> None:
            tx.desk.end_credentials(person, now)
            tx.people.end_sessions(person)
            tx.people.drop_codes(person)
            tx.people.end_recovery(person)

        leaf = notice("recovered", person=person, first=first, second=second, at=now)
        self._sequencer.run([Touch(leaf=leaf, write=write)])
        return self.invite(person, "enrol")


def code_digest(code: str) -> bytes:
    """What is kept of a code; small letters, spaces and dashes make no difference, nor do the letters that look like digits."""
    plain = "".join(code.upper().translate(ALIKE).split()).replace("-", "")
    return sha256(plain.encode()).digest()


ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def _sorted(roles: Collection[str]) -> tuple[str, ...] | Denied:
    unknown = set(roles) - set(Role)
    if unknown or not roles:
        return Denied(code="ROLES_UNKNOWN", detail=" ".join(sorted(unknown)))
    return tuple(role for role in Role if role in roles)
