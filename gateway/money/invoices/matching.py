"""What our history says of an invoice: each comparison in words, as *agrees*, *differs* or *can't tell* (money.md, "Money that we owe"). Pure.

What a finding says goes into the letter to the lender, if it differs; `inside` stays here, such as which of our people saw to it.
Facts are gathered by the desk (`Evidence`); nothing here knows where they come from.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final

from gateway.money.invoices.likeness import is_billed_again, is_twin, lender_key
from gateway.money.invoices.records import Check, Claim, Invoice, InvoiceFinding, InvoiceKind, Says
from gateway.workflow.partners import Charge, Terms
from gateway.workflow.values import Money, Record

SIX_MONTHS: Final = timedelta(days=183)
"""After which a charge comes too late; the ALA Interlibrary Loan Code leaves it to the libraries, and most procedures name six months."""
_ABOUT_THE_ITEM: Final = frozenset({InvoiceKind.LOST, InvoiceKind.LATE})
_OF_FEES: Final = frozenset({InvoiceKind.FEE, InvoiceKind.OTHER})
_WHAT_FOR: Final = {
    InvoiceKind.LOST: "an item that is lost",
    InvoiceKind.DAMAGED: "an item that is damaged",
    InvoiceKind.LATE: "an item that comes back late",
}
"""What is asked for beyond a loan: no cost that was agreed on and no term of a partner's record speaks of it."""


class LenderAsked(Record, frozen=True, kw_only=True):
    """Whom we had asked, and who it is by our records."""

    name: str
    partner: str | None
    symbols: tuple[str, ...] = ()
    """All that it goes by: symbols and aliases, of the request and of its record."""


class Borrowed(Record, frozen=True, kw_only=True):
    """What our history says of a request that we made."""

    request: str
    supplier: LenderAsked | None
    """Who has sent it, or promised to; None: nobody."""
    asked: tuple[LenderAsked, ...] = ()
    received_on: date | None = None
    due_on: date | None = None
    returned_on: date | None = None
    """When we sent it back."""
    returned_by: str = ""
    there_on: date | None = None
    """When the lender said that it is back."""
    renewals: int = 0
    recalled_on: date | None = None
    is_lost: bool = False
    is_copy: bool = False
    agreed: Money | None = None
    """The cost that we took, or the most that the request allowed."""
    charged: bool | None = None
    """Whether the customer's charge stands in the circulation system as it should; None: nobody has looked."""


class Evidence(Record, frozen=True, kw_only=True):
    """Everything that an invoice is compared with."""

    borrowed: Borrowed | None = None
    no_request: Says = Says.UNCLEAR
    """Without one: it differs if the number that is named is none of ours."""
    no_request_words: str = "The invoice names no request of ours."
    lender: LenderAsked
    """Who sends the invoice, by its record if it has one."""
    terms: Terms | None = None
    """On what terms it lends to us, by its record."""
    currency: str | None = None
    """In which it bills, by its record."""
    others: tuple[Invoice, ...] = ()
    """What the same lender, or the same request, was entered for before."""


def compare(claim: Claim, evidence: Evidence, but: str | None = None) -> tuple[InvoiceFinding, ...]:
    """Return what each comparison comes to, in their order; `but` is the invoice's own id among the others."""
    others = tuple(other for other in evidence.others if other.id != but)
    found = (judge(claim, evidence) for judge in JUDGES)
    return tuple(finding for finding in (*found, _before(claim, evidence.lender, others)) if finding is not None)


def _said(check: Check, says: Says, words: str, inside: str = "") -> InvoiceFinding:
    return InvoiceFinding(check=check, says=says, words=words, inside=inside)


def _request(claim: Claim, evidence: Evidence) -> InvoiceFinding:
    if evidence.borrowed is None:
        return _said(Check.REQUEST, evidence.no_request, evidence.no_request_words)
    return _said(Check.REQUEST, Says.AGREES, f"{evidence.borrowed.request} is a request of ours.")


