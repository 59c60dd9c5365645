"""May a customer's request go out? Asks the circulation system, the catalogue, and our own books.

Like every performer this one never decides: it reports what it found, and the borrowing table says what follows. The desk asks the
same of an order before it is sent (`foresee`), so that the one shows what the other does.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.acs import Acs
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.borrowing_rules import BorrowingRules
from gateway.dispatch.looked_for import as_looked_for
from gateway.dispatch.note_guard import tells
from gateway.dispatch.performers.pool_barcodes import AVAILABLE
from gateway.dispatch.results import Fault, Happened, Later, Result, nothing_done
from gateway.iso18626.codes import CopyrightCompliance, ServiceType
from gateway.mapping import eligibility, privacy
from gateway.mapping.circulation import LookKind
from gateway.orders.citation import vagueness
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Unknown
from gateway.store.borrowing_port import Customer
from gateway.store.port import Store
from gateway.workflow import copyright as copyright_rules
from gateway.workflow import duplicates
from gateway.workflow.borrowing_events import Vetted
from gateway.workflow.borrowing_records import Concern, Doubt
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.records import Copy, Request
from gateway.workflow.values import Wanted

AskAccount = Callable[[], Awaitable[Reply]]
"""The customer's account (63), asked about once, by whoever needs it first."""
NOT_CHECKED = "Not checked yet whether it may go out; tried again until it is, and not approved by itself."


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at: a customer's request, or an order that is none yet."""

    customer: Customer | None
    """None once the request is anonymous."""
    wanted: Wanted
    service: ServiceType = ServiceType.LOAN
    any_edition: bool = False
    """Whether the customer takes another edition too."""
    note: str | None = None
    copyright: str | None = None
    at: datetime
    """When it was asked for."""
    request: str | None = None
    """The request's number; None of an order, which is counted nowhere yet."""

    def __repr__(self) -> str:
        """Nothing of the customer."""
        return f"Case({self.request!r}, {self.wanted!r})"


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """What an order would meet, what is to be known of it, and what could not be checked now."""

    doubts: tuple[Doubt, ...]
    not_checked: tuple[str, ...]
    warnings: tuple[str, ...] = ()


