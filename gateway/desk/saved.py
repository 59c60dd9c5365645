"""Views that somebody keeps under a name: a search or a worklist with its filters. Each person has his own."""

from typing import Final

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.common import Done
from gateway.desk.structs.search import SavedView, SavedViews
from gateway.store.views_port import KeptView

MOST: Final = 50
"""Views of one person."""


async def list_views(desk: Desk, caller: Caller) -> SavedViews:
    """Return the caller's views, by name."""
    return SavedViews(views=tuple(shown(view, SavedView) for view in await desk.store.views.saved(caller.name)))


async def save_view(desk: Desk, caller: Caller, body: SavedView) -> Done:
    """Keep a view, in place of the caller's own one of that list with its name.

    Raises ConflictError if there are too many, or another list, where it is not seen from here, has one with the name.
    """
    kept = {view.name: view.address for view in await desk.store.views.saved(caller.name)}
    if _list_of(kept.get(body.name, body.address)) != _list_of(body.address):
        raise ConflictError(f"Another list has a view “{body.name}” of yours: choose another name.")
    if len(kept.keys() | {body.name}) > MOST:
        raise ConflictError(f"You have {MOST} views: drop one first.")
    await desk.store.views.save(caller.name, KeptView(name=body.name, address=body.address))
    return Done(words=f"“{body.name}” is kept.")


def _list_of(address: str) -> str:
    return address.partition("?")[0]


async def drop_view(desk: Desk, caller: Caller, view: str) -> Done:
    """Drop one of the caller's views."""
    if not await desk.store.views.forget(caller.name, view):
        raise NotThereError(f"You have no view “{view[:60]}”.")
    return Done(words=f"“{view}” is dropped.")