def _supplied(claim: Claim, evidence: Evidence) -> InvoiceFinding | None:
    borrowed = evidence.borrowed
    if borrowed is None:
        return None
    if borrowed.supplier is None:
        asked = any(is_same(lender, evidence.lender) for lender in borrowed.asked)
        inside = "This lender was asked." if asked else "This lender was not asked."
        return _said(Check.SUPPLIED, Says.DIFFERS, "Nothing was supplied for this request, by our records.", inside)
    if not is_same(borrowed.supplier, evidence.lender):
        return _said(Check.SUPPLIED, Says.DIFFERS, f"It was supplied by {borrowed.supplier.name}.")
    if borrowed.received_on is None:
        return _said(Check.SUPPLIED, Says.UNCLEAR, "It was promised by this lender; we have no record that it came.")
    return _said(Check.SUPPLIED, Says.AGREES, f"It came from this lender on {borrowed.received_on.isoformat()}.")


def is_same(one: LenderAsked, other: LenderAsked) -> bool:
    """Whether two are one library: by its record, or by a symbol, as after records were merged or made anew."""
    if one.partner is not None and one.partner == other.partner:
        return True
    return not {symbol.casefold() for symbol in one.symbols}.isdisjoint(symbol.casefold() for symbol in other.symbols)


def _back(claim: Claim, evidence: Evidence) -> InvoiceFinding | None:
    borrowed = evidence.borrowed
    if borrowed is None or borrowed.is_copy or claim.kind in _OF_FEES:
        return None
    if borrowed.returned_on is None:
        words = "We have no record that it was sent back" + (": it is lost here." if borrowed.is_lost else ".")
        return _said(Check.BACK, Says.AGREES if claim.kind is InvoiceKind.LOST else Says.UNCLEAR, words)
    says = Says.DIFFERS if _was_back_in_time(claim, borrowed) else Says.UNCLEAR
    return _said(Check.BACK, says, _sent_back(borrowed), f"By {borrowed.returned_by}." if borrowed.returned_by else "")


def _was_back_in_time(claim: Claim, borrowed: Borrowed) -> bool:
    """Lost: before the invoice. Late: by its due date. What is damaged may well have come back before."""
    back = borrowed.returned_on
    if back is None or claim.kind is InvoiceKind.DAMAGED:
        return False
    return back <= (borrowed.due_on or claim.dated) if claim.kind is InvoiceKind.LATE else back <= claim.dated


def _sent_back(borrowed: Borrowed) -> str:
    there = f"; its return was confirmed on {borrowed.there_on.isoformat()}" if borrowed.there_on else ""
    assert borrowed.returned_on is not None, "it was sent back"
    return f"We sent it back on {borrowed.returned_on.isoformat()}{there}."


def _due(claim: Claim, evidence: Evidence) -> InvoiceFinding | None:
    borrowed = evidence.borrowed
    if borrowed is None or borrowed.is_copy or claim.kind not in _ABOUT_THE_ITEM:
        return None
    recalled = f" It was recalled on {borrowed.recalled_on.isoformat()}." if borrowed.recalled_on else ""
    if borrowed.due_on is None:
        return _said(Check.DUE, Says.UNCLEAR, f"We have no due date of it.{recalled}")
    renewed = f", renewed {_times(borrowed.renewals)}" if borrowed.renewals else ""
    words = f"It was due on {borrowed.due_on.isoformat()}{renewed}.{recalled}"
    return _said(Check.DUE, Says.DIFFERS if claim.dated <= borrowed.due_on and not recalled else Says.AGREES, words)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _agreed(claim: Claim, evidence: Evidence) -> InvoiceFinding | None:
    borrowed = evidence.borrowed
    if borrowed is None:
        return None
    if borrowed.agreed is None:
        return _said(Check.AGREED, Says.UNCLEAR, "No cost was named in the request or in its answer.")
    if claim.kind not in _OF_FEES:
        words = f"{borrowed.agreed.amount} {borrowed.agreed.currency} was agreed on for the loan; nothing was for {_WHAT_FOR[claim.kind]}."
        return _said(Check.AGREED, Says.UNCLEAR, words)
    return _within(Check.AGREED, claim, borrowed.agreed, "was agreed on")


