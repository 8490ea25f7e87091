"""A plain valid body for any act of any procedure, read from its fields: so that a playbook says only what matters.

Everything written here is invented and says so. Times lean on `at`, the ms at which the act is ordered.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from longbien.exercise.office import NUMBER
from longbien.law import Field, Rules, write_instant
from longbien.law.instants import DAY, HOUR, day_of, write_day
from longbien.wire.cbor import Value

ASSURANCE = "We would do the same in a like case (invented)."


def body(
    rules: Rules,
    act: str,
    at: int,
    sender: str,
    receivers: Sequence[str],
    changes: Mapping[str, Value] = MappingProxyType({}),
) -> dict[str, Value]:
    """Required fields, those that another field's value makes necessary, and the authorisation of a coercive measure;
    `changes` take the place of what would stand there.
    """
    return _Filler(rules, act, at, sender, receivers).record(rules.acts[act].fields, changes)


class _Filler:
    def __init__(self, rules: Rules, act: str, at: int, sender: str, receivers: Sequence[str]) -> None:
        self.rules, self.act, self.at = rules, act, at
        self.sender, self.receivers = sender, list(receivers)

    def record(
        self, fields: Sequence[Field], changes: Mapping[str, Value] = MappingProxyType({})
    ) -> dict[str, Value]:
        wanted = [field for field in fields if field.required or self.coerces(field)]
        filled = {**{field.name: self.field(field) for field in wanted}, **changes}
        for field in fields:
            needed = any(filled.get(name) in values for name, values in field.needed_when)
            if field.name not in filled and (needed or field.needed_with in filled):
                filled[field.name] = self.field(field)
        return filled

    def coerces(self, field: Field) -> bool:
        return field.type == "authorisation" and self.rules.coercive

    def field(self, field: Field) -> Value:
        if field.many and field.name == "to_states":
            return sorted(self.receivers)
        one = self.value(field)
        return [one] * max(field.minimum or 0, 1) if field.many else one

    def value(self, field: Field) -> Value:
        special = self.special(field)
        if special is not None:
            return special
        if field.type in self.rules.types:
            return self.record(self.rules.types[field.type].fields)
        return {
            "text": f"{field.name} (invented)"[: self.longest(field)],
            "longtext": f"{field.name} in a few words (invented)"[: self.longest(field)],
            "office_ref": "Office (illustrative)",
            "case_ref": "CASE-2026-1",
            "lang": "en",
            "state": "KZ",
            "code": "USD",
            "name": "reciprocity",
            "date": write_day(day_of(self.at) + 30),
            "datetime": write_instant(self.at - HOUR),
            "bool": field.must_be is True,
            "int": 0 if field.many else 1 if field.minimum is None else field.minimum,
            "enum": field.values[0] if field.values else "",
            "exchange_ref": bytes(range(16)),
            "digest": bytes(range(32)),
        }[field.type]

    def longest(self, field: Field) -> int:
        return (None if field.many else field.maximum) or 400

    def special(self, field: Field) -> Value:
        """Names whose plain filling would not be valid."""
        if field.type == "reason":
            return self.reason()
        if field.type == "legal_basis":
            return {"instrument": "reciprocity", "assurance": ASSURANCE}
        if field.type == "period":
            return {"from": "2026-10-01T00:00:00Z", "to": "2026-10-08T00:00:00Z"}
        if field.type == "account_id":
            return {"kind": "domain", "value": "c2.example.net", "observed_at": "2026-11-14T19:20:00Z"}
        if field.type == "offence":
            return {
                "code": "HC-10",
                "domestic": "Penal Code (invented)",
                "max_years": 12,
                "mode": "principal",
            }
        names: Mapping[str, Value] = {
            "from_state": self.sender,
            "to_state": self.receivers[0] if self.receivers else None,
            "scope_limb": "b" if "b" in self.rules.scope_limbs else next(iter(self.rules.scope_limbs), None),
            "number": NUMBER if self.act == "call_back" else None,
            "amount": "12500.00",
            "date": write_day(day_of(self.at)),
            "expires": write_day(day_of(self.at) + 90),
            "until": write_instant(self.at + 30 * DAY) if field.type == "datetime" else None,
        }
        return names.get(field.name)

    def reason(self) -> Value:
        """The first ground that this act is open for."""
        guards = {guard for row in self.rules.flow.rows if row.act == self.act for guard in row.guards}
        grounds = self.rules.acts[self.act].grounds
        codes = grounds.allowed
        if "ground_of_inability" in guards:
            codes = grounds.cannot
        elif "ground_to_postpone" in guards:
            codes = grounds.postpone
        elif not {"consulted"} & guards:
            codes = tuple(
                code for code in codes if self.rules.reasons[code].consult not in grounds.consult_before
            )
        reason = self.rules.reasons[codes[0]]
        written: dict[str, Value] = {
            "code": reason.code,
            "text": "Reasons (invented)",
            "law": "Code, Art. 1 (illustrative)",
        }
        return {**written, "subcode": reason.subcodes[0]} if reason.subcodes else written
