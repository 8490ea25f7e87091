"""The people of the node, for its operators: who is here, what they do, and a new beginning after a lost passkey.

What it knows: roles and codes. What it must never know: cases. A code is shown once, to the operator who hands it over.
"""

from longbien.node import Denied
from longbien.node.people import Invited
from longbien.node.roles import Role
from longbien.web.asked import Asked, Reply, go, hex_bytes, refused
from longbien.web.console import Console


def people(console: Console, asked: Asked) -> Reply:
    """Everybody."""
    return _people(console, asked)


def add(console: Console, asked: Asked) -> Reply:
    """A new person. Codes: those of `People.add`."""
    invited = console.node.people.add(
        name=asked.written("name").strip(),
        office=asked.written("office"),
        roles=asked.all_written("role"),
        by=asked.officer.person,
    )
    if isinstance(invited, Denied):
        return _people(console, asked, error=invited.code)
    return _people(console, asked, invited=invited)


def change(console: Console, asked: Asked) -> Reply:
    """Other roles, or none any more. Codes: those of `People.change`."""
    changed = console.node.people.change(
        hex_bytes(asked.params["person"], 16),
        roles=asked.all_written("role"),
        active=asked.written("active") == "yes",
        by=asked.officer.person,
    )
    if isinstance(changed, Denied):
        return _people(console, asked, error=changed.code)
    return go("/people")


def ask_recovery(console: Console, asked: Asked) -> Reply:
    """One person says that somebody lost every passkey."""
    found = console.node.people.ask_recovery(hex_bytes(asked.params["person"], 16), by=asked.officer.person)
    return refused(found.code, asked) if isinstance(found, Denied) else go("/people")


def allow_recovery(console: Console, asked: Asked) -> Reply:
    """Another one agrees. Codes: those of `People.allow_recovery`."""
    found = console.node.people.allow_recovery(hex_bytes(asked.params["person"], 16), by=asked.officer.person)
    if isinstance(found, Denied):
        return _people(console, asked, error=found.code)
    return _people(console, asked, invited=found)


def _people(console: Console, asked: Asked, *, error: str = "", invited: Invited | None = None) -> Reply:
    with console.node.store.transaction() as tx:
        officers = tx.desk.officers()
        held = {officer.person: tx.desk.credentials_of(officer.person) for officer in officers}
        recoveries = tx.people.recoveries()
    names = {officer.person: officer.name for officer in officers}
    values = {
        "rows": [
            {
                "officer": officer,
                "keys": [key for key in held[officer.person] if key.ended_at is None],
                "recovery": recoveries.get(officer.person),
            }
            for officer in officers
        ],
        "names": names,
        "offices": console.node.directory.own.descriptor.offices,
        "every_role": list(Role),
        "error": error,
        "invited": invited,
        "written": {"name": asked.written("name"), "roles": asked.all_written("role")},
    }
    return Reply(page="people.html", values=values, status=422 if error else 200)
