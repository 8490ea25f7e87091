"""Orders to providers for programs: written with a token, signed by a passkey of somebody else, never by the token."""

from datetime import UTC, datetime

import pytest

from longbien.node import orders, providers
from longbien.web.api import order_shapes
from longbien.web.client import ApiProblem
from node.pair import OFFICE

from .served import served, shown


def test_a_program_writes_an_order_an_officer_signs_it_and_both_sides_speak():
    with served() as api:
        node = api.here.node
        firm = providers.add_provider(node, "Hosting One", by=bytes(16))
        providers.invite(node, firm.id, "Desk (invented)", by=bytes(16))
        client = api.client
        assert [(item.name, item.people) for item in client.providers()] == [("Hosting One", 1)]
        wanted = order_shapes.OrderWanted(
            provider=firm.id.hex(),
            kind="preserve",
            reference="P-1",
            basis="An article (illustrative)",
            text="Keep the connections of 198.51.100.23.",
            due_at=datetime(2026, 12, 1, tzinfo=UTC),
            office=OFFICE,
        )
        order = client.draft_order(wanted)
        assert (order.stage, order.code) == ("draft", "")
        with pytest.raises(ApiProblem, match="409 ORDER_OVER"):
            client.say_order(order.order, "Too early.")
        # A program stands behind nothing: the first officer takes the order on, and only a second one sends it out.
        first, second = api.here.sign(bytes.fromhex(order.challenge))
        assert client.issue_order(order.order, shown(first)).stage == "draft"
        (again, _) = api.here.sign(bytes.fromhex(order.challenge))
        with pytest.raises(ApiProblem, match="APPROVED_ALREADY"):
            client.issue_order(order.order, shown(again))
        issued = client.issue_order(order.order, shown(second))
        assert (issued.stage, len(issued.code)) == ("issued", 11)
        with pytest.raises(ApiProblem, match="409 ORDER_ISSUED"):
            client.issue_order(order.order, shown(second))
        with node.store.transaction() as tx:
            row = tx.orders.order(bytes.fromhex(order.order))
        orders.say(node, row, "Which one?", by=b"p" * 16, ours=False)
        assert [word.ours for word in client.say_order(order.order, "The first.").words] == [False, True]
        assert client.close_order(order.order, "Taken back.").why == "Taken back."
        assert [item.stage for item in client.orders()] == ["closed"]
        with pytest.raises(ApiProblem, match="404 ORDER_UNKNOWN"):
            client.order("00" * 16)
        with pytest.raises(ApiProblem, match="SCOPE_MISSING"):
            api.as_("cases:read").draft_order(wanted)
