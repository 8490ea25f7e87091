"""The pages of sealed objects and manifests say what the code does: their example bytes, tables and codes."""

import re

import pytest

from longbien.evidence import digests, manifest
from longbien.evidence.custody import Touch
from longbien.evidence.timeline import NEEDS, Finding
from wire.pages import ROOT, blocks, codes_of, is_shown_as, page, shown, untold, vector, vector_file

SEALED, MANIFEST, TRANSFER = "09-sealed-object", "10-manifest", "13-evidence-transfer"


@pytest.mark.parametrize(("place", "name"), [(0, "small"), (1, "small-hole")])
def test_the_sealed_examples_are_vectors(place: int, name: str) -> None:
    assert shown(blocks(SEALED, "hex")[place]) == vector("sealed/accept.json", name)["hex"]


def test_the_manifest_example_is_a_vector() -> None:
    (example,) = blocks(MANIFEST, "hex")
    raw = vector("manifest/accept.json", "part")["hex"]
    assert shown(example) == raw
    assert manifest.read(bytes.fromhex(raw)).part == 2


def test_the_example_of_keys_is_a_vector() -> None:
    (example,) = blocks(TRANSFER, "hex")
    assert is_shown_as(vector("envelope/parcel-accept.json", "keys")["hex"], shown(example))


@pytest.mark.parametrize(
    ("name", "modules"),
    [
        (SEALED, ("evidence/sealed", "evidence/digests", "carry/sealing")),
        (MANIFEST, ("evidence/manifest", "evidence/custody")),
        (TRANSFER, ("node/evidence/arrival",)),
    ],
)
def test_every_code_of_the_modules_stands_on_the_page(name: str, modules: tuple[str, ...]) -> None:
    codes = codes_of(*modules) - {"DIGEST_FORM"}
    assert codes
    assert untold(codes, name) == set()


@pytest.mark.parametrize("folder", ["sealed", "manifest"])
def test_every_code_that_vectors_expect_stands_on_a_page(folder: str) -> None:
    pages = "".join(path.read_text() for path in (ROOT / "docs/wire").glob("*.md"))
    for file in (ROOT / "vectors" / folder).glob("*.json"):
        for case in vector_file(f"{folder}/{file.name}")["cases"]:
            assert case["expect"] == "accept" or f"`{case['expect']}`" in pages


def test_every_finding_of_a_timeline_is_explained_and_shown_by_a_vector() -> None:
    assert Finding.__doc__ is not None
    codes = set(re.findall(r"[A-Z]+_[A-Z_]+|FORK", Finding.__doc__))
    assert untold(codes, MANIFEST) == set()
    seen = {
        finding[0]
        for case in vector_file("manifest/timeline.json")["cases"]
        for timeline in case["reads"]
        for row in timeline["rows"]
        for finding in row[2]
    }
    assert seen == codes


def test_the_tables_name_every_touch_method_source_and_digest() -> None:
    text = page(MANIFEST)
    for word in (*Touch, *manifest.METHODS, *manifest.SOURCE_KINDS, *digests.ALGORITHMS):
        assert re.search(rf"\b{word}\b", text), word
    for algorithm in digests.ALGORITHMS.values():
        assert re.search(rf'"{algorithm.name}" {algorithm.size}\b', text), algorithm.name
    table = text.split("| before |")[1]
    assert all(str(touch) in table for touch in NEEDS)
