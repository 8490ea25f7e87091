"""What to do about each code: one sentence for the person who reads it at the terminal.

What it knows: codes. What it must never know: a node. A code that a person can meet has a sentence of its own here; a test walks
through the sources and finds the one that has none. `longbien explain CODE` prints it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_LOOK = "Look at `longbien request show` and draft again."
_CORRECT = "Correct the file and draft again; `longbien request form` shows the fields."
_CALL = "Call the other State at a number that you know from elsewhere."
_AGAIN = "Ask for the file again; what came is damaged or is another kind of file."
_HISTORY = "Do not delete anything. Run `longbien node verify`, keep its output, and restore as docs/howto/operate.md says."

REMEDIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # The command line
        "USAGE": "Add --help to the command to see what it takes.",
        "COMMAND_UNKNOWN": "The running node is of another version than this command: restart it.",
        "ARGUMENT_MISSING": "The running node is of another version than this command: restart it.",
        "ARGUMENT_INVALID": "Correct what is named above and say it again.",
        "EXCHANGE_UNKNOWN": "`longbien request list` shows the exchanges of this node.",
        "EXCHANGE_AMBIGUOUS": "Write more digits of the identifier.",
        "DRAFT_UNKNOWN": "`longbien act drafts` shows what waits; an act that was sent is no draft any more.",
        "PARTY_UNKNOWN": "Write the code of a State, such as VN, or of an organisation, such as UNODC; a party that is missing is added as a file (docs/reference/law.md).",
        "PARTY_TWICE": "Name each party once.",
        "PROCEDURE_UNKNOWN": "`longbien law list` shows all procedures.",
        "DATE_INVALID": "Write the day as 2026-11-23.",
        "LANGUAGE_UNKNOWN": "Use en, ar, zh, fr, ru, es or vi.",
        "FILE_UNREADABLE": "Look at the name and at who may read the file.",
        "FILE_EXISTS": "Name another file; nothing is written over.",
        "FILE_UNWRITABLE": "Look at the folder, at who may write there, and at the space left.",
        "BODY_SYNTAX": "The body is one JSON object; `longbien request form` prints one to begin with.",
        "BODY_FLOAT": "Write amounts as text.",
        "BODY_DEPTH": _CORRECT,
        "BODY_HEX": 'Write bytes as {"$hex": "…"} with pairs of hexadecimal digits. ' + _CORRECT,
        "OFFICE_SYNTAX": 'An office is written --office "p247:Contact point:poc,ca:en,vi".',
        "PASSKEY_FILE": "Name the file that `longbien officer add` made.",
        "NODE_STOPPED": "`longbien node serve` says why; start it again. Repeating the command is safe.",
        "NODE_GONE": "Start the node and look whether it was done; repeating the command is safe.",
        "NODE_DID_NOT_START": "Run `longbien node serve` in that folder and read what it says.",
        "INTERRUPTED": "Repeating the command is safe.",
        "UNEXPECTED": "This is a fault of the program. Please report the line above with what you did.",
        # Configuration and machine
        "CONFIG_MISSING": "Name the node's folder with --folder, or make a node with `longbien node init`.",
        "CONFIG_SYNTAX": "Correct longbien.toml at the line named.",
        "CONFIG_SECTION_UNKNOWN": "Correct longbien.toml; docs/reference/configuration.md lists all keys.",
        "CONFIG_KEY_UNKNOWN": "Correct longbien.toml; docs/reference/configuration.md lists all keys.",
        "CONFIG_KEY_MISSING": "Add the key to longbien.toml; docs/reference/configuration.md lists all keys.",
        "CONFIG_TYPE": "Correct longbien.toml; docs/reference/configuration.md lists all keys.",
        "CONFIG_VALUE": "Correct longbien.toml; docs/reference/configuration.md lists all keys.",
        "CONFIG_PATH_LONG": "Use a shorter path for the node's folder: the system allows 107 bytes for its socket.",
        "FOLDER_NOT_EMPTY": "Name a new folder: a folder that holds something is never touched.",
        "PORT_IN_USE": "Stop the other process, or change peer.listen in longbien.toml.",
        "LISTEN_IMPOSSIBLE": "peer.listen in longbien.toml must be an address of this machine and a port that this account may use.",
        "LAW_FAULT": "`longbien law check --law FOLDER` names every fault and what to do. Law that contradicts itself is not served.",
        "CASE_SYNTAX": "Correct the case file at the line named.",
        "CASE_MISSING": "Add what is named to the case file.",
        "TIME_WITHOUT_ZONE": "Write times with their zone: 2026-11-03T06:41:18Z or 2026-11-03T13:41:18+07:00.",
        "SELF_TEST_FAILED": "The cryptographic library of this machine gives wrong answers. Reinstall from the lock; do not go on.",
        "PRIMITIVE_MISSING": "The cryptographic library of this machine is too old. Install from the lock: `make .venv/run.stamp`.",
        # Keys
        "PASSPHRASE_WRONG": "This passphrase does not open the key files of this folder; look which credential was given.",
        "PASSPHRASE_MISSING": "Put it into the file longbien.passphrase in $CREDENTIALS_DIRECTORY, readable by this account only.",
        "PASSPHRASE_SHORT": "Choose a passphrase of 12 to 1024 characters.",
        "KEYFILE_DAMAGED": "Restore the key file from the back-up; the node does not start without it.",
        "KEYFILE_EXPOSED": "Others can read this file: find out who did, then `chmod 600` the file and `chmod 700` its folder.",
        "KEYSTORE_MISSING": "Restore the folder `keys` from the back-up, or make a node with `longbien node init`.",
        "KEYSTORE_EXISTS": "There are keys already; they are never written over.",
        "KEYSTORE_IO": "The disk refused: look at its space, its health and the owner of the files.",
        "KEY_ABSENT": "Restore the folder `keys` from the back-up; docs/howto/keys.md, Loss.",
        "KEY_EXISTS": "This key is there already; nothing was changed.",
        "KEY_PURPOSE": "This key is for another use; look which file was named.",
        "KEY_MISMATCH": "The two halves of this key do not belong together: restore it from the back-up.",
        "STATEMENT_KEY_NONE": "No signing key is current: the holders of the root must sign a descriptor. docs/howto/keys.md, Rotation.",
        # Store
        "STORE_IN_USE": "Another process works with this store: stop it, or use the running node from its own folder.",
        "STORE_SETTING": "The database does not keep what it confirms. Correct its settings; a node does not run on it.",
        "STORE_UNREACHABLE": "Start the database, or correct storage.url in longbien.toml. Restarting needs no repair.",
        "STORE_WRITE_FAILED": "Make space or mend the database, then start the node again; it needs no repair.",
        "STORE_SCHEMA": "This store was made by a newer version: use that version.",
        # Officers
        "OFFICE_UNKNOWN": "`longbien node status` names the offices of this node.",
        "PASSKEY_KNOWN": "This passkey belongs to an officer already: use another one.",
        "PASSKEY_UNKNOWN": "Enrol the officer first, or use the passkey that was enrolled at this node.",
        "PASSKEY_INVALID": "Approve again with the enrolled passkey; it must sign this draft at this node.",
        "PASSKEY_SOFTWARE": "A live node takes hardware passkeys only.",
        "OFFICER_INACTIVE": "Another officer of the office must approve.",
        "OFFICE_OTHER": "An officer of the office that drafted must approve.",
        "APPROVED_ALREADY": "A second, different person must approve.",
        "DRAFT_SENT": "It was sent already; `longbien act where` says where it is.",
        "TWO_PERSONS_NEEDED": "Let one more person approve, then send.",
        "PIN_TWO_PERSONS": "Two different officers must compare the fingerprint and confirm.",
        # Peers
        "PEER_NOT_PINNED": "Pin the other State first: `longbien peer pin`; compare the fingerprint out of band.",
        "PEER_IS_SELF": "These are this node's own papers: use the file of the other State.",
        "PEER_PINNED_OTHERWISE": "Another fingerprint is pinned. "
        + _CALL
        + " Nothing is replaced by itself.",
        "ROOT_NOT_PINNED": "The papers do not lead to this fingerprint. Compare it again, by telephone.",
        "ROOT_UNKNOWN": "Ask for the whole chain of papers.",
        "DESCRIPTOR_EXPIRED": "The papers of the other State have ended: ask for newer ones.",
        "SEAL_KEYS_MISSING": "Nothing can be sealed for this State yet; its node sends its keys when it is reached. If it stays: call.",
        "SEAL_KEY_NONE": "The keys of this State have ended; its node sends newer ones when it is reached. If it stays: call.",
        "KEY_REVOKED": "This key was revoked by its State. " + _CALL,
        "KEY_UNKNOWN": "The signing key is in no paper that this node has: ask for newer papers.",
        "PEER_UNREACHABLE": "Nobody answers there. It is tried again by itself; if it stays: call, or use a pouch.",
        "PEER_TIMEOUT": "The other node was too slow. It is tried again by itself; if it stays: call, or use a pouch.",
        "PEER_TLS": "The connection is refused: the other State has not pinned this node, or not its newest papers. Call.",
        "PEER_CERTIFICATE": "Somebody else answers at that address, or its papers are old. Call; a pouch needs no connection.",
        "PEER_NO_ENDPOINT": "The papers of this State name no address: use a pouch.",
        "LEDGER_FORK": "The other node showed two histories, both signed: the evidence is kept. " + _CALL,
        "HEAD_UNJOINED": "It is tried again by itself within a second.",
        "HEAD_NOT_JOINED": "A proof of the other node did not fit. It is tried again; if it stays: call.",
        "QUARANTINED": "The host ordered what this node cannot derive. Look at `longbien request show`, then call the host.",
        "ENTRY_GAP": "An entry before this one is still on its way; nothing is to be done.",
        "REQUEST_TOO_LARGE": "The other node takes at most 8 MiB at once: it may be of another version.",
        "REQUEST_TOO_SLOW": "The line is too slow: use a pouch.",
        # Exchange and law
        "RULES_UNKNOWN": "This node has no such procedure or version: see `longbien request form`, or update the node that lacks it.",
        "RULES_DIFFER": "The two nodes have different rules under one name: one of them was changed. Both must use released ones.",
        "EXCHANGE_OTHER": _LOOK,
        "OPENING_MISSING": "The exchange is not open here; `longbien request list` shows those that are.",
        "OPENING_TWICE": "The exchange is open already. " + _LOOK,
        "PARTIES_WRONG": "Name the other State with --to; an exchange has at least two parties.",
        "HOST_WRONG": "The node that has to act keeps the order: send to that one.",
        "NOT_A_PARTY": "Only the parties of an exchange can act in it.",
        "SEEN_AHEAD": "The other side has not everything that this act speaks of; wait until it is delivered.",
        "SEEN_OTHER_HEAD": "The two chains differ. Run `longbien node verify` on both sides, and call.",
        "ACT_UNKNOWN": "This procedure has no such act; `longbien request form` lists them.",
        "ACT_NOT_NOW": "The exchange stands at another stage. " + _LOOK,
        "STAGE_UNKNOWN": _LOOK,
        "ROLE_UNKNOWN": _LOOK,
        "ROLE_NOT_ALLOWED": "The other side may do this, not this one. " + _LOOK,
        "OFFICE_NOT_ALLOWED": "An office with one of the roles named above must act.",
        "FIELDS_MISSING": "Add the fields named above. " + _CORRECT,
        "FIELD_UNKNOWN": "Take out the field named above, or use the nearest name after the question mark. "
        + _CORRECT,
        "FIELD_INVALID": "Correct the fields named above. " + _CORRECT,
        "SERIOUS_CRIME_THRESHOLD": "A serious crime has a maximum penalty of at least four years: correct the offence.",
        "PARTY_MISMATCH": "from_state and to_state must be the States of the two nodes. " + _CORRECT,
        "BASIS_NOT_OPEN": "`longbien law basis` with the two States and the procedure shows which are open and what each asks for.",
        "SCOPE_LIMB_CLOSED": "Choose a limb of Article 35(1) that is open to this procedure. " + _CORRECT,
        "SCOPE_LIMB_WRONG": "Limbs a and b name offences of the Convention only; other serious crimes are limb c.",
        "ORAL_NOT_URGENT": "Only an urgent request may begin by word of mouth: write it, or mark it urgent.",
        "LATEST_NOT_SEEN": "The other side has written meanwhile: read it, then draft again.",
        "AUTHORISATION_MISSING": "Add the domestic authorisation. " + _CORRECT,
        "AUTHORISATION_NOT_YET": "The authorisation is dated later than today. " + _CORRECT,
        "AUTHORISATION_LAPSED": "The authorisation has ended: get a new one, then draft again.",
        "ITEM_UNKNOWN": "Items are counted from 0 in the order of the request. " + _CORRECT,
        "ITEMS_LEFT": "Answer every item of the request, if only by saying that there is nothing.",
        "ANSWERS_TOO_MANY": "Put fewer answers or conditions into one exchange.",
        "NOTHING_TO_ACCEPT": "There are no conditions of use that wait. " + _LOOK,
        "CONDITIONS_NOT_ACCEPTED": "Accept the conditions of use first: act `accept_use_conditions`.",
        "SECRECY_NOT_ASKED": "The request did not ask for secrecy. " + _LOOK,
        "NO_RISK_REPORTED": "No risk waits for an answer. " + _LOOK,
        "FACT_MISSING": "The chain does not hold the time that this act builds on. " + _LOOK,
        "EFFECT_IMPLAUSIBLE": "effective_at lies between the request and now. " + _CORRECT,
        "EXPIRY_TOO_EARLY": "Order at least the sixty days of Article 42. " + _CORRECT,
        "EXPIRY_PAST": "The preservation has ended: ask again with a new request.",
        "EXPIRY_NOT_DUE": "The time has not run out yet; the node ends it by itself.",
        "REASON_UNKNOWN": "Choose a reason of this procedure; docs/reference/law.md. " + _CORRECT,
        "FISCAL_BARRED": "A fiscal character alone is no ground of refusal: choose another reason.",
        "BANK_SECRECY_BARRED": "Bank secrecy is no ground of refusal: choose another reason.",
        "GROUND_NOT_OPEN": "This ground is not open here. " + _CORRECT,
        "SUBCODE_UNKNOWN": "Choose a sub-code of this reason. " + _CORRECT,
        "LAW_NOT_CITED": "Cite the provision that the reason rests on. " + _CORRECT,
        "CONSULTATION_NEEDED": "Consult the other side first; this ground waits for it.",
        "CONSULTATION_OPEN": "The other side has not answered the consultation yet, and its time has not passed.",
        # Paper
        "ENGINE_MISSING": "Install longbien[documents]; docs/howto/forms.md.",
        "FONT_MISSING": "Install the fonts named above, or write it otherwise. A page with a letter too few is never made.",
        "PAGE_FAILED": "This is a fault of the program. Please report the line above with what was printed.",
        "LANGUAGES": "Name one or two languages, as in --languages en,vi.",
        "FILE_TOO_LARGE": "A filled form has at most 25 MiB; take out what is no part of it.",
        "FILE_EMPTY": "Look at the name of the file; there is nothing in it.",
        "FILE_UNKNOWN": "Read are JSON, mail, Word forms (.docx) and texts in UTF-8; docs/howto/forms.md.",
        "FILE_DAMAGED": _AGAIN,
        "MACROS_REFUSED": "Ask for the form without macros; none is ever run here.",
        "READER_MISSING": "Install longbien[documents]; docs/howto/forms.md.",
        "WRITER_MISSING": "Install longbien[documents]; docs/howto/forms.md.",
        "DAY_INVALID": "Write a day that exists, as 2026-01-31.",
        "PERIOD_ORDER": "Write the earlier day with --from and the later one with --to.",
        # Pouch and record
        "POUCH_FORMAT": "This file is no pouch of version 1. Look at its name.",
        "POUCH_KIND": "Requests go to `longbien pouch answer`, answers go to `longbien pouch settle`.",
        "POUCH_OTHER_ADDRESSEE": "This pouch is for another State: send it there. Nothing in it was opened.",
        "POUCH_UNKNOWN": "These answers are to no pouch of this node, or everything in it was settled long ago.",
        "POUCH_EMPTY": "Nothing waits for this State, so no file was written.",
        "ENVELOPE_NOT_FOR_US": "It is sealed with a key that this node has not, or has no more. Ask the sender to pack again.",
        "WRONG_ADDRESSEE": "It was signed for another State: send it there.",
        "SENDER_DIFFERS": "Carrier and signer differ: keep the file, and call.",
        # The node itself
        "NODE_EXISTS": "This store holds a node already; it is never founded twice.",
        "NODE_NOT_FOUNDED": "This store is empty: correct storage.url, or restore the back-up.",
        "PEER_DAMAGED": "The papers of a peer in the store do not verify any more. " + _HISTORY,
        "LOG_KEY_MISSING": "The key of the ledger is not in the folder `keys`: restore it from the back-up.",
        "TLS_KEY_MISSING": "The key of the node's certificate is not in the folder `keys`: restore it from the back-up.",
        "OWN_PAPERS_REFUSED": "This node's own papers do not hold; look at the clock of the machine, then docs/howto/keys.md.",
        "BROKEN": _HISTORY,
    }
)

# The beginning of a code, where all codes of one family are about the same thing.
FAMILIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CBOR_": _AGAIN,
        "CHAIN_": _AGAIN,
        "COSE_": _AGAIN,
        "ENVELOPE_": _AGAIN,
        "PARCEL_": _AGAIN,
        "FIELD_": _AGAIN,
        "FINGERPRINT_": "A fingerprint has sixteen groups of four digits; copy it from the signed sheet.",
        "DESCRIPTOR_": "docs/howto/keys.md says what this means and what to do. Do not accept it by hand.",
        "ROOT_": "docs/howto/keys.md says what this means and what to do. Do not accept it by hand.",
        "SEAL_KEYS_": "docs/howto/keys.md says what this means and what to do. Do not accept it by hand.",
        "SIGNATURE_": "It is not signed as it should be. Do not accept it by hand. " + _CALL,
        "SIGNER_": "It is not signed as it should be. Do not accept it by hand. " + _CALL,
        "SUITE_": "The algorithms are weaker than this State asks for. " + _CALL,
        "STATEMENT_": _HISTORY,
        "LEDGER_": _HISTORY,
    }
)

OTHERWISE: Final = "Keep this message and ask the operator of the node; docs/reference/exit-codes.md says what the code is about."


def remedy(code: str) -> str:
    """What to do about a code."""
    found = REMEDIES.get(code)
    if found is not None:
        return found
    return next((words for start, words in FAMILIES.items() if code.startswith(start)), OTHERWISE)
