"""Pages and code say the same: links lead somewhere, keys, codes, fields and limits are those of the program."""

import re
from pathlib import Path

import pytest

from longbien.cli.failing import Exit
from longbien.exchange import act
from longbien.node import config, delivery, record
from longbien.peer import pouch, server

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/longbien"
PAGES = [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path):
    for link in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8")):
        if "://" not in link:
            assert (path.parent / link).exists(), link


def test_every_page_can_be_reached_from_the_index():
    linked = set(re.findall(r"\]\(([^)#\s]+)", page("index.md")))
    flows = "reference/flows/"
    linked |= {flows + name for name in re.findall(r"\]\(([^)#\s]+)", page(f"{flows}index.md"))}
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")}
    assert pages - linked == {"index.md"}


def test_the_configuration_page_names_every_key_and_no_other():
    keys = {f"{section}.{key}" for section, names in config._KEYS.items() for key in names}
    rows = dict(
        re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \|", page("reference/configuration.md"), re.MULTILINE)
    )
    assert set(rows) == keys
    assert f"`{config.FILE}`" in page("reference/configuration.md")
    assert all(f"`{mode}`" in page("reference/configuration.md") for mode in config.MODES)


def test_the_exit_codes_of_the_page_are_those_of_the_program():
    rows = re.findall(r"^\| (\d+) \|", page("reference/exit-codes.md"), re.MULTILINE)
    assert [int(row) for row in rows] == [int(code) for code in Exit]


def codes(*modules: str) -> set[str]:
    """Codes that these modules give to an act or an entry."""
    sources = "".join((SOURCE / f"{module}.py").read_text("utf-8") for module in modules)
    return set(re.findall(r'(?:Rejected|Diverged)\(code="([A-Z_]+)"', sources)) | set(
        re.findall(r'"(CHAIN_FORK)"', sources)
    )


def test_the_page_of_acts_names_every_field_and_every_code():
    text = page("wire/07-exchange.md")
    for field in re.findall(r'fields\.\w+\("(\w+)"', (SOURCE / "exchange/act.py").read_text("utf-8")):
        assert f"`{field}`" in text or field in {"procedure", "version", "rules", "host", "parties"}, field
    for field in ("procedure", "version", "digest of the rules", "host", "all parties sorted"):
        assert field in text
    found = codes("exchange/step", "exchange/chain", "node/batch")
    assert len(found) > 12
    assert {code for code in found if f"`{code}`" not in text} == set()
    assert f"≤ {act.MAX_APPROVALS} " in text


def test_the_page_of_the_record_names_every_field():
    text = page("wire/08-record.md")
    source = (SOURCE / "node/record.py").read_text("utf-8")
    body = source[source.index('"format": FORMAT') : source.index("return cbor.encode")]
    for field in re.findall(r'"(\w+)":', body):
        assert f'"{field}"' in text, field
    assert record.FORMAT in text
    assert f"{record.RECORD_BYTES_MAX >> 20} MiB" in text


def test_the_page_of_transport_has_the_limits_codes_and_names_of_the_code():
    text = page("wire/11-transport.md")
    assert server.PATH in text
    assert server.MEDIA_TYPE in text
    assert f"{2 * delivery.REQUEST_BYTES_MAX:,} bytes" in text
    assert f"1 to {delivery.ROWS_MAX}" in text
    assert f"≤ {delivery.KNOWN_MAX} sizes" in text
    assert pouch.FORMAT in text
    assert f"At most {pouch.REQUESTS_MAX} items" in text
    assert f"{pouch.POUCH_BYTES_MAX:,} bytes" in text
    for module in ("peer/server", "peer/pouch"):
        for code in re.findall(r'"([A-Z]+_[A-Z_]+)"', (SOURCE / f"{module}.py").read_text("utf-8")):
            assert f"`{code}`" in text or code == "POUCH_UNKNOWN", code


def test_every_test_that_the_page_of_bad_input_names_exists():
    text = page("reference/bad-input.md")
    files = set(re.findall(r"`((?:node|cli|peer|exchange|keys|exercise)/test_\w+\.py)`", text))
    assert len(files) > 8
    for file in files:
        assert (ROOT / "tests" / file).exists(), file
    for file, name in re.findall(r"`(\w+/test_\w+\.py)` `([a-z_]+)…?`", text):
        assert name in (ROOT / "tests" / file).read_text("utf-8"), (file, name)
