"""The requests behind a number of the figures, and the facts of a period as rows for a spreadsheet."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.counting import count
from gateway.desk.errors import NotThereError
from gateway.desk.ports import Desk
from gateway.desk.statistics import Names, names, period_of
from gateway.desk.structs.common import Download
from gateway.desk.structs.statistics import (
    BehindQuery,
    BehindRow,
    BehindShown,
    EntriesQuery,
    FactsExport,
    Opens,
    PeriodShown,
)
from gateway.desk.workbooks import hand_out
from gateway.documents.sheet import SheetHead
from gateway.money.amounts import agreed_amount
from gateway.reports.catalogue import BY_NAME
from gateway.reports.figure import Column, Figure, FigureRow
from gateway.reports.periods import FigurePeriod
from gateway.workflow.facts import Milestone
from gateway.workflow.questions import Behind, FactsQuestion, HowLong, Part, Population, ended
from gateway.workflow.records import Request
from gateway.workflow.words import code_words, within

_OF_FACTS: Final = (
    Part.PARTNER, Part.BRANCH, Part.SERVICE, Part.OUTCOME, Part.REASON, Part.PROPOSAL, Part.PROPOSAL_REASON,
    Part.DECISION, Part.DECISION_REASON, Part.DIFFERENCE,
)  # fmt: skip
_OF_ATTEMPTS: Final = (Part.PARTNER, Part.RESULT, Part.REASON, Part.PLACE)
EXPORTED: Final = (
    Part.ROLE, Part.PARTNER, Part.OWN, Part.BRANCH, Part.SERVICE, Part.OUTCOME, Part.REASON, Part.POLICY_LINE, Part.PROPOSAL,
    Part.DECISION, Part.DIFFERENCE, Part.BY_PERSON, Part.PLACE, Part.CURRENCY,
)  # fmt: skip
_AT_ONCE: Final = 250
"""Rows of an export that are read at once: some 10 ms of the event loop."""


class FigureNumber(msgspec.Struct, frozen=True, kw_only=True):
    """One number of the figures: where it stands."""

    figure: Figure
    column: Column
    row: FigureRow
    period: FigurePeriod


async def find_number(desk: Desk, figure: str, query: BehindQuery | EntriesQuery, opens: Opens) -> FigureNumber:
    """Find a number behind which there is that. Raises NotThereError, UnusableError."""
    if figure not in BY_NAME:
        raise NotThereError(f"There is no such figure; there are {', '.join(BY_NAME)}.")
    asked, period = BY_NAME[figure], period_of(desk, query.period)
    column = _column(asked, query.column, opens)
    return FigureNumber(figure=asked, column=column, row=await _row(desk, asked, period, query.row), period=period)


async def show_behind(desk: Desk, _caller: Caller, figure: str, query: BehindQuery) -> BehindShown:
    """Return the requests behind one number, as long as they are kept."""
    number = await find_number(desk, figure, query, Opens.REQUESTS)
    column, row, period = number.column, number.row, number.period
    question = _question(number.figure, column, row)
    found = await desk.store.facts.behind_number(
        question, period.span(desk.zone), after=_after(query.after), limit=query.limit
    )
    kept = await desk.store.register.requests([each.request for each in found.rows if each.request])
    known = await names(desk)
    return BehindShown(
        figure=figure,
        title=number.figure.title,
        row=known.of_line(row),
        column=column.words,
        period=PeriodShown(name=period.name, words=period.words, first=period.first, last=period.last),
        rows=tuple(
            _shown(each, kept.get(each.request or ""), known, adds_up=question.amount is not None)
            for each in found.rows
        ),
        next=f"{found.next[0]}~{found.next[1]}" if found.next else None,
    )


def _after(text: str | None) -> tuple[int, int] | None:
    """Read where a page begins."""
    if text is None:
        return None
    at, line = map(int, text.split("~"))
    return at, line


def _column(figure: Figure, name: str, opens: Opens) -> Column:
    opened = {column.name: column for column in figure.columns if column.opens.value == opens.value}
    if name not in opened:
        raise NotThereError(
            f"column: nothing is behind it; there are {opens.value} behind {', '.join(opened) or 'none of this figure'}."
        )
    return opened[name]


async def _row(desk: Desk, figure: Figure, period: FigurePeriod, name: str) -> FigureRow:
    counted = await count(desk, figure, [period])
    found = next((row for row in counted.rows[0] if row.name == name), None)
    if found is None:
        raise NotThereError("row: the figure has no such line in this period.")
    return found


def _question(figure: Figure, column: Column, row: FigureRow) -> FactsQuestion:
    """Return the question of one number: the column's, of its line alone, with what is shown of each request."""
    asked = figure.questions[row.behind or column.behind]
    if isinstance(asked, HowLong):
        asked = ended(asked)
    by = _OF_ATTEMPTS if asked.source is Population.ATTEMPTS else (*_OF_FACTS, Part.CURRENCY)
    return msgspec.structs.replace(asked, only=(*asked.only, *column.only, *row.only), by=by)


