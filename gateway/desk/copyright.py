"""The rule of five as a manager sees it: titles of a year, what is over, the report for the clearance center, and royalties that were paid."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from gateway.desk.access import Caller
from gateway.desk.errors import NotThereError, UnusableError
from gateway.desk.history import write_down
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Done, Download
from gateway.desk.structs.copyright import (
    CopiedShown,
    CopiedWork,
    CopyrightQuery,
    CopyrightShown,
    RoyaltyBody,
    RoyaltyShown,
)
from gateway.desk.workbooks import hand_out
from gateway.dispatch.workbooks import Pieces
from gateway.documents.sheet import SheetHead
from gateway.money.amounts import AmountFault, amount_of, minor_units, read
from gateway.money.currencies import UnknownCurrency
from gateway.reports.copyright import DEFINITION, CopyrightLine, CountsAs, TitleOfYear, works
from gateway.store.copied_port import Royalty
from gateway.store.port import Store
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.copyright import is_yearly
from gateway.workflow.records import Request

Royalties = Mapping[str, tuple[Royalty, ...]]
_AT_ONCE: Final = 50
"""Titles whose requests are read at once."""
HEADINGS: Final = (
    "Title", "ISSN or ISBN", "Request", "Asked for", "Article", "Published", "Number", "Over", "Counts", "Set aside",
    "Royalty", "Currency", "Paid on", "Reference",
)  # fmt: skip


async def show_copyright(desk: Desk, _caller: Caller, query: CopyrightQuery) -> CopyrightShown | Download:
    """Return what was copied of each title in a calendar year, page by page; as CSV or a workbook all of it, a line for each request, for the
    clearance center.
    """
    year = query.year or desk.today().year
    found = await _of_year(desk, year)
    wanted = [
        work for work in found if (not query.over or work.over) and (query.title is None or work.key == query.title)
    ]
    if query.format == "json":
        return await _shown(desk, year, found, wanted, query)
    sheet = SheetHead(title=f"Copies under the guidelines, {year}", headings=HEADINGS, notes=(DEFINITION,))
    return await hand_out(desk.workbooks, f"copyright-{year}", sheet, _pieces(desk, wanted), query.format)


async def _of_year(desk: Desk, year: int) -> tuple[TitleOfYear, ...]:
    since, until = (datetime(each, 1, 1, tzinfo=desk.zone) for each in (year, year + 1))
    copied = await desk.store.copied.copied(since, until)
    others = {each.key for each in copied if not is_yearly(each.key)}
    earlier = await desk.store.copied.earlier(others, since)
    return await asyncio.to_thread(works, copied, earlier, desk.orders.copies_allowed)


async def _shown(
    desk: Desk, year: int, found: Sequence[TitleOfYear], wanted: Sequence[TitleOfYear], query: CopyrightQuery
) -> CopyrightShown:
    filled = [line.copied.request for work in found for line in work.over if line.counts is CountsAs.FILLED]
    keys = [work.key for work in wanted]
    first = keys.index(query.after) + 1 if query.after in keys else 0
    page = wanted[first : first + query.limit]
    return CopyrightShown(
        year=year,
        allowed=desk.orders.copies_allowed,
        definition=DEFINITION,
        titles=len(found),
        works=await _works(desk.store, page),
        over=sum(len(work.over) for work in found),
        unpaid=len(filled) - len(await desk.store.copied.royalties(filled)),
        next=page[-1].key if len(wanted) > first + len(page) else None,
    )


async def _works(store: Store, some: Iterable[TitleOfYear]) -> tuple[CopiedWork, ...]:
    """Return titles with their requests, which are read for it."""
    ids = [line.copied.request for work in some for line in work.lines]
    requests = await store.register.requests(ids)
    paid = await store.copied.royalties(ids)
    return tuple(_work(work, requests, paid) for work in some)


def _work(work: TitleOfYear, requests: Mapping[str, Request], paid: Royalties) -> CopiedWork:
    kind, _, number = work.key.partition(":")
    titles = (requests[line.copied.request].wanted.title for line in work.lines if line.copied.request in requests)
    return CopiedWork(
        key=work.key,
        title=next(filter(None, titles), work.key),
        number=number.partition("/")[0] if kind in {"issn", "isbn"} else "",
        is_periodical=is_yearly(work.key),
        earlier=work.earlier,
        counted=work.counted,
        filled=work.of(CountsAs.FILLED),
        open=work.of(CountsAs.OPEN),
        requests=tuple(_copied(line, requests.get(line.copied.request), paid) for line in work.lines),
    )


def _copied(line: CopyrightLine, request: Request | None, paid: Royalties) -> CopiedShown:
    """One whose request was let go while it was counted is shown without its work."""
    return CopiedShown(
        request=line.copied.request,
        asked_at=line.copied.asked_at,
        article=request.wanted.article_title if request else None,
        published=request.wanted.published if request else None,
        counts=line.counts,
        number=line.number,
        is_over=line.is_over,
        set_aside=request is not None and Concern.COPYRIGHT in request.borrowed.waived,
        royalties=tuple(map(_royalty, paid.get(line.copied.request, ()))),
    )


def _royalty(royalty: Royalty) -> RoyaltyShown:
    return RoyaltyShown(
        amount=str(amount_of(royalty.minor, royalty.currency)),
        currency=royalty.currency,
        reference=royalty.reference,
        paid_on=royalty.paid_on,
        noted_by=royalty.noted_by,
    )


async def _pieces(desk: Desk, wanted: Sequence[TitleOfYear]) -> Pieces:
    """Yield the rows of a file, some titles at a time."""
    for first in range(0, len(wanted), _AT_ONCE):
        works_shown = await _works(desk.store, wanted[first : first + _AT_ONCE])
        yield [row for work in works_shown for row in _rows(desk.zone, work)]


def _rows(zone: tzinfo, work: CopiedWork) -> Iterator[tuple[Any, ...]]:
    """A row for each royalty of a request; one for a request without."""
    for each in work.requests:
        day = each.asked_at.astimezone(zone).date().isoformat()
        told = (work.title, work.number, each.request, day, each.article or "", each.published or "", each.number)
        flags = ("yes" if each.is_over else "", each.counts, "yes" if each.set_aside else "")
        for royalty in each.royalties or (None,):
            paid = (royalty.amount, royalty.currency, str(royalty.paid_on), royalty.reference) if royalty else ("",) * 4
            yield (*told, *flags, *paid)


async def note_royalty(desk: Desk, caller: Caller, request: str, body: RoyaltyBody) -> Done:
    """Note that a royalty was paid for one of our requests for a copy: beside the counter, and in the request's history."""
    found = await desk.store.request(request)
    if found is None or found.borrowing is None or found.borrowing.copyright is None:
        raise NotThereError("There is no such request of ours for a copy.")
    try:
        amount = read(body.amount, body.currency)
    except (AmountFault, UnknownCurrency) as wrong:
        raise UnusableError(f"amount: {wrong}.") from None
    if amount <= 0:
        raise UnusableError("amount: must be above 0.")
    royalty = Royalty(
        request=found.id,
        minor=minor_units(amount, body.currency),
        currency=body.currency,
        reference=body.reference,
        paid_on=body.paid_on or desk.today(),
        noted_by=caller.name,
        noted_at=desk.now(),
    )
    words = f"Royalty paid: {amount} {body.currency} on {royalty.paid_on}{f' ({body.reference})' if body.reference else ''}."
    await desk.store.copied.note_royalty(royalty)
    await write_down(desk, caller, found.id, words)
    return Done(words=words)
