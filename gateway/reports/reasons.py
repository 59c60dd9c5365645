"""Why not: the reasons of Unfilled and RetryPossible, ours and the lenders'. Pure."""

from collections.abc import Sequence
from typing import Final

from gateway.reports.figure import LENDING, Answers, Column, Figure, FigureRow, Group, by_value, split, total
from gateway.workflow.facts import AttemptResult, Milestone
from gateway.workflow.questions import AttemptTime, FactsQuestion, Only, Part, Population
from gateway.workflow.words import code_words, within

NO_REASON: Final = "no reason given"
_OURS: Final = (
    Column(name="unfilled", words="Unfilled", behind="unfilled"),
    Column(name="retry", words="RetryPossible", behind="retry"),
)
_PLACES: Final = ("first", "second", "third")
_THEIRS: Final = (
    *(
        Column(
            name=name,
            words=f"{name.capitalize()} lender",
            behind="no",
            only=(Only(part=Part.PLACE, values=(str(place),)),),
        )
        for place, name in enumerate(_PLACES, 1)
    ),
    Column(
        name="later",
        words="Later ones",
        behind="no",
        only=(Only(part=Part.PLACE, values=("1", "2", "3"), is_other=True),),
    ),
    Column(name="total", words="Together", behind="no"),
)


def _ours(answers: Answers) -> Sequence[FigureRow]:
    unfilled, retry = by_value(answers.counts["unfilled"]), by_value(answers.counts["retry"])
    reasons = sorted({*unfilled, *retry}, key=lambda each: (-unfilled.get(each, 0) - retry.get(each, 0), each))
    rows = [
        FigureRow(
            name=reason,
            words=code_words(reason) or NO_REASON,
            cells=(unfilled.get(reason, 0), retry.get(reason, 0)),
            only=(Only(part=Part.REASON, values=(reason,)),),
        )
        for reason in reasons
    ]
    return (*rows, total(_OURS, rows))


def _theirs(answers: Answers) -> Sequence[FigureRow]:
    """A line for each answer and reason, by the lender's place."""
    parted = split(answers.counts["no"])
    rows = []
    for result in (AttemptResult.UNFILLED, AttemptResult.RETRY, AttemptResult.SILENT):
        said = parted.get(result.value, {})
        of_reasons = split(said)
        for reason in by_value(said):
            places = by_value(of_reasons[reason])
            cells = [places.get(str(place), 0) for place in range(1, len(_PLACES) + 1)]
            together = sum(places.values())
            rows.append(
                FigureRow(
                    name=f"{result.value}/{reason}",
                    words=f"{result.value.capitalize()}: {within(reason) or NO_REASON}",
                    cells=(*cells, together - sum(cells), together),
                    only=(Only(part=Part.RESULT, values=(result.value,)), Only(part=Part.REASON, values=(reason,))),
                )
            )
    return (*rows, total(_THEIRS, rows))


_NOES: Final = (AttemptResult.UNFILLED.value, AttemptResult.RETRY.value, AttemptResult.SILENT.value)
WHY_NOT_LENDING: Final = Figure(
    name="why-not-lending",
    group=Group.REASONS,
    title="Why we could not lend",
    definition=(
        "Our answers Unfilled and RetryPossible in the period, by the code of their reason, in words. An answer that was taken back counts one less in "
        "the month in which that was."
    ),
    columns=_OURS,
    headline="unfilled",
    questions={
        "unfilled": FactsQuestion(when=Milestone.UNFILLED, only=(LENDING,), by=(Part.REASON,)),
        "retry": FactsQuestion(when=Milestone.RETRY, only=(LENDING,), by=(Part.REASON,)),
    },
    make=_ours,
)
WHY_NOT_BORROWING: Final = Figure(
    name="why-not-borrowing",
    group=Group.REASONS,
    title="Why lenders did not send",
    definition=(
        "What each lender said first to what it was asked, where that was Unfilled, RetryPossible or nothing in time, by its reason and by "
        "the lender's place in the rota. A request counts once for each lender that was asked."
    ),
    columns=_THEIRS,
    headline="total",
    questions={
        "no": FactsQuestion(
            when=AttemptTime.ANSWERED,
            source=Population.ATTEMPTS,
            only=(Only(part=Part.RESULT, values=_NOES),),
            by=(Part.RESULT, Part.REASON, Part.PLACE),
        )
    },
    make=_theirs,
)
FIGURES: Final = (WHY_NOT_LENDING, WHY_NOT_BORROWING)
