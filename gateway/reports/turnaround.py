"""How long it took: each leg of the way, in calendar days and in open days. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import ceil
from operator import mul
from typing import Final

import msgspec

from gateway.reports.figure import OF_LINE, SERVICES, Answers, Column, Figure, FigureRow, Group, Unit, share
from gateway.reports.sums import together
from gateway.workflow.facts import Leg
from gateway.workflow.questions import HowLong, Only, Part, Stretches, Tally, Took

_HOURS_A_DAY: Final = 24
_SECONDS_A_DAY: Final = 86_400
_FAST_H, _SLOW_H = 48, 72


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How long something took, all together."""

    count: int
    mean_days: float | None = None
    median_days: float | None = None
    p90_days: float | None = None
    under_48_h: float | None = None
    under_72_h: float | None = None
    """48 hours or more, and under 72."""
    over_72_h: float | None = None
    open_mean: float | None = None
    open_median: int | None = None
    open_p90: int | None = None


def spread(parts: Iterable[Took]) -> Spread:
    """Put how long legs took together. Medians and percentiles are by nearest rank; hours are whole ones, so that a median is right to the hour."""
    took = together(parts)
    hours, days = Ranks(took.hours), Ranks(took.open_days)
    count = hours.total
    if not count:
        return Spread(count=0)
    fast, slow = hours.below(_FAST_H), count - hours.below(_SLOW_H)
    return Spread(
        count=count,
        mean_days=took.seconds / count / _SECONDS_A_DAY,
        median_days=hours.at(50) / _HOURS_A_DAY,
        p90_days=hours.at(90) / _HOURS_A_DAY,
        under_48_h=share(fast, count),
        under_72_h=share(count - fast - slow, count),
        over_72_h=share(slow, count),
        open_mean=sum(map(mul, took.open_days.values, took.open_days.counts)) / count,
        open_median=days.at(50),
        open_p90=days.at(90),
    )


class Ranks:
    """A tally, by rank."""

    def __init__(self, tally: Tally) -> None:
        """Add up from the smallest value on."""
        self._values, self._up_to = tally.values, list(accumulate(tally.counts))
        self.total = self._up_to[-1] if self._up_to else 0

    def at(self, percent: int) -> int:
        """Return the smallest value that so many per cent do not exceed (nearest rank); there is one at least."""
        return self._values[bisect_left(self._up_to, max(1, ceil(self.total * percent / 100)))]

    def below(self, limit: int) -> int:
        """Count what is below a limit."""
        place = bisect_left(self._values, limit)
        return self._up_to[place - 1] if place else 0


def of_service(stretches: Stretches, services: Iterable[str]) -> Iterable[Took]:
    """Return those of these services."""
    return [stretches[(service,)] for service in services if (service,) in stretches]


_D, _R = Unit.DAYS, Unit.RATE
_COLUMNS: Final = (
    Column(name="count", words="Requests", behind=OF_LINE),
    Column(name="mean", words="Mean", unit=_D),
    Column(name="median", words="Median", unit=_D),
    Column(name="p90", words="9 of 10 within", unit=_D),
    Column(name="under-48-h", words="Under 48 h", unit=_R),
    Column(name="under-72-h", words="48 to 72 h", unit=_R),
    Column(name="over-72-h", words="Longer", unit=_R),
    Column(name="open-mean", words="Mean, open days", unit=_D),
    Column(name="open-median", words="Median, open days", unit=_D),
    Column(name="open-p90", words="9 of 10, open days", unit=_D),
)
_WORDS: Final = {
    Leg.TO_ANSWER: "Came → answered",
    Leg.TO_SHIP: "Answered → shipped",
    Leg.TO_SUPPLY: "Came → shipped",
    Leg.TO_SEND: "Asked → shipped by the lender",
    Leg.ON_THE_WAY: "Shipped → received",
    Leg.TO_HAND_OUT: "Received → with the customer",
    Leg.TO_RECEIVE: "Taken → received",
}


def _rows(legs: Sequence[Leg], answers: Answers) -> Sequence[FigureRow]:
    return [
        FigureRow(
            name=f"{leg.value.replace('_', '-')}/{name}",
            words=f"{_WORDS[leg]}, {'loans' if name == 'returnables' else 'copies'}",
            cells=msgspec.structs.astuple(spread(of_service(answers.stretches[leg.value], services))),
            only=(Only(part=Part.SERVICE, values=services),),
            behind=leg.value,
        )
        for leg in legs
        for name, (_words, services) in SERVICES.items()
    ]


def _figure(name: str, title: str, legs: Sequence[Leg], definition: str) -> Figure:
    return Figure(
        name=name,
        group=Group.TIME,
        title=title,
        definition=f"{definition} {_MEASURED}",
        columns=_COLUMNS,
        headline="median",
        questions={leg.value: HowLong(leg=leg, by=(Part.SERVICE,)) for leg in legs},
        make=lambda answers: _rows(legs, answers),
        adds_up=False,
    )


_MEASURED: Final = (
    "Each leg counts in the period in which it ended, in calendar days from moment to moment (whole hours; the mean is exact), and in open "
    "days by the library's calendar as it was then: those after the first day, up to the last. Median and “9 of 10” are by nearest rank."
)
TURNAROUND_LENDING: Final = _figure(
    "turnaround-lending",
    "How long other libraries waited",
    (Leg.TO_ANSWER, Leg.TO_SHIP, Leg.TO_SUPPLY),
    "From the arrival of a request to the partner's confirmation of our first answer that says what we will do; from there to the checkout "
    "or the sending of the copy; and both together.",
)
TURNAROUND_BORROWING: Final = _figure(
    "turnaround-borrowing",
    "How long our customers waited",
    (Leg.TO_SEND, Leg.ON_THE_WAY, Leg.TO_HAND_OUT, Leg.TO_RECEIVE),
    "From the first lender's confirmation that it has the request to the sending; from there to the scan on arrival; from there until the "
    "customer has it; and from the order to the scan on arrival.",
)
FIGURES: Final = (TURNAROUND_LENDING, TURNAROUND_BORROWING)
