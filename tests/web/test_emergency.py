"""In an emergency the officer calls back under the number of the directory: it stands in the form before anything is typed."""

from longbien.exercise.office import NUMBER
from longbien.node import Sent
from node.pair import NOW
from node.test_emergency import RULES
from playbooks.filler import body

from .land import OFFICE, land
from .test_flows import hidden


def test_the_form_of_a_call_back_has_the_number_of_the_directory_and_refuses_another():
    world = land()
    try:
        opened = body(RULES, "open", NOW, "VN", ["RU"], {"call_back_office": OFFICE})
        sent = world.two.vn.act("open", opened, to="RU", procedure="emergency-disclosure")
        assert isinstance(sent, Sent), sent
        world.two.deliver()
        duty = world.at("RU", "duty")
        page = duty.get(f"/x/{sent.exchange.hex()}")
        assert "Acknowledge and call back" in page.words
        assert NUMBER in page.words
        form = {name: hidden(page.text, name) for name in ("draft", "own_reference")}
        assert duty.post(f"/x/{sent.exchange.hex()}/acknowledge", form).status == 303
        sheet = duty.post(f"/x/{sent.exchange.hex()}/act/call_back").to
        shown = duty.get(sheet).text
        assert f'name="number" dir="auto" autocomplete="off" value="{NUMBER}"' in shown
        spoken = {
            "from_directory": "yes",
            "spoken_at": "2026-11-22T19:00:00",
            "spoken_at.zone": "Z",
            "spoken_with": "the officer on duty (invented)",
            "confirmed": "yes",
        }
        duty.post(sheet, {**spoken, "number": "+7 999 000 00 00", "do": "check"})
        said = duty.post(f"{sheet}/hand-in")
        assert said.status == 422
        assert "Call back under a number of the directory" in said.words
        checked = duty.post(sheet, {**spoken, "number": NUMBER, "do": "check"})
        assert checked.status == 200, checked.words[:600]
        assert duty.post(f"{sheet}/hand-in").to.startswith("/drafts/")
    finally:
        world.close()
