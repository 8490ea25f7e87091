"""Bodies in JSON as hypothesis writes them: mostly what a form would hold, now and then anything at all."""

from hypothesis import strategies as st

from longbien.law import Field, RecordType
from longbien.law.kinds import INT_MAX, TEXT_MAX

DAYS = [
    "2024-02-29",
    "2023-02-29",
    "2000-02-29",
    "1900-02-29",
    "0000-01-01",
    "2026-04-31",
    "2026-12-31",
    "2026-1-1",
    "9999-12-31",
]
INSTANTS = [
    "2026-11-14T18:57:03Z", "2024-02-29T23:59:59.123456789+14:00", "2023-02-29T00:00:00Z", "2026-11-14T18:57:03",
    "2026-11-14T18:57:03-00:00", "2026-11-14T24:00:00Z", "2026-11-14T18:57:60Z", "2026-11-14T18:57:03+15:00",
    "9999-12-31T23:59:59-14:00", "9998-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "0002-01-01T00:00:00+14:00",
    "2026-11-14T18:57:03Z\n", "2026-11-14t18:57:03z", "2026-11-14T18:57:03.1234567890Z",
]  # fmt: skip
EDGES = [
    "",
    " ",
    "\n",
    "a\nb",
    "a\n",
    "\u2028",
    "\u00a0",
    "\ufeff",
    "\u202ea",
    "\ud800",
    "\x00",
    "x" * TEXT_MAX,
    "x" * (TEXT_MAX + 1),
    "Nguyễn",
    "😀",
]
NAMES = ["VN", "VN\n", "OWN-LAW", "ru-vn-1998", "en", "zh-Hans", "x" * 49, "A" * 33]
HEX = ["", "00" * 16, "AB" * 16, "00" * 32, "0" * 33, "zz", "00 " * 16]

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-2, max_value=200)
    | st.sampled_from([INT_MAX, INT_MAX + 1, 0.5])
    | st.sampled_from([*DAYS, *INSTANTS, *EDGES, *NAMES])
    | st.sampled_from([{"$hex": digits} for digits in HEX] + [{"$hex": 7}, {"$hex": "00" * 16, "more": 1}])
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)

KINDS = {
    "date": st.sampled_from(DAYS),
    "datetime": st.sampled_from(INSTANTS),
    "bool": st.booleans(),
    "exchange_ref": st.just({"$hex": "00" * 16}),
    "digest": st.just({"$hex": "ab" * 32}),
}


def body_of(fields: tuple[Field, ...], types: dict[str, RecordType]) -> st.SearchStrategy:
    """An object with most of these fields, and sometimes one more."""
    required = {
        field.name: value_of(field, types) for field in fields if field.required and not field.or_else
    }
    optional = {field.name: value_of(field, types) for field in fields if field.name not in required}
    whole = st.fixed_dictionaries(required, optional=optional)
    lacking = st.tuples(whole, st.sampled_from([*required, "nothing"])).map(
        lambda pair: {name: value for name, value in pair[0].items() if name != pair[1]}
    )
    stranger = st.tuples(whole, st.text(max_size=4), ANYTHING).map(
        lambda three: {three[1]: three[2], **three[0]}
    )
    return st.one_of(whole, whole, whole, lacking, stranger)


def value_of(field: Field, types: dict[str, RecordType]) -> st.SearchStrategy:
    """A value that mostly fits the field."""
    if field.many:
        one = _single(field, types)
        low = field.minimum or 0
        lists = st.lists(one, min_size=low, max_size=low + 2)
        fits = st.one_of(lists, lists, lists, st.lists(one, max_size=low))
    else:
        fits = _single(field, types)
    return st.integers(0, 19).flatmap(lambda dice: ANYTHING if dice == 0 else fits)


def _single(field: Field, types: dict[str, RecordType]) -> st.SearchStrategy:
    if field.type in types:
        return st.deferred(lambda: body_of(types[field.type].fields, types))
    if field.type == "enum":
        return st.sampled_from([*field.values, *field.values, "none_of_these"])
    if field.type == "int":
        low, high = field.minimum or 0, field.maximum or INT_MAX
        return st.sampled_from([low, low, high, low - 1, high + 1])
    if field.type in KINDS:
        return KINDS[field.type]
    high = field.maximum or TEXT_MAX
    return st.sampled_from(
        ["Text", "Text", "Dữ liệu", "x" * min(high, 700), "x" * min(high + 1, 700), *EDGES, *NAMES]
    )
