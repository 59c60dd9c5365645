"""What can be done to an invoice, in words: the label of each act, what it does and who hears of it, and who may."""

from collections.abc import Mapping
from typing import Final

from gateway.desk.access import Caller, Right
from gateway.desk.bill_words import ActWords
from gateway.desk.structs.invoices import InvoiceActOffered
from gateway.money.invoices.events import InvoiceAct
from gateway.money.invoices.records import Invoice
from gateway.money.invoices.table import INVOICES

A = InvoiceAct


# fmt: off
ACTS: Final[Mapping[InvoiceAct, ActWords]] = {
    A.VERIFY:      ActWords("Verify", "You answer for it, and a second person is asked to approve it. The lender hears nothing."),
    A.APPROVE:     ActWords("Approve", "It may be paid, and goes out with the next export. The lender hears nothing.", right=Right.MANAGE),
    A.PAY:         ActWords("Paid", "Notes when and how the lender was paid. Nobody else hears of it."),
    A.MAIL:        ActWords("Send the letter by e-mail", "Sends the letter to the lender."),
    A.POSTED:      ActWords("The letter was sent on paper", "Notes that it was printed and sent."),
    A.DISPUTE:     ActWords("Dispute", "Makes a letter to the lender with our evidence, and holds the payment back. "
                            "The lender hears of it when the letter is sent.", needs_reason=True),
    A.END_DISPUTE: ActWords("End the dispute", "With what is to be paid after all; then it is verified like any. Nobody else hears of it.", needs_reason=True),
    A.MAKE_LETTER: ActWords("Make the letter again", "After its template was mended. Nobody else hears of it."),
    A.CHECK:       ActWords("Compare again", "Compares it with history as that is now. Nobody else hears of it."),
    A.CORRECT:     ActWords("Correct", "Keeps what stands on it after all, and compares it anew. Nobody else hears of it."),
    A.SEND_BACK:   ActWords("Send back", "It is to be looked at and verified anew. Nobody outside hears of it.", needs_reason=True, right=Right.MANAGE),
    A.WITHDRAW:    ActWords("Taken back by the lender", "Nothing is to be paid any more. Nobody else hears of it.", needs_reason=True),
    A.NOT_PAID:    ActWords("Not paid after all", "The money came back: it is to be paid again. Nobody else hears of it.", needs_reason=True,
                            right=Right.MANAGE),
    A.DROP:        ActWords("Drop", "It was entered by mistake; it stays on file. Nobody else hears of it.", needs_reason=True),
    A.NOTE:        ActWords("Add a note", "Stays among us.", needs_reason=True),
}
# fmt: on
"""In the order in which they are offered."""


def offered(invoice: Invoice, caller: Caller, *, mails: bool) -> tuple[InvoiceActOffered, ...]:
    """Return what somebody can do to an invoice in its state; by e-mail only if that is set up, approving only as a second person."""
    possible = set(INVOICES.acts(invoice.state)) - (set() if mails else {A.MAIL})
    if caller.name in invoice.hands:
        possible.discard(A.APPROVE)
    return tuple(
        InvoiceActOffered(act=act, label=words.label, says=words.says, needs_reason=words.needs_reason)
        for act, words in ACTS.items()
        if act in possible and caller.may(words.right)
    )
