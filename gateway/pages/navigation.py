"""What stands on the left of every page: groups of places to go to, some with a count of what waits there. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from gateway.desk.access import Caller, Right
from gateway.desk.structs.lists import ListName


class Place(msgspec.Struct, frozen=True):
    """One page to go to."""

    label: str
    address: str
    counts: ListName | None = None
    """The list whose rows are counted beside it."""
    key: str = ""
    """The key that leads there."""
    right: Right = Right.READ
    tasks: bool = False
    """Whether open tasks are counted beside it."""
    urgent: bool = False
    """Whether what waits there should stand out."""
    also: tuple[str, ...] = ()
    """Beginnings of other addresses that belong to it."""


class PlaceGroup(msgspec.Struct, frozen=True):
    """Places under one heading; the first group has none."""

    heading: str
    places: tuple[Place, ...]


def _list(label: str, name: ListName, *, urgent: bool = False) -> Place:
    return Place(label, f"/lists/{name}", counts=name, urgent=urgent)


GROUPS: Final = (
    PlaceGroup("", (Place("Today", "/", key="T"), Place("Scan", "/scan", key="F2", right=Right.ACT))),
    PlaceGroup(
        "Lending",
        (
            _list("Pull list", ListName.PULL),
            _list("To ship", ListName.TO_SHIP),
            _list("Due soon", ListName.DUE),
            _list("Overdue", ListName.OVERDUE, urgent=True),
            _list("Partner not told yet", ListName.NOT_TOLD),
        ),
    ),
    PlaceGroup(
        "Borrowing",
        (
            _list("To decide", ListName.STOPPED, urgent=True),
            _list("Conditions", ListName.CONDITIONS, urgent=True),
            _list("On its way here", ListName.TO_RECEIVE),
            _list("On hold shelves", ListName.ON_SHELF),
            _list("Copies to hand over", ListName.COPIES_HERE),
            _list("With customers", ListName.WITH_CUSTOMERS),
            _list("Overdue at lender", ListName.LENDERS_OVERDUE, urgent=True),
            _list("To send back", ListName.TO_SEND_BACK),
            _list("Sent back", ListName.SENT_BACK),
            _list("Lost, to pay", ListName.TO_PAY),
            Place("Prices in the ILS", "/prices"),
        ),
    ),
    PlaceGroup(
        "Work",
        (
            Place("Tasks", "/tasks", tasks=True, urgent=True),
            Place("All requests", "/requests"),
            Place("New order", "/orders/new", key="N", right=Right.ACT, also=("/orders",)),
        ),
    ),
    PlaceGroup(
        "Office",
        (
            Place("Figures", "/figures", also=("/copyright",)),
            Place("Bills", "/money"),
            Place("Invoices from lenders", "/money/invoices"),
            Place("Notices", "/notices"),
            Place("Partners", "/partners", also=("/peers", "/directories")),
            Place("Policy", "/policy"),
            Place("Pool of barcodes", "/pool"),
            Place("Settings", "/settings"),
            Place("Help", "/help", key="?"),
        ),
    ),
)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A place as it is shown: with its count, and whether one is there."""

    place: Place
    count: int | None
    is_here: bool


Navigation = tuple[tuple[str, tuple[Shown, ...]], ...]
"""Groups of places, each under its heading."""


def shown(caller: Caller, path: str, counts: Mapping[ListName, int], tasks: int) -> Navigation:
    """Return the groups with the places that somebody may go to, one of them marked as the page that is shown."""
    here = _here(path)
    return tuple(
        (
            group.heading,
            tuple(
                Shown(place=place, count=_count(place, counts, tasks), is_here=place is here)
                for place in group.places
                if caller.may(place.right)
            ),
        )
        for group in GROUPS
    )


def _here(path: str) -> Place | None:
    """The place with the longest beginning of the page's address; the start page is the beginning of itself alone."""
    begun = [(len(each), place) for place in _places() for each in (place.address, *place.also) if _begins(each, path)]
    return max(begun, key=lambda found: found[0], default=(0, None))[1]


def _begins(address: str, path: str) -> bool:
    return path == address or (address != "/" and path.startswith(f"{address}/"))


def _places() -> Iterable[Place]:
    return (place for group in GROUPS for place in group.places)


def _count(place: Place, counts: Mapping[ListName, int], tasks: int) -> int | None:
    if place.tasks:
        return tasks
    return counts.get(place.counts, 0) if place.counts else None


def label_of(name: ListName) -> str:
    """What a list is called."""
    return next(place.label for place in _places() if place.counts is name)
