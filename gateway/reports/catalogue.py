"""All figures, by their names and groups. Pure."""

from collections.abc import Mapping
from typing import Final

from gateway.reports import bills, by_partner, fill, money, owed, reasons, supply, trust, turnaround, work
from gateway.reports.figure import Figure, Group
from gateway.reports.sums import AnyQuestion

FIGURES: Final[tuple[Figure, ...]] = (
    *supply.FIGURES,
    *fill.FIGURES,
    *turnaround.FIGURES,
    *reasons.FIGURES,
    *by_partner.FIGURES,
    *work.FIGURES,
    *money.FIGURES,
    *bills.FIGURES,
    *owed.FIGURES,
    *trust.FIGURES,
)
BY_NAME: Final[Mapping[str, Figure]] = {figure.name: figure for figure in FIGURES}
QUESTIONS: Final[tuple[AnyQuestion, ...]] = tuple(
    dict.fromkeys(question for figure in FIGURES for question in figure.questions.values())
)
"""All that figures ask of facts: of each there is a sum for every month."""


def of_group(group: Group) -> tuple[Figure, ...]:
    """Return the figures of a group."""
    return tuple(figure for figure in FIGURES if figure.group is group)
