"""What was provided to other libraries and received from them, and by which branch. Pure."""

from collections.abc import Sequence
from typing import Final

from gateway.reports.figure import (
    BORROWING,
    LENDING,
    OTHERS,
    SERVICES,
    Answers,
    Column,
    Figure,
    FigureRow,
    Group,
    by_value,
    summed,
    total,
)
from gateway.workflow.facts import Milestone
from gateway.workflow.questions import FactsQuestion, Only, Part

_COUNT: Final = (Column(name="count", words="Requests", behind="count"),)


def _by_service(answers: Answers) -> Sequence[FigureRow]:
    counts = answers.counts["count"]
    rows = [
        FigureRow(
            name=name,
            words=words,
            cells=(summed(counts, values=services),),
            only=(Only(part=Part.SERVICE, values=services),),
        )
        for name, (words, services) in SERVICES.items()
    ]
    return (*rows, total(_COUNT, rows))


PROVIDED: Final = Figure(
    name="provided",
    group=Group.SUPPLY,
    title="Provided to other libraries",
    definition=(
        "Loans and copies sent to a library outside our own administration, each in the month in which it was sent: at Loaned, or at "
        "CopyCompleted. A set that was asked for as one counts once. Partners of our own administration ([figures] own_groups) never "
        "count. What was sent and taken back later counts one less in the month in which it was taken back. (Public Libraries Survey, "
        "data element 575.)"
    ),
    columns=_COUNT,
    headline="count",
    questions={"count": FactsQuestion(when=Milestone.SUPPLIED, only=(LENDING, OTHERS), by=(Part.SERVICE,))},
    make=_by_service,
)
RECEIVED: Final = Figure(
    name="received",
    group=Group.SUPPLY,
    title="Received from other libraries",
    definition=(
        "Loans in the month in which they were scanned on arrival, and copies in the month in which they were handed over, from libraries "
        "outside our own administration. What was served from our own shelves does not count. (Public Libraries Survey, data element 576.)"
    ),
    columns=_COUNT,
    headline="count",
    questions={"count": FactsQuestion(when=Milestone.RECEIVED, only=(BORROWING, OTHERS), by=(Part.SERVICE,))},
    make=_by_service,
)

_CAME: Final = (
    Column(name="lending", words="From partners", behind="count", only=(LENDING,)),
    Column(name="borrowing", words="From our customers", behind="count", only=(BORROWING,)),
)


def _came(answers: Answers) -> Sequence[FigureRow]:
    counts = answers.counts["count"]
    rows = []
    for name, (words, services) in SERVICES.items():
        cells = tuple(
            summed({key: count for key, count in counts.items() if key[0] == role}, 1, services)
            for role in (LENDING.values[0], BORROWING.values[0])
        )
        rows.append(FigureRow(name=name, words=words, cells=cells, only=(Only(part=Part.SERVICE, values=services),)))
    return (*rows, total(_CAME, rows))


CAME: Final = Figure(
    name="came",
    group=Group.SUPPLY,
    title="Requests that came",
    definition=(
        "Requests by the day on which they came to us, or were taken from a customer, whatever became of them. One that may be a loan or a "
        "copy stands with loans until it is known what it comes to."
    ),
    columns=_CAME,
    headline="lending",
    questions={"count": FactsQuestion(when=Milestone.ARRIVED, by=(Part.ROLE, Part.SERVICE))},
    make=_came,
    adds_up=True,
)

_BRANCHES: Final = (
    Column(name="sent", words="Sent from it", behind="sent"),
    Column(name="received", words="Received for it", behind="received"),
)


def _branches(answers: Answers) -> Sequence[FigureRow]:
    sent, received = by_value(answers.counts["sent"]), by_value(answers.counts["received"])
    names = sorted({*sent, *received}, key=lambda name: (-sent.get(name, 0) - received.get(name, 0), name))
    rows = [
        FigureRow(
            name=name,
            words=name,
            part=Part.BRANCH,
            cells=(sent.get(name, 0), received.get(name, 0)),
            only=(Only(part=Part.BRANCH, values=(name,)),),
        )
        for name in names
    ]
    return (*rows, total(_BRANCHES, rows))


BRANCHES: Final = Figure(
    name="branches",
    group=Group.SUPPLY,
    title="By branch",
    definition=(
        "What was provided to other libraries by the branch that owns the item, and what was received from them by the branch at which it "
        "is picked up; each counted as above."
    ),
    columns=_BRANCHES,
    headline="sent",
    questions={
        "sent": FactsQuestion(when=Milestone.SUPPLIED, only=(LENDING, OTHERS), by=(Part.BRANCH,)),
        "received": FactsQuestion(when=Milestone.RECEIVED, only=(BORROWING, OTHERS), by=(Part.BRANCH,)),
    },
    make=_branches,
)
FIGURES: Final = (PROVIDED, RECEIVED, CAME, BRANCHES)
