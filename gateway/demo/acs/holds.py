"""Holds of the demonstration library: placed, changed, cancelled, expired, filled; and the copies trapped for them.

Pure functions on a `Library`. A hold on one copy waits for that copy, a title hold for any; a copy is trapped by a
check-in only, never by the hold itself, as on a real pull list.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from gateway.demo.acs.library import Library, refuse_first
from gateway.demo.acs.records import (
    ActKind,
    CancelRule,
    CirculationStatus,
    Customer,
    Hold,
    HoldOutcome,
    HoldWish,
    Item,
    Refusal,
    Source,
    Title,
)
from gateway.demo.acs.shelves import (
    Refused,
    copies_of,
    find_item,
    find_title,
    fits,
    held_name,
    hold_keeping,
    queue_for,
    title_of,
)


def place_hold(library: Library, wish: HoldWish, now: datetime) -> HoldOutcome:
    """A 15+. Refused for accounts not in order, titles that do not circulate and pickup locations that do not exist."""
    customer = library.customer_in_order(wish.customer, now)
    title, item = _wanted(library, wish)
    copies = [item] if item else copies_of(library.state, title)
    _check_hold(library, customer, title, item)
    refuse_first((not any(library.loan_period(each, customer) for each in copies), Refusal.NOT_FOR_LOAN))
    pickup = wish.pickup or copies[0].branch
    _check_pickup(library, pickup)
    library.state.holds_numbered += 1
    hold = Hold(
        number=library.state.holds_numbered,
        customer=customer.barcode,
        record_id=title.record_id,
        item=item.barcode if item else None,
        pickup=pickup,
        placed=now,
        expires=wish.expires if library.habits.keeps_hold_expiry else None,
    )
    library.state.holds[hold.number] = hold
    library.enter(ActKind.HOLD_PLACED, held_name(library.state, hold), hold.customer, now)
    return _outcome(library, hold)


def change_hold(library: Library, wish: HoldWish, now: datetime) -> HoldOutcome:
    """A 15*: another pickup location or expiry; what the wish leaves empty stays."""
    hold = _matching(library, wish)
    pickup = wish.pickup or hold.pickup
    _check_pickup(library, pickup)
    expires = wish.expires if library.habits.keeps_hold_expiry else None
    hold = replace(hold, pickup=pickup, expires=expires or hold.expires)
    library.state.holds[hold.number] = hold
    library.enter(ActKind.HOLD_CHANGED, held_name(library.state, hold), hold.customer, now)
    return _outcome(library, hold)


def cancel_hold(library: Library, wish: HoldWish, now: datetime) -> HoldOutcome:
    """A 15-, by the rule that this product follows (`Habits.hold_cancel`)."""
    hold = _CANCELS[library.habits.hold_cancel](library, wish)
    outcome = _outcome(library, hold)
    _take_off(library, hold, ActKind.HOLD_CANCELLED, now)
    return outcome


def expire_holds(library: Library, now: datetime) -> None:
    """Take off the holds whose last moment (BW) is over. Whoever serves calls this before each request."""
    clock = library.seen_by(Source.CLOCK)
    for hold in [each for each in library.state.holds.values() if each.expires and each.expires < now]:
        _take_off(clock, hold, ActKind.HOLD_EXPIRED, now)


def fill_hold(library: Library, customer: Customer, item: Item, now: datetime) -> None:
    """A checkout fills the customer's own hold: the one the copy is kept for, else the oldest that it fits."""
    kept = hold_keeping(library.state, item.barcode)
    own = [hold for hold in queue_for(library.state, item) if hold.customer == customer.barcode]
    if hold := kept or next(iter(own), None):
        library.enter(ActKind.HOLD_FILLED, item.barcode, hold.customer, now)
        del library.state.holds[hold.number]


def trap(library: Library, item: Item) -> Hold | None:
    """The hold that this copy is kept for; where there is none, the first that waits for it gets it."""
    if hold := hold_keeping(library.state, item.barcode) or next(iter(queue_for(library.state, item)), None):
        library.state.holds[hold.number] = replace(hold, trapped=item.barcode)
        return library.state.holds[hold.number]
    return None


def _wanted(library: Library, wish: HoldWish) -> tuple[Title, Item | None]:
    """AB names a copy and counts before AJ, which names the title."""
    if not wish.item:
        return find_title(library.state, wish.title), None
    item = find_item(library.state, wish.item)
    return title_of(library.state, item), item


def _check_hold(library: Library, customer: Customer, title: Title, item: Item | None) -> None:
    own = [hold for hold in library.state.holds.values() if hold.customer == customer.barcode]
    wanted = (title.record_id, item.barcode if item else None)
    again = wanted in [(hold.record_id, hold.item) for hold in own]
    refuse_first(
        (again and not library.habits.duplicate_holds, Refusal.ALREADY_ON_HOLD),
        (len(own) >= customer.hold_limit, Refusal.TOO_MANY_HOLDS),
    )


def _check_pickup(library: Library, code: str) -> None:
    refuse_first((code not in library.state.branches and not library.habits.any_pickup, Refusal.UNKNOWN_BRANCH))


def _matching(library: Library, wish: HoldWish) -> Hold:
    """The customer's oldest hold on the item, or on the title where the wish names no item."""
    title, item = _wanted(library, wish)
    for hold in library.state.holds.values():
        matches = fits(hold, item) if item else hold.record_id == title.record_id
        if matches and hold.customer == wish.customer:
            return hold
    raise Refused(Refusal.NO_SUCH_HOLD)


def _matching_by_item(library: Library, wish: HoldWish) -> Hold:
    refuse_first((not wish.item, Refusal.NO_SUCH_HOLD))
    return _matching(library, wish)


def _newest(library: Library, wish: HoldWish) -> Hold:
    own = [hold for hold in library.state.holds.values() if hold.customer == wish.customer]
    refuse_first((not own, Refusal.NO_SUCH_HOLD))
    return own[-1]


def _none_at_all(_library: Library, _wish: HoldWish) -> Hold:
    raise Refused(Refusal.CANCEL_REFUSED)


_CANCELS: dict[CancelRule, Callable[[Library, HoldWish], Hold]] = {
    CancelRule.MATCHING: _matching,
    CancelRule.BY_ITEM_ONLY: _matching_by_item,
    CancelRule.NEWEST: _newest,
    CancelRule.NEVER: _none_at_all,
}


def _take_off(library: Library, hold: Hold, kind: ActKind, now: datetime) -> None:
    """Delete a hold; a copy that stood on the hold shelf for it waits to be reshelved, one in transit goes on."""
    library.enter(kind, held_name(library.state, hold), hold.customer, now)
    del library.state.holds[hold.number]
    item = library.state.items.get(hold.trapped or "")
    if item and item.status is CirculationStatus.ON_HOLD_SHELF:
        library.put(item, CirculationStatus.WAITING_TO_BE_RESHELVED)


def _outcome(library: Library, hold: Hold) -> HoldOutcome:
    """`position` counts the holds on the same title from the oldest; `available`: a copy stands on the shelf."""
    title = library.state.titles[hold.record_id]
    ahead = [each for each in library.state.holds.values() if each.record_id == hold.record_id]
    copies = [library.state.items[hold.item]] if hold.item else copies_of(library.state, title)
    return HoldOutcome(
        hold=hold,
        title=title,
        available=any(copy.status is CirculationStatus.AVAILABLE for copy in copies),
        position=1 + ahead.index(hold),
    )
