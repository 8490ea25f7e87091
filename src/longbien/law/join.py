"""Joining a procedure with its flow, its vocabulary and its sub-procedures; and the digest of all of it.

Knows how the parts complete each other. It must never judge the result: that is `lint`.

What decides is in the digest; what only speaks to people is not, so a translation or a comment changes no
digest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from longbien.law.extend import Raw
from longbien.law.overlay import Overlay
from longbien.law.read_flow import FlowFile
from longbien.law.read_rules import ActText, ProcedureFile
from longbien.law.read_words import Vocabulary
from longbien.law.rules import Act, Field, Instrument, Reason, Rules
from longbien.law.tables import Finding, is_table
from longbien.wire.cbor import Value, digest, encode

SAYS: Final = frozenset({"labels", "help", "value_labels", "subcode_labels", "article_checked"})
DIGEST_OF: Final = "longbien/1/rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Everything that was read, by `<id>.<version>`; `raw` holds the tables, each completed by its base, by file name."""

    procedures: Mapping[str, ProcedureFile]
    flows: Mapping[str, FlowFile]
    vocabularies: Mapping[str, Vocabulary]
    reasons: Mapping[str, Reason]
    instruments: Mapping[str, Instrument]
    overlays: Mapping[str, Overlay]
    raw: Mapping[str, Raw]


def join(files: Files, name: str) -> Rules | tuple[Finding, ...]:
    """The rules of the procedure `<id>.<version>`, or the parts that are not there."""
    procedure = files.procedures[name]
    missing = [
        Finding("FILE_MISSING", f"procedures/{name}.toml", f"{folder}/{wanted}.toml")
        for folder, wanted, present in (
            ("flows", procedure.flow, files.flows),
            ("vocabulary", procedure.vocabulary, files.vocabularies),
            *(("procedures", sub, files.procedures) for sub in procedure.sub_procedures),
        )
        if wanted not in present
    ]
    if missing:
        return tuple(missing)
    flow_file = files.flows[procedure.flow]
    subs = [files.procedures[sub] for sub in procedure.sub_procedures]
    words = files.vocabularies[procedure.vocabulary]
    all_grounds = [procedure.grounds, *(sub.grounds for sub in subs)]
    reasons = {
        code: files.reasons[code]
        for grounds in all_grounds
        for code in grounds.codes
        if code in files.reasons
    }
    types = {**words.types, **procedure.types}
    clocks = {**flow_file.clocks, **procedure.clocks}
    for sub in subs:
        types.update(sub.types)
        clocks.update(sub.clocks)
    return Rules(
        procedure=procedure.id,
        version=procedure.version,
        digest=_digest(files, name, reasons),
        article=procedure.article,
        article_checked=procedure.article_checked,
        labels=procedure.labels,
        help=procedure.help,
        from_roles=procedure.from_roles,
        to_roles=procedure.to_roles,
        scope_limbs=procedure.scope_limbs,
        coercive=procedure.coercive,
        release_of_data=procedure.release_of_data,
        sub_procedures=procedure.sub_procedures,
        flow=flow_file.flow,
        acts=_acts(flow_file, procedure, subs, words),
        clocks=clocks,
        grounds=procedure.grounds,
        types=types,
        offences=words.offences,
        reasons=reasons,
        instruments=files.instruments,
        overlays=files.overlays,
    )


def _acts(
    flow_file: FlowFile, procedure: ProcedureFile, subs: Sequence[ProcedureFile], words: Vocabulary
) -> Mapping[str, Act]:
    """Acts of the flow, completed by the procedure; acts of sub-procedures, with their own grounds."""
    opening = flow_file.flow.opening_act
    joined: dict[str, Act] = {}
    for name in dict.fromkeys((*flow_file.acts, *procedure.acts)):
        texts = [acts[name] for acts in (flow_file.acts, procedure.acts) if name in acts]
        model = next((text.like for text in texts if text.like), name)
        own = procedure.fields if model == opening else ()
        sources = [acts[model] for acts in (flow_file.acts, procedure.acts) if model in acts]
        fields = _fields([*sources, *(texts if model != name else ())], words, own)
        persons = _persons(texts)
        if _opens(flow_file, name) or model == opening:
            persons = 2 if procedure.two_person_issue else 1
        joined[name] = Act(
            id=name,
            source=f"{procedure.id}.{procedure.version}",
            persons=persons,
            offices=next((text.offices for text in reversed(texts) if text.offices), ()),
            fields=fields,
            grounds=procedure.grounds,
            labels={language: label for text in texts for language, label in text.labels.items()},
            help={language: label for text in texts for language, label in text.help.items()},
        )
    for sub in subs:
        for name, text in sub.acts.items():
            joined[name] = Act(
                id=name,
                source=f"{sub.id}.{sub.version}",
                persons=_persons([text]),
                offices=text.offices,
                fields=_fields([text], words, ()),
                grounds=sub.grounds,
                labels=text.labels,
                help=text.help,
            )
    return joined


def _opens(flow_file: FlowFile, act: str) -> bool:
    return any(row.stage is None and row.act == act for row in flow_file.flow.rows)


def _persons(texts: Sequence[ActText]) -> int:
    """What the last file says; two where none says anything."""
    return next((text.persons for text in reversed(texts) if text.persons is not None), 2)


def _fields(texts: Sequence[ActText], words: Vocabulary, own: tuple[Field, ...]) -> tuple[Field, ...]:
    """Fields in order; a later file's field takes the place of an earlier one of the same name."""
    found: dict[str, Field] = {}
    for text in texts:
        for group in text.include:
            found.update((field.name, field) for field in words.groups.get(group, ()))
        found.update((field.name, field) for field in text.fields)
    found.update((field.name, field) for field in own)
    return tuple(found.values())


def _digest(files: Files, name: str, reasons: Mapping[str, Reason]) -> bytes:
    """SHA-256 of deterministic CBOR: procedure, flow, sub-procedures, vocabulary, the reasons used."""
    procedure = files.procedures[name]
    all_reasons = files.raw["reasons.toml"]["reasons"]
    assert is_table(all_reasons)
    return digest(
        encode(
            [
                DIGEST_OF,
                _deciding(files.raw[f"procedures/{name}.toml"]),
                _deciding(files.raw[f"flows/{procedure.flow}.toml"]),
                [_deciding(files.raw[f"procedures/{sub}.toml"]) for sub in procedure.sub_procedures],
                _deciding(files.raw[f"vocabulary/{procedure.vocabulary}.toml"]),
                {code: _deciding(all_reasons[code]) for code in reasons},
            ]
        )
    )


def _deciding(value: object) -> Value:
    """`value` without what only speaks to people."""
    if is_table(value):
        return {key: _deciding(item) for key, item in value.items() if key not in SAYS}
    if isinstance(value, list):
        return [_deciding(item) for item in value]
    assert isinstance(value, str | int)  # the readers have refused every other kind
    return value
