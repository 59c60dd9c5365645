"""Conditions of rows: each looks at the invoice and at what happens to it."""

from gateway.money.amounts import NOTHING
from gateway.money.invoices.events import InvoiceActed, LetterMade, LetterMailed, LetterNotMade, LetterNotMailed
from gateway.money.invoices.records import Invoice, Says

AnyOfLetter = LetterMade | LetterNotMade | LetterMailed | LetterNotMailed


def has_no_reason(invoice: Invoice, event: InvoiceActed) -> bool:
    """Whoever did it did not say why."""
    return not event.words.strip()


def differs_without_reason(invoice: Invoice, event: InvoiceActed) -> bool:
    """Something differs from our records, and nobody says why it is right all the same."""
    found = invoice.findings if event.findings is None else event.findings
    return has_no_reason(invoice, event) and any(finding.says is Says.DIFFERS for finding in found)


def asks_for_nothing(invoice: Invoice, event: object) -> bool:
    """There is nothing to pay."""
    return invoice.agreed <= NOTHING


def had_a_hand_in_it(invoice: Invoice, event: InvoiceActed) -> bool:
    """It is no second person."""
    return event.by in invoice.hands


def is_of_an_older_letter(invoice: Invoice, event: AnyOfLetter) -> bool:
    """Another letter was asked for since."""
    return event.letter != invoice.letters


def has_no_letter(invoice: Invoice, event: object) -> bool:
    """Its PDF is not made yet."""
    return not invoice.letter_made


def names_no_address(invoice: Invoice, event: InvoiceActed) -> bool:
    """Nobody knows where the mail is to go."""
    return not event.to


def settles_for_too_much(invoice: Invoice, event: InvoiceActed) -> bool:
    """It is more than the invoice asks for, or less than nothing."""
    return event.amount is not None and not NOTHING <= event.amount <= invoice.claim.amount


def settles_for_nothing(invoice: Invoice, event: InvoiceActed) -> bool:
    """The lender asks for nothing any more."""
    return (invoice.claim.amount if event.amount is None else event.amount) == NOTHING


def has_no_reference(invoice: Invoice, event: InvoiceActed) -> bool:
    """Nobody could find the payment."""
    return not event.reference.strip() or event.paid_on is None


def is_too_soon(invoice: Invoice, event: InvoiceActed) -> bool:
    """The customer is charged first, and nobody says why it is paid before."""
    is_early = invoice.pay_from is not None and event.paid_on is not None and event.paid_on < invoice.pay_from
    return is_early and has_no_reason(invoice, event)


def was_exported(invoice: Invoice, event: object) -> bool:
    """The accounting system knows it."""
    return invoice.batch is not None
