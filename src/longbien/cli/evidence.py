"""Evidence on the command line: make ready, hand over, fetch, open, keep, and the file for a court.

What it knows: files, folders and words. What it must never know: what is in evidence, or in a file for a court.
"""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.asked import CommandRefused
from longbien.cli.terminal import HERE, Folder, Json, answered, asked, new_file, write_file
from longbien.interop.court import bag
from longbien.node.config import FILE, read_config
from longbien.node.opening import machine_now

evidence_app = App(name="evidence", help="Evidence: make ready, hand over, fetch, keep, files for courts.")


@evidence_app.command(name="add")
def add(
    files: Annotated[list[Path], Parameter(help="Files, or block devices.")],
    /,
    *,
    bundle: Annotated[str, Parameter(help="Add to this bundle; otherwise a new one is begun.")] = "",
    exchange: Annotated[str, Parameter(help="Of a new bundle: the exchange that it is for.")] = "",
    to: Annotated[
        list[str] | None, Parameter(help="Of a new bundle that goes with a request: a party.")
    ] = None,
    condition: Annotated[list[str] | None, Parameter(help="Of a new bundle: use_limit:words.")] = None,
    source_kind: Annotated[
        str, Parameter(help="account, capture, device, document, provider, register, other.")
    ] = "",
    source: str = "",
    make: str = "",
    model: str = "",
    serial: str = "",
    tool: Annotated[str, Parameter(help="What took it.")] = "",
    tool_version: str = "",
    method: Annotated[
        str, Parameter(help="capture, cloud, copy, logical, memory, physical, provider, other.")
    ] = "other",
    acquired_at: Annotated[str, Parameter(help="With zone: 2026-11-03T06:41:18Z; otherwise now.")] = "",
    by: Annotated[str, Parameter(help="Who took it.")] = "",
    digest: Annotated[list[str] | None, Parameter(help="As the tool gave it: sha256:…")] = None,
    further: Annotated[list[str] | None, Parameter(help="Take this one too: sha512, blake3, md5.")] = None,
    declared: Annotated[str, Parameter(help="Media type.")] = "",
    description: str = "",
    copy_of: Annotated[str, Parameter(help="SHA-256 of what it was made from.")] = "",
    redacted: Annotated[bool, Parameter(negative="", help="It is a redacted copy.")] = False,
    office: str = "",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Note files, where they come from and their digests. Nothing leaves this node."""
    return answered(
        folder,
        "evidence-add",
        as_json=as_json,
        files=[str(path.absolute()) for path in files],
        bundle=bundle,
        exchange=exchange,
        to=to or [],
        conditions=condition or [],
        source_kind=source_kind,
        source=source,
        make=make,
        model=model,
        serial=serial,
        tool=tool,
        tool_version=tool_version,
        method=method,
        acquired_at=acquired_at,
        by=by,
        said=digest or [],
        further=further or [],
        declared=declared,
        description=description,
        copy_of=copy_of,
        redacted=redacted,
        office=office,
    )


@evidence_app.command(name="seal")
def seal(bundle: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Encrypt the files of a bundle, each under a key of its own, and sign the manifest. Acts name its digests."""
    return answered(folder, "evidence-seal", as_json=as_json, bundle=bundle)


@evidence_app.command(name="list")
def listed(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Manifests of this node and of others, and what is being made ready."""
    return answered(folder, "evidence-list", as_json=as_json)


@evidence_app.command(name="show")
def shown(manifest: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """The items of a manifest, its conditions, and what is here of them."""
    return answered(folder, "evidence-show", as_json=as_json, manifest=manifest)


@evidence_app.command(name="send")
def send(manifest: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Let go what may go now, and say which acts name a manifest and whether its keys have gone."""
    return answered(folder, "evidence-send", as_json=as_json, manifest=manifest)


@evidence_app.command(name="fetch")
def fetch(
    manifest: str,
    *,
    source: Annotated[Path | None, Parameter(name="--from", help="A disc instead of the network.")] = None,
    office: str = "",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Fetch what is missing, verify it, and write that down. Can be said again after any interruption."""
    limit = read_config(folder).mbit_per_second
    way = "" if source is None else str(source.absolute())
    return answered(
        folder,
        "evidence-fetch",
        as_json=as_json,
        manifest=manifest,
        source=way,
        mbit_per_second=limit,
        office=office,
    )


@evidence_app.command(name="disc")
def disc(manifest: str, *, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Copy sealed objects to removable media; the other side fetches --from it, and the pouch brings the keys."""
    return answered(folder, "evidence-disc", as_json=as_json, manifest=manifest, out=str(out.absolute()))


@evidence_app.command(name="verify")
def verify(manifest: str, *, office: str = "", folder: Folder = HERE, as_json: Json = False) -> int:
    """Read every object of a manifest that is here again, and compare all digests."""
    return answered(folder, "evidence-verify", as_json=as_json, manifest=manifest, office=office)


@evidence_app.command(name="open")
def opened(
    manifest: str, item: int, *, out: Path, office: str = "", folder: Folder = HERE, as_json: Json = False
) -> int:
    """Write one item to a new file, as it was. That is written down; the file itself is not opened."""
    new_file(out)
    return answered(
        folder,
        "evidence-open",
        as_json=as_json,
        manifest=manifest,
        item=item,
        out=str(out.absolute()),
        office=office,
    )


@evidence_app.command(name="custody")
def custody(
    of: Annotated[str, Parameter(help="A manifest or an exchange.")],
    *,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Who touched what, when; what does not fit stands beside it."""
    return answered(folder, "evidence-custody", as_json=as_json, of=of)


@evidence_app.command(name="delete")
def delete(
    manifest: str,
    *,
    why: str,
    item: Annotated[list[int] | None, Parameter(help="This item only; again for each further one.")] = None,
    office: str = "",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Destroy keys and sealed objects for good. Manifest and custody stay, with a last event."""
    items = [str(number) for number in item or []]
    return answered(
        folder, "evidence-delete", as_json=as_json, manifest=manifest, items=items, why=why, office=office
    )


@evidence_app.command(name="hold")
def hold(
    exchange: str,
    *,
    reason: str,
    passkey: Annotated[list[Path], Parameter(help="Of two officers.")],
    lift: Annotated[bool, Parameter(negative="", help="End the hold.")] = False,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Let nothing of an exchange be deleted until two officers say otherwise."""
    from longbien.cli.passkeys import signed_by  # noqa: PLC0415

    wanted = {"exchange": exchange, "reason": reason, "lift": lift}
    challenge = asked(folder, "evidence-hold-challenge", as_json=as_json, **wanted)["challenge"]
    assertions = [signed_by(path, challenge) for path in passkey]
    return answered(folder, "evidence-hold", as_json=as_json, assertions=assertions, **wanted)


@evidence_app.command(name="export")
def export(
    exchange: str,
    *,
    out: Path,
    languages: Annotated[
        str, Parameter(help="Of the papers, with commas; otherwise those of the parties.")
    ] = "",
    handed_to: Annotated[str, Parameter(help="Write down that the evidence was handed to this court.")] = "",
    office: Annotated[str, Parameter(help="Which hands it over; otherwise the first one.")] = "",
    bag_to: Annotated[Path | None, Parameter(name="--bag", help="Write a BagIt folder as well.")] = None,
    files: Annotated[Path | None, Parameter(help="A folder of evidence files that go into the bag.")] = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Write one file that a court checks offline: record, manifests, custody, papers, CASE (docs/howto/court.md)."""
    new_file(out)
    if bag_to is not None:
        new_file(bag_to)
    chosen = [part.strip() for part in languages.split(",") if part.strip()]
    stamp = read_config(folder).time_stamp if (folder / FILE).exists() else ""
    said = {"languages": chosen, "stamp": stamp, "handed_to": handed_to, "office": office}
    result = asked(folder, "court", as_json=as_json, exchange=exchange, **said)
    raw = bytes.fromhex(result.pop("file"))
    write_file(out, raw)
    if bag_to is not None:
        bag(bag_to, raw, _sources(files), exchange=result["exchange"], at=machine_now())
    whole = {**result, "file": str(out), "bytes": len(raw), "bag": str(bag_to or "")}
    return show.result("export", whole, as_json=as_json)


def _sources(folder: Path | None) -> dict[str, Path]:
    """The files of a folder by their own names; folders in it are not followed."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise CommandRefused("FOLDER_UNREADABLE", str(folder))
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()}
