"""A program cannot say yes to a request that is in doubt, and is told so with a code."""

import pytest

from law import sample
from longbien.node import Sent
from longbien.web.client import ApiProblem
from node.pair import OFFICE

from .served import served

NOW = sample.AT
BODIES = sample.preservation(NOW)
OPENING = {**BODIES["open"], "from_state": "RU", "to_state": "VN"}


@pytest.mark.promise("P9")
def test_a_program_gives_no_order_for_words_that_came_before_under_another_number():
    with served() as api:
        asked = []
        for _ in range(2):
            sent = api.two.ru.act("open", OPENING, to="VN", procedure="preservation")
            assert isinstance(sent, Sent)
            api.two.deliver()
            asked.append(sent.exchange)
        sound, again = asked
        for exchange in asked:
            assert isinstance(api.two.vn.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
        assert api.client.exchange(again.hex()).opening.faults == ("SAID_BEFORE",)
        with pytest.raises(ApiProblem, match="ORIGIN_IN_DOUBT") as refused:
            api.client.write(again.hex(), "order", BODIES["order"], office=OFFICE)
        assert refused.value.status == 409
        assert api.client.write(sound.hex(), "order", BODIES["order"], office=OFFICE).draft
