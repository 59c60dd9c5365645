"""May a customer's request go out? Asks the circulation system, the catalogue, and our own books.

Like every performer this one never decides: it reports what it found, and the borrowing table says what follows.
"""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.acs import Acs
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.borrowing_rules import BorrowingRules
from gateway.dispatch.note_guard import tells
from gateway.dispatch.performers.acts import standing
from gateway.dispatch.performers.pool_barcodes import AVAILABLE
from gateway.dispatch.results import Fault, Happened, Later, Result, nothing_done
from gateway.iso18626.codes import CopyrightCompliance, ServiceType
from gateway.mapping import eligibility, privacy
from gateway.mapping.circulation import Question
from gateway.orders.citation import vagueness
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Unknown
from gateway.store.port import Store
from gateway.workflow import copyright as copyright_rules
from gateway.workflow import duplicates
from gateway.workflow.borrowing_events import Vetted
from gateway.workflow.borrowing_records import Concern, Doubt
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.records import Request

AskAccount = Callable[[], Awaitable[Reply]]
"""The customer's account (63), asked about once, by whoever needs it first."""
Look = Callable[[Request, AskAccount], Awaitable[list[Doubt]]]
"""One thing to look at before a request goes out."""
NOT_CHECKED = "Not checked yet whether it may go out; tried again until it is, and not approved by itself."


class Vetting:
    """Looks at whatever may keep a customer's request from going out."""

    def __init__(
        self, *, store: Store, time: TimeSource, acs: Acs, appraiser: Appraiser, rules: BorrowingRules
    ) -> None:
        self._store = store
        self._time = time
        self._acs = acs
        self._appraiser = appraiser
        self._rules = rules

    async def vet(self, request: Request) -> Result:
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
                account, _ = await standing(request, self._store, self._acs.terminal)
                known.append(await self._acs.ask(Question.HOLDS, account=account))
            return known[0]

        return ask

    async def _customer_doubts(self, _request: Request, account: AskAccount) -> list[Doubt]:
        verdict = eligibility.eligibility(
            await account(),
            self._rules.limits,
            profile=self._acs.terminal.profile,
            zone=self._acs.terminal.zone,
            at=self._time.now(),
        )
        if verdict.verdict is eligibility.Clearance.NOT_CHECKED:
            raise _NotNowError(verdict.words)
        blocked = verdict.verdict is eligibility.Clearance.BLOCKED
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
        key = copyright_rules.count_key(request.wanted, request.created_at.astimezone(self._acs.terminal.zone).year)
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


class _NotNowError(Exception):
    """It can't be found out now; the text says why."""
