"""Commands about duty and pages: what a running node answers.

What it knows: arguments, and the node's doors `duty`, `pages` and `handover`. What it must never do: sign for anybody.
"""

from typing import Any

from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.law.instants import DAY
from longbien.node import Assertion, Denied, Node, duty, handover, pages, replies
from longbien.node.handover import Handover
from longbien.node.people import MACHINE_ROOM
from longbien.store.desk_rows import OfficerRow

SHOWN_DAYS = 14
LATEST = (1 << 53) - 1


def who(node: Node, given: Arguments) -> Result:
    """Who is, or was, on duty."""
    office = _office(node, given)
    found = duty.watch(node, office, given.number("at", 1, highest=LATEST) if "at" in given else None)
    if found is None:
        raise CommandRefused("ROSTER_NONE", office)
    return {
        "office": office,
        "at": found.at,
        "on_duty": "" if found.person is None else found.person.name,
        "until_at": found.until or 0,
        "next": "" if found.next is None else found.next.name,
        "next_at": found.next_from or 0,
        "warnings": list(found.warnings),
    }


def roster(node: Node, given: Arguments) -> Result:
    """The roster with its coming shifts; a new one where a text is given."""
    office = _office(node, given)
    warnings: tuple[str, ...] = ()
    if "text" in given:
        warnings = _granted(duty.set_roster(node, office, given.text("text"), by=MACHINE_ROOM))
    versions = duty.written(node, office, "roster")
    if not versions:
        raise CommandRefused("ROSTER_NONE", office)
    now = node.world.now()
    names = _names(node)
    return {
        "office": office,
        "now": now,
        "versions": len(versions),
        "text": versions[0].text,
        "warnings": list(warnings),
        "shifts": [
            {
                "person": names.get(shift.person or b"", ""),
                "from_at": shift.since,
                "until_at": shift.until,
            }
            for shift in duty.shifts_of(node, office, now, now + SHOWN_DAYS * DAY)
        ],
    }


def override(node: Node, given: Arguments) -> Result:
    """Somebody is on duty instead."""
    office, name = _office(node, given), given.text("name")
    since, until = (given.number(key, 0, highest=LATEST) for key in ("since", "until"))
    warnings = _granted(
        duty.override(node, office, _person(node, name).person, since, until, by=MACHINE_ROOM)
    )
    return {"office": office, "person": name, "from_at": since, "until_at": until, "warnings": list(warnings)}


def swap(node: Node, given: Arguments) -> Result:
    """Two persons take each other's shifts."""
    office = _office(node, given)
    one, other = (given.number(key, 0, highest=LATEST) for key in ("one", "other"))
    return {
        "office": office,
        "warnings": list(_granted(duty.swap(node, office, one, other, by=MACHINE_ROOM))),
    }


def contact(node: Node, given: Arguments) -> Result:
    """Where somebody is reached."""
    officer = _person(node, given.text("name"))
    refused = duty.reach(node, officer.person, given.text("channel"), given.text("address"))
    if refused is not None:
        raise CommandRefused(refused.code, refused.detail)
    with node.store.transaction() as tx:
        channels = sorted(tx.duty.addresses().get(officer.person, {}))
    return {"name": officer.name, "channels": channels}


def policy(node: Node, given: Arguments) -> Result:
    """The policy with what is wrong with it; a new one where a text is given."""
    office = _office(node, given)
    if "text" in given:
        _granted(duty.set_policy(node, office, given.text("text"), by=MACHINE_ROOM))
    versions = duty.written(node, office, "policy")
    return {
        "office": office,
        "versions": len(versions),
        "text": versions[0].text if versions else "",
        "mistakes": list(duty.mistakes(node, office, given.texts("channels"))),
    }


