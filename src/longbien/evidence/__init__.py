"""Evidence: what investigators hand over, of any size, and how a court sees that it is still the same.

The room is pure over bytes: it stands on `longbien.wire`, `longbien.ledger` and `cryptography`; keys, salts and times
are arguments, and files, threads and networks belong to `longbien.carry`. `sealed` encrypts an object chunk by chunk,
`digests` names the digests of a file, `ranges` says which bytes a reader asks for; `manifest` describes what is
handed over, `names` makes names harmless, `look` tells what a file seems to be; `custody` is one signed touch, and
`timeline` puts the touches in order and hides nothing. The formats are in docs/wire/09-sealed-object.md and
10-manifest.md.
"""

from longbien.evidence import custody, digests, look, manifest, names, ranges, sealed, timeline
from longbien.evidence.custody import Event, Touch
from longbien.evidence.manifest import Acquisition, Condition, Device, Item, Manifest, Source
from longbien.evidence.sealed import CHUNK_BYTES, Layout, ObjectSeal
from longbien.evidence.timeline import Finding, Timeline, timelines

__all__ = [
    "CHUNK_BYTES",
    "Acquisition",
    "Condition",
    "Device",
    "Event",
    "Finding",
    "Item",
    "Layout",
    "Manifest",
    "ObjectSeal",
    "Source",
    "Timeline",
    "Touch",
    "custody",
    "digests",
    "look",
    "manifest",
    "names",
    "ranges",
    "sealed",
    "timeline",
    "timelines",
]
