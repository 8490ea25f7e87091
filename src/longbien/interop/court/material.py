"""What the file for a court is made of, and by whom it is signed.

What it knows: which parts there are. What it must never know: where they come from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from longbien.keys.papersign import PaperSigner
from longbien.law import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The signed bytes of one exchange, and what is needed to read them to people.

    `record` is the exported record (docs/wire/08-record.md), `manifests` the statements of its manifests, `custody` the
    receipts of its custody events (05-receipt.md), `roots` the fingerprints that its parties are pinned by. `rules` and
    `told` (what the command `document` of a node gives) are for the papers; these are written once in each of `languages`.
    """

    record: bytes
    manifests: tuple[bytes, ...]
    custody: tuple[bytes, ...]
    roots: tuple[bytes, ...]
    rules: Rules
    told: Mapping[str, Any]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who signs. `vouch` makes the node's statement of kind `export` over a payload; `stamp` asks a time-stamp authority
    for a token over a content (docs/decisions/0013-court-file.md), None where none is configured.
    """

    paper: PaperSigner
    vouch: Callable[[bytes], bytes]
    stamp: Callable[[bytes], bytes] | None = None
