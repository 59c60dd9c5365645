"""Papers as plain text, layout.WIDTH columns wide, for a terminal or a plain printer. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any, Final

from gateway.documents import money_text
from gateway.documents.layout import Block, centred, field, page, sides, wrap
from gateway.documents.papers import (
    Addressee,
    BorrowedStrap,
    CoverBand,
    CreditNote,
    DisputeLetter,
    InvoicePaper,
    Letterhead,
    PackingSlip,
    Paper,
    Piece,
    PrintedCode,
    PrintedWork,
    PullSlip,
    ReminderLetter,
    ReturnLabel,
    ReturnSlip,
    RoutingSlip,
    ShippingLabel,
    StatementPaper,
    Strap,
    WorklistPaper,
)

NEXT_PAGE: Final = "\f"
_KEEP_IT_ON: Final = "Please keep this band on the item."
_CHECKED_LENGTH: Final = 14
"""Digits of a barcode whose last one is its check digit (ill.md, "Barcodes")."""


def printed(papers: Iterable[Paper]) -> str:
    """Print papers as text, one to a page."""
    return NEXT_PAGE.join(_PRINTED[type(paper)](paper) for paper in papers)


def pull_list(slips: Iterable[PullSlip]) -> str:
    """Print what is to be pulled as one list, branch by branch; the slips come in the order in which one walks."""
    slips = list(slips)
    title = sides("PULL LIST", f"{len(slips)} to pull" if slips else "nothing to pull")
    blocks: list[Block] = []
    for branch, at_branch in groupby(slips, key=lambda slip: slip.branch):
        first, *others = [_pull_entry(slip) for slip in at_branch]
        blocks += [[*wrap(f"Branch: {branch}"), "", *first], *others]
    return page(title, *blocks)


def _worklist(paper: WorklistPaper) -> str:
    entries = [
        [
            *sides(f"[ ] {row.request}", _day(row.due) or ""),
            *wrap(", ".join(filter(None, (row.title, row.author, row.item)))),
            *field("Where", row.place),
            *field("Partner", row.partner),
            *field("State", ", ".join((row.state, *row.marks))),
        ]
        for row in paper.rows
    ]
    return page(sides(paper.library.name, paper.heading), wrap(paper.words), *entries)


def _pull_slip(paper: PullSlip) -> str:
    return page(sides(paper.library.name, paper.heading), field("BRANCH", paper.branch), _pull_entry(paper))


def _pull_entry(paper: PullSlip) -> Block:
    return [
        *sides(f"[ ] {paper.call_number or '(no call number)'}", paper.item.text),
        *_work(paper.work),
        *field("Service", paper.level),
        *field("Look at", paper.doubt),
        *field("For", paper.partner),
        *field("Our request", paper.our_request.text),
        *field("Needed by", _day(paper.needed_by)),
    ]


def _packing_slip(paper: PackingSlip) -> str:
    return page(
        sides(paper.library.name, paper.heading),
        _addressee("To", paper.to),
        [
            *_requests(paper.their_request, paper.our_request),
            *field("Due", _day(paper.due)),
            *field("Conditions", *paper.conditions),
        ],
        *(_piece(piece, number, len(paper.pieces)) for number, piece in enumerate(paper.pieces, start=1)),
        _library("Return to" if paper.comes_back else "From", paper.library),
    )


def _piece(piece: Piece, number: int, count: int) -> Block:
    return [
        *field("Item", f"{number} of {count}" if count > 1 else None),
        *_work(piece.work),
        *field("Call number", piece.call_number),
        *field("Barcode", _text(piece.item)),
        *field("Due", _day(piece.due)),
    ]


def _return_slip(paper: ReturnSlip) -> str:
    return page(
        sides(paper.library.name, paper.heading),
        _addressee("Returned to", paper.to),
        [*_requests(paper.their_request, paper.our_request), *field("Due", _day(paper.due))],
        [*_work(paper.work), *field("Your item", *(code.text for code in paper.items))],
        _library("From", paper.library),
    )


def _label(paper: ShippingLabel | ReturnLabel) -> str:
    return page(
        sides("Interlibrary loan", paper.heading),
        _addressee("TO", paper.to),
        field("Request", _text(paper.request)),
        _library("From", paper.library),
    )


def _strap(paper: Strap) -> str:
    return page(
        sides(paper.library.name, paper.heading),
        centred([_KEEP_IT_ON]),
        _due(paper.due),
        field("CONDITIONS", *paper.conditions),
        [*_work(paper.work), *field("Call number", paper.call_number), *field("Barcode", paper.item.text)],
        [*field("Lent to", paper.lent_to), *_requests(paper.their_request, paper.our_request)],
        _library("Return to", paper.library),
    )


def _borrowed_strap(paper: BorrowedStrap) -> str:
    return page(
        sides(paper.library.name, paper.heading),
        centred([_KEEP_IT_ON]),
        _due(paper.due),
        field("CONDITIONS", *paper.conditions),
        [*field("PICK UP AT", paper.pick_up_at), *field("For", paper.customer)],
        _work(paper.work),
        [*_barcode(paper.item.text), *field("Our request", paper.our_request.text)],
        _library("Return to", paper.library),
    )


def _cover_band(paper: CoverBand) -> str:
    return page(
        sides(paper.library.name, paper.heading),
        _due(paper.due),
        field("CONDITIONS", *paper.conditions),
        [
            *field("Title", paper.title),
            *field("Barcode", paper.item.text),
            *field("Our request", paper.our_request.text),
        ],
    )


def _routing_slip(paper: RoutingSlip) -> str:
    return page(
        sides("Interlibrary loan", paper.heading),
        field("TO", paper.to),
        [
            *field("Title", paper.work.title),
            *field("Author", paper.work.author),
            *field("Call number", paper.call_number),
            *field("Barcode", paper.item.text),
            *field("Our request", paper.our_request.text),
        ],
    )


_PRINTED: Final[Mapping[type[Paper], Callable[[Any], str]]] = {
    PullSlip: _pull_slip,
    Strap: _strap,
    BorrowedStrap: _borrowed_strap,
    RoutingSlip: _routing_slip,
    PackingSlip: _packing_slip,
    ReturnSlip: _return_slip,
    ShippingLabel: _label,
    ReturnLabel: _label,
    CoverBand: _cover_band,
    InvoicePaper: money_text.invoice,
    CreditNote: money_text.credit_note,
    ReminderLetter: money_text.reminder_letter,
    DisputeLetter: money_text.dispute_letter,
    StatementPaper: money_text.statement,
    WorklistPaper: _worklist,
}


# ---- parts


def _text(code: PrintedCode | None) -> str | None:
    return code.text if code else None


def _day(day: date | None) -> str | None:
    """YYYY-MM-DD, which no country reads amiss."""
    return day.isoformat() if day else None


def _due(day: date | None) -> Block:
    return centred([f"DUE {day.isoformat()}"]) if day else []


def _requests(theirs: PrintedCode | None, ours: PrintedCode) -> Block:
    return [*field("Your request", _text(theirs)), *field("Our request", ours.text)]


def _addressee(label: str, to: Addressee) -> Block:
    return [*field(label, to.name, *to.lines), *field("By courier", to.courier)]


def _library(label: str, library: Letterhead) -> Block:
    return field(label, library.name, library.department, *library.lines, library.contact)


def _work(work: PrintedWork) -> Block:
    return [
        *field("Title", work.title),
        *field("Author", work.author),
        *field("Edition", work.edition),
        *field("Volume", work.volume),
        *field("Article", work.article),
        *field("Article author", work.article_author),
        *field("Issue", work.issue),
        *field("Pages", work.pages),
    ]


def _barcode(barcode: str) -> Block:
    """The barcode as text: a label that can't be scanned is typed, and the check digit shows a slip of the hand."""
    is_checked = len(barcode) == _CHECKED_LENGTH and barcode.isascii() and barcode.isdigit()
    return [*field("Barcode", barcode), *field("Check digit", barcode[-1] if is_checked else None)]
