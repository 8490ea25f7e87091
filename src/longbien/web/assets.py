"""Style, scripts and pictures of the console: read once, named by their digest, sent packed.

What it knows: the folder `static`. What it must never do: fetch anything; what others wrote is vendored (`vendor.toml`, `tools/vendor.py`).
"""

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256, sha384
from importlib import resources
from typing import Final

_KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
# The unminified twin of a vendored script is there to be read by people, not by browsers.
_SENT: Final = ("console.css", "console.js", "passkey.js", "icon.svg", "v/htmx.min.js", "v/hx-csp.min.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file: its address under `/static/`, its bytes, packed and plain, and what a page says of them."""

    name: str
    media: str
    plain: bytes
    packed: bytes
    integrity: str

    @property
    def url(self) -> str:
        """Where a page finds it."""
        return f"/static/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """Every asset, by the name that templates use."""
    folder = resources.files("longbien.web") / "static"
    found = {}
    for path in _SENT:
        plain = (folder / path).read_bytes()
        last = path.rpartition("/")[2]
        found[path] = Asset(
            name=f"{sha256(plain).hexdigest()[:16]}-{last}",
            media=_KINDS[last.rpartition(".")[2]],
            plain=plain,
            packed=gzip.compress(plain, 9, mtime=0),
            integrity="sha384-" + b64encode(sha384(plain).digest()).decode(),
        )
    return found


@cache
def by_address() -> dict[str, Asset]:
    """Every asset, by the last part of its address."""
    return {asset.name: asset for asset in assets().values()}
