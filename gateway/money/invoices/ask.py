"""What is asked for: letters, and what only a person can do."""

from gateway.money.invoices.effects import MailLetter, MakeLetter
from gateway.money.invoices.events import InvoiceActed, LetterNotMade, LetterNotMailed
from gateway.money.invoices.keep import InvoiceDraft
from gateway.workflow.tasks import TaskKind


def letter(draft: InvoiceDraft, event: object) -> None:
    """Have the last dispute letter set; one that was asked for before and has not begun is not sent any more."""
    number = draft.subject.letters
    if number > 1:
        draft.withdraw(MakeLetter.key_of(number - 1), MailLetter.key_of(number - 1))
    draft.close(TaskKind.PAPER_FAILED)
    draft.emit(MakeLetter(letter=number))


def mend_template(draft: InvoiceDraft, event: LetterNotMade) -> None:
    """Ask staff: the template is wrong."""
    draft.open(TaskKind.PAPER_FAILED, f"The dispute letter can't be printed. {event.words}")


def mail(draft: InvoiceDraft, event: InvoiceActed) -> None:
    """Send the last letter by e-mail. What was asked before and has not begun is not sent beside it."""
    assert event.to is not None, "a row before this refuses"
    mailing = MailLetter(letter=draft.subject.letters, to=event.to, time=draft.subject.version + 1)
    nothing_more_to_send(draft, event)
    draft.withdraw(mailing.key)
    draft.emit(mailing)


def not_mailed(draft: InvoiceDraft, event: LetterNotMailed) -> None:
    """Ask staff: the mail could not be handed over."""
    draft.open(TaskKind.NOT_MAILED, f"The dispute letter was not sent: {event.words}")


def perhaps_mailed(draft: InvoiceDraft, event: LetterNotMailed) -> None:
    """Ask staff: it may have arrived."""
    words = f"The dispute letter may have been sent: {event.words} Ask the lender before you send it again."
    draft.open(TaskKind.PERHAPS_MAILED, words)


def nothing_more_to_send(draft: InvoiceDraft, event: object) -> None:
    """It was sent after all, or is not needed any more."""
    draft.close(TaskKind.NOT_MAILED, TaskKind.PERHAPS_MAILED)


def no_letter(draft: InvoiceDraft, event: object) -> None:
    """The dispute is over: a letter that has not gone out stays here."""
    number = draft.subject.letters
    draft.withdraw(MakeLetter.key_of(number), MailLetter.key_of(number))
    draft.close(TaskKind.PAPER_FAILED)
    nothing_more_to_send(draft, event)


def approval(draft: InvoiceDraft, event: object) -> None:
    """Ask a second person."""
    claim = draft.subject.claim
    words = f"{claim.lender}, invoice {claim.number}: {draft.subject.agreed} {claim.currency}, verified by {draft.by}."
    draft.open(TaskKind.APPROVE_INVOICE, words)


def no_approval(draft: InvoiceDraft, event: object) -> None:
    """Nobody is asked any more."""
    draft.close(TaskKind.APPROVE_INVOICE)
