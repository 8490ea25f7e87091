"""From the texts of the data files to a Lawbook, or to everything that is wrong with them.

Knows the names of folders. It must never read a file: the texts come as an argument, by path below
`law/data`.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from longbien.law.extend import Raw, completed
from longbien.law.join import Files, join
from longbien.law.lawbook import Lawbook
from longbien.law.lint import lint_book
from longbien.law.lint_words import untranslated
from longbien.law.messages import read_messages
from longbien.law.parties import read_parties
from longbien.law.read_flow import flow_file
from longbien.law.read_instruments import instrument
from longbien.law.read_overlay import overlay
from longbien.law.read_rules import procedure_file
from longbien.law.read_words import reasons, translation, translations, vocabulary
from longbien.law.rules import Rules
from longbien.law.tables import NO_WORDS, Finding, Table, Words

Part = TypeVar("Part")

REASONS = "reasons.toml"
RELEASED = "released.toml"
FORESEEN = "foreseen.toml"
MESSAGES = "messages.toml"
SINGLE = (REASONS, RELEASED, FORESEEN, MESSAGES)
PARTIES = "parties"
FOLDERS = ("procedures", "flows", "vocabulary", "instruments", "overlays", "words", PARTIES)


class LawFault(Exception):
    """The law's data contradict themselves; `findings` holds every fault that was found."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Take the findings."""
        super().__init__("; ".join(f"{item.code} {item.where} {item.detail}".strip() for item in findings))
        self.findings = findings


def load(texts: Mapping[str, str]) -> Lawbook:
    """The Lawbook of the texts (path below `law/data` to TOML). Raises LawFault with all findings."""
    found = _examined(texts)
    if isinstance(found, Lawbook):
        return found
    raise LawFault(found)


def lint(texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """What is wrong with the texts; nothing, when they can be loaded."""
    found = _examined(texts)
    return () if isinstance(found, Lawbook) else found


def lint_words(texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """Which words of texts that can be loaded are not there in all seven languages; it stops no node."""
    found = _examined(texts)
    return tuple(untranslated(found)) if isinstance(found, Lawbook) else ()


def _examined(texts: Mapping[str, str]) -> Lawbook | tuple[Finding, ...]:
    """Read, join, lint; a step that found faults is the last one, because the next would only repeat them."""
    findings: list[Finding] = []
    raw = completed(dict(_parsed(texts, findings)), findings)
    words = translations(_folder(raw, "words", translation, findings))
    files = _files(raw, findings, words)
    released = _released(raw, findings)
    foreseen = _foreseen(raw, findings)
    messages = read_messages(Table(raw.get(MESSAGES, {}), MESSAGES, findings, words))
    parties = read_parties(
        [Table(raw[path], path, findings) for path in raw if path.startswith(f"{PARTIES}/")]
    )
    if findings:
        return tuple(findings)
    procedures: dict[tuple[str, int], Rules] = {}
    for name, procedure in files.procedures.items():
        if not procedure.sub:
            joined = join(files, name)
            if isinstance(joined, Rules):
                procedures[procedure.id, procedure.version] = joined
            else:
                findings += joined
    if findings:
        return tuple(findings)
    book = Lawbook(
        procedures=MappingProxyType(procedures),
        reasons=MappingProxyType(dict(files.reasons)),
        instruments=MappingProxyType(dict(files.instruments)),
        overlays=MappingProxyType(dict(files.overlays)),
        parties=MappingProxyType(dict(parties)),
        messages=messages,
        released=MappingProxyType(released),
        foreseen=foreseen,
    )
    return lint_book(book) or book


def _parsed(texts: Mapping[str, str], findings: list[Finding]) -> Iterator[tuple[str, Raw]]:
    for path in sorted(texts):
        try:
            yield path, tomllib.loads(texts[path])
        except tomllib.TOMLDecodeError as fault:
            findings.append(Finding("TOML_INVALID", path, str(fault)))
    findings += [Finding("FILE_MISSING", path) for path in SINGLE if path not in texts]


def _files(raw: Mapping[str, Raw], findings: list[Finding], words: Words) -> Files:
    for path in raw:
        folder, slash, _ = path.partition("/")
        known = folder in FOLDERS if slash else path in SINGLE
        if not known or not path.endswith(".toml"):
            findings.append(Finding("FILE_UNKNOWN", path))
    versioned = ("procedures", "flows", "vocabulary")
    for path, table in raw.items():
        folder, _, file = path.partition("/")
        names = {
            **dict.fromkeys(versioned, f"{table.get('id')}.{table.get('version')}.toml"),
            "instruments": f"{table.get('id')}.toml",
            "overlays": f"{table.get('party')}.toml",
            "words": f"{table.get('language')}.toml",
        }
        if folder in names and file != names[folder]:
            findings.append(Finding("FILE_NAME", path, names[folder]))
    return Files(
        procedures=_folder(raw, "procedures", procedure_file, findings, words),
        flows=_folder(raw, "flows", flow_file, findings, words),
        vocabularies=_folder(raw, "vocabulary", vocabulary, findings, words),
        reasons=reasons(Table(raw.get(REASONS, {}), REASONS, findings, words)),
        instruments=_folder(raw, "instruments", instrument, findings, words),
        overlays=_folder(raw, "overlays", overlay, findings, words),
        raw=raw,
    )


def _folder(
    raw: Mapping[str, Raw],
    folder: str,
    read: Callable[[Table], Part],
    findings: list[Finding],
    words: Words = NO_WORDS,
) -> Mapping[str, Part]:
    """Every file of a folder, by its name without `.toml`."""
    return {
        path.removeprefix(f"{folder}/").removesuffix(".toml"): read(Table(table, path, findings, words))
        for path, table in raw.items()
        if path.startswith(f"{folder}/")
    }


def _released(raw: Mapping[str, Raw], findings: list[Finding]) -> Mapping[str, str]:
    table = Table(raw.get(RELEASED, {}), RELEASED, findings)
    part = table.table("procedures")
    found = {name: part.text(name) for name in part.names()}
    table.done()
    return found


def _foreseen(raw: Mapping[str, Raw], findings: list[Finding]) -> tuple[str, ...]:
    table = Table(raw.get(FORESEEN, {}), FORESEEN, findings)
    found = table.words("procedures")
    table.done()
    return found
