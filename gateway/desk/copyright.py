"""The rule of five as a manager sees it: titles of a year, what is over, the report for the clearance center, and royalties that were paid."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from gateway.desk.access import Caller
from gateway.desk.errors import NotThereError, UnusableError
from gateway.desk.history import write_down
from gateway.desk.ports import Desk
from gateway.desk.sheets import hand_out, in_one_piece
from gateway.desk.structs.common import Done, Download
from gateway.desk.structs.copyright import (
    CopiedShown,
    CopiedWork,
    CopyrightQuery,
    CopyrightShown,
    RoyaltyBody,
    RoyaltyShown,
)
from gateway.documents.sheet import Sheet
from gateway.money.amounts import AmountFault, amount_of, minor_units, read
from gateway.money.currencies import UnknownCurrency
from gateway.reports.copyright import DEFINITION, Counts, Line, Work, works
from gateway.store.copied_port import Royalty
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.copyright import is_yearly

Royalties = Mapping[str, tuple[Royalty, ...]]
HEADINGS: Final = (
    "Title", "ISSN or ISBN", "Request", "Asked for", "Article", "Published", "Number", "Over", "Counts", "Set aside",
    "Royalty", "Currency", "Paid on", "Reference",
)  # fmt: skip


async def show_copyright(desk: Desk, _caller: Caller, query: CopyrightQuery) -> CopyrightShown | Download:
    """Return what was copied of each title in a calendar year; as CSV or a workbook a line for each request, for the clearance center."""
    year = query.year or desk.today().year
    shown = await _of_year(desk, year, only_over=query.over)
    if query.format == "json":
        return shown
    sheet = Sheet(title=f"Copies under the guidelines, {year}", headings=HEADINGS, notes=(DEFINITION,))
    return await hand_out(desk, f"copyright-{year}", sheet, in_one_piece(list(_rows(desk, shown))), query.format)


async def _of_year(desk: Desk, year: int, *, only_over: bool) -> CopyrightShown:
    since, until = (datetime(each, 1, 1, tzinfo=desk.zone) for each in (year, year + 1))
    copied = [(each.key, each.request) for each in await desk.store.copied.copied(since, until)]
    others = {key for key, _ in copied if not is_yearly(key)}
    found = works(copied, await desk.store.copied.earlier(others, since), desk.copies_allowed)
    paid = await desk.store.copied.royalties({request.id for _, request in copied})
    over = [line for work in found for line in work.lines if line.is_over]
    return CopyrightShown(
        year=year,
        allowed=desk.copies_allowed,
        definition=DEFINITION,
        works=tuple(_work(each, paid) for each in found if not only_over or any(line.is_over for line in each.lines)),
        over=len(over),
        unpaid=sum(line.counts is Counts.FILLED and line.request.id not in paid for line in over),
    )


def _work(work: Work, paid: Royalties) -> CopiedWork:
    kind, _, number = work.key.partition(":")
    return CopiedWork(
        key=work.key,
        title=work.title,
        number=number.partition("/")[0] if kind in {"issn", "isbn"} else "",
        is_periodical=is_yearly(work.key),
        earlier=work.earlier,
        counted=work.counted,
        filled=work.of(Counts.FILLED),
        open=work.of(Counts.OPEN),
        requests=tuple(_copied(line, paid) for line in work.lines),
    )


def _copied(line: Line, paid: Royalties) -> CopiedShown:
    request = line.request
    return CopiedShown(
        request=request.id,
        asked_at=request.created_at,
        article=request.wanted.article_title,
        published=request.wanted.published,
        counts=line.counts,
        number=line.number,
        is_over=line.is_over,
        set_aside=Concern.COPYRIGHT in request.borrowed.waived,
        royalties=tuple(map(_royalty, paid.get(request.id, ()))),
    )


def _royalty(royalty: Royalty) -> RoyaltyShown:
    return RoyaltyShown(
        amount=str(amount_of(royalty.minor, royalty.currency)),
        currency=royalty.currency,
        reference=royalty.reference,
        paid_on=royalty.paid_on,
        noted_by=royalty.noted_by,
    )


def _rows(desk: Desk, shown: CopyrightShown) -> Iterator[tuple[Any, ...]]:
    """A row for each royalty of a request; one for a request without."""
    for work in shown.works:
        for each in work.requests:
            day = each.asked_at.astimezone(desk.zone).date().isoformat()
            told = (work.title, work.number, each.request, day, each.article or "", each.published or "", each.number)
            flags = ("yes" if each.is_over else "", each.counts, "yes" if each.set_aside else "")
            for royalty in each.royalties or (None,):
                paid = (
                    (royalty.amount, royalty.currency, str(royalty.paid_on), royalty.reference)
                    if royalty
                    else ("",) * 4
                )
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
