"""The console speaks seven languages, completely, and says which of them no native speaker has read."""

import re

import pytest
from tools import catalogues

from longbien.web.words import LANGUAGES, PSEUDO, catalogue, chosen, direction, speaker

OTHERS = [language for language in LANGUAGES if language != "en"]
BLANK = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_the_console_lacks_its_translation(language):
    assert catalogues.missing(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_blanks_of_its_text_and_none_else(language):
    found = catalogues.catalogue(language)
    for text in catalogues.texts():
        one, many = text if isinstance(text, tuple) else (text, text)
        message = found.get(one)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in strings:
            allowed = set(BLANK.findall(many))
            said = set(BLANK.findall(string))
            assert said == allowed or (isinstance(text, tuple) and said < allowed), (one, string)
        assert not set(BLANK.findall(one)) - set(BLANK.findall(many))


@pytest.mark.parametrize("language", OTHERS)
def test_a_machine_made_catalogue_says_so(language):
    path = catalogues.LOCALE / f"{language}.po"
    assert "Machine-made first version" in path.read_text("utf-8").splitlines()[0]


@pytest.mark.parametrize(
    ("language", "forms"), [("ar", 6), ("ru", 3), ("fr", 2), ("es", 2), ("zh", 1), ("vi", 1)]
)
def test_what_is_counted_has_as_many_forms_as_the_language(language, forms):
    say = speaker(language)
    said = {say("%(n)s day", "%(n)s days", n).replace(str(n), "#") for n in (0, 1, 2, 3, 5, 11, 21, 100)}
    assert len(said) >= min(forms, 5) if language != "ar" else len(said) >= 4
    assert catalogue(language) is catalogue(language)


def test_the_pseudo_languages_are_longer_and_mirrored_and_never_on_a_live_node():
    assert len(speaker("en-XA")("Search")) > len("Search")
    assert speaker("en-XA")("%(n)s day", "%(n)s days", 3).startswith("[3 ")
    assert direction("ar-XB") == "rtl"
    for language in PSEUDO:
        assert chosen(language, "", live=True) == "en"
        assert chosen(language, "", live=False) == language


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("fr-CA,fr;q=0.9", "fr"),
        ("zh-CN", "zh"),
        ("de,ru;q=0.5", "ru"),
        ("xx", "en"),
        ("", "en"),
        (",;", "en"),
    ],
)
def test_a_stranger_is_spoken_to_in_the_first_language_that_both_know(accepts, language):
    assert chosen("", accepts, live=True) == language
