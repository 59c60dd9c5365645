"""Carrying out what borrowing asks for: may it go out, whom to ask, pool barcodes, where an item is.

Like every performer this one never decides: it reports what it found, and the borrowing table says what follows.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.borrowing_settings import BorrowingRules
from gateway.dispatch.directory import Directory
from gateway.dispatch.in_house import AVAILABLE, InHouse
from gateway.dispatch.lenders import Figures, as_lender, no_figures
from gateway.dispatch.note_guard import tells
from gateway.dispatch.results import Fault, Happened, Later, Report, nothing_done
from gateway.iso18626.codes import CopyrightCompliance, ServiceType
from gateway.mapping import circulation, eligibility, privacy
from gateway.mapping.circulation import Desk
from gateway.orders.citation import vagueness
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Unknown
from gateway.sip2.pieces import Line
from gateway.store.port import Store
from gateway.workflow import copyright as copyright_rules
from gateway.workflow import duplicates, rota
from gateway.workflow.borrowing_events import RotaMade, Vetted
from gateway.workflow.borrowing_records import Concern, Doubt, LenderLine
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request, Role

AskAccount = Callable[[], Awaitable[Reply]]
"""The customer's account (63), asked about once, by whoever needs it first."""
Look = Callable[[Request, AskAccount], Awaitable[list[Doubt]]]
"""One thing to look at before a request goes out."""
NOT_CHECKED = "Not checked yet whether it may go out; tried again until it is, and not approved by itself."


