"""The demonstration library: its books, and the few steps that every act on them shares. Pure, no I/O, no clock.

The acts themselves are functions in holds.py and loans.py, enquiries are in shelves.py. Every act that is done is one
line of the journal; an act that is refused raises `Refused` before it has changed anything. `now` is an aware datetime
in the library's own zone, because due dates end with the local day.
"""

from copy import copy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from msgspec.structs import replace

from gateway.demo.acs.records import (
    Act,
    ActKind,
    CirculationStatus,
    Customer,
    Habits,
    Item,
    Refusal,
    Source,
    State,
)
from gateway.demo.acs.shelves import Refused, find_customer, find_item, has_expired


class Library:
    """The books (`state`, changed in place), the rules that differ by product (`habits`), and who acts (`source`)."""

    def __init__(self, state: State, habits: Habits, source: Source = Source.SIP2) -> None:
        self.state = state
        self.habits = habits
        self.source = source

    def seen_by(self, source: Source) -> Self:
        """The same books, with another hand writing the journal."""
        return type(self)(self.state, self.habits, source)

    def rehearsal(self) -> Self:
        """A library with a copy of the books, in which everything can be tried and nothing is kept."""
        state = State(**{name: copy(getattr(self.state, name)) for name in State.__struct_fields__})
        return type(self)(state, self.habits, self.source)

    def enter(self, kind: ActKind, item: str, customer: str, now: datetime) -> None:
        """Write one act into the journal."""
        self.state.journal.append(Act(len(self.state.journal) + 1, kind, item, customer, self.source, now))

    def put(self, item: Item, status: CirculationStatus, location: str | None = None) -> Item:
        """Give an item another status, and another location where one is named."""
        self.state.items[item.barcode] = replace(item, status=status, location=location or item.location)
        return self.state.items[item.barcode]

    def loan_period(self, item: Item, customer: Customer) -> timedelta:
        """The period for this customer; zero for an item that does not circulate, whoever asks."""
        days = self.state.item_types[item.item_type].loan_days
        return timedelta(days=(customer.loan_days or days) if days else 0)

    def customer_in_order(self, barcode: str, now: datetime) -> Customer:
        """The customer, if the account may borrow and place holds."""
        customer = find_customer(self.state, barcode)
        refuse_first(
            (customer.blocked, Refusal.BLOCKED),
            (has_expired(customer, now), Refusal.EXPIRED),
            (customer.fees > customer.fee_limit, Refusal.FEES),
        )
        return customer

    def pay(self, customer_barcode: str, amount: Decimal, now: datetime) -> None:
        """A 37: it records a payment and can do nothing else."""
        customer = find_customer(self.state, customer_barcode)
        self.state.customers[customer.barcode] = replace(customer, fees=customer.fees - amount)
        self.enter(ActKind.PAYMENT, "", customer.barcode, now)

    def set_status(self, item_barcode: str, status: CirculationStatus) -> None:
        """Set a status by hand, as staff do in their own client; loans and holds stay as they are."""
        self.put(find_item(self.state, item_barcode), status)

    def set_blocked(self, customer_barcode: str, *, blocked: bool) -> None:
        """Block or release a card."""
        customer = find_customer(self.state, customer_barcode)
        self.state.customers[customer.barcode] = replace(customer, blocked=blocked)


def refuse_first(*checks: tuple[bool, Refusal]) -> None:
    """Raise `Refused` for the first check that is true."""
    for applies, refusal in checks:
        if applies:
            raise Refused(refusal)
