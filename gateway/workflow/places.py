"""Where an item is, in the words of people: the same place is another one for what we lend and for what we borrow. At which branch a request is. Pure."""

from collections.abc import Mapping
from typing import Final

from gateway.workflow.records import ItemPlace, Request, Role

# fmt: off
PLACE_WORDS: Final[Mapping[ItemPlace, Mapping[Role, str]]] = {
    ItemPlace.CHOSEN:  {Role.LENDING: "on the shelf", Role.BORROWING: "received"},
    ItemPlace.HELD:    {Role.LENDING: "reserved",     Role.BORROWING: "held for the customer"},
    ItemPlace.AT_DESK: {Role.LENDING: "at the desk",  Role.BORROWING: "on the hold shelf"},
    ItemPlace.OUT:     {Role.LENDING: "out",          Role.BORROWING: "with the customer"},
    ItemPlace.BACK:    {Role.LENDING: "back",         Role.BORROWING: "back from the customer"},
}
# fmt: on


def branch_of(request: Request) -> str:
    """Return the branch where the customer fetches it, or where the first item that we lend stands; empty where that is not known."""
    if request.borrowing:
        return request.borrowing.pickup_branch
    return request.items[0].copy.branch if request.items else ""
