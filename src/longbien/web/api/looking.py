"""Routes about views: the built-in ones, counted, and those that an office keeps.

What it knows: what a view is. What it must never do: show a person's own views to a program.
"""

from longbien.node import views
from longbien.node.queue import COUNT_MAX, Reader, count, counts
from longbien.node.views import SavedView
from longbien.web.api import shapes, view_shapes
from longbien.web.api.answers import Answer, Call, Refused, granted


def built_in(call: Call) -> Answer:
    """The built-in views, each with its count."""
    found = counts(call.api.node, reader(call))
    return Answer(
        given=shapes.Views(
            items=tuple(
                shapes.ViewCount(view=view, count=counted, more=counted >= COUNT_MAX)
                for view, counted in found.items()
            )
        )
    )


def saved(call: Call) -> Answer:
    """The views of the token's office."""
    found = views.saved(call.api.node, reader(call))
    return Answer(given=view_shapes.SavedViews(items=tuple(_told(call, view) for view in found)))


def keep(call: Call) -> Answer:
    """A view is kept for the token's office."""
    wanted: view_shapes.ViewWanted = call.body
    view = SavedView(
        name=wanted.name,
        shared=True,
        view=wanted.view,
        search=wanted.q,
        columns=wanted.columns,
        order=wanted.order,
    )
    return Answer(given=_told(call, granted(views.keep(call.api.node, reader(call), view))), status=201)


def drop(call: Call) -> Answer:
    """A view is kept no more."""
    if not views.drop(call.api.node, reader(call), call.bytes("saved")):
        raise Refused("VIEW_UNKNOWN", call.path["saved"])
    return Answer(status=204)


def reader(call: Call, office: str = "") -> Reader:
    """The program that asks: for its own office, or for one that it names."""
    return Reader(office=office or ("" if call.token is None else call.token.office))


def _told(call: Call, view: SavedView) -> view_shapes.SavedView:
    counted, whole = count(call.api.node, reader(call), view.wish)
    return view_shapes.SavedView(
        saved=view.id.hex(),
        name=view.name,
        view=view.view,
        q=view.search,
        columns=view.columns,
        order=view.order,
        count=counted,
        more=not whole,
    )
