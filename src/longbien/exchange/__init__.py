"""One exchange is one chain of acts, kept in order by its host.

What it knows: acts, the place that the host gives them, and what the chain establishes so far. What it must never know:
disks, networks, clocks, who is asking. Its laws:

1. Where an exchange stands is a pure fold over its chain: equal prefixes give equal standings (promise P5).
2. Only the host gives places. Everybody else proposes, and follows what the host ordered (P4).
3. Time is an argument: the host's order time, written into the entry, so that both sides judge with the same clock.
4. An act that the rules do not permit is answered with a code, never with an exception.
"""

from longbien.exchange.act import Act, Approval, Opening
from longbien.exchange.ahead import Ahead, ahead
from longbien.exchange.chain import Diverged, Followed, Link, follow, replay, retrace
from longbien.exchange.draft import Draft
from longbien.exchange.standing import Standing
from longbien.exchange.step import Accepted, Author, Rejected, step

__all__ = [
    "Accepted",
    "Act",
    "Ahead",
    "Approval",
    "Author",
    "Diverged",
    "Draft",
    "Followed",
    "Link",
    "Opening",
    "Rejected",
    "Standing",
    "ahead",
    "follow",
    "replay",
    "retrace",
    "step",
]
