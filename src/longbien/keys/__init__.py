"""Keys and trust: the State root, the descriptor, the directory of other parties, and the stores of private
keys.

Knows who may speak for a party, from when to when, and what a revocation leaves standing. Must never know
what is said with the keys. Its pure half (`root`, `descriptor`, `seal_keys`, `chain`, `directory`, `peer`,
`rotation`, `drafting`, `ceremony`, `fingerprint`) takes time as an argument and reads no files;
`filestore`, `durable` and `passphrase` touch the disk; `generate` alone draws chance. Formats:
docs/wire/06-descriptor.md; use: docs/howto/keys.md.
"""

from longbien.keys.ceremony import RecordedSigner, SigningRequest, answer, requests_for
from longbien.keys.chain import decode_chain, encode_chain, excerpt
from longbien.keys.descriptor import (
    Descriptor,
    SignedDescriptor,
    decode_descriptor,
    encode_descriptor,
    office_roles,
    sign_descriptor,
)
from longbien.keys.directory import advance, pin, restore
from longbien.keys.drafting import first_root, listed, next_descriptor, next_root, next_seal_keys
from longbien.keys.faults import KeyFault, Refused
from longbien.keys.filestore import FileKeyStore
from longbien.keys.fingerprint import grouped, read_grouped, spoken
from longbien.keys.keystore import KeyStore, MemoryKeyStore
from longbien.keys.listing import ListedSealKey, Revocation, StatementKey
from longbien.keys.material import Held, KeyEntry, Material, Purpose, Wanted
from longbien.keys.office import Office
from longbien.keys.passphrase import find_passphrase
from longbien.keys.peer import (
    KeyStanding,
    Peer,
    Place,
    descriptor_of,
    log_keys_for,
    seal_key_for,
    statement_key_state,
    verify_key_for,
    verify_keys_for,
)
from longbien.keys.root import Root, SignedRoot, decode_root, encode_root, fingerprint_of, sign_root
from longbien.keys.rotation import AskRoot, Destroy, Make, PublishSealKeys, Step, plan, signing_key
from longbien.keys.seal_keys import SealKeys, decode_seal_keys, encode_seal_keys, sign_seal_keys

__all__ = [
    "AskRoot",
    "Descriptor",
    "Destroy",
    "FileKeyStore",
    "Held",
    "KeyEntry",
    "KeyFault",
    "KeyStanding",
    "KeyStore",
    "ListedSealKey",
    "Make",
    "Material",
    "MemoryKeyStore",
    "Office",
    "Peer",
    "Place",
    "PublishSealKeys",
    "Purpose",
    "RecordedSigner",
    "Refused",
    "Revocation",
    "Root",
    "SealKeys",
    "SignedDescriptor",
    "SignedRoot",
    "SigningRequest",
    "StatementKey",
    "Step",
    "Wanted",
    "advance",
    "answer",
    "decode_chain",
    "decode_descriptor",
    "decode_root",
    "decode_seal_keys",
    "descriptor_of",
    "encode_chain",
    "encode_descriptor",
    "encode_root",
    "encode_seal_keys",
    "excerpt",
    "find_passphrase",
    "fingerprint_of",
    "first_root",
    "grouped",
    "listed",
    "log_keys_for",
    "next_descriptor",
    "next_root",
    "next_seal_keys",
    "office_roles",
    "pin",
    "plan",
    "read_grouped",
    "requests_for",
    "restore",
    "seal_key_for",
    "sign_descriptor",
    "sign_root",
    "sign_seal_keys",
    "signing_key",
    "spoken",
    "statement_key_state",
    "verify_key_for",
    "verify_keys_for",
]