class Borrower:
    """One method a kind of effect, called by the performers."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Directory,
        time: TimeSource,
        acs: Line,
        appraiser: Appraiser,
        desk: Desk,
        rules: BorrowingRules,
        figures: Figures = no_figures,
    ) -> None:
        """Take what the gateway is built of; nothing is done yet."""
        self._store = store
        self._directory = directory
        self._time = time
        self._acs = acs
        self._appraiser = appraiser
        self._desk = desk
        self._rules = rules
        self._figures = figures
        self.in_house = InHouse(store=store, time=time, acs=acs, desk=desk, rules=rules)

    async def standing(self, request: Request) -> tuple[str, Desk]:
        """Give the account that acts are for, empty where there is none, and the desk with the pickup branch of its holds."""
        if request.role is Role.LENDING:
            return request.account or "", self._desk
        customer = await self._store.borrowing.customer(request.id)
        desk = msgspec.structs.replace(self._desk, pickup=request.borrowed.pickup_branch)
        return customer.barcode if customer else "", desk

    # ── may it go out? ───────────────────────────────────────────────────────────────────────────

    async def vet(self, request: Request) -> Report:
        """Look at the customer (63), earlier requests, our own shelves (17) and the rule of five; what is waived is left out."""
        waived, account = request.borrowed.waived, self._account_of(request)
        doubts: list[Doubt] = []
        try:
            for concern, look in self._looks().items():
                if concern not in waived:
                    doubts.extend(await look(request, account))
        except (NotSent, Unknown) as trouble:
            return msgspec.structs.replace(nothing_done(trouble), told=f"{NOT_CHECKED} {trouble}")
        except _NotNowError as why:
            return Later(words=str(why), unstarted=True, fault=Fault.ITS_OWN, told=f"{NOT_CHECKED} {why}")
        return Happened(event=Vetted(at=self._time.now(), doubts=tuple(doubts)))

    def _looks(self) -> Mapping[Concern, Look]:
        return {
            Concern.CUSTOMER: self._customer_doubts,
            Concern.DUPLICATE: self._duplicate_doubts,
            Concern.OWNED: self._owned_doubts,
            Concern.COPYRIGHT: self._copyright_doubts,
            Concern.NOTE: self._note_doubts,
            Concern.WORK: self._work_doubts,
        }

    def _account_of(self, request: Request) -> AskAccount:
        known: list[Reply] = []

        async def ask() -> Reply:
            if not known:
                account, _ = await self.standing(request)
                known.append(await self._ask(circulation.Question.HOLDS, item="", account=account))
            return known[0]

        return ask

    async def _customer_doubts(self, _request: Request, account: AskAccount) -> list[Doubt]:
        verdict = eligibility.eligibility(
            await account(), self._rules.limits, profile=self._desk.profile, zone=self._desk.zone, at=self._time.now()
        )
        if verdict.verdict is eligibility.Verdict.NOT_CHECKED:
            raise _NotNowError(verdict.words)
        blocked = verdict.verdict is eligibility.Verdict.BLOCKED
        return [Doubt(concern=Concern.CUSTOMER, words=verdict.words, stops=True)] if blocked else []

    async def _duplicate_doubts(self, request: Request, _account: AskAccount) -> list[Doubt]:
        customer = await self._store.borrowing.customer(request.id)
        keys = duplicates.work_keys(request.wanted)
        if customer is None or not keys:
            return []
        since = duplicates.since(request.created_at)
        earlier = await self._store.borrowing.earlier_requests(customer.barcode, keys, since=since)
        others = ", ".join(number for number in earlier if number != request.id)
        words = f"The same customer asked for the same work before: {others}."
        return [Doubt(concern=Concern.DUPLICATE, words=words)] if others else []

    async def _owned_doubts(self, request: Request, _account: AskAccount) -> list[Doubt]:
        """Only copies that are there now count: a customer may well have what all of our own customers wait for."""
        if request.service is ServiceType.COPY:
            return []
        try:
            found = await self._appraiser.find(request.wanted)
        except CatalogueSilentError as silent:
            raise _NotNowError(str(silent)) from silent
        statuses = await self._appraiser.ask(found.copies[: self._rules.tries])
        here = [each.copy for each in statuses if each.status == AVAILABLE and not each.queue_length]
        names = self._rules.branches
        listed = ", ".join(f"{copy.item_barcode} ({names.get(copy.branch, copy.branch)})" for copy in here)
        words = f"We have it: {listed}. Place a hold on our own copy instead."
        return [Doubt(concern=Concern.OWNED, words=words)] if here else []

    async def _copyright_doubts(self, request: Request, _account: AskAccount) -> list[Doubt]:
        """The rule of five is about what is asked for under the guidelines (CCG)."""
        if request.borrowed.copyright != CopyrightCompliance.US_CCG:
            return []
        key = copyright_rules.count_key(request.wanted, request.created_at.astimezone(self._desk.zone).year)
        if key is None:
            return []
        so_far = await self._store.borrowing.count_copied(key) - 1  # this one is among them
        counted = copyright_rules.rule_of_five(max(so_far, 0), self._rules.rule_of_five)
        if counted.verdict is copyright_rules.CountVerdict.FINE:
            return []
        stops = counted.verdict is copyright_rules.CountVerdict.STOP
        return [Doubt(concern=Concern.COPYRIGHT, words=counted.words, stops=stops)]

    async def _note_doubts(self, request: Request, account: AskAccount) -> list[Doubt]:
        """What intake knew of the customer was looked for by then; now what the circulation system knows (63)."""
        if not request.note:
            return []
        objection = tells([request.note], privacy.known_of(await account()))
        words = (
            f"The note for the lender can't go out: {objection} Write another one as you let it go on, or call it off."
        )
        return [Doubt(concern=Concern.NOTE, words=words)] if objection else []

    async def _work_doubts(self, request: Request, _account: AskAccount) -> list[Doubt]:
        """A lender would send whatever a wrong number and one word lead it to."""
        why = vagueness(request.wanted)
        words = f"It can't be told which work is meant: {why}. Look it up and order it anew, or let it go on."
        return [Doubt(concern=Concern.WORK, words=words)] if why else []

    async def _ask(self, question: circulation.Question, *, item: str, account: str) -> Reply:
        wire = circulation.question_request(question, item=item, account=account, at=self._time.now(), desk=self._desk)
        return await self._acs.exchange(wire)

    # ── whom to ask ──────────────────────────────────────────────────────────────────────────────

    async def make_rota(self, request: Request) -> Report:
        """Put the partners into their order, without those who were asked already. Raises StoreUnavailable."""
        asked = {line.partner for line in request.borrowed.asked}
        partners = {
            each.id: each for each in self._directory.partners if each.id not in asked and self._can_be_asked(each)
        }
        today, figures = self._today(), await self._figures()
        need = rota.Need(service=request.service, today=today, max_cost=request.max_cost)
        lenders = (as_lender(partner, today, figures.get(partner.id)) for partner in partners.values())
        made = rota.make_rota(lenders, need, self._rules.weights)
        lines = tuple(
            LenderLine(
                partner=line.partner,
                peer=partners[line.partner].peer,
                agency=partners[line.partner].symbols[0],
                score=line.score,
                reason=line.reason,
            )
            for line in made.lines
        )
        words = " ".join(f"Not {each.partner}: {each.reason}." for each in made.skipped)
        return Happened(event=RotaMade(at=self._time.now(), lenders=lines, words=words))

    def _can_be_asked(self, partner: Partner) -> bool:
        peer = self._directory.peer(partner.peer)
        return bool(partner.symbols) and peer is not None and peer.enabled and peer.url is not None

    def _today(self) -> date:
        return self._time.now().astimezone(self._desk.zone).date()


class _NotNowError(Exception):
    """It can't be found out now; the text says why."""
