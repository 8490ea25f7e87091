"""What others wrote is what they published, and nothing else runs in a browser."""

import base64
import re
from pathlib import Path

import pytest
from tools import vendor

from longbien.web import assets

STATIC = Path(assets.__file__).parent / "static"


def test_every_vendored_file_is_byte_for_byte_as_it_was_published():
    assert list(vendor.faults()) == []


def test_the_list_of_materials_names_each_package_with_its_licence_and_hash():
    found = vendor.sbom()
    assert [item["licenses"][0]["license"]["id"] for item in found["components"]] == ["0BSD"]
    for item, package in zip(found["components"], vendor.packages(), strict=True):
        assert bytes.fromhex(item["hashes"][0]["content"]) == base64.b64decode(package["integrity"][7:])


def test_our_own_style_and_scripts_stay_small_and_ask_nobody():
    style = (STATIC / "console.css").read_text()
    scripts = [(STATIC / name).read_text() for name in ("console.js", "passkey.js")]
    assert len(style.encode()) <= 25_000
    assert sum(len(script.encode()) for script in scripts) <= 12_000
    for text in (style, *scripts):
        assert not re.search(r"https?://|@import|url\(", text)
    for script in scripts:
        assert not re.search(r"innerHTML|outerHTML|document\.write|eval\(|insertAdjacentHTML", script)


def test_the_style_turns_round_with_the_language():
    style = (STATIC / "console.css").read_text()
    physical = r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|float|text-align:\s*(?:left|right))\s*:"
    assert not re.findall(physical, style)


@pytest.mark.parametrize("name", sorted(assets.assets()))
def test_an_assets_name_changes_with_its_bytes(name):
    asset = assets.assets()[name]
    assert asset.name.startswith(__import__("hashlib").sha256(asset.plain).hexdigest()[:16])
    assert assets.by_address()[asset.name] is asset
