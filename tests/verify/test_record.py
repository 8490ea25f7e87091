"""The verifier accepts what happened and nothing else."""

import random
import subprocess
import sys

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.wire import cbor as first
from longbien.wire.cbor import Malformed
from longbien_verify import cbor as second
from longbien_verify.court import verify as verify_file
from longbien_verify.record import verify

MUTATIONS = 400


def altered(record: bytes, change) -> bytes:
    value = cbor2.loads(record)
    change(value)
    return first.encode(value, limit=1 << 26)


@pytest.mark.promise("P6")
def test_the_record_holds_and_names_every_step(played):
    report = verify(played.record, played.roots)
    assert report.findings == []
    assert report.ok
    assert [step.act for step in report.steps] == [
        "open",
        "acknowledge",
        "route",
        "accept",
        "authorise",
        "answer",
        "accept_use_conditions",
        "confirm_receipt",
    ]
    assert all(step.persons == 2 for step in report.steps)
    assert report.demonstration


@pytest.mark.promise("P6")
def test_the_exporter_s_acts_are_bounded_by_the_clock_of_the_other_side(played):
    report = verify(played.record, played.roots)
    own = [step for step in report.steps if step.party == report.steps[0].party]
    assert all(step.made_before is not None and step.witness == report.host for step in own)
    assert all(step.made_at <= step.made_before + 1000 for step in own)


@pytest.mark.promise("P7")
def test_any_change_of_a_byte_is_found(played):
    chance = random.Random(20261124)
    for _ in range(MUTATIONS):
        place = chance.randrange(len(played.record))
        changed = bytearray(played.record)
        changed[place] ^= 1 << chance.randrange(8)
        report = verify(bytes(changed), played.roots)
        if report.ok:
            # The exporter's own claims about the file itself are signed by nobody and prove nothing.
            before = cbor2.loads(played.record)
            after = cbor2.loads(bytes(changed))
            assert {name for name in before if before[name] != after[name]} <= {"exported_at", "exporter"}


@pytest.mark.promise("P7")
@pytest.mark.parametrize("cut", [1, 100, 5000, 100_000])
def test_a_cut_file_is_refused(played, cut):
    assert not verify(played.record[:-cut], played.roots).ok


def test_a_root_that_was_not_given_proves_nothing(played):
    report = verify(played.record, [played.roots[0], bytes(32)])
    assert not report.ok
    assert report.findings[0].startswith("ROOT_NOT_GIVEN")


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda value: value["chain"].pop(2), "CHAIN_BROKEN"),
        (lambda value: value["chain"].insert(0, value["chain"].pop(1)), "RECORD_UNREADABLE"),
        (
            lambda value: value["chain"][1].update(receipt=value["chain"][2]["receipt"]),
            "CHAIN_BROKEN",
        ),
        (lambda value: value["chain"][1].update(act=value["chain"][2]["act"]), "CHAIN_BROKEN"),
        (lambda value: value["papers"].popitem(), "LEDGER_OF_STRANGER"),
        (lambda value: value.update(format="longbien-record/2"), "RECORD_FORMAT"),
        (lambda value: value["cosigned"][0].update(witness=value["exporter"]), "COSIGNATURE_MISSING"),
    ],
)
def test_parts_that_do_not_belong_together_are_told_apart(played, change, code):
    report = verify(altered(played.record, change), played.roots)
    assert not report.ok
    assert report.findings[0].split()[0] == code


def test_a_shorter_record_verifies_and_says_that_it_cannot_exclude_more(played):
    def shorten(value):
        value["chain"] = value["chain"][:3]
        value["received"] = []
        value["cosigned"] = []

    report = verify(altered(played.record, shorten), played.roots)
    assert report.ok
    assert len(report.steps) == 3
    assert any("after the last entry" in sentence for sentence in report.not_proven)


@given(st.binary(max_size=2000))
def test_whatever_the_bytes_the_verifier_answers(data):
    assert not verify(data, [bytes(32)]).ok


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63))
    | st.binary(max_size=40)
    | st.text(max_size=40),
    lambda inside: st.lists(inside, max_size=5) | st.dictionaries(st.text(max_size=10), inside, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_both_decoders_read_the_same_value(value):
    try:
        raw = first.encode(value)
    except Malformed:
        return
    assert second.decode(raw) == first.decode(raw)


@given(st.binary(max_size=60))
def test_no_bytes_have_two_meanings(data):
    try:
        one = first.decode(data)
    except Malformed:
        one = None
    try:
        other = second.decode(data)
    except second.Unreadable:
        other = None
    assert one == other


@pytest.mark.promise("P6")
def test_the_demonstration_s_file_carries_evidence_both_ways_with_an_unbroken_custody(played):
    report = verify_file(played.court, played.roots)
    assert report.ok and report.gaps == []
    assert {item.party for item in report.items} == {"RU", "VN"}
    for item in report.items:
        other = {"RU": "VN", "VN": "RU"}[item.party]
        told = [(event.touch, event.party) for event in item.custody]
        mine = [(touch, item.party) for touch in ("collected", "sealed", "sent")]
        assert told[:5] == [*mine, ("received", other), ("verified", other)]


def test_the_demonstration_s_file_holds_where_longbien_is_not_installed(played, tmp_path):
    path = tmp_path / "exchange.asice"
    path.write_bytes(played.court)
    program = (
        "import sys; sys.modules['longbien'] = None\n"
        "from longbien_verify.command import run\n"
        f"sys.exit(run([{str(path)!r}, '--root', {played.roots[0].hex()!r}, '--root', {played.roots[1].hex()!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "HOLDS" in done.stdout
    wrong = subprocess.run(
        [sys.executable, "-c", program.replace(played.roots[1].hex(), "00" * 32)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert wrong.returncode == 1
    assert "ROOT_NOT_GIVEN" in wrong.stdout
