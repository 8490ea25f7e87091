"""Reads the law that is shipped with the program, and the State's own additions beside it."""

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from longbien.law import Finding, Lawbook, LawFault, load


def shipped(extra: Path | None = None) -> Lawbook:
    """The procedures, flows, reasons, instruments and parties of this version; `extra` is a folder of further TOML files.

    Raises:
        LawFault: a file is wrong; every finding is named. The node does not start with law that does not lint.
    """
    return load(law_texts(extra))


def law_texts(extra: Path | None = None) -> Mapping[str, str]:
    """Every file of the law by its path below `law/data`; one of `extra` takes the place of a shipped one.

    Raises:
        LawFault: FOLDER_MISSING, FILE_UNREADABLE.
    """
    texts = dict(_walk(resources.files("longbien.law") / "data", ""))
    return texts if extra is None else {**texts, **extra_texts(extra)}


def extra_texts(folder: Path) -> Mapping[str, str]:
    """The files of a folder of further law; raises LawFault as `law_texts` does."""
    if not folder.is_dir():
        raise LawFault((Finding("FOLDER_MISSING", str(folder)),))
    texts: dict[str, str] = {}
    unreadable: list[Finding] = []
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text("utf-8")
        except UnicodeDecodeError as fault:
            unreadable.append(Finding("FILE_UNREADABLE", name, f"byte {fault.start}"))
    if unreadable:
        raise LawFault(tuple(unreadable))
    return texts


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{prefix}{item.name}"
        if item.is_dir():
            texts += _walk(item, f"{name}/")
        elif item.name.endswith(".toml"):
            texts.append((name, item.read_text("utf-8")))
    return texts
