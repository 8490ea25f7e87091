"""Vectors of sealed objects (docs/wire/09-sealed-object.md).

Written a second time from the page, with other parts of the library than the code uses, so that the two check each
other. What is too long to be written down is grown from its name, and given by its SHA-256.
"""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wire_keys import Case, grown, rendered

MIB = 1 << 20
SHOWN_BYTES_MAX = 4096


def expand(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand with SHA-512 (RFC 5869 §2.3)."""
    found = block = b""
    counter = 1
    while len(found) < length:
        block = hmac.digest(key, block + info + bytes([counter]), "sha512")
        found += block
        counter += 1
    return found[:length]


def gcm(key: bytes, nonce: bytes, plaintext: bytes, aad: bytes) -> tuple[bytes, bytes]:
    encryptor = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(plaintext) + encryptor.finalize(), encryptor.tag


def sealed(key: bytes, object_id: bytes, salt: bytes, plaintext: bytes, holes: tuple[int, ...] = ()) -> bytes:
    """The whole sealed object, by the page."""
    info = (
        b"longbien/1/sealed-object+AEAD_AES_256_GCM\0" + salt + object_id + struct.pack(">Q", len(plaintext))
    )
    grown_key = expand(key, info, 76)
    chunk_key, base, commitment = grown_key[:32], grown_key[32:44], grown_key[44:]
    body, tags = b"", b""
    for index in range(len(plaintext) // MIB + 1):
        nonce = (int.from_bytes(base, "big") ^ index).to_bytes(12, "big")
        chunk = plaintext[index * MIB : (index + 1) * MIB]
        if index in holes:
            assert not any(chunk)
            _, tag = gcm(chunk_key, nonce, b"", b"hole")
            body += bytes(len(chunk))
        else:
            ciphertext, tag = gcm(chunk_key, nonce, chunk, b"")
            body += ciphertext
        tags += tag
    return body + tags + salt + commitment


KEY = grown("evidence key", 32)
OBJECT = grown("evidence object", 16)
OTHER = grown("another evidence object", 16)

# name: (plaintext, chunks that are holes, comment)
OBJECTS: dict[str, tuple[bytes, tuple[int, ...], str]] = {
    "empty": (b"", (), "no byte: one empty chunk"),
    "one-byte": (b"a", (), "one chunk of one byte"),
    "small": (b"Longbien is a bridge in Hanoi.", (), "one chunk"),
    "small-zeros": (bytes(30), (), "zeros that are encrypted like anything else"),
    "small-hole": (bytes(30), (0,), "the same zeros as a hole: zeros in the sealed object"),
    "one-chunk": (grown("one-chunk", MIB), (), "1 MiB: a full chunk and an empty one"),
    "two-chunks": (grown("two-chunks", MIB + 1), (), "one byte more"),
    "hole-between": (
        grown("hole-between", MIB) + bytes(MIB) + b"end",
        (1,),
        "a hole between two chunks",
    ),
    "three-chunks": (grown("three-chunks", 2 * MIB + 5), (), "for the chunks that are moved"),
}


def accept() -> tuple[list[Case], dict[str, bytes]]:
    cases: list[Case] = []
    raws: dict[str, bytes] = {}
    for name, (plaintext, holes, comment) in OBJECTS.items():
        salt = grown(f"{name} salt", 24)
        raw = raws[name] = sealed(KEY, OBJECT, salt, plaintext, holes)
        case: Case = {
            "name": name,
            "expect": "accept",
            "comment": comment,
            "key": KEY.hex(),
            "object": OBJECT.hex(),
            "salt": salt.hex(),
            "size": len(plaintext),
            "holes": list(holes),
            "plaintext_sha256": hashlib.sha256(plaintext).hexdigest(),
            "sealed_sha256": hashlib.sha256(raw).hexdigest(),
            "tail": raw[len(plaintext) :].hex(),
        }
        if len(raw) <= SHOWN_BYTES_MAX:
            case |= {"plaintext": plaintext.hex(), "hex": raw.hex()}
        else:
            case |= {"plaintext": f"SHAKE-256 of {name}; see comment of the file"}
        cases.append(case)
    return cases, raws


def refuse(raws: dict[str, bytes]) -> list[Case]:
    """Each is the sealed object `base` with bytes put at offsets, or moved from offsets to offsets, and then cut to a
    length.
    """
    small, three = len(raws["small"]), 2 * MIB + 5
    tags = three

    def case(name: str, expect: str, comment: str, base: str = "small", **changed: object) -> Case:
        plain: Case = {
            "base": base,
            "key": KEY.hex(),
            "object": OBJECT.hex(),
            "size": len(OBJECTS[base][0]),
            "length": len(raws[base]),
            "put": [],
            "moved": [],
        }
        return {"name": name, "expect": expect, "comment": comment, **plain, **changed}

    def flipped(base: str, offset: int) -> list[list[object]]:
        return [[offset, bytes([raws[base][offset] ^ 1]).hex()]]

    return [
        case("another-key", "SEAL_MISMATCH", "a key that it was not sealed with", key=grown("wrong", 32).hex()),
        case("another-object", "SEAL_MISMATCH", "given out for another object", object=OTHER.hex()),
        case("size-less-same-length", "SEAL_EXCESS", "the manifest says one byte less", size=29),
        case("size-more", "SEAL_TRUNCATED", "the manifest says one byte more", size=31),
        case("size-less-and-cut", "SEAL_MISMATCH", "and the body is cut to fit", size=29, moved=[[30, 29, small - 30]], length=small - 1),
        case("cut", "SEAL_TRUNCATED", "the last byte is missing", length=small - 1),
        case("cut-to-nothing", "SEAL_TRUNCATED", "no byte", length=0),
        case("appended", "SEAL_EXCESS", "one zero more", length=small + 1),
        case("salt-flipped", "SEAL_MISMATCH", "one bit of the salt", put=flipped("small", 46)),
        case("commitment-flipped", "SEAL_MISMATCH", "one bit of the commitment", put=flipped("small", small - 1)),
        case("body-flipped", "CHUNK_TAMPERED", "one bit of the body", put=flipped("small", 0)),
        case("tag-flipped", "CHUNK_TAMPERED", "one bit of a tag", put=flipped("small", 30)),
        case("last-body-flipped", "CHUNK_TAMPERED", "one bit of the short chunk", base="three-chunks", put=flipped("three-chunks", three - 1)),
        case("empty-tag-flipped", "CHUNK_TAMPERED", "the tag of the empty chunk", base="one-chunk", put=flipped("one-chunk", MIB + 16)),
        case(
            "chunks-swapped", "CHUNK_TAMPERED", "two chunks and their tags change places", base="three-chunks",
            moved=[[0, MIB, MIB], [MIB, 0, MIB], [tags, tags + 16, 16], [tags + 16, tags, 16]],
        ),
        case("chunk-repeated", "CHUNK_TAMPERED", "the first chunk twice", base="three-chunks", moved=[[0, MIB, MIB], [tags, tags + 16, 16]]),
        case("hole-moved", "CHUNK_TAMPERED", "a hole where a chunk was", base="hole-between", moved=[[2 * MIB + 3 + 16, 2 * MIB + 3, 16]], put=[]),
        case("chunk-zeroed", "CHUNK_TAMPERED", "a body of zeros is no hole", base="small", put=[[0, bytes(30).hex()]]),
        case("hole-to-chunk", "CHUNK_TAMPERED", "the tag of zeros that were encrypted, over a hole", base="small-hole", put=[[30, raws["small-zeros"][30:46].hex()]]),
    ]  # fmt: skip


def tickets() -> list[Case]:
    """What opens the door for a sealed object, by the plain words of page 13."""
    found: list[Case] = []
    for name, key, object_id in (("ticket", KEY, OBJECT), ("ticket-of-another-object", KEY, OTHER)):
        ticket = expand(key, b"longbien/1/object-ticket\0" + object_id, 32)
        found.append(
            {
                "name": name,
                "expect": "accept",
                "comment": "",
                "key": key.hex(),
                "object": object_id.hex(),
                "ticket": ticket.hex(),
                "kept": hashlib.sha256(ticket).hexdigest(),
            }
        )
    return found


def files() -> dict[str, str]:
    cases, raws = accept()
    return {
        "sealed/ticket.json": rendered(
            "ticket", "The ticket of an object and what a server keeps of it.", tickets()
        ),
        "sealed/accept.json": rendered(
            "sealed-object",
            "Each opens to its plaintext, and is what sealing makes with this key, salt and these holes. A plaintext that is not written"
            ' down is SHAKE-256 of "longbien vector: <name>", as long as its chunks that are no holes; that of hole-between is 1 MiB of it, 1 MiB of zeros, and'
            ' "end".',
            cases,
        ),
        "sealed/refuse.json": rendered(
            "sealed-object",
            "Each is the object base of accept.json: moved copies bytes of it [from, to, length], put replaces bytes [offset, hex], and then it is cut or filled"
            " with zeros to length. With key, object and size as given it is refused with the code in expect.",
            refuse(raws),
        ),
    }
