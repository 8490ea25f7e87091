"""A procedure that nobody foresaw comes as one TOML file: it has a schema, a page, and runs between two nodes; no code is touched."""

from dataclasses import replace

from jsonschema import Draft202012Validator

from cli.land import done
from law import sample
from longbien.law import act_schema, problems, to_json
from longbien.node import Sent
from longbien.node.audit import audit
from longbien.node.lawbook import shipped

from .pair import NOW, pair

PROCEDURE = """
id = "domain-hold"
version = 1
article = "invented 1"
article_checked = true
labels = { en = "Hold of a domain name (invented)" }
help = { en = "Invented for a test." }
flow = "request.1"
vocabulary = "common.1"
sub_procedures = []
from_roles = ["poc", "ca"]
to_roles = ["poc", "ca"]
scope_limbs = ["a", "b"]
coercive = false
release_of_data = true
two_person_issue = true

fields = [
  { name = "domain", type = "text", required = true, labels = { en = "Domain name" } },
  { name = "days", type = "int", required = true, min = 1, max = 30, labels = { en = "Days" } },
]

[refusal]
allowed = ["ESSENTIAL", "DISCRIM"]
barred = ["FISCAL"]
postpone = ["ONGOING"]
cannot = ["CANNOT"]
consult_before = ["law"]
"""
BODY = {
    **sample.request(NOW),
    "legal_basis": [{"instrument": "reciprocity", "assurance": "We would do the same (invented)."}],
    "domain": "c2.example.net",
    "days": 10,
}


def folder(place):
    (place / "procedures").mkdir()
    (place / "procedures/domain-hold.1.toml").write_text(PROCEDURE, "utf-8")
    return place


def test_it_runs_between_two_nodes(tmp_path):
    two, law = pair(), shipped(folder(tmp_path))
    for side in two.sides.values():
        side.node.world = replace(side.node.world, lawbook=law)
        side.restart()
    sent = two.vn.act("open", BODY, to="RU", procedure="domain-hold")
    assert isinstance(sent, Sent), sent
    two.deliver()
    told = {"own_reference": "RU-1"}
    assert isinstance(two.ru.act("acknowledge", told, exchange=sent.exchange, persons=1), Sent)
    two.deliver()
    for side in two.sides.values():
        with side.store.transaction() as tx:
            assert tx.exchanges.find([sent.exchange])[sent.exchange].stage == "acknowledged"
        assert audit(side.node).findings == ()


def test_it_has_a_schema_that_takes_what_the_law_takes(tmp_path):
    rules = shipped(folder(tmp_path)).rules("domain-hold")
    assert rules is not None
    validator = Draft202012Validator(act_schema(rules, "open", "en"))
    for body in (BODY, {**BODY, "days": 31}, {name: BODY[name] for name in BODY if name != "domain"}):
        accepted = problems(rules.acts["open"].fields, body, rules.types) == ()
        assert validator.is_valid(to_json(body)) is accepted


def test_the_command_line_shows_and_checks_it(tmp_path):
    place = str(folder(tmp_path))
    assert done("law", "show", "domain-hold", "--law", place)["title"] == "Hold of a domain name (invented)"
    checked = done("law", "check", "--law", place)
    assert checked["ok"]
    assert checked["added"] == ["procedures/domain-hold.1.toml"]
