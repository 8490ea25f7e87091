"""The Lawbook: digests, versions, and what the convention page asks of the data."""

import tomllib
from importlib import resources

import pytest

from longbien.law import Lawbook, diagram, load

from .sample import book, texts
from .test_lint import A, B, P, V

BOOK = book()
TEXTS = texts()
ROOT = resources.files("longbien") / ".." / ".."


def test_the_latest_version_is_taken_when_none_is_named() -> None:
    second = {
        **TEXTS,
        "procedures/preservation.2.toml": TEXTS[P].replace("version = 1", "version = 2"),
    }
    both = load(second)
    newest, first = both.rules("preservation"), both.rules("preservation", 1)
    assert newest is not None
    assert first is not None
    assert (newest.version, first.version) == (2, 1)
    assert newest.digest != first.digest


@pytest.mark.parametrize(
    ("procedure", "version"), [("unheard-of", None), ("preservation", 2), ("preservation-extension", None)]
)
def test_there_are_no_rules_for_what_is_not_a_procedure(procedure: str, version: int | None) -> None:
    assert BOOK.rules(procedure, version) is None


def digest_of(changed: Lawbook, procedure: str = "preservation") -> bytes:
    rules = changed.rules(procedure)
    assert rules is not None
    return rules.digest


def with_change(file: str, old: str, new: str) -> Lawbook:
    assert old in TEXTS[file]
    unreleased = {**TEXTS, "released.toml": "[procedures]\n"}
    return load({**unreleased, file: TEXTS[file].replace(old, new, 1)})


@pytest.mark.promise("P5")
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (P, "max = 180", "max = 170"),
        (B, "hours = 24", "hours = 25"),
        ("procedures/preservation-extension.1.toml", "min = 1, max = 180", "min = 1, max = 90"),
        (V, "max = 4000", "max = 4001"),
        ("reasons.toml", '"other"]', '"other", "more"]\nsubcode_labels.more = { en = "More" }'),
        (P, 'article = "42"', 'article = "42(1)"'),
    ],
)
def test_whatever_decides_is_in_the_digest(file: str, old: str, new: str) -> None:
    if "subcode_labels.more" in new:
        old = 'subcodes = ["sovereignty", "security", "ordre-public", "other"]\nsubcode_labels = {'
        new = (
            'subcodes = ["sovereignty", "security", "ordre-public", "other", "more"]\n'
            'subcode_labels = { more = { en = "More" },'
        )
    assert digest_of(with_change(file, old, new)) != digest_of(BOOK)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (P, 'en = "Days wished"', 'en = "Days asked for", fr = "Jours souhaités"'),
        (P, "article_checked = false", "article_checked = true"),
        (P, "# Expedited", "# Fast"),
        ("reasons.toml", 'help = { en = "Offer conditions first." }\n', ""),
        ("instruments/hanoi.toml", "[parties.MU]\nsigned = 2025-11-19\n", ""),
    ],
)
def test_what_only_speaks_to_people_is_not_in_the_digest(file: str, old: str, new: str) -> None:
    assert digest_of(with_change(file, old, new)) == digest_of(BOOK)


def test_a_reason_that_a_procedure_does_not_use_changes_nothing_for_it() -> None:
    changed = with_change("reasons.toml", 'article = "36(1)"', 'article = "36"')
    assert digest_of(changed) == digest_of(BOOK)
    assert digest_of(changed, "stored-data-access") != digest_of(BOOK, "stored-data-access")


def test_a_procedure_can_be_sent_by_one_person_where_it_says_so() -> None:
    changed = with_change(
        "procedures/stored-data-access.1.toml", "two_person_issue = true", "two_person_issue = false"
    )
    rules = changed.rules("stored-data-access")
    assert rules is not None
    assert [rules.acts[act].persons for act in ("open", "open_oral", "confirm_in_writing")] == [1, 1, 1]
    assert rules.acts["answer"].persons == 2


def test_an_oral_request_is_confirmed_with_the_fields_of_a_written_one() -> None:
    rules = BOOK.rules("stored-data-access")
    assert rules is not None
    assert rules.acts["confirm_in_writing"].fields == rules.acts["open"].fields


