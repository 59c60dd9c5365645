"""A pool barcode at the circulation system beside its request: on hold, with whom, on nobody, in transit; in words for a technician.

It stands for a lender's item, so nobody but the request's customer may have or hold it. What a look of the request's own shows
within the hour is no difference, and what is on nobody is none for a day: somebody may just carry it. Pure; a difference is a
question to a person, never proof.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.mapping.reconcile import Difference, Kind
from gateway.workflow.borrowing.table import ACTING
from gateway.workflow.borrowing_records import LoanProof
from gateway.workflow.records import Item, ItemPlace, Request, State

A_DAY: Final = timedelta(days=1)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What 17 shows of a barcode and 63 of its customer; None where it wasn't asked, or can't be told."""

    known: bool = True
    status: str = ""
    charged: bool | None = None
    kept: bool | None = None
    """On the hold shelf, or on its way to it."""
    queue_length: int = 0
    loan_is_ours: bool | None = None
    hold_is_ours: bool | None = None


def is_compared(request: Request) -> bool:
    """Whether it has a barcode of which it can be said where it must be: no act of ours is under way, and it is not lost."""
    return bool(request.items) and request.state in _PLACES and request.state not in ACTING


def asks_for_loan(shown: Shown) -> bool:
    """Whether it must be asked whose loan it is."""
    return shown.charged is True


def asks_for_hold(item: Item, shown: Shown) -> bool:
    """Whether it must be asked whose hold it is."""
    return item.place is ItemPlace.AT_DESK and not shown.charged


def difference(request: Request, item: Item, shown: Shown, at: datetime) -> Difference | None:
    """Say what is wrong; None where nothing is, or where it may come right by itself."""
    is_old = at - request.state_since > A_DAY
    said = _of_anybody(shown) or _PLACES[request.state](request, shown, is_old=is_old)
    if said is None:
        return None
    kind, words, act = said
    return Difference(
        kind=kind, item_barcode=item.barcode, words=f"Item {item.barcode} {words}", act=act, request=request.id
    )


_Said = tuple[Kind, str, str] | None


def at_rest(barcode: str, shown: Shown) -> Difference | None:
    """Say what is wrong with a barcode that rests after a loan: it stands for nothing, so nobody may have or hold it."""
    if shown.known and (shown.charged or shown.queue_length or (shown.kept and shown.status == _SHELVED)):
        kind = Kind.OTHERS_LOAN if shown.charged else Kind.OTHERS_HOLD
        words = "is on loan" if shown.charged else "has a hold on it"
        return Difference(
            kind=kind,
            item_barcode=barcode,
            words=f"Pool barcode {barcode} stands for nothing, but {words} in the circulation system.",
            act="End that in the ILS: the barcode is given to another item.",
        )
    return None


def _of_anybody(shown: Shown) -> _Said:
    if not shown.known:
        return (
            Kind.UNKNOWN_BARCODE,
            "is not known to the circulation system.",
            "Have it made there, or look at the label.",
        )
    if shown.charged and shown.loan_is_ours is False:
        words = "is lent to somebody, and it is not among our customer's loans."
        return Kind.OTHERS_LOAN, words, "Find out who has it, and end that loan in the ILS."
    return None


def _on_shelf(_request: Request, shown: Shown, *, is_old: bool) -> _Said:
    """It waits for its customer."""
    if shown.charged:
        return None  # the next look of the request's own sees it
    if shown.kept and shown.hold_is_ours is False:
        words = "is kept for a hold, and it is not our customer's."
        return Kind.OTHERS_HOLD, words, "Take that hold off in the ILS, and check it in for our customer."
    if shown.kept or not is_old:
        return None
    if shown.hold_is_ours:
        words = f"waits for its customer, whose hold stands, but it is not kept for it (status {shown.status})."
        return Kind.NOWHERE, words, "Check it in in the ILS."
    words = f"waits for its customer, but it is on nobody: no loan, and not kept for a hold (status {shown.status})."
    return Kind.NOWHERE, words, "Place the customer's hold in the ILS and check it in; or send it back."


def _with_customer(request: Request, shown: Shown, *, is_old: bool) -> _Said:
    """The customer has it: what a look has shown is looked at by itself; what staff said alone, here."""
    by_word = request.borrowed.loan_proof is LoanProof.WORD
    if shown.charged is not False or not by_word or not is_old:
        return None
    words = f"was handed out, as staff said, but the circulation system shows no loan (status {shown.status})."
    return Kind.NOWHERE, words, "Lend it to the customer in the ILS; or say that it came back."


def _back(_request: Request, shown: Shown, *, is_old: bool) -> _Said:
    """It goes, or went, back to the lender."""
    if shown.charged and shown.loan_is_ours and is_old:
        return Kind.STILL_OUT, "is back, but our customer still has it on loan.", "Check it in in the ILS."
    if shown.queue_length or (shown.kept and shown.status == _SHELVED):
        words = "goes back to the lender, but somebody has a hold on it."
        return Kind.OTHERS_HOLD, words, "Take that hold off in the ILS."
    return None


_SHELVED: Final = "08"
_PLACES: Final = {
    State.ON_SHELF: _on_shelf,
    State.WITH_CUSTOMER: _with_customer,
    State.TO_RETURN: _back,
    State.SENT_BACK: _back,
}
