"""Mails made: statements to partners, pull slips to branches, a report to whoever reads it; each with its files, ready to be sent.

Nobody's address is guessed: a mail for which none is known is made as refused, and so is one whose paper can't be printed. Each of
those is a task.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.bill_shown import email_of
from gateway.desk.errors import NotPrintedError, UnusableError
from gateway.desk.papers import as_pdf
from gateway.desk.paperwork import pull_slips as slips_of
from gateway.desk.ports import Desk
from gateway.desk.reads import all_in, partners_by_id
from gateway.desk.statements import StatementMade, make_statement
from gateway.desk.statistics import show_report
from gateway.desk.structs.bills import StatementQuery
from gateway.desk.structs.common import Download
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.statistics import Cell, ReportShown, StatisticsQuery
from gateway.desk.views import LISTS
from gateway.desk.workbooks import XLSX
from gateway.dispatch.ids import NOTICE_LETTER, Numbers
from gateway.dispatch.printing import Printing
from gateway.documents.job import PrintChoice
from gateway.documents.papers import Paper
from gateway.notices.records import Notice, NoticeFile, NoticeKind, NoticeState
from gateway.notices.texts import written
from gateway.reports.figure import Unit
from gateway.workflow.partners import BilledBy
from gateway.workflow.records import Item, Request

NO_ADDRESS: Final = "no e-mail address is known. Print it, or send it again to an address."
MAILED: Final = "pull slip by e-mail"
"""The name under which it is kept which slips a branch was sent."""
LAST_MONTH: Final = "last-month"
_NUMBERS: Final = Numbers(NOTICE_LETTER)

Made = tuple[Notice, tuple[NoticeFile, ...]]
"""A mail with its files."""


def mail(
    desk: Desk,
    kind: NoticeKind,
    *,
    about: str,
    to: str | None,
    facts: Mapping[str, str],
    files: tuple[NoticeFile, ...] = (),
    fault: str = "",
    not_after: datetime | None = None,
) -> Made:
    """Make a mail; `fault`: why it can't be sent."""
    seller = desk.money.billing.seller
    of_all = {"library": desk.library.name, "contact": seller.contact or desk.library.contact or desk.library.name}
    text, now = written(kind, {**of_all, **facts}, desk.mail.plan.texts), desk.now()
    fault = fault or ("" if to else NO_ADDRESS)
    notice = Notice(
        id=_NUMBERS.next(now),
        kind=kind,
        state=NoticeState.REFUSED if fault else NoticeState.WAITING,
        about=about,
        to=to or "",
        subject=text.subject,
        body=text.body,
        made_at=now,
        changed_at=now,
        not_after=not_after,
        words=fault,
    )
    return notice, files


async def _printed(printing: Printing, title: str, papers: Collection[Paper]) -> tuple[tuple[NoticeFile, ...], str]:
    """Print papers: their file, or why there is none. Raises BusyError."""
    try:
        made = await as_pdf(printing, title, tuple(papers), PrintChoice())
    except (NotPrintedError, UnusableError) as fault:
        return (), f"it can't be printed. {fault.detail}"
    return (_file(made, f"{title.replace(' ', '-')}.pdf"),), ""


def _file(made: Download, name: str) -> NoticeFile:
    return NoticeFile(name=made.name or name, content_type=made.content_type, data=made.data)


# ── statements ───────────────────────────────────────────────────────────────────────────────────


async def statements(desk: Desk) -> list[Made]:
    """Make a statement for each partner that is billed and owes something or has credit, in each of its currencies."""
    owed = {(row.partner, row.currency) for row in await desk.store.bills.owed()}
    credit = {(partner, currency) for partner, currency, _ in await desk.store.bills.credit()}
    partners = await partners_by_id(desk.store)
    wanted = [
        (partner, currency)
        for partner, currency in sorted(owed | credit)
        if partner in partners and partners[partner].billing.by is not BilledBy.NOBODY
    ]
    return [await statement(desk, partner, StatementQuery(currency=currency)) for partner, currency in wanted]


async def statement(desk: Desk, partner: str, query: StatementQuery) -> Made:
    """Make one partner's statement. Raises NotThereError, UnusableError, BusyError."""
    made = await make_statement(desk, partner, query)
    files, fault = await _printed(desk.printing, made.name, [made.paper])
    return mail(
        desk,
        NoticeKind.STATEMENT,
        about=made.partner.id,
        to=email_of(made.partner),
        facts=_facts(made),
        files=files,
        fault=fault,
    )


