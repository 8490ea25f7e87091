"""The one decision: may this act come next, and where does the exchange stand then?

What it knows: the rules of the exchange, where it stands, the act, its author and the host's order time. What it must
never know: whether it runs at the host or at a party that checks the host. Both call this function with the same
arguments and get the same answer; that is why two nodes never disagree (promises P4, P5). Treaty data of different age make
no difference: what depends on them is judged before an act is ordered, and only doubted afterwards.

The checks, in this order (the numbers are those of docs/wire/07-exchange.md):

 (1) the act belongs to this exchange;
 (2) an exchange opens once, with an opening whose rules this node has, byte for byte;
 (3) the author is a party, and the host is the party that the flow says;
 (4) the author cannot have seen more than there is;
 (5) the law: stage, role, guards (`longbien.law`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from longbien.exchange.act import Act, Opening
from longbien.exchange.standing import Standing
from longbien.law import MACHINE, Move, Refusal, Rules, Situation, decide
from longbien.ledger.records import NO_HEAD
from longbien.wire.cbor import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who proposes: the party that signed, and the roles that its descriptor gives to the acting office.

    `offices` is empty when the office is unknown in the descriptor that the statement names.
    """

    party: str
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The act takes the next place. `standing.head` is still the old head: the entry that carries it comes next."""

    standing: Standing
    move: Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The act takes no place. `code` is stable; `detail` names fields or stages, never content."""

    code: str
    detail: str


def step(
    rules: Rules | None,
    standing: Standing | None,
    act: Act,
    *,
    author: Author,
    at: int,
    ordered: bool = False,
) -> Accepted | Rejected:
    """Where the exchange stands when this act is put next on its chain at `at` (ms, the host's clock).

    `rules` are those that this node holds under the name and version that the opening gives, `None` if it holds none.
    `ordered` says that the host has done so already: a doubt about a treaty is then told and decides nothing (decision 0009).

    Source: architecture §1.2; promises P3-P5. Codes: EXCHANGE_OTHER, OPENING_MISSING, OPENING_TWICE, RULES_UNKNOWN,
    RULES_DIFFER, PARTIES_WRONG, HOST_WRONG, NOT_A_PARTY, SEEN_AHEAD, SEEN_OTHER_HEAD, and those of `longbien.law`.
    Shape: pure, total; cost independent of the length of the chain.
    """
    if standing is None:
        if act.opening is None:
            return Rejected(code="OPENING_MISSING", detail=act.name)
        return _open(rules, act, act.opening, author, at, ordered=ordered)
    return _continue(rules, standing, act, author, at, ordered=ordered)


def _open(
    rules: Rules | None, act: Act, opening: Opening, author: Author, at: int, *, ordered: bool
) -> Accepted | Rejected:
    if rules is None:
        return Rejected(code="RULES_UNKNOWN", detail=f"{opening.procedure}.{opening.version}")
    if rules.digest != opening.rules:
        return Rejected(code="RULES_DIFFER", detail=f"{opening.procedure}.{opening.version}")
    if author.party not in opening.parties or len(opening.parties) < 2:
        return Rejected(code="PARTIES_WRONG", detail=",".join(opening.parties))
    flow = rules.flow
    roles = tuple((party, flow.opener if party == author.party else flow.other) for party in opening.parties)
    if dict(roles).get(opening.host) != flow.host:
        return Rejected(code="HOST_WRONG", detail=opening.host)
    if act.seen_position != 0 or act.seen_head != NO_HEAD:
        return Rejected(code="SEEN_AHEAD", detail=str(act.seen_position))
    empty = Standing(
        exchange=act.exchange,
        procedure=opening.procedure,
        version=opening.version,
        rules=opening.rules,
        host=opening.host,
        opener=author.party,
        roles=roles,
        stage="",
        position=0,
        head=NO_HEAD,
        data={},
        latest={},
        clocks=(),
    )
    return _judge(rules, empty, act, author, at, ordered=ordered)


def _continue(
    rules: Rules | None, standing: Standing, act: Act, author: Author, at: int, *, ordered: bool
) -> Accepted | Rejected:
    if act.exchange != standing.exchange:
        return Rejected(code="EXCHANGE_OTHER", detail=act.name)
    if act.opening is not None:
        return Rejected(code="OPENING_TWICE", detail=act.name)
    if rules is None or rules.digest != standing.rules:
        return Rejected(code="RULES_UNKNOWN", detail=f"{standing.procedure}.{standing.version}")
    if standing.role_of(author.party) is None:
        return Rejected(code="NOT_A_PARTY", detail=author.party)
    if act.seen_position > standing.position:
        return Rejected(code="SEEN_AHEAD", detail=str(act.seen_position))
    # Only the newest head is at hand here; an older one is compared by whoever checks the whole record.
    if act.seen_position == standing.position and act.seen_head != standing.head:
        return Rejected(code="SEEN_OTHER_HEAD", detail=str(act.seen_position))
    return _judge(rules, standing, act, author, at, ordered=ordered)


def _judge(
    rules: Rules, standing: Standing, act: Act, author: Author, at: int, *, ordered: bool
) -> Accepted | Rejected:
    role = standing.role_of(author.party)
    assert role is not None, "the author was found to be a party"
    decision = decide(rules, _situation(rules, standing, act, author, role, at), ordered=ordered)
    if isinstance(decision, Refusal):
        return Rejected(code=decision.code, detail=decision.detail)
    return Accepted(
        standing=Standing(
            exchange=standing.exchange,
            procedure=standing.procedure,
            version=standing.version,
            rules=standing.rules,
            host=standing.host,
            opener=standing.opener,
            roles=standing.roles,
            stage=decision.to,
            position=standing.position + 1,
            head=standing.head,
            data=decision.data,
            latest={**standing.latest, author.party: standing.position + 1},
            clocks=decision.clocks,
        ),
        move=decision,
    )


def _situation(rules: Rules, standing: Standing, act: Act, author: Author, role: str, at: int) -> Situation:
    machine = author.party == standing.host and (standing.stage, MACHINE, act.name) in rules.flow.table
    return Situation(
        party=author.party,
        parties=standing.parties,
        stage=standing.stage or None,
        role=MACHINE if machine else role,
        act=act.name,
        body=act.body,
        data=standing.data,
        at=at,
        persons=act.persons,
        offices=author.offices,
        saw_latest=act.seen_position >= standing.last_by_others(author.party),
        opening=_true_addresses(standing),
        passed=act.passed,
    )


def _true_addresses(standing: Standing) -> Mapping[str, Value]:
    others = [party for party in standing.parties if party != standing.opener]
    return {"from_state": standing.opener, "to_states": others}
