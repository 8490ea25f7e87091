"""Every stage with every act and every role: the move that the convention page lists, or the right refusal.

The tables here are written from convention.md §3.2, not from the data, so that both would have to be wrong together.
"""

from collections.abc import Iterator, Mapping

import pytest

from longbien.law import Move, Refusal, Rules, decide

from .sample import BODIES, COURSES, book, facts, situation

BOOK = book()

# stage: role letter, act > new stage ("=" stays). Q: requesting side asks (R in convention.md), A: requested side answers.
ANYWHERE = "R withdraw>withdrawn R ask_status>= A report_status>= R give_notice>= A give_notice>="
PATH = "A name_path>= A withhold_path>= "

PRESERVATION = {
    "": "R open>received",
    "received": "A acknowledge>acknowledged A redirect>redirected A wrong_state>misdirected " + ANYWHERE,
    "redirected": "A acknowledge>acknowledged A redirect>= A wrong_state>misdirected " + ANYWHERE,
    "acknowledged": "A redirect>redirected A wrong_state>misdirected A ask>info_required A at_risk>at_risk "
    "A order>preserved A refuse>refused A not_found>not_executable " + ANYWHERE,
    "info_required": "R supply>acknowledged A proceed>acknowledged " + ANYWHERE,
    "at_risk": "R go_on>acknowledged " + ANYWHERE,
    "preserved": "A not_found>not_executable A at_risk>= R go_on>= R ask_extension>extension_asked R follow_up>held "
    "R release>released M expire>expired " + PATH + ANYWHERE,
    "extension_asked": "A not_found>not_executable A at_risk>= R go_on>= A extend>preserved "
    "A decline_extension>preserved R follow_up>held R release>released M expire>expired " + PATH + ANYWHERE,
    "held": "A not_found>not_executable A at_risk>= R go_on>= R release>released A follow_up_decided>closed "
    + PATH
    + ANYWHERE,
    "released": "",
    "closed": "",
    "expired": "",
    "refused": "",
    "not_executable": "",
    "withdrawn": "",
    "misdirected": "",
}

TOLD = "R give_exculpatory_notice>= " + ANYWHERE

REQUEST = {
    "": "R open>received R open_oral>oral",
    "oral": "R confirm_in_writing>received " + TOLD,
    "received": "A acknowledge>acknowledged A redirect>redirected A wrong_state>misdirected " + TOLD,
    "redirected": "A acknowledge>acknowledged A redirect>= A wrong_state>misdirected " + TOLD,
    "acknowledged": "A redirect>redirected A wrong_state>misdirected A route>checking "
    "A confidentiality_impossible>confidentiality_impossible " + TOLD,
    "checking": "A ask>info_required A accept>accepted A offer_conditions>conditions_offered A consult>consultation "
    "A refuse>refused A cannot>not_executable A confidentiality_impossible>confidentiality_impossible "
    + TOLD,
    "info_required": "R supply>checking A proceed>checking " + TOLD,
    "conditions_offered": "A offer_conditions>= R accept_conditions>accepted R decline_conditions>consultation "
    "A consult>consultation " + TOLD,
    "consultation": "A accept>accepted A offer_conditions>conditions_offered R reply>= A postpone>postponed "
    "A refuse>refused " + TOLD,
    "postponed": "A resume>checking " + TOLD,
    "accepted": "A consult>consultation A authorise>executing A cannot>not_executable " + TOLD,
    "executing": "A consult>consultation A partial>partially_answered A answer>answered A cannot>not_executable "
    + TOLD,
    "partially_answered": "A partial>= R confirm_part>executing A answer>answered A cannot>not_executable "
    "R accept_use_conditions>= " + TOLD,
    "answered": "R confirm_receipt>closed R accept_use_conditions>= " + TOLD,
    "confidentiality_impossible": "R go_on>checking " + TOLD,
    "closed": "",
    "refused": "",
    "not_executable": "",
    "withdrawn": "",
    "misdirected": "",
}

ROLES = {"R": "requesting", "A": "requested", "M": "machine"}
TABLES: Mapping[str, Mapping[str, str]] = {"preservation": PRESERVATION, "stored-data-access": REQUEST}


