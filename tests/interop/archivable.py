"""What of PDF/A-3a (ISO 19005-3, clauses by number) can be told from the objects of a file. No substitute for veraPDF, which no registry of
ours has: glyph widths, the structure of tags and the syntax of content streams are not looked at here.
"""

import io
from collections.abc import Iterator
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

_FORBIDDEN_ACTIONS = {
    *("/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition"),
    *("/Trans", "/GoTo3DView", "/JavaScript"),
}
_FORBIDDEN_ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie"}
_BLENDS = {
    *("/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge"),
    *("/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation"),
    *("/Color", "/Luminosity"),
}


def findings(raw: bytes) -> list[str]:
    """What is against the standard, clause by clause; nothing is good."""
    reader = pypdf.PdfReader(io.BytesIO(raw))
    return [*_file(raw, reader), *_root(reader), *(each for one in _objects(reader) for each in _object(one))]


def _file(raw: bytes, reader: pypdf.PdfReader) -> Iterator[str]:
    first, second = raw.split(b"\n", 2)[:2]
    if not first.startswith(b"%PDF-1.") or not (
        second[:1] == b"%" and all(byte > 127 for byte in second[1:5])
    ):
        yield "6.1.2 header"
    if "/ID" not in reader.trailer or "/Encrypt" in reader.trailer:
        yield "6.1.3 trailer"
    if not raw.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3 data after the end"


def _root(reader: pypdf.PdfReader) -> Iterator[str]:
    root = reader.root_object
    metadata = root["/Metadata"]
    said = metadata.get_data().decode("utf-8")
    if "/Filter" in metadata:
        yield "6.6.2.1 metadata are filtered"
    if "<pdfaid:part>3</pdfaid:part>" not in said or "<pdfaid:conformance>A</" not in said:
        yield "6.6.4 identification"
    title = (reader.metadata or {}).get("/Title")
    if title and str(title) not in said:
        yield "6.6.3 title differs"
    intents = [each.get_object() for each in root.get("/OutputIntents", [])]
    if not any(_is_rgb(each) for each in intents):
        yield "6.2.3 output intent"
    if not root["/MarkInfo"]["/Marked"] or "/StructTreeRoot" not in root:
        yield "6.7.2 not tagged"
    if not root.get("/Lang"):
        yield "6.7.4 no language"
    if {"/AA", "/NeedsRendering"} & set(root) or "/XFA" in root.get("/AcroForm", {}):
        yield "6.4.2, 6.5.2 forms and actions"
    if root.get("/AcroForm", {}).get("/NeedAppearances"):
        yield "6.4.1 appearances"


def _is_rgb(intent: DictionaryObject) -> bool:
    profile = intent["/DestOutputProfile"].get_object()
    head = profile.get_data()[:128]
    return (
        intent["/S"] == "/GTS_PDFA1"
        and profile["/N"] == 3
        and head[16:20] == b"RGB "
        and head[36:40] == b"acsp"
    )


def _object(one: Any) -> Iterator[str]:
    if isinstance(one, StreamObject):
        yield from _stream(one)
    if not isinstance(one, DictionaryObject):
        return
    kind = one.get("/Type")
    if one.get("/S") in _FORBIDDEN_ACTIONS or (kind in {"/Page", "/Annot"} and "/AA" in one):
        yield f"6.5.1 action {one.get('/S')}"
    if "/Subtype" in one and "/Rect" in one:
        yield from _annotation(one)
    if kind == "/Font":
        yield from _font(one)
    if kind == "/ExtGState":
        blends = one.get("/BM", "/Normal")
        if {"/TR", "/HTP"} & set(one) or str(blends) not in _BLENDS:
            yield "6.2.5 graphics state"
    if kind == "/Filespec" and "/EF" in one and not {"/F", "/UF", "/AFRelationship"} <= set(one):
        yield "6.8 an associated file"
    if "/DeviceCMYK" in one.values():
        yield "6.2.4.3 colours without a profile"


def _stream(one: StreamObject) -> Iterator[str]:
    if {"/F", "/FFilter", "/FDecodeParms"} & set(one):
        yield "6.1.7.1 a stream elsewhere"
    filters = one.get("/Filter", ArrayObject()).get_object()
    if {"/LZWDecode", "/Crypt"} & set(filters if isinstance(filters, list) else [filters]):
        yield "6.1.7.2 filter"
    if one.get("/Subtype") == "/Image" and (one.get("/Interpolate") or {"/Alternates", "/OPI"} & set(one)):
        yield "6.2.8 image"
    if one.get("/Subtype") == "/PS" or (one.get("/Subtype") == "/Form" and {"/Ref", "/OPI"} & set(one)):
        yield "6.2.9 form"


def _annotation(one: DictionaryObject) -> Iterator[str]:
    left, bottom, right, top = map(float, one["/Rect"])
    flags = int(one.get("/F", 0))
    if one["/Subtype"] in _FORBIDDEN_ANNOTATIONS:
        yield "6.3.1 annotation"
    # Print is set; hidden, invisible, toggle-no-view and no-view are not.
    if one["/Subtype"] != "/Popup" and (not flags & 4 or flags & (1 | 2 | 32 | 256)):
        yield "6.3.2 flags of an annotation"
    if one["/Subtype"] not in {"/Popup", "/Link"} and (left, bottom) != (right, top) and "/AP" not in one:
        yield "6.3.3 an annotation without an appearance"


def _font(one: DictionaryObject) -> Iterator[str]:
    if one["/Subtype"] in {"/Type0", "/TrueType", "/Type1"} and "/ToUnicode" not in one:
        yield "6.2.11.7 a font without Unicode"
    if one["/Subtype"] == "/Type0":
        below = one["/DescendantFonts"][0].get_object()
        if one["/Encoding"] not in {"/Identity-H", "/Identity-V"} or (
            below["/Subtype"] == "/CIDFontType2" and "/CIDToGIDMap" not in below
        ):
            yield "6.2.11.3 a composite font"
    if one["/Subtype"] in {"/CIDFontType0", "/CIDFontType2", "/TrueType", "/Type1"}:
        described = one["/FontDescriptor"].get_object()
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
            yield "6.2.11.4 a font that is not embedded"


def _objects(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Every object that the catalogue leads to, once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if (one.idnum, one.generation) in seen:
                continue
            seen.add((one.idnum, one.generation))
            one = one.get_object()
        yield one
        if isinstance(one, DictionaryObject):
            waiting += [one.raw_get(name) for name in one]
        elif isinstance(one, ArrayObject):
            waiting += list(one)
