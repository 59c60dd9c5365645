"""The papers of bills: set once, in a process of its own, and kept byte for byte in the transaction that says so."""

import asyncio
import hashlib

from gateway.clock import TimeSource
from gateway.dispatch.printing import NotPrinted, Printing, TooMuchToPrint
from gateway.dispatch.results import BillHappened, BillResult, Fault, Later
from gateway.documents.bills import bill_paper, reminder_letter
from gateway.documents.job import PrintChoice, Unprintable
from gateway.documents.papers import Paper
from gateway.documents.template_files import hash_of
from gateway.money.effects import REMINDERS, BillPaper, MakePaper
from gateway.money.events import PaperMade, PaperNotMade
from gateway.money.records import Bill
from gateway.store.bills_port import KeptPaper

CHANGED = "Its template was changed after it was finalised. Have the paper made again if the new one is right."
BUSY_WAIT_S = 2


async def set_paper(printing: Printing, title: str, paper: Paper) -> bytes | Later | str:
    """Return a paper as PDF; or when to try again, or in words why it can't be set."""
    try:
        return await printing.pdf(title, [paper], PrintChoice())
    except TooMuchToPrint as busy:
        return Later(words=str(busy), unstarted=True, fault=Fault.ITS_OWN, after_s=BUSY_WAIT_S)
    except (NotPrinted, Unprintable) as fault:
        return str(fault)


class BillPapers:
    """Prints papers of bills as PDF."""

    def __init__(self, *, printing: Printing, time: TimeSource) -> None:
        self._printing = printing
        self._time = time

    async def make(self, effect: MakePaper, bill: Bill) -> BillResult:
        """Set one paper."""
        paper = self._paper(effect.paper, bill)
        template = await asyncio.to_thread(hash_of, self._printing.look, paper.named())
        if effect.paper is BillPaper.BILL and template != bill.template_hash:
            return self._not_made(effect, CHANGED)
        title = f"{bill.kind} {bill.number}" if effect.paper is BillPaper.BILL else f"{effect.paper}, {bill.number}"
        pdf = await set_paper(self._printing, title.capitalize(), paper)
        if isinstance(pdf, Later):
            return pdf
        if isinstance(pdf, str):
            return self._not_made(effect, pdf)
        at, digest = self._time.now(), hashlib.sha256(pdf).hexdigest()
        kept = KeptPaper(bill=bill.id, paper=effect.paper, made_at=at, digest=digest, template_hash=template, pdf=pdf)
        return BillHappened(event=PaperMade(at=at, paper=effect.paper, digest=digest), paper=kept)

    def _paper(self, paper: BillPaper, bill: Bill) -> Paper:
        if paper is BillPaper.BILL:
            return bill_paper(bill)
        return reminder_letter(bill, REMINDERS.index(paper) + 1, self._printing.today())

    def _not_made(self, effect: MakePaper, words: str) -> BillHappened:
        return BillHappened(event=PaperNotMade(at=self._time.now(), paper=effect.paper, words=words))
