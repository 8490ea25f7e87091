"""Vectors of deterministic CBOR (docs/wire/01-cbor.md)."""

from wire_keys import Case, rendered

from longbien.wire import cbor

ACCEPT: tuple[tuple[str, str, str], ...] = (
    ("zero", "00", "0"),
    ("largest-short-integer", "17", "23"),
    ("one-byte-integer", "1818", "24"),
    ("two-byte-integer", "190100", "256"),
    ("four-byte-integer", "1a00010000", "65536"),
    ("eight-byte-integer", "1b0000000100000000", "4294967296"),
    ("largest-integer", "1bffffffffffffffff", "18446744073709551615"),
    ("minus-one", "20", "-1"),
    ("minus-25", "3818", "-25"),
    ("smallest-integer", "3bffffffffffffffff", "-18446744073709551616"),
    ("empty-bytes", "40", "h''"),
    ("bytes", "4401020304", "h'01020304'"),
    ("24-bytes", "5818" + "aa" * 24, "24 bytes"),
    ("empty-text", "60", '""'),
    ("text", "6a5669e1bb8774204e616d", '"Việt Nam" in NFC'),
    ("text-decomposed", "6c566965cca3cc8274204e616d", '"Việt Nam" in NFD: text is not normalised'),
    ("text-beyond-the-basic-plane", "64f09f8c89", '"🌉"'),
    ("text-with-nul", "6100", "text that holds U+0000"),
    ("false", "f4", "false"),
    ("true", "f5", "true"),
    ("null", "f6", "null"),
    ("empty-array", "80", "[]"),
    ("array", "83014102620304", "[1, h'02', \"\\u0003\\u0004\"]"),
    ("empty-map", "a0", "{}"),
    ("map-short-keys-first", "a3616200626161016361616102", '{"b": 0, "aa": 1, "aaa": 2}'),
    (
        "map-bytewise-order",
        "a41818001901000020006000",
        '{24: 0, 256: 0, -1: 0, "": 0}: RFC 8949, not RFC 7049',
    ),
    ("16-levels", "81" * 15 + "80", "16 nested arrays, the innermost empty"),
    ("16-levels-of-maps", "a100" * 15 + "a0", "16 nested maps, the innermost empty"),
)

