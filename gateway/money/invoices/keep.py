"""What is known of an invoice now: what rows write into its record."""

from gateway.money.engine import Draft
from gateway.money.invoices.effects import AnyInvoiceEffect
from gateway.money.invoices.events import InvoiceActed, InvoiceEntered, InvoiceExported, LetterMailed, LetterNotMailed
from gateway.money.invoices.records import Invoice, InvoiceState
from gateway.money.records import BillWay

InvoiceDraft = Draft[Invoice, AnyInvoiceEffect]


def begin(event: InvoiceEntered) -> Invoice:
    """Make the invoice that was entered."""
    return Invoice(
        id=event.invoice,
        state=InvoiceState.ENTERED,
        claim=event.claim,
        fiscal_year=event.fiscal_year,
        agreed=event.claim.amount,
        findings=event.findings,
        checked_at=event.at,
        hands=(event.by,),
        created_at=event.at,
        updated_at=event.at,
        state_since=event.at,
    )


def quiet(draft: InvoiceDraft, event: object) -> None:
    """Every form about it that is open is as true as before: none names this version."""
    draft.set(quiet=draft.subject.quiet + 1)


def hand(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """Whoever did this does not approve it."""
    if draft.by not in draft.subject.hands:
        draft.set(hands=(*draft.subject.hands, draft.by))


def claim(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """What stands on the invoice, read once more: what was agreed on before counts no more."""
    if event.claim is not None:
        year = draft.subject.fiscal_year if event.fiscal_year is None else event.fiscal_year
        draft.set(claim=event.claim, fiscal_year=year, agreed=event.claim.amount)


def findings(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """What history says of it now."""
    if event.findings is not None:
        draft.set(findings=event.findings, checked_at=event.at)


def disputed(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """Our reason, and the letter that says it."""
    letters = draft.subject.letters + 1
    draft.set(disputed=event.words, letter=event.letter, letters=letters, letter_made=False)
    draft.set(sent_at=None, sent_by=None, sent_to=None)


def letter_made(draft: InvoiceDraft, event: object) -> None:
    """Its PDF is kept."""
    draft.set(letter_made=True)


def mailed(draft: InvoiceDraft, event: LetterMailed) -> None:
    """The lender was sent it by e-mail."""
    draft.set(sent_at=event.at, sent_by=BillWay.EMAIL, sent_to=event.to)


def mailed_perhaps(draft: InvoiceDraft, event: LetterNotMailed) -> None:
    """Nobody knows: whoever sends it again knows to whom it may have gone."""
    draft.set(sent_to=event.to)


def posted(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """The lender was sent it on paper."""
    draft.set(sent_at=event.at, sent_by=BillWay.PAPER, sent_to=None)


def agreed(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """What is to be paid after all."""
    draft.set(agreed=draft.subject.claim.amount if event.amount is None else event.amount)


def verified(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """Somebody answers for it."""
    draft.set(verified_by=event.by, verified_at=event.at, verified_why=event.words, pay_from=event.pay_from)


def not_verified(draft: InvoiceDraft, event: object) -> None:
    """It is to be looked at anew."""
    draft.set(verified_by=None, verified_at=None, verified_why="", pay_from=None, approved_by=None, approved_at=None)


def approved(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """A second person answers for it."""
    draft.set(approved_by=event.by, approved_at=event.at)


def exported(draft: InvoiceDraft, event: InvoiceExported) -> None:
    """The accounting system has it."""
    draft.set(batch=event.batch, exported_at=event.at)


def paid(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """When and how it was paid."""
    draft.set(paid_on=event.paid_on, paid_by=event.by, means=event.means, reference=event.reference)


def not_paid(draft: InvoiceDraft, event: object) -> None:
    """The money came back, or never went."""
    draft.set(paid_on=None, paid_by=None, means=None, reference="")
