"""How often staff did what the gateway proposed: what tells a manager that answers may go out by themselves. Pure."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from gateway.reports.figure import (
    LENDING,
    Answers,
    Cell,
    Column,
    Figure,
    FigureRow,
    Group,
    Unit,
    by_value,
    share,
    split,
    summed,
)
from gateway.workflow.facts import Departs, Milestone
from gateway.workflow.questions import FactsQuestion, Only, Part

NO_LINE: Final = "no line of the policy"


def _of(difference: Departs) -> tuple[Only, ...]:
    return (Only(part=Part.DIFFERENCE, values=(difference.value,)),)


_COLUMNS: Final = (
    Column(name="proposals", words="Proposals", behind="decided"),
    Column(name="followed", words="Followed", behind="decided", only=_of(Departs.NONE)),
    Column(name="share", words="Share", unit=Unit.RATE),
    Column(name="copy", words="Another copy", behind="decided", only=_of(Departs.COPY)),
    Column(name="reason", words="Another reason", behind="decided", only=_of(Departs.REASON)),
    Column(name="answer", words="Another answer", behind="decided", only=_of(Departs.ANSWER)),
)


def _cells(differences: dict[str, int]) -> tuple[Cell, ...]:
    proposals, followed = sum(differences.values()), differences.get(Departs.NONE.value, 0)
    others = (differences.get(each.value, 0) for each in (Departs.COPY, Departs.REASON, Departs.ANSWER))
    return proposals, followed, share(followed, proposals), *others


def _rows(part: Part, nameless: str, answers: Answers) -> Sequence[FigureRow]:
    counts = answers.counts["decided"]
    parted = split(counts)
    rows = [
        FigureRow(
            name=value,
            words=value or nameless,
            part=part if part is Part.PARTNER and value else None,
            cells=_cells(by_value(parted[value])),
            only=(Only(part=part, values=(value,)),),
        )
        for value in by_value(counts)
    ]
    everything = {each: summed(counts, 1, [each.value]) for each in Departs}
    cells = _cells({each.value: count for each, count in everything.items()})
    return (*rows, FigureRow(name="total", words="Total", cells=cells, is_total=True))


def _figure(name: str, title: str, part: Part, nameless: str) -> Figure:
    return Figure(
        name=name,
        group=Group.TRUST,
        title=title,
        definition=(
            "Requests for which the gateway had an answer to propose and a person gave the first one, in the period in which that was. Followed: the same "
            "answer, with the proposed copy if it is a yes, for the same reason if it is a no. What went out by itself, and what the "
            "gateway left to staff, is not counted. Each difference can be opened: they are the reasons for and against automatic answers."
        ),
        columns=_COLUMNS,
        headline="share",
        questions={"decided": FactsQuestion(when=Milestone.DECIDED, only=(LENDING,), by=(part, Part.DIFFERENCE))},
        make=partial(_rows, part, nameless),
        adds_up=False,
    )


TRUST_LINES: Final = _figure("trust-lines", "Proposals, by line of the policy", Part.POLICY_LINE, NO_LINE)
TRUST_PARTNERS: Final = _figure("trust-partners", "Proposals, by partner", Part.PARTNER, "no partner of ours")
FIGURES: Final = (TRUST_LINES, TRUST_PARTNERS)
