"""A borrowed item in our house: a barcode of the pool for it, and where it is (17; 63 of its customer).

Part of the borrower (`borrowing`): it reports what it found, and the borrowing table says what follows.
"""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.clock import TimeSource
from gateway.dispatch.borrowing_settings import BorrowingRules
from gateway.dispatch.results import Happened, Report, nothing_done
from gateway.mapping import circulation
from gateway.mapping.circulation import Desk, Question
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.sip2.pieces import Line
from gateway.sip2.profiles import CustomerList
from gateway.store.port import Store
from gateway.workflow.borrowing import loans
from gateway.workflow.borrowing.pool import words_as_one_is_taken
from gateway.workflow.borrowing_events import BarcodeAssigned, ItemSeen, NoBarcode
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.effects import AssignBarcode, Watch
from gateway.workflow.records import Copy, Request

AVAILABLE = "03"
CHOICE = 8
"""Of so many times as many free barcodes as may be looked at each request begins at one of its own: of a trolley scanned at
once, not all ask about the same barcode, of which one alone can have it."""


class InHouse:
    """One method a kind of effect, called by the performers."""

    def __init__(self, *, store: Store, time: TimeSource, acs: Line, desk: Desk, rules: BorrowingRules) -> None:
        """Take what the gateway is built of; nothing is done yet."""
        self._store = store
        self._time = time
        self._acs = acs
        self._desk = desk
        self._rules = rules

    # ── its barcode ──────────────────────────────────────────────────────────────────────────────

    async def assign(self, effect: AssignBarcode, request: Request) -> Report:
        """Look for a barcode that is free in the pool, that the circulation system knows as available (17, 03), and for which nobody waits."""
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
                return Happened(
                    event=BarcodeAssigned(at=self._time.now(), barcode=barcode, words=words, queue_length=0)
                )
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
            reply = await self._ask(Question.ITEM, item=barcode)
        except Inexpressible as error:
            return f"it can't be asked about: {error}."
        if not circulation.knows_item(reply):
            return "the circulation system does not know it."
        shown = circulation.copy_status(Copy(item_barcode=barcode, branch=""), reply, self._desk)
        if shown.status != AVAILABLE:
            return f"the circulation system says {shown.status}, not available."
        return "somebody has a hold on it: take that off in the ILS." if shown.queue_length else None

    async def _ask(self, question: Question, *, item: str, account: str = "") -> Reply:
        wire = circulation.question_request(question, item=item, account=account, at=self._time.now(), desk=self._desk)
        return await self._acs.exchange(wire)

    # ── where it is ──────────────────────────────────────────────────────────────────────────────

    async def watch(self, effect: Watch, request: Request) -> Report:
        """Ask 17 where the item is, and where that can't tell whose loan it is or was, 63. "No such item" proves nothing (sip2.md)."""
        try:
            reply = await self._ask(Question.ITEM, item=effect.item_barcode)
            out = circulation.is_charged(reply)
            by_another = bool(out) and await self._is_anothers_loan(effect, request)
            was_fetched = out is False and loans.is_told(request) and await self._is_hold_gone(effect, request)
        except Inexpressible:
            return Happened(event=ItemSeen(at=self._time.now(), out=None, before=effect.was_out))
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)
        return Happened(
            event=ItemSeen(
                at=self._time.now(),
                out=out,
                due_at=circulation.due_date(reply, self._desk) if out else None,
                before=effect.was_out,
                by_another=by_another,
                kept=circulation.is_kept(reply),
                was_fetched=was_fetched,
            )
        )

    async def _is_anothers_loan(self, effect: Watch, request: Request) -> bool:
        """Whether the customer's loans are known not to have it."""
        is_kept = CustomerList.CHARGED in self._desk.profile.lists
        return is_kept and await self._is_on_none((Question.CHARGED,), effect, request)

    async def _is_hold_gone(self, effect: Watch, request: Request) -> bool:
        """Whether the customer's holds are known not to have it any more: the loan that staff tell of has filled it, and is over."""
        return await self._is_on_none(circulation.HOLD_LISTS, effect, request)

    async def _is_on_none(self, questions: Iterable[Question], effect: Watch, request: Request) -> bool:
        """Whether these lists of the customer's all lack the item: one that is not complete says nothing."""
        customer = await self._store.borrowing.customer(request.id)
        if customer is None or self._acs.supports(circulation.CUSTOMER_MESSAGE) is False:
            return False
        for question in questions:
            reply = await self._ask(question, item="", account=customer.barcode)
            if circulation.is_listed(question, reply, effect.item_barcode, self._desk.profile) is not False:
                return False
        return True
