"""`longbien user`: who may use the console of a node, from the machine that it runs on.

What it knows: the words and options. What it must never know: sessions and screens.
"""

from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli.terminal import HERE, Folder, Json, answered
from longbien.node.roles import Role

user_app = App(name="user", help="People who use the console.")

Roles = Annotated[list[Role], Parameter(name="--role", help="A role; again for each further one.")]


@user_app.command
def add(name: str, *, office: str, role: Roles, folder: Folder = HERE, as_json: Json = False) -> int:
    """Add a person; the code that is printed lets this person bring a passkey, once, within a day."""
    roles = [str(item) for item in role]
    return answered(folder, "user-add", as_json=as_json, name=name, office=office, roles=roles)


@user_app.command(name="list")
def user_list(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Everybody, with roles and passkeys."""
    return answered(folder, "user-list", as_json=as_json)


@user_app.command(name="role")
def user_role(name: str, *, role: Roles, folder: Folder = HERE, as_json: Json = False) -> int:
    """Give a person exactly these roles; open sessions of the person end."""
    return answered(folder, "user-role", as_json=as_json, name=name, roles=[str(item) for item in role])


@user_app.command
def disable(name: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Let a person in no more, from this moment on."""
    return answered(folder, "user-disable", as_json=as_json, name=name)


@user_app.command
def enter(name: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Make a code with which a sample officer of a demonstration comes in (demonstration nodes only)."""
    return answered(folder, "user-enter", as_json=as_json, name=name)


@user_app.command
def reset(name: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Every passkey of a person is lost: ask for a new beginning, to which an operator agrees in the console."""
    return answered(folder, "user-reset", as_json=as_json, name=name)
