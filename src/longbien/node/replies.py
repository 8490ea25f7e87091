"""What people say to a page: awake, seen to, closed. None of it is heard by another State.

What it knows: codes, stages, and which pages end by an act alone. What it must never do: take being awake for more than that. A code is used
once and compared with every open one in the same time, whoever guesses.
"""

import hmac
from dataclasses import replace
from typing import Final

from longbien.duty import Stage
from longbien.node.duty import policy_of
from longbien.node.node import Node
from longbien.node.people import ALIKE
from longbien.node.ports import Denied
from longbien.node.raising import APPROVAL, ARRIVAL, STORM, TEST
from longbien.store import Transaction
from longbien.store.page_rows import CallRow, PageRow

CODE_DIGITS: Final = 4
WHY_MAX: Final = 500
# These end when somebody acknowledges the request, signs the draft, or has seen to every page of the storm; a word does not end them.
BY_ACT: Final = frozenset({ARRIVAL, APPROVAL, STORM})


def answer(node: Node, text: str) -> PageRow | Denied:
    """Somebody answered a code (`OK 7F3K`, or the code alone): awake, and no more than that. A test ends with it.

    Codes: CODE_WRONG, CODE_USED, PAGE_OVER.
    """
    words = text.upper().split()
    code = words[-1].translate(ALIKE) if words and len(words[-1]) == CODE_DIGITS else ""
    with node.store.transaction() as tx:
        call = _called(tx, code) if code else None
        page = None if call is None else tx.pages.page(call.page)
        if call is None or page is None:
            return Denied(code="CODE_WRONG", detail="")
        if page.ended_at is not None:
            return Denied(code="PAGE_OVER", detail=page.stage)
        if call.answered_at is not None:
            return Denied(code="CODE_USED", detail="")
        tx.pages.answered(call.page, call.person, node.world.now())
        return _awake(node, tx, page, call.person)


def awake(node: Node, identifier: bytes, *, by: bytes) -> PageRow | Denied:
    """A person of the office is awake and looks at the page. A test ends with it. Codes: PAGE_UNKNOWN, PAGE_OVER."""
    with node.store.transaction() as tx:
        page = _open(tx, identifier, by)
        return page if isinstance(page, Denied) else _awake(node, tx, page, by)


def acknowledge(node: Node, identifier: bytes, *, by: bytes) -> PageRow | Denied:
    """A person of the office sees to what the page is about; nobody else is called for it.

    Codes: PAGE_UNKNOWN, PAGE_OVER, PAGE_BY_ACT (the request is acknowledged, or the draft signed, and the page ends with that).
    """
    with node.store.transaction() as tx:
        page = _open(tx, identifier, by)
        if isinstance(page, Denied):
            return page
        if page.kind in BY_ACT:
            return Denied(code="PAGE_BY_ACT", detail=page.kind)
        return _ended(node, tx, page, Stage.ACKNOWLEDGED, by, "")


def close(node: Node, identifier: bytes, *, by: bytes, why: str) -> PageRow | Denied:
    """A person says that nobody need be called for it any more. Codes: PAGE_UNKNOWN, PAGE_OVER, REASON_MISSING."""
    if not why.strip() or len(why) > WHY_MAX:
        return Denied(code="REASON_MISSING", detail=f"1 to {WHY_MAX} characters")
    with node.store.transaction() as tx:
        page = _open(tx, identifier, by)
        if isinstance(page, Denied):
            return page
        for row in tx.pages.open():
            if row.storm == identifier:
                _ended(node, tx, row, Stage.CLOSED, by, why.strip())
        return _ended(node, tx, page, Stage.CLOSED, by, why.strip())


def _called(tx: Transaction, code: str) -> CallRow | None:
    """The newest call with this code: of the open pages, every one of which is compared, or else of those that have ended."""
    alike = [call for call in tx.pages.answerable() if hmac.compare_digest(call.code.encode(), code.encode())]
    return alike[-1] if alike else tx.pages.coded(code)


def _open(tx: Transaction, identifier: bytes, by: bytes) -> PageRow | Denied:
    """An open page that is this person's to answer; what another office is called for is not known here."""
    page, officer = tx.pages.page(identifier), tx.desk.officer(by)
    if page is None or officer is None or not officer.active or page.office not in {"", officer.office}:
        return Denied(code="PAGE_UNKNOWN", detail=identifier.hex())
    return page if page.ended_at is None else Denied(code="PAGE_OVER", detail=page.stage)


def _awake(node: Node, tx: Transaction, page: PageRow, person: bytes) -> PageRow:
    """In a storm the one page that calls for all of them rests."""
    now = node.world.now()
    storm = None if page.storm is None else tx.pages.page(page.storm)
    if storm is not None and storm.ended_at is None:
        page = storm
    policy = policy_of(tx, page.office)
    rests = now if policy is None else now + policy.awake
    if page.kind == TEST:
        return _ended(node, tx, replace(page, awake_at=now, awake_by=person), Stage.CLOSED, person, "")
    said = replace(page, stage=Stage.AWAKE, awake_at=now, awake_by=person, next_at=rests)
    tx.pages.put(said)
    tx.pages.drop(page.id)
    return said


def _ended(node: Node, tx: Transaction, page: PageRow, stage: Stage, by: bytes, why: str) -> PageRow:
    over = replace(page, stage=stage, ended_at=node.world.now(), ended_by=by, why=why)
    tx.pages.put(over)
    tx.pages.drop(page.id)
    return over
