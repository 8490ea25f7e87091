"""Opening a node from its folder, and making that folder in the first place.

What it knows: where on the disk a node keeps what. What it must never know: who asked. The one module of this room that
takes the machine's own clock and entropy.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from obstore.exceptions import BaseError

from longbien.carry.place import Place, place_at
from longbien.keys import FileKeyStore, Office, Peer, Purpose, Wanted
from longbien.keys.lifetimes import ROOT_LONGEST
from longbien.node import relining
from longbien.node.config import FILE, Config, ConfigFault
from longbien.node.evidence.retention import Spans
from longbien.node.founding import Wishes, found_papers
from longbien.node.intake import GIB
from longbien.node.lawbook import shipped
from longbien.node.node import Node, World, found
from longbien.node.passkeys import WebAuthnCheck
from longbien.store import Store
from longbien.wire import selftest
from longbien.wire.suites import PRODUCTION

HOLDERS, THRESHOLD = 3, 2


def machine_now() -> int:
    """The machine's clock, in ms."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `node init` was told. `listen` and `endpoint` are where peers find the node, `console` and `origin` where its officers do."""

    party: str
    name: str
    mode: str
    listen: str
    endpoint: str
    host_name: str
    offices: Sequence[Office]
    storage: str
    witness_seconds: int
    console: str = ""
    origin: str = ""
    sample_keys: str = ""


def make_folder(folder: Path, plan: Plan, passphrase: str) -> Peer:
    """A new node in `folder`: configuration, keys, papers, store with its first leaf.

    The keys of the root's holders are made in `root/holder-N`, each a store of its own with the same passphrase until its
    holder changes it; they belong on offline media before the node goes live (docs/howto/keys.md).

    Raises:
        ConfigFault: FOLDER_NOT_EMPTY.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ConfigFault("FOLDER_NOT_EMPTY", str(folder))
    selftest.check(PRODUCTION)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = machine_now()
    (folder / FILE).write_text(_config_text(plan), "utf-8")
    (folder / "root").mkdir(mode=0o700)
    holders = []
    for number in range(1, HOLDERS + 1):
        own_store = FileKeyStore.create(folder / "root" / f"holder-{number}", passphrase)
        wanted = Wanted(
            purpose=Purpose.ROOT, suite=2, label="", made_at=now, since=now, until=now + ROOT_LONGEST
        )
        holders.append(own_store.signer(own_store.make(wanted).kid))
    keystore = FileKeyStore.create(folder / "keys", passphrase)
    wishes = Wishes(
        party=plan.party,
        name=plan.name,
        mode=plan.mode,
        offices=tuple(plan.offices),
        endpoints=(plan.endpoint,),
        host_names=(plan.host_name,),
        suite=1,
    )
    own = found_papers(
        wishes, keystore=keystore, holders=holders, threshold=THRESHOLD, now=now, suites=PRODUCTION
    )
    with Store(plan.storage or f"sqlite:///{folder.resolve() / 'node.db'}") as store:
        found(store, own)
    return own


def open_node(config: Config, passphrase: str) -> Node:
    """The node in a folder, the same way after a clean stop and after a crash.

    Raises:
        KeyFault, StoreFault, LawFault, Broken, SelfTestFailed, PrimitiveMissing: each with its code.
    """
    selftest.check(PRODUCTION)
    keystore = FileKeyStore(config.keys, passphrase)
    world = World(
        lawbook=shipped(config.law),
        suites=PRODUCTION,
        passkeys=WebAuthnCheck(
            relying_party=config.relying_party,
            origin=config.origin,
            software_allowed=config.software_passkeys,
        ),
        now=machine_now,
        entropy=os.urandom,
        witness_every=config.witness_seconds * 1000,
        objects=_place(config),
        spans=Spans(grace=config.grace_days, keep=config.keep_days),
        intake=config.intake,
        upload_max=config.upload_gib * GIB,
    )
    store = Store(config.storage)
    try:
        node = Node(store, keystore, world)
        relining.ensure(node)
        return node
    except BaseException:
        store.close()
        raise


def _place(config: Config) -> Place:
    """Where sealed evidence lies: in the node's folder, or in the bucket that is configured."""
    try:
        return place_at(config.objects, config.evidence)
    except (BaseError, ValueError) as fault:
        raise ConfigFault("CONFIG_VALUE", f"evidence.store: {fault}") from fault


def _config_text(plan: Plan) -> str:
    demo = plan.mode != "live"
    origin = plan.origin or f"https://{plan.host_name}"
    lines = [
        "# The configuration of one Longbien node. Every key is described in docs/reference/configuration.md.",
        "[node]",
        f'party = "{plan.party}"',
        f'mode = "{plan.mode}"',
        "[peer]",
        f'listen = "{plan.listen}"',
        "[approval]",
        f'relying_party = "{urlsplit(origin).hostname}"',
        f'origin = "{origin}"',
        f"software_passkeys = {str(demo).lower()}",
        "[clock]",
        f"witness_seconds = {plan.witness_seconds}",
    ]
    if plan.console:
        lines += ["[web]", f'listen = "{plan.console}"']
        lines += [f'sample_keys = "{plan.sample_keys}"'] if plan.sample_keys else []
    if plan.storage:
        lines += ["[storage]", f'url = "{plan.storage}"']
    return "\n".join(lines) + "\n"