# ------------------------------------------------------------------ what convention.md asks of the data


def test_no_article_number_counts_as_checked_before_a_person_has_checked_it() -> None:
    found = BOOK.unchecked()
    for place in (
        "preservation.1 preservation",
        "preservation.1 clock PRES-60",
        "preservation.1 reason DISCRIM",
        "preservation.1 offence HC-07",
        "hanoi preservation",
        "ru-vn-1998 stored-data-access",
    ):
        assert place in found
    assert not any("article_checked = true" in text for text in TEXTS.values())


def test_what_is_checked_leaves_the_list() -> None:
    changed = with_change("instruments/hanoi.toml", "article_checked = false", "article_checked = true")
    assert set(BOOK.unchecked()) - set(changed.unchecked()) == {"hanoi preservation"}


def test_preserving_never_delivers_the_data() -> None:
    rules = BOOK.rules("preservation")
    assert rules is not None
    assert not rules.release_of_data
    assert not any(field.type == "answer_item" for act in rules.acts.values() for field in act.fields)


def test_no_act_addresses_a_provider() -> None:
    for rules in BOOK.procedures.values():
        assert {row.by for row in rules.flow.rows} <= {rules.flow.opener, rules.flow.other, "machine"}
        assert "provider" not in {rules.flow.opener, rules.flow.other}
        assert "provider" not in {*rules.from_roles, *rules.to_roles}


@pytest.mark.parametrize(
    ("procedure", "stage"), [("preservation", "preserved"), ("stored-data-access", "executing")]
)
def test_the_requested_state_hosts_and_coercion_is_marked(procedure: str, stage: str) -> None:
    rules = BOOK.rules(procedure)
    assert rules is not None
    assert rules.flow.host == "requested"
    assert rules.coercive
    assert rules.flow.stages[stage].executes


def test_a_statutory_clock_is_never_a_product_target() -> None:
    statutory = {
        clock.id for rules in BOOK.procedures.values() for clock in rules.clocks.values() if clock.statutory
    }
    assert statutory == {"PRES-60", "SAFE-15", "CUSTODY"}


def test_released_versions_are_written_down() -> None:
    shipped = {f"{name}.{version}": rules.digest.hex() for (name, version), rules in BOOK.procedures.items()}
    assert shipped == BOOK.released


# ------------------------------------------------------------------ diagrams and the sample case


@pytest.mark.parametrize("name", sorted({name for name, _ in BOOK.procedures}))
def test_the_page_of_a_flow_is_the_one_in_the_docs(name: str) -> None:
    """When this fails: `.venv/bin/python tools/flows.py`."""
    rules = BOOK.rules(name)
    assert rules is not None
    page = ROOT / f"docs/reference/flows/{rules.flow.id}.{rules.flow.version}.md"
    assert page.read_text("utf-8") == diagram(rules.flow)


def test_a_diagram_shows_every_stage_and_every_row() -> None:
    rules = BOOK.rules("preservation")
    assert rules is not None
    page = diagram(rules.flow)
    assert all(f"  {stage}: " in page for stage in rules.flow.stages)
    assert all(f"| {row.id} |" in page for row in rules.flow.rows)
    assert "preserved --> expired: expire" in page
    assert "--> withdrawn" not in page


def test_the_flows_have_their_letters() -> None:
    assert [tomllib.loads(TEXTS[path])["letter"] for path in (A, B)] == ["A", "B"]


def test_the_sample_case_of_the_product_speaks_the_law() -> None:
    case = tomllib.loads((resources.files("longbien") / "exercise/data/sample-case.toml").read_text("utf-8"))
    rules = BOOK.rules("preservation")
    assert rules is not None
    fields = {field.name: field for field in rules.acts["open"].fields}
    asked = case["preservation"]
    assert case["exercise"] is True
    assert asked["volatility"] in fields["volatility"].values
    assert {offence["code"] for offence in case["investigation"]["offences"]} <= set(rules.offences)
    assert set(asked["legal_basis"]) <= set(BOOK.instruments)
    assert BOOK.rules(asked["follow_up"]) is not None
    assert case["answer"]["days"] >= rules.clocks["PRES-60"].min_days
