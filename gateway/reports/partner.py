"""A partner's figures over a period: each with its definition, from what the store has counted. Pure.

A request is of the period if it arrived in it; messages are of the period if they were received, or confirmed, in it. Lending
counts from Loaned or CopyCompleted on (ill.md, "Money, statistics, copyright in short").
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from math import ceil
from statistics import median
from typing import Final

import msgspec

from gateway.iso18626.codes import Status
from gateway.workflow.figures import (
    SUPPLIED,
    Direction,
    FaultCount,
    FigureEvent,
    PartnerBooks,
    RepairsCounted,
    RequestHappening,
)
from gateway.workflow.records import State


class RequestResult(StrEnum):
    """What a request has come to so far."""

    SUPPLIED = "supplied"
    UNFILLED = "unfilled"
    RETRY = "retry possible"
    CANCELLED = "cancelled"
    OPEN = "open"


_S = State
RESULTS: Final[Mapping[State, RequestResult]] = {
    **dict.fromkeys(State, RequestResult.OPEN),
    **dict.fromkeys(SUPPLIED, RequestResult.SUPPLIED),
    _S.UNFILLED: RequestResult.UNFILLED,
    _S.RETRY_POSSIBLE: RequestResult.RETRY,
    _S.CANCELLED: RequestResult.CANCELLED,
}
"""By the state that a request is in now; on the way to the partner it is still open."""

NO_ANSWER: Final = frozenset({Status.REQUEST_RECEIVED, Status.EXPECT_TO_SUPPLY})
"""Statuses that tell the partner no more than that its request is looked at."""


class AnswerTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from the arrival of a request to the partner's confirmation of our first answer; None without any."""

    count: int
    median_s: float | None = None
    p90_s: float | None = None


class PartnerFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures, ready to be shown."""

    requests: int
    """That arrived."""
    results: Mapping[RequestResult, int]
    """What they have come to."""
    fill_rate: float | None
    """Supplied, of those supplied, unfilled or put off; None where there is none of these."""
    answer_times: AnswerTimes
    messages_in: int
    """Confirmed OK."""
    messages_out: int
    """That the partner's system confirmed OK."""
    refused_by_partner: int
    """Ours that it answered with ERROR for good, or that could not be said to it."""
    repaired_messages: int
    repairs: Mapping[str, int]
    """Messages in which something was put right, by what and at which element."""
    faults: Mapping[Direction, Mapping[str, int]]
    """Exchanges with its system that failed, every try counted, by what was wrong."""
    complete: bool
    """False where only the newest requests were looked at."""


def partner_figures(books: PartnerBooks, faults: Iterable[FaultCount]) -> PartnerFigures:
    """Put a period's figures together."""
    arrived = {each.request: each for each in books.happenings if each.what is FigureEvent.ARRIVED}
    results = Counter(RESULTS[each.state] for each in arrived.values())
    told = Counter(each.what for each in books.happenings)
    return PartnerFigures(
        requests=len(arrived),
        results={result: results[result] for result in RequestResult},
        fill_rate=fill_rate(results),
        answer_times=answer_times(arrived, books.happenings),
        messages_in=sum(each.count for each in books.received),
        messages_out=told[FigureEvent.CONFIRMED],
        refused_by_partner=told[FigureEvent.REFUSED],
        repaired_messages=sum(each.count for each in books.received if each.repairs),
        repairs=repairs(books.received),
        faults=faults_by_direction(faults),
        complete=books.complete,
    )


def fill_rate(results: Mapping[RequestResult, int]) -> float | None:
    """Return the share of supplied requests among those that were answered for good; cancelled and open ones don't count."""
    answered = sum(
        results.get(result, 0) for result in (RequestResult.SUPPLIED, RequestResult.UNFILLED, RequestResult.RETRY)
    )
    return results.get(RequestResult.SUPPLIED, 0) / answered if answered else None


def answer_times(arrived: Mapping[str, RequestHappening], happenings: Iterable[RequestHappening]) -> AnswerTimes:
    """Measure the first answer to each request that arrived; one without an answer yet doesn't count."""
    first: dict[str, datetime] = {}
    for each in happenings:
        if each.what is FigureEvent.CONFIRMED and each.status not in NO_ANSWER and each.request in arrived:
            first.setdefault(each.request, each.at)
    waits = sorted((at - arrived[request].at).total_seconds() for request, at in first.items())
    if not waits:
        return AnswerTimes(count=0)
    return AnswerTimes(count=len(waits), median_s=median(waits), p90_s=percentile(waits, 90))


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the smallest of the values that so many per cent of them do not exceed (nearest rank); there is one at least."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def repairs(received: Iterable[RepairsCounted]) -> dict[str, int]:
    """Count messages by what was put right in them and where, the most frequent first."""
    counts: Counter[str] = Counter()
    for each in received:
        for repair in each.repairs:
            counts[repair] += each.count
    return dict(counts.most_common())


def faults_by_direction(faults: Iterable[FaultCount]) -> dict[Direction, dict[str, int]]:
    """Add up the days."""
    counts: dict[Direction, Counter[str]] = {direction: Counter() for direction in Direction}
    for each in faults:
        counts[each.direction][each.fault] += each.count
    return {direction: dict(counted.most_common()) for direction, counted in counts.items()}
