"""Figures counted: every question of a figure asked of the facts, for several periods at once, and made into its rows."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from gateway.desk.ports import Desk
from gateway.reports.figure import Answers, Figure, FigureRow
from gateway.reports.periods import FigurePeriod
from gateway.store.booked_port import BookStore
from gateway.store.port import Store
from gateway.store.tasks_port import Claimed
from gateway.workflow.booked import WhoseBooks


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of several periods: the rows of each, in the order in which they were asked for."""

    figure: Figure
    rows: tuple[Sequence[FigureRow], ...]


async def count(desk: Desk, figure: Figure, periods: Sequence[FigurePeriod]) -> Counted:
    """Count a figure for each period; two that are the same are counted once."""
    of = list(dict.fromkeys((period.first, period.last) for period in periods))
    distinct = [next(period for period in periods if (period.first, period.last) == days) for days in of]
    answers = await _answers(desk, figure, distinct)
    rows = await asyncio.to_thread(lambda: [figure.make(each) for each in answers])
    return Counted(figure=figure, rows=tuple(rows[of.index((period.first, period.last))] for period in periods))


async def _answers(desk: Desk, figure: Figure, periods: Sequence[FigurePeriod]) -> list[Answers]:
    spans = [period.span(desk.zone) for period in periods]
    said = await desk.store.facts.ask(figure.questions, spans)
    books = books_of(desk.store, figure)
    booked = await books.booked(spans) if figure.needs_booked else ({},) * len(spans)
    return [
        Answers(
            counts=said[place].counts,
            stretches=said[place].stretches,
            work=await desk.store.facts.work(period.first, period.last, figure.needs_work) if figure.needs_work else (),
            faults=await _faults(desk.store, period) if figure.needs_faults else {},
            booked=booked[place],
            open_bills=await books.open_at(spans[place][1]) if figure.needs_open else (),
            last=period.last,
        )
        for place, period in enumerate(periods)
    ]


def books_of(store: Store, figure: Figure) -> BookStore:
    """Return whose books a figure of money is counted from."""
    return store.invoices if figure.books is WhoseBooks.INVOICES else store.bills


async def _faults(store: Store, period: FigurePeriod) -> Mapping[str, int]:
    """Return how many exchanges failed with each partner's system."""
    by_peer = await store.facts.fault_counts(period.first, period.last)
    partners = await store.partners()
    return {partner.id: by_peer[partner.peer] for partner in partners if by_peer.get(partner.peer)}


async def oldest_task(store: Store) -> datetime | None:
    """Return since when the oldest open task waits."""
    kinds = list(await store.count_tasks())
    oldest = await store.page_of_tasks(kinds, Claimed.ALL, me="", after=0, limit=1)
    return oldest[0].opened_at if oldest else None
