"""Changes of an exported file, from a flipped bit to a forger who writes every list anew.

The kinds of this page are tried by the bench in great numbers and by the tests in small ones. A change gives other bytes than
the file had, or None where it happens to change nothing.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import cbor2

from longbien.interop.court import archive

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Members = dict[str, bytes]


@dataclass(frozen=True)
class Files:
    """An exported file and another one of the same nodes, with the time (ms) of each."""

    raw: bytes
    other: bytes
    at: int

    def members(self) -> Members:
        return members_of(self.raw)

    def others(self) -> Members:
        return members_of(self.other)


def played() -> tuple[Files, list[bytes]]:
    """The files of two demonstrations, and the fingerprints of the first one's roots."""
    with tempfile.TemporaryDirectory(prefix="longbien-bench-") as name:
        made = [_demonstration(Path(name) / f"{number}.asice") for number in (1, 2)]
    (raw, roots), (other, _) = made
    said = cbor2.loads(cbor2.loads(members_of(raw)[archive.EXPORT])[2])
    return Files(raw, other, said["made_at"]), roots


def _demonstration(out: Path) -> tuple[bytes, list[bytes]]:
    command = [sys.executable, "-m", "longbien", "demo", "--json", "--export", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return out.read_bytes(), [bytes.fromhex(root) for root in json.loads(done.stdout)["roots"].values()]


def members_of(raw: bytes) -> Members:
    with ZipFile(io.BytesIO(raw)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def changed(kind: str, files: Files, chance: random.Random) -> bytes | None:
    """One random change of a kind."""
    made = KINDS[kind](files, chance)
    return None if made == files.raw else made


def _flip(files: Files, chance: random.Random) -> bytes:
    made = bytearray(files.raw)
    for _ in range(chance.choice((1, 1, 1, 2, 9))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _cut(files: Files, chance: random.Random) -> bytes:
    return files.raw[: chance.randrange(len(files.raw))]


def _append(files: Files, chance: random.Random) -> bytes:
    return files.raw + chance.randbytes(chance.randrange(1, 100))


def _insert(files: Files, chance: random.Random) -> bytes:
    place = chance.randrange(len(files.raw))
    return files.raw[:place] + chance.randbytes(chance.randrange(1, 9)) + files.raw[place:]


def _splice(files: Files, chance: random.Random) -> bytes:
    """A range of the other file in the place of ours."""
    start = chance.randrange(min(len(files.raw), len(files.other)))
    end = start + chance.randrange(1, 4096)
    return files.raw[:start] + files.other[start:end] + files.raw[end:]


def _edit(files: Files, chance: random.Random) -> bytes:
    """A bit of one member, in an archive that is whole again."""
    members = files.members()
    return archive.archive(_with_bit(members, chance.choice(list(members)), chance), at=files.at)


def _edit_pdf(files: Files, chance: random.Random) -> bytes:
    """A paper that says something else at its end, as editors of PDF write."""
    members = files.members()
    name = chance.choice([name for name in members if name.endswith(".pdf")])
    members[name] += b"\n9 0 obj <</Type /Annot>> endobj\n" + chance.randbytes(8).hex().encode()
    return archive.archive(members, at=files.at)


def _edit_json(files: Files, chance: random.Random) -> bytes:
    members = files.members()
    words = members[archive.CASE].split(b'"')
    words[chance.randrange(1, len(words))] += b" other"
    return archive.archive({**members, archive.CASE: b'"'.join(words)}, at=files.at)


def _swap(files: Files, chance: random.Random) -> bytes:
    """Two members change places, or contents."""
    members = files.members()
    one, two = chance.sample(list(members), 2)
    if chance.random() < 0.5:
        members[one], members[two] = members[two], members[one]
        return archive.archive(members, at=files.at)
    names = [{one: two, two: one}.get(name, name) for name in members]
    return archive.archive({name: members[name] for name in names}, at=files.at)


def _remove(files: Files, chance: random.Random) -> bytes:
    members = files.members()
    del members[chance.choice(list(members))]
    return _relisted(members, files, chance)


def _add(files: Files, chance: random.Random) -> bytes:
    members = list(files.members().items())
    name = chance.choice(
        ("custody/000099.cbor", "manifests/000099.cose", "papers/exchange.xx.pdf", "notes.txt")
    )
    members.insert(chance.randrange(len(members) + 1), (name, chance.randbytes(30)))
    return _relisted(dict(members), files, chance)


def _mix(files: Files, chance: random.Random) -> bytes:
    """A member of the other file in the place of ours: another proof, manifest, paper, signature or statement."""
    members, others = files.members(), files.others()
    name = chance.choice([name for name in members if name in others])
    return _relisted({**members, name: others[name]}, files, chance)


def _replace_proof(files: Files, chance: random.Random) -> bytes:
    """The receipt of one event in the place of another's, or one part of a receipt changed."""
    members = files.members()
    custody = [name for name in members if name.startswith("custody/")]
    if len(custody) < 2:
        return _edit_record(files, chance)
    one, two = chance.sample(custody, 2)
    receipt = cbor2.loads(members[one])
    part = chance.choice([name for name in receipt if name != "kind"])
    receipt[part] = chance.choice((cbor2.loads(members[two])[part], _other(receipt[part], chance)))
    members[one] = chance.choice((members[two], cbor2.dumps(receipt, canonical=True)))
    return _relisted(members, files, chance)


def _edit_record(files: Files, chance: random.Random) -> bytes:
    """The record with a part taken out, doubled or changed, and every list written anew."""
    members = files.members()
    record = cbor2.loads(members[archive.RECORD])
    part = chance.choice(["chain", "received", "papers", "exported_at"])
    if part == "exported_at":
        record[part] += 1
    elif part == "papers":
        papers = record[part][chance.choice(list(record[part]))]
        papers.pop(chance.randrange(len(papers)))
    else:
        place = chance.randrange(len(record[part]))
        record[part].insert(place, record[part][chance.randrange(len(record[part]))])
        record[part].pop(place + chance.randrange(2))
    members[archive.RECORD] = cbor2.dumps(record, canonical=True)
    return _relisted(members, files, chance)


def _forge_lists(files: Files, chance: random.Random) -> bytes:
    """A forger who has no key changes a member and writes every list anew."""
    members = files.members()
    content = [name for name in members if not name.startswith("META-INF/") and name != archive.MIMETYPE]
    return _relisted(_with_bit(members, chance.choice(content), chance), files, None)


def _time(files: Files, chance: random.Random) -> bytes:
    return archive.archive(files.members(), at=files.at + 2000 * chance.randrange(1, 10**6))


def _relisted(members: Members, files: Files, chance: random.Random | None) -> bytes:
    """The archive, with its lists as they were or written anew."""
    if archive.SUMS in members and (chance is None or chance.random() < 0.7):
        members[archive.SUMS] = archive.sums(members)
        if archive.LISTED in members:
            members[archive.LISTED] = archive.listing(members, covers=archive.SIGNATURE)
    return archive.archive(members, at=files.at)


def _with_bit(members: Members, name: str, chance: random.Random) -> Members:
    data = bytearray(members[name])
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return {**members, name: bytes(data)}


def _other(value: object, chance: random.Random) -> object:
    match value:
        case int():
            return value + chance.choice((-1, 1))
        case bytes():
            return chance.randbytes(len(value))
        case list():
            return value[::-1] if len(value) > 1 else [chance.randbytes(32)]
        case _:
            return None


KINDS: dict[str, Callable[[Files, random.Random], bytes]] = {
    "flip": _flip,
    "cut": _cut,
    "append": _append,
    "insert": _insert,
    "splice": _splice,
    "edit": _edit,
    "edit-pdf": _edit_pdf,
    "edit-json": _edit_json,
    "swap": _swap,
    "remove": _remove,
    "add": _add,
    "mix": _mix,
    "replace-proof": _replace_proof,
    "edit-record": _edit_record,
    "forge-lists": _forge_lists,
    "time": _time,
}
# What a reader of archives finds at once is tried more often than what takes a whole check.
QUICK = ("flip", "cut", "append", "insert", "splice")
ROUND = [*QUICK * 5, *(kind for kind in KINDS if kind not in QUICK)]
