"""What the fields of a record alone cannot say: a closed registry of named checks.

Each check sees one record that is well typed field by field, and answers None or (code, field). It must never
look beyond that record; what spans an act or an exchange is a guard.
"""

import ipaddress
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from longbien.law import facts
from longbien.law.instants import read_instant
from longbien.law.situation import Facts

RecordCheck: TypeAlias = Callable[[Facts], tuple[str, str] | None]

SERIOUS_CRIME_YEARS: Final = (
    4  # Art. 2: "serious crime", maximum penalty of at least four years (P UNTOC 2(b))
)


def _account_value(record: Facts) -> tuple[str, str] | None:
    """`ip_port` holds address and port: where addresses are shared, one without its port is nobody's."""
    if facts.text(record, "kind") != "ip_port":
        return None
    address, _, port = (facts.text(record, "value") or "").rpartition(":")
    try:
        ipaddress.ip_address(address.removeprefix("[").removesuffix("]"))
    except ValueError:
        return ("FIELD_INVALID", "value")
    fits = port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65_535
    return None if fits else ("FIELD_INVALID", "value")


def _offence_scope(record: Facts) -> tuple[str, str] | None:
    """The code SC (any serious crime) stands only with a maximum penalty of at least four years."""
    years = facts.number(record, "max_years")
    if facts.text(record, "code") == "SC" and years is not None and years < SERIOUS_CRIME_YEARS:
        return ("SERIOUS_CRIME_THRESHOLD", "max_years")
    return None


def _period_order(record: Facts) -> tuple[str, str] | None:
    """A period ends after it begins."""
    start = read_instant(facts.text(record, "from") or "")
    end = read_instant(facts.text(record, "to") or "")
    if isinstance(start, int) and isinstance(end, int) and start >= end:
        return ("FIELD_INVALID", "to")
    return None


def _money_amount(record: Facts) -> tuple[str, str] | None:
    """Digits with at most one point: what one State writes every other reads the same."""
    whole, _, fraction = (facts.text(record, "amount") or "").partition(".")
    fits = all(part.isascii() and part.isdigit() for part in (whole, fraction or "0"))
    return None if fits else ("FIELD_INVALID", "amount")


CHECKS: Final[Mapping[str, RecordCheck]] = MappingProxyType(
    {
        "account_value": _account_value,
        "money_amount": _money_amount,
        "offence_scope": _offence_scope,
        "period_order": _period_order,
    }
)
