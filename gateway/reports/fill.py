"""How many requests were filled: as lender, and as borrower. The word has no standard meaning, so the formula stands beside each rate. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from gateway.reports.figure import (
    BORROWING,
    LENDING,
    SERVICES,
    Answers,
    Cell,
    Column,
    Figure,
    FigureRow,
    Group,
    Unit,
    share,
    summed,
)
from gateway.workflow.facts import CameTo, Milestone
from gateway.workflow.questions import FactsQuestion, Key, Only, Part


def _only(*outcomes: CameTo, taken_up: bool | None = None) -> tuple[Only, ...]:
    of = Only(part=Part.OUTCOME, values=tuple(outcome.value for outcome in outcomes))
    return (of,) if taken_up is None else (of, Only(part=Part.TAKEN_UP, values=(str(int(taken_up)),)))


_O = CameTo
_LENDING: Final = (
    Column(name="came", words="Came", behind="count"),
    Column(name="sent", words="Sent", behind="count", only=_only(_O.SUPPLIED)),
    Column(name="unfilled", words="Unfilled", behind="count", only=_only(_O.UNFILLED)),
    Column(name="retry", words="Retry, not taken up", behind="count", only=_only(_O.RETRY, taken_up=False)),
    Column(name="expired", words="Offer not answered", behind="count", only=_only(_O.EXPIRED)),
    Column(name="retried", words="Retry, taken up", behind="count", only=_only(_O.RETRY, taken_up=True)),
    Column(name="cancelled", words="Cancelled", behind="count", only=_only(_O.CANCELLED)),
    Column(name="open", words="Still open", behind="count", only=_only(_O.OPEN)),
    Column(name="rate", words="Fill rate", unit=Unit.RATE),
)
_BORROWING: Final = (
    Column(name="came", words="Taken", behind="count"),
    Column(name="received", words="Received", behind="count", only=_only(_O.RECEIVED)),
    Column(name="unfilled", words="Not to be had", behind="count", only=_only(_O.UNFILLED)),
    Column(name="cancelled", words="Called off", behind="count", only=_only(_O.CANCELLED)),
    Column(name="served", words="Served from our own shelves", behind="count", only=_only(_O.SERVED_HERE)),
    Column(name="open", words="Still open", behind="count", only=_only(_O.OPEN)),
    Column(name="rate", words="Fill rate", unit=Unit.RATE),
)


def lending_cells(counts: Mapping[Key, int]) -> tuple[int | float | None, ...]:
    """Return the cells of a line out of counts by outcome and whether a Retry came."""

    def of(outcome: CameTo, taken_up: str | None = None) -> int:
        return sum(
            n for (found, taken), n in counts.items() if found == outcome and (taken_up is None or taken == taken_up)
        )

    sent, no, later, expired = of(_O.SUPPLIED), of(_O.UNFILLED), of(_O.RETRY, "0"), of(_O.EXPIRED)
    others = of(_O.RETRY, "1"), of(_O.CANCELLED), of(_O.OPEN)
    return summed(counts), sent, no, later, expired, *others, share(sent, sent + no + later + expired)


def _borrowing_cells(counts: Mapping[Key, int]) -> tuple[int | float | None, ...]:
    received, no, off, served, still = (
        summed(counts, values=[outcome.value])
        for outcome in (_O.RECEIVED, _O.UNFILLED, _O.CANCELLED, _O.SERVED_HERE, _O.OPEN)
    )
    return summed(counts), received, no, off, served, still, share(received, received + no + off)


def _of_services(counts: Mapping[Key, int], services: Sequence[str]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for (service, *rest), count in counts.items():
        if service in services:
            found[tuple(rest)] = found.get(tuple(rest), 0) + count
    return found


def _by_service(cells_of: Callable[[Mapping[Key, int]], tuple[Cell, ...]], answers: Answers) -> Sequence[FigureRow]:
    counts = answers.counts["count"]
    rows = [
        FigureRow(
            name=name,
            words=words,
            cells=cells_of(_of_services(counts, services)),
            only=(Only(part=Part.SERVICE, values=services),),
        )
        for name, (words, services) in SERVICES.items()
    ]
    everything = _of_services(counts, [key[0] for key in counts])
    return (*rows, FigureRow(name="total", words="Total", cells=cells_of(everything), is_total=True))


FILL_LENDING: Final = Figure(
    name="fill-lending",
    group=Group.FILL,
    title="Filled for other libraries",
    definition=(
        "Of the requests that came in the period: sent ÷ (sent + unfilled + retry that was not taken up + offers that were not answered in "
        "time). Cancelled ones, those in whose place a Retry came, and those that are still open are left out of the rate and stand beside "
        "it; so the rate of a month changes until none of it is open."
    ),
    columns=_LENDING,
    headline="rate",
    questions={
        "count": FactsQuestion(when=Milestone.ARRIVED, only=(LENDING,), by=(Part.SERVICE, Part.OUTCOME, Part.TAKEN_UP))
    },
    make=partial(_by_service, lending_cells),
    adds_up=False,
)
FILL_BORROWING: Final = Figure(
    name="fill-borrowing",
    group=Group.FILL,
    title="Filled for our customers",
    definition=(
        "Of the requests that customers made in the period: received ÷ (received + not to be had + called off). A loan that was lost on its way "
        "to us counts as not to be had once that is settled. Those served from our own shelves stand apart and are left out of the rate; so are "
        "those that are still open."
    ),
    columns=_BORROWING,
    headline="rate",
    questions={"count": FactsQuestion(when=Milestone.ARRIVED, only=(BORROWING,), by=(Part.SERVICE, Part.OUTCOME))},
    make=partial(_by_service, _borrowing_cells),
    adds_up=False,
)
FIGURES: Final = (FILL_LENDING, FILL_BORROWING)
