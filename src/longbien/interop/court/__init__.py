"""The file for a court: one exchange with its evidence in one archive that anybody checks offline (docs/wire/12-court-file.md).

What it knows: how signed bytes of a node become an ASiC-E archive, papers for people, CASE for forensic tools, a bag for
archives. What it must never do: prove something by itself. What counts are the signed bytes; everything else in the archive
is made from them, and the node's statement names the digest of it.
"""

from longbien.interop.court.bag import bag
from longbien.interop.court.export import court_file
from longbien.interop.court.material import Material, Signing
from longbien.interop.court.reading import of_acts

__all__ = ["Material", "Signing", "bag", "court_file", "of_acts"]