REFUSE: tuple[tuple[str, str, str, str], ...] = (
    ("nothing", "", "CBOR_TRUNCATED", "no byte at all"),
    ("head-cut", "18", "CBOR_TRUNCATED", "an integer without its argument"),
    ("head-cut-in-eight", "1b00000001", "CBOR_TRUNCATED", "half an argument"),
    ("bytes-cut", "4401", "CBOR_TRUNCATED", "four bytes promised, one there"),
    ("bytes-of-2^63", "5b8000000000000000", "CBOR_TRUNCATED", "a length no machine has"),
    ("array-cut", "8200", "CBOR_TRUNCATED", "two members promised, one there"),
    ("array-of-2^64-1", "9bffffffffffffffff", "CBOR_TRUNCATED", "a count no machine has"),
    ("map-cut", "a100", "CBOR_TRUNCATED", "a key without its value"),
    ("map-of-2^63", "bb8000000000000000", "CBOR_TRUNCATED", "a count no machine has"),
    ("trailing-zero", "0000", "CBOR_TRAILING", "a second item"),
    ("trailing-garbage", "80ff", "CBOR_TRAILING", "a byte that is no item"),
    ("integer-in-two", "1817", "CBOR_NOT_CANONICAL", "23 has a shorter head"),
    ("integer-in-three", "1900ff", "CBOR_NOT_CANONICAL", "255 has a shorter head"),
    ("integer-in-five", "1a0000ffff", "CBOR_NOT_CANONICAL", "65535 has a shorter head"),
    ("integer-in-nine", "1b00000000ffffffff", "CBOR_NOT_CANONICAL", "4294967295 has a shorter head"),
    ("negative-in-two", "3800", "CBOR_NOT_CANONICAL", "-1 has a shorter head"),
    ("length-in-two", "580100", "CBOR_NOT_CANONICAL", "one byte has a shorter head"),
    ("count-in-two", "980100", "CBOR_NOT_CANONICAL", "one member has a shorter head"),
    ("indefinite-bytes", "5f4101ff", "CBOR_NOT_CANONICAL", "bytes in pieces"),
    ("indefinite-text", "7f6161ff", "CBOR_NOT_CANONICAL", "text in pieces"),
    ("indefinite-array", "9fff", "CBOR_NOT_CANONICAL", "an array without a count"),
    ("indefinite-map", "bfff", "CBOR_NOT_CANONICAL", "a map without a count"),
    ("keys-in-disorder", "a2616200616100", "CBOR_NOT_CANONICAL", '"b" before "a"'),
    ("keys-in-rfc7049-order", "a22000181800", "CBOR_NOT_CANONICAL", "-1 before 24: shorter, but not lower"),
    ("text-before-integer", "a26161000100", "CBOR_NOT_CANONICAL", '"a" before 1'),
    ("duplicate-key", "a2616100616101", "CBOR_DUPLICATE_KEY", '"a" twice'),
    ("duplicate-key-apart", "a3010002000101", "CBOR_DUPLICATE_KEY", "1, 2 and 1 again"),
    ("17-levels", "81" * 16 + "80", "CBOR_DEPTH", "one array too deep, although empty"),
    ("17-levels-of-maps", "a100" * 16 + "a0", "CBOR_DEPTH", "one map too deep, although empty"),
    ("1000-levels", "81" * 1000 + "00", "CBOR_DEPTH", "deep enough to break a recursive parser"),
    ("float-half", "f93c00", "CBOR_TYPE", "1.0"),
    ("float-single", "fa47c35000", "CBOR_TYPE", "100000.0"),
    ("float-double", "fb3ff199999999999a", "CBOR_TYPE", "1.1"),
    ("float-nan", "f97e00", "CBOR_TYPE", "NaN"),
    ("undefined", "f7", "CBOR_TYPE", "undefined"),
    ("simple-0", "e0", "CBOR_TYPE", "an unassigned simple value"),
    ("simple-255", "f8ff", "CBOR_TYPE", "an unassigned simple value"),
    ("simple-in-two", "f814", "CBOR_INVALID", "false in two bytes is not well formed"),
    ("tag-date", "c074323031332d30332d32315432303a30343a30305a", "CBOR_TYPE", "tag 0"),
    ("tag-epoch", "c11a514b67b0", "CBOR_TYPE", "tag 1"),
    ("tag-bignum", "c249010000000000000000", "CBOR_TYPE", "2^64 as a bignum"),
    ("tag-bignum-small", "c24101", "CBOR_TYPE", "1 as a bignum"),
    ("tag-negative-bignum", "c349010000000000000000", "CBOR_TYPE", "tag 3"),
    ("tag-bigfloat", "c5821b7fffffffffffffff01", "CBOR_TYPE", "a number of 2^63 bits"),
    ("tag-embedded", "d8184100", "CBOR_TYPE", "tag 24"),
    ("tag-shared", "d81c81d81d00", "CBOR_TYPE", "an array that holds itself"),
    ("tag-regular-expression", "d8236a285b612d7a5d2b292b24", "CBOR_TYPE", "tag 35"),
    ("tag-cose-sign", "d86280", "CBOR_TYPE", "tag 98: statements are untagged"),
    ("tag-self-described", "d9d9f700", "CBOR_TYPE", "tag 55799"),
    ("tag-largest", "dbffffffffffffffff00", "CBOR_TYPE", "tag 2^64 - 1"),
    ("key-bytes", "a1410000", "CBOR_TYPE", "a byte string as a key"),
    ("key-true", "a1f500", "CBOR_TYPE", "true as a key (some languages take it for 1)"),
    ("key-null", "a1f600", "CBOR_TYPE", "null as a key"),
    ("key-float", "a1f93c0000", "CBOR_TYPE", "1.0 as a key"),
    ("key-array", "a18000", "CBOR_TYPE", "an array as a key"),
    ("key-map", "a1a000", "CBOR_TYPE", "a map as a key"),
    ("text-not-utf8", "61ff", "CBOR_TEXT", "a byte that UTF-8 never has"),
    ("text-overlong", "62c080", "CBOR_TEXT", "U+0000 in two bytes"),
    ("text-surrogate", "63eda080", "CBOR_TEXT", "half of a surrogate pair"),
    ("text-cut-in-character", "61c3", "CBOR_TEXT", "the first half of é"),
    ("key-not-utf8", "a161ff00", "CBOR_TEXT", "a key that is not UTF-8"),
    ("reserved-28", "1c", "CBOR_INVALID", "additional information 28"),
    ("reserved-30", "5e", "CBOR_INVALID", "additional information 30"),
    ("integer-indefinite", "1f", "CBOR_INVALID", "additional information 31 for an integer"),
    ("reserved-simple", "fc", "CBOR_INVALID", "additional information 28 for a simple value"),
    ("break-alone", "ff", "CBOR_INVALID", "a break outside any indefinite item"),
    ("first-fault-counts", "82f7ff", "CBOR_TYPE", "undefined, then a break: the first fault is named"),
)


def files() -> dict[str, str]:
    accept: list[Case] = []
    for name, text, comment in ACCEPT:
        cbor.decode(bytes.fromhex(text))
        accept.append({"name": name, "expect": "accept", "comment": comment, "hex": text})
    refuse: list[Case] = [
        {"name": name, "expect": code, "comment": comment, "hex": text}
        for name, text, code, comment in REFUSE
    ]
    return {
        "cbor/accept.json": rendered(
            "cbor",
            "Each decodes, and its value encodes to the same bytes. Comments are diagnostic notation.",
            accept,
        ),
        "cbor/refuse.json": rendered("cbor", "Each is refused with the code in expect.", refuse),
    }
