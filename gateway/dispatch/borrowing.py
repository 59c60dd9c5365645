"""Carrying out what borrowing asks for: may it go out, whom to ask, pool barcodes, where an item is.

Like every performer this one never decides: it reports what it found, and the borrowing table says what follows.
"""

import zlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.directory import Directory
from gateway.dispatch.lenders import Figures, as_lender, no_figures
from gateway.dispatch.note_guard import tells
from gateway.dispatch.reports import Happened, Later, Report, SipPool, nothing_done
from gateway.iso18626.codes import CopyrightCompliance, ServiceType
from gateway.mapping import circulation, eligibility, privacy
from gateway.mapping.circulation import Desk
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.store.port import Store
from gateway.workflow import copyright as copyright_rules
from gateway.workflow import duplicates, rota
from gateway.workflow.borrowing.events import BarcodeAssigned, ItemSeen, NoBarcode, RotaMade, Vetted
from gateway.workflow.borrowing.pool import words_as_one_is_taken
from gateway.workflow.borrowing.records import Concern, Doubt, LenderLine, PoolState
from gateway.workflow.effects import AssignBarcode, Watch
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.limits import Limits
from gateway.workflow.partners import Partner
from gateway.workflow.records import Copy, Request, Role

AskAccount = Callable[[], Awaitable[Reply]]
"""The customer's account (63), asked about once, by whoever needs it first."""
Look = Callable[[Request, AskAccount], Awaitable[list[Doubt]]]
"""One thing to look at before a request goes out."""
AVAILABLE = "03"
NOT_CHECKED = "Not checked yet whether it may go out; tried again until it is, and not approved by itself."
CHOICE = 8
"""Of so many times as many free barcodes as may be looked at each request begins at one of its own: of a trolley scanned at
once, not all ask about the same barcode, of which one alone can have it."""


class BorrowingRules(msgspec.Struct, frozen=True, kw_only=True):
    """The library's rules for what its customers ask for, from the settings."""

    limits: Limits = Limits()
    weights: rota.Weights = rota.Weights()
    rule_of_five: copyright_rules.RuleOfFive = copyright_rules.RuleOfFive()
    ranges: Mapping[str, str] = {}
    """The range of the pool for each pickup branch; of the others `default_range`."""
    default_range: str = "pool"
    rest_days: int = 30
    """How long a barcode rests after a loan."""
    tries: int = 5
    """How many barcodes are looked at (17) before staff are asked; likewise how many of our own copies."""


class Borrower:
    """One method a kind of effect, called by the performers."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Directory,
        time: TimeSource,
        pool: SipPool,
        appraiser: Appraiser,
        desk: Desk,
        rules: BorrowingRules,
        figures: Figures = no_figures,
    ) -> None:
        """Take what the gateway is built of; nothing is done yet."""
        self._store = store
        self._directory = directory
        self._time = time
        self._pool = pool
        self._appraiser = appraiser
        self._desk = desk
        self._rules = rules
        self._figures = figures

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
            return Later(words=str(why), unstarted=True, lane_down=False, told=f"{NOT_CHECKED} {why}")
        return Happened(event=Vetted(at=self._time.now(), doubts=tuple(doubts)))

    def _looks(self) -> Mapping[Concern, Look]:
        return {
            Concern.CUSTOMER: self._customer_doubts,
            Concern.DUPLICATE: self._duplicate_doubts,
            Concern.OWNED: self._owned_doubts,
            Concern.COPYRIGHT: self._copyright_doubts,
            Concern.NOTE: self._note_doubts,
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
        listed = ", ".join(f"{copy.item_barcode} ({copy.branch})" for copy in here)
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

    async def _ask(self, question: circulation.Question, *, item: str, account: str) -> Reply:
        wire = circulation.question_request(question, item=item, account=account, at=self._time.now(), desk=self._desk)
        return await self._pool.exchange(wire)

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

    # ── the item in our house ────────────────────────────────────────────────────────────────────

    async def assign(self, effect: AssignBarcode, request: Request) -> Report:
        """Look for a barcode that is free in the pool and that the circulation system knows as available (17, 03)."""
        try:
            return await self._assign(effect, request)
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)

    async def _assign(self, effect: AssignBarcode, request: Request) -> Happened:
        barcodes = (effect.named,) if effect.named else await self._free_barcodes(request)
        refused: list[str] = []
        for barcode in barcodes:
            why_not = await self._why_not(barcode, request)
            if why_not is None:
                words = "" if effect.named else await self._runs_low(self._range(request))
                return Happened(event=BarcodeAssigned(at=self._time.now(), barcode=barcode, words=words))
            refused.append(f"{barcode}: {why_not}")
        words = " ".join(refused) or f"No barcode of the range “{self._range(request)}” is free."
        return Happened(event=NoBarcode(at=self._time.now(), words=words))

    def _range(self, request: Request) -> str:
        return self._rules.ranges.get(request.borrowed.pickup_branch, self._rules.default_range)

    async def _runs_low(self, name: str) -> str:
        """Say whether by taking one more few barcodes of a range are left."""
        counts = await self._store.borrowing.count_barcodes(rested_before=self._rested_before())
        return words_as_one_is_taken(name, counts[name])

    def _rested_before(self) -> datetime:
        return self._time.now() - timedelta(days=self._rules.rest_days)

    async def _free_barcodes(self, request: Request) -> tuple[str, ...]:
        found = await self._store.borrowing.free_barcodes(
            self._range(request), rested_before=self._rested_before(), limit=self._rules.tries * CHOICE
        )
        first = zlib.crc32(request.id.encode()) % len(found) if found else 0
        return tuple(each.barcode for each in (*found[first:], *found[:first])[: self._rules.tries])

    async def _why_not(self, barcode: str, request: Request) -> str | None:
        """Say why a barcode can't stand for the item; None where it can."""
        known = await self._store.borrowing.barcode(barcode)
        if known is not None and known.request not in {None, request.id}:
            return "another request has it."
        if known is not None and known.state is PoolState.BLOCKED:
            return "it is blocked."
        try:
            reply = await self._ask(circulation.Question.ITEM, item=barcode, account="")
        except Inexpressible as error:
            return f"it can't be asked about: {error}."
        status = circulation.copy_status(Copy(item_barcode=barcode, branch=""), reply, self._desk).status
        if not circulation.knows_item(reply):
            return "the circulation system does not know it."
        return None if status == AVAILABLE else f"the circulation system says {status}, not available."

    async def watch(self, effect: Watch) -> Report:
        """Ask 17 where the item is. One answer of "no such item" is no proof of anything (sip2.md)."""
        try:
            reply = await self._ask(circulation.Question.ITEM, item=effect.item_barcode, account="")
        except Inexpressible:
            return Happened(event=ItemSeen(at=self._time.now(), out=None, before=effect.was_out))
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)
        out = circulation.is_charged(reply)
        due_at = circulation.due_date(reply, self._desk) if out else None
        return Happened(event=ItemSeen(at=self._time.now(), out=out, due_at=due_at, before=effect.was_out))


class _NotNowError(Exception):
    """It can't be found out now; the text says why."""
