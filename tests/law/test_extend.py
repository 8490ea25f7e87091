"""A file that builds on another has what the base has, and its own instead where it says so."""

from longbien.law.extend import completed

BASE = {
    "id": "walk",
    "version": 1,
    "labels": {"en": "Walk", "fr": "Marche"},
    "moves": ["W01 start a go on - -", "W02 on b stop off - -"],
    "stages": {"on": {"clocks": ["T"]}, "off": {"terminal": True}},
    "clocks": {"T": {"hours": 1}},
}


def merged(**own: object) -> tuple[dict, list]:
    findings: list = []
    raw = {"flows/walk.1.toml": BASE, "flows/run.1.toml": {"id": "run", "base": "walk.1", **own}}
    return dict(completed(raw, findings)["flows/run.1.toml"]), findings


def test_what_the_variant_does_not_say_is_what_the_base_says() -> None:
    found, findings = merged()
    assert findings == []
    assert found == {**BASE, "id": "run"}


def test_its_own_moves_come_behind_and_its_own_parts_instead() -> None:
    found, _ = merged(moves=["R01 on a rest on - -"], stages={"on": {"clocks": []}}, labels={"en": "Run"})
    assert found["moves"] == [*BASE["moves"], "R01 on a rest on - -"]
    assert found["stages"] == {"on": {"clocks": []}, "off": {"terminal": True}}
    assert found["labels"] == {"en": "Run"}  # a translation of other words would be wrong


def test_it_can_do_without_rows_stages_and_clocks() -> None:
    found, findings = merged(without=["W02", "off", "T"])
    assert findings == []
    assert found["moves"] == ["W01 start a go on - -"]
    assert set(found["stages"]) == {"on"}
    assert found["clocks"] == {}


def test_a_base_may_have_a_base_but_not_itself() -> None:
    findings: list = []
    raw = {
        "flows/walk.1.toml": BASE,
        "flows/run.1.toml": {"id": "run", "base": "walk.1", "moves": ["R01 on a rest on - -"]},
        "flows/fly.1.toml": {"id": "fly", "base": "run.1"},
        "flows/loop.1.toml": {"id": "loop", "base": "pool.1"},
        "flows/pool.1.toml": {"id": "pool", "base": "loop.1"},
    }
    found = completed(raw, findings)
    assert len(found["flows/fly.1.toml"]["moves"]) == 3
    assert {finding.code for finding in findings} == {"BASE_LOOP"}
