"""The published vectors hold here, and the script that makes them makes these."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from longbien.keys import Peer, Refused, advance, pin, seal_key_for
from longbien.keys.descriptor import decode_descriptor, encode_descriptor
from longbien.keys.fingerprint import grouped, spoken
from longbien.keys.root import decode_root, encode_root, fingerprint_of
from longbien.keys.seal_keys import decode_seal_keys, encode_seal_keys
from longbien.wire import PRODUCTION, Malformed

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
CHAIN = json.loads((VECTORS / "keys/chain.json").read_text())
PAPERS = {name: bytes.fromhex(raw) for name, raw in CHAIN["papers"].items()}
PINNED = bytes.fromhex(CHAIN["pinned"])


def cases(path: str) -> pytest.MarkDecorator:
    read = json.loads((VECTORS / path).read_text())["cases"]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in read])


def judge(case: Any, read: Callable[[bytes], Any], write: Callable[[Any], bytes]) -> None:
    payload = bytes.fromhex(case["hex"])
    if case["expect"] == "accept":
        assert write(read(payload)) == payload
        return
    with pytest.raises(Malformed) as refused:
        read(payload)
    assert refused.value.code == case["expect"]


@cases("keys/root.json")
def test_root_documents(case: Any) -> None:
    judge(case, decode_root, encode_root)
    if "fingerprint" in case:
        fingerprint = fingerprint_of(bytes.fromhex(case["hex"]))
        assert (fingerprint.hex(), grouped(fingerprint), spoken(fingerprint)) == (
            case["fingerprint"],
            case["grouped"],
            case["spoken"],
        )


@cases("keys/descriptor.json")
def test_descriptors(case: Any) -> None:
    judge(case, decode_descriptor, encode_descriptor)


@cases("keys/seal-keys.json")
def test_seal_keys(case: Any) -> None:
    judge(case, decode_seal_keys, encode_seal_keys)


@cases("keys/chain.json")
def test_chains(case: Any) -> None:
    offered = [PAPERS[name] for name in case["offered"]]
    answer: Peer | Refused
    if case["held"]:
        held = pin([PAPERS[name] for name in case["held"]], PINNED, 1_800_000_000_000, suites=PRODUCTION)
        assert isinstance(held, Peer)
        answer = advance(held, offered, case["now"], suites=PRODUCTION)
    else:
        answer = pin(offered, PINNED, case["now"], suites=PRODUCTION)
    if isinstance(answer, Refused):
        assert answer.code == case["expect"]
        return
    reads = case["reads"]
    assert case["expect"] == "accept"
    assert (answer.root.version, answer.descriptor.version) == (reads["root"], reads["descriptor"])
    seal_key = seal_key_for(answer, case["now"])
    assert reads["seal_key"] == (seal_key.code if isinstance(seal_key, Refused) else seal_key.kid.hex())
    assert {kid.hex(): dict(sizes) for kid, sizes in answer.revoked.items()} == reads["revoked"]


def test_the_script_makes_exactly_these_files(monkeypatch: pytest.MonkeyPatch) -> None:
    make = VECTORS / "make"
    monkeypatch.syspath_prepend(str(make))
    # The makers of several rooms are plain scripts; what one test loads must not be seen by another.
    before = set(sys.modules)
    spec = importlib.util.spec_from_file_location("make_keys_vectors", make / "keys.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(script)
        for path, text in script.files().items():
            assert (VECTORS / path).read_text() == text, path
    finally:
        for name in set(sys.modules) - before:
            if name.startswith(("keys_", "wire_")):
                del sys.modules[name]
