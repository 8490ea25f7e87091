"""What others wrote and the console ships: fetched once, checked for ever, listed for whoever audits.

    python -m tools.vendor fetch    # takes the packages from the npm registry (needs npm and a network)
    python -m tools.vendor check    # every file is byte for byte what `vendor.toml` says, and there is no other
    python -m tools.vendor sbom     # prints CycloneDX 1.6

What it knows: `web/vendor.toml` and the folder beside it. What it must never do: change a file that its hash does not name.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WEB = Path(__file__).parents[1] / "src" / "longbien" / "web"
FOLDER = WEB / "static" / "v"


def packages() -> list[dict[str, Any]]:
    """The packages of `vendor.toml`."""
    found: list[dict[str, Any]] = tomllib.loads((WEB / "vendor.toml").read_text("utf-8"))["package"]
    return found


def faults() -> Iterator[str]:
    """Whatever is not as `vendor.toml` says."""
    named = set()
    for package in packages():
        for file in package["file"]:
            named.add(file["to"])
            path = FOLDER / file["to"]
            if not path.exists():
                yield f"{file['to']} is missing"
            elif hashlib.sha512(path.read_bytes()).hexdigest() != file["sha512"]:
                yield f"{file['to']} was changed"
    for path in FOLDER.iterdir():
        if path.name not in named:
            yield f"{path.name} is in no package"


def fetch() -> None:
    """Each package again, whole and checked, and of it the files that are named."""
    for package in packages():
        with tempfile.TemporaryDirectory() as place:
            wanted = f"{package['name']}@{package['version']}"
            words = ["npm", "pack", "--silent", wanted]
            done = subprocess.run(words, cwd=place, capture_output=True, text=True, check=True)  # noqa: S603 - our own list
            archive = Path(place) / done.stdout.strip()
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            if f"sha512-{digest}" != package["integrity"]:
                raise SystemExit(f"{wanted}: the registry gave something else")
            with tarfile.open(archive) as tar:
                for file in package["file"]:
                    member = tar.extractfile(f"package/{file['from']}")
                    assert member is not None
                    (FOLDER / file["to"]).write_bytes(member.read())


def sbom() -> dict[str, Any]:
    """The packages as CycloneDX 1.6."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [
            {
                "type": "library",
                "bom-ref": f"pkg:npm/{package['name']}@{package['version']}",
                "name": package["name"],
                "version": package["version"],
                "purl": f"pkg:npm/{package['name']}@{package['version']}",
                "licenses": [{"license": {"id": package["licence"]}}],
                "hashes": [{"alg": "SHA-512", "content": _hex(package["integrity"])}],
                "externalReferences": [{"type": "website", "url": package["homepage"]}],
            }
            for package in packages()
        ],
    }


def _hex(integrity: str) -> str:
    return base64.b64decode(integrity.removeprefix("sha512-")).hex()


def main(words: list[str]) -> int:
    """The exit code."""
    match words:
        case ["fetch"]:
            fetch()
        case ["sbom"]:
            print(json.dumps(sbom(), indent=2))  # noqa: T201
            return 0
        case ["check"]:
            pass
        case _:
            raise SystemExit("fetch, check or sbom")
    found = list(faults())
    print("\n".join(found) or "every vendored file is as published")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
