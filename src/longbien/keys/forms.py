"""The forms and limits that the papers of this room have in common.

Knows sizes and spellings only; what a field means stands in the record that has it.
"""

import re

PARTY_FORM = re.compile(r"[A-Z][A-Z0-9-]{1,15}")
PARTY_LENGTH = 16

MAX_SUITE = 65_535
MAX_PUBLIC = 8192
"""Bytes of one public key half; the largest of today's suites has 2,592."""

MAX_SEAL_PUBLIC = 8192
KID_SIZE = 16
DIGEST_SIZE = 32
NOTHING_BEFORE = bytes(DIGEST_SIZE)
"""What a first version names as its forerunner."""

LAST_INSTANT = 253_402_300_799_999
"""The end of the year 9999 in milliseconds: no instant on the wire lies later."""