def _terms(claim: Claim, evidence: Evidence) -> InvoiceFinding:
    terms = evidence.terms
    if terms is None:
        return _said(Check.TERMS, Says.UNCLEAR, "We have no record of the terms between our libraries.")
    if claim.kind not in _OF_FEES:
        words = f"The terms between our libraries name no price for {_WHAT_FOR[claim.kind]}."
        return _said(Check.TERMS, Says.UNCLEAR, words)
    if terms.charge is Charge.FREE:
        return _said(Check.TERMS, Says.DIFFERS, "By the terms between our libraries loans are without a charge.")
    most = terms.max_cost or terms.fee
    if most is None:
        return _said(Check.TERMS, Says.UNCLEAR, "The terms between our libraries name no amount for a loan.")
    return _within(Check.TERMS, claim, most, "is the most by the terms between our libraries")


def _within(check: Check, claim: Claim, most: Money, what: str) -> InvoiceFinding:
    words = f"{most.amount} {most.currency} {what}."
    if most.currency != claim.currency:
        return _said(check, Says.UNCLEAR, f"{words} The invoice is in {claim.currency}.")
    return _said(check, Says.DIFFERS if claim.amount > most.amount else Says.AGREES, words)


def _currency(claim: Claim, evidence: Evidence) -> InvoiceFinding | None:
    usual = evidence.currency or (
        evidence.borrowed.agreed.currency if evidence.borrowed and evidence.borrowed.agreed else None
    )
    if usual is None:
        return None
    says = Says.AGREES if usual == claim.currency else Says.DIFFERS
    return _said(Check.CURRENCY, says, f"The invoice is in {claim.currency}; {usual} is what we know of this lender.")


def _age(claim: Claim, evidence: Evidence) -> InvoiceFinding | None:
    borrowed = evidence.borrowed
    begun = None if borrowed is None else borrowed.returned_on or borrowed.due_on or borrowed.received_on
    if begun is None:
        return None
    is_late = claim.dated - begun > SIX_MONTHS
    words = f"The loan was over or due on {begun.isoformat()}"
    words += f", {(claim.dated - begun).days} days before the invoice: more than six months." if is_late else "."
    return _said(Check.AGE, Says.DIFFERS if is_late else Says.AGREES, words)


def _charged(claim: Claim, evidence: Evidence) -> InvoiceFinding | None:
    borrowed = evidence.borrowed
    if borrowed is None or claim.kind is not InvoiceKind.LOST or borrowed.returned_on is not None:
        return None
    if borrowed.charged is None:
        words = "The customer is charged for it in the ILS first; the page “Prices” says what is to be set."
        return _said(Check.CHARGED, Says.UNCLEAR, "", words)
    says, words = (
        (Says.AGREES, "The customer's charge stands in the ILS.")
        if borrowed.charged
        else (Says.UNCLEAR, "The customer's charge in the ILS does not agree yet: see “Prices”.")
    )
    return _said(Check.CHARGED, says, "", words)


def _is_by(lender: LenderAsked, claim: Claim, other: Claim) -> bool:
    """Whether another invoice is of the same lender, whatever became of its record."""
    theirs = LenderAsked(name=other.lender, partner=other.partner, symbols=other.symbols)
    return lender_key(claim) == lender_key(other) or is_same(lender, theirs)


def _before(claim: Claim, lender: LenderAsked, others: Iterable[Invoice]) -> InvoiceFinding:
    others = tuple(others)
    twin = next((other for other in others if _is_by(lender, claim, other.claim) and is_twin(claim, other)), None)
    if twin is not None:
        same = (
            "the same number" if twin.claim.number == claim.number else f"almost the same number, {twin.claim.number},"
        )
        words = f"An invoice with {same} came before, dated {twin.claim.dated.isoformat()}, over {twin.claim.amount} {twin.claim.currency}."
        return _said(Check.BEFORE, Says.DIFFERS, words, f"It is {twin.id}, {twin.state}.")
    again = next((other for other in others if is_billed_again(claim, other)), None)
    if again is not None:
        words = f"Invoice {again.claim.number} of {again.claim.dated.isoformat()} asks for the same about this request."
        return _said(Check.BEFORE, Says.DIFFERS, words, f"It is {again.id}, {again.state}.")
    return _said(Check.BEFORE, Says.AGREES, "No other invoice asks for the same.")


JUDGES: Final[tuple[Callable[[Claim, Evidence], InvoiceFinding | None], ...]] = (
    _request,
    _supplied,
    _back,
    _due,
    _agreed,
    _terms,
    _currency,
    _age,
    _charged,
)
