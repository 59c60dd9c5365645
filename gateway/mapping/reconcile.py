"""The circulation system's loans and holds of an account beside our requests: where they differ, in words for a technician.

A list counts as `circulation.complete_list` says: it is complete, or it says nothing. A request with an act under way is
left out, with its items: it looks by itself. So is one that changed after the lists were asked for. Pure; nothing here
acts, and a difference is a question to a person, never proof.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from gateway.mapping.circulation import LookKind, Seen, complete_list
from gateway.sip2.codec import folded
from gateway.sip2.profiles import Profile
from gateway.workflow.lending.groups import ACTING
from gateway.workflow.records import Item, ItemPlace, Request, State

ASKED: Final = (LookKind.CHARGED, LookKind.HOLDS, LookKind.UNAVAILABLE_HOLDS)
"""What is asked of each account (63)."""


class AccountLists(msgspec.Struct, frozen=True, kw_only=True):
    """The item barcodes that the circulation system lists of an account; None where its lists say nothing."""

    loans: frozenset[str] | None
    holds: frozenset[str] | None


class DifferenceKind(StrEnum):
    """How the two sides differ."""

    UNKNOWN_LOAN = "loan without a request"
    MISSING_LOAN = "request without its loan"
    UNKNOWN_HOLD = "hold without a request"
    MISSING_HOLD = "request without its hold"
    UNKNOWN_BARCODE = "pool barcode that is not known"
    OTHERS_LOAN = "loan of somebody else"
    OTHERS_HOLD = "hold of somebody else"
    NOWHERE = "on nobody"
    STILL_OUT = "loan that is over"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One item of which the two sides say different things."""

    kind: DifferenceKind
    item_barcode: str
    words: str
    act: str
    """What a technician could do about it."""
    request: str | None = None
    """Our id of the request that the item is of; None where no open request has it."""

    @property
    def said(self) -> str:
        """The words and the proposed act in one."""
        return f"{self.words} {self.act}"


def books_of(seen: Seen, profile: Profile) -> AccountLists:
    """Read the replies to the questions of `ASKED`, all of them."""
    loans, holds, unavailable = (complete_list(question, seen[question], profile) for question in ASKED)
    return AccountLists(loans=loans, holds=None if holds is None or unavailable is None else holds | unavailable)


def is_moving(request: Request, asked_at: datetime) -> bool:
    """Whether an act is under way, or something was decided since the lists were asked for."""
    return request.state in ACTING or request.updated_at >= asked_at


def differences(books: AccountLists, requests: Iterable[Request], *, asked_at: datetime) -> tuple[Difference, ...]:
    """Compare an account's lists with its open requests, newest first, as they were read after the lists were."""
    known = tuple(requests)
    steady = [request for request in known if not is_moving(request, asked_at)]
    passed_over = {item.barcode for request in known if is_moving(request, asked_at) for item in request.items}
    return (
        *_compared(books.loans, steady, passed_over, _LOANS),
        *_compared(books.holds, steady, passed_over, _HOLDS),
    )


class _Rule(msgspec.Struct, frozen=True):
    """What a list must and may name, and what is said where it doesn't."""

    missing: DifferenceKind
    unknown: DifferenceKind
    must: frozenset[ItemPlace]
    may: frozenset[ItemPlace]
    """Places whose items the list must or may name: a hold of an item at the desk is listed by some systems only."""
    words: Callable[[DifferenceKind, str, Request | None, Item | None], tuple[str, str]]


def _compared(
    listed: frozenset[str] | None, steady: list[Request], passed_over: set[str], rule: _Rule
) -> list[Difference]:
    if listed is None:
        return []
    theirs = {folded(barcode): barcode for barcode in sorted(listed)}
    passed = set(map(folded, passed_over))
    owned = [(request, item) for request in steady for item in request.items]
    missing = [
        _difference(rule, rule.missing, item.barcode, request, item)
        for request, item in owned
        if item.place in rule.must and folded(item.barcode) not in theirs.keys() | passed
    ]
    known = {folded(item.barcode) for _, item in owned if item.place in rule.may}
    owner = {folded(item.barcode): (request, item) for request, item in reversed(owned)}  # the newest counts
    unknown = []
    for each in sorted(theirs.keys() - known - passed):
        request, item = owner.get(each, (None, None))
        barcode = item.barcode if item else theirs[each]
        unknown.append(_difference(rule, rule.unknown, barcode, request, item))
    return missing + unknown


def _difference(
    rule: _Rule, kind: DifferenceKind, barcode: str, request: Request | None, item: Item | None
) -> Difference:
    words, act = rule.words(kind, barcode, request, item)
    return Difference(kind=kind, item_barcode=barcode, words=words, act=act, request=request.id if request else None)


# ── words ────────────────────────────────────────────────────────────────────────────────────────

_ON_ITS_WAY: Final = frozenset({ItemPlace.HELD, ItemPlace.AT_DESK})


def _loan_words(kind: DifferenceKind, barcode: str, request: Request | None, item: Item | None) -> tuple[str, str]:
    if kind is DifferenceKind.MISSING_LOAN:
        words = f"Item {barcode} counts as out here, but the circulation system lists no such loan of the partner."
        return words, _MISSING_LOAN_ACTS.get(request.state if request else None, _MISSING_LOAN_ACT)
    if item is None:
        words = f"Item {barcode} is checked out to the partner, but no open request has it."
        return words, "If it is here, check it in in the ILS; else find out where it is."
    words = f"Item {barcode} is checked out to the partner, but counts as {_PLACE_WORDS[item.place]} here."
    if item.place in _ON_ITS_WAY:
        return words, "If it was sent, mark it done by hand with its due date; else check it in in the ILS."
    return words, "Check it in in the ILS."


def _hold_words(kind: DifferenceKind, barcode: str, _request: Request | None, _item: Item | None) -> tuple[str, str]:
    if kind is DifferenceKind.MISSING_HOLD:
        words = f"Item {barcode} counts as on hold here, but the circulation system lists no such hold of the partner."
        return words, "Place the hold in the ILS, or say that the item can't be found to take another."
    words = f"Item {barcode} is on hold for the partner, but no open request needs the hold."
    return words, "Cancel the hold in the ILS."


_MISSING_LOAN_ACT: Final = "If it came back, mark it done by hand; else check it out in the ILS again."
_MISSING_LOAN_ACTS: Final[Mapping[State | None, str]] = {
    State.CHECKED_OUT: "Check it out in the ILS again, or undo the checkout."
}
"""In “checked out”, done by hand would settle the due date."""
_PLACE_WORDS: Final[Mapping[ItemPlace, str]] = {
    ItemPlace.CHOSEN: "in its place",
    ItemPlace.HELD: "on hold",
    ItemPlace.AT_DESK: "at the desk",
    ItemPlace.OUT: "out",
    ItemPlace.BACK: "back",
}
_OUT: Final = frozenset({ItemPlace.OUT})
_LOANS: Final = _Rule(DifferenceKind.MISSING_LOAN, DifferenceKind.UNKNOWN_LOAN, must=_OUT, may=_OUT, words=_loan_words)
_HOLDS: Final = _Rule(
    DifferenceKind.MISSING_HOLD,
    DifferenceKind.UNKNOWN_HOLD,
    must=frozenset({ItemPlace.HELD}),
    may=_ON_ITS_WAY,
    words=_hold_words,
)
