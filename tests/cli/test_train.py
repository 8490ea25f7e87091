"""Training on the command line."""

import pytest

from longbien.cli.asked import CommandRefused
from longbien.cli.commands import perform
from longbien.node.course_file import PAGE
from node.pair import pair
from web import teach

from .test_json import holds


def test_courses_are_listed_given_out_and_taken_in_from_the_command_line():
    two = pair()
    teach.wish(two, "VN", "request")
    teach.wish(two, "RU", "offer")
    node = two.ru.node
    course = teach.course(node)
    teach.planned(node, course)
    holds("train list", listed := perform(node, "train-list", {"language": "en"}))
    assert [row["there"] for row in listed["sessions"]] == [1]
    assert len(listed["fits"]) == 1
    given = perform(node, "train-export", {"course": course.hex()[:6]})
    taken = perform(two.vn.node, "train-import", {"file": given["file"]})
    holds("train import", taken)
    assert perform(two.vn.node, "train-export", {"course": taken["course"]})["file"] == given["file"]
    changed = teach.repacked(bytes.fromhex(given["file"]), lambda found: found.update({PAGE: b"Other"}))
    with pytest.raises(CommandRefused, match="COURSE_FILE_DIGEST"):
        perform(node, "train-import", {"file": changed.hex()})
    with pytest.raises(CommandRefused, match="COURSE_UNKNOWN"):
        perform(node, "train-export", {"course": ""})
    for side in two.sides.values():
        side.store.close()