def _facts(made: StatementMade) -> dict[str, str]:
    return {
        "partner": made.partner.name,
        "first": made.first.isoformat(),
        "last": made.last.isoformat(),
        "owed": made.owed,
        "currency": made.currency,
    }


# ── pull slips ───────────────────────────────────────────────────────────────────────────────────


class Slips(msgspec.Struct, frozen=True, kw_only=True):
    """Pull slips for branches, and the requests that they are of."""

    mails: list[Made]
    requests: tuple[str, ...]


async def pull_slips(desk: Desk, branches: Iterable[str], *, at: datetime, only_new: bool) -> Slips:
    """Make the pull slips of branches, none for who has nothing to pull; `only_new`: without what a branch was sent before."""
    requests = [request async for request in all_in(desk.store, LISTS[ListName.PULL].states)]
    if only_new:
        known = await desk.store.views.prints([request.id for request in requests], MAILED)
        requests = [request for request in requests if request.id not in known]
    mails, told = [], []
    for branch in branches:
        here = [of_branch for request in requests if (of_branch := _of_branch(request, branch)).items]
        slips = await slips_of(desk, here)
        if slips:
            mails.append(await _slips_mail(desk, branch, slips, at))
            told += [request.id for request in here]
    return Slips(mails=mails, requests=tuple(dict.fromkeys(told)))


def _of_branch(request: Request, branch: str) -> Request:
    def is_there(item: Item) -> bool:
        return item.copy.branch == branch

    return msgspec.structs.replace(request, items=tuple(filter(is_there, request.items)))


async def _slips_mail(desk: Desk, branch: str, slips: Collection[Paper], at: datetime) -> Made:
    local = at.astimezone(desk.zone)
    files, fault = await _printed(desk.printing, f"pull slips {branch} {local:%Y-%m-%d %H%M}", slips)
    facts = {
        "branch": desk.library.branch(branch),
        "count": f"{len(slips)} item" if len(slips) == 1 else f"{len(slips)} items",
        "day": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M}",
    }
    return mail(
        desk,
        NoticeKind.PULL_SLIPS,
        about=branch,
        to=desk.mail.plan.branches.get(branch),
        facts=facts,
        files=files,
        fault=fault,
        not_after=local.replace(hour=23, minute=59, second=59, microsecond=0),
    )


# ── the report ───────────────────────────────────────────────────────────────────────────────────


async def reports(desk: Desk, caller: Caller) -> list[Made]:
    """Make the report of the month before, a mail for each address. Raises UnusableError."""
    name = desk.mail.plan.report
    shown = await show_report(desk, caller, name, StatisticsQuery(period=LAST_MONTH))
    book = await show_report(desk, caller, name, StatisticsQuery(period=LAST_MONTH, format="xlsx"))
    assert isinstance(shown, ReportShown), "it was not asked for as a file"
    assert isinstance(book, Download), "it was asked for as a file"
    facts = {"title": shown.title, "period": shown.period.words, "lines": _lines(shown)}
    files = (NoticeFile(name=book.name or "report.xlsx", content_type=XLSX, data=book.data),)
    return [
        mail(desk, NoticeKind.REPORT, about=name, to=address, facts=facts, files=files)
        for address in desk.mail.plan.report_to
    ]


def _lines(shown: ReportShown) -> str:
    """The report's numbers, a line each below the heading of their part, beside those of the month before and of a year ago."""
    lines = []
    for part, rows in groupby(shown.rows, key=lambda row: row.part):
        lines.append(f"\n{part}\n" if part else "")
        for row in rows:
            value, before, year_ago = (_said(cell, row.unit) for cell in (row.value, row.before, row.year_ago))
            lines.append(f"{row.words}: {value} (before: {before}, a year ago: {year_ago})\n")
    return "".join(lines)


def _said(cell: Cell, unit: str) -> str:
    if cell is None:
        return "none"
    if isinstance(cell, str):
        return f"{Decimal(cell):,}" if unit == Unit.AMOUNT else cell
    if unit == Unit.RATE:
        return f"{cell:.1%}"
    return f"{cell:,.1f}" if unit == Unit.DAYS else f"{cell:,}"
