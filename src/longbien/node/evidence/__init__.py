"""Evidence at a node: what is made ready, handed over, fetched, kept and deleted, and who touched it.

What it knows: manifests, custody, wrapped keys and where sealed objects lie. What it must never do: open or render a file by
itself, put a key into an act, or let a key go while a condition of use is open. `bundles` makes manifests, `naming` says what
an act sends, `release` lets keys go, `arrival` takes what comes in, `custody` writes every touch, `dossier` gives it all to
whoever has to show it (docs/wire/13-evidence-transfer.md).
"""

from longbien.node.evidence.dossier import Dossier
from longbien.node.evidence.room import Evidence

__all__ = ["Dossier", "Evidence"]
