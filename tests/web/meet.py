"""A meeting between two nodes, as its acts make it. All persons are invented."""

from hashlib import sha256

from law import sample
from longbien.law import write_instant
from longbien.law.instants import DAY, HOUR
from longbien.node import Sent
from node.pair import NOW, OFFICE, Pair

TEXT = "1. Both sides name a second number for the night.\n2. The next test is in March."
ACTIONS = [
    {"what": "Name a second number for the night", "owner": "RU", "due_on": "2026-11-30"},
    {"what": "Send the plan of the test", "owner": "VN", "due_on": "2026-11-20"},
]


def invitation(**changes) -> dict:
    header = {
        name: value
        for name, value in sample.header(NOW).items()
        if name not in {"to_state", "to_office", "secrecy_review_on"}
    }
    return header | {
        "legal_basis": [{"instrument": "ru-vn-iis-2018"}],
        "handling": "normal",
        "to_states": ["RU"],
        "topic": "Reachability at night",
        "kind": "contact_points",
        "agenda": ["Numbers for the night", "The test in March"],
        "interpretation": ["vi", "ru"],
        "minutes_rule": "agreed",
        "begins_at": write_instant(NOW + 7 * DAY),
        "ends_at": write_instant(NOW + 7 * DAY + 2 * HOUR),
        "reply_by": write_instant(NOW + 3 * DAY),
        "place": "At a distance",
        **changes,
    }


def act(
    two: Pair, party: str, name: str, body: dict, exchange: bytes | None = None, procedure: str = ""
) -> bytes:
    side = two.sides[party]
    where = {"exchange": exchange} if exchange else {"to": "RU", "procedure": procedure}
    sent = side.act(name, body, **where)
    assert isinstance(sent, Sent), sent
    two.deliver()
    return sent.exchange


def invited(two: Pair, **changes) -> bytes:
    return act(two, "VN", "open", invitation(**changes), procedure="dialogue-meeting")


def held(two: Pair, text: str = TEXT, **changes) -> bytes:
    """A meeting that took place, with a report that names the minutes."""
    exchange = invited(two, **changes)
    reply = {
        "answer": "yes",
        "participants": ["A. Invented, contact point"],
        "needs": "Interpretation into Russian",
    }
    act(two, "RU", "reply", reply, exchange)
    times = {name: invitation()[name] for name in ("begins_at", "ends_at")}
    act(two, "VN", "confirm", times, exchange)
    act(two, "VN", "hold", {"present": ["RU", "VN"]}, exchange)
    report = {"report": sha256(text.encode()).digest(), "actions": ACTIONS, "lessons": "Call twice."}
    act(two, "VN", "report", report, exchange)
    return exchange


__all__ = ["ACTIONS", "OFFICE", "TEXT", "act", "held", "invitation", "invited"]
