"""Where every walk begins: an invented State with two offices and its people, a few requests, drafts and sheets."""

import json
import random
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from sqlalchemy import select

from law import sample
from longbien.exercise import bodies
from longbien.exercise.cast import STUB, lawbook, surroundings
from longbien.exercise.office import practice_office
from longbien.exercise.stub_suites import STUB_SUITE, StubPasskey, stub_maker
from longbien.keys import MemoryKeyStore, Purpose, Wanted
from longbien.keys.material import Held
from longbien.node import Denied, Node, found, pin_challenge, tokens
from longbien.node.founding import Wishes, found_papers
from longbien.store import Store
from longbien.store.people_rows import SheetRow
from longbien.store.schema import statements
from longbien.web.policy import Level
from longbien.web.questions import typed_of
from longbien.web.sessions import Sessions

START = 1_795_305_600_000
MINUTE = 60_000
OFFICE, ELSEWHERE = "p247", "other"
OFFICE_ROLES = ("poc", "ca", "ea", "comp", "aro", "dpo", "taf", "csirt")
STAFF = {
    "duty": (OFFICE, ("duty",)),
    "lawyer": (OFFICE, ("lawyer",)),
    "approver": (OFFICE, ("approver",)),
    "second": (OFFICE, ("lawyer", "approver")),
    "investigator": (OFFICE, ("investigator",)),
    "privacy": (OFFICE, ("privacy",)),
    "auditor": (OFFICE, ("auditor",)),
    "operator": (OFFICE, ("operator",)),
    "colleague": (OFFICE, ("operator", "analyst")),
    "far": (ELSEWHERE, ("lawyer",)),
    "far-approver": (ELSEWHERE, ("approver",)),
}
NAMES = tuple(STAFF)
ROLES = ("duty", "lawyer", "approver", "investigator", "analyst", "privacy", "auditor", "operator")
STEPS = 5
RULES = "preservation"
# What may leave with one signature: a list of this file, so that a change of the law is seen here.
ALONE = frozenset(
    {"acknowledge", "redirect", "ask", "proceed", "at_risk", "go_on", "follow_up", "follow_up_decided"}
    | {"ask_status", "report_status", "ask_extension", "name_path"}
)
ACTS = ("acknowledge", "redirect", "ask", "report_status", "order", "refuse", "not_found")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where every walk begins: the image of a store, its keys, who is who, the request that has come in, a program's token."""

    image: bytes
    keys: tuple[Held, ...]
    people: dict[str, bytes]
    passkeys: dict[str, StubPasskey]
    exchanges: tuple[bytes, bytes]
    drafts: tuple[str, ...]
    sheets: tuple[str, ...]
    cookies: dict[tuple[str, int], str]
    token: str
    settled: frozenset[bytes]


@cache
def ground() -> Ground:
    """Two invented States; one of them is walked in, the other one has sent it a request."""
    chance = random.Random("walks")
    one, other = _State("XA", chance), _State("XB", chance)
    first = one.enrol("first", OFFICE, ("duty", "lawyer", "approver"))
    second = one.enrol("second", OFFICE, ("duty", "lawyer", "approver"))
    passkeys = {name: other.enrol(name, office, roles) for name, (office, roles) in STAFF.items()}
    one.pin(other, first, second)
    other.pin(one, passkeys["lawyer"], passkeys["approver"])
    fresh, known = (_asked(one, other, (first, second), serial) for serial in (1, 2))
    draft = other.node.desk.draft_act(
        exchange=known, name="acknowledge", office=OFFICE, body={"own_reference": "XB-2"}
    )
    assert not isinstance(draft, Denied), draft
    other.node.desk.approve(draft.id, passkeys["duty"].sign(draft.digest, 60))
    assert not isinstance(other.node.desk.send(draft.id), Denied)
    token = tokens.make(other.node, name="program", scopes=tuple(tokens.TOGETHER), days=300)
    assert not isinstance(token, Denied)
    with other.store.transaction() as tx:
        held = {row[0] for row in tx.desk._connection.execute(select(statements.c.digest))}
        people = {row.name: row.person for row in tx.desk.officers()}
    sessions = Sessions(other.store, now=lambda: START, entropy=chance.randbytes)
    ready = {
        "cookies": {
            (name, level): sessions.begin(people[name], level=level) for name in STAFF for level in Level
        },
        "drafts": _drafts(other.node, known, people),
        "sheets": _sheets(other.node, known, people),
    }
    made = Ground(
        image=other.store.image(),
        keys=tuple(other.keys),
        people=people,
        passkeys=passkeys,
        exchanges=(fresh, known),
        **ready,
        token=token.text,
        settled=frozenset(held),
    )
    one.store.close()
    other.store.close()
    return made


