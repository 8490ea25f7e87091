"""Coming in and going out: by passkey, by a one-time code, and the first passkey of a person.

What it knows: ceremonies and codes. What it must never do: tell a stranger who exists here. Whatever is wrong is answered alike.
"""

from dataclasses import replace

from longbien.node import Denied
from longbien.web.asked import Asked, NotThere, Reply, go, refused
from longbien.web.console import Console
from longbien.web.oidc import NotSignedIn
from longbien.web.policy import Level
from longbien.wire.cbor import Malformed


def door(console: Console, asked: Asked) -> Reply:
    """The page at which one signs in."""
    if asked.session is not None:
        return go(_next(asked.wish("next")))
    return _door(console, asked, error="")


def enter(console: Console, asked: Asked) -> Reply:
    """By passkey. Codes: TOO_OFTEN, PASSKEY_UNKNOWN, PASSKEY_ENDED, OFFICER_INACTIVE, and those of the ceremony."""
    node = console.node
    if not console.pace.allows(asked.client, node.world.now()):
        return refused("TOO_OFTEN", asked)
    try:
        assertion, challenge = console.ceremonies.entered(asked.written("credential"))
        with node.store.transaction() as tx:
            key = tx.desk.credential(assertion.credential)
            officer = None if key is None else tx.desk.officer(key.person)
        if key is None or officer is None or key.ended_at is not None or not officer.active:
            return _door(console, asked, error="PASSKEY_UNKNOWN")
        count = node.world.passkeys.verify(assertion, challenge=challenge, credential=key)
    except Malformed as fault:
        return _door(console, asked, error=fault.code)
    with node.store.transaction() as tx:
        tx.desk.used(key.id, count)
    identifier = console.sessions.begin(officer.person, level=Level.PASSKEY, instead_of=asked.session)
    return go(_next(asked.written("next")), enter=identifier)


def ask_provider(console: Console, asked: Asked) -> Reply:
    """Off to the State's own identity provider. Codes: TOO_OFTEN, and those of `oidc`."""
    if console.provider is None:
        raise NotThere
    if not console.pace.allows(asked.client, console.node.world.now()):
        return refused("TOO_OFTEN", asked)
    try:
        asking = console.provider.ask()
    except NotSignedIn as fault:
        return _door(console, asked, error=fault.code)
    return Reply(to=asking.to, status=303, asking=asking.kept)


def come_back(console: Console, asked: Asked) -> Reply:
    """Back from the provider: a person of this node reads and writes, and signs with a passkey as ever. Codes as above, OFFICER_INACTIVE."""
    if console.provider is None:
        raise NotThere
    if not console.pace.allows(asked.client, console.node.world.now()):
        return refused("TOO_OFTEN", asked)
    try:
        name = console.provider.answered(dict(asked.query), asked.asking)
    except NotSignedIn as fault:
        return replace(_door(console, asked, error=fault.code), asking="")
    with console.node.store.transaction() as tx:
        officer = next((one for one in tx.desk.officers() if one.name == name), None)
    if officer is None or not officer.active:
        return replace(_door(console, asked, error="OIDC_NOBODY"), asking="")
    identifier = console.sessions.begin(officer.person, level=Level.CODE, instead_of=asked.session)
    return go("/", enter=identifier, asking="")


def show_code(_console: Console, asked: Asked) -> Reply:
    """The page of a link that holds a code; looking at it uses nothing up."""
    return Reply(page="code.html", values={"code": asked.params["code"], "error": ""})


def use_code(console: Console, asked: Asked) -> Reply:
    """By a code: into the console, or to the page that asks for the first passkey. Codes: TOO_OFTEN, CODE_WRONG."""
    if not console.pace.allows(asked.client, console.node.world.now()):
        return refused("TOO_OFTEN", asked)
    found = console.node.people.redeem(asked.written("code"))
    if isinstance(found, Denied):
        return Reply(page="code.html", values={"code": "", "error": "CODE_WRONG"}, status=422)
    first = found.purpose == "enrol"
    level = Level.ENROL if first else Level.CODE
    identifier = console.sessions.begin(found.person, level=level, instead_of=asked.session)
    return go("/passkey" if first else _next(asked.written("next")), enter=identifier)


def ask_passkey(console: Console, asked: Asked) -> Reply:
    """The page on which a person makes a passkey for this console."""
    return _passkey(console, asked, error="")


def bring_passkey(console: Console, asked: Asked) -> Reply:
    """The passkey that was made. Codes: those of the ceremony and of `People.bring`, PASSKEY_WANTED."""
    officer, session = asked.officer, asked.session
    assert session is not None
    with console.node.store.transaction() as tx:
        held = [key for key in tx.desk.credentials_of(officer.person) if key.ended_at is None]
    if held and console.level(session) < Level.PASSKEY and session.row.level != Level.ENROL:
        return refused("PASSKEY_WANTED", asked)
    try:
        made = console.ceremonies.made(officer, asked.written("credential"))
    except Malformed as fault:
        return _passkey(console, asked, error=fault.code)
    brought = console.node.people.bring(
        officer.person,
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        device_bound=made.device_bound,
    )
    if isinstance(brought, Denied):
        return _passkey(console, asked, error=brought.code)
    identifier = console.sessions.begin(officer.person, level=Level.PASSKEY, instead_of=session)
    return go("/", enter=identifier)


def leave(console: Console, asked: Asked) -> Reply:
    """The person signs out."""
    assert asked.session is not None
    console.sessions.end(asked.session)
    return go("/sign-in", enter="")


def stay(_console: Console, _asked: Asked) -> Reply:
    """The person is still there: asking has said so already."""
    return Reply(status=204)


def _door(console: Console, asked: Asked, *, error: str) -> Reply:
    values = {
        "options": console.ceremonies.ask_known(),
        "next": _next(asked.wish("next") or asked.written("next")),
        "error": error,
        "provider": console.provider is not None,
        "scripts": ("passkey.js",),
    }
    return Reply(page="sign_in.html", values=values, status=422 if error else 200)


def _passkey(console: Console, asked: Asked, *, error: str) -> Reply:
    officer = asked.officer
    with console.node.store.transaction() as tx:
        held = [key.id for key in tx.desk.credentials_of(officer.person) if key.ended_at is None]
    values = {
        "options": console.ceremonies.ask_new(officer, held),
        "error": error,
        "scripts": ("passkey.js",),
    }
    return Reply(page="passkey.html", values=values, status=422 if error else 200)


def _next(wanted: str) -> str:
    """A page of this console, whatever was asked for: never a way out."""
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside else "/"
