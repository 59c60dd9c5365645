"""What a request would be answered with: copies found, 17 asked of each, the partner's terms, the policy's verdict. Reads alone.

The performers use it for requests and the dry run for questions, so that the one shows what the other does. Nothing
here may write, hold or send.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.acs import Acs
from gateway.dispatch.directory import Directory
from gateway.dispatch.fetch_book import FetchBook
from gateway.iso18626.codes import ServiceType
from gateway.mapping import circulation
from gateway.mapping.circulation import LookKind
from gateway.policy import choosing, trace
from gateway.policy import judging as policy
from gateway.policy.lines import PolicyTerms, line_for
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.store.port import Store
from gateway.workflow.calendar import Calendars
from gateway.workflow.finding import CopyFinder, Found
from gateway.workflow.lending.groups import PROMISED_OR_OUT
from gateway.workflow.partners import Charge
from gateway.workflow.records import Answer, Copy, CopyStatus, Fetching, Request, State
from gateway.workflow.trial import CopyVerdict
from gateway.workflow.values import Money, Wanted


class Appraiser:
    """The steps from a citation to an answer."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Directory,
        time: TimeSource,
        acs: Acs,
        finder: CopyFinder,
        calendars: Calendars,
        branches: Mapping[str, str],
        fetch_book: FetchBook | None = None,
    ) -> None:
        self._store = store
        self._directory = directory
        self._time = time
        self._acs = acs
        self._finder = finder
        self._calendars = calendars
        self._branches = branches
        self._fetch_book = fetch_book or FetchBook(store=store, time=time, calendars=calendars)

    def under(self, directory: Directory) -> "Appraiser":
        """Return one that goes by another directory."""
        return Appraiser(
            store=self._store,
            directory=directory,
            time=self._time,
            acs=self._acs,
            finder=self._finder,
            calendars=self._calendars,
            branches=self._branches,
            fetch_book=self._fetch_book,
        )

    async def fetching(self) -> Mapping[str, Fetching]:
        """Return how long branches take to bring a book, where something is known of it; raises StoreUnavailable."""
        return await self._fetch_book.of_branches()

    async def find(self, wanted: Wanted) -> Found:
        """Return what was found, no more copies than are asked about; raises CatalogueSilentError, StoreUnavailable."""
        found = await self._finder.find(wanted)
        copies = choosing.shortlist(found.copies, self._directory.policy)
        cut = len(found.copies) - len(copies)
        words = f"{found.words} {cut} more copies are not asked about." if cut else found.words
        return msgspec.structs.replace(found, copies=copies, words=words)

    async def ask(self, copies: tuple[Copy, ...], *, again: bool = False) -> tuple[CopyStatus, ...]:
        """17 on every copy, and how long its branch takes to bring it. Raises NotSent or Unknown, the first of any; StoreUnavailable."""
        return await self._fetch_book.timed(await self._ask(copies, again=again))

    async def _ask(self, copies: tuple[Copy, ...], *, again: bool) -> tuple[CopyStatus, ...]:
        """17 on every copy, as many at once as there are connections; none where it is not known there (sip2/products.toml).

        A copy whose barcode can't be written in SIP2 counts as not asked about. So does, `again`, one whose reply was lost
        while another copy's came: it may never be had. Raises NotSent or Unknown, the first of any.
        """
        if self._acs.refuses(LookKind.ITEM):
            return tuple(map(circulation.copy_unasked, copies))
        ask_one = self._copy_status_or_lost if again else self._copy_status
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(ask_one(copy)) for copy in copies]
        except* (NotSent, Unknown) as failed:
            trouble = failed.exceptions[0]
        else:
            return _kept(copies, [task.result() for task in tasks])
        raise trouble

    async def _copy_status_or_lost(self, copy: Copy) -> CopyStatus | Unknown:
        try:
            return await self._copy_status(copy)
        except Unknown as lost:
            return lost

    async def _copy_status(self, copy: Copy) -> CopyStatus:
        try:
            reply = await self._acs.ask(LookKind.ITEM, item=copy.item_barcode)
        except Inexpressible:
            return circulation.copy_unasked(copy)
        return circulation.copy_status(copy, reply, self._acs.terminal)

    async def item_of(self, barcode: str) -> Copy | None:
        """17: what the circulation system has for a barcode; None where it can't be asked or knows no such item."""
        if self._acs.refuses(LookKind.ITEM):
            return None
        try:
            reply = await self._acs.ask(LookKind.ITEM, item=barcode)
        except (NotSent, Unknown):
            return None
        title = reply.first("AJ").strip()
        return Copy(item_barcode=barcode, branch=reply.first("AQ").strip(), title=title) if title else None

    async def terms(
        self,
        service: ServiceType,
        partner_id: str | None,
        max_cost: Money | None,
        *,
        before: tuple[datetime, str] | None = None,
        request: Request | None = None,
    ) -> PolicyTerms:
        """Gather what the policy looks at. `before`: since when, and under which id, the request itself is being checked."""
        partner = self._directory.partner(partner_id)
        return PolicyTerms(
            service=service,
            partner=partner_id,
            groups=partner.groups if partner else (),
            max_cost=max_cost or (partner.lending.max_cost if partner else None),
            fee=partner.lending.fee if partner and partner.lending.charge is Charge.FEE else None,
            open_loans=await self._open_loans(partner_id, before),
            need_before=request.need_before if request else None,
            note=request.note if request else None,
            copyright=request.copyright if request else None,
            form=request.wanted.form if request else None,
        )

    async def _open_loans(self, partner_id: str | None, before: tuple[datetime, str] | None) -> int:
        """Count the partner's loans, where a line of the policy asks for it.

        Requests that are being checked since before this one count too: of two that are answered in the same moment
        the second knows of the first.
        """
        limited = any(line.most_at_once is not None for line in self._directory.policy.lines)
        if partner_id is None or not limited:
            return 0
        count = await self._store.count_of_partner(partner_id, PROMISED_OR_OUT)
        if before is not None:
            count += await self._store.count_of_partner(partner_id, (State.CHECKING,), before=before)
        return count

    def answer(self, copies: tuple[CopyStatus, ...], terms: PolicyTerms) -> Answer:
        """Return the policy's verdict now."""
        rules, now = self._directory.policy, self._time.now()
        return policy.answer(copies, terms, rules, self._calendars, now, branches=self._branches)

    def verdict(self, status: CopyStatus, terms: PolicyTerms) -> CopyVerdict:
        """Say what one copy comes to now."""
        judged = policy.judge(status, terms, self._directory.policy, self.today())
        return trace.verdict(judged, terms.service)

    def circulates(self, copy: Copy) -> bool:
        """Whether the policy lets a copy out on loan, whoever wants it."""
        return line_for(copy, PolicyTerms(service=ServiceType.LOAN), self._directory.policy).lend

    @property
    def zone(self) -> ZoneInfo:
        """The library's, for the days that are said."""
        return ZoneInfo(self._calendars.library.time_zone)

    def today(self) -> date:
        """The day by the library's clock."""
        return self._time.now().astimezone(self.zone).date()

    def goes_out_alone(self, answer: Answer, partner_id: str | None) -> bool:
        """Whether the answer needs no person, by the partner's or the library's setting."""
        return policy.goes_out_alone(answer, self._directory.auto_answer(partner_id))


def _kept(copies: tuple[Copy, ...], answers: Sequence[CopyStatus | Unknown]) -> tuple[CopyStatus, ...]:
    """Put copies not asked about in place of lost replies; raises the first of them where no copy's reply came."""
    lost = [each for each in answers if isinstance(each, Unknown)]
    if lost and not any(isinstance(each, CopyStatus) and each.status for each in answers):
        raise lost[0]
    return tuple(
        circulation.copy_unasked(copy) if isinstance(each, Unknown) else each
        for copy, each in zip(copies, answers, strict=True)
    )
