"""Items, sources and custody as CASE/UCO JSON-LD, for forensic tools.

What it knows: the words of CASE 1.4 and UCO 1.4 that fit our facts. What it must never do: invent a fact that the manifest or a
custody event does not state. Identifiers come from the facts themselves, so the same evidence gives the same file.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from longbien.evidence import Acquisition, Event, Item, Manifest, Source, names
from longbien.evidence.custody import NO_EVENT
from longbien.interop.court.reading import Evidence

Node = dict[str, Any]

CONTEXT: Final[Mapping[str, str]] = {
    "kb": "urn:longbien:kb:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# Names of digests in UCO's vocabulary; a digest without a name there stays out of this file.
_HASHES: Final = {"sha256": "SHA256", "sha512": "SHA512", "sha1": "SHA1", "md5": "MD5"}


def case(exchange: bytes, evidence: Evidence) -> bytes:
    """The file, in JSON-LD."""
    graph: list[Node] = []
    for manifest in evidence.manifests:
        graph += [_source(manifest, source) for source in manifest.sources]
        for item in manifest.items:
            graph += _item(manifest, item, evidence)
    parties = sorted(
        {one.party for one in evidence.manifests}
        | {row.event.party for line in evidence.timelines.values() for row in line.rows}
    )
    graph += [_organisation(party) for party in parties]
    investigation: Node = {
        "@id": _iri("investigation", exchange),
        "@type": "case-investigation:Investigation",
        "uco-core:name": exchange.hex(),
    }
    if graph:
        investigation["uco-core:object"] = [{"@id": node["@id"]} for node in graph]
    whole = {"@context": CONTEXT, "@graph": [investigation, *graph]}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(manifest: Manifest, item: Item, evidence: Evidence) -> Iterator[Node]:
    """The file, its record of provenance, how it was acquired, and every touch."""
    this = _iri("file", manifest.id, item.number)
    provenance = _iri("provenance", manifest.id, item.number)
    yield {
        "@id": this,
        "@type": "uco-observable:File",
        "uco-core:hasFacet": [_file_facet(this, item), _content_facet(this, item)],
        **({"uco-core:description": item.description} if item.description else {}),
    }
    yield {
        "@id": provenance,
        "@type": "case-investigation:ProvenanceRecord",
        "case-investigation:exhibitNumber": f"{manifest.id.hex()[:8]}/{item.number}",
        "uco-core:object": {"@id": this},
    }
    if item.acquisition is not None:
        yield from _acquisition(manifest, item, item.acquisition, provenance)
    line = evidence.timelines.get((manifest.id, item.number))
    for row in () if line is None else line.rows:
        yield _touch(row.event, row.digest, this, provenance)


def _file_facet(this: str, item: Item) -> Node:
    return {
        "@id": _iri("file-facet", this),
        "@type": "uco-observable:FileFacet",
        "uco-observable:fileName": names.shown(item.name),
        "uco-observable:sizeInBytes": _integer(item.size),
    }


def _content_facet(this: str, item: Item) -> Node:
    listed = [(name, item.digests[name]) for name in _HASHES if name in item.digests]
    return {
        "@id": _iri("content-facet", this),
        "@type": "uco-observable:ContentDataFacet",
        "uco-observable:sizeInBytes": _integer(item.size),
        **({"uco-observable:mimeType": item.declared} if item.declared else {}),
        "uco-observable:hash": [
            {
                "@id": _iri("hash", this, name),
                "@type": "uco-types:Hash",
                "uco-types:hashMethod": _HASHES[name],
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": value.hex()},
            }
            for name, value in listed
        ],
    }


def _source(manifest: Manifest, source: Source) -> Node:
    this = _iri("source", manifest.id, source.number)
    about = ": ".join(part for part in (source.kind, source.description) if part)
    node: Node = {
        "@id": this,
        "@type": "uco-observable:ObservableObject" if source.device is None else "uco-observable:Device",
        "uco-core:name": f"source {source.number}",
        "uco-core:description": about,
    }
    if source.device is not None:
        facts = {
            "uco-observable:model": source.device.model,
            "uco-observable:serialNumber": source.device.serial,
        }
        facet: Node = {"@id": _iri("device-facet", this), "@type": "uco-observable:DeviceFacet"}
        node["uco-core:hasFacet"] = [facet | {name: text for name, text in facts.items() if text}]
    return node


def _acquisition(manifest: Manifest, item: Item, taken: Acquisition, provenance: str) -> Iterator[Node]:
    tool = _iri("tool", taken.tool, taken.version)
    action = _iri("acquisition", manifest.id, item.number)
    yield {
        "@id": tool,
        "@type": "uco-tool:Tool",
        "uco-core:name": taken.tool or "not stated",
        **({"uco-tool:version": taken.version} if taken.version else {}),
    }
    yield {
        "@id": action,
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": "acquired",
        "uco-core:description": " ".join(part for part in (taken.method, taken.by) if part),
        "uco-action:startTime": _moment(taken.at),
        "uco-action:instrument": {"@id": tool},
        "uco-action:result": {"@id": provenance},
        **({"uco-action:object": {"@id": _iri("source", manifest.id, item.source)}} if item.source else {}),
    }


def _touch(event: Event, digest: bytes, this: str, provenance: str) -> Node:
    told = [
        f"{name}: {text}"
        for name, text in (
            ("office", event.office),
            ("person", event.person.hex()),
            ("other party", event.other),
            ("original", event.original.hex()),
            ("place", event.place),
            ("tool", event.tool),
            ("note", event.note),
        )
        if text
    ]
    before = {"@id": _iri("touch", event.previous)}
    return {
        "@id": _iri("touch", digest),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": str(event.touch),
        **({"uco-core:description": "; ".join(told)} if told else {}),
        "uco-action:startTime": _moment(event.at),
        "uco-action:performer": {"@id": _iri("organisation", event.party)},
        "uco-action:object": [{"@id": this}, {"@id": provenance}],
        **({} if event.previous == NO_EVENT else {"case-investigation:wasInformedBy": before}),
    }


def _organisation(party: str) -> Node:
    return {
        "@id": _iri("organisation", party),
        "@type": "uco-identity:Organization",
        "uco-core:name": party,
    }


def _integer(number: int) -> Node:
    return {"@type": "xsd:integer", "@value": str(number)}


def _moment(at: int) -> Node:
    text = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    return {"@type": "xsd:dateTime", "@value": text.replace("+00:00", "Z")}


def _iri(kind: str, *facts: bytes | int | str) -> str:
    """A name that ends with a UUID (RFC 9562, version 5) made of the facts."""
    told = "\x00".join(fact.hex() if isinstance(fact, bytes) else str(fact) for fact in (kind, *facts))
    return f"kb:{kind}-{uuid5(NAMESPACE_URL, CONTEXT['kb'] + told)}"
