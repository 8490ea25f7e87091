"""Pages of docs/wire as tests read them: their example bytes, and the vectors that those are taken from."""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HEX_LINE = re.compile(r"\s*(?P<bytes>(?:[0-9a-f]{2}|…)+(?: (?:[0-9a-f]{2}|…)+)*)(?:\s{2,}.*|\s*)")


def page(name: str) -> str:
    return (ROOT / f"docs/wire/{name}.md").read_text()


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of a page that are marked with a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", page(name), flags=re.DOTALL | re.MULTILINE)


def shown(block: str) -> str:
    """The hexadecimal of an example, with … where bytes are left out."""
    tokens = []
    for line in block.splitlines():
        match = HEX_LINE.fullmatch(line)
        assert match is not None, line
        tokens.append(match["bytes"].replace(" ", ""))
    return "".join(tokens)


def is_shown_as(raw: str, text: str) -> bool:
    """Whether the hexadecimal `raw` is what `text` shows; … stands for whole bytes."""
    pattern = "(?:[0-9a-f]{2})*".join(re.escape(part) for part in text.split("…"))
    return re.fullmatch(pattern, raw) is not None


def vector_file(path: str) -> Any:
    return json.loads((ROOT / "vectors" / path).read_text())


def vector(path: str, name: str) -> dict[str, str]:
    return next(case for case in vector_file(path)["cases"] if case["name"] == name)


def codes_of(*modules: str) -> set[str]:
    """The codes that the sources of these modules refuse with, other than those of all fields."""
    sources = "".join((ROOT / f"src/longbien/{module}.py").read_text() for module in modules)
    found = re.findall(r'(?:Malformed|ProofInvalid|fault)\(\s*"([A-Z_]+)"', sources)
    return set(found) - {"FIELD_RANGE", "FIELD_TYPE"}


def untold(codes: set[str], name: str) -> set[str]:
    """The codes that do not stand on the page."""
    return {code for code in codes if f"`{code}`" not in page(name)}