def listed(node: Node, given: Arguments) -> Result:
    """Open pages, or all of a kind."""
    kind = given.text("kind") if "kind" in given else ""
    found = pages.all_pages(node, kind=kind) if kind or given.get("all") else pages.open_pages(node)
    names = _names(node)
    return {
        "pages": [
            {
                "page": item.page.id.hex(),
                "kind": item.page.kind,
                "urgency": item.page.urgency,
                "exchange": None if item.page.exchange is None else item.page.exchange.hex(),
                "stage": item.page.stage,
                "raised_at": item.page.raised_at,
                "awake": names.get(item.page.awake_by or b"", ""),
                "steps": item.page.step,
                "calls": len(item.calls),
                "sent": sum(call.sent_at is not None for call in item.calls),
                "why": item.page.why,
                "reason": next((call.reason for call in item.calls if call.reason), ""),
            }
            for item in found
        ]
    }


def test(node: Node, given: Arguments) -> Result:
    """A test page, called as any other, that ends with the first answer."""
    office = _office(node, given)
    page = _granted(pages.call_test(node, office))
    return {"page": page.id.hex(), "office": office, "raised_at": page.raised_at}


def answer(node: Node, given: Arguments) -> Result:
    """Awake, and no more than that."""
    page = _granted(replies.answer(node, given.text("code")))
    return {"page": page.id.hex(), "stage": str(page.stage), "awake": _names(node).get(page.awake_by, "")}


def close(node: Node, given: Arguments) -> Result:
    """A person ends a page with a reason."""
    officer = _person(node, given.text("name"))
    page = _granted(replies.close(node, given.hex("page"), by=officer.person, why=given.text("why")))
    return {"page": page.id.hex(), "stage": str(page.stage), "why": page.why}


def handing(node: Node, given: Arguments) -> Result:
    """What would be handed over now, and what both sign."""
    leaves, comes = (_person(node, given.text(key)) for key in ("leaves", "comes"))
    made = _granted(
        handover.waiting(
            node,
            _office(node, given),
            leaves=leaves.person,
            comes=comes.person,
            text=given.text("text"),
        )
    )
    return {**_handed(node, made), "written": made.encode().hex(), "challenge": made.digest.hex()}


def handed(node: Node, given: Arguments) -> Result:
    """It is handed over."""
    made = Handover.decode(given.hex("written"))
    assertions = [Assertion.decode(bytes.fromhex(item)) for item in given.texts("assertions")]
    row = _granted(handover.hand_over(node, made, assertions))
    return {**_handed(node, made), "digest": row.digest.hex()}


def handovers(node: Node, given: Arguments) -> Result:
    """The newest hand-over of an office."""
    found = handover.handed_over(node, _office(node, given), limit=1)
    if not found:
        raise CommandRefused("HANDOVER_NONE", _office(node, given))
    return {**_handed(node, found[0]), "digest": found[0].digest.hex()}


def _handed(node: Node, made: Handover) -> Result:
    names = _names(node)
    return {
        "office": made.office,
        "now": made.at,
        "until_at": made.until,
        "leaves": names.get(made.leaves, ""),
        "comes": names.get(made.comes, ""),
        "text": made.text,
        "lists": [
            {"list": name, "what": row.what, "about": row.about, "at": row.at}
            for name, rows in made.lists
            for row in rows
        ],
    }


def _office(node: Node, given: Arguments) -> str:
    """The office that was named, or the only one."""
    offices = [item.id for item in node.directory.own.descriptor.offices]
    named = given.text("office") if "office" in given else ""
    if named and named not in offices:
        raise CommandRefused("OFFICE_UNKNOWN", named)
    if not named and len(offices) > 1:
        raise CommandRefused("ARGUMENT_MISSING", f"office, one of {' '.join(offices)}")
    return named or offices[0]


def _person(node: Node, name: str) -> OfficerRow:
    with node.store.transaction() as tx:
        found = next((item for item in tx.desk.officers() if item.name == name), None)
    if found is None:
        raise CommandRefused("PERSON_UNKNOWN", name)
    return found


def _names(node: Node) -> dict[bytes, str]:
    with node.store.transaction() as tx:
        return {item.person: item.name for item in tx.desk.officers()}


def _granted(found: Any) -> Any:  # noqa: ANN401 - whatever the door gives, unless it is a "no"
    if isinstance(found, Denied):
        raise CommandRefused(found.code, found.detail)
    return found
