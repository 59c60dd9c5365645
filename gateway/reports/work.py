"""What people did, by kind, day and hour, and never by person; and what ended without anybody's decision. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from gateway.reports.figure import (
    BORROWING,
    LENDING,
    Answers,
    Column,
    Figure,
    FigureRow,
    Group,
    Unit,
    share,
    total,
)
from gateway.workflow.facts import ActsCounted, CountedAct, Milestone
from gateway.workflow.questions import FactsQuestion, Only, Part, WorkBy
from gateway.workflow.records import Role

_EPOCH: Final = date(1970, 1, 1)
_NO_LIST: Final = "only how many acts there were in an hour of a day is kept, so that nobody's work can be looked up"
_DEEDS: Final = tuple(
    Column(name=name, words=words, no_list=_NO_LIST)
    for name, words in (
        ("hands", "By hand"),
        ("answers", "Answers"),
        ("tasks", "Tasks"),
        ("messages", "Messages and notes"),
        ("other", "Other acts"),
        ("total", "Together"),
    )
)
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _acts(answers: Answers, named: Callable[[ActsCounted], tuple[int, str, str]]) -> Sequence[FigureRow]:
    """A line for each of what acts are told apart by: its order, its name, its words."""
    found: dict[tuple[int, str, str], dict[CountedAct, int]] = {}
    for each in answers.work:
        counts = found.setdefault(named(each), {})
        counts[each.deed] = counts.get(each.deed, 0) + each.count
    rows = [
        FigureRow(name=name, words=words, cells=(*(counts.get(deed, 0) for deed in CountedAct), sum(counts.values())))
        for (_, name, words), counts in sorted(found.items())
    ]
    return (*rows, total(_DEEDS, rows))


def _by_hour(work: ActsCounted) -> tuple[int, str, str]:
    return work.hour, f"{work.hour:02d}", f"{work.hour:02d}:00 to {work.hour:02d}:59"


def _by_weekday(work: ActsCounted) -> tuple[int, str, str]:
    number = (_EPOCH + timedelta(days=work.day)).weekday()
    return number, str(number + 1), _WEEKDAYS[number]


def _by_day(work: ActsCounted) -> tuple[int, str, str]:
    day = _EPOCH + timedelta(days=work.day)
    return work.day, day.isoformat(), f"{day:%a} {day.day} {day:%b %Y}"


_KINDS: Final = (
    "Acts of people on requests, by the library's clock, never by person. “By hand” is what a scan at the desk does (arrived, shipped, "
    "received, handed out, sent back, checked in), whether scanned or clicked; answers are what decides about a request; tasks what settles "
    "one (done by hand, not done, try again). What was undone counts as an act too."
)


def _figure(name: str, title: str, by: WorkBy, named: Callable[[ActsCounted], tuple[int, str, str]]) -> Figure:
    return Figure(
        name=name,
        group=Group.WORK,
        title=title,
        definition=_KINDS,
        columns=_DEEDS,
        headline="total",
        make=lambda answers: _acts(answers, named),
        needs_work=by,
    )


WORK_HOURS: Final = _figure("work-hours", "Work by hour", WorkBy.HOUR, _by_hour)
WORK_WEEKDAYS: Final = _figure("work-weekdays", "Work by day of the week", WorkBy.DAY, _by_weekday)
WORK_DAYS: Final = _figure("work-days", "Work by day", WorkBy.DAY, _by_day)

_ALONE: Final = (
    Column(name="ended", words="Ended", behind="ended"),
    Column(name="alone", words="Without a decision", behind="ended", only=(Only(part=Part.BY_PERSON, values=("0",)),)),
    Column(name="share", words="Share", unit=Unit.RATE),
)


def _alone(answers: Answers) -> Sequence[FigureRow]:
    counts = answers.counts["ended"]
    rows = []
    for role, words, only in (
        (Role.LENDING, "We lend", LENDING),
        (Role.BORROWING, "We borrow", BORROWING),
    ):
        alone, decided = counts.get((role.value, "0"), 0), counts.get((role.value, "1"), 0)
        cells = (alone + decided, alone, share(alone, alone + decided))
        rows.append(FigureRow(name=role.value, words=words, cells=cells, only=(only,)))
    return rows


BY_ITSELF: Final = Figure(
    name="by-itself",
    group=Group.WORK,
    title="Ended without a person's decision",
    definition=(
        "Requests that ended in the period, and those among them about which nobody decided anything: rules answered, chose and went on. "
        "Scanning, shipping, notes and messages decide nothing."
    ),
    columns=_ALONE,
    headline="share",
    questions={"ended": FactsQuestion(when=Milestone.ENDED, by=(Part.ROLE, Part.BY_PERSON))},
    make=_alone,
    adds_up=False,
)
FIGURES: Final = (BY_ITSELF, WORK_HOURS, WORK_WEEKDAYS, WORK_DAYS)
