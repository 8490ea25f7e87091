"""What the statement vectors share: keys, one exchange, one descriptor."""

from wire_keys import grown, signer

KEYS = {
    "VN-1": signer("VN-1", 1),
    "RU-1": signer("RU-1", 1),
    "VN-2": signer("VN-2", 2),
    "RU-2": signer("RU-2", 2),
}
KEYS_BY_KID = {key.verify_key.kid: key.verify_key for key in KEYS.values()}
EXCHANGE = grown("exchange", 16)
DESCRIPTOR = grown("descriptor", 32)
