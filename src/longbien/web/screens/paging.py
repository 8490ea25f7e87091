"""What an officer says to a page at a screen: awake, seen to, closed.

What it knows: pages by their identifiers. What it must never do: say anything to another State; a request is acknowledged on its own page.
"""

from longbien.node import Denied, replies
from longbien.store.page_rows import PageRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes, refused
from longbien.web.console import Console


def awake(console: Console, asked: Asked) -> Reply:
    """It stops the call and tells the others; whoever does nothing then is followed by the next step."""
    return _said(asked, replies.awake(console.node, _page(asked), by=asked.officer.person), "awake")


def acknowledge(console: Console, asked: Asked) -> Reply:
    """The person sees to it. Codes: PAGE_OVER, PAGE_BY_ACT."""
    return _said(asked, replies.acknowledge(console.node, _page(asked), by=asked.officer.person), "seen-to")


def close(console: Console, asked: Asked) -> Reply:
    """Nobody need be called for it, and why. Codes: PAGE_OVER, REASON_MISSING."""
    why = asked.written("why")
    return _said(asked, replies.close(console.node, _page(asked), by=asked.officer.person, why=why), "closed")


def _page(asked: Asked) -> bytes:
    return hex_bytes(asked.params["page"], 16)


def _said(asked: Asked, found: PageRow | Denied, said: str) -> Reply:
    if isinstance(found, Denied):
        if found.code == "PAGE_UNKNOWN":
            raise NotThere
        return refused(found.code, asked)
    return go(f"/shift?said={said}#pages")
