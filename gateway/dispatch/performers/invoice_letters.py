"""Dispute letters to lenders: set once, as the papers of bills are, and kept byte for byte in the transaction that says so."""

import asyncio
import hashlib

from gateway.clock import TimeSource
from gateway.dispatch.performers.bill_papers import set_paper
from gateway.dispatch.printing import Printing
from gateway.dispatch.results import InvoiceHappened, InvoiceResult, Later
from gateway.documents.invoices import dispute_letter
from gateway.documents.template_files import hash_of
from gateway.money.invoices.effects import MakeLetter
from gateway.money.invoices.events import LetterMade, LetterNotMade
from gateway.money.invoices.records import Invoice
from gateway.store.invoices_port import KeptLetter

ANOTHER = "Another letter was asked for since."


class InvoiceLetters:
    """Prints dispute letters as PDF."""

    def __init__(self, *, printing: Printing, time: TimeSource) -> None:
        self._printing = printing
        self._time = time

    async def make(self, effect: MakeLetter, invoice: Invoice) -> InvoiceResult:
        """Set the last letter of an invoice."""
        if effect.letter != invoice.letters or invoice.letter is None:
            return self._not_made(effect, ANOTHER)
        paper = dispute_letter(invoice)
        template = await asyncio.to_thread(hash_of, self._printing.look, paper.named())
        pdf = await set_paper(self._printing, f"Dispute of invoice {invoice.claim.number}", paper)
        if isinstance(pdf, Later):
            return pdf
        if isinstance(pdf, str):
            return self._not_made(effect, pdf)
        at, digest = self._time.now(), hashlib.sha256(pdf).hexdigest()
        made = LetterMade(at=at, letter=effect.letter, digest=digest)
        kept = KeptLetter(
            invoice=invoice.id, letter=effect.letter, made_at=at, digest=digest, template_hash=template, pdf=pdf
        )
        return InvoiceHappened(event=made, letter=kept)

    def _not_made(self, effect: MakeLetter, words: str) -> InvoiceHappened:
        return InvoiceHappened(event=LetterNotMade(at=self._time.now(), letter=effect.letter, words=words))
