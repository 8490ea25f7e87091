"""What a running node shows to programs: the API beside the console, and the crier that goes to the hooks.

What it knows: which room writes calendars and figures for a room that may not know them. What it must never know: a route.
"""

import asyncio
import ipaddress
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from longbien.cli.commands import perform
from longbien.cli.evidencing import carries
from longbien.interop import figures
from longbien.interop.calendar import Due, calendar, meeting_calendar
from longbien.interop.court import bag
from longbien.interop.faults import NotMade
from longbien.node import Node
from longbien.node.config import Config, ConfigFault
from longbien.node.evidence_work import CourtWish, Outside
from longbien.node.meetings import Appointment
from longbien.paging.channels import secret
from longbien.web.api.answers import Refused
from longbien.web.api.api import Api
from longbien.web.api.app import routes
from longbien.web.api.pace import Pace
from longbien.web.api.shapes import RunningClock
from longbien.web.api.told import milliseconds
from longbien.web.crier import Crier, Reach
from longbien.web.oidc import Provider
from longbien.web.outgoing import Outgoing

# A program that follows a queue asks some times a second; one that guesses tokens is a stranger.
EACH_BURST, EACH_SECOND = 120, 20.0
STRANGERS_BURST, STRANGERS_SECOND = 30, 1.0


def outside(config: Config, node: Node) -> Outside:
    """What the network, the typesetter and the signature library do for evidence."""

    def court(exchange: bytes, wish: CourtWish) -> bytes:
        said: dict[str, object] = {
            "exchange": exchange.hex(),
            "languages": list(wish.languages),
            "stamp": config.time_stamp,
            "handed_to": wish.handed_to,
            "office": wish.office,
        }
        return bytes.fromhex(perform(node, "court", said)["file"])

    return Outside(
        carrier=partial(carries, node, limit=config.mbit_per_second),
        court=court,
        bag=lambda folder, raw, files, exchange, at: bag(folder, raw, files, exchange=exchange, at=at),
    )


def api_routes(
    config: Config, node: Node, workers: ThreadPoolExecutor, fatal: asyncio.Future[BaseException]
) -> tuple[BaseRoute, ...]:
    """The routes of the API."""
    api = Api(
        node=node,
        figures=figures.as_json,
        calendar=_calendar,
        agenda=_agenda,
        outside=outside(config, node),
        each=Pace(burst=EACH_BURST, each_second=EACH_SECOND),
        strangers=Pace(burst=STRANGERS_BURST, each_second=STRANGERS_SECOND),
    )
    return routes(api, workers, fatal)


def provider(config: Config) -> dict[str, Any]:
    """The identity provider that signs people in, and the way to it; nothing where none is set up. Raises `ConfigFault` CONFIG_SECRET, CONFIG_VALUE."""
    found = config.oidc
    if found is None:
        return {}
    try:
        people = tomllib.loads(found.people.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigFault("CONFIG_VALUE", f"oidc.people_file: {type(error).__name__}") from error
    if not all(isinstance(name, str) for name in people.values()):
        raise ConfigFault(
            "CONFIG_VALUE", 'oidc.people_file holds lines such as "subject" = "name of the person"'
        )
    inside = tuple(ipaddress.ip_network(network) for network in found.networks)
    return {
        "provider": Provider(
            issuer=found.issuer,
            client=found.client,
            secret=secret(found.secret),
            claim=found.claim,
            people=people,
        ),
        "outgoing": Outgoing(inside, found.authorities),
    }


def crier(config: Config, node: Node, workers: ThreadPoolExecutor) -> Crier:
    """Who tells the hooks."""
    inside = tuple(ipaddress.ip_network(network) for network in config.hook_networks)
    return Crier(node, workers, Reach(inside=inside, authorities=config.hook_authorities))


def _calendar(clocks: Sequence[RunningClock], now: int, language: str) -> bytes:
    due = [
        Due(
            exchange=clock.exchange,
            clock=clock.clock,
            labels={language: clock.label, "en": clock.label},
            due_at=milliseconds(clock.due_at),
            statutory=clock.statutory,
            reminders=clock.reminders,
            practice=clock.practice,
        )
        for clock in clocks
    ]
    try:
        return calendar(due, at=now, language=language)
    except NotMade as fault:
        raise Refused(fault.code, fault.detail) from fault


def _agenda(found: Sequence[Appointment], now: int) -> bytes:
    try:
        return meeting_calendar(found, at=now)
    except NotMade as fault:
        raise Refused(fault.code, fault.detail) from fault
