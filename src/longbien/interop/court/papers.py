"""The papers in a file for a court: what was asked and answered, and the evidence with its custody, in plain words.

What it knows: which facts stand on them. What it must never do: hide what does not fit, or look like what counts; each paper
says that it is a rendering.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from longbien.evidence import Device, Event, Item, Manifest, Source, Touch, names
from longbien.evidence.digests import ALGORITHMS
from longbien.evidence.timeline import Row, Timeline
from longbien.interop import paper as forms
from longbien.interop.court.material import Material
from longbien.interop.court.reading import Evidence
from longbien.interop.paper import PERSON_DIGITS, Paper, Section, digits
from longbien.interop.sheet import Line, Run, Sheet
from longbien.law import write_instant
from longbien_verify.record import Receipt, Report, Step

# A paper is for reading; everything stands in the manifests and in the file for forensic tools.
ITEMS_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands on every paper: the exchange, the certificate (SHA-256) that signs it, and when it was made (ms)."""

    exchange: str
    modes: Sequence[str]
    certificate: bytes
    at: int


def of_exchange(material: Material, proven: Report, facts: Facts, language: str) -> Paper:
    """Every act, as the printed form shows it, with the times between which it was signed and received, and by whose word."""
    sheet = Sheet(material.rules, [language], language)
    made = forms.of_exchange(material.rules, material.told, [language], at=facts.at)
    acts = {step.place: step for step in proven.steps}
    sections = [
        replace(section, lines=(*section.lines, *_proof(sheet, acts[told["place"]])))
        for section, told in zip(made.sections, material.told["documents"], strict=True)
    ]
    return _marked(sheet, replace(made, sections=tuple(sections)), facts)


def of_evidence(material: Material, evidence: Evidence, facts: Facts, language: str) -> Paper:
    """Every manifest with its sources and items, and beneath each item who touched it."""
    sheet = Sheet(material.rules, [language], language)
    sections = [section for one in evidence.manifests for section in _manifest(sheet, one, evidence)]
    made = Paper(
        languages=(language,),
        title=sheet.said("court_evidence"),
        banners=tuple(sheet.said(f"mark_{mode}") for mode in facts.modes if mode != "live"),
        head=(
            sheet.fixed("exchange", code=facts.exchange),
            sheet.fixed("printed_at", code=write_instant(facts.at)),
        ),
        sections=tuple(sections),
        notes=(),
        footer=facts.exchange,
    )
    return _marked(sheet, made, facts)


def _marked(sheet: Sheet, made: Paper, facts: Facts) -> Paper:
    certificate = sheet.fixed("court_certificate", code=digits(facts.certificate))
    return replace(made, head=(*made.head, certificate), about=sheet.said("court_about"))


def _proof(sheet: Sheet, step: Step) -> Iterator[Line]:
    yield sheet.fixed(
        "court_made", *_between(sheet, step.made_at, step.party, step.made_before, step.witness)
    )
    for had in step.received:
        yield sheet.fixed("court_had", *_received(sheet, had), state=had.party)


def _received(sheet: Sheet, had: Receipt) -> tuple[Run, ...]:
    return _between(sheet, had.claimed_at, had.party, had.witnessed_at, had.witness)


def _between(sheet: Sheet, at: int, party: str, until: int | None, witness: str) -> tuple[Run, ...]:
    """A claim, and the bound that another clock sets to it; cosignatures carry whole seconds."""
    claimed = sheet.said("court_clock", at=write_instant(at), state=party)
    if until is None:
        return claimed
    return claimed + sheet.said("court_until", at=write_instant(until + 1000), state=witness)


def _manifest(sheet: Sheet, one: Manifest, evidence: Evidence) -> Iterator[Section]:
    conditions = [
        sheet.fixed("court_condition", Run(each.text, "en", free=True), code=each.code)
        for each in one.conditions
    ]
    head = (
        sheet.fixed("court_party", code=one.party),
        sheet.fixed("court_made_at", code=write_instant(one.made_at)),
        *conditions,
        *(_source(sheet, each) for each in one.sources),
    )
    title = tuple(Run(f"{run.text} {one.id.hex()}", run.language) for run in sheet.said("court_manifest"))
    yield Section(title=title, lines=head)
    sources = {each.number: _source(sheet, each) for each in one.sources}
    for item in one.items[:ITEMS_SHOWN]:
        from_source = (sources[item.source],) if item.source else ()
        yield Section(
            title=sheet.said("court_item", place=str(item.number)),
            lines=(*_item(sheet, item), *from_source, *_acquired(sheet, item)),
        )
        yield Section(
            title=sheet.said("court_custody", place=str(item.number)),
            lines=tuple(_custody(sheet, evidence.timelines.get((one.id, item.number)), evidence.leaves)),
        )
    left = len(one.items) - ITEMS_SHOWN
    if left > 0:
        yield Section(title=sheet.said("court_more", count=str(left)), lines=())