Look = Callable[[Case, AskAccount], Awaitable[list[Doubt]]]
"""One thing to look at before a request goes out."""


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
        case = _case(request, await self._store.borrowing.customer(request.id))
        waived, account = request.borrowed.waived, self._account_of(case)
        found: list[Doubt] = []
        try:
            for concern, look in self._looks().items():
                if concern not in waived:
                    found.extend(await look(case, account))
            doubts, warnings = _apart(found)
            is_ours = self._rules.hold_own and {doubt.concern for doubt in doubts} == {Concern.OWNED}
            own = await self._here(case) if is_ours else ()
        except (NotSent, Unknown) as trouble:
            return msgspec.structs.replace(nothing_done(trouble), told=f"{NOT_CHECKED} {trouble}")
        except _NotNowError as why:
            return Later(words=str(why), unstarted=True, fault=Fault.ITS_OWN, told=f"{NOT_CHECKED} {why}")
        return Happened(event=Vetted(at=self._time.now(), doubts=doubts, own=own, warnings=warnings))

    async def foresee(self, case: Case, concerns: Collection[Concern] = tuple(Concern)) -> Foreseen:
        """Look at an order before it is sent. What can't be checked now is said, and stops nothing else."""
        account, found, not_checked = self._account_of(case), list[Doubt](), dict[str, None]()
        for concern, look in self._looks().items():
            if concern not in concerns:
                continue
            try:
                found.extend(await look(case, account))
            except (NotSent, Unknown, _NotNowError) as why:
                not_checked[str(why)] = None
        doubts, warnings = _apart(found)
        return Foreseen(doubts=doubts, not_checked=tuple(not_checked), warnings=warnings)

    def _looks(self) -> Mapping[Concern, Look]:
        return {
            Concern.CUSTOMER: self._customer_doubts,
            Concern.DUPLICATE: self._duplicate_doubts,
            Concern.OWNED: self._owned_doubts,
            Concern.COPYRIGHT: self._copyright_doubts,
            Concern.NOTE: self._note_doubts,
            Concern.WORK: self._work_doubts,
        }

    def _account_of(self, case: Case) -> AskAccount:
        known: list[Reply] = []

        async def ask() -> Reply:
            if not known:
                barcode = case.customer.barcode if case.customer else ""
                known.append(await self._acs.ask(LookKind.HOLDS, account=barcode))
            return known[0]

        return ask

    async def _customer_doubts(self, _case: Case, account: AskAccount) -> list[Doubt]:
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

    async def _duplicate_doubts(self, case: Case, _account: AskAccount) -> list[Doubt]:
        keys = duplicates.work_keys(case.wanted)
        if case.customer is None or not keys:
            return []
        since = duplicates.since(case.at)
        earlier = await self._store.borrowing.earlier_requests(case.customer.barcode, keys, since=since)
        others = ", ".join(number for number in earlier if number != case.request)
        words = f"The same customer asked for the same work before: {others}."
        return [Doubt(concern=Concern.DUPLICATE, words=words)] if others else []

    async def _owned_doubts(self, case: Case, _account: AskAccount) -> list[Doubt]:
        """Only copies that are there now count: a customer may well have what all of our own customers wait for."""
        here = () if case.service is ServiceType.COPY else await self._here(case)
        names = self._rules.branches
        listed = ", ".join(f"{copy.item_barcode} ({names.get(copy.branch, copy.branch)})" for copy in here)
        doubt = next((f" It is to be looked at: {copy.doubt}." for copy in here[:1] if copy.doubt), "")
        words = f"We have it: {listed}.{doubt} Place a hold on our own copy instead."
        return [Doubt(concern=Concern.OWNED, words=words)] if here else []

    async def _here(self, case: Case) -> tuple[Copy, ...]:
        """The copies of ours that are on the shelf, with nobody waiting; those of which nothing is in doubt first."""
        try:
            found = await self._appraiser.find(as_looked_for(case.wanted, case.service, any_edition=case.any_edition))
        except CatalogueSilentError as silent:
            raise _NotNowError(str(silent)) from silent
        statuses = await self._appraiser.ask(found.copies[: self._rules.tries])
        here = (each.copy for each in statuses if each.status == AVAILABLE and not each.queue_length)
        told = (copy if self._appraiser.circulates(copy) else _for_use_here(copy) for copy in here)
        return tuple(sorted(told, key=lambda copy: copy.doubt is not None))

    async def _copyright_doubts(self, case: Case, _account: AskAccount) -> list[Doubt]:
        """The rule of five is about what is asked for under the guidelines (CCG)."""
        if case.copyright != CopyrightCompliance.US_CCG:
            return []
        key = copyright_rules.count_key(case.wanted, case.at.astimezone(self._acs.terminal.zone).year)
        if key is None:
            return []
        own = 0 if case.request is None else 1
        so_far = await self._store.borrowing.count_copied(key) - own
        counted = copyright_rules.rule_of_five(
            max(so_far, 0), self._rules.rule_of_five, yearly=copyright_rules.is_yearly(key)
        )
        if counted.verdict is copyright_rules.CountVerdict.FINE:
            return []
        stops = counted.verdict is copyright_rules.CountVerdict.STOP
        return [Doubt(concern=Concern.COPYRIGHT, words=counted.words, stops=stops, warns=not stops)]

    async def _note_doubts(self, case: Case, account: AskAccount) -> list[Doubt]:
        """What intake knew of the customer was looked for by then; now what the circulation system knows (63)."""
        if not case.note:
            return []
        objection = tells([case.note], privacy.known_of(await account()))
        words = (
            f"The note for the lender can't go out: {objection} Write another one as you let it go on, or call it off."
        )
        return [Doubt(concern=Concern.NOTE, words=words)] if objection else []

    async def _work_doubts(self, case: Case, _account: AskAccount) -> list[Doubt]:
        """A lender would send whatever a wrong number and one word lead it to."""
        why = vagueness(case.wanted)
        words = f"It can't be told which work is meant: {why}. Look it up and order it anew, or let it go on."
        return [Doubt(concern=Concern.WORK, words=words)] if why else []


def _for_use_here(copy: Copy) -> Copy:
    """No hold can be placed on it: whether the customer comes for it is a person's to ask."""
    return msgspec.structs.replace(
        copy, doubt=copy.doubt or "the policy lends it to nobody, so it can be used here alone"
    )


def _apart(found: list[Doubt]) -> tuple[tuple[Doubt, ...], tuple[str, ...]]:
    """What stands in the way, and what is only said."""
    doubts = tuple(doubt for doubt in found if not doubt.warns)
    return doubts, tuple(doubt.words for doubt in found if doubt.warns)


def _case(request: Request, customer: Customer | None) -> Case:
    return Case(
        customer=customer,
        wanted=request.wanted,
        service=request.service,
        any_edition=request.borrowed.any_edition,
        note=request.note,
        copyright=request.borrowed.copyright,
        at=request.created_at,
        request=request.id,
    )


class _NotNowError(Exception):
    """It can't be found out now; the text says why."""
