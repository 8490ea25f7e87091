"""Carrying evidence: files in, sealed objects across, files out.

The room is the shell around `longbien.evidence`: it knows disks, threads, object stores and broken connections, and
must never know an exchange, a right or a person. `sealing` seals and opens in one pass (`source`, `ring` and
`unfinished` are its two ends and its middle); `objects` and `segments` are where sealed objects lie; `fetch` brings
one here from elsewhere (`line`, `journal`, `pace`). Bytes that are wrong raise `Malformed`, a failing world raises
`CarryFault`, and after either nothing stands under a final name that was not there before.
"""

from longbien.carry.faults import CarryFault
from longbien.carry.fetch import abandon, fetch
from longbien.carry.line import Manner, Remote
from longbien.carry.objects import FolderStore, ObjectStore, pieces
from longbien.carry.pace import Progress
from longbien.carry.sealing import Sealed, Wanted, open_range, read_seal, seal, unseal
from longbien.carry.source import FileSource, Source
from longbien.carry.unfinished import UnfinishedFile

__all__ = [
    "CarryFault",
    "FileSource",
    "FolderStore",
    "Manner",
    "ObjectStore",
    "Progress",
    "Remote",
    "Sealed",
    "Source",
    "UnfinishedFile",
    "Wanted",
    "abandon",
    "fetch",
    "open_range",
    "pieces",
    "read_seal",
    "seal",
    "unseal",
]
