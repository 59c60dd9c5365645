"""How the libraries that we ask have served us, and who owes whom: each figure with its definition. Pure.

A request counts for every lender that it was asked of. Requests and loans are of the period if they changed in it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Final, NamedTuple

import msgspec

from gateway.workflow.figures import Attempt, LenderBooks
from gateway.workflow.records import Request, State

OPEN: Final = frozenset({State.ASKING, State.CONDITIONAL, State.PROMISED, State.WITHDRAWING, State.CANCELLED})
"""States in which the last lender that was asked has not failed us: it may still send, or the customer wants it no more."""


class LenderFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A lender's figures; None where there is nothing to count yet."""

    fill_rate: float | None = None
    """Sent, of what it was asked for and has answered, or had to be left for its silence."""
    turnaround_days: float | None = None
    """Median, from the confirmation of our request to the scan on arrival; loans alone."""
    balance: int = 0
    """What we sent it minus what it sent us: above 0 it owes us."""
    asked: int = 0
    """How often it was asked, of what counts for the fill rate."""
    no_days: float | None = None
    """Mean, from the confirmation of our request until the next lender could be asked, of those that it did not send."""
    promise_days: float | None = None
    """Within which it said so, 95 in 100 of the times that it sent something; None before there are ANSWERS_LEAST."""


ANSWERS_LEAST: Final = 5
_NEARLY_ALL: Final = 0.95


class _Attempt(NamedTuple):
    """A lender that was asked: whether it sent anything, and after how long that was here."""

    partner: str
    sent: bool
    after: timedelta | None
    lost: timedelta | None = None
    """How long it kept us from asking the next."""
    answered: timedelta | None = None
    """How long it took to answer."""


def lender_figures(books: LenderBooks) -> dict[str, LenderFigures]:
    """Put the figures of every partner together that was asked or lent to."""
    attempts: dict[str, list[_Attempt]] = defaultdict(list)
    for request in books.ours:
        for attempt in _attempts(request, books):
            attempts[attempt.partner].append(attempt)
    return {
        partner: _figures(attempts.get(partner, []), books.lent.get(partner, 0)) for partner in {*attempts, *books.lent}
    }


def _attempts(request: Request, books: LenderBooks) -> Iterator[_Attempt]:
    """Each lender that was asked; of a New and its Retry at the same one the Retry alone, and none that is still open."""
    asked = request.borrowed.asked
    for number, line in enumerate(asked, 1):
        if number in request.borrowed.never_asked:
            continue
        answered = _between(books.asked_at, books.answered_at, request.id, number)
        if number != request.borrowed.attempt:
            if number == len(asked) or asked[number].partner != line.partner:
                lost = _between(books.asked_at, books.asked_at, request.id, number, number + 1) or answered
                yield _Attempt(line.partner, sent=False, after=None, lost=lost, answered=answered)
            continue
        was_sent = request.shipped_at is not None
        if was_sent or request.state not in OPEN:
            lost = None if was_sent else answered
            after = _after(request, books.asked_at)
            yield _Attempt(line.partner, sent=was_sent, after=after, lost=lost, answered=answered)


def _between(
    begun: Mapping[Attempt, datetime],
    over: Mapping[Attempt, datetime],
    request: str,
    first: int,
    last: int | None = None,
) -> timedelta | None:
    """From what happened to an attempt to what happened to it, or to the next."""
    began, ended = begun.get((request, first)), over.get((request, last or first))
    return ended - began if began and ended and ended >= began else None


def _after(request: Request, asked_at: Mapping[Attempt, datetime]) -> timedelta | None:
    """How long it took until it was here; of a Retry since the Retry."""
    began = asked_at.get((request.id, request.borrowed.attempt))
    return request.received_at - began if began and request.received_at else None


def _figures(attempts: list[_Attempt], lent: int) -> LenderFigures:
    sent = sum(attempt.sent for attempt in attempts)
    days = [attempt.after / timedelta(days=1) for attempt in attempts if attempt.after is not None]
    return LenderFigures(
        fill_rate=sent / len(attempts) if attempts else None,
        turnaround_days=round(median(days), 1) if days else None,
        balance=lent - sent,
        asked=len(attempts),
        no_days=_mean_days([attempt.lost for attempt in attempts if attempt.lost is not None]),
        promise_days=_nearly_all([each.answered for each in attempts if each.sent and each.answered is not None]),
    )


def _mean_days(times: list[timedelta]) -> float | None:
    return round(sum(times, timedelta()) / len(times) / timedelta(days=1), 1) if times else None


def _nearly_all(times: list[timedelta]) -> float | None:
    if len(times) < ANSWERS_LEAST:
        return None
    return round(sorted(times)[ceil(_NEARLY_ALL * len(times)) - 1] / timedelta(days=1), 1)
