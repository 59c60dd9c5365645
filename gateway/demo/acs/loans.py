"""Loans of the demonstration library: checkout, renewal, check-in with routing, recall, loss. Pure functions."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.demo.acs.holds import fill_hold, trap
from gateway.demo.acs.library import Library, refuse_first
from gateway.demo.acs.records import (
    ActKind,
    AlertType,
    CheckinOutcome,
    CheckoutOutcome,
    CirculationStatus,
    Customer,
    CustomerKind,
    Hold,
    Item,
    Loan,
    Refusal,
)
from gateway.demo.acs.shelves import Refused, find_customer, find_item, hold_keeping, queue_for, title_of

NOT_TO_BE_LENT = frozenset(
    {
        CirculationStatus.ON_ORDER,
        CirculationStatus.IN_PROCESS,
        CirculationStatus.CLAIMED_RETURNED,
        CirculationStatus.LOST,
        CirculationStatus.MISSING,
    }
)
RECALL_PERIOD = timedelta(days=7)


def checkout(library: Library, customer_barcode: str, item_barcode: str, now: datetime) -> CheckoutOutcome:
    """An 11. The library alone sets the due date; a repeat by the same customer may become a renewal (sip2.md)."""
    customer = library.customer_in_order(customer_barcode, now)
    item = find_item(library.state, item_barcode)
    loan = library.state.loans.get(item.barcode)
    if loan and loan.customer == customer.barcode and library.habits.repeated_checkout_renews:
        return _renew(library, loan, now)
    if loan and loan.customer != customer.barcode and library.habits.checkout_ends_other_loans:
        library.state.loans.pop(item.barcode)
        library.enter(ActKind.CHECKIN, item.barcode, loan.customer, now)
        loan = None
    _check_checkout(library, customer, item, loan)
    loan = Loan(item.barcode, customer.barcode, _end_of_day(now + library.loan_period(item, customer)))
    library.state.loans[item.barcode] = loan
    library.put(item, CirculationStatus.CHARGED)
    library.enter(ActKind.CHECKOUT, item.barcode, customer.barcode, now)
    fill_hold(library, customer, item, now)
    return CheckoutOutcome(loan, title_of(library.state, item), renewed=False)


def renew(
    library: Library, customer_barcode: str, item_barcode: str, now: datetime, *, third_party: bool = False
) -> CheckoutOutcome:
    """A 29: up to the item type's limit, and not while somebody waits for the item."""
    customer = library.customer_in_order(customer_barcode, now)
    _, loan = _on_loan(library, item_barcode)
    refuse_first((loan.customer != customer.barcode and not third_party, Refusal.NOT_ON_LOAN))
    return _renew(library, loan, now)


def checkin(library: Library, item_barcode: str, here: str, now: datetime) -> CheckinOutcome:
    """A 09 at branch `here` (AP; an unknown or empty one counts as the owning branch): end the loan, then route.

    Order of routing: to the hold that the item is kept for, else to the first that waits for it, else home.
    """
    item = find_item(library.state, item_barcode)
    loan = library.state.loans.pop(item.barcode, None)
    library.enter(ActKind.CHECKIN, item.barcode, loan.customer if loan else "", now)
    here = here if here in library.state.branches else item.branch
    if hold := trap(library, item):
        return _route_to_hold(library, item, hold, here)
    if here != item.branch:
        return _route(library, item, CirculationStatus.IN_TRANSIT, item.branch, alert=AlertType.SEND_TO_BRANCH)
    return _route(library, item, CirculationStatus.AVAILABLE, here, alert=None)


def recall(library: Library, item_barcode: str, now: datetime) -> Loan:
    """Call a loan back: due in a week at the latest, status 07, no more renewals."""
    item, loan = _on_loan(library, item_barcode)
    due = min(loan.due, _end_of_day(now + RECALL_PERIOD))
    library.state.loans[item.barcode] = replace(loan, due=due, recalled=True)
    library.put(item, CirculationStatus.RECALLED)
    library.enter(ActKind.RECALL, item.barcode, loan.customer, now)
    return library.state.loans[item.barcode]