def rules(procedure: str) -> Rules:
    found = BOOK.rules(procedure)
    assert found is not None
    return found


def moves(procedure: str) -> dict[tuple[str, str, str], str]:
    """(stage, role, act) to the new stage, from the tables above."""
    found = {}
    for stage, line in TABLES[procedure].items():
        words = line.split()
        for letter, move in zip(words[::2], words[1::2], strict=True):
            act, _, to = move.partition(">")
            found[stage, ROLES[letter], act] = stage if to == "=" else to
    return found


def combinations(procedure: str) -> Iterator[tuple[str, str, str]]:
    for stage in TABLES[procedure]:
        for role in (*ROLES.values(), "stranger"):
            for act in (*BODIES[procedure](), "unheard_of"):
                yield stage, role, act


def refusal_code(procedure: str, stage: str, role: str, act: str) -> str:
    """Which code says best why there is no such move."""
    if act == "unheard_of":
        return "ACT_UNKNOWN"
    if role == "stranger":
        return "ROLE_UNKNOWN"
    listed = moves(procedure)
    here = any((stage, other, act) in listed for other in ROLES.values())
    anywhere = any(by == role and name == act for _, by, name in listed)
    return "ROLE_NOT_ALLOWED" if here or not anywhere else "ACT_NOT_NOW"


@pytest.mark.parametrize("procedure", TABLES)
def test_every_combination_is_the_listed_move_or_the_right_refusal(procedure: str) -> None:
    listed = moves(procedure)
    for stage, role, act in combinations(procedure):
        data = facts(act) if stage else {}
        asked = situation(act, role=role, stage=stage or None, data=data, procedure=procedure)
        answer = decide(rules(procedure), asked)
        if (stage, role, act) in listed:
            assert isinstance(answer, Move), (stage, role, act, answer)
            assert answer.to == listed[stage, role, act]
        else:
            assert isinstance(answer, Refusal), (stage, role, act)
            assert answer.code == refusal_code(procedure, stage, role, act), (stage, role, act)


@pytest.mark.parametrize("procedure", TABLES)
def test_the_table_holds_the_listed_moves_and_no_other(procedure: str) -> None:
    table = {(row.stage or "", row.by, row.act): row.to for row in rules(procedure).flow.rows}
    assert table == moves(procedure)


def test_a_stage_that_no_flow_has_is_refused() -> None:
    answer = decide(rules("preservation"), situation("withdraw", stage="limbo"))
    assert answer == Refusal(code="STAGE_UNKNOWN")


@pytest.mark.parametrize("procedure", COURSES)
def test_an_ordinary_exchange_runs_to_its_end(procedure: str) -> None:
    stage, data = None, {}
    for role, act in COURSES[procedure]:
        answer = decide(
            rules(procedure), situation(act, role=role, stage=stage, data=data, procedure=procedure)
        )
        assert isinstance(answer, Move), (act, answer)
        stage, data = answer.to, dict(answer.data)
    assert rules(procedure).flow.stages[stage or ""].terminal


@pytest.mark.parametrize("procedure", TABLES)
def test_a_terminal_stage_has_no_clock_and_an_open_one_always_has(procedure: str) -> None:
    for (stage, role, act), to in moves(procedure).items():
        data = facts(act) if stage else {}
        answer = decide(
            rules(procedure), situation(act, role=role, stage=stage or None, data=data, procedure=procedure)
        )
        assert isinstance(answer, Move)
        assert bool(answer.clocks) != rules(procedure).flow.stages[to].terminal, (stage, act)


@pytest.mark.parametrize("procedure", TABLES)
def test_only_a_new_stage_sets_its_beginning(procedure: str) -> None:
    for (stage, role, act), to in moves(procedure).items():
        if stage:
            asked = situation(act, role=role, stage=stage, data=facts(act), procedure=procedure)
            answer = decide(rules(procedure), asked)
            assert isinstance(answer, Move)
            kept = asked.data["stage_since"] if to == stage else asked.at
            assert answer.data["stage_since"] == kept
