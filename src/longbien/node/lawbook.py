"""Reads the law that is shipped with the program, and the State's own additions beside it."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from longbien.law import Lawbook, load


def shipped(extra: Path | None = None) -> Lawbook:
    """The procedures, flows, reasons and instruments of this version; `extra` is a folder of further TOML files.

    Raises:
        LawFault: a file is wrong; every finding is named. The node does not start with law that does not lint.
    """
    texts = dict(_walk(resources.files("longbien.law") / "data", ""))
    if extra is not None:
        texts.update(
            {str(path.relative_to(extra)): path.read_text("utf-8") for path in sorted(extra.rglob("*.toml"))}
        )
    return load(texts)


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{prefix}{item.name}"
        if item.is_dir():
            texts += _walk(item, f"{name}/")
        elif item.name.endswith(".toml"):
            texts.append((name, item.read_text("utf-8")))
    return texts
