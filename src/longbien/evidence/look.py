"""A look at a file without opening it: size, digests, what it is said to be and what its first bytes say.

Knows a few dozen signatures of file types that investigators meet; must never interpret, render or unpack. What the
bytes say is a hint: anyone can write any first bytes. A declared type that disagrees with them is worth a warning,
never a refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# The ISO 9660 signature stands furthest in.
LOOK_BYTES: Final = 32_774
UNKNOWN: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`magic` at `offset` says `media_type`; `title` is for people. `family` joins types that contain one another."""

    offset: int
    magic: bytes
    media_type: str
    title: str
    family: str = ""


def _at(offset: int, magic: bytes, media_type: str, title: str, family: str = "") -> Signature:
    return Signature(offset=offset, magic=magic, media_type=media_type, title=title, family=family)


# In order: the first that fits counts, so the longer of two with one beginning comes first.
SIGNATURES: Final = (
    _at(0, b"EVF\x09\x0d\x0a\xff\x00", "application/x-ewf", "E01 forensic image (EWF)"),
    _at(0, b"EVF2\r\n\x81\x00", "application/x-ewf2", "Ex01 forensic image (EWF2)"),
    _at(0, b"LVF\x09\x0d\x0a\xff\x00", "application/x-ewf-logical", "L01 logical evidence (EWF)"),
    _at(0, b"AFF10\r\n\x00", "application/x-aff", "AFF forensic image"),
    _at(0, b"KDMV", "application/x-vmdk", "VMware disk"),
    _at(0, b"QFI\xfb", "application/x-qcow2", "QEMU disk"),
    _at(0, b"vhdxfile", "application/x-vhdx", "Hyper-V disk"),
    _at(0, b"conectix", "application/x-vhd", "Virtual PC disk"),
    _at(0, b"LUKS\xba\xbe", "application/x-luks", "LUKS encrypted volume"),
    _at(3, b"-FVE-FS-", "application/x-bitlocker", "BitLocker encrypted volume"),
    _at(3, b"NTFS    ", "application/x-ntfs", "NTFS volume"),
    _at(512, b"EFI PART", "application/x-gpt-disk", "disk image with GPT"),
    _at(1080, b"\x53\xef", "application/x-ext", "ext2/3/4 volume"),
    _at(32, b"NXSB", "application/x-apfs", "APFS container"),
    _at(32_769, b"CD001", "application/x-iso9660-image", "CD or DVD image"),
    _at(0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap", "network capture (pcap)"),
    _at(0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap", "network capture (pcap)"),
    _at(0, b"\x4d\x3c\xb2\xa1", "application/vnd.tcpdump.pcap", "network capture (pcap)"),
    _at(0, b"\x0a\x0d\x0d\x0a", "application/x-pcapng", "network capture (pcapng)"),
    _at(0, b"PAGEDU64", "application/x-memory-dump", "Windows memory dump"),
    _at(0, b"PAGEDUMP", "application/x-memory-dump", "Windows memory dump"),
    _at(0, b"EMiL", "application/x-lime", "Linux memory dump (LiME)"),
    _at(0, b"regf", "application/x-windows-registry", "Windows registry hive"),
    _at(0, b"ElfFile\x00", "application/x-ms-evtx", "Windows event log"),
    _at(0, b"SQLite format 3\x00", "application/vnd.sqlite3", "SQLite database"),
    _at(0, b"!BDN", "application/vnd.ms-outlook", "Outlook mailbox"),
    _at(0, b"%PDF-", "application/pdf", "PDF document"),
    _at(
        0,
        b"PK\x03\x04",
        "application/zip",
        "ZIP archive, or a document or package in one (OOXML, ODF, APK, AFF4)",
        "zip",
    ),
    _at(0, b"PK\x05\x06", "application/zip", "empty ZIP archive", "zip"),
    _at(0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", "7-Zip archive"),
    _at(0, b"Rar!\x1a\x07", "application/vnd.rar", "RAR archive"),
    _at(0, b"\x1f\x8b", "application/gzip", "gzip data"),
    _at(0, b"BZh", "application/x-bzip2", "bzip2 data"),
    _at(0, b"\xfd7zXZ\x00", "application/x-xz", "xz data"),
    _at(0, b"\x28\xb5\x2f\xfd", "application/zstd", "Zstandard data"),
    _at(257, b"ustar", "application/x-tar", "tar archive"),
    _at(0, b"\xff\xd8\xff", "image/jpeg", "JPEG picture"),
    _at(0, b"\x89PNG\r\n\x1a\n", "image/png", "PNG picture"),
    _at(0, b"GIF8", "image/gif", "GIF picture"),
    _at(8, b"WEBP", "image/webp", "WebP picture"),
    _at(0, b"II*\x00", "image/tiff", "TIFF picture"),
    _at(0, b"MM\x00*", "image/tiff", "TIFF picture"),
    _at(4, b"ftypheic", "image/heic", "HEIC picture"),
    _at(4, b"ftyp", "video/mp4", "MP4 or QuickTime video", "isom"),
    _at(0, b"\x1aE\xdf\xa3", "video/x-matroska", "Matroska or WebM video", "matroska"),
    _at(8, b"AVI ", "video/x-msvideo", "AVI video"),
    _at(8, b"WAVE", "audio/wav", "WAV sound"),
    _at(0, b"ID3", "audio/mpeg", "MP3 sound"),
    _at(0, b"OggS", "application/ogg", "Ogg media", "ogg"),
    _at(0, b"fLaC", "audio/flac", "FLAC sound"),
    _at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", "old Office document", "ole"),
    _at(0, b"{\\rtf", "application/rtf", "RTF document"),
    _at(0, b"<?xml", "application/xml", "XML document", "xml"),
    _at(0, b"MZ", "application/vnd.microsoft.portable-executable", "Windows program"),
    _at(0, b"\x7fELF", "application/x-elf", "Linux program"),
    _at(0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary", "macOS program"),
    _at(0, b"\xca\xfe\xba\xbe", "application/java-vm", "Java class or macOS program"),
    _at(0, b"#!", "text/x-shellscript", "script"),
    _at(510, b"\x55\xaa", "application/x-raw-disk-image", "disk image with a boot record"),
)

# Types that a file of a family may rightly be declared as.
_FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "zip": (
        "application/vnd.",
        "application/java-archive",
        "application/epub",
        "application/x-aff4",
        "application/zip",
        "application/x-zip",
    ),
    "isom": ("video/", "audio/", "image/"),
    "matroska": ("video/", "audio/"),
    "ogg": ("audio/", "video/", "application/ogg"),
    "ole": ("application/msword", "application/vnd.ms-", "application/x-msi", "application/x-ole"),
    "xml": ("application/", "text/", "image/svg"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What can be said of a file without opening it.

    `agrees` is None where nothing can be said: no declared type, an undeclared one, or first bytes that say nothing.
    """

    size: int
    declared: str
    detected: str
    title: str
    agrees: bool | None
    digests: Mapping[str, bytes]


def look(*, size: int, declared: str, first_bytes: bytes, digests: Mapping[str, bytes]) -> Facts:
    """The facts of a file of which the first `LOOK_BYTES` are given (or all, if there are fewer)."""
    found = next((each for each in SIGNATURES if _fits(each, first_bytes)), None)
    if found is None:
        return Facts(
            size=size, declared=declared, detected=UNKNOWN, title="unknown", agrees=None, digests=digests
        )
    return Facts(
        size=size,
        declared=declared,
        detected=found.media_type,
        title=found.title,
        agrees=None if declared in {"", UNKNOWN} else _agrees(declared.lower(), found),
        digests=digests,
    )


def _fits(signature: Signature, first_bytes: bytes) -> bool:
    return first_bytes[signature.offset : signature.offset + len(signature.magic)] == signature.magic


def _agrees(declared: str, found: Signature) -> bool:
    return declared == found.media_type or declared.startswith(_FAMILIES.get(found.family, ("\0",)))
