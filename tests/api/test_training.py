"""Training for programs: what the console does, with the same refusals."""

import io
from dataclasses import replace

import msgspec
import pytest

from longbien.web.api import training_shapes as shapes
from longbien.web.api.told import moment
from longbien.web.client import ApiProblem
from node.pair import NOW
from web import teach

from .served import served


def test_a_program_makes_carries_and_takes_in_courses_and_notes_sessions(tmp_path):
    with served(folder=tmp_path) as api:
        need, offer = teach.wish(api.two, "VN", "request"), teach.wish(api.two, "RU", "offer")
        line = api.client.training
        (fit,) = line.board().fits
        assert (fit.need, fit.offer, fit.same_language) == (need.hex(), offer.hex(), True)
        made = line.new_course(shapes.CourseWanted(title="A", language="en"))
        line.add_material(made.course, shapes.MaterialWanted(kind="text", title="B", body="Words"))
        whole = line.add_file(made.course, "c.pdf", io.BytesIO(b"%PDF"))
        assert [part.kind for part in whole.materials] == ["text", "file"]
        assert line.file(made.course, 2) == b"%PDF"
        raw = line.export(made.course)
        again = line.take_in(io.BytesIO(raw))
        assert line.export(again.course) == raw
        assert len(line.courses()) == 2
        with pytest.raises(ApiProblem, match="422 COURSE_FILE_DAMAGED"):
            line.take_in(io.BytesIO(b"x"))
        line.drop_material(made.course, 1)
        for wrong in (lambda: line.drop_material(made.course, 1), lambda: line.course("00" * 16)):
            with pytest.raises(ApiProblem, match="404"):
                wrong()
        assert line.change_course(made.course, shapes.CourseWanted(title="D", language="fr")).title == "D"

        wanted = shapes.TrainingWanted(
            office="p247",
            title="At the desk",
            kind="course",
            begins_at=moment(NOW),
            ends_at=moment(NOW + 1000),
            place="Room",
            language="en",
            course=made.course,
        )
        here = line.plan(wanted).session.training
        line.add_trainee(here, shapes.TraineeWanted(name="A. Invented"))
        assert line.mark_trainee(here, 1, "yes").session.there == 1
        line.add_measure(here, shapes.MeasureWanted(what="Gaps"))
        line.mark_measure(here, 1, shapes.MeasureMark(found="2", measured_on="2027-01-31"))
        told = line.session(here)
        assert (told.course, told.measures[0].found, told.trainees[0].attended) == (made.course, "2", "yes")
        with pytest.raises(ApiProblem, match="404 TRAINING_LINE"):
            line.mark_trainee(here, 9, "yes")
        mine = api.as_("cases:read", "cases:note", office="p247").training
        with pytest.raises(ApiProblem, match="OFFICE_OTHER"):
            mine.plan(msgspec.structs.replace(wanted, office="elsewhere"))
        with api.two.vn.store.transaction() as tx:
            row = replace(tx.trainings.training(bytes.fromhex(here)), id=bytes(16), office="elsewhere")
            tx.trainings.add_training(row)
        assert [one.training for one in mine.board().sessions] == [here]
        with pytest.raises(ApiProblem, match="404 TRAINING_UNKNOWN"):
            mine.session(row.id.hex())
        with pytest.raises(ApiProblem, match="SCOPE_MISSING"):
            api.as_("cases:read").training.take_in(io.BytesIO(raw))
