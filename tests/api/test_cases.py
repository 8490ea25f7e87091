"""Cases and warnings through the API, by the typed client."""

import pytest

from law import sample
from longbien.node import tokens
from longbien.node.tokens import Scope
from longbien.web.api.case_shapes import CaseChange, CaseWanted, TaskWanted
from longbien.web.client import ApiProblem
from node.pair import NOW, OFFICE
from web.test_warnings import warned

from .served import served

BODIES = sample.preservation(NOW)


@pytest.fixture(scope="module")
def api():
    with served() as made:
        yield made


def fails(code: str, status: int, ask, *args, **named) -> None:
    with pytest.raises(ApiProblem) as problem:
        ask(*args, **named)
    assert (problem.value.code, problem.value.status) == (code, status)


def test_a_program_puts_exchanges_side_by_side_and_changes_only_what_it_has_seen(api):
    client = api.client
    exchange = api.here.act("open", BODIES["open"], to="RU", procedure="preservation").exchange.hex()
    api.two.deliver()
    case = client.new_case(CaseWanted(office=OFFICE, title="A wave (invented)", reference="C-1"))
    name = case.line.case
    linked = client.link_case(name, exchange, "the same account")
    assert [(one.exchange, one.why) for one in linked.exchanges] == [(exchange, "the same account")]
    assert {member.party for member in linked.members} == {"RU", "VN"}
    assert linked.entities
    assert linked.timeline[0].exchange == exchange
    client.add_task(name, TaskWanted(text="Ask again"))
    assert client.mark_task(name, 1, done=True).tasks[0].done_at is not None
    found, version = client.case(name)
    client.change_case(name, CaseChange(title="Another title", closed=True), version)
    fails("CHANGED_MEANWHILE", 412, client.change_case, name, CaseChange(title="x"), version)
    fails("CASE_CLOSED", 409, client.add_task, name, TaskWanted(text="late"))
    found, version = client.case(name)
    assert found.line.closed_at is not None
    client.change_case(name, CaseChange(title="Another title"), version)
    client.unlink_case(name, exchange)
    fails("LINK_UNKNOWN", 404, client.unlink_case, name, exchange)
    assert client.case(name)[0].exchanges == ()
    assert [line.case for line in client.cases()] == [name]
    fails("CASE_UNKNOWN", 404, client.case, "0" * 32)
    fails("EXCHANGE_UNKNOWN", 404, client.link_case, name, "0" * 32)
    fails("SCOPE_MISSING", 403, api.as_(Scope.CASES_READ).add_task, name, TaskWanted(text="x"))
    mine = api.as_(*tokens.TOGETHER, office=OFFICE)
    assert mine.case(name)[0].line.office == OFFICE
    fails("OFFICE_OTHER", 403, mine.new_case, CaseWanted(office="other", title="x"))


def test_the_board_of_warnings_is_read_by_programs_too(api):
    exchange = warned(api.two, "VN").hex()
    (one,) = api.client.warnings()
    assert (one.exchange, one.tlp, one.stands, one.warned[0].read_at) == (exchange, "AMBER", True, None)