def _asked(one: "_State", other: "_State", keys: tuple[StubPasskey, ...], serial: int) -> bytes:
    """A request of one State that has come to the other one."""
    body = bodies.opening(RULES, party="XA", to="XB", at=START, urgent=True, serial=serial)
    draft = one.node.desk.draft_opening(procedure=RULES, to=["XB"], office=OFFICE, body=body)
    assert not isinstance(draft, Denied), draft
    for number, key in enumerate(keys):
        approved = one.node.desk.approve(draft.id, key.sign(draft.digest, 50 + 10 * serial + number))
        assert not isinstance(approved, Denied), approved
    sent = one.node.desk.send(draft.id)
    assert not isinstance(sent, Denied), sent
    for peer, lane, _ in one.node.delivery.lanes():
        packed = one.node.delivery.collect(peer, lane)
        if packed is not None:
            one.node.delivery.settle(packed, other.node.reception.receive(packed.body))
    return sent.exchange


def _drafts(node: Node, exchange: bytes, people: dict[str, bytes]) -> tuple[str, ...]:
    """Drafts that wait for signatures when a walk begins: an answer and a request, which need two, and word of a status, which needs one."""
    found = []
    for act, drafter, office in (
        ("order", "lawyer", OFFICE),
        ("report_status", "investigator", OFFICE),
        ("refuse", "far", ELSEWHERE),
    ):
        body = sample.preservation(START)[act]
        found.append(
            node.desk.draft_act(
                exchange=exchange, name=act, office=office, body=body, drafter=people[drafter]
            )
        )
    body = bodies.opening(RULES, party="XB", to="XA", at=START, urgent=True, serial=3)
    found.append(
        node.desk.draft_opening(procedure=RULES, to=["XA"], office=OFFICE, body=body, drafter=people["duty"])
    )
    assert not any(isinstance(made, Denied) for made in found), found
    return tuple(made.id.hex() for made in found)


def _sheets(node: Node, exchange: bytes, people: dict[str, bytes]) -> tuple[str, ...]:
    """Sheets that are filled in and not handed in."""
    rows = [
        SheetRow(
            id=sha256(act.encode()).digest()[:16],
            person=people[person],
            procedure=RULES,
            exchange=None if act == "open" else exchange,
            act=act,
            written=json.dumps({**typed(act), **({"to": "XA"} if act == "open" else {})}),
            changed_at=START,
        )
        for act, person in (("open", "lawyer"), ("refuse", "approver"), ("report_status", "second"))
    ]
    with node.store.transaction() as tx:
        for row in rows:
            tx.people.keep_sheet(row)
    return tuple(row.id.hex() for row in rows)


class _State:
    """One State while it is set up, with two offices."""

    def __init__(self, party: str, chance: random.Random) -> None:
        self.keys: list[Held] = []
        maker = stub_maker(party.encode())

        def make(wanted: Wanted) -> Held:
            self.keys.append(maker(wanted))
            return self.keys[-1]

        keystore = MemoryKeyStore(make)
        root = stub_maker(b"root of " + party.encode())
        wanted = Wanted(
            purpose=Purpose.ROOT, suite=STUB_SUITE, label="", made_at=START, since=START, until=START + 1
        )
        wishes = Wishes(
            party=party,
            name=f"Invented State {party}",
            mode="exercise",
            offices=(
                practice_office(OFFICE, name=bodies.OFFICE, roles=OFFICE_ROLES),
                practice_office(ELSEWHERE, name="Another office (exercise)", roles=OFFICE_ROLES),
            ),
            endpoints=(f"https://{party.lower()}.exercise.example/",),
            host_names=(),
            suite=STUB_SUITE,
        )
        holders = [root(wanted).signer for _ in range(3)]
        papers = found_papers(
            wishes, keystore=keystore, holders=holders, threshold=2, now=START, suites=STUB.suites
        )
        self.store = Store("sqlite://")
        found(self.store, papers)
        self.chance = chance
        self.node = Node(self.store, keystore, surroundings(STUB, lambda: START, chance))
        self.uses = 0

    def enrol(self, name: str, office: str, roles: tuple[str, ...]) -> StubPasskey:
        key = StubPasskey(credential=self.chance.randbytes(16))
        enrolled = self.node.desk.enrol(
            name=name,
            office=office,
            credential=key.credential,
            public_key=key.public_key,
            software=True,
            roles=roles,
        )
        assert isinstance(enrolled, bytes), enrolled
        return key

    def pin(self, other: "_State", *keys: StubPasskey) -> None:
        self.uses += 1
        challenge = pin_challenge(other.node.party, other.node.directory.own.pinned)
        brought = [key.sign(challenge, self.uses) for key in keys]
        pinned = self.node.pin(other.node.chain, other.node.directory.own.pinned, brought)
        assert not isinstance(pinned, Denied), pinned


@cache
def typed(act: str) -> dict[str, str]:
    """A valid body of this act, as it is typed."""
    rules = lawbook().rules(RULES)
    body = (
        bodies.opening(RULES, party="XB", to="XA", at=START, urgent=True, serial=2)
        if act == "open"
        else sample.preservation(START)[act]
    )
    settled = {"from_state", "from_office", "to_state", "created_at"}
    found = typed_of(rules.acts[act].fields, rules.types, body)
    return {name: value for name, value in found.items() if name.partition(".")[0] not in settled}
