"""What takes long with evidence, begun for whoever asks: taking a file in, sealing, fetching, verifying, the file for a court.

What it knows: the doors of `node.evidence`, works, and the two tables at the door (`intake`). What it must never know: who may ask, sockets, or
how a court's file is made; the ways out of this room are handed in (`Outside`).
"""

import os
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from longbien.evidence.names import stored
from longbien.node.evidence.bundles import Added, Brought
from longbien.node.evidence.naming import read_part
from longbien.node.evidence.reading import Carrier
from longbien.node.intake import HandedIn, pieces_of
from longbien.node.node import Node
from longbien.node.ports import Denied, Tell
from longbien.node.works import Result, Work

SEAL, FETCH, VERIFY, EXPORT = "seal", "fetch", "verify", "export"
COURT, BAG = "court", "bag"
MEDIA: Final = {COURT: "application/vnd.etsi.asic-e+zip", BAG: "application/x-tar"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtWish:
    """What a file for a court should be: `form` is court (one ASiC-E file) or bag (that file and the evidence in BagIt); `languages` of its papers,
    none for those of the parties; `handed_to` names the court where the custody is to say so.
    """

    form: str = COURT
    languages: Sequence[str] = ()
    handed_to: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What other rooms do for this one. `carrier` fetches from a party, `court` makes the file of an exchange, `bag` writes it with files into a new folder (folder, file, files by
    stored name, exchange, now); both raise what has a `code`.
    """

    carrier: Callable[[str], AbstractContextManager[Carrier]]
    court: Callable[[bytes, CourtWish], bytes]
    bag: Callable[[Path, bytes, Mapping[str, Path], str, int], None]


def take_in(
    node: Node, bundle: bytes, handed: HandedIn, brought: Brought, *, person: bytes
) -> Added | Denied:
    """A file that came in whole belongs to a bundle from here on; one that is not taken is thrown away. Codes: those of `Bundles.add`.

    `brought` says everything about it but where it lies; what it says of its SHA-256 is compared with what came.
    """
    said = brought.said.get("sha256", handed.sha256)
    found: Added | Denied = Denied(code="DIGEST_MISMATCH", detail="sha256")
    try:
        if said == handed.sha256:
            whole = replace(brought, path=handed.path, said={**brought.said, "sha256": handed.sha256})
            found = node.evidence.bundles.add(bundle, whole, person=person)
    except BaseException:
        handed.path.unlink(missing_ok=True)
        raise
    if isinstance(found, Denied):
        handed.path.unlink(missing_ok=True)
    return found


def seal(node: Node, bundle: bytes) -> Work | Denied:
    """Every file of a bundle is being sealed, and its manifest signed at the end. Codes: BUNDLE_UNKNOWN, BUNDLE_EMPTY, OBJECTS_NONE, those of `Works`."""
    with node.store.transaction() as tx:
        row, files = tx.evidence.bundle(bundle), tx.evidence.bundle_items(bundle)
    if row is None:
        return Denied(code="BUNDLE_UNKNOWN", detail=bundle.hex())
    if not files:
        return Denied(code="BUNDLE_EMPTY", detail=bundle.hex())
    if node.evidence.objects is None:
        return Denied(code="OBJECTS_NONE", detail="no place for evidence is configured")

    def do(tell: Tell) -> Result | Denied:
        signed = node.evidence.bundles.seal(bundle, tell)
        if isinstance(signed, Denied):
            return signed
        if node.intake is not None:
            node.intake.sealed([Path(os.fsdecode(item.path)) for item in files])
        return {"items": signed.items, "size": signed.size}

    return node.works.begin(SEAL, do, about=row.exchange, thing=bundle)


def fetch(node: Node, manifest: bytes, outside: Outside, *, office: str, person: bytes) -> Work | Denied:
    """What is missing of a manifest is being fetched. Codes: MANIFEST_UNKNOWN, MANIFEST_OWN, OBJECTS_NONE, those of `Works`."""
    exchange = _exchange(node, manifest)
    if isinstance(exchange, Denied):
        return exchange

    def do(tell: Tell) -> Result | Denied:
        done = node.evidence.reading.fetch(manifest, outside.carrier, office=office, person=person, tell=tell)
        if isinstance(done, Denied):
            return done
        return {"arrived": done.arrived, "before": done.before, "locked": done.locked}

    return node.works.begin(FETCH, do, about=exchange, thing=manifest)


def verify(node: Node, manifest: bytes, *, office: str, person: bytes) -> Work | Denied:
    """Every object of a manifest that is here is being read again. Codes: MANIFEST_UNKNOWN, OBJECTS_NONE, those of `Works`."""
    exchange = _exchange(node, manifest)
    if isinstance(exchange, Denied):
        return exchange

    def do(tell: Tell) -> Result | Denied:
        count = node.evidence.reading.verify(manifest, office=office, person=person, tell=tell)
        return count if isinstance(count, Denied) else {"verified": count}

    return node.works.begin(VERIFY, do, about=exchange, thing=manifest)


def export(node: Node, exchange: bytes, outside: Outside, wish: CourtWish, *, person: bytes) -> Work | Denied:
    """A file for a court is being made. In a bag every item that is here is opened, which its custody says. Codes: EXCHANGE_UNKNOWN, INTAKE_NONE,
    those of `Works`.
    """
    with node.store.transaction() as tx:
        known = exchange in tx.exchanges.find([exchange])
    if not known:
        return Denied(code="EXCHANGE_UNKNOWN", detail=exchange.hex())
    intake = node.intake
    if intake is None:
        return Denied(code="INTAKE_NONE", detail="no place for files is configured")
    mark = node.world.entropy(16)

    def do(tell: Tell) -> Result:
        intake.sweep()
        folder = intake.way_out(mark)
        raw = outside.court(exchange, wish)
        name = f"longbien-{exchange.hex()[:8]}"
        if wish.form == COURT:
            made = folder / f"{name}.asice"
            made.write_bytes(raw)
            return {"path": str(made), "name": made.name, "form": COURT, "size": len(raw)}
        files = _opened(node, exchange, folder / "files", wish.office, person, tell)
        made = folder / name
        outside.bag(made, raw, files, exchange.hex(), node.world.now())
        for path in files.values():
            path.unlink()
        return {"path": str(made), "name": f"{name}.tar", "form": BAG, "size": sum(map(_size, _files(made)))}

    return node.works.begin(EXPORT, do, about=exchange, thing=exchange)


def waits(work: Work) -> bool:
    """Whether what an export made is still there to be taken away."""
    return work.kind == EXPORT and "path" in work.result and Path(work.result["path"]).exists()


def carried(work: Work) -> Iterator[bytes]:
    """What an export made, piece by piece: the file itself, or its folder as one archive."""
    path = Path(work.result["path"])
    if work.result["form"] == COURT:
        yield from pieces_of(path)
        return
    for file in _files(path):
        head = tarfile.TarInfo(f"{path.name}/{file.relative_to(path)}")
        head.size, head.mode = _size(file), 0o600
        yield head.tobuf(tarfile.PAX_FORMAT)
        yield from pieces_of(file)
        yield bytes(-head.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _exchange(node: Node, manifest: bytes) -> bytes | Denied:
    with node.store.transaction() as tx:
        parts = tx.evidence.parts(manifest)
    return parts[0].exchange if parts else Denied(code="MANIFEST_UNKNOWN", detail=manifest.hex())


def _opened(
    node: Node, exchange: bytes, folder: Path, office: str, person: bytes, tell: Tell
) -> dict[str, Path]:
    """Every item of an exchange that is here, opened into a folder, by its stored name; names of two manifests never meet."""
    folder.mkdir(mode=0o700)
    with node.store.transaction() as tx:
        parts = tx.evidence.manifests_of(exchange)
        here = {
            (part.manifest, row.number): row.size
            for part in parts
            for row in tx.evidence.items(part.manifest)
            if row.here_at and not row.gone_at
        }
        items = [(part.manifest, item) for part in parts for item in read_part(tx, part.digest).items]
    whole, done = sum(here.values()), 0
    found: dict[str, Path] = {}
    for manifest, item in items:
        if (manifest, item.number) not in here:
            continue
        name = f"{manifest.hex()[:8]}-{stored(item.name, item.number)}"
        before = done

        def told(moved: int, _size: int, before: int = before) -> None:
            tell(before + moved, whole)

        opened = node.evidence.reading.open(
            manifest, item.number, folder / name, office=office, person=person, tell=told
        )
        done += item.size
        if not isinstance(opened, Denied):
            found[name] = folder / name
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _size(path: Path) -> int:
    return path.stat().st_size