def _source(sheet: Sheet, source: Source) -> Line:
    facts = source.kind if source.device is None else f"{source.kind}: {_device(source.device)}"
    runs = (Run(source.description, "en", free=True),) if source.description else ()
    return sheet.fixed("court_source", *runs, code=facts, place=str(source.number))


def _device(device: Device) -> str:
    size = f"{device.capacity} B" if device.capacity else ""
    marks = [f"{name} {value}" for name, value in device.identifiers]
    return ", ".join(part for part in (device.make, device.model, device.serial, size, *marks) if part)


def _item(sheet: Sheet, item: Item) -> Iterator[Line]:
    yield sheet.fixed("court_name", Run(names.shown(item.name), "en", free=True))
    yield sheet.fixed("court_size", code=str(item.size))
    if item.declared:
        yield sheet.fixed("court_type", code=item.declared)
    if item.description:
        yield sheet.fixed("court_description", Run(item.description, "en", free=True))
    yield from _digest_lines(sheet, item.digests, "")
    if item.original:
        yield sheet.fixed("court_original", code=digits(item.original))


def _acquired(sheet: Sheet, item: Item) -> Iterator[Line]:
    if item.acquisition is not None:
        taken = item.acquisition
        words = (f"{taken.tool} {taken.version}".strip(), taken.method, taken.by, write_instant(taken.at))
        yield sheet.fixed("court_acquired", code=" · ".join(word for word in words if word))
        yield from _digest_lines(sheet, taken.digests, "court_acquired_digest")


def _digest_lines(sheet: Sheet, digests: Mapping[str, bytes], name: str) -> Iterator[Line]:
    for algorithm in ALGORITHMS.values():
        if algorithm.name not in digests:
            continue
        title = algorithm.title.partition(" (")[0]
        code = digits(digests[algorithm.name])
        if name or algorithm.legacy:
            yield sheet.fixed(name or "court_legacy", code=code, digest=title)
        else:
            yield Line(labels=(Run(title, "en"),), code=code)


def _custody(sheet: Sheet, line: Timeline | None, leaves: Mapping[bytes, int]) -> Iterator[Line]:
    if line is None:
        yield sheet.fixed("court_broken", *sheet.said("court_no_custody"))
        return
    yield from chain.from_iterable(_row(sheet, row, leaves[row.digest]) for row in line.rows)
    if line.unbroken:
        yield Line(labels=(Run("", "en"),), runs=sheet.said("court_unbroken"))


def _row(sheet: Sheet, row: Row, leaf: int) -> Iterator[Line]:
    event = row.event
    facts = [word for word in (event.place, event.tool, event.note) if word]
    runs = (
        *sheet.said("court_clock", at=write_instant(event.at), state=event.party),
        *_by(sheet, event),
        *(Run(word, "en", free=True) for word in facts),
        *sheet.said("court_leaf", leaf=str(leaf)),
    )
    yield sheet.fixed(f"touch_{event.touch}", *runs)
    for finding in row.findings:
        gap = sheet.fixed("court_broken", *sheet.said(f"gap_{finding.code}"), code=finding.code)
        yield replace(gap, missing=True)


def _by(sheet: Sheet, event: Event) -> tuple[Run, ...]:
    runs = (
        sheet.said("court_by", party=event.party, office=event.office)
        if event.person
        else sheet.said("court_by_machine", party=event.party)
    )
    if event.person:
        runs += sheet.said("court_person", person=event.person.hex()[:PERSON_DIGITS])
    if event.other:
        runs += sheet.said("court_to" if event.touch == Touch.SENT else "court_from", state=event.other)
    return runs
