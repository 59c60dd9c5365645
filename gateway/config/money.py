"""[money]: how partners are billed, where their records say nothing else."""

from collections.abc import Collection
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field

from gateway.config.kinds import Name, ReadableFile
from gateway.config.section import KeyAgreement, Section, objection_if
from gateway.money.amounts import AmountFault, checked
from gateway.money.currencies import digits_of
from gateway.money.export import COLUMNS, USUAL
from gateway.money.invoices import files
from gateway.workflow.partners import PriceBy, Refund

_REMINDERS: Final = 3


def _as_written(value: Any) -> Any:
    """A number with a point would come as a binary fraction, which is not quite what was written."""
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise ValueError('must be written as a text, like "12.50"')  # noqa: TRY004 - pydantic takes a ValueError
    return value


def _currency(code: str) -> str:
    digits_of(code)
    return code


def _rising(days: tuple[int, ...]) -> tuple[int, ...]:
    if len(days) != _REMINDERS or sorted(set(days)) != list(days) or days[0] < 1:
        raise ValueError("must be three numbers of days, each above the one before")
    return days


def _columns_of(known: Collection[str]) -> AfterValidator:
    def columns(given: dict[str, str]) -> dict[str, str]:
        unknown = [what for what in given.values() if what not in known and not what.startswith("=")]
        if unknown:
            words = f"there is no {', '.join(unknown)}; there are {', '.join(known)}, or a text of your own after ="
            raise ValueError(words)
        return given

    return AfterValidator(columns)


Amount = Annotated[Decimal, BeforeValidator(_as_written), Field(ge=0)]
Percent = Annotated[Decimal, BeforeValidator(_as_written), Field(ge=0, le=100)]
Currency = Annotated[str, AfterValidator(_currency)]
Series = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,9}$")]


def _amount_objection(name: str) -> KeyAgreement:
    def objection(currency: str, amount: Decimal | None) -> str | None:
        try:
            return None if amount is None or checked(amount, currency) is not None else ""
        except AmountFault as fault:
            return f"{name}: {fault}"

    return KeyAgreement(("currency", name), objection)


class MoneySection(Section):
    """[money]: numbers, prices, and what stands on every bill."""

    currency: Currency = "USD"
    invoice_series: Series = "INV"
    credit_series: Series = "CN"
    price: PriceBy = PriceBy.ASKED
    flat_price: Amount | None = None
    processing_fee: Amount = Decimal(0)
    refund: Refund = Refund.REPLACEMENT
    net_days: Annotated[int, Field(ge=0, le=366)] = 30
    tax_percent: Percent = Decimal(0)
    reminder_days: Annotated[tuple[int, ...], AfterValidator(_rising)] = (30, 60, 90)
    """From when a bill is sent."""
    department: Name | None = None
    contact: Name | None = None
    """Whom to ask about a bill: an e-mail address or telephone number of the department."""
    tax_id: Name | None = None
    remit_to: tuple[Name, ...] = ()
    ways_to_pay: tuple[Name, ...] = ()
    enclosed: Annotated[tuple[ReadableFile, ...], Field(max_length=5)] = ()
    """PDF files that go with every invoice by e-mail, such as a W-9."""

    export: Annotated[dict[Name, str], _columns_of(COLUMNS)] = Field(default_factory=lambda: dict(USUAL))
    """Headings of the accounting export, each with what stands below it."""
    invoice_export: Annotated[dict[Name, str], _columns_of(files.COLUMNS)] = Field(
        default_factory=lambda: dict(files.USUAL)
    )
    """Likewise of lenders' invoices."""
    charge_first_days: Annotated[int, Field(ge=0, le=366)] = 7
    """How long a customer who lost an item is charged before its lender is paid."""

    agreements = (
        _amount_objection("flat_price"),
        _amount_objection("processing_fee"),
        KeyAgreement(
            ("invoice_series", "credit_series"),
            lambda one, other: objection_if(one == other, "credit_series: must not be the invoices' own series"),
        ),
        KeyAgreement(
            ("price", "flat_price"),
            lambda price, flat: objection_if(price is PriceBy.FLAT and flat is None, "flat_price: is missing"),
        ),
    )
