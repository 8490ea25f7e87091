"""Where somebody lands: the first page that the person's roles open."""

from longbien.web.asked import Asked, Reply, go
from longbien.web.console import Console
from longbien.web.policy import AUDIT, CASE


def home(_console: Console, asked: Asked) -> Reply:
    """On to the watch, to the record, or to the node."""
    roles = asked.officer.roles
    if CASE.intersection(roles):
        return go("/watch")
    return go("/records" if AUDIT.intersection(roles) else "/node")
