"""Reading the demonstration library's books: look-ups and the answers to enquiries. Changes nothing, does no I/O.

A look-up of something that is not there raises `Refused`, so that acts and enquiries refuse in the same words.
"""

from collections import Counter
from datetime import datetime

from gateway.demo.acs.records import (
    Books,
    CirculationStatus,
    Customer,
    CustomerInformation,
    Habits,
    Hold,
    Item,
    ItemInformation,
    Refusal,
    State,
    Title,
)


class Refused(Exception):  # noqa: N818 - an answer of the library, not a fault
    """An act or enquiry was refused; `.refusal` says why. The books are as before."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def find_item(state: State, barcode: str) -> Item:
    """The item with this barcode; Refused where there is none."""
    try:
        return state.items[barcode]
    except KeyError:
        raise Refused(Refusal.UNKNOWN_ITEM) from None


def find_customer(state: State, barcode: str) -> Customer:
    """The account with this barcode; Refused where there is none."""
    try:
        return state.customers[barcode]
    except KeyError:
        raise Refused(Refusal.UNKNOWN_CUSTOMER) from None


def find_title(state: State, key: str) -> Title:
    """The title with this record id or these very words; Refused where there is none."""
    for title in state.titles.values():
        if key in {title.record_id, title.title}:
            return title
    raise Refused(Refusal.UNKNOWN_ITEM)


def title_of(state: State, item: Item) -> Title:
    """The title of a copy."""
    return state.titles[item.record_id]


def copies_of(state: State, title: Title) -> list[Item]:
    """All copies of a title."""
    return [item for item in state.items.values() if item.record_id == title.record_id]


def queue_for(state: State, item: Item) -> list[Hold]:
    """The holds that this copy could fill or is kept for, first come first."""
    return [hold for hold in state.holds.values() if fits(hold, item)]


def fits(hold: Hold, item: Item) -> bool:
    """Whether the hold waits for this copy, or has it already."""
    if hold.trapped:
        return hold.trapped == item.barcode
    return hold.item == item.barcode or (hold.item is None and hold.record_id == item.record_id)


def hold_keeping(state: State, barcode: str) -> Hold | None:
    """The hold for which this copy is kept or sent."""
    return next((hold for hold in state.holds.values() if hold.trapped == barcode), None)


def is_ready(state: State, hold: Hold) -> bool:
    """Whether the hold's copy stands on the hold shelf."""
    return bool(hold.trapped) and state.items[hold.trapped or ""].status is CirculationStatus.ON_HOLD_SHELF


def held_name(state: State, hold: Hold) -> str:
    """How a hold is named in lists: its copy's barcode, or the title while any copy will do."""
    return hold.trapped or hold.item or state.titles[hold.record_id].title


def has_expired(customer: Customer, now: datetime) -> bool:
    """Whether the account's last day is over."""
    return customer.expires is not None and customer.expires < now.date()


def item_information(state: State, habits: Habits, barcode: str) -> ItemInformation:
    """What a 17 asks."""
    item = find_item(state, barcode)
    loan = state.loans.get(barcode)
    keeper = hold_keeping(state, barcode)
    queue = queue_for(state, item)
    pending = habits.pending_hold_shows_08 and queue and item.status is CirculationStatus.AVAILABLE
    return ItemInformation(
        item=item,
        title=title_of(state, item),
        status=CirculationStatus.ON_HOLD_SHELF if pending else item.status,
        due=loan.due if loan else None,
        hold_queue=len(queue),
        pickup_until=keeper.expires if keeper and is_ready(state, keeper) else None,
    )


def customer_information(state: State, barcode: str, pin: str, now: datetime) -> CustomerInformation:
    """What a 63 asks; a wrong PIN still brings everything, as in the field."""
    customer = find_customer(state, barcode)
    loans = [loan for loan in state.loans.values() if loan.customer == barcode]
    holds = [hold for hold in state.holds.values() if hold.customer == barcode]
    return CustomerInformation(
        customer=customer,
        pin_right=pin == customer.pin,
        expired=has_expired(customer, now),
        ready_holds=tuple(held_name(state, hold) for hold in holds if is_ready(state, hold)),
        waiting_holds=tuple(held_name(state, hold) for hold in holds if not is_ready(state, hold)),
        charged=tuple(loan.item for loan in loans),
        overdue=tuple(loan.item for loan in loans if loan.due < now),
        recalled=tuple(loan.item for loan in loans if loan.recalled),
        fined=tuple(loan.item for loan in loans if state.items[loan.item].status is CirculationStatus.LOST),
    )


def books(state: State) -> Books:
    """The journal, its sums, and what stands now."""
    acts = tuple(state.journal)
    counts = Counter(f"{act.kind.value}|{act.item}|{act.customer}" for act in acts)
    return Books(acts, dict(counts), tuple(state.loans.values()), tuple(state.holds.values()))
