"""Views that an office keeps, by the API: the same as in the console, and never those of a person."""

import pytest

from longbien.node import tokens, views
from longbien.node.queue import Reader
from longbien.node.tokens import Scope
from longbien.node.views import SavedView
from longbien.web.api.view_shapes import ViewWanted
from longbien.web.client import ApiProblem
from node.pair import OFFICE

from .served import served


def test_an_office_keeps_views_and_a_program_reads_along_them():
    with served() as api:
        client = api.as_(*tokens.TOGETHER, office=OFFICE)
        me = Reader(person=bytes(16), office=OFFICE)
        views.keep(api.here.node, me, SavedView(name="A person's own"))
        kept = client.keep_view(ViewWanted(name="Hospitals", q="tag:hospital", order="opened"))
        assert (kept.count, kept.more) == (0, False)
        assert [view.name for view in client.saved_views()] == ["Hospitals"]
        assert [view.name for view in views.saved(api.here.node, me)] == ["A person's own", "Hospitals"]
        assert client.exchanges(view=kept.view, q=kept.q, order=kept.order).items == ()
        reader = api.as_(Scope.CASES_READ, office=OFFICE)
        with pytest.raises(ApiProblem, match="SCOPE_MISSING"):
            reader.drop_view(kept.saved)
        client.drop_view(kept.saved)
        with pytest.raises(ApiProblem, match="VIEW_UNKNOWN"):
            client.drop_view(kept.saved)
        with pytest.raises(ApiProblem, match="VIEW_INVALID"):
            client.keep_view(ViewWanted(name="two\nlines"))
