"""A pool barcode at the circulation system beside its request: on hold, with whom, on nobody, in transit; in words for a technician.

It stands for a lender's item, so nobody but the request's customer may have or hold it; while it stands for nothing, nobody at
all. What a look of the request's own shows within the hour is no difference, and what is on nobody is none for a day: somebody may
just carry it. Nor is what is received, taken back or lost, until it has been so for a day: then an act that nobody ended, or a lost
item that turned up, is told. Pure; a difference is a question to a person, never proof.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.mapping.reconcile import Difference, DifferenceKind
from gateway.workflow.borrowing_records import LoanProof
from gateway.workflow.records import Item, ItemPlace, Request, State

A_DAY: Final = timedelta(days=1)


class ShownByAcs(msgspec.Struct, frozen=True, kw_only=True):
    """What 17 shows of a barcode and 63 of its customer; None where it wasn't asked, or can't be told."""

    known: bool = True
    status: str = ""
    charged: bool | None = None
    kept: bool | None = None
    """On the hold shelf, or on its way to it."""
    queue_length: int = 0
    loan_is_ours: bool | None = None
    hold_is_ours: bool | None = None


def is_compared(request: Request, at: datetime) -> bool:
    """Whether it has a barcode of which it can be said where it must be: where an act of ours is under way, after a day."""
    return (
        bool(request.items) and request.state in _PLACES and (request.state not in _AFTER_A_DAY or _is_old(request, at))
    )


def asks_for_loan(shown: ShownByAcs) -> bool:
    """Whether it must be asked whose loan it is."""
    return shown.charged is True


def asks_for_hold(item: Item, shown: ShownByAcs) -> bool:
    """Whether it must be asked whose hold it is."""
    return item.place in _BEFORE_THE_CUSTOMER and not shown.charged


def difference(request: Request, item: Item, shown: ShownByAcs, at: datetime) -> Difference | None:
    """Say what is wrong; None where nothing is, or where it may come right by itself."""
    said = _of_anybody(shown) or _PLACES[request.state](request, shown, at)
    if said is None:
        return None
    kind, words, act = said
    return Difference(
        kind=kind, item_barcode=item.barcode, words=f"Item {item.barcode} {words}", act=act, request=request.id
    )


_Said = tuple[DifferenceKind, str, str] | None


def unused(barcode: str, shown: ShownByAcs) -> Difference | None:
    """Say what is wrong with a barcode that rests, or is free: it stands for nothing, so nobody may have or hold it."""
    if not shown.known:
        kind, words = DifferenceKind.UNKNOWN_BARCODE, f"Pool barcode {barcode} {_NOT_KNOWN}"
        return Difference(kind=kind, item_barcode=barcode, words=words, act=_MAKE_IT)
    if not (shown.charged or _is_wanted(shown)):
        return None
    return Difference(
        kind=DifferenceKind.OTHERS_LOAN if shown.charged else DifferenceKind.OTHERS_HOLD,
        item_barcode=barcode,
        words=f"Pool barcode {barcode} stands for nothing, but {'is on loan' if shown.charged else 'has a hold on it'}.",
        act="End that in the ILS: the barcode is given to another item.",
    )


def _of_anybody(shown: ShownByAcs) -> _Said:
    if not shown.known:
        return DifferenceKind.UNKNOWN_BARCODE, _NOT_KNOWN, _MAKE_IT
    if shown.charged and shown.loan_is_ours is False:
        words = "is lent to somebody, and it is not among our customer's loans."
        return DifferenceKind.OTHERS_LOAN, words, "Find out who has it, and end that loan in the ILS."
    return None


def _on_shelf(request: Request, shown: ShownByAcs, at: datetime) -> _Said:
    """It waits for its customer."""
    if shown.charged:
        return None  # the next look of the request's own sees it
    if shown.kept and shown.hold_is_ours is False:
        words = "is kept for a hold, and it is not our customer's."
        return DifferenceKind.OTHERS_HOLD, words, "Take that hold off in the ILS, and check it in for our customer."
    if shown.kept or not _is_old(request, at):
        return None
    if shown.hold_is_ours:
        words = f"waits for its customer, whose hold stands, but it is not kept for it (status {shown.status})."
        return DifferenceKind.NOWHERE, words, "Check it in in the ILS."
    words = f"waits for its customer, but it is on nobody: no loan, and not kept for a hold (status {shown.status})."
    return DifferenceKind.NOWHERE, words, "Place the customer's hold in the ILS and check it in; or send it back."


def _with_customer(request: Request, shown: ShownByAcs, at: datetime) -> _Said:
    """The customer has it: what a look has shown is looked at by itself; what staff said alone, here."""
    by_word = request.borrowed.loan_proof is LoanProof.WORD
    if shown.charged is not False or not by_word or not _is_old(request, at):
        return None
    words = f"was handed out, as staff said, but the circulation system shows no loan (status {shown.status})."
    return DifferenceKind.NOWHERE, words, "Lend it to the customer in the ILS; or say that it came back."


def _back(request: Request, shown: ShownByAcs, at: datetime) -> _Said:
    """It goes, or went, back to the lender."""
    if shown.charged and shown.loan_is_ours and _is_old(request, at):
        return DifferenceKind.STILL_OUT, "is back, but our customer still has it on loan.", "Check it in in the ILS."
    if _is_wanted(shown):
        words = "goes back to the lender, but somebody has a hold on it."
        return DifferenceKind.OTHERS_HOLD, words, "Take that hold off in the ILS."
    return None


def _received(_request: Request, shown: ShownByAcs, _at: datetime) -> _Said:
    """It has come, and does not get as far as the hold shelf."""
    if shown.charged:
        words = "is still being received here, but somebody has it on loan."
        return (
            DifferenceKind.OTHERS_LOAN,
            words,
            "If it is our customer who has it, say that it was checked in, and handed out.",
        )
    if shown.kept and shown.hold_is_ours is not False:
        return (
            DifferenceKind.NOWHERE,
            "is still being received here, but it is kept for a hold.",
            "Say that it was checked in.",
        )
    if shown.kept:
        words = "is still being received here, and it is kept for a hold that is not our customer's."
        return DifferenceKind.OTHERS_HOLD, words, "Take that hold off in the ILS, and receive it again."
    words = f"has been received for longer than a day, and it is on nobody (status {shown.status})."
    return (
        DifferenceKind.NOWHERE,
        words,
        "Do the request's task; if it has none, place the customer's hold in the ILS and check it in.",
    )


def _taken_back(request: Request, shown: ShownByAcs, at: datetime) -> _Said:
    """It is at the desk, and its return does not come to an end."""
    said = _back(request, shown, at)
    if said is not None or shown.charged is not False:
        return said
    words = f"has been taken back for longer than a day, and it is checked in (status {shown.status})."
    return (
        DifferenceKind.NOWHERE,
        words,
        "Do the request's task, or say that it was checked in: the lender is told then.",
    )


def _lost(_request: Request, shown: ShownByAcs, _at: datetime) -> _Said:
    """Whoever had it may still be charged for it; but nobody can wait for it, and it can't lie on a shelf."""
    if shown.status == _SHELVED:
        return (
            DifferenceKind.NOWHERE,
            "counts as lost here, but it is on the hold shelf.",
            "Look there; if it is found, send it back.",
        )
    if shown.queue_length:
        words = "counts as lost here, but somebody has a hold on it."
        return DifferenceKind.OTHERS_HOLD, words, "Take that hold off in the ILS."
    return None


def _is_wanted(shown: ShownByAcs) -> bool:
    """Whether somebody has a hold on it; what goes from branch to branch needs none."""
    return bool(shown.queue_length) or shown.status == _SHELVED


def _is_old(request: Request, at: datetime) -> bool:
    return at - request.state_since > A_DAY


_NOT_KNOWN: Final = "is not known to the circulation system."
_MAKE_IT: Final = "Have it made there, or look at the label."
_SHELVED: Final = "08"
_BEFORE_THE_CUSTOMER: Final = frozenset({ItemPlace.CHOSEN, ItemPlace.HELD, ItemPlace.AT_DESK})
_AFTER_A_DAY: Final = frozenset({State.RECEIVING, State.TAKING_BACK, State.LOST})
"""Where acts of ours are under way, or a person has just said so."""
_PLACES: Final = {
    State.RECEIVING: _received,
    State.ON_SHELF: _on_shelf,
    State.WITH_CUSTOMER: _with_customer,
    State.TO_RETURN: _back,
    State.TAKING_BACK: _taken_back,
    State.SENT_BACK: _back,
    State.LOST: _lost,
}
