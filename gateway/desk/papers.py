"""Papers, as text or as PDF: what goes into a parcel and onto it, and what stays with an item in the house. Which: paperwork.py."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from gateway.desk.access import Caller
from gateway.desk.errors import (
    BusyError,
    ConflictError,
    HasNoneError,
    NotPrintedError,
    NotThereError,
    StoreReadsOnly,
    UnusableError,
)
from gateway.desk.paperwork import papers_of
from gateway.desk.ports import Desk
from gateway.desk.scans import request_of
from gateway.desk.structs.common import Download, Problem
from gateway.desk.structs.papers import Cart, LabelSheet, PaperQuery, Slip
from gateway.dispatch.printing import NotPrinted, Printing, TooMuchToPrint
from gateway.documents.job import PrintChoice, Unprintable, begun, runs
from gateway.documents.papers import Paper
from gateway.documents.text import printed
from gateway.stationery import STOCKS, PaperName

N = PaperName
# fmt: off
_MAY_BE: Final[Mapping[Slip, tuple[PaperName, ...]]] = {
    Slip.PULL_SLIP:    (N.PULL_SLIP,),
    Slip.STRAP:        (N.STRAP, N.BORROWED_STRAP),
    Slip.COVER_BAND:   (N.COVER_BAND,),
    Slip.ROUTING_SLIP: (N.ROUTING_SLIP,),
    Slip.PACKING_SLIP: (N.PACKING_SLIP, N.RETURN_SLIP),
    Slip.LABEL:        (N.SHIPPING_LABEL, N.RETURN_LABEL),
}
# fmt: on
"""Which papers may be meant, as we lend or borrow."""


async def show_paper(desk: Desk, caller: Caller, request: str, paper: Slip, query: PaperQuery) -> Download:
    """Print a request's paper: one for each item, or for the item that is named, where it is about items."""
    return await show_paper_from(desk, caller, request, paper, query, starts={})


async def show_paper_from(
    desk: Desk, caller: Caller, request: str, name: str, query: PaperQuery, *, starts: Mapping[str, int]
) -> Download:
    """Print a paper, named as a slip or by its own name, beginning at the first free place of each sheet that was begun, by stock."""
    paper = _slip(name)
    found = await request_of(desk.store, request)
    papers = await papers_of(desk, caller, found, paper, query.item)
    if name != paper and any(each.named() != name for each in papers):
        raise HasNoneError("It has no such paper.")
    if query.format == "text":
        return Download(content_type="text/plain", text=printed(papers))
    choice = PrintChoice(printer=query.printer, stock=query.stock, start=query.start, starts=starts)
    return await as_pdf(desk.printing, f"{paper.replace('-', ' ')} {found.id}", papers, choice)


def _slip(name: str) -> Slip:
    """Return the slip of a name; of a paper's own name that which may be it. Raises NotThereError."""
    found = next((slip for slip, papers in _MAY_BE.items() if name == slip or name in papers), None)
    if found is None:
        raise NotThereError("There is no such paper.")
    return found


async def print_cart(desk: Desk, caller: Caller, body: Cart) -> Download:
    """Print papers of several requests as one PDF; what is on one stock comes together. All of them or nothing."""
    papers: list[Paper] = []
    slips: list[str] = []
    problems: list[Problem] = []
    for row, line in enumerate(body.papers, start=1):
        try:
            request = await request_of(desk.store, line.request)
            papers += await papers_of(desk, caller, request, line.paper, line.item)
            slips += [request.id] if line.paper is Slip.PULL_SLIP else []
        except (NotThereError, ConflictError) as missing:
            problems.append(Problem(row=row, column=line.paper, words=missing.detail))
    if problems:
        raise UnusableError("Not every paper can be printed; nothing was.", problems)
    pdf = await as_pdf(desk.printing, "papers", papers, PrintChoice(printer=body.printer, starts=body.starts))
    await note_pull_slips(desk, caller, set(slips))
    return pdf


async def note_pull_slips(desk: Desk, caller: Caller, requests: Collection[str]) -> None:
    """Keep whose pull slips were sent to print: the pull list says so, for whoever prints the next ones. A store that can only be read keeps nothing."""
    if requests:
        with suppress(StoreReadsOnly):
            await desk.store.views.note_prints(requests, Slip.PULL_SLIP, at=desk.now(), who=caller.name)


def printers(desk: Desk) -> tuple[str, ...]:
    """Return the printers of the settings that have a stock of their own for some paper."""
    return tuple(name for name, own in desk.printing.stationery.printers.items() if own)


def label_sheets(desk: Desk, slips: Iterable[Slip], printer: str | None) -> tuple[LabelSheet, ...]:
    """Say on which labels these are printed by a printer of `printers`, or by the usual one: a sheet of them may have been begun."""
    papers = dict.fromkeys(paper for slip in slips for paper in _MAY_BE[slip])
    stocks = dict.fromkeys(desk.printing.stationery.stock_for(paper, printer) for paper in papers)
    return tuple(LabelSheet(stock=name, places=STOCKS[name].places) for name in stocks if STOCKS[name].is_labels)


async def as_pdf(printing: Printing, title: str, papers: Sequence[Paper], choice: PrintChoice) -> Download:
    """Print papers. Raises NotThereError, UnusableError, NotPrintedError, BusyError."""
    if not papers:
        raise HasNoneError("There is nothing to print.")
    try:
        data = await printing.pdf(title, papers, choice)
    except Unprintable as refused:
        raise UnusableError(str(refused)) from None
    except NotPrinted as failed:
        raise NotPrintedError(str(failed)) from None
    except TooMuchToPrint as busy:
        raise BusyError(str(busy)) from None
    return Download(
        content_type="application/pdf",
        data=data,
        name=f"{title.replace(' ', '-')}.pdf",
        free=begun(runs(papers, printing.stationery, choice)),
    )
