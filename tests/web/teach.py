"""Needs, offers, sessions and a course of two nodes. All persons and texts are invented."""

import io
import zipfile
from dataclasses import replace

from law import sample
from longbien.law import write_instant
from longbien.law.instants import DAY, HOUR, MINUTE
from longbien.node import courses, exercises, trainings
from longbien.node.course_file import Part
from node.pair import NOW, Pair

from . import meet

ASSISTANCE, INVITATION = "technical-assistance", "training-exercise-invitation"


def wish(two: Pair, party: str, direction: str, **changes) -> bytes:
    """A need or an offer of one side that the other has."""
    other = "VN" if party == "RU" else "RU"
    header = {
        name: value
        for name, value in sample.header(NOW).items()
        if name not in {"to_state", "to_office", "secrecy_review_on"}
    }
    body = header | {
        "from_state": party,
        "legal_basis": [{"instrument": "reciprocity", "assurance": "We would do the same (invented)."}],
        "handling": "normal",
        "to_states": [other],
        "text": bytes(32),
        "starts_on": "2026-11-01",
        "ends_on": "2027-03-31",
        "direction": direction,
        "area": "forensics",
        "need_assessment": f"Reading of old telephones ({direction}, invented)",
        "beneficiaries": 12,
        "results_indicator": "Reports that a court took",
        **changes,
    }
    sent = two.sides[party].act("open", body, to=other, procedure=ASSISTANCE)
    assert not hasattr(sent, "code"), sent
    two.deliver()
    return sent.exchange


def invited(two: Pair, **changes) -> bytes:
    """VN invites RU to a session."""
    body = meet.invitation()
    for name in ("topic", "kind", "agenda", "minutes_rule"):
        del body[name]
    body |= {
        "legal_basis": [{"instrument": "reciprocity", "assurance": "We would do the same (invented)."}],
        "title": "Chain of custody",
        "kind": "tabletop",
        "seats_per_state": 4,
        "audience": ["Duty officers"],
        "sandbox": True,
        "begins_at": write_instant(NOW + 7 * DAY),
        "ends_at": write_instant(NOW + 7 * DAY + 6 * HOUR),
        "reply_by": write_instant(NOW + 3 * DAY),
        **changes,
    }
    return meet.act(two, "VN", "open", body, procedure=INVITATION)


def course(node, by: bytes = bytes(16)) -> bytes:
    """A course with a text, a link and a file."""
    row = courses.new(
        node, title="Chain of custody (illustrative)", language="en", about="For duty officers.", by=by
    )
    courses.add(node, row.id, Part(kind="text", title="First", body="Note who touches what, <always>."))
    courses.add(node, row.id, Part(kind="link", title="Further", body="https://training.example/custody"))
    courses.add(node, row.id, Part(kind="file", title="slides.pdf"), b"%PDF-1.7 invented")
    return row.id


def planned(node, course_id: bytes, by: bytes = bytes(16)) -> bytes:
    """An own session with two people and a measure."""
    wanted = trainings.Plan(
        title="Custody at the desk",
        kind="course",
        begins_at=NOW + DAY,
        ends_at=NOW + DAY + HOUR,
        place="Room 4 (invented)",
        language="en",
        course=course_id,
    )
    row = trainings.plan(node, wanted, office="p247", by=by)
    trainings.add_trainee(node, row.id, name="A. Invented", party="RU", function="Duty officer")
    trainings.add_trainee(node, row.id, name="B. Invented")
    trainings.mark_trainee(node, row.id, 1, attended="yes")
    trainings.add_measure(node, row.id, what="Gaps in custody per month", before="5", wanted="1")
    return row.id


TABLE = [
    ["Time", "From", "To", "Channel", "Text", "Expected action"],
    ["0:00", "State AA (invented)", "duty", "e-mail", "A request for preservation arrives.", "Acknowledge"],
    ["0:10", "", "", "telephone", "A journalist asks about it.", "Say nothing of the case"],
    ["0:30", "State AA (invented)", "lawyer", "", "The request is urgent now.", "Decide within the hour"],
]


def exercised(side, person: bytes = bytes(16)) -> bytes:
    """An exercise that is being played, with answers and a lesson; the clock stays where it was found."""
    node, began = side.node, side.clock.now
    row = exercises.new(node, title="Night of the wallets", about="Invented; nothing is sent.", by=person)
    exercises.add_injects(node, row.id, TABLE)
    exercises.steer(node, row.id, "play")
    side.clock.now += 4 * MINUTE
    exercises.respond(node, row.id, 1, "I acknowledge and ask for the account.", roles=["duty"], by=person)
    side.clock.now += 8 * MINUTE
    exercises.respond(node, row.id, 2, "We do not comment.", roles=["duty"], by=person)
    exercises.steer(node, row.id, "pause")
    side.clock.now = began
    lesson = {"text": "The number for the night was wrong.", "owner": "Operator", "due_on": "2026-12-01"}
    exercises.add_lesson(node, row.id, kind="lesson", **lesson, by=person)
    return row.id


def as_live(node, patch) -> None:
    """The node says from now on that it is live, until the patch is undone."""
    own = node.directory.own
    newest = own.descriptors[-1]
    live = replace(newest, descriptor=replace(newest.descriptor, mode="live"))
    peer = replace(own, descriptors=(*own.descriptors[:-1], live))
    patch.setattr(type(node.directory), "own", property(lambda _: peer))


def repacked(raw: bytes, change) -> bytes:
    """A course file whose members (name to bytes) were changed by somebody."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()