def mark_lost(library: Library, item_barcode: str, now: datetime) -> Loan:
    """Declare a loan lost: its customer owes the price; the loan stays open until a check-in."""
    item, loan = _on_loan(library, item_barcode)
    customer = find_customer(library.state, loan.customer)
    library.state.customers[customer.barcode] = replace(customer, fees=customer.fees + item.price)
    library.put(item, CirculationStatus.LOST)
    library.enter(ActKind.LOST, item.barcode, loan.customer, now)
    return loan


def _on_loan(library: Library, barcode: str) -> tuple[Item, Loan]:
    item = find_item(library.state, barcode)
    loan = library.state.loans.get(barcode)
    if loan is None:
        raise Refused(Refusal.NOT_ON_LOAN)
    return item, loan


def _check_checkout(library: Library, customer: Customer, item: Item, loan: Loan | None) -> None:
    keeper = hold_keeping(library.state, item.barcode)
    count = sum(each.customer == customer.barcode for each in library.state.loans.values())
    refuse_first(
        (loan is not None and loan.customer == customer.barcode, Refusal.ALREADY_ON_LOAN),
        (loan is not None, Refusal.ON_LOAN_TO_ANOTHER),
        (not library.loan_period(item, customer), Refusal.NOT_FOR_LOAN),
        (item.status in NOT_TO_BE_LENT, Refusal.NOT_ON_SHELF),
        (keeper is not None and keeper.customer != customer.barcode, Refusal.ON_HOLD_FOR_ANOTHER),
        (count >= customer.loan_limit, Refusal.TOO_MANY_LOANS),
    )


def _renew(library: Library, loan: Loan, now: datetime) -> CheckoutOutcome:
    """Extend from the due date, or from today where that is later."""
    item = find_item(library.state, loan.item)
    customer = find_customer(library.state, loan.customer)
    waiting = any(hold.customer != loan.customer for hold in queue_for(library.state, item))
    refuse_first(
        (loan.renewals >= library.state.item_types[item.item_type].renewals, Refusal.RENEWAL_LIMIT),
        (waiting or loan.recalled, Refusal.ON_HOLD_FOR_ANOTHER),
    )
    due = _end_of_day(max(loan.due.astimezone(now.tzinfo), now) + library.loan_period(item, customer))
    library.state.loans[item.barcode] = replace(loan, due=due, renewals=loan.renewals + 1)
    library.enter(ActKind.RENEWAL, item.barcode, loan.customer, now)
    return CheckoutOutcome(library.state.loans[item.barcode], title_of(library.state, item), renewed=True)


def _route_to_hold(library: Library, item: Item, hold: Hold, here: str) -> CheckinOutcome:
    if hold.pickup != here:
        return _route(
            library, item, CirculationStatus.IN_TRANSIT, hold.pickup, alert=AlertType.HOLD_ELSEWHERE, hold=hold
        )
    partner = find_customer(library.state, hold.customer).kind is CustomerKind.PARTNER
    for_ill = partner and library.habits.partner_hold_alerts_ill
    alert = AlertType.FOR_ILL if for_ill else AlertType.HOLD_HERE
    return _route(library, item, CirculationStatus.ON_HOLD_SHELF, here, alert=alert, hold=hold)


def _route(
    library: Library,
    item: Item,
    status: CirculationStatus,
    location: str,
    *,
    alert: AlertType | None,
    hold: Hold | None = None,
) -> CheckinOutcome:
    """Put the item there; the destination is named only where the item has to travel."""
    travels = status is CirculationStatus.IN_TRANSIT
    return CheckinOutcome(
        item=library.put(item, status, location),
        title=title_of(library.state, item),
        alert=alert,
        destination=location if travels else None,
        hold=hold,
    )


def _end_of_day(moment: datetime) -> datetime:
    return moment.replace(hour=23, minute=59, second=0, microsecond=0)
