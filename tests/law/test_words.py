"""Everybody reads the shipped law in a language of their own, and a text that lacks one is found."""

import tomllib

from longbien.law import lint_words, load
from longbien.law.lint_words import texts as spoken

from .sample import texts

TEXTS = texts()


def test_the_shipped_law_speaks_all_seven_languages() -> None:
    assert lint_words(TEXTS) == ()


def test_a_text_without_one_of_the_languages_is_found_once_with_the_languages() -> None:
    file = "procedures/preservation.1.toml"
    changed = {**TEXTS, file: TEXTS[file].replace('{ en = "Days wished" }', '{ en = "Days, if you please" }')}
    (found,) = lint_words(changed)
    assert found.code == "LABEL_UNTRANSLATED"
    assert found.detail == "ar zh fr ru es vi: Days, if you please"


def test_every_translation_serves_a_text_that_stands_somewhere() -> None:
    standing = {labels.get("en") for _, labels in spoken(load(TEXTS))}
    files = [tomllib.loads(text) for path, text in TEXTS.items() if path.startswith("words/")]
    assert sorted(file["language"] for file in files) == ["ar", "es", "fr", "ru", "vi", "zh"]
    assert {english for file in files for english in file["words"]} <= standing


def test_words_change_no_digest() -> None:
    silent = load({path: text for path, text in TEXTS.items() if not path.startswith("words/")})
    assert {name: rules.digest for name, rules in silent.procedures.items()} == {
        name: rules.digest for name, rules in load(TEXTS).procedures.items()
    }


def test_an_own_label_comes_before_the_translation() -> None:
    file = "procedures/preservation.1.toml"
    own = TEXTS[file].replace('{ en = "Days wished" }', '{ en = "Days wished", vi = "Số ngày (riêng)" }')
    rules = load({**TEXTS, file: own}).rules("preservation")
    assert rules is not None
    field = next(field for field in rules.acts["open"].fields if field.name == "requested_days")
    assert field.labels["vi"] == "Số ngày (riêng)"
    assert field.labels["ru"]
