"""How this library bills: its series of numbers, its fiscal year, what stands on every bill. Pure."""

from datetime import date, timedelta

import msgspec

from gateway.money.export import USUAL
from gateway.money.fiscal import JULY_1, fiscal_year
from gateway.money.records import BillKind, Seller
from gateway.money.terms import BillingDefaults


class BillingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say of it."""

    seller: Seller
    defaults: BillingDefaults = BillingDefaults()
    invoice_series: str = "INV"
    credit_series: str = "CN"
    export: tuple[tuple[str, str], ...] = USUAL
    """The columns of what goes to the accounting system: a heading, and what stands below it."""
    invoice_export: tuple[tuple[str, str], ...]
    """Likewise of lenders' invoices."""
    charge_first: timedelta = timedelta(days=7)
    """How long a customer who lost an item is charged before its lender is paid."""
    enclosed: tuple[str, ...] = ()
    """Names of files that go with every invoice, such as a W-9."""
    year_begins: tuple[int, int] = JULY_1
    """Month and day."""

    def series(self, kind: BillKind) -> str:
        """Return the series of numbers of invoices, or of credit notes."""
        return self.credit_series if kind is BillKind.CREDIT_NOTE else self.invoice_series

    def fiscal_year(self, day: date) -> int:
        """Return the fiscal year of a day."""
        return fiscal_year(day, self.year_begins)
