"""An exercise on its screens: operators steer, officers play, and every page and file says that it is an exercise."""

import io

import openpyxl
import pytest

from longbien.interop.msel import table
from longbien.law.instants import MINUTE
from longbien.web.table import menu

from . import teach
from .asgi import ORIGIN
from .land import land


@pytest.fixture(scope="module")
def world():
    made = land()
    yield made
    made.close()


def book() -> bytes:
    made = openpyxl.Workbook()
    for row in teach.TABLE:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_from_a_spreadsheet_to_a_report_without_a_script(world):
    steers, plays = world.at("RU", "operator", table=table), world.at("RU", "duty")
    lawyer, clock = world.at("RU", "lawyer"), world.two.ru.clock
    here = steers.post("/exercise", {"title": "Night of the wallets", "about": "Invented"}).to
    fields = [("form", steers.token), ("table", "")]
    taken = steers.send(f"{here}/injects", fields, [("msel.xlsx", book())], origin=ORIGIN)
    assert taken.status == 303, taken.words
    assert "A journalist asks" in steers.get(here).words
    wrong = steers.send(f"{here}/injects", [*fields[:1], ("table", "time\n1")], (), origin=ORIGIN)
    assert "this one is missing: text" in wrong.words
    assert plays.get(f"{here}/player").words.count("Message") == 0

    assert steers.post(f"{here}/steer", {"do": "pause"}).status == 422
    assert steers.post(f"{here}/steer", {"do": "play"}).status == 303
    clock.now += 3 * MINUTE
    page = plays.get(f"{here}/player")
    assert "A request for preservation arrives." in page.words
    assert "journalist" not in page.text
    assert "Acknowledge" not in page.text, "what is expected is not told to players"
    assert plays.post(f"{here}/respond", {"number": "1", "text": "I acknowledge."}).status == 303
    assert plays.post(f"{here}/respond", {"number": "3", "text": "x"}).status == 422
    assert "I acknowledge." in plays.get(f"{here}/player").words
    assert "I acknowledge." not in lawyer.get(f"{here}/player").words
    assert steers.post(f"{here}/steer", {"do": "shift", "minutes": "-7"}).status == 303
    assert "journalist" in plays.get(f"{here}/player").text
    assert steers.post(f"{here}/fire", {"number": "3"}).status == 303
    assert "urgent now" in lawyer.get(f"{here}/player").words
    early = plays.get(f"{here}/report").words + plays.get(f"{here}/report.csv").text
    for hidden in ("urgent now", "Acknowledge"):
        assert hidden not in early, "it came to another role, or is what is expected"
    assert "I acknowledge." in steers.get(f"{here}/report").words
    added = {
        "time": "2:00",
        "to": "everybody",
        "text": "The end.",
        "sender": "",
        "channel": "",
        "expected": "",
    }
    assert steers.post(f"{here}/inject", added).status == 303
    assert steers.post(f"{here}/inject", added | {"time": "late"}).status == 422

    lesson = {"kind": "lesson", "text": "=cmd", "owner": "Operator", "due_on": "2026-13-01"}
    assert plays.post(f"{here}/lessons", lesson).status == 422
    assert plays.post(f"{here}/lessons", lesson | {"due_on": "2026-12-01"}).status == 303
    assert steers.post(f"{here}/steer", {"do": "end"}).status == 303
    report = plays.get(f"{here}/report")
    assert "Exercise: Night of the wallets" in report.words
    assert "3.0 min" in report.words
    assert "urgent now" in report.words
    file = plays.get(f"{here}/report.csv")
    assert file.headers["content-disposition"] == 'attachment; filename="EXERCISE-report.csv"'
    lines = file.text.splitlines()
    assert all(line.startswith("EXERCISE,") for line in lines[1:])
    assert "'=cmd" in lines[-1], "no cell is a formula"
    assert plays.post(f"{here}/respond", {"number": "1", "text": "late"}).status == 422


def test_a_live_node_says_that_nothing_is_practised_there(world, monkeypatch):
    node = world.two.ru.node
    there = teach.exercised(world.two.ru)
    people = [world.at("RU", name) for name in ("operator", "duty")]
    teach.as_live(node, monkeypatch)
    for person in people:
        refused = person.get("/exercise")
        assert (refused.status, "node is live" in refused.words) == (403, True)
        assert person.get(f"/exercise/{there.hex()}/report").status == 403
    assert people[0].post(f"/exercise/{there.hex()}/steer", {"do": "play"}).status == 403
    assert people[1].post(f"/exercise/{there.hex()}/respond", {"number": "1", "text": "x"}).status == 403


def test_the_menu_of_a_live_console_has_no_exercises(world):
    assert "exercise" in {route.name for route in menu(["duty"], live=False)}
    assert "exercise" not in {route.name for route in menu(["duty"], live=True)}
