"""What an officer does, a program does: a preservation from the empty form to the record, through the API alone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from law import sample
from longbien.keys import encode_chain
from longbien.ledger import receipt as receipts
from longbien.node import pin_challenge
from longbien.node.tokens import TOGETHER, Scope
from longbien.web.api import shapes
from longbien.web.client import ApiProblem, Client
from longbien_verify.record import verify
from node.pair import NOW, OFFICE, side

from .served import Served, served, shown, stranger

BODIES = sample.preservation(NOW)


@pytest.fixture
def api() -> Iterator[Served]:
    with served() as made:
        yield made


def opened(api: Served) -> str:
    draft = api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    api.approve(draft)
    return api.client.send(draft.draft).exchange


@pytest.mark.promise("P6")
@pytest.mark.promise("P9")
def test_a_program_asks_preserves_and_proves_with_officers_approving_by_passkey(api):
    client = api.client
    names = {item.procedure for item in client.procedures()}
    assert {"preservation", "extradition"} <= names
    schema = client.schema("preservation", "open")
    Draft202012Validator.check_schema(schema)
    lacking = client.check("preservation", "open", {"urgency": "urgent"}, language="fr")
    assert not lacking.complete
    assert {"facts", "items"} <= {gap.path for gap in lacking.gaps}
    assert client.check("preservation", "open", BODIES["open"]).complete

    draft = client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    assert (draft.needed, draft.approvals, draft.body["urgency"]) == (2, (), "urgent")
    with pytest.raises(ApiProblem, match="TWO_PERSONS_NEEDED"):
        client.send(draft.draft)
    api.approve(draft)
    sent = client.send(draft.draft)
    assert client.send(draft.draft) == sent
    assert client.draft(draft.draft).statement == sent.statement
    assert client.act(sent.statement).waiting[0].party == "RU"
    (line,) = client.exchanges(view="theirs").items
    assert (line.exchange, line.stage, line.others) == (sent.exchange, "", ("RU",))
    api.two.deliver()

    matter = client.exchange(sent.exchange, language="ru", office=OFFICE)
    assert matter.yes.delivered is not None
    assert matter.yes.acknowledged is None
    assert matter.opening.faults == ()
    assert {item.act for item in matter.next if item.open} >= {"withdraw", "ask_status"}
    assert not matter.title.isascii()
    assert client.provenance(sent.exchange)[0].party == "VN"
    for act in ("acknowledge", "order"):
        api.there.act(act, BODIES[act], exchange=bytes.fromhex(sent.exchange))
    api.two.deliver()
    further = client.write(sent.exchange, "ask_extension", BODIES["ask_extension"], office=OFFICE)
    api.approve(further)
    assert not client.send(further.draft).placed
    assert [event.act for event in client.exchange(sent.exchange).events] == [
        "open",
        "acknowledge",
        "order",
        "ask_extension",
    ]
    roots = [side.node.directory.own.pinned for side in api.two.sides.values()]
    report = verify(client.record(sent.exchange), roots)
    assert report.ok, report.findings
    assert [step.act for step in report.steps] == ["open", "acknowledge", "order"]


def test_what_the_node_is_and_knows(api):
    client = api.client
    node = client.node()
    assert (node.party, node.mode, node.offices) == ("VN", "demo", (OFFICE,))
    assert client.token().scopes == tuple(sorted(TOGETHER))
    own, other = client.parties("fr")
    assert (own.party, own.own, other.party, other.own) == ("VN", True, "RU", False)
    assert other.name == "Fédération de Russie"
    assert other.offices[0].office == OFFICE
    head = client.head()
    assert head.size == node.ledger_size
    receipt = receipts.decode(client.receipt(0))
    api.here.node.directory.receipt("VN", receipt)
    papers = client.papers()
    assert papers.party == "VN"
    for leaf in (head.size, 10**14):
        with pytest.raises(ApiProblem, match="404 LEAF_UNKNOWN"):
            client.receipt(leaf)


def test_clocks_and_numbers_are_those_of_the_node(api):
    exchange = opened(api)
    api.two.deliver()
    clocks = api.client.clocks("es")
    assert {clock.exchange for clock in clocks} == {exchange}
    assert all(not clock.label.isupper() for clock in clocks)
    assert api.client.calendar("es").endswith(b" es")
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert api.client.statistics(*year, practice=True)["format"] == "longbien-statistics/1"
    with pytest.raises(ApiProblem, match="422 PERIOD_ORDER"):
        api.client.statistics(*reversed(year))


def test_a_page_goes_on_where_it_ended_and_a_view_says_how_much_it_has(api):
    exchanges = {opened(api) for _ in range(3)}
    first = api.client.exchanges(limit=2)
    assert len(first.items) == 2
    rest = api.client.exchanges(limit=2, cursor=first.cursor)
    assert rest.cursor is None
    assert {item.exchange for item in (*first.items, *rest.items)} == exchanges
    assert {line.exchange for line in api.client.every(q="hospital")} == exchanges
    counted = {view.view: view.count for view in api.client.views()}
    assert (counted["everything"], counted["theirs"], counted["ours"]) == (3, 3, 0)
    since = datetime.fromtimestamp((NOW + 1) / 1000, UTC)
    assert list(api.client.every(updated_since=since)) == []


def test_a_note_names_what_was_looked_at_and_never_writes_over_another(api):
    exchange = opened(api)
    seen = api.client.handling(exchange)
    noted = api.client.set_handling(exchange, shapes.HandlingWanted(tags=("a",)), seen.version)
    assert noted.handling.tags == ("a",)
    with pytest.raises(ApiProblem, match="412 CHANGED_MEANWHILE"):
        api.client.set_handling(exchange, shapes.HandlingWanted(), seen.version)
    assert api.client.handling(exchange) == noted
    assert api.client.set_handling(exchange, shapes.HandlingWanted(), "*").handling.tags == ()
    with pytest.raises(ApiProblem, match="404 EXCHANGE_UNKNOWN"):
        api.client.handling("0" * 32)
    with pytest.raises(ApiProblem, match="422 OFFICER_UNKNOWN"):
        api.client.set_handling(exchange, shapes.HandlingWanted(owner="0" * 32), "*")


@pytest.mark.promise("P9")
def test_no_token_approves_whatever_its_scopes(api):
    draft = api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    (assertion,) = api.here.sign(bytes.fromhex(draft.challenge), 1)
    # Even a good passkey is not taken beside a token: what is automatic does not stand next to what a person does.
    with pytest.raises(ApiProblem, match="403 TOKEN_CANNOT_APPROVE"):
        api.client._ask("POST", f"/drafts/{draft.draft}/approvals", shown(assertion))
    with pytest.raises(ApiProblem, match="401 PASSKEY_UNKNOWN"):
        api.client.approve(draft.draft, shown(stranger(api.here).sign(bytes.fromhex(draft.challenge), 1)))
    (other,) = api.here.sign(bytes(32), 1)
    with pytest.raises(ApiProblem, match="401 PASSKEY_INVALID"):
        api.client.approve(draft.draft, shown(other))
    empty = shapes.PasskeyAssertion(
        id="", response=shapes.AssertionResponse(client_data="", authenticator_data="", signature="")
    )
    with pytest.raises(ApiProblem, match="401 PASSKEY_INVALID"):
        api.client.approve(draft.draft, empty)
    assert api.client.draft(draft.draft).approvals == ()
    api.client.approve(draft.draft, shown(assertion))
    with pytest.raises(ApiProblem, match="409 APPROVED_ALREADY"):
        api.client.approve(draft.draft, shown(api.here.sign(bytes.fromhex(draft.challenge), 1)[0]))
    assert [item.draft for item in api.client.drafts()] == [draft.draft]


def test_a_token_of_one_office_works_for_that_office_alone(api):
    mine = api.as_(Scope.CASES_DRAFT, Scope.CASES_READ, Scope.CASES_SEND, office=OFFICE)
    draft = mine.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    with pytest.raises(ApiProblem, match="403 OFFICE_OTHER"):
        mine.open("preservation", ["RU"], BODIES["open"], office="elsewhere")
    assert [item.draft for item in mine.drafts()] == [draft.draft]


def test_two_officers_pin_a_party_through_the_api(api):
    third = side("KZ", "sqlite://")
    pinned = third.node.directory.own.pinned
    chain = encode_chain(third.node.chain).hex()
    one, two = map(shown, api.here.sign(pin_challenge("KZ", pinned)))
    with pytest.raises(ApiProblem, match="422 PIN_TWO_PERSONS"):
        api.client.pin(shapes.PinWanted(chain=chain, fingerprint=pinned.hex(), assertions=(one,)))
    one, two = map(shown, api.here.sign(pin_challenge("KZ", pinned)))
    made = api.client.pin(shapes.PinWanted(chain=chain, fingerprint=pinned.hex(), assertions=(one, two)))
    assert made.party == "KZ"
    assert "KZ" in {party.party for party in api.client.parties()}
    third.store.close()


def test_a_client_says_what_is_no_answer_of_a_node(api):
    with pytest.raises(ValueError, match="address"):
        Client("node.example", "x")
    wrong = api.with_("lbt_wrong")
    with pytest.raises(ApiProblem, match="401 TOKEN_INVALID") as told:
        wrong.node()
    assert told.value.again_in is None
