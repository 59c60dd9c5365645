"""The items that staff name with an act: what is known of them, whether another request has them, whether they are the work.

What is scanned at the desk may be the book beside it. Another copy of the same title is taken; another title, and one of
which nobody can say, is asked about: refused in words, and taken where staff say that they are sure.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from gateway.catalogue.keys import keys_of
from gateway.catalogue.likeness import Fit
from gateway.catalogue.same_work import is_same_work
from gateway.dispatch.numbered import with_number
from gateway.dispatch.roles import OPEN, TABLES
from gateway.iso18626.codes import ServiceType
from gateway.store.port import Store
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.events import StaffActed
from gateway.workflow.lending.choose import service_wanted
from gateway.workflow.lending.groups import HAVING, WITH_PARTNER
from gateway.workflow.machine import Refused
from gateway.workflow.records import Copy, ItemPlace, Request, Role, State
from gateway.workflow.triggers import StaffAction

SHIPPED: Final = (State.CHECKING_OUT, *WITH_PARTNER)
"""States of a loan whose items somebody else has, or is being sent."""
AT_HAND: Final = frozenset({StaffAction.ARRIVE, StaffAction.ARRIVE_AND_SHIP, StaffAction.SHIP})
"""Acts for which the item lies before whoever asks for them."""

TAKING: Final = {
    Role.LENDING: frozenset({StaffAction.ANSWER_SUPPLY, *AT_HAND, StaffAction.DONE_BY_HAND}),
    Role.BORROWING: frozenset({StaffAction.SERVE_HERE}),
}
"""Acts that make the items named the request's own. (A forced state does too, with its reason: it is the way out.)"""

ItemOf = Callable[[str], Awaitable[Copy | None]]
"""What the circulation system has for a barcode, title and branch; None where it can't be asked or knows no such item."""


class Naming:
    """What barcodes stand for, as far as the store and the circulation system know."""

    def __init__(self, store: Store, item_of: ItemOf) -> None:
        self._store = store
        self._item_of = item_of

    async def copies(self, request: Request, action: StaffActed) -> tuple[Copy, ...] | Refused:
        """Return the copies behind the barcodes of an act, or why staff can't name them for the request."""
        for barcode in action.item_barcodes or _at_hand(request, action):
            why_not = await self._why_not(barcode, request, action.action)
            if why_not is not None:
                return Refused(why_not)
        copies = []
        for barcode in action.item_barcodes:
            copy = await self._copy(barcode, request, action)
            if isinstance(copy, Refused):
                return copy
            copies.append(copy)
        return tuple(copies)

    async def _why_not(self, barcode: str, request: Request, action: StaffAction) -> str | None:
        """Say why staff can't name an item for a request; None where they can."""
        pooled = await self._store.borrowing.barcode(barcode)
        if pooled is not None and pooled.state is PoolState.BLOCKED:
            return f"Barcode {barcode} is blocked."
        holder = pooled.request if pooled else None
        if holder is None:
            holder = await self._open_request_with(barcode, request, action)
        return f"Request {holder} has barcode {barcode}." if holder not in {None, request.id} else None

    async def _open_request_with(self, barcode: str, request: Request, action: StaffAction) -> str | None:
        """Return another open request that has the item, where it can't stand for two.

        Where we borrow, only a forced state is looked at: nobody looks at the item first, as 17 does at a receipt. Where
        we lend, a forced state is the way out, what the request has itself is its own unless it is on its way to another
        partner, and a copy can be made of any item.
        """
        lends, is_own = request.role is Role.LENDING, request.item(barcode) is not None
        if lends is (action is StaffAction.FORCE) or _is_any(request) or (lends and is_own and action not in AT_HAND):
            return None
        states = (SHIPPED if is_own else HAVING) if lends else OPEN
        found = await with_number(self._store, barcode)
        others = (each for each in found if each.state in states and each.id != request.id and _has(each, barcode))
        return next((each.id for each in others if each.state not in TABLES[each.role].finals), None)

    # ── is it the work? ──────────────────────────────────────────────────────────────────────────

    async def _copy(self, barcode: str, request: Request, action: StaffActed) -> Copy | Refused:
        """What is known of an item, where it may be taken for the request."""
        own = _known(request, barcode)
        listed = await self._store.copy(barcode) or own
        if own is not None or action.action not in TAKING[request.role]:
            return listed or Copy(item_barcode=barcode, branch="")
        shown = listed if listed and listed.title else await self._shown(barcode, listed)
        if _is_any(request) or action.sure or await self._is_work(shown, request):
            return listed or shown
        return Refused(_question(shown, request))

    async def _shown(self, barcode: str, listed: Copy | None) -> Copy:
        """What the item list lacks, as the circulation system has it: the branch counts for the pull list and the hold's clocks."""
        seen = await self._item_of(barcode) or Copy(item_barcode=barcode, branch="")
        return msgspec.structs.replace(listed, title=seen.title) if listed else seen

    async def _is_work(self, copy: Copy, request: Request) -> bool:
        """By its title and volume; where the titles differ in words alone, the item list's numbers tell."""
        if is_same_work(copy, _copies(request), request.wanted) is Fit.YES:
            return True
        found = await self._store.find_items(keys_of(request.wanted))
        numbered = any(each.item_barcode == copy.item_barcode for each in found)
        return numbered and not any(each.volume for each in found)


def _has(request: Request, barcode: str) -> bool:
    """Whether the item is one of the request's, and no loan's that has come back."""
    item = request.item(barcode)
    return item is not None and (request.role is Role.BORROWING or item.place is not ItemPlace.BACK)


def _at_hand(request: Request, action: StaffActed) -> tuple[str, ...]:
    """The request's own items, where nobody names any and the act is done to them."""
    return tuple(item.barcode for item in request.items) if action.action in AT_HAND else ()


def _is_any(request: Request) -> bool:
    """Whether any item will do: a copy is made from what has the article, a bound volume or a reader."""
    return request.role is Role.LENDING and service_wanted(request) is ServiceType.COPY


def _copies(request: Request) -> tuple[Copy, ...]:
    """The copies that the request has; while it has none, those that it could have."""
    return tuple(item.copy for item in request.items) or tuple(each.copy for each in request.candidates)


def _known(request: Request, barcode: str) -> Copy | None:
    return next((copy for copy in _copies(request) if copy.item_barcode == barcode), None)


def _question(copy: Copy, request: Request) -> str:
    wanted = next((each.title for each in _copies(request) if each.title), request.wanted.title)
    what = f"is “{copy.title}”" if copy.title else "is no item that we know a title of"
    asked = f"this request is for “{wanted}”" if wanted else "this request names no title to compare it with"
    return f"Barcode {copy.item_barcode} {what}, and {asked}. If it is meant all the same, say so (sure)."
