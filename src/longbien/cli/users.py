"""Commands about the people who use the console: from the machine room, where nobody signs in.

What it knows: arguments and the node's people. What it must never do: hand out a new beginning where two persons could agree to it.
"""

from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.node import Denied, Node
from longbien.node.people import HOUR_MS, MACHINE_ROOM, Invited
from longbien.store.desk_rows import OfficerRow


def add(node: Node, given: Arguments) -> Result:
    """A new person, and the code with which this person brings a passkey."""
    invited = node.people.add(
        name=given.text("name"), office=given.text("office"), roles=given.texts("roles"), by=MACHINE_ROOM
    )
    return _told(invited, given.text("name"))


def listed(node: Node, _: Arguments) -> Result:
    """Everybody."""
    with node.store.transaction() as tx:
        officers = tx.desk.officers()
        held = {officer.person: tx.desk.credentials_of(officer.person) for officer in officers}
    return {
        "users": [
            {
                "name": officer.name,
                "person": officer.person.hex(),
                "office": officer.office,
                "roles": list(officer.roles),
                "active": officer.active,
                "passkeys": sum(1 for key in held[officer.person] if key.ended_at is None),
            }
            for officer in officers
        ]
    }


def role(node: Node, given: Arguments) -> Result:
    """Exactly these roles from now on."""
    officer = _named(node, given.text("name"))
    return _changed(node, officer, roles=given.texts("roles"), active=officer.active)


def disable(node: Node, given: Arguments) -> Result:
    """This person may not sign in any more, and signs nothing."""
    officer = _named(node, given.text("name"))
    return _changed(node, officer, roles=list(officer.roles), active=False)


def reset(node: Node, given: Arguments) -> Result:
    """Asks for a new beginning; where no operator is left who could agree in the console, it begins at once."""
    officer = _named(node, given.text("name"))
    alone = node.people.recover_alone(officer.person)
    if isinstance(alone, Invited):
        return _told(alone, officer.name)
    node.people.ask_recovery(officer.person, by=MACHINE_ROOM)
    return {"name": officer.name, "person": officer.person.hex(), "agree": alone.detail}


def enter(node: Node, given: Arguments) -> Result:
    """A code with which a sample officer of a demonstration comes in; refused everywhere else, so nobody comes in as somebody else."""
    officer = _named(node, given.text("name"))
    if node.directory.own.descriptor.mode != "demo":
        raise CommandRefused("ONLY_IN_A_DEMONSTRATION", node.directory.own.descriptor.mode)
    return _told(node.people.invite(officer.person, "enter", lasts=24 * HOUR_MS), officer.name)


def _changed(node: Node, officer: OfficerRow, *, roles: list[str], active: bool) -> Result:
    changed = node.people.change(officer.person, roles=roles, active=active, by=MACHINE_ROOM)
    if isinstance(changed, Denied):
        raise CommandRefused(changed.code, changed.detail)
    return {"name": officer.name, "person": officer.person.hex(), "roles": roles, "active": active}


def _told(invited: Invited | Denied, name: str) -> Result:
    if isinstance(invited, Denied):
        raise CommandRefused(invited.code, invited.detail)
    return {"name": name, "person": invited.person.hex(), "code": invited.code, "ends_at": invited.ends_at}


def _named(node: Node, name: str) -> OfficerRow:
    with node.store.transaction() as tx:
        found = next((officer for officer in tx.desk.officers() if officer.name == name), None)
    if found is None:
        raise CommandRefused("PERSON_UNKNOWN", name)
    return found