def _shown(behind: Behind, request: Request | None, known: Names, *, adds_up: bool) -> BehindRow:
    """Return a request; where the number adds up amounts, what counts of it is one."""
    parts = behind.parts
    currency = parts[Part.CURRENCY] if adds_up else None
    return BehindRow(
        request=behind.request,
        title=(request.wanted.article_title or request.wanted.title) if request else None,
        at=behind.at,
        count=behind.count if currency is None else 1 if behind.count > 0 else -1,
        amount=None if currency is None else str(agreed_amount(behind.count, currency)),
        currency=currency,
        partner=known.of(Part.PARTNER, parts.get(Part.PARTNER, "")),
        branch=known.of(Part.BRANCH, parts[Part.BRANCH]) if parts.get(Part.BRANCH) else "",
        service=parts.get(Part.SERVICE, ""),
        outcome=parts.get(Part.OUTCOME) or parts.get(Part.RESULT, ""),
        reason=code_words(parts.get(Part.REASON, "")),
        words="; ".join(_difference(parts.get(part, "") for part in _OF_FACTS[5:])),
    )


def _difference(parts: Iterable[str]) -> Iterator[str]:
    proposal, proposed_reason, decision, decided_reason, difference = parts
    if difference:
        yield f"proposed: {_answer(proposal, proposed_reason)}"
        yield f"answered: {_answer(decision, decided_reason)}"
        yield difference


def _answer(kind: str, reason: str) -> str:
    return f"{kind}, {within(reason)}" if reason else kind


# ── for a spreadsheet ────────────────────────────────────────────────────────────────────────────


async def export_facts(desk: Desk, _caller: Caller, query: FactsExport) -> Download:
    """Return what is kept for figures of each request that came in a period: a row each, without its work, customer or number."""
    period = period_of(desk, query.period)
    headings = ("came", *(part.value for part in EXPORTED))
    sheet = SheetHead(title=f"Requests that came, {period.words}", headings=headings)
    return await hand_out(desk.workbooks, f"requests-{period.name}", sheet, _exported(desk, period), query.format)


async def _exported(desk: Desk, period: FigurePeriod) -> AsyncIterator[Sequence[tuple[str, ...]]]:
    """Return the rows piece by piece."""
    question, span = FactsQuestion(when=Milestone.ARRIVED, by=EXPORTED), period.span(desk.zone)
    after: tuple[int, int] | None = None
    while True:
        page = await desk.store.facts.behind_number(question, span, after=after, limit=_AT_ONCE)
        yield [_cells(each, desk.zone) for each in page.rows]
        if page.next is None:
            return
        after = page.next


def _cells(behind: Behind, zone: tzinfo) -> tuple[str, ...]:
    at = behind.at.astimezone(zone).isoformat(timespec="seconds")
    return at, *(behind.parts[part] for part in EXPORTED)
